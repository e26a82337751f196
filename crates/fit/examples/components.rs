//! Prints what the fields of each message have in their bits: `compressed_speed_distance` is a speed
//! and a distance.
//!
//! ```sh
//! cargo run -p fit --example components -- ride.fit
//! ```
//!
//! A line a message: its number, then `name=value` of each component, separated by tabs.
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::fmt::Write;

use fit::{Accumulator, Decoder, Piece};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: components FILE")?;
    let file = std::fs::read(path)?;
    let mut totals = Accumulator::default();
    let mut decoder = Decoder::tolerant(&file);
    while let Some(piece) = decoder.next_piece()? {
        match piece {
            // Totals start anew with each segment.
            Piece::Segment(_) => totals = Accumulator::default(),
            Piece::Problem(_) => {}
            Piece::Message(message) => {
                let mut line = message.number().to_string();
                for value in totals.expand(&message) {
                    write!(line, "\t{}={}", value.field.name, value.number())?;
                }
                println!("{line}");
            }
        }
    }
    Ok(())
}
