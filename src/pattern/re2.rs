//! From the syntax of Go's `regexp` package to that of `regex-lite`.
//!
//! What Go refuses is refused, what `regex-lite` reads in another way is written so that both mean the same. Groups
//! capture nothing, because nobody asks for what they captured. Case-insensitive letters become classes, since the engine
//! folds ASCII only. `\p{…}` is refused, unlike in Go.

use super::braces::{Bound, parse_braces};
use super::class;

/// Levels of groups; Go allows 1000.
pub(super) const DEPTH_MAX: usize = 250;
/// The most copies of one thing that repetitions may ask for, also when they are nested.
const REPEAT_MAX: u32 = 1000;

/// Translates an expression. The error is worded like Go's.
pub(super) fn translate(expression: &str) -> Result<String, String> {
    let mut translator = Translator {
        rest: expression,
        out: String::with_capacity(2 * expression.len()),
        groups: vec![Group::default()],
    };
    while !translator.rest.is_empty() {
        translator.step()?;
    }
    if translator.groups.len() > 1 {
        return Err(format!("missing closing ): `{expression}`"));
    }
    Ok(translator.out)
}

struct Translator<'e> {
    rest: &'e str,
    out: String,
    /// The groups that are open; the first is the whole expression.
    groups: Vec<Group>,
}

#[derive(Default)]
struct Group {
    /// The highest count of copies in it.
    weight_max: u32,
    last: Last,
    /// Whether letters stand for both cases from here on.
    is_folded: bool,
}

/// What a repetition operator would apply to.
#[derive(Clone, Copy, Default, PartialEq)]
enum Last {
    #[default]
    Nothing,
    /// An expression that repetitions inside it copy so many times.
    Item { weight: u32 },
    /// A repetition; another one cannot follow at once.
    Repetition,
    /// Something before flags or an empty quotation. Go would apply a repetition to it; nobody writes that.
    Hidden,
}

impl<'e> Translator<'e> {
    fn step(&mut self) -> Result<(), String> {
        let Some(first) = self.rest.chars().next() else { return Ok(()) };
        match first {
            '(' => self.open(),
            ')' => self.close(),
            '|' => {
                self.take(1);
                self.out.push('|');
                self.set_last(Last::Nothing);
                Ok(())
            }
            '^' | '$' | '.' => {
                self.take(1);
                self.out.push(first);
                self.item(1);
                Ok(())
            }
            '[' => self.class(),
            '*' | '+' | '?' => {
                let operator = self.take(1);
                self.repeat(operator, 0, None)
            }
            '{' => self.braces(),
            '\\' => self.backslash(),
            _ => {
                self.take(first.len_utf8());
                self.literal(first);
                Ok(())
            }
        }
    }

    /// Takes bytes off the front.
    fn take(&mut self, len: usize) -> &'e str {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }

    fn group(&mut self) -> &mut Group {
        // The whole expression is never closed.
        self.groups.last_mut().expect("the outermost group stays open")
    }

    fn set_last(&mut self, last: Last) {
        self.group().last = last;
    }

    fn item(&mut self, weight: u32) {
        let group = self.group();
        group.last = Last::Item { weight };
        group.weight_max = group.weight_max.max(weight);
    }

    fn literal(&mut self, c: char) {
        let mut class = Vec::new();
        class::add_range(c.into(), c.into(), self.group().is_folded, &mut class);
        if class.len() > 1 {
            class::push_class(&class, false, &mut self.out);
        } else {
            push_literal(c, &mut self.out);
        }
        self.item(1);
    }

    // ---- groups ---------------------------------------------------------------------------------------------------

    fn open(&mut self) -> Result<(), String> {
        let whole = self.rest;
        self.take(1);
        if !self.rest.starts_with('?') {
            let is_folded = self.group().is_folded;
            return self.push_group("(?:", is_folded);
        }
        for start in ["?P<", "?<"] {
            if let Some(rest) = self.rest.strip_prefix(start) {
                let Some((name, rest)) = rest.split_once('>') else {
                    return Err(format!("invalid named capture: `{whole}`"));
                };
                let is_valid =
                    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                if !is_valid {
                    return Err(format!("invalid named capture: `({start}{name}>`"));
                }
                self.rest = rest;
                let is_folded = self.group().is_folded;
                return self.push_group("(?:", is_folded);
            }
        }
        self.take(1);
        self.flags(whole)
    }

    fn push_group(&mut self, open: &str, is_folded: bool) -> Result<(), String> {
        if self.groups.len() > DEPTH_MAX {
            return Err("expression nests too deeply".to_owned());
        }
        self.out.push_str(open);
        self.groups.push(Group { is_folded, ..Group::default() });
        Ok(())
    }

