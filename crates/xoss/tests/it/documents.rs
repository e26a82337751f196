//! Settings, riders and pages, and that their spelling is kept.

use xoss::panels::{Page, PanelItem, pages, set_pages};
use xoss::{Backlight, Document, DocumentError, LapTrigger, Settings, UserProfile};

const SETTINGS: &str = r#"{
  "version" : "2.0.2",  "device_model":"NAV", "sn":"1", "updated_at": 1748360381,
  "settings": { "language_i18n":"en","unit":0, "temperature_unit":0,"time_formatter":0,
    "backlight":0,"auto_pause":0,"overwrite":1,"keytone":true, "verison":"2", "x": 1.50e0,
    "lap": {"mode":0} }, "future": [1,  2, {"a": null}]
}"#;

fn document(text: &str) -> Document {
    Document::parse(text.as_bytes()).unwrap()
}

#[test]
fn settings_in_plain_terms() {
    let settings = Settings::read(&document(SETTINGS));
    let expected = Settings {
        language: Some("en".to_owned()),
        imperial: Some(false),
        fahrenheit: Some(false),
        twelve_hours: Some(false),
        backlight: Some(Backlight::Auto),
        auto_pause: Some(true),
        overwrite: Some(false),
        key_tone: Some(true),
        lap: Some(LapTrigger::Manual),
    };
    assert_eq!(settings, expected);
}

