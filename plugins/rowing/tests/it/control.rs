//! Settings and updates of a simulated monitor.

use std::sync::Arc;
use std::time::Duration;

use ble::{Description, Simulated};
use esprm::{BleService, Logging};
use pipeline_plugin::ble::DeviceName;
use pipeline_plugin::testing::block_on;
use pipeline_plugin::{Cancel, Clock, Context, ErrorKind, Result, SourceCx, VirtualClock};
use plugin_rowing::{Known, Monitor, Setting};

use crate::support::START;

const PATIENCE: Duration = Duration::from_secs(30);

/// Lends the work a room with devices.
fn with<T>(devices: &str, wanted: Option<&str>, work: impl AsyncFnOnce(&SourceCx) -> T) -> T {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(START));
    let cancel = Cancel::default();
    let description = Description::parse(devices).unwrap();
    let central = Simulated::new(&description, Arc::clone(&clock), cancel.clone()).unwrap();
    let context = Context::new("rowing", cancel, |_| ());
    let wanted = wanted.map(DeviceName::new);
    let cx = SourceCx::new(context, clock).with_ble(Arc::new(central), wanted);
    block_on(work(&cx))
}

async fn change(monitor: &mut Monitor<'_>, settings: &[(&str, &str)]) -> Result<(Known, Known)> {
    let before = monitor.settings().await?;
    let mut after = before;
    for (name, value) in settings {
        Setting::find(name).unwrap().set(&mut after, value).unwrap();
    }
    for request in before.requests(&after).unwrap() {
        monitor.ask(request).await?;
    }
    Ok((before, after))
}

#[test]
fn settings_are_changed_and_read_back() {
    with("esprm", None, async |cx| {
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        assert_eq!(monitor.title(), "ESP Rowing Monitor (CPS)");
        assert_eq!(monitor.firmware(), Some("20260321"));
        let wanted = [
            ("stop-threshold", "10 s"),
            ("sprocket-radius", "1.2 cm"),
            ("flywheel-inertia", "0.101"),
            ("goodness-of-fit", "0.902"),
            ("log-level", "silent"),
            ("delta-times", "on"),
            ("drive-time", "300 ms"),
            ("powered-torque", "-0.25"),
        ];
        let (before, after) = change(&mut monitor, &wanted).await.unwrap();
        assert!(before.needs_restart(&after));
        let now = monitor.settings().await.unwrap();
        let requests = before.requests(&after).unwrap();
        assert!(requests.len() == 6 && requests.iter().all(|request| now.holds(request)));
        assert!(requests.iter().all(|request| !before.holds(request)));
        for (name, value) in wanted {
            let setting = Setting::find(name).unwrap();
            assert_eq!(setting.show(&now).as_deref(), Some(value), "{name}");
            assert_ne!(setting.show(&before), setting.show(&now), "{name}");
        }
        let others = Setting::ALL
            .iter()
            .filter(|setting| wanted.iter().all(|(name, _)| *name != setting.name));
        for setting in others {
            assert_eq!(setting.show(&before), setting.show(&now), "{setting:?}");
        }
    });
}

/// What a setting shows can be set again, and changes nothing.
#[test]
fn every_setting_takes_what_it_shows() {
    with("esprm?service=csc", None, async |cx| {
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        let known = monitor.settings().await.unwrap();
        assert_eq!(known.service, BleService::CyclingSpeedAndCadence);
        for setting in Setting::ALL {
            let mut again = known;
            // This build has no SD card.
            let Some(shown) = setting.show(&known) else {
                assert_eq!(setting.name, "sd-card");
                continue;
            };
            setting.set(&mut again, &shown).unwrap();
            assert_eq!(setting.show(&again), Some(shown), "{setting:?}");
            let requests = known.requests(&again).unwrap();
            let bytes = |known: &Known| {
                let machine = esprm::Request::SetMachineSettings(known.settings.machine);
                machine.encode().unwrap()
            };
            assert_eq!(bytes(&known), bytes(&again), "{setting:?} {requests:?}");
            assert!(setting.set(&mut again, "much").is_err(), "{setting:?}");
        }
    });
}

