//! Laps as they are written, with what only the whole stream has shared among them.

use pipeline_plugin::{Intensity, Lap, Summary, Totals, Trigger};

/// The laps as they are written: one over everything where there is none, cycles scaled to the
/// recorder's own count, and totals that only the whole stream has shared among them.
pub(crate) fn settled(summary: &Summary, laps: &[Lap]) -> Vec<Lap> {
    let mut laps = if laps.is_empty() {
        vec![only(summary)]
    } else {
        laps.to_vec()
    };
    let scale = cycles_scale(summary, &laps);
    for lap in &mut laps {
        lap.totals.cycles *= scale;
    }
    share_out(&mut laps, summary.cycles(), |totals| &mut totals.cycles);
    share_out(&mut laps, summary.totals.calories, |totals| {
        &mut totals.calories
    });
    laps
}

/// The factor for the laps' cycles. Laps that add up to the recorder's own count already are the
/// recorder's own.
fn cycles_scale(summary: &Summary, laps: &[Lap]) -> f64 {
    let sum: f64 = laps.iter().map(|lap| lap.totals.cycles).sum();
    if (sum - summary.cycles()).abs() < 1.0 {
        1.0
    } else {
        summary.cycles_scale()
    }
}

/// One lap over everything, for streams without laps.
fn only(summary: &Summary) -> Lap {
    Lap {
        start: summary.start,
        end: summary.end,
        trigger: Trigger::SessionEnd,
        intensity: Intensity::Active,
        totals: summary.totals.clone(),
        time_in_hr_zone: summary.time_in_hr_zone.clone(),
    }
}

/// Gives each lap its part of a total that only the whole stream has: by work where the power
/// is known, else by time.
fn share_out(laps: &mut [Lap], total: f64, of: fn(&mut Totals) -> &mut f64) {
    if total.is_nan() || laps.iter_mut().any(|lap| !of(&mut lap.totals).is_nan()) {
        return;
    }
    let by = |weight: fn(&Lap) -> f64| {
        let weights: Vec<f64> = laps.iter().map(weight).collect();
        let sum: f64 = weights.iter().sum();
        (sum > 0.0).then(|| weights.into_iter().map(move |weight| weight / sum))
    };
    let parts: Vec<f64> =
        match by(|lap| lap.totals.work).or_else(|| by(|lap| lap.totals.timer_time)) {
            Some(parts) => parts.collect(),
            None => vec![1.0; 1],
        };
    for (lap, part) in laps.iter_mut().zip(parts) {
        *of(&mut lap.totals) = part * total;
    }
}
