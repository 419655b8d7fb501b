//! Small scans of YAML text: white space and comments, ends of scalars, properties. Offsets are bytes.

/// Returns the offset of the next line end, or the end of the text.
pub(super) fn line_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or(b"");
    from + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// Returns the offset at which the line around `at` begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(b"");
    memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1)
}

/// Returns how many characters stand between the start of the line and `at`.
pub(super) fn column(text: &str, at: usize) -> usize {
    text.get(line_start(text, at)..at).map_or(0, |line| line.chars().count())
}

/// Skips white space and comments.
pub(super) fn skip_blank(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(b'#') => at = line_end(text, at),
            _ => return at,
        }
    }
}

/// What a tab means in white space of block context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tabs {
    /// It separates, up to the end of the line: behind `:` and behind a node.
    Separate,
    /// It would be indentation: at the start of a line, behind `-` and `?`.
    Refused,
    /// Behind a plain scalar of a collection at this column: it separates, and on empty lines it may stand further right.
    AfterPlain(usize),
}

/// Skips white space and comments in block context; fails at a tab that go-yaml takes for indentation.
pub(super) fn skip_block_blank(text: &str, from: usize, mut tabs: Tabs) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut line = None;
    loop {
        match bytes.get(at) {
            Some(b' ') => {
                // Indentation is most of what is skipped.
                while bytes.get(at..at + 8) == Some(b"        ") {
                    at += 8;
                }
                at += usize::from(bytes.get(at) == Some(&b' '));
            }
            Some(b'\n' | b'\r') => {
                at += 1;
                line = Some(at);
                if tabs == Tabs::Separate {
                    tabs = Tabs::Refused;
                }
            }
            Some(b'\t') => {
                match (tabs, line) {
                    (Tabs::Refused, _) => return Err(at),
                    (Tabs::AfterPlain(column), Some(line)) if at - line <= column => return Err(at),
                    _ => {}
                }
                at += 1;
            }
            Some(b'#') => {
                at = line_end(text, at);
                tabs = Tabs::Separate;
            }
            _ => return Ok(at),
        }
    }
}

/// Returns the place of a tab that go-yaml refuses in the white space behind a plain scalar of a flow collection.
pub(super) fn plain_tail_tab(text: &str, from: usize, tabs: Tabs) -> Option<usize> {
    let Tabs::AfterPlain(column) = tabs else { return None };
    let mut line = None;
    for (at, byte) in text.as_bytes().iter().enumerate().skip(from) {
        match byte {
            b'\n' | b'\r' => line = Some(at + 1),
            b'\t' if line.is_some_and(|line| at - line <= column) => return Some(at),
            b' ' | b'\t' => {}
            _ => return None,
        }
    }
    None
}

/// Returns whether a byte after `?`, `:` or `-` makes the indicator part of a plain scalar.
pub(super) fn is_plain_char(byte: u8, flow: bool) -> bool {
    match byte {
        0 | b' ' | b'\t' | b'\n' | b'\r' => false,
        b',' | b'[' | b']' | b'{' | b'}' => !flow,
        _ => true,
    }
}

/// Returns the end of a tag or an anchor that begins at `from`; `from` if there is none.
pub(super) fn property_end(text: &str, from: usize, flow: bool) -> usize {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(from), Some(b'!' | b'&')) {
        return from;
    }
    let verbatim = bytes.get(from + 1) == Some(&b'<') && bytes.get(from) == Some(&b'!');
    let mut at = from + 1;
    while bytes.get(at).is_some_and(|&byte| is_plain_char(byte, flow && !verbatim)) {
        at += 1;
        if verbatim && bytes.get(at - 1) == Some(&b'>') {
            break;
        }
    }
    at
}

/// Returns the end of an anchor's name.
pub(super) fn name_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or(b"");
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    from + rest.iter().position(|byte| !is_name(byte)).unwrap_or(rest.len())
}

/// Returns the place of an anchor or alias between two offsets whose name does not consist of letters, digits, `_`, `-`.
pub(super) fn odd_anchor(text: &str, from: usize, to: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < to {
        match bytes.get(at)? {
            b'&' | b'*' => {
                let end = name_end(text, at + 1);
                if bytes.get(end).is_some_and(|&byte| is_plain_char(byte, true)) {
                    return Some(at);
                }
                at = end;
            }
            b'!' => at = property_end(text, at, false),
            b'#' => at = line_end(text, at),
            _ => at += 1,
        }
    }
    None
}

/// Returns the end of a plain scalar that was folded: walks along its value.
pub(super) fn plain_end(text: &str, start: usize, value: &str) -> usize {
    let source = text.as_bytes();
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let mut at = start;
    let mut words = value.as_bytes();
    while let Some(&byte) = words.first() {
        if is_space(byte) {
            while words.first().is_some_and(|&byte| is_space(byte)) {
                words = &words[1..];
            }
            while source.get(at).is_some_and(|&byte| is_space(byte)) {
                at += 1;
            }
        } else {
            words = &words[1..];
            at += 1;
        }
    }
    at.min(text.len())
}

/// Returns the offset behind the closing quote of a scalar whose opening quote is at `start`; `None` if it is not closed.
pub(super) fn quoted_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(start)?;
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        if quote == b'\'' {
            if bytes.get(at) == Some(&b'\\') {
                at += 1;
            } else if bytes.get(at + 1) == Some(&quote) {
                at += 2;
            } else {
                return Some(at + 1);
            }
        } else if bytes.get(at) == Some(&b'\\') {
            at += 2;
        } else {
            return Some(at + 1);
        }
    }
}

/// Iterates over the escapes in the text of a double-quoted scalar: the backslash, and the byte behind it.
pub(super) fn escapes(text: &str, from: usize, to: usize) -> impl Iterator<Item = (usize, u8)> {
    let bytes = text.as_bytes().get(..to).unwrap_or(b"");
    let mut at = from;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let backslash = at + memchr::memchr(b'\\', rest)?;
        at = backslash + 2;
        Some((backslash, bytes.get(backslash + 1).copied().unwrap_or(0)))
    })
}

/// Returns the end of a block scalar with its header at `header` and its first content character at `body`.
pub(super) fn block_end(text: &str, header: usize, body: usize) -> usize {
    let bytes = text.as_bytes();
    let header_end = line_end(text, header);
    if body <= header_end {
        return header_end;
    }
    let mut line = line_start(text, body);
    let indent = body - line;
    let mut end = header_end;
    while line < bytes.len() {
        let rest = bytes.get(line..).unwrap_or(b"");
        let spaces = rest.iter().position(|&byte| byte != b' ').unwrap_or(rest.len());
        let next = line_end(text, line);
        let empty = line + spaces == next;
        if spaces < indent && !empty {
            break;
        }
        if indent == 0
            && (rest.starts_with(b"---") || rest.starts_with(b"..."))
            && !is_plain_char(rest.get(3).copied().unwrap_or(0), false)
        {
            break;
        }
        if !empty || next == bytes.len() {
            end = next;
        }
        line = next + 1;
    }
    end
}
