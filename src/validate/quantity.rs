//! Quantities: numbers with a suffix, such as `500m` or `1.5Gi`.

/// Returns whether a text is a quantity: a sign, digits with at most one point, and a suffix or an exponent.
pub(super) fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let n_points = number.matches('.').count();
    if n_points > 1 || number.len() == n_points {
        return false;
    }
    match suffix {
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei" => true,
        _ => suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }),
    }
}

/// Returns what may be meant by a text that is none: another suffix.
pub(super) fn likely(text: &str) -> Option<String> {
    const SPELLINGS: [(&str, &str); 14] = [
        ("KiB", "Ki"),
        ("MiB", "Mi"),
        ("GiB", "Gi"),
        ("TiB", "Ti"),
        ("KB", "k"),
        ("kB", "k"),
        ("MB", "M"),
        ("GB", "G"),
        ("TB", "T"),
        ("mi", "Mi"),
        ("gi", "Gi"),
        ("K", "k"),
        ("g", "G"),
        ("mb", "M"),
    ];
    let text = text.replace(' ', "");
    if is_quantity(&text) {
        return Some(text);
    }
    let spelled = SPELLINGS.iter().find_map(|(wrong, right)| Some(format!("{}{right}", text.strip_suffix(wrong)?)))?;
    is_quantity(&spelled).then_some(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for text in ["1", "0.1", ".5", "5.", "100m", "1.5Gi", "-1", "+2k", "1e3", "1E-3", "2E", "12e+6", "3u"] {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", ".", "m", "1GB", "1 Gi", "1.2.3", "1e", "Gi", "1K", "1,5", "--1", "0x10", "<size>"] {
            assert!(!is_quantity(text), "{text}");
        }
        assert_eq!(likely("512MB").as_deref(), Some("512M"));
        assert_eq!(likely("1 Gi").as_deref(), Some("1Gi"));
        assert_eq!(likely("lots"), None);
    }
}
