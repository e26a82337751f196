//! The device gives a file away.

use std::time::Duration;

use super::{Device, FROM_DEVICE, Mode};
use crate::xoss::Notification;
use crate::xoss::fault::Fault;
use crate::xoss::wire::{ACK, CAN, EOT, NAK, block};

/// A file on its way to the host.
#[derive(Clone, Debug)]
pub(super) struct Giving {
    name: String,
    content: Vec<u8>,
    phase: Phase,
    /// The block on its way.
    number: u64,
    /// Where its data begin.
    offset: usize,
    resends: u32,
    /// When it said last that the file is over.
    ended: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waits for `C`.
    Ready,
    /// Block 0 is out.
    Name,
    /// Block 0 is acknowledged; waits for `C`.
    NameTaken,
    /// A block of data is out.
    Data,
    /// The first EOT is out.
    End,
    /// The second EOT is out.
    SecondEnd,
}

/// A sixth resend is not made.
const RESENDS: u32 = 5;

impl Device {
    /// Prepares to give a file.
    pub(super) fn give(&mut self, now: Duration, name: &str) {
        let content = self.files.get(&self.profile, name).unwrap_or_default();
        self.transfers += 1;
        self.mode = Mode::Giving(Giving {
            name: name.to_owned(),
            content,
            phase: Phase::Ready,
            number: 0,
            offset: 0,
            resends: 0,
            ended: now,
        });
        self.wait_for_answer(now);
    }

    /// A byte from the host.
    pub(super) fn handle_answer(&mut self, now: Duration, byte: u8) {
        let size = self.block_size();
        let Mode::Giving(giving) = &mut self.mode else {
            return;
        };
        let deaf = now.saturating_sub(giving.ended) < self.profile.end_pause;
        match (giving.phase, byte) {
            (Phase::Ready, b'C') => self.give_block(now, Phase::Name),
            (Phase::Name, b'C' | NAK) | (Phase::Data, NAK) => self.give_again(now),
            (Phase::Name, ACK) => {
                giving.phase = Phase::NameTaken;
                self.wait_for_answer(now);
            }
            (Phase::NameTaken, b'C') => self.give_next(now),
            (Phase::Data, ACK) => {
                giving.offset += size;
                self.give_next(now);
            }
            // Too fast for it.
            (Phase::End | Phase::SecondEnd, _) if deaf => {}
            (Phase::End, NAK) if self.faults.take(&Fault::OneEnd) => self.finish(),
            (Phase::End | Phase::SecondEnd, NAK) => self.give_end(now, Phase::SecondEnd),
            // The first EOT wants a NAK. Clients that count packets acknowledge it as if it were a
            // block; the log of one with an M1 shows that the second EOT comes all the same.
            (Phase::SecondEnd, ACK) => self.finish(),
            _ => {}
        }
    }

    /// Nobody answers.
    pub(super) fn giving_timed_out(&mut self, now: Duration) {
        let repeats = self.manners.repeat_after.is_some();
        match &self.mode {
            Mode::Giving(giving)
                if repeats && matches!(giving.phase, Phase::Name | Phase::Data) =>
            {
                self.give_again(now);
            }
            Mode::Giving(giving) if repeats && giving.phase == Phase::End => {
                self.give_end(now, Phase::End);
            }
            _ => self.give_up(),
        }
    }

    fn wait_for_answer(&mut self, now: Duration) {
        self.timer = Some(now + self.manners.repeat_after.unwrap_or(self.manners.patience));
    }

    /// The next block, or the end.
    fn give_next(&mut self, now: Duration) {
        let size = self.block_size();
        let Mode::Giving(giving) = &mut self.mode else {
            return;
        };
        giving.resends = 0;
        giving.number += 1;
        if self.faults.take(&Fault::SkipBlock(giving.number)) {
            giving.number += 1;
            giving.offset += size;
        }
        let Mode::Giving(giving) = &self.mode else {
            return;
        };
        let over = giving.offset >= giving.content.len();
        if over || self.faults.take(&Fault::EndBefore(giving.number)) {
            self.give_end(now, Phase::End);
        } else {
            self.give_block(now, Phase::Data);
        }
    }

    fn give_again(&mut self, now: Duration) {
        let Mode::Giving(giving) = &mut self.mode else {
            return;
        };
        giving.resends += 1;
        if giving.resends > RESENDS {
            return self.give_up();
        }
        let phase = giving.phase;
        self.give_block(now, phase);
    }

