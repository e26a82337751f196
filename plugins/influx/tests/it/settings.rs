//! Settings.

use expect_test::expect;
use pipeline_plugin::{Context, Header, Kind, Place, SinkPlugin, testing};
use plugin_influx::Influx;

fn check(options: &str) -> String {
    let sink: Influx = testing::settings(options).unwrap();
    let problems = sink.check(&Place::default());
    let told = problems
        .iter()
        .map(|p| format!("{}: {}\n", p.path.join("."), p.message));
    told.collect()
}

#[test]
fn settings_are_checked() {
    for sound in [
        r#"{"file":"x.lp"}"#,
        r#"{"udp":"localhost:8089","spool":"s"}"#,
        r#"{"url":"http://h:8086","database":"power","spool":"s"}"#,
        r#"{"url":"http://h:8086","database":"power","user":"u","password":{"env":"X"},"spool":"s"}"#,
        r#"{"url":"http://h","org":"o","bucket":"b","token":{"env":"X"},"spool":"s","measurement":"a b"}"#,
    ] {
        assert_eq!(check(sound), "", "{sound}");
    }
    let told: String = [
        "{}",
        r#"{"file":"x.lp","udp":"h:1"}"#,
        r#"{"udp":"h:1"}"#,
        r#"{"file":"x.lp","bucket":"b"}"#,
        r#"{"url":"http://h","spool":"s"}"#,
        r#"{"url":"http://h","spool":"s","user":"u"}"#,
        r#"{"url":"http://h","spool":"s","bucket":"b"}"#,
        r#"{"url":"http://h","spool":"s","bucket":"b","database":"d"}"#,
        r#"{"url":"h:8086","spool":"s","database":"d"}"#,
        r#"{"url":"http://u:p@h:8086","spool":"s","database":"d"}"#,
        r#"{"url":"http://h","spool":"s","org":"o","bucket":"b","token":{}}"#,
        r##"{"file":"x.lp","measurement":"#x"}"##,
    ]
    .map(|options| format!("{options} -> {}", check(options)))
    .concat();
    expect![[r##"
        {} -> : it is not said where the samples go
        {"file":"x.lp","udp":"h:1"} -> : the samples can go to one place only
        {"udp":"h:1"} -> : there is no folder for lines that wait for the server
        {"file":"x.lp","bucket":"b"} -> : only a server at a `url` has a database or a bucket
        {"url":"http://h","spool":"s"} -> : the server needs to know where to put the samples
        {"url":"http://h","spool":"s","user":"u"} -> : the server needs to know the database
        {"url":"http://h","spool":"s","bucket":"b"} -> : the server needs to know `org` and `bucket`
        {"url":"http://h","spool":"s","bucket":"b","database":"d"} -> : `database` is for a server of version 1, `bucket` for one of version 2
        {"url":"h:8086","spool":"s","database":"d"} -> url: this is no address of a server
        {"url":"http://u:p@h:8086","spool":"s","database":"d"} -> url: this is no address of a server
        {"url":"http://h","spool":"s","org":"o","bucket":"b","token":{}} -> token: it is not said where the secret is
        {"file":"x.lp","measurement":"#x"} -> measurement: a measurement has a name, without `#` before it
    "##]]
    .assert_eq(&told);
}

#[test]
fn the_destination_has_no_secret() {
    let settings =
        r#"{"url":"http://h","spool":"s","org":"o","bucket":"b","token":{"env":"SECRET_NAME"}}"#;
    let sink: Influx = testing::settings(settings).unwrap();
    assert_eq!(sink.destination(), "influx:http://h/b/pipeline");
    let Err(error) = sink.open(&Header::default(), &Context::detached()) else {
        panic!("there is no such variable");
    };
    expect!["the environment variable `SECRET_NAME` does not hold a secret"]
        .assert_eq(&error.to_string());
    let header = Header {
        kind: Kind::File,
        ..Header::default()
    };
    assert!(sink.open(&header, &Context::detached()).is_err());
}
