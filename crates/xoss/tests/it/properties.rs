//! What holds for any bytes.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use xoss::remote::{Encoding, Feature, Field, Key, MachineStatus, Packet, Request, Response};
use xoss::{
    Characteristic, Delivered, Document, Event, Integrity, Job, Listing, NameProblem, Options,
    Outcome, Reply, RideName, Session, Settings, SystemFile, UserProfile,
};

/// Commands that a session may send.
const SAYABLE: [u8; 10] = [0x04, 0x05, 0x07, 0x09, 0x0D, 0x1F, 0x54, 0x77, 0xFF, 0xFF];

fn job() -> impl Strategy<Value = Job> {
    let ride: RideName = "20240715062336.fit".parse().unwrap();
    prop::sample::select(vec![
        Job::Wake,
        Job::Storage,
        Job::List,
        Job::Download(ride.clone()),
        Job::Fetch(SystemFile::Settings),
        Job::Send(SystemFile::Settings, b"{\"a\":1}".to_vec()),
        Job::Delete(Delivered::stated(ride)),
        Job::SetClock(1_720_000_000),
        Job::Gnss,
    ])
}

/// Frames with their right checksum, and bytes that are none.
fn packet() -> impl Strategy<Value = (Characteristic, Vec<u8>)> {
    let frame = (
        any::<u8>(),
        prop::sample::select(vec![
            &b"\0"[..],
            b"",
            b"20240715062336.fit",
            b"workouts.json",
            b"filelist.txt",
            b"settings.json",
            b"556/8104",
            b"\x01\0\0\0\0\0",
            b"\0\x1e\x85\x66",
        ]),
    );
    let likely = prop::sample::select(vec![
        4_u8, 6, 8, 0x0A, 0x0E, 0x11, 0x12, 0x13, 0x14, 0x15, 0x55, 0x78,
    ]);
    let frame = prop_oneof![
        frame.clone(),
        (likely, frame.prop_map(|(_, content)| content)),
    ];
    let frame = frame.prop_map(|(opcode, content)| {
        let mut bytes = [&[opcode][..], content].concat();
        bytes.push(bytes.iter().fold(0, |xor, byte| xor ^ byte));
        (Characteristic::Command, bytes)
    });
    let block = (0..3_u8, any::<u8>(), 0..600_usize).prop_map(|(number, fill, size)| {
        let data = match number {
            0 => format!("20240715062336.fit {size}").into_bytes(),
            _ => vec![fill; 128],
        };
        let size = ymodem::BlockSize::Short;
        let block = ymodem::Block::encode(number, &data, size, ymodem::Checksum::Arc);
        (Characteristic::FromDevice, block)
    });
    let byte = prop::sample::select(vec![4_u8, 6, 0x15, 0x18, b'C']);
    prop_oneof![
        frame,
        block,
        byte.prop_map(|byte| (Characteristic::FromDevice, vec![byte])),
        prop::collection::vec(any::<u8>(), 0..30).prop_map(|it| (Characteristic::Command, it)),
        prop::collection::vec(any::<u8>(), 0..30).prop_map(|it| (Characteristic::FromDevice, it)),
    ]
}

