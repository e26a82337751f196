//! What Bluetooth needs.

use std::path::Path;
use std::sync::Arc;

use ble::{Adapter, Radio, Trouble};
use pipeline_engine::{HostClock, event_loop};

use super::{Finding, Level};

/// What is looked at, in the order in which one needs the other.
const STEPS: [&str; 5] = [
    "message bus",
    "Bluetooth service",
    "permission",
    "adapter",
    "switched on",
];

/// What is said of each when it is fine.
const FINE: [&str; 5] = [
    "can be reached",
    "runs",
    "you may use Bluetooth",
    "there is one",
    "yes",
];

/// Where Linux tells the time-out that is in use (root only) and where it can be set.
const IN_USE: &str = "/sys/kernel/debug/bluetooth/hci0/supervision_timeout";
const CONFIGURATION: &str = "/etc/bluetooth/main.conf";

/// What Linux uses unless something else is set, in units of 10 ms.
const DEFAULT: u32 = 42;

/// The least with which long transfers were seen to work, in units of 10 ms.
const ENOUGH: u32 = 200;

/// Everything about Bluetooth.
pub(super) fn findings() -> Vec<Finding> {
    let examined = event_loop().and_then(|runtime| {
        let radio = Radio::new(Arc::new(HostClock::default()));
        runtime.block_on(radio.examine())
    });
    match examined {
        Ok(examined) => {
            let mut findings = steps(&examined);
            if cfg!(target_os = "linux") && examined.is_ok() {
                findings.push(supervision(Path::new(IN_USE), Path::new(CONFIGURATION)));
            }
            findings
        }
        Err(error) => vec![Finding::new(
            Level::Problem,
            "Bluetooth",
            error.with_causes(),
        )],
    }
}

/// Everything up to the first trouble is fine; what comes after it can't be known.
fn steps(examined: &Result<Adapter, Trouble>) -> Vec<Finding> {
    let trouble = match examined {
        Ok(adapter) => {
            let mut findings: Vec<_> = STEPS
                .iter()
                .zip(FINE)
                .map(|(step, fine)| Finding::fine(step, fine))
                .collect();
            if let Some(finding) = findings.get_mut(3) {
                finding.text = match &adapter.address {
                    Some(address) => format!("{}, {address}", adapter.name),
                    None => adapter.name.clone(),
                };
            }
            return findings;
        }
        Err(trouble) => trouble,
    };
    let failed = match trouble {
        Trouble::NoBus(_) => 0,
        Trouble::Denied(_) => 2,
        Trouble::NoAdapter => 3,
        Trouble::Off => 4,
        _ => 1,
    };
    let error = trouble.error();
    STEPS
        .iter()
        .zip(FINE)
        .enumerate()
        .map(|(number, (step, fine))| {
            if number < failed {
                return Finding::fine(step, fine);
            }
            if number > failed {
                return Finding::new(Level::Unknown, step, "not looked at");
            }
            let finding = Finding::new(Level::Problem, step, error.with_causes());
            match error.help() {
                Some(help) => finding.with_help(help),
                None => finding,
            }
        })
        .collect()
}

/// After how long without a packet a link is given up. With Linux's own value transfers from some
/// cycle computers break off.
fn supervision(in_use: &Path, configuration: &Path) -> Finding {
    let what = "supervision time-out";
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let used = read(in_use).and_then(|text| text.trim().parse().ok());
    let set = || read(configuration).and_then(|text| configured(&text));
    let units = used.or_else(set).unwrap_or(DEFAULT);
    let text = format!("{:.2} s", f64::from(units) / 100.0);
    if units >= ENOUGH {
        return Finding::fine(what, text);
    }
    Finding::new(
        Level::Warning,
        what,
        format!("{text}: long transfers may break off"),
    )
    .with_help(
        "write `ConnectionSupervisionTimeout=400` into the section `[LE]` of \
         `/etc/bluetooth/main.conf` and start the computer anew",
    )
}

/// The value of the configuration file, if it is set there.
fn configured(text: &str) -> Option<u32> {
    let mut section = "";
    let mut value = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section == "[LE]"
            && let Some((name, number)) = line.split_once('=')
            && name.trim() == "ConnectionSupervisionTimeout"
        {
            value = number.trim().parse().ok();
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{Fine, Problem, Unknown};

    #[test]
    fn what_comes_after_the_first_trouble_is_unknown() {
        let levels =
            |examined| -> Vec<Level> {
                let findings = steps(&examined);
                assert!(findings.iter().all(|finding| {
                    (finding.level == Level::Problem) == finding.help.is_some()
                }));
                findings.iter().map(|finding| finding.level).collect()
            };
        let denied = Err(Trouble::Denied("rejected".to_owned()));
        assert_eq!(levels(denied), [Fine, Fine, Problem, Unknown, Unknown]);
        let off = Err(Trouble::Off);
        assert_eq!(levels(off), [Fine, Fine, Fine, Fine, Problem]);
        let silent = Err(Trouble::Silent);
        assert_eq!(levels(silent), [Fine, Problem, Unknown, Unknown, Unknown]);
        let adapter = Adapter {
            name: "hci0".to_owned(),
            address: None,
        };
        assert_eq!(levels(Ok(adapter)), [Fine; 5]);
    }

    #[test]
    fn the_configured_time_out_is_that_of_its_section() {
        let text = "[General]\nConnectionSupervisionTimeout=1\n[LE]\n\
                    #ConnectionSupervisionTimeout=7\nConnectionSupervisionTimeout = 400\n[GATT]\n";
        assert_eq!(configured(text), Some(400));
        assert_eq!(configured("[LE]\n#ConnectionSupervisionTimeout=\n"), None);
        let nowhere = Path::new("/nowhere/at/all");
        let finding = supervision(nowhere, nowhere);
        assert_eq!(finding.level, Level::Warning);
        assert_eq!(finding.text, "0.42 s: long transfers may break off");
    }
}
