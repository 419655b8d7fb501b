//! The number that a decimal text stands for, rounded to the nearest double, halves to even.
//!
//! The standard library's way is fast by tables of 11 kB that no compressor makes smaller. A WASM build has its own: short
//! numbers by one exact multiplication or division, all others by long division.

/// Reads a number as `str::parse` does.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn parse(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(target_family = "wasm")]
pub(crate) use small::parse;

#[cfg(any(target_family = "wasm", test))]
mod small {
    /// Digits that are looked at: no number between two doubles has more that matter. Of the rest it counts whether there are any but zeros.
    const DIGITS_MAX: usize = 800;
    /// Exponents beyond which nothing is left but zero, or infinity.
    const EXPONENT_MAX: i64 = 2000;
    /// Bits of a double's significand, and its smallest exponent.
    const BITS: i64 = 53;
    const EXPONENT_MIN: i64 = -1074;

    /// Reads a number.
    pub(crate) fn parse(text: &str) -> Option<f64> {
        let (is_negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] | rest => (false, rest),
        };
        let is = |word: &str| rest.eq_ignore_ascii_case(word.as_bytes());
        let value = if is("inf") || is("infinity") {
            f64::INFINITY
        } else if is("nan") {
            f64::NAN
        } else {
            unsigned(rest)?
        };
        Some(if is_negative { -value } else { value })
    }

    fn unsigned(mut rest: &[u8]) -> Option<f64> {
        let (mut digits, mut exponent, mut is_more) = (Vec::new(), 0_i64, false);
        let (mut has_digits, mut is_behind) = (false, false);
        while let Some((&byte, after)) = rest.split_first() {
            match byte {
                b'.' if !is_behind => is_behind = true,
                b'0'..=b'9' => {
                    has_digits = true;
                    let digit = byte - b'0';
                    if digits.len() < DIGITS_MAX {
                        // Zeros in front are nothing.
                        if digit != 0 || !digits.is_empty() {
                            digits.push(digit);
                        }
                        exponent -= i64::from(is_behind);
                    } else {
                        is_more |= digit != 0;
                        exponent += i64::from(!is_behind);
                    }
                }
                b'e' | b'E' => break,
                _ => return None,
            }
            rest = after;
        }
        if !has_digits {
            return None;
        }
        if let Some((_, written)) = rest.split_first() {
            exponent = exponent.saturating_add(self::exponent(written)?);
        }
        while digits.last() == Some(&0) && !is_more {
            digits.pop();
            exponent = exponent.saturating_add(1);
        }
        if digits.is_empty() {
            return Some(0.0);
        }
        // A digit behind all others stands for those that were left out.
        if is_more {
            digits.push(1);
            exponent = exponent.saturating_sub(1);
        }
        if exponent > EXPONENT_MAX {
            return Some(f64::INFINITY);
        }
        if exponent.saturating_add(digits.len() as i64) < -EXPONENT_MAX {
            return Some(0.0);
        }
        Some(nearest(&digits, exponent))
    }

    fn exponent(text: &[u8]) -> Option<i64> {
        let (is_negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] | rest => (false, rest),
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let value =
            digits.iter().fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
        Some(if is_negative { -value } else { value })
    }

    /// Returns the double nearest to digits times a power of ten.
    fn nearest(digits: &[u8], exponent: i64) -> f64 {
        if digits.len() <= 15 && exponent.unsigned_abs() <= 22 {
            // Both numbers are doubles, so one rounding is all there is.
            let value = digits.iter().fold(0_u64, |value, &digit| value * 10 + u64::from(digit)) as f64;
            let power = (0..exponent.unsigned_abs()).fold(1_u64, |power, _| power.wrapping_mul(10));
            let power = match exponent.unsigned_abs() {
                20 => 1e20,
                21 => 1e21,
                22 => 1e22,
                _ => power as f64,
            };
            return if exponent < 0 { value / power } else { value * power };
        }
        let mut above = Natural::default();
        digits.iter().for_each(|&digit| above.times_and(10, u32::from(digit)));
        let mut below = Natural::default();
        below.times_and(1, 1);
        let side = if exponent < 0 { &mut below } else { &mut above };
        (0..exponent.abs()).for_each(|_| side.times_and(10, 0));
        // above/below = q * 2^scale, where q has as many bits as a significand, and one more to round by.
        let mut scale = above.n_bits() - below.n_bits() - (BITS + 1);
        scale = scale.max(EXPONENT_MIN - 1);
        if scale < 0 {
            above.shift(-scale)
        } else {
            below.shift(scale)
        }
        let quotient = above.divided_by(&below);
        let (mut bits, mut is_rest) = (quotient, !above.is_zero());
        // There may be one bit more than that.
        if bits >> (BITS + 1) != 0 {
            is_rest |= bits & 1 != 0;
            bits >>= 1;
            scale += 1;
        }
        let is_up = bits & 1 != 0 && (is_rest || bits & 2 != 0);
        let significand = (bits >> 1) + u64::from(is_up);
        assembled(significand, scale + 1)
    }

    /// Returns a significand of at most 53 bits (or 2^53) times a power of two.
    fn assembled(mut significand: u64, mut exponent: i64) -> f64 {
        if significand >> BITS != 0 {
            significand >>= 1;
            exponent += 1;
        }
        if exponent > 1023 - (BITS - 1) {
            return f64::INFINITY;
        }
        if significand >> (BITS - 1) == 0 {
            // Too small to be in the usual form.
            return f64::from_bits(significand);
        }
        let biased = (exponent - EXPONENT_MIN + 1) as u64;
        f64::from_bits((biased << (BITS - 1)) | (significand & ((1 << (BITS - 1)) - 1)))
    }

    /// A natural number; its digits are of 32 bits, the lowest first.
    #[derive(Default)]
    struct Natural(Vec<u32>);

    impl Natural {
        fn is_zero(&self) -> bool {
            self.0.is_empty()
        }

        fn n_bits(&self) -> i64 {
            self.0.last().map_or(0, |last| self.0.len() as i64 * 32 - i64::from(last.leading_zeros()))
        }

        fn times_and(&mut self, factor: u32, more: u32) {
            let mut carry = u64::from(more);
            for digit in &mut self.0 {
                carry += u64::from(*digit) * u64::from(factor);
                *digit = carry as u32;
                carry >>= 32;
            }
            if carry != 0 {
                self.0.push(carry as u32);
            }
        }

        /// Multiplies by a power of two.
        fn shift(&mut self, bits: i64) {
            self.times_and(1 << (bits % 32), 0);
            let zeros = usize::try_from(bits / 32).unwrap_or_default();
            self.0.splice(0..0, std::iter::repeat_n(0, zeros));
        }

        /// Divides, where the quotient has less than 64 bits, and keeps the rest.
        fn divided_by(&mut self, other: &Natural) -> u64 {
            let mut quotient = 0;
            for bit in (0..64).rev() {
                if self.n_bits() < other.n_bits() + bit {
                    continue;
                }
                let mut part = Natural(other.0.clone());
                part.shift(bit);
                if self.take(&part) {
                    quotient |= 1 << bit;
                }
            }
            quotient
        }

        /// Subtracts a number that is not larger; returns whether it was not.
        fn take(&mut self, other: &Natural) -> bool {
            if self.0.len() != other.0.len() {
                if self.0.len() < other.0.len() {
                    return false;
                }
            } else if self.0.iter().rev().lt(other.0.iter().rev()) {
                return false;
            }
            let mut is_borrowed = false;
            for (at, digit) in self.0.iter_mut().enumerate() {
                let (less, one) = digit.overflowing_sub(other.0.get(at).copied().unwrap_or_default());
                let (less, two) = less.overflowing_sub(u32::from(is_borrowed));
                (*digit, is_borrowed) = (less, one || two);
            }
            while self.0.last() == Some(&0) {
                self.0.pop();
            }
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::small::parse;
    use proptest::prelude::*;

    fn same(text: &str) {
        let (found, expected) = (parse(text), text.parse::<f64>().ok());
        assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{text}: {found:?}, {expected:?}");
    }

    #[test]
    fn hard_numbers() {
        for text in [
            "0",
            "-0",
            "1",
            ".5",
            "5.",
            "+1",
            "1e22",
            "1e23",
            "9007199254740993",
            "9007199254740992.5",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "1e309",
            "1e-400",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "0e99999999999999999999",
            "6.631236846766476e-316",
            "8.5e-324",
            "123456789012345678901234567890",
            "",
            ".",
            "e5",
            "1e",
            "1e+",
            "1.2.3",
            "1_0",
            "inf",
            "-Infinity",
            "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        ] {
            same(text);
        }
        // Halfway between two doubles, and a little more and less, with more digits than are kept.
        let half = "9007199254740992.5".to_owned() + &"0".repeat(900);
        for text in
            [half.clone(), format!("{half}1"), format!("1{}", "0".repeat(1000)), format!("0.{}1", "0".repeat(300))]
        {
            same(&text);
        }
        let tiny = format!("{:.1100}", f64::from_bits(1) / 1.0);
        same(&tiny);
        same(&(tiny + "1"));
    }

    proptest! {
        #[test]
        fn every_double_is_read_as_it_was_written(bits: u64) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                same(&format!("{value:e}"));
                // A digit less, and what lies beside it.
                same(&format!("{value:.15e}"));
                same(&format!("{value:.18e}"));
                same(&format!("{value:.40e}"));
            }
        }

        #[test]
        fn digits_are_read_as_by_the_standard_library(text in "[+-]?[0-9]{0,25}(\\.[0-9]{0,25})?([eE][+-]?[0-9]{1,3})?") {
            same(&text);
        }
    }
}
