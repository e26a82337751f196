/// Where Garmin's zones lie between nothing and all.
const TENTHS: [f64; 6] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// Where the zones of Garmin's watches lie around the lactate threshold.
const AROUND_THRESHOLD: [f64; 6] = [0.65, 0.80, 0.89, 0.95, 1.0, 1.15];

/// Bounds by the share of the highest heart rate, in bpm.
pub(crate) fn percent_max(max: f64) -> Vec<f64> {
    TENTHS.map(|share| (share * max).round()).to_vec()
}

/// Bounds by the share of the heart-rate reserve, in bpm.
pub(crate) fn reserve(max: f64, resting: f64) -> Vec<f64> {
    let bound = |share: f64| (resting + share * (max - resting)).round();
    TENTHS.map(bound).to_vec()
}

/// Bounds by the share of the heart rate at the lactate threshold, in bpm.
pub(crate) fn threshold(threshold: f64) -> Vec<f64> {
    AROUND_THRESHOLD
        .map(|share| (share * threshold).round())
        .to_vec()
}

/// The highest heart rate that people of that age have, in bpm (Tanaka and others, 2001).
pub(crate) fn max_at(age: u16) -> f64 {
    (208.0 - 0.7 * f64::from(age)).round()
}