proptest! {
    #[test]
    fn replies_are_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        let _ = Reply::decode(&bytes);
    }

    /// A name that is taken has nothing in it that a file system, a shell or a terminal would mind.
    #[test]
    fn names_are_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        match RideName::new(&bytes) {
            Ok(name) => {
                prop_assert_eq!(name.as_str().as_bytes(), &bytes[..]);
                prop_assert!(name.as_str().len() <= 18);
            }
            Err(error) => prop_assert!(!error.to_string().contains(char::is_control)),
        }
    }

    #[test]
    fn names_of_letters(name in "[A-Za-z0-9_-]{1,16}\\.(fit|FIT)") {
        match RideName::new(name.as_bytes()) {
            Ok(ride) => prop_assert_eq!(ride.as_str(), name),
            Err(error) => prop_assert!(matches!(
                error.problem,
                NameProblem::Long | NameProblem::Option | NameProblem::Reserved
            )),
        }
    }

    #[test]
    fn lists_are_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Listing::from_file_list(&bytes);
        let _ = Listing::from_workouts(&bytes);
    }

    /// Every line is either a ride or refused.
    #[test]
    fn no_line_is_left_out(lines in prop::collection::vec("[ -~]{1,30}", 0..30)) {
        let listing = Listing::from_file_list(lines.join("\r\n").as_bytes());
        prop_assert_eq!(listing.rides.len() + listing.refused.len(), lines.len());
    }

    #[test]
    fn damaged_documents_don_t_panic(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = br#"{"version":"2","update_at":5,"settings":{"unit":0,"lap":{"mode":2,"value":7}},"user_profile":{"MAXHR":190,"weight":75000},"workouts":[[1,2,0]],"pages_count":1,"pages":[{"index":0,"pid":0,"count":1,"items":[103]}]}"#.to_vec();
        let _ = Document::parse(&bytes[..end.index(bytes.len())]);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = Listing::from_workouts(&bytes);
        if let Ok(mut document) = Document::parse(&bytes) {
            let _ = document.header();
            document.touch(1_760_000_000);
            let mut settings = Settings::read(&document);
            settings.imperial = Some(true);
            let _ = settings.write(&mut document);
            let mut rider = UserProfile::read(&document);
            rider.weight = Some(70.0);
            let _ = rider.write(&mut document);
            let _ = xoss::panels::pages(&document);
            prop_assert!(Document::parse(document.as_str().as_bytes()).is_ok());
        }
    }

    /// What is set is read, and only that has changed.
    #[test]
    fn what_is_set_is_read(
        keys in prop::collection::vec("[a-zä\"\\\\\n]{1,6}", 1..5),
        value in any::<i64>(),
        spaces in "[ \n\t]{0,5}",
    ) {
        let mut object = String::from("1");
        for key in keys.iter().rev() {
            let key = serde_json::Value::from(&**key);
            object = format!("{{{spaces}\"~\":0{spaces},{key}{spaces}:{spaces}{object}{spaces}}}");
        }
        let mut document = Document::parse(object.as_bytes()).unwrap();
        let path: Vec<_> = keys.iter().map(String::as_str).collect();
        document.set(&path, &value).unwrap();
        prop_assert_eq!(document.get::<i64>(&path).unwrap(), Some(value));
        document.set(&path, &1).unwrap();
        prop_assert_eq!(document.as_str(), object);
    }

    #[test]
    fn integrity_is_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_ne!(Integrity::of_fit(&bytes), Integrity::Sound);
    }

    /// Any packets at any time: no panic, no more than one command at a time, nothing that can't be
    /// said, an end.
    #[test]
    fn a_session_takes_anything(
        jobs in prop::collection::vec(job(), 1..4),
        packets in prop::collection::vec((packet(), 0..5000_u64), 0..60),
    ) {
        let mut now = Instant::now();
        let mut session = Session::new(Options::default());
        let mut jobs = jobs.into_iter();
        let mut running = false;
        let mut packets = packets.into_iter();
        for _ in 0..500 {
            if !running {
                let Some(job) = jobs.next() else { break };
                session.start(now, job).unwrap();
                running = true;
            }
            let mut writes = 0;
            while let Some(write) = session.poll_write() {
                writes += 1;
                if write.characteristic == Characteristic::Command {
                    prop_assert!(SAYABLE.contains(&write.bytes[0]), "{:x?}", write.bytes);
                    prop_assert_eq!(write.bytes.iter().fold(0, |xor, byte| xor ^ byte), 0);
                }
                prop_assert!(write.bytes.len() <= 20);
            }
            prop_assert!(writes < 60);
            while let Some(event) = session.poll_event() {
                if let Event::Finished(result) = event {
                    if let Ok(Outcome::Downloaded(download)) = result {
                        prop_assert!(download.content.len() < 600);
                    }
                    running = false;
                }
            }
            match packets.next() {
                Some(((characteristic, bytes), wait)) => {
                    now += Duration::from_millis(wait);
                    session.handle_timeout(now);
                    session.handle_notification(now, characteristic, &bytes);
                }
                None => match session.poll_timeout() {
                    Some(at) => {
                        now = now.max(at);
                        session.handle_timeout(now);
                    }
                    None => prop_assert!(!running || session.poll_timeout().is_none()),
                },
            }
        }
        prop_assert!(!running, "a job without an end");
    }

    #[test]
    fn remote_values_are_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let encoding = Encoding { payload: 300, ..Encoding::default() };
        if let Ok(packet) = Packet::decode(&bytes, &encoding) {
            // What was read can be written, and is read as the same again, where it can be said.
            if let Ok(again) = packet.encode(&encoding) {
                let _ = Packet::decode(&again, &encoding).unwrap();
            }
        }
        if let Ok(request) = Request::decode(&bytes) {
            prop_assert!(request.encode()[0] != 0xDF);
        }
        if let Ok(response) = Response::decode(&bytes) {
            prop_assert_eq!(Response::decode(&response.encode()).unwrap(), response);
        }
        if let Ok(feature) = Feature::decode(&bytes) {
            prop_assert_eq!(feature.encode(), bytes.clone());
        }
        if let Ok(status) = MachineStatus::decode(&bytes) {
            prop_assert_eq!(MachineStatus::decode(&status.encode()).unwrap(), status);
        }
    }

    /// Values survive within half a step of their scale.
    #[test]
    fn workout_values_survive(number in 0..40_u8, value in 0.0..250.0_f64) {
        let key = Key(number);
        let encoding = Encoding::default();
        for packet in [
            Packet::Workout(Field::new(key, value)),
            Packet::DynamicWorkout(vec![Field::new(key, value)]),
        ] {
            let bytes = packet.encode(&encoding).unwrap();
            let read = match Packet::decode(&bytes, &encoding).unwrap() {
                Packet::Workout(field) => field,
                Packet::DynamicWorkout(fields) => fields[0],
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(read.key, key);
            let most = match (key, key.info().unwrap().width) {
                (Key(16 | 19), _) => 565.0,
                (_, 2) if key.info().unwrap().unit == "m/s" => 65.534,
                _ => 254.0,
            };
            prop_assert!((read.value - value.min(most)).abs() <= 0.5001, "{} {}", read.value, value);
        }
    }
}

