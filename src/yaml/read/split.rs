//! Cutting a resource file into documents, as the reference does before it parses anything (kyaml `splitDocuments`).

use super::fault::Fault;
use crate::diagnostic::Code;
use std::ops::Range;

/// Returns the parts of a text of the file; each is read for one document.
///
/// A separator is a line that begins with `---` and is not the first one; behind the dashes only a comment may follow.
/// The part before it keeps its final line end. A line that ends without `\n` separates nothing.
pub(super) fn split(text: &str) -> std::result::Result<Vec<Range<usize>>, Box<Fault>> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    // A separator takes its line end with it, so the next one cannot begin with that same `\n`.
    let mut searched = 0;
    while let Some(found) = bytes.get(searched..).and_then(|rest| memchr::memmem::find(rest, b"\n---")) {
        let dashes = searched + found + 1;
        let Some(end) = bytes.get(dashes..).and_then(|rest| memchr::memchr(b'\n', rest)) else { break };
        let rest = text.get(dashes + 3..dashes + end).unwrap_or("").trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(Fault::new(Code::InvalidSeparator, dashes, "invalid document separator")
                .label("only a comment may follow `---` on this line")
                .help("put the content on a line of its own, or indent the line if it is not meant as a separator"));
        }
        parts.push(start..dashes);
        start = dashes + end + 1;
        searched = start;
    }
    parts.push(start..text.len());
    Ok(parts)
}
