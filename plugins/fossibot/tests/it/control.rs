use pipeline_plugin::{Answer, Command, CommandQueue, StateStore};
use serde_json::{Value, json};

use crate::support::{NOON, Run, bench, source};

/// Posts commands at times, and gives what became of them.
fn post(
    device: &str,
    json: &str,
    seconds: u64,
    commands: &[(u64, &str, Value)],
) -> (Run, Vec<Result<Value, String>>) {
    let queue = CommandQueue::default();
    let bench = bench(device, NOON, StateStore::default()).with_commands(&queue, device);
    let mut answers: Vec<Answer> = Vec::new();
    let run = bench.run(&source(json), seconds, |second| {
        for (at, name, value) in commands {
            if *at == second {
                let (command, answer) = Command::new("mqtt", *name, value.clone());
                queue.post(command).unwrap();
                answers.push(answer);
            }
        }
    });
    let answers = answers.iter().map(|answer| {
        let answer = answer.poll().unwrap_or_else(|| panic!("no answer"));
        answer.map_err(|error| error.to_string())
    });
    let answers = answers.collect();
    (run, answers)
}

const CONTROL: &str = r#"{ "control": true }"#;

#[test]
fn what_is_applied_is_read_back() {
    let commands = [
        (20, "usb", json!(false)),
        (30, "charge-limit", json!(80)),
        (40, "light", json!("SOS")),
    ];
    let (run, answers) = post("fossibot", CONTROL, 120, &commands);
    assert_eq!(
        answers,
        [
            Ok(json!({ "name": "usb", "value": "off" })),
            Ok(json!({ "name": "charge-limit", "value": "80 %" })),
            Ok(json!({ "name": "light", "value": "sos" })),
        ]
    );
    assert_eq!(*run.column("usb_switch").last().unwrap(), 0.0);
    assert_eq!(*run.column("charge_limit").last().unwrap(), 80.0);
}

#[test]
fn what_is_ignored_is_told() {
    let commands = [(20, "ac-charge-level", json!(5))];
    let (run, answers) = post("fossibot?ignored=13", CONTROL, 120, &commands);
    let text = "`ac-charge-level=5`: the station ignored it: it is still 3";
    assert_eq!(answers, [Err(text.to_owned())]);
    assert_eq!(run.warnings(), [text]);
}

/// No command destroys a unit or shuts it down, however it is spelled.
#[test]
fn nothing_harmful_is_taken() {
    let commands: Vec<(u64, &str, Value)> = vec![
        (20, "idle-off", json!(0)),
        (20, "idle-off", json!("never")),
        (20, "idle-off", json!(false)),
        (20, "idle-off", json!("0 min")),
        (20, "68", json!(0)),
        (20, "power", json!("off")),
        (20, "power", json!(false)),
        (20, "charge-limit", json!(5)),
        (20, "charge-limit", json!("+5")),
        (20, "usb", json!("toggle")),
        (20, "usb", json!(null)),
        (20, "usb", json!(["on"])),
        (20, "wifi", json!("on")),
    ];
    let (run, answers) = post("fossibot", CONTROL, 60, &commands);
    assert_eq!(answers.len(), commands.len());
    for (answer, command) in answers.iter().zip(&commands) {
        assert!(answer.is_err(), "{command:?} {answer:?}");
    }
    // It goes on as if nothing had been asked.
    assert!(run.kept.streams[0].rows.len() >= 12);
    assert!(run.column("idle_off").iter().all(|time| *time == 1800.0));
}

#[test]
fn out_of_reach_a_command_is_answered_at_once() {
    let commands = [(200, "usb", json!("off"))];
    let (_, answers) = post("fossibot?off=60&off-for=3600", CONTROL, 600, &commands);
    assert_eq!(answers, [Err("a power station is out of reach".to_owned())]);
}

#[test]
fn per_poll_a_command_makes_a_link() {
    let json = r#"{ "control": true, "connection": "per-poll", "every": "60 s", "gap": "90 s" }"#;
    let commands = [(90, "usb", json!("off"))];
    let (run, answers) = post("fossibot", json, 300, &commands);
    assert_eq!(answers, [Ok(json!({ "name": "usb", "value": "off" }))]);
    assert_eq!(*run.column("usb_switch").last().unwrap(), 0.0);
}
