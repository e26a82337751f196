//! Prints what a GPX file holds: `cargo run -p gpx --example dump_gpx FILE…`.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::fs::File;

use gpx::{Cleaned, Cleaner, Options, Reader};

fn main() -> Result<(), std::io::Error> {
    for path in std::env::args().skip(1) {
        println!("{path}");
        let reader = Reader::new(File::open(path)?, Options::default());
        let mut cleaner = Cleaner::new(reader);
        let (mut points, mut last) = (0, None);
        loop {
            match cleaner.next() {
                Ok(Some(Cleaned::Point(point))) => {
                    if points == 0 {
                        println!("  first {point:?}");
                    }
                    points += 1;
                    last = Some(point);
                }
                Ok(Some(other)) => println!("  {points} points, then {other:?}"),
                Ok(None) => break,
                Err(error) => {
                    println!("  {error}");
                    break;
                }
            }
        }
        println!("  {points} points; last {last:?}");
        println!("  extras {:?}, {:?}", cleaner.extras(), cleaner.others());
        for repair in cleaner.repairs() {
            println!("  {repair}");
        }
    }
    Ok(())
}