    /// Bytes of data of the block on its way.
    fn block_size(&self) -> usize {
        let Mode::Giving(giving) = &self.mode else {
            return 128;
        };
        let rest = giving.content.len().saturating_sub(giving.offset);
        let short = self.manners.short_end && rest <= 128;
        if self.profile.long_blocks && !short {
            1024
        } else {
            128
        }
    }

    /// The bytes of the block on its way.
    fn current_block(&mut self) -> Vec<u8> {
        let size = self.block_size();
        let Mode::Giving(giving) = &self.mode else {
            return Vec::new();
        };
        let crc = self.manners.crc;
        if giving.number > 0 {
            let data = giving.content.get(giving.offset..).unwrap_or_default();
            let number = giving.number;
            let wrong = self.faults.take(&Fault::WrongNumber(number));
            let data = &data[..data.len().min(size)];
            return block(number + u64::from(wrong), data, size, crc);
        }
        let name = self.faults.take_if(|fault| matches!(fault, Fault::Name(_)));
        let name = match name {
            Some(Fault::Name(name)) => name.to_owned(),
            _ => giving.name.clone(),
        };
        let size = self.faults.take_if(|fault| matches!(fault, Fault::Size(_)));
        let size = match size {
            Some(Fault::Size(size)) => size,
            _ => giving.content.len() as u64,
        };
        let separator = if self.manners.nul_in_block_0 {
            '\0'
        } else {
            ' '
        };
        block(0, format!("{name}{separator}{size}").as_bytes(), 128, crc)
    }

    /// Puts the block on its way.
    fn give_block(&mut self, now: Duration, phase: Phase) {
        let Mode::Giving(giving) = &mut self.mode else {
            return;
        };
        giving.phase = phase;
        let number = giving.number;
        if self.faults.take(&Fault::Cancel(number)) {
            self.mode = Mode::Idle;
            self.timer = None;
            return self.notify(&[CAN, CAN]);
        }
        let mut bytes = self.current_block();
        let damage =
            |fault: &Fault| matches!(fault, Fault::DamageBlock { block, .. } if *block == number);
        if let Some(Fault::DamageBlock { byte, bits, .. }) = self.faults.take_if(damage) {
            let place = byte % bytes.len();
            bytes[place] ^= bits;
        }
        if !self.faults.take(&Fault::LoseBlock(number)) {
            self.send_block(number, &bytes);
            if self.faults.take(&Fault::RepeatBlock(number)) {
                self.send_block(number, &bytes);
            }
        }
        self.wait_for_answer(now);
    }

    /// Cuts a block into notifications.
    fn send_block(&mut self, number: u64, bytes: &[u8]) {
        let split =
            |fault: &Fault| matches!(fault, Fault::SplitBlock { block, .. } if *block == number);
        let size = match self.faults.take_if(split) {
            Some(Fault::SplitBlock { size, .. }) => size.clamp(1, self.payload),
            _ => self.payload,
        };
        let mut packets: Vec<_> = bytes.chunks(size).map(<[u8]>::to_vec).collect();
        let lose =
            |fault: &Fault| matches!(fault, Fault::LosePacket { block, .. } if *block == number);
        if let Some(Fault::LosePacket { packet, .. }) = self.faults.take_if(lose) {
            packets.remove(packet % packets.len());
        }
        let repeat =
            |fault: &Fault| matches!(fault, Fault::RepeatPacket { block, .. } if *block == number);
        if let Some(Fault::RepeatPacket { packet, .. }) = self.faults.take_if(repeat)
            && !packets.is_empty()
        {
            let place = packet % packets.len();
            packets.insert(place, packets[place].clone());
        }
        for packet in packets {
            self.notify(&packet);
        }
    }

    fn give_end(&mut self, now: Duration, phase: Phase) {
        let Mode::Giving(giving) = &mut self.mode else {
            return;
        };
        giving.phase = phase;
        giving.ended = now;
        self.wait_for_answer(now);
        if self.faults.take(&Fault::NoEnd) {
            return;
        }
        let late = self
            .faults
            .take_if(|fault| matches!(fault, Fault::LateEnd(_)));
        if let Some(Fault::LateEnd(time)) = late {
            if let Mode::Giving(giving) = &mut self.mode {
                giving.ended = now + time;
            }
            self.timer = Some(now + time + self.manners.patience);
            let notification = Notification {
                characteristic: FROM_DEVICE,
                bytes: vec![EOT],
            };
            self.later.push((now + time, notification));
            return;
        }
        self.notify(&[EOT]);
    }
}
