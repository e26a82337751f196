use std::time::Duration;

use md5::{Digest, Md5};

use super::Monitor;
use crate::assigned::monitor;

/// The update that runs, if one does.
#[derive(Debug, Default)]
pub(super) struct Updater {
    running: Option<Running>,
    /// The image of the last update that went well.
    installed: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Running {
    size: usize,
    buffer: usize,
    /// Bytes since the last answer.
    buffered: usize,
    image: Vec<u8>,
}

const OK: u8 = 0;
const NOT_OK: u8 = 1;
const INCORRECT_FORMAT: u8 = 2;
const INCORRECT_SIZE: u8 = 3;
const CHECKSUM: u8 = 4;
const STORAGE: u8 = 5;

/// The size of a partition.
const ROOM: usize = 1_900_544;
/// A monitor that has taken an update answers first.
const RESTART: Duration = Duration::from_millis(500);

impl Updater {
    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }
}

impl Monitor {
    /// The image of the last update that went well.
    pub fn installed(&self) -> Option<&[u8]> {
        self.updater.installed.as_deref()
    }

    pub(super) fn handle_update(&mut self, now: Duration, value: &[u8]) {
        let answer = match value {
            [0, size @ ..] => Some(self.begin(size)),
            [1, bytes @ ..] => self.package(bytes).map(|code| vec![code]),
            [2, checksum @ ..] => Some(vec![self.end(now, checksum)]),
            [3] => {
                self.updater.running = None;
                Some(vec![OK])
            }
            _ => Some(vec![INCORRECT_FORMAT]),
        };
        if let Some(answer) = answer {
            self.send(now, monitor::OTA_TX, answer);
        }
    }

    fn begin(&mut self, size: &[u8]) -> Vec<u8> {
        let Ok(size) = <[u8; 4]>::try_from(size) else {
            return vec![INCORRECT_FORMAT];
        };
        let size = u32::from_le_bytes(size) as usize;
        if size > ROOM {
            return vec![INCORRECT_SIZE];
        }
        let mtu = self.mtu().min(512);
        let package = mtu - 4;
        let buffer = package * 40;
        self.updater.running = Some(Running {
            size,
            buffer,
            buffered: 0,
            image: Vec::new(),
        });
        let word = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        [&[OK][..], &word(package), &word(buffer)].concat()
    }

    /// Says something only when the buffer is full, or something is wrong.
    fn package(&mut self, bytes: &[u8]) -> Option<u8> {
        let Some(running) = &mut self.updater.running else {
            return Some(NOT_OK);
        };
        running.image.extend_from_slice(bytes);
        running.buffered += bytes.len();
        if running.image.first() != Some(&0xE9) {
            self.updater.running = None;
            return Some(CHECKSUM);
        }
        if running.image.len() > running.size {
            self.updater.running = None;
            return Some(STORAGE);
        }
        if running.buffered < running.buffer {
            return None;
        }
        running.buffered = 0;
        Some(OK)
    }

    fn end(&mut self, now: Duration, checksum: &[u8]) -> u8 {
        let Some(running) = self.updater.running.take() else {
            return NOT_OK;
        };
        if checksum.len() != 16 {
            return INCORRECT_FORMAT;
        }
        if running.image.len() != running.size || Md5::digest(&running.image)[..] != *checksum {
            return CHECKSUM;
        }
        self.updater.installed = Some(running.image);
        self.restarts.push_front(now + RESTART);
        OK
    }
}
