//! Commands and replies.

use xoss::{
    Command, Delivered, DeviceInfo, FileName, FrameError, GnssStatus, RawError, Refusal, Reply,
    RideName, Storage, SystemFile,
};

use crate::support::{hex, vector, vectors};

fn ride() -> RideName {
    "20240715062336.fit".parse().unwrap()
}

/// The vector of a command, and how it is said here.
#[test]
fn commands_are_the_documents() {
    let vectors = vectors();
    let system = FileName::System;
    let commands = [
        ("status request", Command::status()),
        ("disk space request", Command::storage()),
        (
            "fetch filelist.txt",
            Command::fetch(&system(SystemFile::FileList)),
        ),
        (
            "fetch workouts.json",
            Command::fetch(&system(SystemFile::Workouts)),
        ),
        (
            "fetch 20240715062336.fit (20 B = max)",
            Command::fetch(&FileName::Ride(ride())),
        ),
        (
            "send settings.json",
            Command::send(&system(SystemFile::Settings)),
        ),
        (
            "send Setting.json",
            Command::send(&system(SystemFile::OldSettings)),
        ),
        (
            "delete 20240715062336.fit",
            Command::delete(&Delivered::stated(ride())),
        ),
        ("stop transfer", Command::stop()),
        ("idle", Command::idle()),
        ("set time 1720000000", Command::set_clock(1_720_000_000)),
        ("A-GNSS status request", Command::gnss()),
    ];
    for (name, command) in &commands {
        assert_eq!(
            command.as_bytes(),
            vector(&vectors, "control", name),
            "{name}"
        );
        assert!(command.as_bytes().len() <= 20);
    }
    // Everything that the document lets us say is above, but for two, which can't be said.
    let said = vectors["control"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|vector| {
            let name = vector["name"].as_str().unwrap();
            vector["dir"] == "->" && !name.contains("empty-body")
        });
    let unsaid: Vec<_> = said
        .map(|vector| vector["name"].as_str().unwrap())
        .filter(|name| !commands.iter().any(|(it, _)| it == name))
        .collect();
    assert_eq!(
        unsaid,
        [
            "enter DFU (never send by accident)",
            "factory reset (never send by accident)"
        ]
    );
}

/// What erases a device, what changes its firmware, and what nobody knows can't be sent raw either.
#[test]
fn only_harmless_opcodes_can_be_sent_raw() {
    let harmless = [0x04, 0x09, 0x0F, 0x1F, 0x77, 0xFF];
    for opcode in 0..=255 {
        let command = Command::raw(opcode, &[]);
        if harmless.contains(&opcode) {
            let bytes = command.unwrap().into_bytes();
            assert_eq!(bytes, [opcode, 0, opcode]);
        } else {
            assert_eq!(command, Err(RawError::Opcode(opcode)));
        }
    }
    let forbidden = Command::raw(0xCC, &[]).unwrap_err();
    assert_eq!(
        forbidden.to_string(),
        "command 0xcc is not known to be harmless and is never sent"
    );
    assert_eq!(Command::raw(0x0F, &[1; 19]), Err(RawError::Long(19)));
    assert_eq!(Command::raw(0x0F, &[1; 18]).unwrap().as_bytes().len(), 20);
}

#[test]
fn replies_are_the_documents() {
    let vectors = vectors();
    let reply = |name| Reply::decode(&vector(&vectors, "control", name)).unwrap();
    assert_eq!(reply("idle"), Reply::Idle);
    assert_eq!(reply("idle, bare form (Cycplus M2)"), Reply::Idle);
    let storage = |free, total| Reply::Storage(Storage { free, total });
    assert_eq!(
        reply("disk space reply 556/8104 (G+ Gen1)"),
        storage(556, 8104)
    );
    assert_eq!(
        reply("disk space reply 15752/16384 (M2)"),
        storage(15752, 16384)
    );
    let Reply::FetchAccepted(name) = reply("fetch accepted filelist.txt") else {
        panic!();
    };
    assert_eq!(name.as_bytes(), b"filelist.txt");
    let Reply::SendAccepted(name) = reply("send accepted settings.json") else {
        panic!();
    };
    assert_eq!(name.as_bytes(), b"settings.json");
    let Reply::Deleted(name) = reply("delete ok 20240715062336.fit") else {
        panic!();
    };
    assert_eq!(name.as_bytes(), b"20240715062336.fit");
    assert_eq!(
        reply("set time ok 1720000000 (NAV; none on G+ Gen1)"),
        Reply::ClockSet(1_720_000_000)
    );
    let gnss = |expires| Reply::Gnss(GnssStatus { model: 1, expires });
    assert_eq!(
        reply("A-GNSS status reply, valid until 1722470400"),
        gnss(Some(1_722_470_400))
    );
    assert_eq!(reply("A-GNSS status reply, no data"), gnss(None));
    let refusal = |name| match reply(name) {
        Reply::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal("error 0x11 bad command"), Refusal::BadCommand);
    assert!(matches!(
        refusal("error 0x12 no such file (x.fit)"),
        Refusal::NoSuchFile(_)
    ));
    assert_eq!(refusal("error 0x13 out of memory"), Refusal::OutOfMemory);
    assert_eq!(refusal("error 0x14 not idle"), Refusal::Busy);
    let busy = refusal("error 0x14 file busy (20240715062336.fit)");
    assert_eq!(
        busy.to_string(),
        "the device is busy with `20240715062336.fit`, probably recording it"
    );
    let unread = refusal("error 0x15 parse failed settings.json");
    assert_eq!(
        unread.to_string(),
        "the device could not read `settings.json` after it was sent"
    );
}

