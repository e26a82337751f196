mod giving;
mod taking;

use std::collections::VecDeque;
use std::time::Duration;

use self::giving::Giving;
use self::taking::Taking;
use crate::xoss::fault::{Fault, Faults, Manners};
use crate::xoss::files::{Files, TOTAL, factory};
use crate::xoss::wire::{frame, xor};
use crate::xoss::{Notification, Profile};

/// The last part of a characteristic's short name: commands and replies.
pub const COMMAND: u16 = 0x0004;
/// What the device sends of files.
pub const FROM_DEVICE: u16 = 0x0003;
/// What the device gets of files.
pub const TO_DEVICE: u16 = 0x0002;

/// A cycle computer.
///
/// Times are counted from the simulation's beginning. Hand in what is written to it and the time,
/// take what it notifies; [`Simulation`](super::Simulation) does that over a link.
#[derive(Clone, Debug)]
pub struct Device {
    profile: Profile,
    manners: Manners,
    faults: Faults,
    files: Files,
    /// Bytes that fit into a notification.
    payload: usize,
    mode: Mode,
    /// When it does something by itself.
    timer: Option<Duration>,
    /// What it will say later.
    later: Vec<(Duration, Notification)>,
    out: VecDeque<Notification>,
    clock: Option<u32>,
    gnss: u32,
    erased: bool,
    transfers: u32,
}

#[derive(Clone, Debug)]
enum Mode {
    Idle,
    Giving(Giving),
    Taking(Taking),
}

impl Device {
    /// A device with its factory settings and no ride.
    pub fn new(profile: Profile) -> Self {
        let mut files = Files::default();
        for (name, content) in factory(&profile) {
            files.put(name, content.into_bytes());
        }
        Self {
            profile,
            manners: Manners::default(),
            faults: Faults::default(),
            files,
            payload: profile.mtu - 3,
            mode: Mode::Idle,
            timer: None,
            later: Vec::new(),
            out: VecDeque::new(),
            clock: None,
            gnss: 0,
            erased: false,
            transfers: 0,
        }
    }

    /// The same with other manners.
    #[must_use]
    pub fn with_manners(mut self, manners: Manners) -> Self {
        self.manners = manners;
        self
    }

