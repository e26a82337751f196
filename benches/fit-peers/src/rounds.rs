//! Taking turns, and the table of what came out.

use std::hint::black_box;

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};

/// One of those who do a job. What the job returns must be the same for all who do the same.
pub(crate) struct Contestant<'a> {
    pub(crate) name: &'a str,
    pub(crate) job: Box<dyn FnMut() -> Result<f64> + 'a>,
    /// Bytes that a turn works on.
    pub(crate) bytes: f64,
    /// Records that a turn works on.
    pub(crate) records: f64,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(
        name: &'a str,
        bytes: usize,
        records: usize,
        job: impl FnMut() -> Result<f64> + 'a,
    ) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "these are for people")]
        let (bytes, records) = (bytes as f64, records as f64);
        let job = Box::new(job);
        Self {
            name,
            job,
            bytes,
            records,
        }
    }
}

/// A turn takes at least so many seconds, however small the input.
const SHORTEST: f64 = 0.02;

/// Lets all take turns and prints a line for each: the median, and how many times faster the first
/// one is per byte.
pub(crate) fn run(job: &str, mut contestants: Vec<Contestant<'_>>, rounds: usize) -> Result<()> {
    let mut repeats = Vec::new();
    for contestant in &mut contestants {
        let once = seconds(|| (contestant.job)())?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small and positive"
        )]
        repeats.push((SHORTEST / once.max(1e-7)).ceil() as u32);
    }
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..rounds {
        for ((contestant, repeats), times) in contestants.iter_mut().zip(&repeats).zip(&mut times) {
            let turn = seconds(|| {
                let mut last = 0.0;
                for _ in 0..*repeats {
                    last = black_box((contestant.job)()?);
                }
                Ok(last)
            })?;
            times.push(turn / f64::from(*repeats));
        }
    }
    println!("\n{job}");
    let mut first = None;
    for (contestant, mut times) in contestants.iter().zip(times) {
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        let speed = contestant.bytes / median;
        let ratio = *first.get_or_insert(speed) / speed;
        println!(
            "  {:<34} {:>8.1} MB/s {:>8.2} M/s {:>8.2} x",
            contestant.name,
            speed / 1e6,
            contestant.records / median / 1e6,
            ratio,
        );
    }
    Ok(())
}

/// The processor time that something takes.
fn seconds(job: impl FnOnce() -> Result<f64>) -> Result<f64> {
    let now = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a process runs for days at most"
        )]
        let whole = time.tv_sec as f64;
        #[expect(clippy::cast_precision_loss, reason = "below a billion")]
        let part = time.tv_nsec as f64;
        whole + part * 1e-9
    };
    let start = now();
    black_box(job()?);
    Ok(now() - start)
}
