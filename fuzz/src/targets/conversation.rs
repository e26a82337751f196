//! Any text as a conversation: it is read or refused, and what was read is a recording of as many
//! steps, which can be written as YAML.

use ble::{Conversation, Recording};

fn lines(talk: &Conversation) -> Vec<u8> {
    let mut lines = Vec::new();
    talk.write_recording(&mut lines).expect("memory takes it");
    lines
}

pub(crate) fn fuzz(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(talk) = Conversation::parse(text) else {
        return;
    };
    let first = lines(&talk);
    let recording = Recording::new(&*first).expect("a conversation is a recording");
    let read = Conversation::of(recording).expect("it is short");
    assert_eq!(read.steps(), talk.steps());
    // Services that change can not be told, which it says.
    if let Ok(yaml) = read.to_yaml(&[]) {
        let _ = Conversation::parse(&yaml);
    }
}
