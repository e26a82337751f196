//! The device takes a file.

use std::time::Duration;

use super::{Device, Mode};
use crate::xoss::fault::Fault;
use crate::xoss::wire::{ACK, EOT, NAK, SOH, STX, crc16};

/// A file on its way to the device.
#[derive(Clone, Debug)]
pub(super) struct Taking {
    name: String,
    /// What has come of a block.
    buffer: Vec<u8>,
    /// Bytes that block 0 announced.
    size: Option<usize>,
    content: Vec<u8>,
    /// Blocks that have come.
    blocks: u64,
    /// The first EOT has been refused.
    refused_end: bool,
    /// How often it has asked in vain.
    asked: u32,
}

/// A block that stops is asked for again after this.
const GAP: Duration = Duration::from_secs(1);
/// `C` is repeated after this, so often.
const ASK: Duration = Duration::from_secs(3);
const ASKS: u32 = 3;

impl Device {
    /// Somebody wants to send a file.
    pub(super) fn take(&mut self, now: Duration, name: &str) {
        if self.files.room() == 0 {
            return self.reply(0x13, &[]);
        }
        self.transfers += 1;
        self.mode = Mode::Taking(Taking {
            name: name.to_owned(),
            buffer: Vec::new(),
            size: None,
            content: Vec::new(),
            blocks: 0,
            refused_end: false,
            asked: 0,
        });
        self.timer = Some(now + ASK);
        if self.manners.accepts_first {
            self.reply(0x08, name.as_bytes());
            self.notify(b"C");
        } else {
            self.notify(b"C");
            self.reply(0x08, name.as_bytes());
        }
    }

    /// A packet from the host.
    pub(super) fn handle_block(&mut self, now: Duration, packet: &[u8]) {
        let Mode::Taking(taking) = &mut self.mode else {
            return;
        };
        self.timer = Some(now + GAP);
        if taking.buffer.is_empty() && packet == [EOT] {
            return self.handle_end(now);
        }
        taking.buffer.extend(packet);
        let length = match taking.buffer.first() {
            Some(&SOH) => 133,
            Some(&STX) => 1029,
            _ => {
                taking.buffer.clear();
                return;
            }
        };
        if taking.buffer.len() < length {
            return;
        }
        let block = std::mem::take(&mut taking.buffer);
        self.timer = Some(now + self.manners.patience);
        self.judge(&block[..length]);
    }

    /// A block is whole.
    fn judge(&mut self, block: &[u8]) {
        let Mode::Taking(taking) = &mut self.mode else {
            return;
        };
        let (data, crc) = block[3..].split_at(block.len() - 5);
        let sound =
            block[1] ^ block[2] == 0xFF && crc16(self.manners.crc, data).to_be_bytes() == *crc;
        let expected = taking.blocks.to_le_bytes()[0];
        if !sound {
            return self.notify(&[NAK]);
        }
        if taking.blocks > 0 && block[1] == expected.wrapping_sub(1) {
            return self.notify(&[ACK]);
        }
        if block[1] != expected {
            return self.give_up();
        }
        let number = taking.blocks;
        taking.blocks += 1;
        if number == 0 {
            let text: Vec<_> = data.split(|byte| matches!(byte, 0 | b' ')).collect();
            let named = text[0] == taking.name.as_bytes();
            taking.size = std::str::from_utf8(text[1])
                .ok()
                .and_then(|size| size.parse().ok());
            let fits = taking.size.is_some_and(|size| size <= self.files.room());
            if !named || !fits {
                self.mode = Mode::Idle;
                self.timer = None;
                return self.reply(if named { 0x13 } else { 0x11 }, &[]);
            }
        } else {
            taking.content.extend(data);
        }
        if self.faults.take(&Fault::LoseAnswer(number)) {
            return;
        }
        self.notify(&[ACK]);
        if number == 0 {
            self.notify(b"C");
        }
    }

    /// The host has no more.
    fn handle_end(&mut self, now: Duration) {
        let Mode::Taking(taking) = &mut self.mode else {
            return;
        };
        if !taking.refused_end {
            taking.refused_end = true;
            self.timer = Some(now + self.manners.patience);
            return self.notify(&[NAK]);
        }
        let (name, size) = (taking.name.clone(), taking.size.unwrap_or_default());
        let whole = taking.content.len() >= size;
        let mut content = std::mem::take(&mut taking.content);
        content.truncate(size);
        let is_json = !name.contains(".json") || content.starts_with(b"{");
        self.notify(&[ACK]);
        if whole && is_json && !self.faults.take(&Fault::NotParsed) {
            self.files.put(&name, content);
            self.finish();
        } else {
            self.mode = Mode::Idle;
            self.timer = None;
            self.reply(0x15, name.as_bytes());
        }
    }

    /// The host has stopped.
    pub(super) fn taking_timed_out(&mut self, now: Duration) {
        let Mode::Taking(taking) = &mut self.mode else {
            return;
        };
        taking.asked += 1;
        if taking.asked > ASKS {
            return self.give_up();
        }
        if taking.blocks == 0 && taking.buffer.is_empty() {
            self.timer = Some(now + ASK);
            return self.notify(b"C");
        }
        taking.buffer.clear();
        self.timer = Some(now + self.manners.patience);
        self.notify(&[NAK]);
    }
}
