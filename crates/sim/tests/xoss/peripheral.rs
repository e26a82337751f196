//! The devices behind the one seam that all simulated devices stand behind.

use std::time::{Duration, Instant};

use sim::xoss::{Computer, Device, Link, Profile, ride};
use sim::{Glasses, Output, Peripheral, WriteKind, device_information};
use xoss::remote::{
    Channel, Encoding, Feature, Field, Key, MachineStatus, Packet, RemoteCharacteristic,
    RemoteMode, RemoteTypes, Request, Response, ResponseValue, ResultCode,
};
use xoss::{Characteristic, Event, Job, Options, Outcome};

use crate::host::{Host, milliseconds, ride_name};

const RIDE: &str = "20240715062336.fit";

/// A central in virtual time, which has one job after another.
struct Central {
    computer: Computer,
    session: xoss::Session,
    start: Instant,
    now: Duration,
}

impl Central {
    fn new(computer: Computer) -> Self {
        Self {
            session: xoss::Session::new(Options::default()),
            start: Instant::now(),
            now: Duration::ZERO,
            computer,
        }
    }

    fn connect(&mut self) {
        let mtu = self.computer.largest_mtu().min(247);
        self.computer.connect(self.now, mtu);
        self.session.set_payload(mtu - 3);
        for characteristic in [Characteristic::Command, Characteristic::FromDevice] {
            self.computer
                .subscribe(self.now, characteristic.uuid())
                .unwrap();
        }
    }

    fn run(&mut self, job: Job) -> Result<Outcome, xoss::Error> {
        self.session.start(self.start + self.now, job).unwrap();
        loop {
            while let Some(write) = self.session.poll_write() {
                let kind = match write.characteristic {
                    Characteristic::Command => WriteKind::WithResponse,
                    _ => WriteKind::WithoutResponse,
                };
                let to = write.characteristic.uuid();
                // One that the link was lost under is refused.
                let _ = self.computer.write(self.now, to, kind, &write.bytes);
            }
            while let Some(event) = self.session.poll_event() {
                if let Event::Finished(result) = event {
                    return result;
                }
            }
            self.step();
        }
    }

    /// Lets the next thing happen.
    fn step(&mut self) {
        if let Some((time, output)) = self.computer.poll_output(self.now) {
            assert!(time <= self.now);
            let now = self.start + self.now;
            return match output {
                Output::Disconnect => self.session.handle_disconnected(),
                Output::Value {
                    characteristic,
                    value,
                } => {
                    let from = Characteristic::from_uuid(characteristic).unwrap();
                    self.session.handle_notification(now, from, &value);
                }
            };
        }
        let timer = self.session.poll_timeout();
        let timer = timer.map(|at| at.saturating_duration_since(self.start));
        let next = [timer, self.computer.poll_timeout()];
        let next = next.into_iter().flatten().min().unwrap();
        self.now = self.now.max(next);
        self.session.handle_timeout(self.start + self.now);
    }
}

#[test]
fn every_computer_gives_its_rides() {
    for name in Computer::NAMES {
        let computer = Computer::named(name).unwrap();
        let expected = computer.device().file(RIDE).unwrap().to_vec();
        let mut central = Central::new(computer);
        central.connect();
        let Ok(Outcome::Listed(listing)) = central.run(Job::List) else {
            panic!("{name}");
        };
        assert_eq!(listing.rides.len(), 3, "{name}");
        let outcome = central.run(Job::Download(ride_name(RIDE))).unwrap();
        let Outcome::Downloaded(ride) = outcome else {
            panic!("{name}: {outcome:?}");
        };
        assert_eq!(ride.content, expected, "{name}");
        let serial = device_information::SERIAL_NUMBER;
        assert!(
            !central
                .computer
                .read(central.now, serial)
                .unwrap()
                .is_empty()
        );
    }
    assert!(Computer::named("xoss-g-minus").is_none());
}

/// A computer keeps its files when the link is lost, and nothing of the broken transfer.
#[test]
fn a_link_that_comes_back_gives_the_ride_from_its_first_byte() {
    let content = ride(1_721_024_616, 300);
    for profile in Profile::ALL {
        let device = Device::new(profile).with_file(RIDE, &*content);
        let computer = Computer::new(device, Link::long_mtu(milliseconds(15.0))).cut_after(700);
        let mut central = Central::new(computer);
        central.connect();
        let lost = central.run(Job::Download(ride_name(RIDE)));
        assert!(matches!(lost, Err(xoss::Error::LinkLost)), "{lost:?}");
        central.now += Duration::from_secs(1);
        central.connect();
        let Ok(Outcome::Downloaded(ride)) = central.run(Job::Download(ride_name(RIDE))) else {
            panic!("{}", profile.name);
        };
        assert_eq!(ride.content, content, "{}", profile.name);
    }
}

