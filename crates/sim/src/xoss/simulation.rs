use std::collections::VecDeque;
use std::time::Duration;

use super::link::{Direction, Link, LinkFault, LinkFaultKind};
use super::{Device, Notification};

/// A device at the other end of a link, in virtual time.
///
/// [`write`](Self::write) what the client wants to, and ask for the [`next`](Self::next) thing that
/// happens; the clock jumps there.
#[derive(Clone, Debug)]
pub struct Simulation {
    device: Device,
    link: Link,
    now: Duration,
    /// The number of the next connection event; event n is at n intervals.
    event: u32,
    to_device: VecDeque<Outgoing>,
    from_device: VecDeque<Outgoing>,
    /// What has crossed the link and when.
    arrived: VecDeque<(Duration, Notification)>,
    faults: Vec<LinkFault>,
    /// Packets that have been counted, each way.
    counted: [usize; 2],
    /// Bytes that may still come from the device before the link is lost.
    cut: Option<usize>,
    lost: bool,
}

/// A packet that waits for the radio.
#[derive(Clone, Debug)]
struct Outgoing {
    characteristic: u16,
    bytes: Vec<u8>,
    /// The first event that may carry it.
    event: u32,
    /// Packets of the link layer that are still to go.
    left: usize,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A notification arrived.
    Notified(Notification),
    /// The time has come that was waited for.
    TimedOut,
    /// The connection is gone.
    LinkLost,
    /// Nothing will ever happen.
    Nothing,
}

impl Simulation {
    /// Connects; the device's faults and files are as they are.
    pub fn new(mut device: Device, link: Link) -> Self {
        device.connect(link.mtu);
        Self {
            device,
            link,
            now: Duration::ZERO,
            event: 1,
            to_device: VecDeque::new(),
            from_device: VecDeque::new(),
            arrived: VecDeque::new(),
            faults: Vec::new(),
            counted: [0, 0],
            cut: None,
            lost: false,
        }
    }

