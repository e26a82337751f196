//! Settings.

use expect_test::expect;
use pipeline_plugin::{Context, Header, Kind, Place, SinkPlugin, testing};
use plugin_mqtt::Mqtt;

fn check(options: &str) -> String {
    match testing::settings::<Mqtt>(options) {
        Ok(sink) => {
            let problems = sink.check(&Place::default());
            let told = problems
                .iter()
                .map(|p| format!("{}: {}\n", p.path.join("."), p.message));
            told.collect()
        }
        Err(problem) => format!("{}: {}\n", problem.path.join("."), problem.message),
    }
}

#[test]
fn settings_are_checked() {
    assert_eq!(check(r#"{"broker":"localhost"}"#), "");
    let all = r#"{"broker":"[::1]:1884","user":"me","password":{"env":"X"},"topic":"a/b","expire":"5 min","queue":1,"control":true}"#;
    assert_eq!(check(all), "");
    expect![[r#"
        broker: the address has no scheme: write `host` or `host:1883`
    "#]]
    .assert_eq(&check(r#"{"broker":"mqtt://localhost"}"#));
    expect![[r#"
        topic: a topic to publish to has no wildcards and does not begin with `$`
        discovery-topic: a level of the topic is empty
        password: it is not said where the secret is
        password: there is a password but no user
        expire: less than a second is too short
    "#]]
    .assert_eq(&check(
        r#"{"broker":"x","topic":"a/+","discovery-topic":"a//b","password":{},"expire":"10 ms"}"#,
    ));
    if !cfg!(feature = "tls") {
        assert_eq!(
            check(r#"{"broker":"x","tls":{}}"#),
            "tls: this build of pipeline has no TLS\n"
        );
    }
}

#[test]
fn the_destination_has_no_secret() {
    let settings = r#"{"broker":"h:1","user":"me","password":{"env":"SECRET_NAME"}}"#;
    let sink: Mqtt = testing::settings(settings).unwrap();
    assert_eq!(sink.destination(), "mqtt:h:1/pipeline");
    assert!(sink.folder().is_none());
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
