//! Floats in the two shapes that Go prints: encoding/json's and yaml's.

use std::fmt::Write;

/// Checks that a float has a JSON form.
pub(crate) fn check(value: f64) -> Result<(), String> {
    let name = match value {
        f64::INFINITY => "infinite (+Inf)",
        f64::NEG_INFINITY => "infinite (-Inf)",
        _ if value.is_nan() => "not a number (NaN)",
        _ => return Ok(()),
    };
    Err(format!("it is {name}"))
}

/// Appends a finite float as Go's encoding/json does: plain between 1e-6 and 1e21, else with an exponent.
pub(crate) fn push_json_float(value: f64, out: &mut String) {
    let digits = Digits::of(value);
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        digits.push_exponent(out, 1);
    } else {
        digits.push_plain(out);
    }
}

/// Appends a finite float as go yaml does (`FormatFloat(value, 'g', -1, 64)`): an exponent from 1e6 on and below 1e-4,
/// of two digits at least.
pub(crate) fn push_yaml_float(value: f64, out: &mut String) {
    push_general(&Digits::of(value), out);
}

/// Appends a number of single precision in the same way.
pub(crate) fn push_yaml_float_32(value: f32, out: &mut String) {
    push_general(&Digits::in_text(ryu::Buffer::new().format_finite(value), value.is_sign_negative()), out);
}

fn push_general(digits: &Digits, out: &mut String) {
    if (-4..6).contains(&(digits.point - 1)) {
        digits.push_plain(out);
    } else {
        digits.push_exponent(out, 2);
    }
}

/// The shortest digits that read back as the same number, 0.DIGITS × 10^point.
struct Digits {
    negative: bool,
    digits: [u8; 20],
    len: usize,
    point: i32,
}

impl Digits {
    fn of(value: f64) -> Digits {
        Digits::in_text(ryu::Buffer::new().format_finite(value), value.is_sign_negative())
    }

    fn in_text(text: &str, negative: bool) -> Digits {
        let mut result = Digits { negative, digits: [b'0'; 20], len: 0, point: 0 };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut in_fraction = false;
        for byte in mantissa.bytes() {
            match byte {
                b'.' => in_fraction = true,
                b'0' if result.len == 0 => result.point -= i32::from(in_fraction),
                b'0'..=b'9' => {
                    if let Some(slot) = result.digits.get_mut(result.len) {
                        *slot = byte;
                        result.len += 1;
                    }
                    result.point += i32::from(!in_fraction);
                }
                _ => {}
            }
        }
        while result.len > 0 && result.digits[result.len - 1] == b'0' {
            result.len -= 1;
        }
        if result.len == 0 {
            // Zero has one digit, before the point.
            (result.len, result.point) = (1, 1);
        } else {
            result.point += exponent.parse::<i32>().unwrap_or(0);
        }
        result
    }

    fn push_digits(&self, from: usize, to: usize, out: &mut String) {
        for at in from..to {
            out.push(char::from(if at < self.len { self.digits[at] } else { b'0' }));
        }
    }

    fn push_plain(&self, out: &mut String) {
        if self.negative {
            out.push('-');
        }
        let whole = usize::try_from(self.point).unwrap_or(0);
        if whole == 0 {
            out.push('0');
        }
        self.push_digits(0, whole, out);
        if self.len > whole {
            out.push('.');
            for _ in self.point..0 {
                out.push('0');
            }
            self.push_digits(whole, self.len, out);
        }
    }

    fn push_exponent(&self, out: &mut String, width: usize) {
        if self.negative {
            out.push('-');
        }
        self.push_digits(0, 1, out);
        if self.len > 1 {
            out.push('.');
            self.push_digits(1, self.len, out);
        }
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "e{sign}{:0width$}", exponent.abs()).expect("a String takes everything");
    }
}
