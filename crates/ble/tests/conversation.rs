//! Recordings become conversations and recordings again, and play the same.
#![expect(
    clippy::unwrap_used,
    reason = "a test that fails here is a failed test"
)]

use ble::{Conversation, Recording};
use pipeline_plugin::ble::uuid16;
use proptest::prelude::*;

/// Two devices, a refused connection, a lost link and a second one with another MTU.
const RECORDING: &str = r#"{"capture":1,"start":"2026-07-24T10:30:00Z","program":"test","source":{"id":"rowing","plugin":"rowing","settings":{"idle":"5 min"}},"device":"ESP*"}
{"is":"seen","t":600000,"scan":1,"device":{"id":"00:00:00:00:00:01","name":"ESP \"32\"","rssi":-51,"services":["1818"],"manufacturer":[[76,"0215"]]}}
{"is":"unconnected","t":700000,"asked":700000,"device":"00:00:00:00:00:01","error":{"kind":"device","message":"no answer","help":"wake it"}}
{"is":"connected","t":800000,"asked":800000,"link":1,"device":"00:00:00:00:00:01","mtu":247,"services":[{"uuid":"1818","characteristics":[["2a63",16],["2a65",2],["2a65",2]]},{"uuid":"a72a5762-803b-421d-a759-f0314153da97","characteristics":[]}]}
{"is":"done","t":830000,"asked":830000,"link":1,"op":"subscribe","of":"2a63"}
{"is":"done","t":860001,"asked":860001,"link":1,"op":"read","of":"2a65","error":{"kind":"skip","message":"refused"}}
{"is":"done","t":890000,"asked":890000,"link":1,"op":"write","of":"2a63","hex":"ff000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"}
{"is":"value","t":900000,"link":1,"of":"2a63","hex":"3000"}
{"is":"seen","t":950000,"scan":2,"device":{"id":"belt-1"}}
{"is":"connected","t":960000,"asked":960000,"link":2,"device":"belt-1","mtu":23,"services":[{"uuid":"180d","characteristics":[["2a37",16]]}]}
{"is":"value","t":970000,"link":2,"of":"2a37","hex":""}
{"is":"done","t":975000,"asked":975000,"link":1,"op":"write-quickly","of":"2a63","hex":"01"}
{"is":"lost","t":980000,"link":1}
{"is":"connected","t":990000,"asked":990000,"link":3,"device":"00:00:00:00:00:01","mtu":23,"services":[{"uuid":"1818","characteristics":[["2a63",16],["2a65",2],["2a65",2]]},{"uuid":"a72a5762-803b-421d-a759-f0314153da97","characteristics":[]}]}
{"is":"done","t":995000,"asked":995000,"link":3,"op":"unsubscribe","of":"2a63"}
{"is":"delivered","t":1000000,"streams":2}
{"is":"stop","t":1000000}
{"is":"disconnected","t":1000000,"link":3}
{"is":"end","t":31536000000000}
"#;

fn conversation(recording: &str) -> Conversation {
    Conversation::of(Recording::new(recording.as_bytes()).unwrap()).unwrap()
}

fn recording(talk: &Conversation) -> String {
    let mut lines = Vec::new();
    talk.write_recording(&mut lines).unwrap();
    String::from_utf8(lines).unwrap()
}

fn yaml() -> String {
    let names = [("power", uuid16(0x2A63)), ("cycling-power", uuid16(0x1818))];
    conversation(RECORDING).to_yaml(&names).unwrap()
}

/// The lines as values: the order of keys in them is all the same.
fn values(recording: &str) -> Vec<serde_json::Value> {
    let lines = recording.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn everything_comes_back() {
    let talk = Conversation::parse(&yaml()).unwrap();
    let back = recording(&talk);
    for (is, was) in values(&back).iter().zip(values(RECORDING)) {
        assert_eq!(*is, was);
    }
    assert_eq!(back.lines().count(), RECORDING.lines().count());
}

#[test]
fn people_can_read_it() {
    let yaml = yaml();
    for line in [
        "device: \"ESP*\"",
        "  power: \"2a63\"",
        "  - called: esp-32",
        "          - power: [notify]",
        "  - { at: 0.83, subscribe: power }",
        "  - { at: 0.89, write: power, hex: \"ff 00*45\" }",
        "  - { at: 0.9, answer: power, hex: \"30 00\" }",
        "  - { at: 0.97, notify: \"2a37\", on: device-2 }",
        "  - { at: 0.99, connect: esp-32, mtu: 23 }",
        "  - { at: 1, end: run }",
    ] {
        assert!(yaml.lines().any(|one| one == line), "{line}\n{yaml}");
    }
    assert!(Conversation::is_begun_by(yaml.as_bytes()));
    assert!(!Conversation::is_begun_by(RECORDING.as_bytes()));
}

#[test]
fn people_may_write_it_as_they_like() {
    let text = "---\n# Mine.\nconversation: 1\nstart: 2026-07-24T10:30:00Z\ndevices:\n\
                - {called: belt, id: x, services: [180d: [2a37: [notify]]]}\nsteps:\n\
                - {at: 1, connect: belt}\n- {at: 2, notify: 2a37, hex: 0065}\n\
                - {at: 3, notify: 2a37, hex: 1e10}\n- {at: 4, notify: 2a37, hex: 00 4 1*1}\n";
    let wrong = Conversation::parse(text).unwrap_err().to_string();
    assert_eq!(
        wrong,
        "step 4 of the conversation, at 4 s: `4` is not made of pairs of hexadecimal digits"
    );
    let talk = Conversation::parse(&text.replace("00 4 1*1", "00 41*2")).unwrap();
    let lines = recording(&talk);
    for hex in ["\"0065\"", "\"1e10\"", "\"004141\""] {
        assert!(lines.contains(hex), "{hex} {lines}");
    }
}

#[test]
fn a_device_that_changes_can_t_be_told() {
    let (head, last) = RECORDING.rsplit_once("[\"2a65\",2],[\"2a65\",2]").unwrap();
    let other = format!("{head}[\"2a65\",2]{last}");
    let error = conversation(&other).to_yaml(&[]).unwrap_err();
    assert!(error.to_string().contains("has changed its services"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever became of a conversation, it is read or it is said what is wrong; and what was read
    /// is a recording.
    #[test]
    fn a_damaged_conversation_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = yaml().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(1 + end.index(bytes.len()));
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(talk) = Conversation::parse(&text) {
            let lines = recording(&talk);
            prop_assert!(Recording::new(lines.as_bytes()).unwrap().survey().damage.is_none());
        }
    }
}
