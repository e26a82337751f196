//! Bends real files a million times and reads each bent file on all levels: no panic, no endless loop,
//! nothing that disagrees, and no more memory than 16 MB and ten times the file.
//!
//! ```sh
//! cargo run --release -p fit --example mutants -- --count 1000000 --seed 1 FILE...
//! ```
//!
//! `--only N` does the mutant with that number alone.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "what it looks for ends it"
)]
#![expect(clippy::print_stdout, reason = "it is a program")]

#[path = "../tests/suite/levels.rs"]
mod levels;
#[path = "../tests/suite/mutants.rs"]
mod mutants;

use std::error::Error;
use std::fs;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use mutants::Mutants;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Every so many mutants are chained to one of some megabytes.
const CHAIN: u64 = 5000;
const CHAINED: usize = 8 << 20;

/// Memory that no file may exceed, in bytes, and per byte of the file.
const MEMORY: usize = 16 << 20;
const PER_BYTE: usize = 10;

#[derive(Default)]
struct Run {
    bytes: u64,
    slowest: (Duration, u64, usize),
    /// The most memory that a file took, in bytes, its size, and its number.
    hungriest: (usize, usize, u64),
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut count, mut seed, mut only, mut files) = (1_000_000_u64, 1, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &argument[..] {
            "--count" => count = number(arguments.next())?,
            "--seed" => seed = number(arguments.next())?,
            "--only" => only = Some(number(arguments.next())?),
            path => files.push(fs::read(path)?),
        }
    }
    if files.is_empty() {
        return Err("usage: mutants [--count N] [--seed N] [--only N] FILE...".into());
    }
    println!("seed {seed}: {count} mutants of {} files", files.len());
    let mut mutants = Mutants::new(&files, seed);
    let mut run = Run::default();
    let start = Instant::now();
    for number in 0..count {
        let mut mutant = mutants.next();
        if number % CHAIN == CHAIN - 1 && !mutant.is_empty() {
            mutant = mutant.repeat(CHAINED.div_ceil(mutant.len()));
        }
        if only.is_some_and(|only| only != number) {
            continue;
        }
        if !run.take(number, &mutant) {
            let path = std::env::temp_dir().join(format!("mutant-{seed}-{number}.fit"));
            fs::write(&path, &mutant)?;
            return Err(format!("mutant {number} of seed {seed}: {}", path.display()).into());
        }
        if number % 100_000 == 99_999 {
            println!(
                "{} after {:.0} s",
                number + 1,
                start.elapsed().as_secs_f64()
            );
        }
    }
    run.tell(start.elapsed());
    Ok(())
}

fn number(argument: Option<String>) -> Result<u64, Box<dyn Error>> {
    Ok(argument.ok_or("a number is missing")?.parse()?)
}

impl Run {
    /// Reads a mutant on all levels; says whether it passed.
    fn take(&mut self, number: u64, mutant: &[u8]) -> bool {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let start = Instant::now();
        let passed = catch_unwind(|| levels::all(mutant)).is_ok();
        let took = start.elapsed();
        self.bytes += mutant.len() as u64;
        if took > self.slowest.0 {
            self.slowest = (took, number, mutant.len());
        }
        let most = ALLOCATOR.peak_usage().saturating_sub(before);
        let kept = ALLOCATOR.current_usage().saturating_sub(before);
        if most > self.hungriest.0 {
            self.hungriest = (most, mutant.len(), number);
        }
        let allowed = MEMORY + PER_BYTE * mutant.len();
        if most > allowed {
            println!(
                "mutant {number} of {} bytes takes {most} bytes of memory",
                mutant.len()
            );
        }
        if kept > 0 {
            println!("mutant {number} leaves {kept} bytes behind");
        }
        passed && most <= allowed
    }

    fn tell(&self, took: Duration) {
        let mb = |bytes: usize| bytes >> 20;
        println!(
            "all passed: {} MB in {:.0} s",
            self.bytes >> 20,
            took.as_secs_f64()
        );
        let (time, number, size) = self.slowest;
        println!(
            "slowest: {} ms for {size} bytes (mutant {number})",
            time.as_millis()
        );
        let (memory, size, number) = self.hungriest;
        println!(
            "most memory: {} MB for {} MB (mutant {number})",
            mb(memory),
            mb(size)
        );
    }
}
