//! The client against a model of the device that somebody else wrote, in another language: what
//! both of ours could have misread alike, it may have read rightly.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use sim::xoss::ride;
use xoss::{Characteristic, Delivered, Error, Event, Job, Options, Outcome, Session, SystemFile};

use crate::host::ride_name;

const RIDE: &str = "20240715062336.fit";

/// Whether the other model can be run.
fn has_python() -> bool {
    let python = Command::new("python3").arg("--version").output();
    let has = python.is_ok_and(|output| output.status.success());
    if !has {
        // Not `eprintln`, which the harness swallows.
        let _ = writeln!(io::stderr(), "SKIPPED: there is no python3");
    }
    has
}

/// A connection to the other model, in real time.
struct Other {
    process: Child,
    notifications: Receiver<String>,
    session: Session,
    restarts: usize,
}

impl Other {
    fn new(files: &[(&str, &[u8])], mtu: usize, options: &str) -> Self {
        let files: Vec<_> = files
            .iter()
            .map(|(name, content)| format!(r#""{name}":"{}""#, hex(content)))
            .collect();
        let files = files.join(",");
        let options = format!(r#"{{"files":{{{files}}},"mtu":{mtu}{options}}}"#);
        let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/bridge.py");
        let mut process = Command::new("python3")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(bridge)
            .arg(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, notifications) = channel();
        let output = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut session = Session::new(Options::default());
        session.set_payload(mtu - 3);
        Self {
            process,
            notifications,
            session,
            restarts: 0,
        }
    }

    fn run(&mut self, job: Job) -> Result<Outcome, Error> {
        self.session.start(Instant::now(), job).unwrap();
        loop {
            while let Some(write) = self.session.poll_write() {
                let to = if write.characteristic == Characteristic::Command {
                    "0004"
                } else {
                    "0002"
                };
                let input = self.process.stdin.as_mut().unwrap();
                writeln!(input, "{to} {}", hex(&write.bytes)).unwrap();
            }
            while let Some(event) = self.session.poll_event() {
                match event {
                    Event::Finished(result) => return result,
                    Event::Restarted { .. } => self.restarts += 1,
                    Event::Progress { .. } => {}
                }
            }
            let wait = self
                .session
                .poll_timeout()
                .map_or(Duration::from_secs(60), |at| {
                    at.saturating_duration_since(Instant::now())
                });
            match self.notifications.recv_timeout(wait) {
                Ok(line) => self.notified(&line),
                Err(RecvTimeoutError::Timeout) => self.session.handle_timeout(Instant::now()),
                Err(RecvTimeoutError::Disconnected) => panic!("the other model has ended"),
            }
        }
    }

    fn notified(&mut self, line: &str) {
        let (from, value) = line.split_once(' ').unwrap();
        let from = match from {
            "0004" => Characteristic::Command,
            "0003" => Characteristic::FromDevice,
            other => panic!("{other}"),
        };
        let bytes: Vec<u8> = (0..value.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&value[at..at + 2], 16).unwrap())
            .collect();
        self.session
            .handle_notification(Instant::now(), from, &bytes);
    }

    /// The files that are on the device in the end, as hexadecimal digits.
    fn files(mut self) -> serde_json::Value {
        drop(self.process.stdin.take());
        let last = self.notifications.iter().last().unwrap();
        self.process.wait().unwrap();
        serde_json::from_str(&last).unwrap()
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The options of the other model for what devices do differently.
const VARIANTS: [(usize, &str); 6] = [
    (23, ""),
    (209, r#","large":true"#),
    (247, r#","large":true,"bare_idle":true,"check_crc":false"#),
    (185, r#","large":true,"extra04":true"#),
    (517, r#","large":true,"c_first":false"#),
    (23, r#","bare_idle":true,"extra04":true,"c_first":false"#),
];

#[test]
fn files_come_and_go() {
    if !has_python() {
        return;
    }
    let mut ride = ride(1_721_024_616, 150);
    *ride.last_mut().unwrap() = 0;
    let list = format!("{RIDE} {}\r\n20240716171500.fit 0", ride.len());
    let settings = format!(r#"{{"settings":{{}},"x":"{}"}}"#, "y".repeat(1500)).into_bytes();
    for (mtu, options) in VARIANTS {
        let files = [
            (RIDE, &ride[..]),
            ("20240716171500.fit", b""),
            ("filelist.txt", list.as_bytes()),
        ];
        let mut other = Other::new(&files, mtu, options);
        let Ok(Outcome::Listed(listing)) = other.run(Job::List) else {
            panic!("{options}");
        };
        assert_eq!(listing.rides.len(), 2, "{options}");
        for listed in &listing.rides {
            let Ok(Outcome::Downloaded(download)) = other.run(Job::Download(listed.name.clone()))
            else {
                panic!("{options}");
            };
            let expected = if listed.name.as_str() == RIDE {
                &ride[..]
            } else {
                b""
            };
            assert_eq!(download.content, expected, "{options}");
        }
        let job = Job::Send(SystemFile::Settings, settings.clone());
        assert_eq!(
            other.run(job).unwrap(),
            Outcome::Sent(SystemFile::Settings),
            "{options}"
        );
        let delete = Job::Delete(Delivered::stated(ride_name(RIDE)));
        assert_eq!(
            other.run(delete).unwrap(),
            Outcome::Deleted(ride_name(RIDE))
        );
        let Ok(Outcome::Storage(storage)) = other.run(Job::Storage) else {
            panic!("{options}");
        };
        assert_eq!((storage.free, storage.total), (556, 8104));
        assert_eq!(other.restarts, 0, "{options}");
        let files = other.files();
        assert_eq!(files["settings.json"], hex(&settings), "{options}");
        assert!(files.get(RIDE).is_none());
    }
}

/// Blocks that come twice, and blocks that come damaged.
#[test]
fn its_faults_are_survived() {
    if !has_python() {
        return;
    }
    let content = ride(1_721_024_616, 300);
    for (mtu, options) in VARIANTS {
        let options = format!(r#"{options},"drop_ack":[1,3,4],"corrupt":[0,1,2,5]"#);
        let mut other = Other::new(&[(RIDE, &content)], mtu, &options);
        let Ok(Outcome::Downloaded(download)) = other.run(Job::Download(ride_name(RIDE))) else {
            panic!("{options}");
        };
        assert_eq!(download.content, content, "{options}");
        assert_eq!(other.restarts, 0, "{options}");
        other.files();
    }
}
