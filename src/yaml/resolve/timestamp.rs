//! Dates and times in the four forms that go yaml takes, printed as Go's JSON encoder prints them.

/// Parses a date or time and returns it as RFC 3339 text: trailing zeros of the fraction trimmed, `Z` for a zero offset.
///
/// The accepted forms are those of Go's `time.Parse` for `2006-1-2`, `2006-1-2 15:4:5.999999999` and
/// `2006-1-2T15:4:5.999999999Z07:00` (also with `t`), so a comma may stand for the point, and digits after the ninth are
/// cut off. An offset of 24 hours comes back as written, though JSON has no such time.
pub(super) fn parse(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes[4] != b'-' || !bytes[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut rest = &bytes[5..];
    let year = bytes[..4].iter().fold(0, |year, byte| year * 10 + u32::from(byte - b'0'));
    let month = number(&mut rest)?;
    expect(&mut rest, b'-')?;
    let day = number(&mut rest)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match rest {
        [] => Some(date + "T00:00:00Z"),
        [b'T' | b't', ..] => {
            rest = &rest[1..];
            let time = time(&mut rest)?;
            let zone = zone(rest)?;
            Some(format!("{date}T{time}{zone}"))
        }
        [b' ', ..] => {
            // In Go's layouts one blank stands for any number of them.
            while let [b' ', tail @ ..] = rest {
                rest = tail;
            }
            let time = time(&mut rest)?;
            rest.is_empty().then(|| format!("{date}T{time}Z"))
        }
        _ => None,
    }
}

/// Reads one or two digits.
fn number(rest: &mut &[u8]) -> Option<u32> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let first = digit(rest.first()?)?;
    *rest = &rest[1..];
    match rest.first().and_then(digit) {
        Some(second) => {
            *rest = &rest[1..];
            Some(first * 10 + second)
        }
        None => Some(first),
    }
}

fn expect(rest: &mut &[u8], byte: u8) -> Option<()> {
    let (&first, tail) = rest.split_first()?;
    *rest = tail;
    (first == byte).then_some(())
}

fn time(rest: &mut &[u8]) -> Option<String> {
    let hour = number(rest)?;
    expect(rest, b':')?;
    let minute = number(rest)?;
    expect(rest, b':')?;
    let second = number(rest)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    if let [b'.' | b',', digit, ..] = rest
        && digit.is_ascii_digit()
    {
        let fraction = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let kept: String = rest[1..1 + fraction.min(9)].iter().map(|&byte| char::from(byte)).collect();
        let kept = kept.trim_end_matches('0');
        if !kept.is_empty() {
            text.push('.');
            text.push_str(kept);
        }
        *rest = &rest[1 + fraction..];
    }
    Some(text)
}

fn zone(rest: &[u8]) -> Option<String> {
    match rest {
        [b'Z'] => Some("Z".into()),
        [sign @ (b'+' | b'-'), hours @ .., b':', m1, m2] if hours.len() == 2 => {
            let two = |pair: [u8; 2]| {
                let [first, second] = pair;
                (first.is_ascii_digit() && second.is_ascii_digit())
                    .then(|| u32::from(first - b'0') * 10 + u32::from(second - b'0'))
            };
            let (hours, minutes) = (two([hours[0], hours[1]])?, two([*m1, *m2])?);
            // Go lets 24 hours and 60 minutes pass.
            if hours > 24 || minutes > 60 {
                return None;
            }
            match hours * 60 + minutes {
                0 => Some("Z".into()),
                offset => Some(format!("{}{:02}:{:02}", char::from(*sign), offset / 60, offset % 60)),
            }
        }
        _ => None,
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
