//! Programs of the shell that every system has.

use std::time::Duration;

use pipeline_plugin::{
    Context, Delivered, Error, ErrorKind, Header, Item, Result, SinkPlugin, Summarizer, testing,
};
use serde_json::json;

use crate::child::Running;
use crate::{Exec, allow};

const ITEMS: &str = r#"{"samples":{"time":["1970-01-01T00:00:01Z"],"power":[100.0]}}
{"samples":{"time":["1970-01-01T00:00:02Z"],"power":[200.0]}}
"#;

fn shell(script: &str) -> Exec {
    allow();
    let settings = json!({ "command": ["sh", "-c", script] });
    testing::settings(&settings.to_string()).unwrap()
}

fn through(script: &str) -> Result<String> {
    let items = testing::items(ITEMS);
    let (_, items, _) = testing::run_transform(&shell(script), Header::default(), items)?;
    Ok(testing::lines(&items))
}

fn error(script: &str) -> Error {
    match through(script) {
        Err(error) => error,
        Ok(items) => panic!("{items}"),
    }
}

#[test]
fn items_go_through_a_program() {
    assert_eq!(through("grep '\"samples\"'").unwrap(), ITEMS);
    let made = through("sed -n 's/200/250/; /samples/p'").unwrap();
    assert_eq!(made, ITEMS.replace("200", "250"));
    assert_eq!(through("cat >/dev/null").unwrap(), "");
}

/// More than the pipes hold, in both directions at once.
#[test]
fn pipes_that_are_full_hold_nobody_up() {
    let item = ITEMS.lines().next().unwrap();
    let many: Vec<Item> = testing::items(&format!("{item}\n").repeat(5000));
    let (_, items, _) =
        testing::run_transform(&shell("grep samples"), Header::default(), many.clone()).unwrap();
    assert_eq!(items.len(), many.len());
    // It reads everything before it says anything.
    let late = shell("grep samples >/tmp/$$.exec; cat /tmp/$$.exec; rm /tmp/$$.exec");
    let (_, items, _) = testing::run_transform(&late, Header::default(), many.clone()).unwrap();
    assert_eq!(items.len(), many.len());
}

#[test]
fn the_summary_can_be_changed() {
    let script = r#"cat >/dev/null; echo '{"finish": {"calories_method": "mine"}}'"#;
    let (_, _, summary) =
        testing::run_transform(&shell(script), Header::default(), testing::items(ITEMS)).unwrap();
    assert_eq!(summary.calories_method.as_deref(), Some("mine"));
    assert_eq!(summary.samples, 0);
}

#[test]
fn what_is_wrong_is_said() {
    let broken = |script: &str, expected: &str| {
        let error = error(script);
        assert_eq!(error.kind(), ErrorKind::Plugin, "{script}");
        assert_eq!(
            error.with_causes(),
            format!("the program `sh` {expected}"),
            "{script}"
        );
    };
    broken("cat >/dev/null; echo hello", "said `hello`: no JSON");
    // Its words come first, also when it has stopped reading before.
    broken("exec 0<&-; sleep 0.2; echo hello", "said `hello`: no JSON");
    broken(
        "cat >/dev/null; echo '{\"sample\": 1}'",
        "said `{\\\"sample\\\": 1}`: unknown variant `sample`, expected one of `samples`, `lap`, `event`, `curve`, `bytes`",
    );
    broken(
        "cat >/dev/null; echo oh dear >&2; exit 3",
        "ended with exit status: 3: oh dear",
    );
    broken(
        "cat >/dev/null; exit 3",
        "ended with exit status: 3, without a word",
    );
    broken(
        "cat >/dev/null; echo '{\"fail\": \"\"}'",
        "failed without saying why",
    );
    broken(
        "cat >/dev/null; printf '\\377\\n'",
        "said something that can't be read: no UTF-8",
    );
    let late = "cat >/dev/null; for s in 2 1; do \
                echo \"{\\\"samples\\\":{\\\"time\\\":[\\\"1970-01-01T00:00:0${s}Z\\\"]}}\"; done";
    let said = error(late).with_causes();
    assert!(
        said.ends_with(": earlier than the samples before"),
        "{said}"
    );
    let refused = error("cat >/dev/null; echo '{\"fail\": \"too long for me\"}'");
    assert_eq!(
        (refused.kind(), refused.to_string().as_str()),
        (ErrorKind::Skip, "too long for me")
    );
}

#[test]
fn a_silent_program_is_stopped() {
    let running = Running::start(&shell("sleep 1000"), &Context::detached()).unwrap();
    let running = running.with_silence(Duration::from_millis(300));
    let error = running.end(&mut |_| Ok(())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the program `sh` neither took nor said anything for 0.3 s"
    );
}

#[test]
fn a_program_that_is_not_there_is_named() {
    allow();
    let exec: Exec = testing::settings(r#"{"command": ["surely-no-program"]}"#).unwrap();
    let error = SinkPlugin::open(&exec, &Header::default(), &Context::detached());
    let error = error.err().unwrap().with_causes();
    assert!(
        error.starts_with("cannot run `surely-no-program`: No such file"),
        "{error}"
    );
    let exec: Exec = testing::settings(r#"{"command": []}"#).unwrap();
    assert_eq!(exec.problems().len(), 1);
}

#[test]
fn a_sink_says_where_it_has_delivered_to() {
    let delivered = |script: &str| {
        let header = Header::default();
        let mut sink = SinkPlugin::open(&shell(script), &header, &Context::detached()).unwrap();
        for item in testing::items(ITEMS) {
            sink.write(&item).unwrap();
        }
        match sink.finish(&Summarizer::new(&header).summary()).unwrap() {
            Delivered::Done(place) => place,
            Delivered::File(file) => file.name().to_owned(),
        }
    };
    assert_eq!(
        delivered("n=$(wc -l); echo \"{\\\"done\\\": \\\"$((n)) lines\\\"}\""),
        "4 lines"
    );
    assert_eq!(delivered("cat >/dev/null"), "sh");
}

#[test]
fn the_destination_has_no_arguments_in_it() {
    let destination = shell("curl -H 'Token: secret'").destination();
    assert!(destination.starts_with("exec:sh:"), "{destination}");
    assert!(!destination.contains("secret"), "{destination}");
}
