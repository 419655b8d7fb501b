//! Which styles a text allows, and what happens to it on its way from JSON to yaml.v2. Printing is `writer`'s.

use crate::yaml::emit::value::{is_block_allowed, is_line_break};
use crate::yaml::resolve::{Value, is_yaml11_string, resolve};
use crate::yaml::tree::Style;
use std::borrow::Cow;

pub(super) const SPACE: u8 = 1;
pub(super) const BREAK: u8 = 2;
const MARK: u8 = 4;
pub(super) const SPECIAL: u8 = 8;
pub(super) const HIGH: u8 = 16;
/// Instead of `HIGH`: there are characters beyond ASCII, and all of them are printed as they are, on the line.
pub(super) const WIDE: u8 = 32;
/// Instead of all others: the text is a word (`resolve::is_word`).
pub(super) const WORD: u8 = 64;

/// Returns what kinds of bytes a text holds: the flags above.
pub(super) fn classify(text: &str) -> u8 {
    // Comparisons only, so that the compiler can look at many bytes at once.
    any_of(text, |byte| {
        let is_control = ((byte < b' ') & (byte != b'\n')) | (byte == 0x7f);
        let space = u8::from(byte == b' ') * SPACE;
        let line_break = u8::from(byte == b'\n') * BREAK;
        let mark = u8::from((byte == b':') | (byte == b'#')) * MARK;
        let special = u8::from(is_control) * SPECIAL;
        space | line_break | mark | special | (u8::from(byte >= 0x80) * HIGH)
    })
}

/// Returns the union of what bytes stand for, one flag or more for each.
///
/// The bytes are taken in groups whose members stay apart until the end: a single union is made of one byte after the other in
/// programs that are optimised as a whole.
#[inline]
fn any_of(text: &str, flags_of: impl Fn(u8) -> u8) -> u8 {
    const GROUP: usize = 32;
    let (groups, rest) = text.as_bytes().as_chunks::<GROUP>();
    let mut unions = [0; GROUP];
    for group in groups {
        for (union, &byte) in unions.iter_mut().zip(group) {
            *union |= flags_of(byte);
        }
    }
    let flags = unions.iter().fold(0, |flags, union| flags | union);
    rest.iter().fold(flags, |flags, &byte| flags | flags_of(byte))
}

/// Returns the flags of a text with `WIDE` for `HIGH` where that holds.
pub(super) fn refine(text: &str, flags: u8) -> u8 {
    if flags & (SPECIAL | HIGH) != HIGH {
        return flags;
    }
    // What is printed in another way, or ends a line, begins with one of these.
    let suspicious = |byte: u8| u8::from(byte == 0xc2) | u8::from(byte == 0xe2) | u8::from(byte >= 0xef);
    let any_suspicious = any_of(text, suspicious);
    if any_suspicious != 0 && !text.chars().all(|char| char < '\u{7f}' || is_ordinary(char)) {
        return flags;
    }
    flags & !HIGH | WIDE
}

/// Returns whether a character beyond ASCII is printed as it is and ends no line.
fn is_ordinary(char: char) -> bool {
    is_printable(char) && !is_line_break(char)
}