/// NAV sends frames without content, M2 says that it is idle with one byte.
#[test]
fn every_form_of_idle() {
    for frame in [&[4, 0, 4][..], &[4, 4], &[4]] {
        assert_eq!(Reply::decode(frame), Ok(Reply::Idle));
    }
    assert_eq!(Reply::decode(&[]), Err(FrameError::Short(0)));
    assert_eq!(
        Reply::decode(&[6]),
        Err(FrameError::Short(1)),
        "only idle is said so"
    );
    assert_eq!(Reply::decode(&[4, 5]), Err(FrameError::Checksum));
    assert_eq!(Reply::decode(&[0; 21]), Err(FrameError::Long(21)));
}

/// CYCPLUS M1 takes a wrong check byte; we send the right one all the same.
#[test]
fn our_checksums_are_right_also_where_nobody_checks() {
    let vectors = vectors();
    let m1 = &vectors["m1_ignores_request_checksum"];
    let name: RideName = "20250903184128.fit".parse().unwrap();
    let command = Command::fetch(&FileName::Ride(name));
    assert_eq!(command.as_bytes(), hex(m1["correct"].as_str().unwrap()));
    assert_eq!(
        Reply::decode(&hex(m1["sent"].as_str().unwrap())),
        Err(FrameError::Checksum)
    );
}

#[test]
fn content_that_can_t_be_read_is_unknown_not_wrong() {
    for frame in [
        &[0x0A, b'x', 0x0A ^ b'x'][..],
        &[0x55, 1, 0x55 ^ 1],
        &[0x78, 1, 0x78 ^ 1],
        &[0xAC, 0, 0xAC],
    ] {
        let Ok(Reply::Unknown { opcode, .. }) = Reply::decode(frame) else {
            panic!("{frame:x?}");
        };
        assert_eq!(opcode, frame[0]);
    }
}

/// A CYCPLUS M2 was seen without the hardware's revision.
#[test]
fn everything_that_a_device_says_of_itself_is_optional() {
    let [manufacturer, model, serial, firmware, hardware, battery] = DeviceInfo::CHARACTERISTICS;
    let mut info = DeviceInfo::default();
    info.set(model, b"M2\0\0");
    info.set(serial, b"");
    info.set(firmware, b" V1.4.0\x1b[2J ");
    info.set(manufacturer, &[b'x'; 500]);
    info.set(battery, &[78]);
    assert_eq!(info.model.as_deref(), Some("M2"));
    assert_eq!(info.serial, None);
    assert_eq!(info.firmware.as_deref(), Some(r"V1.4.0\x1b[2J"));
    assert_eq!(
        info.manufacturer.as_deref().map(str::len),
        Some(64 + "… (500 bytes)".len())
    );
    assert_eq!(info.hardware, None);
    assert_eq!(info.battery, Some(78));
    info.set(battery, &[255]);
    assert_eq!(info.battery, None);
    info.set(xoss::gatt::SERVICE, b"nothing");
    info.set(hardware, b"1.0");
    assert_eq!(info.hardware.as_deref(), Some("1.0"));
}

#[test]
fn names_of_services_and_devices() {
    use xoss::{Characteristic, Profile, remote};
    assert_eq!(
        xoss::gatt::SERVICE.to_string(),
        "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
    );
    for (characteristic, short) in [
        (Characteristic::ToDevice, "6e400002"),
        (Characteristic::FromDevice, "6e400003"),
        (Characteristic::Command, "6e400004"),
    ] {
        assert!(characteristic.uuid().to_string().starts_with(short));
        assert_eq!(
            Characteristic::from_uuid(characteristic.uuid()),
            Some(characteristic)
        );
    }
    assert_eq!(Characteristic::from_uuid(remote::SERVICE), None);
    for (name, profile) in [
        ("XOSS G-040989", Some("auto")),
        ("M1_74F7", Some("m1")),
        ("M2_03E8", Some("m2")),
        ("M3_0000", Some("auto")),
        ("POWER-1234", None),
        ("", None),
    ] {
        assert_eq!(Profile::for_name(name).map(|it| it.name), profile, "{name}");
    }
    for profile in Profile::ALL {
        assert_eq!(Profile::named(profile.name), Some(profile));
    }
    assert_eq!(Profile::for_device_model("XL"), None);
}
