//! The yardstick of the TCX reader: a bare scan of a file's XML events with quick-xml through a
//! 64 KiB buffer, and nothing else. `compare.py` runs it beside `pipeline convert`.

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use quick_xml::Reader;
use quick_xml::events::Event;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        return ExitCode::from(2);
    };
    let Ok(file) = File::open(path) else {
        return ExitCode::FAILURE;
    };
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, file));
    let mut buffer = Vec::new();
    let mut events = 0_u64;
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(_) => events += 1,
            Err(_) => return ExitCode::FAILURE,
        }
        buffer.clear();
    }
    if events > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