/// Through the seam a ride takes as long as over the bare link.
#[test]
fn what_the_seam_adds_is_nothing() {
    let content = ride(1_721_024_616, 300);
    for (profile, link) in [
        (Profile::G_GEN1, Link::old(milliseconds(7.5))),
        (Profile::M2, Link::extended(milliseconds(30.0))),
    ] {
        let device = Device::new(profile).with_file(RIDE, &*content);
        let mut host = Host::new(device.clone(), link);
        host.download(RIDE).unwrap();
        let mut central = Central::new(Computer::new(device, link));
        central.connect();
        central.run(Job::Download(ride_name(RIDE))).unwrap();
        assert_eq!(central.now, host.simulation.now());
    }
}

/// What it notifies on a characteristic until it has no more to say by itself.
fn notified(computer: &mut Computer, now: &mut Duration, from: Characteristic) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    loop {
        while let Some((_, output)) = computer.poll_output(*now) {
            if let Output::Value {
                characteristic,
                value,
            } = output
                && characteristic == from.uuid()
            {
                values.push(value);
            }
        }
        let end = *now + Duration::from_secs(1);
        match computer.poll_timeout().filter(|at| *at < end) {
            Some(at) => *now = at.max(*now + Duration::from_nanos(1)),
            None => return values,
        }
    }
}

fn subscribed(name: &str) -> Computer {
    let mut computer = Computer::named(name).unwrap();
    let mtu = computer.largest_mtu();
    computer.connect(Duration::ZERO, mtu);
    for characteristic in [Characteristic::Command, Characteristic::FromDevice] {
        let characteristic = characteristic.uuid();
        computer.subscribe(Duration::ZERO, characteristic).unwrap();
    }
    computer
}

/// The clients that others have tried on real computers don't ask for a response.
#[test]
fn a_command_needs_no_response() {
    for name in Computer::NAMES {
        let answers = [WriteKind::WithResponse, WriteKind::WithoutResponse].map(|kind| {
            let mut computer = subscribed(name);
            let mut now = Duration::ZERO;
            let command = Characteristic::Command;
            computer
                .write(now, command.uuid(), kind, &[0x09, 0, 0x09])
                .unwrap();
            notified(&mut computer, &mut now, command)
        });
        assert_eq!(answers[0], answers[1], "{name}");
        assert_eq!(answers[0].len(), 1, "{name}: {answers:?}");
    }
}

/// Clients that count packets instead of bytes work with real ones.
#[test]
fn computers_of_cycplus_send_a_block_in_six_packets() {
    let content = RIDE.as_bytes();
    let check = content.iter().fold(0x05, |check, byte| check ^ byte);
    let fetch = [&[0x05][..], content, &[check]].concat();
    for name in ["cycplus-m1", "cycplus-m2"] {
        let mut computer = subscribed(name);
        let mut now = Duration::ZERO;
        let mut write = |to: Characteristic, bytes: &[u8]| {
            let kind = WriteKind::WithoutResponse;
            computer.write(now, to.uuid(), kind, bytes).unwrap();
            notified(&mut computer, &mut now, Characteristic::FromDevice)
        };
        assert!(write(Characteristic::Command, &fetch).is_empty());
        let head = write(Characteristic::ToDevice, b"C");
        assert_eq!(head.len(), 1, "{name}: {head:?}");
        assert!(write(Characteristic::ToDevice, &[6]).is_empty());
        let block = write(Characteristic::ToDevice, b"C");
        let lengths: Vec<usize> = block.iter().map(Vec::len).collect();
        assert_eq!(lengths, [182, 182, 182, 182, 182, 119], "{name}");
    }
}

/// An acknowledgement too many doesn't cost a client the second EOT: an M1 sent it, as a log shows.
#[test]
fn the_first_end_wants_to_be_refused() {
    let content = b"filelist.txt";
    let check = content.iter().fold(0x05, |check, byte| check ^ byte);
    let fetch = [&[0x05][..], content, &[check]].concat();
    let mut computer = subscribed("cycplus-m1");
    let mut now = Duration::ZERO;
    let mut write = |to: Characteristic, bytes: &[u8], from| {
        let kind = WriteKind::WithoutResponse;
        computer.write(now, to.uuid(), kind, bytes).unwrap();
        notified(&mut computer, &mut now, from)
    };
    let (to, from) = (Characteristic::ToDevice, Characteristic::FromDevice);
    write(Characteristic::Command, &fetch, from);
    for answer in [&b"C"[..], &[6], b"C"] {
        write(to, answer, from);
    }
    assert_eq!(write(to, &[6], from), [[4]]);
    assert!(write(to, &[6], Characteristic::Command).is_empty());
    assert_eq!(write(to, &[0x15], from), [[4]]);
    let idle = write(to, &[6], Characteristic::Command);
    assert_eq!(idle, [[4, 0, 4]]);
}

#[test]
fn an_unpaired_computer_refuses() {
    let mut computer = Computer::named("xoss-nav").unwrap().unpaired();
    computer.connect(Duration::ZERO, 247);
    let command = Characteristic::Command.uuid();
    assert!(computer.subscribe(Duration::ZERO, command).is_err());
}

