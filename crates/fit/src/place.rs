//! Positions: degrees and semicircles.

/// Semicircles in half a circle.
const HALF: f64 = 2_147_483_648.0;

/// Semicircles (2³¹ to 180 degrees) of an angle in degrees, rounded, for the fields whose unit is
/// `semicircles`. NaN stays NaN; 180 degrees are the same meridian as -180 and come out as that.
pub fn semicircles_from_degrees(degrees: f64) -> f64 {
    let raw = (degrees * (HALF / 180.0)).round();
    if raw >= HALF { raw - 2.0 * HALF } else { raw }
}

/// Degrees of an angle in semicircles.
pub fn degrees_from_semicircles(semicircles: f64) -> f64 {
    semicircles * (180.0 / HALF)
}