    /// The same with something that happens on the way.
    #[must_use]
    pub fn with_fault(mut self, fault: LinkFault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The same with a link that is lost after so many bytes from the device; the packet that holds
    /// the next byte doesn't arrive any more.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    /// Virtual time since the beginning.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// The link is lost after so many more bytes from the device.
    pub fn set_cut(&mut self, bytes: usize) {
        self.cut = Some(bytes);
    }

    /// Something that happens on the way.
    pub fn add_fault(&mut self, fault: LinkFault) {
        self.faults.push(fault);
    }

    /// Bytes that fit into one write.
    pub fn payload(&self) -> usize {
        self.link.mtu.min(self.device.profile().mtu) - 3
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The device, for those who want it to behave differently from now on.
    pub fn device_mut(&mut self) -> &mut Device {
        &mut self.device
    }

    /// The device, once the simulation is over.
    pub fn into_device(mut self) -> Device {
        self.device.disconnect();
        self.device
    }

    /// It is at least that time, and nothing was due before.
    pub(super) fn advance_clock(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    /// The client writes.
    pub fn write(&mut self, characteristic: u16, bytes: &[u8]) {
        let event = self.event;
        let packets = self.spoil(Direction::ToDevice, bytes.to_vec());
        for (bytes, events) in packets {
            self.to_device.push_back(Outgoing {
                characteristic,
                left: self.link.packets(bytes.len()),
                bytes,
                event: event + events,
            });
        }
    }

    /// Whether the link was lost, and everything has arrived that was sent before.
    pub fn is_lost(&self) -> bool {
        self.lost && self.arrived.is_empty()
    }

    /// When something happens by itself next.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let arrival = self.arrived.front().map(|(at, _)| *at);
        let event = self.coming_event().map(|event| self.link.interval * event);
        let timer = self.device.poll_timeout().filter(|_| !self.lost);
        [arrival, event, timer].into_iter().flatten().min()
    }

    /// The link is made anew, at that time or later: nothing of the last one is left.
    pub fn reconnect(&mut self, now: Duration, mtu: usize) {
        self.device.disconnect();
        self.now = self.now.max(now);
        self.link.mtu = self.device.connect(mtu);
        self.to_device.clear();
        self.from_device.clear();
        self.arrived.clear();
        self.cut = None;
        self.lost = false;
    }

    /// The next thing that happens, at the latest when it is `until`.
    pub fn next(&mut self, until: Option<Duration>) -> Happening {
        loop {
            if self.is_lost() {
                return Happening::LinkLost;
            }
            let arrival = self.arrived.front().map(|(at, _)| *at);
            let due = until.filter(|until| arrival.is_none_or(|at| *until < at));
            let event = self.next_event();
            let timer = self.device.poll_timeout().filter(|_| !self.lost);
            // What has arrived comes before the next event, what is waited for before both.
            let next = [event, timer].into_iter().flatten().min();
            if let Some(due) = due.filter(|due| next.is_none_or(|next| *due <= next)) {
                self.now = self.now.max(due);
                return Happening::TimedOut;
            }
            if let Some(at) = arrival.filter(|at| next.is_none_or(|next| *at <= next)) {
                self.now = self.now.max(at);
                if let Some((_, notification)) = self.arrived.pop_front() {
                    return Happening::Notified(notification);
                }
            }
            match (event, timer) {
                (None, None) => return Happening::Nothing,
                (Some(event), timer) if timer.is_none_or(|timer| event <= timer) => {
                    self.now = event;
                    self.connection_event();
                }
                (_, Some(timer)) => {
                    self.now = self.now.max(timer);
                    self.device.handle_timeout(timer);
                    // The first event after now.
                    self.event = self.event.max(self.event_at(self.now) + 1);
                    self.collect(self.event);
                }
                (Some(_), None) => {}
            }
        }
    }

    /// When something goes over the link next.
    fn next_event(&mut self) -> Option<Duration> {
        self.event = self.coming_event()?;
        Some(self.link.interval * self.event)
    }

    /// The event that carries something next.
    fn coming_event(&self) -> Option<u32> {
        if self.lost {
            return None;
        }
        let waiting = self
            .to_device
            .front()
            .into_iter()
            .chain(self.from_device.front());
        let first = waiting.map(|packet| packet.event).min()?;
        Some(self.event.max(first).max(self.event_at(self.now) + 1))
    }

    /// The last event up to a time.
    fn event_at(&self, time: Duration) -> u32 {
        let number = time.as_nanos() / self.link.interval.as_nanos();
        u32::try_from(number).unwrap_or(u32::MAX - 1)
    }

    /// Both sides send what they have.
    fn connection_event(&mut self) {
        let event = self.event;
        let mut room = self.link.per_event();
        while let Some(packet) = self.to_device.front_mut().filter(|it| it.event <= event) {
            let part = packet.left.min(room);
            packet.left -= part;
            room -= part;
            if packet.left > 0 {
                break;
            }
            if let Some(packet) = self.to_device.pop_front() {
                let (to, bytes) = (packet.characteristic, packet.bytes);
                self.device.handle_write(self.now, to, &bytes);
            }
        }
        self.collect(event + self.link.answer_events);
        self.send_from_device(event);
        self.event = event + 1;
    }

    /// The device's half of an event.
    fn send_from_device(&mut self, event: u32) {
        let per_event = self.link.per_event();
        let mut room = per_event;
        while let Some(packet) = self.from_device.front_mut().filter(|it| it.event <= event) {
            let part = packet.left.min(room);
            packet.left -= part;
            room -= part;
            if packet.left > 0 {
                break;
            }
            let Some(packet) = self.from_device.pop_front() else {
                break;
            };
            if let Some(cut) = &mut self.cut {
                if packet.bytes.len() > *cut {
                    self.lost = true;
                    return self.device.disconnect();
                }
                *cut -= packet.bytes.len();
            }
            let exchanges = u32::try_from(per_event - room).unwrap_or(u32::MAX);
            let at = self.now + self.link.exchange * exchanges;
            let notification = Notification {
                characteristic: packet.characteristic,
                bytes: packet.bytes,
            };
            self.arrived.push_back((at, notification));
        }
    }

    /// Takes what the device has to say; it goes out with that event.
    fn collect(&mut self, event: u32) {
        while let Some(notification) = self.device.poll_notification() {
            let packets = self.spoil(Direction::FromDevice, notification.bytes);
            for (bytes, events) in packets {
                // Nothing overtakes.
                let before = self.from_device.back().map_or(0, |packet| packet.event);
                self.from_device.push_back(Outgoing {
                    characteristic: notification.characteristic,
                    left: self.link.packets(bytes.len()),
                    bytes,
                    event: (event + events).max(before),
                });
            }
        }
    }

    /// The packets that go instead of one, and by how many events later.
    fn spoil(&mut self, direction: Direction, bytes: Vec<u8>) -> Vec<(Vec<u8>, u32)> {
        let number = &mut self.counted[usize::from(direction == Direction::ToDevice)];
        let packet = *number;
        *number += 1;
        let here = |fault: &&LinkFault| fault.direction == direction && fault.packet == packet;
        let Some(fault) = self.faults.iter().find(here) else {
            return vec![(bytes, 0)];
        };
        match fault.kind {
            LinkFaultKind::Lose => Vec::new(),
            LinkFaultKind::Repeat => vec![(bytes.clone(), 0), (bytes, 0)],
            LinkFaultKind::Damage { byte, bits } => {
                let mut bytes = bytes;
                let place = byte % bytes.len().max(1);
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= bits;
                }
                vec![(bytes, 0)]
            }
            LinkFaultKind::Split(at) => {
                let (head, tail) = bytes.split_at(at % bytes.len().max(1));
                let parts = [head, tail].into_iter().filter(|part| !part.is_empty());
                parts.map(|part| (part.to_vec(), 0)).collect()
            }
            LinkFaultKind::Delay(time) => vec![(bytes, self.event_at(time))],
        }
    }
}