    /// Reads flags after `(?`: those of a group, or for the rest of the group they stand in.
    fn flags(&mut self, whole: &str) -> Result<(), String> {
        let invalid = |rest: &str| {
            let end = whole.len() - rest.len();
            Err(format!("invalid or unsupported Perl syntax: `{}`", whole.get(..end).unwrap_or(whole)))
        };
        let (mut on, mut off) = (String::new(), String::new());
        let mut is_folded = self.group().is_folded;
        let (mut is_negative, mut has_flag) = (false, false);
        loop {
            let Some(c) = self.rest.chars().next() else {
                return Err(format!("missing closing ): `{whole}`"));
            };
            self.take(c.len_utf8());
            match c {
                'i' => {
                    has_flag = true;
                    is_folded = !is_negative;
                }
                'm' | 's' | 'U' => {
                    has_flag = true;
                    on.retain(|flag| flag != c);
                    off.retain(|flag| flag != c);
                    if is_negative { off.push(c) } else { on.push(c) }
                }
                '-' if !is_negative => {
                    is_negative = true;
                    has_flag = false;
                }
                ':' | ')' if !is_negative || has_flag => {
                    let minus = if off.is_empty() { "" } else { "-" };
                    let flags = format!("(?{on}{minus}{off}");
                    if c == ':' {
                        return self.push_group(&format!("{flags}:"), is_folded);
                    }
                    self.group().is_folded = is_folded;
                    if flags != "(?" {
                        self.out.push_str(&flags);
                        self.out.push(')');
                    }
                    if self.group().last != Last::Nothing {
                        self.set_last(Last::Hidden);
                    }
                    return Ok(());
                }
                _ => return invalid(self.rest),
            }
        }
    }

    fn close(&mut self) -> Result<(), String> {
        if self.groups.len() == 1 {
            return Err(format!("unexpected ): `{}`", self.rest));
        }
        self.take(1);
        self.out.push(')');
        let weight = self.groups.pop().map_or(1, |group| group.weight_max.max(1));
        self.item(weight);
        Ok(())
    }

    // ---- repetitions ----------------------------------------------------------------------------------------------

    fn braces(&mut self) -> Result<(), String> {
        let Some((min, max, len)) = parse_braces(self.rest) else {
            self.take(1);
            self.literal('{');
            return Ok(());
        };
        let operator = self.take(len);
        match (min, max) {
            (Some(min), Bound::Exactly(max)) if min <= max && max <= REPEAT_MAX => {
                self.repeat(operator, min, Some(max))
            }
            (Some(min), Bound::Infinite) if min <= REPEAT_MAX => self.repeat(operator, min, Some(min)),
            _ => Err(format!("invalid repeat count: `{operator}`")),
        }
    }

    /// Applies a repetition; `n_copies` is set for counted ones.
    fn repeat(&mut self, operator: &str, n_min: u32, n_copies: Option<u32>) -> Result<(), String> {
        let weight = match self.group().last {
            Last::Nothing => return Err(format!("missing argument to repetition operator: `{operator}`")),
            Last::Repetition => return Err(format!("invalid nested repetition operator: `{operator}`")),
            Last::Hidden => return Err(format!("repetition operator after flags is not supported: `{operator}`")),
            Last::Item { weight } => weight,
        };
        let weight = match n_copies {
            None => weight,
            Some(0) => 1,
            Some(n) => weight.saturating_mul(n),
        };
        if weight > REPEAT_MAX && (n_min >= 2 || n_copies.is_some_and(|n| n >= 2)) {
            return Err(format!("invalid repeat count: `{operator}`"));
        }
        self.out.push_str(operator);
        if self.rest.starts_with('?') {
            self.take(1);
            self.out.push('?');
        }
        let group = self.group();
        group.last = Last::Repetition;
        group.weight_max = group.weight_max.max(weight);
        Ok(())
    }

    // ---- escapes --------------------------------------------------------------------------------------------------

    fn backslash(&mut self) -> Result<(), String> {
        let Some(letter) = self.rest[1..].chars().next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        match letter {
            'A' | 'z' | 'b' | 'B' => {
                let text = self.take(2);
                self.out.push_str(text);
                self.item(1);
            }
            'Q' => {
                self.take(2);
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                for c in quoted.chars() {
                    self.literal(c);
                }
                if quoted.is_empty() && self.group().last == Last::Repetition {
                    self.set_last(Last::Hidden);
                }
            }
            'p' | 'P' => return Err(unsupported_unicode(self.rest)),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => {
                self.take(2);
                if let Some((ranges, is_negated)) = class::escape(letter) {
                    let mut class = Vec::new();
                    class::add_set(ranges, is_negated, self.group().is_folded, &mut class);
                    class::push_class(&class, false, &mut self.out);
                    self.item(1);
                }
            }
            _ => {
                let c = self.escape()?;
                self.literal(c);
            }
        }
        Ok(())
    }