    /// The same with a file on it.
    #[must_use]
    pub fn with_file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.put(name, content.into());
        self
    }

    /// The same with a name in its list of rides that no good device would have there.
    #[must_use]
    pub fn with_listed(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.files.listed.push(name.into());
        self
    }

    /// The same with something that it will do wrong.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.faults.add(fault);
        self
    }

    /// The same while it records one of its rides.
    #[must_use]
    pub fn recording(mut self, name: &str) -> Self {
        self.files.recording = Some(name.to_owned());
        self
    }

    /// The same with so much free room beside the files that it has, in bytes.
    #[must_use]
    pub fn with_room(mut self, bytes: usize) -> Self {
        self.files.leave_room(bytes);
        self
    }

    /// The same in the middle of a transfer that nobody waits for any more.
    #[must_use]
    pub fn left_in_a_transfer(mut self, name: &str) -> Self {
        self.give(Duration::ZERO, name);
        self.out.clear();
        self
    }

    /// The same without anything that it would do wrong.
    #[must_use]
    pub fn without_faults(mut self) -> Self {
        self.faults = Faults::default();
        self
    }

    /// Something that it will do wrong.
    pub fn add_fault(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Behaves so from now on.
    pub fn set_manners(&mut self, manners: Manners) {
        self.manners = manners;
    }

    /// Puts a file on it, or replaces it.
    pub fn put(&mut self, name: &str, content: impl Into<Vec<u8>>) {
        self.files.put(name, content.into());
    }

    /// Puts a name into its list of rides.
    pub fn list(&mut self, name: &str) {
        self.files.listed.push(name.as_bytes().to_vec());
    }

    /// Records one of its rides from now on.
    pub fn record(&mut self, name: &str) {
        self.files.recording = Some(name.to_owned());
    }

    /// Takes away every ride.
    pub fn remove_rides(&mut self) {
        self.files.contents.retain(|name, _| !name.ends_with("fit"));
    }

    /// Has so much free room beside the files that it has, in bytes.
    pub fn set_room(&mut self, bytes: usize) {
        self.files.leave_room(bytes);
    }

    /// How it is made.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What is in a file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.find(name)
    }

    /// The time that it was told, in seconds since 1970.
    pub fn clock(&self) -> Option<u32> {
        self.clock
    }

    /// Whether somebody has sent a command that erases it or changes its firmware.
    pub fn was_erased(&self) -> bool {
        self.erased
    }

    /// How many transfers have begun.
    pub fn transfers(&self) -> u32 {
        self.transfers
    }

    /// Whether it has nothing to do.
    pub fn is_idle(&self) -> bool {
        matches!(self.mode, Mode::Idle)
    }

    /// Agrees on an MTU: the smaller one wins.
    pub fn connect(&mut self, mtu: usize) -> usize {
        let mtu = mtu.min(self.profile.mtu);
        self.payload = mtu - 3;
        mtu
    }

    /// The link is gone: it forgets what it was doing.
    pub fn disconnect(&mut self) {
        self.mode = Mode::Idle;
        self.timer = None;
        self.later.clear();
        self.out.clear();
    }

    /// Something was written to one of its characteristics.
    pub fn handle_write(&mut self, now: Duration, characteristic: u16, bytes: &[u8]) {
        match (characteristic, &self.mode) {
            _ if self.manners.silent => {}
            (COMMAND, _) => self.handle_command(now, bytes),
            (TO_DEVICE, Mode::Giving(_)) => {
                for &byte in bytes {
                    self.handle_answer(now, byte);
                }
            }
            (TO_DEVICE, Mode::Taking(_)) => self.handle_block(now, bytes),
            _ => {}
        }
    }

    /// The time has come that [`poll_timeout`](Self::poll_timeout) named.
    pub fn handle_timeout(&mut self, now: Duration) {
        let (due, later) = self.later.drain(..).partition(|(at, _)| *at <= now);
        self.later = later;
        let due: Vec<_> = due;
        self.out
            .extend(due.into_iter().map(|(_, notification)| notification));
        if self.timer.is_some_and(|at| at <= now) {
            self.timer = None;
            match self.mode {
                Mode::Idle => {}
                Mode::Giving(_) => self.giving_timed_out(now),
                Mode::Taking(_) => self.taking_timed_out(now),
            }
        }
    }

    /// What it has to say next.
    pub fn poll_notification(&mut self) -> Option<Notification> {
        self.out.pop_front()
    }

    /// When it does something by itself.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let later = self.later.iter().map(|(at, _)| *at);
        later.chain(self.timer).min()
    }

    fn handle_command(&mut self, now: Duration, bytes: &[u8]) {
        let [opcode, content @ .., _] = bytes else {
            return;
        };
        let content = if content == [0] { &[] } else { content };
        if self.faults.take(&Fault::Deaf) {
            return;
        }
        if self.profile.checks_commands && xor(bytes) != 0 {
            return self.reply(0x11, &[]);
        }
        let name = String::from_utf8_lossy(content).into_owned();
        match opcode {
            0x04 | 0x1F => {
                self.mode = Mode::Idle;
                self.timer = None;
                self.later.clear();
                self.say_idle();
            }
            0xFF if self.is_idle() => self.say_idle(),
            0xFF if self.manners.answers_busy => self.reply(0x14, &[]),
            0xFF => {}
            _ if self.faults.take(&Fault::Busy) => self.reply(0x14, &[]),
            0x09 => {
                let room = format!("{}/{TOTAL}", self.files.room() / 1024);
                self.reply(0x0A, room.as_bytes());
            }
            0x54 => {
                self.clock = content.try_into().ok().map(u32::from_le_bytes);
                if self.profile.answers_clock {
                    self.reply(0x55, content);
                }
            }
            0x77 if self.profile.gnss => {
                let status = [&[1, 0][..], &self.gnss.to_le_bytes()].concat();
                self.reply(0x78, &status);
            }
            0x77 => {}
            0xCC | 0xDF => {
                self.erased = true;
                self.reply(0xCD, &[]);
            }
            0x05 | 0x07 | 0x0D if !self.is_idle() => self.reply(0x14, &[]),
            0x05 => self.fetch(now, &name),
            0x07 => self.take(now, &name),
            0x0D if self.files.recording.as_deref() == Some(&*name) => {
                self.reply(0x14, content);
            }
            0x0D if self.files.remove(&name) => self.reply(0x0E, content),
            0x0D => self.reply(0x12, content),
            _ => self.reply(0x11, &[]),
        }
    }

    /// Somebody wants a file.
    fn fetch(&mut self, now: Duration, name: &str) {
        if self.files.recording.as_deref() == Some(name) {
            return self.reply(0x14, name.as_bytes());
        }
        if self.files.get(&self.profile, name).is_none() {
            return self.reply(0x12, name.as_bytes());
        }
        self.give(now, name);
        self.reply(0x06, name.as_bytes());
    }

    fn reply(&mut self, opcode: u8, content: &[u8]) {
        self.reply_bytes(frame(opcode, content));
    }

    fn say_idle(&mut self) {
        self.reply_bytes(if self.profile.bare_idle {
            vec![0x04]
        } else {
            frame(0x04, &[])
        });
    }

    /// A transfer went well.
    fn finish(&mut self) {
        self.mode = Mode::Idle;
        self.timer = None;
        self.say_idle();
        if self.profile.extra_idle {
            self.reply_bytes(vec![0x04]);
        }
    }

    /// A transfer didn't go well: the document says that it is idle then, and not why.
    fn give_up(&mut self) {
        self.mode = Mode::Idle;
        self.timer = None;
        self.say_idle();
    }

    fn reply_bytes(&mut self, mut bytes: Vec<u8>) {
        if self.faults.take(&Fault::Mute) {
            return;
        }
        if self.faults.take(&Fault::GarbleReply) {
            for byte in &mut bytes {
                *byte ^= 0x20;
            }
            bytes.push(0x77);
        }
        self.out.push_back(Notification {
            characteristic: COMMAND,
            bytes,
        });
    }

    fn notify(&mut self, bytes: &[u8]) {
        self.out.push_back(Notification {
            characteristic: FROM_DEVICE,
            bytes: bytes.to_vec(),
        });
    }
}
