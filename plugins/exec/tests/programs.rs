//! Programs that behave, and programs that don't.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use expect_test::{Expect, expect};
use pipeline_plugin::{
    Batch, Context, Delivered, Header, Item, Place, SinkPlugin, Summary, Timestamp, field, testing,
};
use plugin_exec::{ExecSink, ExecTransform};

fn items(batches: i64) -> Vec<Item> {
    let batch = |number: i64| {
        let mut batch = Batch::new(&[field::DISTANCE, field::POWER]);
        let metres = f64::from(u32::try_from(number).unwrap());
        batch.push(Timestamp::from_seconds(number), &[metres, f64::NAN]);
        Item::Samples(batch)
    };
    (0..batches).map(batch).collect()
}

/// What a shell script makes of so many batches: the items, or the error.
fn through(script: &str, batches: i64) -> Result<Vec<Item>, String> {
    // Only who sleeps is not waited for: a busy machine may start a shell slowly.
    let timeout = if script.contains("sleep") {
        "500 ms"
    } else {
        "60 s"
    };
    let settings = serde_json::json!({ "command": ["sh", "-c", script], "timeout": timeout });
    let plugin: ExecTransform = testing::settings(&settings.to_string()).unwrap();
    testing::run_transform(&plugin, Header::default(), items(batches))
        .map(|(_, items, _)| items)
        .map_err(|error| format!("{:?}: {}", error.kind(), error.with_causes()))
}

fn check(script: &str, expect: &Expect) {
    let text = match through(script, 2) {
        Ok(items) => testing::lines(&items),
        Err(error) => error,
    };
    expect.assert_eq(&text);
}

#[test]
fn a_program_changes_items() {
    check(
        "sed s/distance/altitude/",
        &expect![[r#"
            {"samples":{"time":["1970-01-01T00:00:00Z"],"altitude":[0.0],"power":[null]}}
            {"samples":{"time":["1970-01-01T00:00:01Z"],"altitude":[1.0],"power":[null]}}
        "#]],
    );
    check("cat > /dev/null", &expect![""]);
}

#[test]
fn nobody_waits_for_the_other() {
    // More than the pipes and the queues hold, in both directions, at once and one after the other.
    for script in ["cat", "x=$(cat); printf '%s\\n' \"$x\""] {
        let sent = through(script, 20_000).unwrap();
        assert_eq!(sent.len(), 20_000, "{script}");
        let same = testing::lines(&sent) == testing::lines(&items(20_000));
        assert!(same, "{script}");
    }
}

#[test]
fn bad_programs_fail_their_stream() {
    check(
        "cat > /dev/null; echo no power >&2; exit 3",
        &expect!["Plugin: `sh` ended with exit code 3: no power"],
    );
    check(
        "echo hello; cat > /dev/null",
        &expect![
            "Plugin: `sh` wrote no item in line 1 of its output: expected value at line 1 column 1"
        ],
    );
    check(
        r#"echo '{"lap":{}}'; cat > /dev/null"#,
        &expect![
            "Plugin: `sh` wrote no item in line 1 of its output: missing field `start` at line 1 column 9"
        ],
    );
    check(
        r#"echo '{"done":"x"}'; cat > /dev/null"#,
        &expect!["Plugin: a transform sends items; `done` is for sinks"],
    );
    check(
        "cat > /dev/null; sleep 30",
        &expect!["Plugin: `sh` was silent for 0.5 s"],
    );
    check("kill -9 $$", &expect!["Plugin: `sh` was killed"]);
}

#[test]
fn who_does_not_listen_to_the_end_is_told() {
    let error = through("exec 0<&-; exit 0", 20_000).unwrap_err();
    assert_eq!(error, "Plugin: `sh` ended before its input did");
}

fn deliver(script: &str) -> Result<String, String> {
    let settings = serde_json::json!({ "command": ["sh", "-c", script] });
    let plugin: ExecSink = testing::settings(&settings.to_string()).unwrap();
    let deliver = || {
        let mut sink = plugin.open(&Header::default(), &Context::detached())?;
        for item in &items(3) {
            sink.write(item)?;
        }
        sink.finish(&Summary::default())
    };
    match deliver() {
        Ok(Delivered::Done(place)) => Ok(place),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn a_sink_says_where_the_stream_is() {
    let counting = r#"n=$(grep -c '^."samples'); echo "{\"done\":\"$n batches\"}""#;
    assert_eq!(deliver(counting).unwrap(), "3 batches");
    assert_eq!(deliver("cat > /dev/null").unwrap(), "done");
    assert!(
        deliver("cat")
            .unwrap_err()
            .contains("a sink sends no items")
    );
}

/// A program that is given up never sees the end of its input without `finish`.
#[test]
fn a_stream_that_is_given_up_is_not_delivered() {
    let folder = std::env::temp_dir().join(format!("plugin-exec-{}", std::process::id()));
    let script = format!("cat > /dev/null; echo complete > {}", folder.display());
    let settings = serde_json::json!({ "command": ["sh", "-c", script] });
    let plugin: ExecSink = testing::settings(&settings.to_string()).unwrap();
    for _ in 0..20 {
        let mut sink = plugin
            .open(&Header::default(), &Context::detached())
            .unwrap();
        sink.write(&items(1)[0]).unwrap();
        drop(sink);
        assert!(!folder.exists());
    }
}

#[test]
fn a_command_is_needed() {
    let problem = testing::settings::<ExecTransform>("{}").unwrap_err();
    assert_eq!(problem.message, "missing field `command`");
    let plugin: ExecTransform = testing::settings(r#"{"command":[]}"#).unwrap();
    let problems = pipeline_plugin::TransformPlugin::check(&plugin, &Place::default());
    assert_eq!(problems[0].message, "`command` names no program");
}