    /// Reads an escape that stands for one character, here or inside brackets.
    fn escape(&mut self) -> Result<char, String> {
        let whole = self.rest;
        self.take(1);
        let Some(letter) = self.rest.chars().next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        self.take(letter.len_utf8());
        let invalid = |rest: &str| {
            let end = whole.len() - rest.len();
            Err(format!("invalid escape sequence: `{}`", whole.get(..end).unwrap_or(whole)))
        };
        let digits = |text: &str, len_max: usize| {
            text.bytes().take(len_max).take_while(|byte| (b'0'..=b'7').contains(byte)).count()
        };
        match letter {
            // A single digit would refer back to a group, which RE2 cannot do.
            '1'..='7' if digits(self.rest, 1) == 0 => invalid(self.rest),
            '0'..='7' => {
                let len = digits(self.rest, 2);
                let octal = self.take(len);
                let value = u32::from_str_radix(&format!("{letter}{octal}"), 8).ok();
                value.and_then(char::from_u32).map_or_else(|| invalid(self.rest), Ok)
            }
            'x' => {
                let (hex, len) = match self.rest.strip_prefix('{') {
                    Some(rest) => match rest.split_once('}') {
                        Some((hex, _)) => (hex, hex.len() + 2),
                        None => return invalid(""),
                    },
                    None => match self.rest.get(..2) {
                        Some(hex) => (hex, 2),
                        None => return invalid(""),
                    },
                };
                self.take(len);
                let is_hex = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
                let value = if is_hex { u32::from_str_radix(hex, 16).ok() } else { None };
                value.and_then(char::from_u32).map_or_else(|| invalid(self.rest), Ok)
            }
            'a' => Ok('\u{7}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\u{b}'),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
            _ => invalid(self.rest),
        }
    }

    // ---- classes --------------------------------------------------------------------------------------------------

    fn class(&mut self) -> Result<(), String> {
        let whole = self.rest;
        self.take(1);
        let is_negated = self.rest.starts_with('^');
        if is_negated {
            self.take(1);
        }
        let mut class = Vec::new();
        let mut is_first = true;
        while is_first || !self.rest.starts_with(']') {
            if self.rest.is_empty() {
                return Err(format!("missing closing ]: `{whole}`"));
            }
            is_first = false;
            self.class_item(whole, &mut class)?;
        }
        self.take(1);
        class::push_class(&class, is_negated, &mut self.out);
        self.item(1);
        Ok(())
    }

    fn class_item(&mut self, whole: &str, class: &mut Vec<(u32, u32)>) -> Result<(), String> {
        let is_folded = self.group().is_folded;
        if let Some((name, _)) = self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]")) {
            let text = self.take(name.len() + 4);
            let Some((ranges, is_negated)) = class::posix(name) else {
                return Err(format!("invalid character class range: `{text}`"));
            };
            class::add_set(ranges, is_negated, is_folded, class);
            return Ok(());
        }
        if let Some(letter) = self.rest.strip_prefix('\\').and_then(|rest| rest.chars().next()) {
            if matches!(letter, 'p' | 'P') {
                return Err(unsupported_unicode(self.rest));
            }
            if let Some((ranges, is_negated)) = class::escape(letter) {
                self.take(2);
                class::add_set(ranges, is_negated, is_folded, class);
                return Ok(());
            }
        }
        let range = self.rest;
        let low = self.class_char(whole)?;
        let mut high = low;
        if self.rest.starts_with('-') && self.rest.len() >= 2 && !self.rest[1..].starts_with(']') {
            self.take(1);
            high = self.class_char(whole)?;
            if high < low {
                let text = &range[..range.len() - self.rest.len()];
                return Err(format!("invalid character class range: `{text}`"));
            }
        }
        class::add_range(low.into(), high.into(), is_folded, class);
        Ok(())
    }

    fn class_char(&mut self, whole: &str) -> Result<char, String> {
        match self.rest.chars().next() {
            None => Err(format!("missing closing ]: `{whole}`")),
            Some('\\') => self.escape(),
            Some(c) => {
                self.take(c.len_utf8());
                Ok(c)
            }
        }
    }
}

fn unsupported_unicode(rest: &str) -> String {
    let text: String = rest.chars().take(2).collect();
    format!("Unicode classes such as `{text}` are not supported")
}

fn push_literal(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() || !c.is_ascii() {
        out.push(c);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
    }
}
