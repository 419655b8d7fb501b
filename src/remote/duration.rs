//! Durations as Go writes them, such as `1m30s` (Go's `time.ParseDuration`).

use std::time::Duration;

const UNITS: [(&str, u64); 8] = [
    // Longer names first: `m` begins `ms`.
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration; nothing if it is none, or not longer than nothing.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let n_letters = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (name, after) = after.split_at(n_letters);
        let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == name)?;
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let part = whole.checked_mul(*unit)?.checked_add(fraction_of(fraction, *unit))?;
        total = total.checked_add(part).filter(|&total| i64::try_from(total).is_ok())?;
        rest = after;
    }
    (total > 0).then(|| Duration::from_nanos(total))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The part of a unit that decimals stand for; those beyond what an hour has nanoseconds for make no difference.
fn fraction_of(decimals: &str, unit: u64) -> u64 {
    let mut scale = 1_u128;
    let mut value = 0_u128;
    for digit in decimals.bytes().take(18) {
        value = value * 10 + u128::from(digit - b'0');
        scale *= 10;
    }
    u64::try_from(value * u128::from(unit) / scale).unwrap_or(0)
}
