//! Sets of characters in RE2 syntax.

use crate::casing;
use crate::sorting::Sorting;
use std::fmt::Write as _;

/// Inclusive ranges of code points.
pub(super) type Ranges = &'static [(u32, u32)];

const CODE_POINT_MAX: u32 = 0x10_ffff;

/// Named sets inside brackets, such as `[:alpha:]`.
const POSIX: &[(&str, Ranges)] = &[
    ("alnum", &[(0x30, 0x39), (0x41, 0x5a), (0x61, 0x7a)]),
    ("alpha", &[(0x41, 0x5a), (0x61, 0x7a)]),
    ("ascii", &[(0x00, 0x7f)]),
    ("blank", &[(0x09, 0x09), (0x20, 0x20)]),
    ("cntrl", &[(0x00, 0x1f), (0x7f, 0x7f)]),
    ("digit", DIGIT),
    ("graph", &[(0x21, 0x7e)]),
    ("lower", &[(0x61, 0x7a)]),
    ("print", &[(0x20, 0x7e)]),
    ("punct", &[(0x21, 0x2f), (0x3a, 0x40), (0x5b, 0x60), (0x7b, 0x7e)]),
    ("space", &[(0x09, 0x0d), (0x20, 0x20)]),
    ("upper", &[(0x41, 0x5a)]),
    ("word", WORD),
    ("xdigit", &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
];

const DIGIT: Ranges = &[(0x30, 0x39)];
const WORD: Ranges = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
/// Without the vertical tab, unlike `[:space:]`.
const SPACE: Ranges = &[(0x09, 0x0a), (0x0c, 0x0d), (0x20, 0x20)];

/// Returns the set of an escape such as `\d`, and whether it is the complement that is meant.
pub(super) fn escape(letter: char) -> Option<(Ranges, bool)> {
    let ranges = match letter.to_ascii_lowercase() {
        'd' => DIGIT,
        's' => SPACE,
        'w' => WORD,
        _ => return None,
    };
    Some((ranges, letter.is_ascii_uppercase()))
}

/// Returns the set of a name such as `alpha` or `^alpha`, and whether it is the complement that is meant.
pub(super) fn posix(name: &str) -> Option<(Ranges, bool)> {
    let (plain, is_negated) = name.strip_prefix('^').map_or((name, false), |plain| (plain, true));
    let (_, ranges) = POSIX.iter().find(|(known, _)| *known == plain)?;
    Some((ranges, is_negated))
}

/// Adds a set, or its complement, to a class; folding comes before the complement, as in Go.
pub(super) fn add_set(set: Ranges, is_negated: bool, is_folded: bool, class: &mut Vec<(u32, u32)>) {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &(low, high) in set {
        add_range(low, high, is_folded, &mut ranges);
    }
    if !is_negated {
        class.append(&mut ranges);
        return;
    }
    ranges.put_in_own_order_unstable();
    let mut next = 0;
    for (low, high) in ranges {
        if low > next {
            class.push((next, low - 1));
        }
        next = next.max(high + 1);
    }
    if next <= CODE_POINT_MAX {
        class.push((next, CODE_POINT_MAX));
    }
}

/// Adds a range to a class, with the other case of its letters if it is folded.
pub(super) fn add_range(low: u32, high: u32, is_folded: bool, class: &mut Vec<(u32, u32)>) {
    // Longer ranges are folded in their first part only, which holds every letter that a name of an object can have.
    const FOLDED_LEN_MAX: u32 = 2048;
    class.push((low, high));
    if !is_folded {
        return;
    }
    let others = (low..=high.min(low.saturating_add(FOLDED_LEN_MAX))).filter_map(char::from_u32).flat_map(other_cases);
    class.extend(others.map(|c| (u32::from(c), u32::from(c))).filter(|&(c, _)| c < low || c > high));
}

/// Returns the characters that are the same as one under Unicode simple folding, as far as case mappings tell.
fn other_cases(c: char) -> impl Iterator<Item = char> {
    let (lower, upper) = (casing::lower(c), casing::upper(c));
    let lower_of_upper = upper.and_then(casing::lower);
    // Two letters outside ASCII fold to ASCII ones.
    let odd = match c {
        'k' | 'K' => Some('\u{212a}'),
        's' | 'S' => Some('\u{17f}'),
        '\u{212a}' => Some('K'),
        _ => None,
    };
    [lower, upper, lower_of_upper, odd].into_iter().flatten().filter(move |&other| other != c)
}

/// Writes a class.
pub(super) fn push_class(class: &[(u32, u32)], is_negated: bool, out: &mut String) {
    out.push_str(if is_negated { "[^" } else { "[" });
    for &(low, high) in class {
        let _ = write!(out, "\\x{{{low:x}}}-\\x{{{high:x}}}");
    }
    out.push(']');
}
