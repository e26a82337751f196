use std::time::Duration;

use sim::{BaseService, Belt, Faults, Happening, Monitor, Outage, Rower, Session, Start, row};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn an_outage_is_seen_as_one() {
    let outage = Outage {
        start: seconds(100),
        end: seconds(160),
    };
    let faults = Faults {
        outages: vec![outage],
        ..Faults::default()
    };
    let monitor = Monitor::new(row::steady(), BaseService::CyclingPower);
    let mut links = Vec::new();
    for (time, happening) in Session::new(monitor, 247, faults) {
        let inside = outage.start < time && time < outage.end;
        assert!(!inside, "{time:?} {happening:?}");
        if !matches!(happening, Happening::Value { .. }) {
            links.push((time, happening));
        }
    }
    assert_eq!(
        links,
        [
            (Duration::ZERO, Happening::Connected),
            (outage.start, Happening::Disconnected),
            (outage.end, Happening::Connected),
        ]
    );
}

#[test]
fn faults_follow_from_the_seed() {
    let told = |seed| {
        let faults = Faults {
            seed,
            loss: 0.1,
            duplication: 0.1,
            delay: 0.1,
            longest_delay: Duration::from_millis(200),
            outages: Vec::new(),
        };
        let monitor = Monitor::new(row::steady(), BaseService::CyclingPower);
        Session::new(monitor, 23, faults).collect::<Vec<_>>()
    };
    let first = told(1);
    assert!(first.is_sorted_by_key(|(time, _)| *time));
    assert_eq!(first, told(1));
    assert_ne!(first, told(2));
}

/// 30 bytes don't fit into 20: the first parts say that more follows.
#[test]
fn long_records_are_sent_in_parts() {
    let parts = |mtu| -> Vec<Vec<u8>> {
        let rower = Rower::new(row::steady(), Rower::ALL, Start::default());
        Session::new(rower, mtu, Faults::default())
            .take_while(|(time, _)| *time < seconds(1))
            .filter_map(|(_, happening)| match happening {
                Happening::Value { value, .. } => Some(value),
                _ => None,
            })
            .collect()
    };
    let [whole] = parts(247).try_into().unwrap();
    assert_eq!(whole.len(), 30);
    assert_eq!(whole[0] & 1, 0);
    let [first, last] = parts(23).try_into().unwrap();
    assert!(first.len() <= 20 && last.len() <= 20);
    assert_eq!((first[0] & 1, last[0] & 1), (1, 0));
    let flags = |part: &[u8]| u16::from_le_bytes([part[0], part[1]]);
    assert_eq!((flags(&first) | flags(&last)) & !1, Rower::ALL);
    assert_eq!(flags(&first) & flags(&last) & !1, 0);
}

#[test]
fn a_belt_beats_once_a_second() {
    let belt = Belt::new(vec![60, 0, 300]);
    let values: Vec<_> = Session::new(belt, 23, Faults::default())
        .filter_map(|(time, happening)| match happening {
            Happening::Value { value, .. } => Some((time.as_secs(), value)),
            _ => None,
        })
        .collect();
    assert_eq!(
        values,
        [
            (0, vec![0x16, 60, 0x00, 0x04]),
            (1, vec![0x04, 0]),
            (2, vec![0x17, 0x2C, 0x01, 0xCC, 0x00]),
        ]
    );
}

/// After its power was gone a monitor counts from nothing.
#[test]
fn a_restarted_monitor_counts_from_nothing() {
    let monitor =
        Monitor::new(row::steady(), BaseService::CyclingPower).restarting_at(seconds(600));
    let strokes: Vec<u16> = Session::new(monitor, 247, Faults::default())
        .filter_map(|(_, happening)| match happening {
            Happening::Value { value, .. }
                if value.starts_with(&[0x30, 0]) && value.len() == 14 =>
            {
                Some(u16::from_le_bytes([value[10], value[11]]))
            }
            _ => None,
        })
        .collect();
    let falls: Vec<_> = strokes
        .windows(2)
        .filter(|pair| pair[1] < pair[0])
        .collect();
    assert_eq!(falls.len(), 1);
    assert!(falls[0][1] <= 1);
}