/// Every change replaces the characters of one value; white space, order, unknown keys and the way
/// numbers are written stay.
#[test]
fn a_change_touches_nothing_else() {
    let change = |change: fn(&mut Settings), before: &str, after: &str| {
        let mut document = document(SETTINGS);
        let mut settings = Settings::read(&document);
        change(&mut settings);
        settings.write(&mut document).unwrap();
        assert!(SETTINGS.contains(before), "{before}");
        assert_eq!(document.as_str(), SETTINGS.replacen(before, after, 1));
        assert_eq!(Settings::read(&document), settings);
    };
    change(|_| (), "", "");
    change(
        |it| it.language = Some("zh-tw".to_owned()),
        r#""en""#,
        r#""zh-tw""#,
    );
    change(|it| it.imperial = Some(true), r#""unit":0"#, r#""unit":1"#);
    change(
        |it| it.fahrenheit = Some(true),
        r#""temperature_unit":0"#,
        r#""temperature_unit":1"#,
    );
    change(
        |it| it.auto_pause = Some(false),
        r#""auto_pause":0"#,
        r#""auto_pause":1"#,
    );
    change(
        |it| it.overwrite = Some(true),
        r#""overwrite":1"#,
        r#""overwrite":0"#,
    );
    change(
        |it| it.key_tone = Some(false),
        r#""keytone":true"#,
        r#""keytone":false"#,
    );
    change(
        |it| it.backlight = Some(Backlight::Off),
        r#""backlight":0"#,
        r#""backlight":2"#,
    );
    change(
        |it| it.lap = Some(LapTrigger::Distance(5000)),
        r#"{"mode":0}"#,
        r#"{"mode":2,"value":5000}"#,
    );
    change(
        |it| it.lap = Some(LapTrigger::Location),
        r#"{"mode":0}"#,
        r#"{"mode":1}"#,
    );
    // What isn't said isn't written.
    let mut document = document(SETTINGS);
    Settings::default().write(&mut document).unwrap();
    assert_eq!(document.as_str(), SETTINGS);
}

/// One device's `true` is another's 1.
#[test]
fn a_choice_keeps_its_form() {
    let mut document = document(r#"{"settings":{"keytone":0,"unit":false}}"#);
    let mut settings = Settings::read(&document);
    assert_eq!(
        (settings.key_tone, settings.imperial),
        (Some(false), Some(false))
    );
    settings.key_tone = Some(true);
    settings.imperial = Some(true);
    settings.write(&mut document).unwrap();
    assert_eq!(
        document.as_str(),
        r#"{"settings":{"keytone":1,"unit":true}}"#
    );
}

#[test]
fn settings_that_a_device_does_not_have_are_refused() {
    let mut document = document(r#"{"version":"V1"}"#);
    let settings = Settings {
        imperial: Some(true),
        ..Settings::default()
    };
    let error = settings.write(&mut document).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the device has no setting `settings.unit`"
    );
    assert_eq!(document.as_str(), r#"{"version":"V1"}"#);
}

#[test]
fn laps_of_impossible_length_are_refused() {
    for (lap, expected) in [
        (
            LapTrigger::Distance(0),
            "`settings.lap.value` must be 1 to 100,000 m",
        ),
        (
            LapTrigger::Distance(100_001),
            "`settings.lap.value` must be 1 to 100,000 m",
        ),
        (
            LapTrigger::Time(9),
            "`settings.lap.value` must be 10 to 86,400 s",
        ),
        (
            LapTrigger::Time(86_401),
            "`settings.lap.value` must be 10 to 86,400 s",
        ),
    ] {
        let mut document = document(SETTINGS);
        let settings = Settings {
            lap: Some(lap),
            ..Settings::default()
        };
        assert_eq!(
            settings.write(&mut document).unwrap_err().to_string(),
            expected
        );
        assert_eq!(document.as_str(), SETTINGS);
    }
}

/// Values of forms that aren't known are left as they are.
#[test]
fn strange_values_are_not_known_and_stay() {
    let text = r#"{"settings":{"unit":7,"backlight":"auto","auto_pause":null,"language_i18n":5,"lap":{"mode":9}}}"#;
    let mut document = document(text);
    assert_eq!(Settings::read(&document), Settings::default());
    Settings::default().write(&mut document).unwrap();
    assert_eq!(document.as_str(), text);
}

/// `updated_at` in one file, `update_at` in another: each keeps its own.
#[test]
fn both_spellings_of_the_time() {
    for key in ["updated_at", "update_at"] {
        let mut document = document(&format!(r#"{{"{key}" : 1748360381 , "x":1}}"#));
        assert_eq!(document.header().updated, Some(1_748_360_381));
        document.touch(1_760_000_000);
        assert_eq!(
            document.as_str(),
            format!(r#"{{"{key}" : 1760000000 , "x":1}}"#)
        );
    }
    let mut none = document("{}");
    none.touch(5);
    assert_eq!(none.as_str(), "{}");
    assert_eq!(
        document(r#"{"update_at":0}"#).header().updated,
        None,
        "its clock was not set"
    );
}

#[test]
fn a_rider() {
    let text = r#"{"update_at":1,"user_profile":{"ALAHR":180,"ALASPEED":45,"FTP":200,"LTHR":165,"MAXHR":190,"birthday":631152000,"gender":0,"height":175,"time_zone":10800,"weight":75000}}"#;
    let mut document = document(text);
    let mut rider = UserProfile::read(&document);
    assert_eq!(rider.weight, Some(75.0));
    assert_eq!(rider.max_heart_rate, Some(190.0));
    assert_eq!(rider.time_zone, Some(10800.0));
    rider.write(&mut document).unwrap();
    assert_eq!(document.as_str(), text);
    rider.weight = Some(71.25);
    rider.max_heart_rate = Some(188.0);
    rider.write(&mut document).unwrap();
    let expected = text
        .replace("75000", "71250")
        .replace(r#""MAXHR":190"#, r#""MAXHR":188"#);
    assert_eq!(document.as_str(), expected);
    for impossible in [f64::NAN, f64::INFINITY, 1e300] {
        rider.weight = Some(impossible);
        assert!(matches!(
            rider.write(&mut document),
            Err(DocumentError::Range { .. })
        ));
    }
    // Glasses know the heart rate only.
    let glasses = Document::parse(br#"{"user_profile":{"MAXHR":180}}"#).unwrap();
    let rider = UserProfile::read(&glasses);
    assert_eq!((rider.max_heart_rate, rider.weight), (Some(180.0), None));
}

#[test]
fn pages_of_the_display() {
    let text = r#"{"pages_count":2,"pages":[{"index":0,"pid":0,"count":1,"items":[103]},{"index":1,"pid":1,"count":2,"items":[300,200]}],"z":0}"#;
    let mut document = document(text);
    let mut all = pages(&document).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].items, [PanelItem::Clock.number()]);
    assert_eq!(all[1].layout, 1);
    set_pages(&mut document, &all).unwrap();
    assert_eq!(document.as_str(), text, "the same pages are the same text");
    all.push(Page {
        index: 2,
        layout: 0,
        items: vec![PanelItem::HeartRate.number()],
    });
    set_pages(&mut document, &all).unwrap();
    assert_eq!(pages(&document).unwrap(), all);
    assert_eq!(document.get(&["pages_count"]).unwrap(), Some(3));
    assert_eq!(document.get(&["z"]).unwrap(), Some(0));
    let page = |layout, items: usize| Page {
        index: 0,
        layout,
        items: vec![1; items],
    };
    for wrong in [
        vec![],
        vec![page(0, 2)],
        vec![page(1, 1)],
        vec![page(0, 1); 6],
    ] {
        assert!(set_pages(&mut document, &wrong).is_err(), "{wrong:?}");
    }
    let mut other = Document::parse(b"{}").unwrap();
    assert!(set_pages(&mut other, &all).is_err());
    assert!(pages(&other).is_err());
}

#[test]
fn what_is_no_document_is_refused() {
    for (bytes, error) in [
        (&b"\xFF{}"[..], "the file is not UTF-8 text"),
        (b"", "the file is not a JSON object"),
        (b"[]", "the file is not a JSON object"),
        (b"{\"a\":1", "the file is not a JSON object"),
        (b"{\"a\":01}", "the file is not a JSON object"),
        (b"{} {}", "the file is not a JSON object"),
    ] {
        assert_eq!(Document::parse(bytes).unwrap_err().to_string(), error);
    }
    assert!(Document::parse(b"{\"a\":1}\0\0\0\n\0").is_err());
    assert_eq!(
        Document::parse(b"{\"a\":1}\0\0\0").unwrap().raw(&["a"]),
        Some("1")
    );
}

#[test]
fn values_are_found_by_their_keys() {
    let mut document = document(r#" {"a":{"b":{"c":[1, 2]}},"a":5,"ä\n":"x","e":{}} "#);
    assert_eq!(
        document.raw(&["a", "b", "c"]),
        Some("[1, 2]"),
        "the first of two"
    );
    assert_eq!(document.raw(&["ä\n"]), Some("\"x\""));
    assert_eq!(document.raw(&["a", "x"]), None);
    assert_eq!(document.raw(&["a", "b", "c", "d"]), None);
    assert!(document.get::<u8>(&["a"]).is_err());
    document.set(&["e", "f"], &1).unwrap();
    document.set(&["g"], &"y").unwrap();
    document.set(&["a", "b", "d"], &true).unwrap();
    assert_eq!(
        document.as_str(),
        r#" {"a":{"b":{"c":[1, 2],"d":true}},"a":5,"ä\n":"x","e":{"f":1},"g":"y"} "#
    );
    assert!(document.set(&["x", "y"], &1).is_err());
    assert!(document.set(&["ä\n", "y"], &1).is_err());
}

const PROFILE: &str = r#"{"version":"2.0.0","device_model":"A1","sn":"1","update_at":1, "user_profile":{"MAXHR":190,"weight":75000,"odd":1},"more":[1, 2]}"#;

fn updated(device: &str, wanted: &str) -> Result<Option<String>, DocumentError> {
    let mut document = Document::parse(device.as_bytes()).unwrap();
    let wanted = Document::parse(wanted.as_bytes()).unwrap();
    let changed = xoss::update(&mut document, &wanted)?;
    Ok(changed.then(|| document.as_str().to_owned()))
}

#[test]
fn an_update_changes_what_differs_and_nothing_else() {
    let wanted = r#"{"updated_at":99,"sn":"2","user_profile":{"weight":75000,"MAXHR":185}}"#;
    let expected = PROFILE.replace("190", "185");
    assert_eq!(updated(PROFILE, wanted).unwrap(), Some(expected));
    assert_eq!(updated(PROFILE, PROFILE).unwrap(), None);
    let zone = r#"{"user_profile":{"time_zone":3600}}"#;
    let expected = PROFILE.replace(r#""odd":1"#, r#""odd":1,"time_zone":3600"#);
    assert_eq!(updated(PROFILE, zone).unwrap(), Some(expected));
}

#[test]
fn an_update_is_refused_for_another_device_and_for_unknown_settings() {
    let other = r#"{"device_model":"N8","user_profile":{"MAXHR":185}}"#;
    let text = updated(PROFILE, other).unwrap_err().to_string();
    assert_eq!(text, "the file is of a device `N8`; this one is `A1`");
    let unknown = r#"{"user_profile":{"MAXHRR":185}}"#;
    let text = updated(PROFILE, unknown).unwrap_err().to_string();
    assert_eq!(text, "the device has no setting `user_profile.MAXHRR`");
}

#[test]
fn files_are_looked_at_before_they_are_sent() {
    use xoss::SystemFile::{Panels, Settings, UserProfile};
    let page = |pid: u32, items: &str| {
        let count = items.split(',').count();
        format!(r#"{{"index":0,"pid":{pid},"count":{count},"items":[{items}]}}"#)
    };
    let panels =
        |count: u32, pages: &str| format!(r#"{{"pages_count":{count},"pages":[{pages}]}}"#);
    let sound = page(0, "103");
    for (file, text, expected) in [
        (UserProfile, PROFILE.to_owned(), ""),
        (
            UserProfile,
            PROFILE.replace("190", "300"),
            "`user_profile.MAXHR` must be 30 to 255 beats a minute",
        ),
        (
            UserProfile,
            PROFILE.replace("75000", "75"),
            "`user_profile.weight` must be 10000 to 400000 g",
        ),
        (
            UserProfile,
            PROFILE.replace("190", "\"190\""),
            "`user_profile.MAXHR` must be 30 to 255 beats a minute",
        ),
        (
            Settings,
            r#"{"settings":{"keytone":true,"unit":1}}"#.to_owned(),
            "",
        ),
        (
            Settings,
            r#"{"settings":{"backlight":3}}"#.to_owned(),
            "`settings.backlight` must be 0 (auto), 1 (on) or 2 (off)",
        ),
        (
            Settings,
            r#"{"settings":{"lap":{"mode":3,"value":5}}}"#.to_owned(),
            "`settings.lap.value` must be 10 to 86400 s",
        ),
        (
            Settings,
            r#"{"settings":{"language_i18n":"xx"}}"#.to_owned(),
            "`settings.language_i18n` must be one of en, it, ko, ja, de, es, fr, zh-cn, zh-hk, \
             zh-tw, pt-pt, pt-br",
        ),
        (Panels, panels(1, &sound), ""),
        (
            Panels,
            panels(2, &sound),
            "`pages_count` must be the number of pages",
        ),
        (
            Panels,
            panels(1, &page(0, "103,300")),
            "`pages.items` must be 1 item in layout 0, 2 in layout 1",
        ),
        (
            Panels,
            panels(2, &format!("{sound},{sound}")),
            "`pages.index` must be different for each page",
        ),
        (
            Panels,
            panels(1, &sound.replace("\"count\":1", "\"count\":2")),
            "`pages.count` must be the number of the page's items",
        ),
    ] {
        let document = Document::parse(text.as_bytes()).unwrap();
        let told = match xoss::validate(file, &document) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn satellite_data_are_whole_messages() {
    use xoss::gnss::{GnssProblem, messages};
    let mut message = vec![0xB5, 0x62, 0x13, 0x20, 0x4C, 0x00];
    message.extend((0..76_u8).map(|byte| byte.wrapping_mul(7)));
    // Over bytes 2 to 81, as the description says it.
    let (mut a, mut b) = (0_u32, 0_u32);
    for byte in &message[2..] {
        a = (a + u32::from(*byte)) % 256;
        b = (b + a) % 256;
    }
    message.extend([a, b].map(|sum| sum.to_le_bytes()[0]));
    assert_eq!(messages(&message.repeat(3)), Ok(3));
    assert_eq!(messages(&[]), Err(GnssProblem::Length(0)));
    assert_eq!(messages(&message[1..]), Err(GnssProblem::Length(83)));
    let mut two = message.repeat(2);
    two[100] ^= 1;
    assert_eq!(messages(&two), Err(GnssProblem::Checksum(84)));
    two[84] ^= 1;
    assert_eq!(messages(&two), Err(GnssProblem::Header(84)));
}
