//! Characters that the reference's parser refuses anywhere in a file.

/// Returns the place of the first refused character of a text.
pub(super) fn first_refused(text: &str) -> Option<usize> {
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
        '\0'..'\u{20}' | '\u{7f}'..'\u{a0}' | '\u{fffe}' | '\u{ffff}' => Some(at),
        _ => None,
    };
    text.char_indices().find_map(refused)
}