/// Writes a command to glasses; what they say.
fn ask(glasses: &mut Glasses, request: &Request) -> Response {
    let now = Duration::ZERO;
    let control = RemoteCharacteristic::ControlPoint.uuid();
    glasses
        .write(now, control, WriteKind::WithResponse, &request.encode())
        .unwrap();
    let Some((_, Output::Value { value, .. })) = glasses.poll_output(now) else {
        panic!("no response to {request:?}");
    };
    while glasses.poll_output(now).is_some() {}
    Response::decode(&value).unwrap()
}

#[test]
fn glasses_understand_the_client_and_it_them() {
    let now = Duration::ZERO;
    let mut glasses = Glasses::worn();
    glasses.connect(now, 185);
    for characteristic in [
        RemoteCharacteristic::ControlPoint,
        RemoteCharacteristic::MachineStatus,
    ] {
        glasses.subscribe(now, characteristic.uuid()).unwrap();
    }
    let feature = glasses
        .read(now, RemoteCharacteristic::Feature.uuid())
        .unwrap();
    let feature = Feature::decode(&feature).unwrap();
    assert!(feature.types.contains(RemoteTypes::GLASSES));
    assert!(feature.has_mode(RemoteMode::On) && !feature.has_mode(RemoteMode::Custom));

    let early = ask(&mut glasses, &Request::Brightness(Some(80)));
    assert_eq!(early.result, ResultCode::NotPermitted);
    for request in [
        Request::RequestControl,
        Request::SetType(RemoteTypes::GLASSES),
        Request::SetMode(RemoteMode::On),
        Request::Notifications(Some(true)),
        Request::SetTime {
            utc: 1_720_000_000,
            local: 1_720_028_800,
        },
    ] {
        assert_eq!(ask(&mut glasses, &request).result, ResultCode::Done);
    }
    let brightness = ask(&mut glasses, &Request::Brightness(Some(80)));
    assert_eq!(brightness.value, ResponseValue::Brightness(80));
    let sleep = ask(&mut glasses, &Request::SleepTime(None));
    assert_eq!(sleep.value, ResponseValue::SleepTime(600));
    assert_eq!(
        ask(&mut glasses, &Request::SetMode(RemoteMode::Custom)).result,
        ResultCode::BadParameter
    );
    let debug = ask(&mut glasses, &Request::DebugWorkout(vec![0]));
    assert_eq!(debug.result, ResultCode::Unsupported);
    assert_eq!(glasses.clock(), Some((1_720_000_000, 1_720_028_800)));
    assert_eq!((glasses.mode(), glasses.brightness()), (1, 80));

    let status = glasses
        .read(now, RemoteCharacteristic::MachineStatus.uuid())
        .unwrap();
    let status = MachineStatus::decode(&status).unwrap();
    assert_eq!(status.mode, Some(RemoteMode::On));
    assert_eq!(status.glasses.unwrap().case_charge, 82);
}

#[test]
fn glasses_show_what_the_client_sends() {
    let now = Duration::ZERO;
    let mut glasses = Glasses::worn();
    glasses.connect(now, 23);
    let control = RemoteCharacteristic::ControlPoint.uuid();
    glasses.subscribe(now, control).unwrap();
    let encoding = Encoding::default();
    let fields = [
        (Key::SPEED, 7.25),
        (Key::HEART_RATE, 143.0),
        (Key::DISTANCE, 12_345.67),
        (Key::LATITUDE, 47.5),
        (Key::POWER, 251.0),
    ]
    .map(|(key, value)| Field::new(key, value));
    let pipeline = RemoteCharacteristic::DataPipeline.uuid();
    let show = |glasses: &mut Glasses, packet: &Packet| {
        let bytes = packet.encode(&encoding).unwrap();
        glasses.write(now, pipeline, WriteKind::WithoutResponse, &bytes)
    };
    let packets = Packet::dynamic(&fields, &encoding);
    for packet in &packets {
        show(&mut glasses, packet).unwrap();
    }
    // They are off.
    assert!(glasses.screen().is_empty());
    for request in [Request::RequestControl, Request::SetMode(RemoteMode::On)] {
        ask(&mut glasses, &request);
    }
    for packet in &packets {
        show(&mut glasses, packet).unwrap();
    }
    let shown: Vec<_> = glasses.screen().iter().map(|(k, v)| (*k, *v)).collect();
    assert_eq!(
        shown,
        [
            (7, 1_234_567),
            (8, 7_250),
            (21, 143),
            (29, 251),
            (37, 47_500_000)
        ]
    );
    let message = Packet::Notification {
        channel: Channel::WeChat,
        text: "hi".to_owned(),
    };
    show(&mut glasses, &message).unwrap();
    assert_eq!(glasses.messages(), ["hi"]);
    assert_eq!(glasses.packets().len(), 2 * packets.len() + 1);
    let overlay = Packet::Overlay {
        key: Key::SPEED,
        style: 1,
    };
    show(&mut glasses, &overlay).unwrap();
    assert_eq!(glasses.overlays().get(&8), Some(&1));
    let long = vec![3; 21];
    let refused = glasses.write(now, pipeline, WriteKind::WithoutResponse, &long);
    assert!(refused.is_err());
}
