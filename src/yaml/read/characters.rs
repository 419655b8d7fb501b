//! Characters that the reference's parser refuses anywhere in a file, or takes for a line end.

/// A character that makes a document unreadable.
pub(super) struct Refused {
    /// What it is.
    pub(super) message: &'static str,
    /// What to do.
    pub(super) help: &'static str,
}

const CONTROL: Refused = Refused {
    message: "the text holds a control character",
    help: "remove it, or write it as an escape in a double-quoted text",
};

const SEPARATOR: Refused = Refused {
    message: "the text holds a Unicode line or paragraph separator",
    help: "write it as `\\u2028` or `\\u2029` in a double-quoted text",
};

/// Returns the first refused character of a text.
pub(super) fn first_refused(text: &str) -> Option<(usize, Refused)> {
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f;
    // One branch per block keeps the common case fast.
    let mut ascii = true;
    let mut clean = true;
    for block in text.as_bytes().chunks(64) {
        clean &= !block.iter().fold(false, |found, &byte| found | is_control(byte));
        ascii &= block.is_ascii();
    }
    if ascii && clean {
        return None;
    }
    let refused = |(at, char): (usize, char)| match char {
        '\t' | '\n' | '\r' | '\u{85}' => None,
        '\0'..'\u{20}' | '\u{7f}'..'\u{a0}' | '\u{fffe}' | '\u{ffff}' => Some((at, CONTROL)),
        '\u{2028}' | '\u{2029}' => Some((at, SEPARATOR)),
        _ => None,
    };
    text.char_indices().find_map(refused)
}