/// Returns whether go yaml prints a character as it is.
pub(crate) fn is_printable(char: char) -> bool {
    matches!(char, '\n' | ' '..='~' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// The styles that a text allows.
pub(super) struct Allowed {
    pub(super) plain: bool,
    pub(super) single: bool,
    pub(super) block: bool,
}

/// Finds out which styles a text allows in block context (`yaml_emitter_analyze_scalar`).
pub(super) fn analyze(text: &str, flags: u8) -> Allowed {
    let bytes = text.as_bytes();
    let blank_at = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    let mut allowed = Allowed { plain: true, single: true, block: true };
    match bytes {
        [] => return Allowed { plain: true, single: true, block: false },
        [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..] => allowed.plain = false,
        [b'?' | b':' | b'-', ..] => allowed.plain = !blank_at(1),
        [
            b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`',
            ..,
        ] => allowed.plain = false,
        _ => {}
    }
    if flags & !WIDE == 0 {
        return allowed;
    }
    if flags & (SPECIAL | HIGH) == 0 {
        // Ordinary characters: blanks at the ends and before line breaks, `: ` and ` #` matter.
        let (first, last) = (bytes[0], bytes[bytes.len() - 1]);
        allowed.block = last != b' ';
        if flags & BREAK != 0 {
            // A text of several lines is a literal block or in double quotes.
            allowed.block &= flags & SPACE == 0 || memchr::memmem::find(bytes, b" \n").is_none();
            return Allowed { plain: false, single: false, block: allowed.block };
        }
        allowed.plain &= first != b' ' && last != b' ';
        if allowed.plain && flags & MARK != 0 {
            allowed.plain = !memchr::memchr2_iter(b':', b'#', bytes).any(|at| match bytes[at] {
                b':' => blank_at(at + 1),
                _ => at > 0 && bytes[at - 1] == b' ',
            });
        }
        return allowed;
    }
    let (mut after_space, mut after_break, mut after_white) = (false, false, true);
    for (at, char) in text.char_indices() {
        let is_break = is_line_break(char);
        if !is_printable(char) || (is_break && after_space) {
            allowed = Allowed { plain: false, single: false, block: false };
            break;
        }
        match char {
            ' ' if after_break => (allowed.plain, allowed.single) = (false, false),
            ' ' => allowed.plain &= at > 0,
            ':' => allowed.plain &= !blank_at(at + 1),
            '#' => allowed.plain &= !after_white,
            _ => allowed.plain &= !is_break,
        }
        (after_space, after_break) = (char == ' ', is_break);
        after_white = after_space || is_break;
    }
    if after_space {
        (allowed.plain, allowed.block) = (false, false);
    }
    allowed
}

/// What a string goes through between JSON and yaml.v2, which reads the JSON as YAML: some characters are refused, and
/// U+0085 is a line break to it, folded like any other.
pub(super) fn through_json(text: &str) -> Result<Cow<'_, str>, String> {
    let refused = |char| matches!(char, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(refused) {
        return Err("control characters are not allowed".into());
    }
    if !text.contains('\u{85}') {
        return Ok(Cow::Borrowed(text));
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find([' ', '\u{85}']).unwrap_or(rest.len());
        result.push_str(&rest[..word]);
        rest = &rest[word..];
        let end = rest.find(|char| !matches!(char, ' ' | '\u{85}')).unwrap_or(rest.len());
        let gap = &rest[..end];
        rest = &rest[end..];
        match gap.matches('\u{85}').count() {
            0 => result.push_str(gap),
            1 => result.push(' '),
            breaks => result.extend(std::iter::repeat_n('\n', breaks - 1)),
        }
        let is_marker = (rest.starts_with("---") || rest.starts_with("..."))
            && rest[3..].starts_with([' ', '\u{85}'])
            && gap.ends_with('\u{85}');
        if is_marker {
            return Err("found unexpected document indicator".into());
        }
    }
    Ok(Cow::Owned(result))
}

/// Returns the style in which go yaml.v3 prints a string of its own accord; the error says why it cannot read it back.
pub(crate) fn yaml12_style(text: &str) -> Result<Style, String> {
    if text.contains('\n') {
        return match is_block_allowed(text) {
            true if text.starts_with('\t') => Err("a block scalar that starts with a tab cannot be read back".into()),
            true => Ok(Style::Literal),
            false => Ok(Style::DoubleQuoted),
        };
    }
    // Like yaml.v2, it also quotes what only YAML 1.1 takes for something else; and it knows `0o` with a sign.
    if !is_yaml11_string(text) || !matches!(resolve(text), Value::Str | Value::Merge) {
        return Ok(Style::DoubleQuoted);
    }
    let allowed = analyze(text, classify(text));
    Ok(if allowed.plain {
        Style::Plain
    } else if allowed.single {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    })
}

/// Returns how many characters a key takes as JSON, without its quotes.
fn json_len(text: &str) -> usize {
    text.chars()
        .map(|char| match char {
            '"' | '\\' | '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' => 2,
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
            _ => 1,
        })
        .sum()
}

/// Checks what yaml.v2 does to a key when it reads the JSON: refused characters, U+0085, more than 1024 characters.
#[inline]
pub(super) fn check_key(text: &str, flags: u8) -> Result<(), String> {
    if flags & (SPECIAL | HIGH) != 0 && matches!(through_json(text)?, Cow::Owned(_)) {
        return Err("a key with a line break (U+0085) cannot be printed".into());
    }
    if text.len() > 160 && json_len(text) > 1022 {
        return Err("a key of more than 1022 characters cannot be printed".into());
    }
    Ok(())
}

/// Returns whether a key is printed before its colon; else it gets a line of its own, behind a question mark.
#[inline]
pub(super) fn is_simple_key(text: &str, flags: u8) -> bool {
    let may_break = flags & (BREAK | SPECIAL | HIGH) != 0;
    text.len() <= 128 && !(may_break && text.contains(is_line_break))
}