proptest! {
    /// Whatever a person wants to change, a device's file stays one, and the second time there is
    /// nothing left to change.
    #[test]
    fn updates_end_in_documents(
        heart in 0..400_i64,
        weight in any::<u32>(),
        language in "\\PC{0,5}",
        cut in 0..200_usize,
    ) {
        let device = r#"{"version":"2", "user_profile":{"MAXHR":190,"weight":75000 ,"x":[1,{"y":2}]},"settings":{"language_i18n":"en"}}"#;
        let language = serde_json::Value::from(language);
        let wanted = format!(
            r#"{{"user_profile":{{"weight":{weight},"MAXHR":{heart}}},"settings":{{"language_i18n":{language}}}}}"#
        );
        let mut document = Document::parse(device.as_bytes()).unwrap();
        let wanted_document = Document::parse(wanted.as_bytes()).unwrap();
        xoss::update(&mut document, &wanted_document).unwrap();
        prop_assert!(Document::parse(document.as_str().as_bytes()).is_ok());
        prop_assert!(!xoss::update(&mut document, &wanted_document).unwrap());
        let unknown = document.as_str().contains(r#""x":[1,{"y":2}]"#);
        prop_assert!(unknown);
        let sound = (30..=255).contains(&heart) && (10_000..=400_000).contains(&weight);
        let valid = xoss::validate(SystemFile::UserProfile, &document).is_ok();
        prop_assert_eq!(valid, sound);
        let _ = xoss::validate(SystemFile::Settings, &document);
        // Half a file is none.
        let half = wanted.as_bytes().get(..cut.min(wanted.len() - 1)).unwrap();
        prop_assert!(Document::parse(half).is_err());
    }

    #[test]
    fn any_bytes_are_satellite_data_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = xoss::gnss::messages(&bytes);
    }
}
