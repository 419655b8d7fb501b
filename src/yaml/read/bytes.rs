//! Classes of bytes, line ends and white space as go-yaml's scanner knows them. Offsets are bytes; past the end of a text
//! stands a zero, which is never a character of one.

/// Ends a run of ordinary characters in a plain scalar: white space, `:`, and the first bytes of Unicode line ends.
pub(super) const PLAIN_STOP: u8 = 1;
/// The same in a flow collection.
pub(super) const FLOW_STOP: u8 = 2;
/// A letter, a digit, `_` or `-`: what names of anchors, handles and directives consist of.
pub(super) const WORD: u8 = 4;
/// A character of a tag's URI, `%` included.
pub(super) const URI: u8 = 8;
/// Ends a run of ordinary characters in a quoted scalar.
pub(super) const QUOTED_STOP: u8 = 16;
/// Ends a run of ordinary characters and blanks in a quoted scalar.
pub(super) const QUOTED_LINE_STOP: u8 = 64;
/// Cannot begin a plain scalar; `-`, `?` and `:` are judged with what follows them.
pub(super) const INDICATOR: u8 = 32;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    set(&mut table, b" \t\n\r:\0\xc2\xe2", PLAIN_STOP | FLOW_STOP);
    set(&mut table, b",?[]{}", FLOW_STOP);
    set(&mut table, b" \t\n\r\0\xc2\xe2'\"\\", QUOTED_STOP);
    set(&mut table, b"\n\r\0\xc2\xe2'\"\\", QUOTED_LINE_STOP);
    set(&mut table, b";/?:@&=+$,.!~*'()[]%", URI);
    set(&mut table, b" \t\n\r\0-?:,[]{}#&*!|>'\"%@`", INDICATOR);
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        if char.is_ascii_alphanumeric() || char == b'_' || char == b'-' {
            table[byte] |= WORD | URI;
        }
        byte += 1;
    }
    table
}

const fn set(table: &mut [u8; 256], bytes: &[u8], class: u8) {
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] |= class;
        index += 1;
    }
}

/// Returns whether a byte is of a class.
#[inline(always)]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES[byte as usize] & class != 0
}

/// The bytes of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'t> {
    bytes: &'t [u8],
    /// No line ends but `\n` stand in the text.
    only_newlines: bool,
}

impl<'t> Bytes<'t> {
    /// Wraps a text that ends where its document ends.
    pub(super) fn new(text: &'t str, only_newlines: bool) -> Bytes<'t> {
        Bytes { bytes: text.as_bytes(), only_newlines }
    }

    /// Returns whether `\n` is the only line end that a text uses.
    pub(super) fn uses_only_newlines(text: &str) -> bool {
        let bytes = text.as_bytes();
        let has = |line_end: &str| memchr::memmem::find(bytes, line_end.as_bytes()).is_some();
        memchr::memchr(b'\r', bytes).is_none()
            && (text.is_ascii() || !has("\u{85}") && !has("\u{2028}") && !has("\u{2029}"))
    }

    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.bytes.len()
    }

    /// Returns the byte at an offset; 0 past the end.
    #[inline(always)]
    pub(super) fn at(self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    /// Returns what begins at an offset.
    pub(super) fn from(self, offset: usize) -> &'t [u8] {
        self.bytes.get(offset..).unwrap_or(b"")
    }

    /// Returns the length of the line end at an offset; 0 if there is none.
    #[inline(always)]
    pub(super) fn line_end_len(self, offset: usize) -> usize {
        match self.at(offset) {
            b'\n' => 1,
            b'\r' | 0xc2 | 0xe2 if !self.only_newlines => self.rare_line_end_len(offset),
            _ => 0,
        }
    }

    #[cold]
    fn rare_line_end_len(self, offset: usize) -> usize {
        let rest = self.from(offset);
        // kustomize replaces `\r\n` by `\n` before it parses, which makes one line end of `\r\r\n`.
        if rest.starts_with(b"\r\r\n") {
            3
        } else if rest.starts_with(b"\r\n") || rest.starts_with("\u{85}".as_bytes()) {
            2
        } else if rest.starts_with(b"\r") {
            1
        } else if rest.starts_with("\u{2028}".as_bytes()) || rest.starts_with("\u{2029}".as_bytes()) {
            3
        } else {
            0
        }
    }

    /// Returns whether the line end at an offset is read as `\n`; U+2028 and U+2029 stay what they are.
    pub(super) fn folds(self, offset: usize) -> bool {
        self.at(offset) != 0xe2
    }

    /// Returns where the line around an offset ends.
    pub(super) fn line_end(self, from: usize) -> usize {
        let rest = self.from(from);
        if self.only_newlines {
            return from + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        }
        let mut at = from;
        while at < self.len() && self.line_end_len(at) == 0 {
            at += 1;
        }
        at
    }

    /// Returns whether a space, a tab, a line end or the end of the text stands at an offset.
    #[inline(always)]
    pub(super) fn is_blank(self, offset: usize) -> bool {
        match self.at(offset) {
            b' ' | b'\t' | b'\n' => true,
            0 => offset >= self.len(),
            _ => self.line_end_len(offset) > 0,
        }
    }

    /// Returns whether a line or the text ends at an offset.
    pub(super) fn is_line_end(self, offset: usize) -> bool {
        offset >= self.len() || self.line_end_len(offset) > 0
    }

    /// Returns the offset behind spaces and tabs.
    #[inline(always)]
    pub(super) fn skip_blanks(self, from: usize) -> usize {
        let mut at = from;
        while matches!(self.at(at), b' ' | b'\t') {
            at += 1;
        }
        at
    }

    /// Returns the offset behind bytes of a class.
    #[inline(always)]
    pub(super) fn skip_class(self, from: usize, class: u8) -> usize {
        let mut at = from;
        while is(self.at(at), class) {
            at += 1;
        }
        at
    }

    /// Returns whether `---` or `...` stands at the start of a line.
    pub(super) fn is_marker(self, offset: usize) -> bool {
        matches!(self.bytes.get(offset..offset + 3), Some(b"---" | b"...")) && self.is_blank(offset + 3)
    }
}
