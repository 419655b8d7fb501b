//! Counted repetitions in RE2 syntax.

/// The upper bound of a counted repetition.
pub(super) enum Bound {
    Exactly(u32),
    Infinite,
    TooLarge,
}

/// Reads `{n}`, `{n,}` or `{n,m}` and returns the bounds (`None` where too large) with the length; `None` if it is none of
/// these, when the brace stands for itself.
pub(super) fn parse_braces(text: &str) -> Option<(Option<u32>, Bound, usize)> {
    let (inside, _) = text.strip_prefix('{')?.split_once('}')?;
    let len = inside.len() + 2;
    let number = |digits: &str| {
        let has_leading_zero = digits.len() >= 2 && digits.starts_with('0');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && !has_leading_zero).then(|| digits.parse::<u32>().ok())
    };
    match inside.split_once(',') {
        None => {
            let n = number(inside)?;
            Some((n, n.map_or(Bound::TooLarge, Bound::Exactly), len))
        }
        Some((min, "")) => Some((number(min)?, Bound::Infinite, len)),
        Some((min, max)) => Some((number(min)?, number(max)?.map_or(Bound::TooLarge, Bound::Exactly), len)),
    }
}
