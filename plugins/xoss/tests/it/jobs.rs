//! One thing at a time, as the commands ask for it.

use std::sync::{Arc, Mutex};

use ble::Simulated;
use pipeline_plugin::{Cancel, Context, Result, SourceCx, Timestamp, VirtualClock, block_on};
use plugin_xoss::{Computer, Put, Wanted, file_named};
use sim::xoss::Computer as Device;
use sim::{Air, Faults, Peripheral};
use xoss::SystemFile;

use crate::bench::{NOON, RIDES};

/// Does something with a computer; how it is afterwards.
fn with(
    name: &str,
    work: impl AsyncFnOnce(&mut Computer, &SourceCx) -> Result<()>,
) -> (Result<()>, Arc<Mutex<Device>>) {
    let simulated = Arc::new(Mutex::new(Device::named(name).unwrap()));
    let peripheral: Box<dyn Peripheral + Send> = Box::new(Arc::clone(&simulated));
    let air = Air::new(peripheral, 247, Faults::default());
    let clock = Arc::new(VirtualClock::new(Timestamp::from_seconds(NOON)));
    let central = Simulated::of(vec![air], clock.clone(), Cancel::default());
    let cx = SourceCx::new(Context::detached(), clock).with_ble(Arc::new(central), None);
    let result = block_on(async {
        let wanted = Wanted::default();
        let seen = wanted.find(&cx).await?;
        let mut computer = Computer::connect(&cx, &seen, &wanted).await?;
        let result = work(&mut computer, &cx).await;
        computer.disconnect().await;
        result
    });
    (result, simulated)
}

fn text(simulated: &Arc<Mutex<Device>>, file: &str) -> String {
    let simulated = simulated.lock().unwrap();
    String::from_utf8(simulated.device().file(file).unwrap().to_vec()).unwrap()
}

/// `update_at` here, `updated_at` there, the order and what isn't known: all of it stays.
#[test]
fn a_setting_is_changed_in_the_computer_s_own_file() {
    let before = text(
        &with("xoss-nav", async |_, _| Ok(())).1,
        "user_profile.json",
    );
    let (result, after) = with("xoss-nav", async |computer, cx| {
        let wanted = br#"{"updated_at": 5, "user_profile": {"weight": 78000, "MAXHR": 190}}"#;
        let file = SystemFile::UserProfile;
        let put = computer.put(cx, file, wanted, &mut |_, _| ()).await?;
        assert_eq!(put, Put::Sent);
        let put = computer.put(cx, file, wanted, &mut |_, _| ()).await?;
        assert_eq!(put, Put::Same);
        Ok(())
    });
    result.unwrap();
    let after = text(&after, "user_profile.json");
    assert_eq!(after.matches("update_at").count(), 1);
    // The time in the head is that of the change.
    let time = after.split("\"update_at\":").nth(1).unwrap();
    let time: i64 = time.split(',').next().unwrap().parse().unwrap();
    assert!((NOON..NOON + 60).contains(&time));
    let expected = before
        .replace("75000", "78000")
        .replace("1748360381", &time.to_string());
    assert_eq!(after, expected);
}

#[test]
fn what_can_t_be_right_is_never_sent() {
    for (name, file, content) in [
        (
            "xoss-nav",
            SystemFile::UserProfile,
            &br#"{"user_profile":{"MAXHR":999}}"#[..],
        ),
        ("xoss-nav", SystemFile::UserProfile, b"{"),
        (
            "xoss-nav",
            SystemFile::Settings,
            br#"{"settings":{"colour":1}}"#,
        ),
        ("xoss-nav", SystemFile::Workouts, b"{}"),
        ("xoss-nav", SystemFile::Gnss, b"no messages"),
        ("cycplus-m2", SystemFile::Gnss, &[0; 84]),
        (
            "xoss-nav",
            SystemFile::Panels,
            br#"{"pages":[],"pages_count":0}"#,
        ),
    ] {
        let untouched = with(name, async |_, _| Ok(())).1;
        let (result, after) = with(name, async |computer, cx| {
            let put = computer.put(cx, file, content, &mut |_, _| ()).await;
            put.map(drop)
        });
        result.unwrap_err();
        for file in ["user_profile.json", "settings.json", "panels.json"] {
            let is_there = untouched.lock().unwrap().device().file(file).is_some();
            if is_there {
                assert_eq!(text(&after, file), text(&untouched, file));
            }
        }
        assert!(after.lock().unwrap().device().is_idle());
    }
}

#[test]
fn a_ride_is_fetched_and_deleted_by_name() {
    let (result, after) = with("cycplus-m1", async |computer, cx| {
        let file = file_named(RIDES[2])?;
        let mut told = Vec::new();
        let mut tell = |bytes, size| told.push((bytes, size));
        let content = computer.fetch(cx, &file, &mut tell).await?;
        assert_eq!(
            told.last(),
            Some(&(content.len() as u64, content.len() as u64))
        );
        computer.delete(cx, &RIDES[2].parse().unwrap()).await?;
        let again = computer.delete(cx, &RIDES[2].parse().unwrap()).await;
        assert!(again.unwrap_err().to_string().contains("no such file"));
        assert_eq!(computer.list(cx).await?.rides.len(), 2);
        Ok(())
    });
    result.unwrap();
    assert!(after.lock().unwrap().device().file(RIDES[2]).is_none());
}

#[test]
fn a_computer_tells_what_it_is() {
    let (result, _) = with("xoss-nav", async |computer, cx| {
        let about = computer.about(cx).await?;
        assert_eq!(about.info.serial.as_deref(), Some("112233445"));
        assert_eq!(about.info.battery, Some(76));
        assert_eq!(about.mtu, 209);
        assert_eq!(about.storage.unwrap().total, 8104);
        assert!(about.gnss.unwrap().expires.is_none());
        Ok(())
    });
    result.unwrap();
    let (result, _) = with("xoss-g-plus", async |computer, cx| {
        let about = computer.about(cx).await?;
        assert_eq!((about.mtu, about.profile), (23, "g-gen1"));
        assert_eq!(about.gnss, None);
        Ok(())
    });
    result.unwrap();
}
