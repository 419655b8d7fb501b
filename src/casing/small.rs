//! Cases by ranges.

/// Letters whose other case lies equally far away: the first, how many there are, how far they are apart, and that distance.
type Range = (u32, u16, u8, i32);

include!(concat!(env!("OUT_DIR"), "/casing.rs"));

/// Returns the small letter, or the same.
pub(crate) fn lower(c: char) -> Option<char> {
    Some(mapped(c, LOWER))
}

/// Returns the capital, or the same.
pub(crate) fn upper(c: char) -> Option<char> {
    Some(mapped(c, UPPER))
}

/// Returns a text in small letters, for comparisons.
pub(crate) fn lowercase(text: &str) -> String {
    text.chars().map(|c| mapped(c, LOWER)).collect()
}

fn mapped(c: char, ranges: &[Range]) -> char {
    let code = u32::from(c);
    let holds = |&&(first, n, step, _): &&Range| {
        let steps = code.wrapping_sub(first);
        code >= first && steps / u32::from(step) < u32::from(n) && steps.is_multiple_of(u32::from(step))
    };
    let range = ranges.iter().find(holds);
    range.and_then(|&(.., distance)| char::from_u32(code.wrapping_add_signed(distance))).unwrap_or(c)
}