#[test]
fn what_is_out_of_range_is_not_asked() {
    with("esprm", None, async |cx| {
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        let known = monitor.settings().await.unwrap();
        let cases = [
            (
                "stop-threshold",
                "3 s",
                "stop threshold of 3 is out of range, which is 4 to 255 s",
            ),
            (
                "debounce-time",
                "0 ms",
                "debounce time of 0 is out of range, which is 1 to 255 ms",
            ),
            (
                "goodness-of-fit",
                "2",
                "goodness of fit of 2 is out of range, which is 0 to 1",
            ),
            (
                "impulses-per-revolution",
                "13",
                "impulses per revolution of 13 is out of range, which is 1 to 12",
            ),
        ];
        for (name, value, expected) in cases {
            let mut after = known;
            Setting::find(name).unwrap().set(&mut after, value).unwrap();
            let error = known.requests(&after).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let mut after = known;
        let sd_card = Setting::find("sd-card").unwrap();
        let problem = sd_card.set(&mut after, "on").unwrap_err();
        assert_eq!(problem, "the monitor's firmware was built without that");
        assert_eq!(after.settings.sd_card, Logging::NotSupported);
    });
}

#[test]
fn another_service_restarts_the_monitor() {
    with("esprm", None, async |cx| {
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        change(&mut monitor, &[("bluetooth-service", "ftms")])
            .await
            .unwrap();
        cx.sleep(Duration::from_secs(2)).await.unwrap();
        monitor.leave().await;
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        let known = monitor.settings().await.unwrap();
        assert_eq!(known.service, BleService::FitnessMachine);
    });
}

#[test]
fn a_firmware_arrives_at_every_mtu() {
    for mtu in [23, 185, 247, 512] {
        with(&format!("esprm?mtu={mtu}"), None, async |cx| {
            let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
            let mut image = vec![0xE9];
            image.extend((0_u32..60_000).map(|byte| byte.to_le_bytes()[0]));
            let total = image.len();
            let mut heard = Vec::new();
            let progress = |sent, of| heard.push((sent, of));
            monitor.update(image, progress).await.unwrap();
            assert_eq!(heard.last(), Some(&(total, total)), "{mtu}");
            assert!(heard.windows(2).all(|pair| pair[0].0 < pair[1].0));
        });
    }
}

#[test]
fn a_firmware_that_is_none() {
    with("esprm", None, async |cx| {
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        let error = monitor.update(vec![1, 2, 3], |_, _| ()).await.unwrap_err();
        assert_eq!(
            error.with_causes(),
            "the update can't begin: the file is no firmware image: it does not begin with 0xe9"
        );
        // Too large for the monitor, which says so.
        let mut image = vec![0; 2_000_000];
        image[0] = 0xE9;
        let error = monitor.update(image, |_, _| ()).await.unwrap_err();
        assert_eq!(
            error.with_causes(),
            "the update failed; the monitor keeps its firmware: the image is too large for the monitor"
        );
        // It measures again.
        assert!(monitor.settings().await.is_ok());
    });
}

#[test]
fn a_stop_gives_the_update_up() {
    with("esprm", None, async |cx| {
        let mut monitor = Monitor::reach(cx, PATIENCE).await.unwrap();
        let mut image = vec![0; 500_000];
        image[0] = 0xE9;
        let cancel = cx.context().cancel().clone();
        let stop = |sent, _| {
            if sent > 100_000 {
                cancel.throw();
            }
        };
        let error = monitor.update(image, stop).await.unwrap_err();
        assert!(
            error.with_causes().ends_with("the update was given up"),
            "{error:?}"
        );
        assert!(monitor.settings().await.is_ok());
    });
}

#[test]
fn what_is_no_monitor() {
    with("ftms+belt", None, async |cx| {
        let error = Monitor::reach(cx, PATIENCE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Device);
        assert_eq!(error.to_string(), "no ESP Rowing Monitor is in range");
    });
    with("belt", Some("HRM*"), async |cx| {
        let error = Monitor::reach(cx, PATIENCE).await.unwrap_err();
        assert_eq!(error.to_string(), "`HRM 4F2A` is no ESP Rowing Monitor");
    });
}
