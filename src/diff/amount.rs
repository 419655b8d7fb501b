//! Quantities (`1000m`, `1Gi`) and durations (`1h30m`) as numbers, to tell whether two spellings mean the same.

/// A number as digits without zeros at either end, and a power of ten: exact however long it is.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let n_trailing = all.len() - all.trim_end_matches('0').len();
    let exponent = i64::try_from(n_trailing).ok()? - i64::try_from(fraction.len()).ok()?;
    Some((is_negative, significant.to_owned(), exponent))
}

/// Multiplies digits by a power of 1024.
fn times_1024(digits: &str, power: u32) -> Option<String> {
    let number: u128 = digits.parse().ok()?;
    Some(number.checked_mul(1024_u128.checked_pow(power)?)?.to_string())
}

/// Returns a form that is the same for all spellings of a quantity; nothing for what is none.
pub(super) fn quantity(text: &str) -> Option<String> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (is_negative, digits, exponent) = decimal(number)?;
    let (power_of_1024, power_of_10) = match suffix {
        "" => (0, 0),
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        "Ki" => (1, 0),
        "Mi" => (2, 0),
        "Gi" => (3, 0),
        "Ti" => (4, 0),
        "Pi" => (5, 0),
        "Ei" => (6, 0),
        _ => (0, suffix.strip_prefix(['e', 'E'])?.parse::<i64>().ok().filter(|power| power.abs() < 1000)?),
    };
    let digits = if digits.is_empty() { digits } else { times_1024(&digits, power_of_1024)? };
    let (_, digits, more) = decimal(&format!("0{digits}"))?;
    let power = if digits.is_empty() { 0 } else { exponent + power_of_10 + more };
    Some(format!("{}{digits}e{power}", if is_negative && !digits.is_empty() { "-" } else { "" }))
}

/// Returns the nanoseconds of a duration as Go writes them (`1h30m`, `1.5h`, `90s`).
pub(super) fn duration(text: &str) -> Option<i128> {
    if text == "0" {
        return Some(0);
    }
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let nanoseconds: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (_, digits, exponent) = decimal(number)?;
        let digits: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let scale = 10_i128.checked_pow(u32::try_from(exponent.unsigned_abs()).ok()?)?;
        let product = digits.checked_mul(nanoseconds)?;
        let amount = if exponent < 0 { product / scale } else { product.checked_mul(scale)? };
        total = total.checked_add(amount)?;
        rest = tail;
    }
    Some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_quantity() {
        for same in [
            &["1", "1000m", "1.0", "+1", "1e0", "0.001k", "1000000u"][..],
            &["1Gi", "1024Mi", "1073741824", "1048576Ki", "1.0Gi"],
            &["0.5", "500m", "5e-1", ".5", "0.50"],
            &["1.5Gi", "1536Mi"],
            &["0", "0m", "-0", "0Gi", "0.00"],
            &["100M", "0.1G", "1e8", "1E8"],
        ] {
            let all: Vec<Option<String>> = same.iter().map(|text| quantity(text)).collect();
            assert!(all[0].is_some() && all.windows(2).all(|pair| pair[0] == pair[1]), "{same:?}: {all:?}");
        }
        for (a, b) in [("1", "1m"), ("1Gi", "1G"), ("-1", "1"), ("10", "1")] {
            assert_ne!(quantity(a), quantity(b), "{a} {b}");
        }
        for text in ["", "x", "1X", "1 ", "Gi", "1e", "1e9999999999", "--1", "1.2.3", "1é"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn spellings_of_one_duration() {
        for same in [&["90m", "1h30m", "1.5h", "5400s", "1h29m60s"][..], &["0", "0s", "0h0m"], &["1ms", "1000us"]] {
            let all: Vec<Option<i128>> = same.iter().map(|text| duration(text)).collect();
            assert!(all[0].is_some() && all.windows(2).all(|pair| pair[0] == pair[1]), "{same:?}: {all:?}");
        }
        for text in ["", "1", "1x", "h", "-", "1h30", "99999999999999999999999999999999999999999h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
