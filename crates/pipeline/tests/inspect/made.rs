//! A file made for what the golden ones don't have: many laps, hostile names, all sorts of values.

use std::io::Cursor;

use expect_test::expect;
use fit::profile::types::{file, sport};
use fit::profile::{self, activity, file_id, lap, record, session};
use fit::{BaseType, DeveloperField, Encoder, Shape, ShapeBuilder, Value};

use crate::inspect;

/// Clears the screen of a terminal that is not protected.
const HOSTILE: &str = "evil\u{1b}[2J\u{202e}";

type Out = Encoder<Cursor<Vec<u8>>>;

/// A row of 45 laps with a developer field; every text in it is hostile.
fn row() -> Vec<u8> {
    let start = fit::time::from_unix_seconds(1_760_000_000);
    let mut encoder = Encoder::new(Cursor::new(Vec::new())).unwrap();
    let shape = Shape::of(profile::FILE_ID).field(file_id::TYPE);
    let shape = shape.text(file_id::PRODUCT_NAME, 32);
    write(
        &mut encoder,
        shape,
        &[file::ACTIVITY.into(), HOSTILE.into()],
    );
    samples(&mut encoder, start);
    for index in 0..45 {
        let shape = Shape::of(profile::LAP).fields(&[lap::MESSAGE_INDEX, lap::START_TIME]);
        let shape = shape.fields(&[lap::TOTAL_TIMER_TIME, lap::TOTAL_DISTANCE]);
        let number = f64::from(index);
        let values = [number, start + 60.0 * number, 60.0, 1234.5];
        write(&mut encoder, shape, &values.map(Value::from));
    }
    let shape = Shape::of(profile::SESSION).fields(&[session::START_TIME, session::SPORT]);
    let shape = shape.text(session::SPORT_PROFILE_NAME, 32);
    let values = [start.into(), sport::CYCLING.into(), HOSTILE.into()];
    write(&mut encoder, shape, &values);
    let shape = Shape::of(profile::ACTIVITY);
    let shape = shape.fields(&[activity::TIMESTAMP, activity::LOCAL_TIMESTAMP]);
    // Some clocks are seconds off the whole quarter of an hour.
    let local = start - 3.5 * 3600.0 + 7.0;
    write(&mut encoder, shape, &[start.into(), local.into()]);
    encoder.finish().unwrap().into_inner()
}

fn samples(encoder: &mut Out, start: f64) {
    let application = b"rowing\x1b[2J\0\0\0\0\0\0";
    encoder.write_application(0, application, 1).unwrap();
    let scaled = DeveloperField::new(0, BaseType::Uint16, HOSTILE, HOSTILE).scaled(10.0);
    let exact = DeveloperField::new(1, BaseType::Float32, "Slip", "deg");
    encoder.write_description(&scaled).unwrap();
    encoder.write_description(&exact).unwrap();
    let shape = Shape::of(profile::RECORD).fields(&[record::TIMESTAMP, record::ALTITUDE]);
    let shape = shape.developer(&scaled).developer(&exact);
    write(encoder, shape, &[start, 123.4, 6.5, 0.1].map(Value::from));
}

fn write(encoder: &mut Out, shape: ShapeBuilder, values: &[Value<'_>]) {
    let shape = shape.build().unwrap();
    encoder.write_values(&shape, values).unwrap();
}

fn printed(arguments: &[&str]) -> String {
    inspect(
        std::env::temp_dir().as_path(),
        &[arguments, &["-"]].concat(),
        &row(),
    )
}

#[test]
fn many_laps_are_cut_unless_all_are_wanted() {
    expect![[r#"
        standard input: FIT 2.0, valid (header CRC ok, data CRC ok), 981 bytes, 1 segment
          made by     `evil�[2J�`
          start       2025-10-09 08:53:20 UTC · 2025-10-09 05:23:20 -03:30 local time
          sport       cycling `evil�[2J�`

          lap    time   distance  km/h
            1  1:00.0  1,234.5 m  74.1
            2  1:00.0  1,234.5 m  74.1
            3  1:00.0  1,234.5 m  74.1
            4  1:00.0  1,234.5 m  74.1
            5  1:00.0  1,234.5 m  74.1
            6  1:00.0  1,234.5 m  74.1
            7  1:00.0  1,234.5 m  74.1
            8  1:00.0  1,234.5 m  74.1
            9  1:00.0  1,234.5 m  74.1
           10  1:00.0  1,234.5 m  74.1
           11  1:00.0  1,234.5 m  74.1
           12  1:00.0  1,234.5 m  74.1
           13  1:00.0  1,234.5 m  74.1
           14  1:00.0  1,234.5 m  74.1
           15  1:00.0  1,234.5 m  74.1
           16  1:00.0  1,234.5 m  74.1
           17  1:00.0  1,234.5 m  74.1
           18  1:00.0  1,234.5 m  74.1
           19  1:00.0  1,234.5 m  74.1
           20  1:00.0  1,234.5 m  74.1
            … 20 laps more; `--all` shows them
           41  1:00.0  1,234.5 m  74.1
           42  1:00.0  1,234.5 m  74.1
           43  1:00.0  1,234.5 m  74.1
           44  1:00.0  1,234.5 m  74.1
           45  1:00.0  1,234.5 m  74.1

          developer fields of application 726f7769-6e67-1b5b-324a-000000000000, version 1
            evil�[2J�  evil�[2J�  uint16   on record
            Slip       deg        float32  on record

          messages    45 lap · 2 field_description · 1 file_id · 1 session · 1 record · 1 activity
                      1 developer_data_id
        exit 0
    "#]]
    .assert_eq(&printed(&[]));
    let all = printed(&["--all"]);
    assert!(all.contains("\n   30  1:00.0  1,234.5 m  74.1\n"), "{all}");
    assert!(!all.contains("laps more"), "{all}");
}

#[test]
fn no_text_of_a_file_reaches_the_terminal_as_it_is() {
    let outputs = [printed(&[]), printed(&["--messages"]), printed(&["--json"])];
    for output in outputs {
        let hostile = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        let is_json = output.starts_with('{');
        assert!(!output.contains('\u{1b}'), "{output}");
        assert!(is_json || !output.contains(hostile), "{output}");
    }
}

#[test]
fn values_have_the_digits_that_say_them() {
    expect![[r#"
        record  timestamp=2025-10-09T08:53:20Z  altitude=123.4 m  `evil�[2J�`=65 evil�[2J�  Slip=0.1 deg
        exit 0
    "#]].assert_eq(&printed(&["--messages", "record"]));
    let printed = printed(&["--messages", "record", "--json"]).replace('\u{202e}', "");
    expect![[r#"
        {"v":1,"type":"message","file":"standard input","segment":0,"offset":199,"number":20,"name":"record","fields":{"timestamp":{"value":"2025-10-09T08:53:20Z","unit":null},"altitude":{"value":123.4,"unit":"m"}},"developer_fields":{"evil\u001b[2J":{"value":65,"unit":"evil\u001b[2J","developer":0,"number":0},"Slip":{"value":0.1,"unit":"deg","developer":0,"number":1}}}
        exit 0
    "#]].assert_eq(&printed);
}
