//! The second opinion: whether a text that was refused is valid YAML 1.2 to another parser. Then it is the reference, which
//! reads YAML 1.1 with gaps of its own, that is at fault, and whoever wrote the text deserves to know.

/// Returns whether a document is valid YAML 1.2; false where there is nobody to ask.
#[cfg(feature = "second-opinion")]
pub(super) fn is_valid(document: &str) -> bool {
    use yaml_rust2::parser::{Event, Parser};

    /// A longer text is not asked about: the answer would cost more than it is worth.
    const BYTES_MAX: usize = 1 << 20;

    if document.len() > BYTES_MAX {
        return false;
    }
    let mut parser = Parser::new_from_str(document);
    loop {
        match parser.next_token() {
            Ok((Event::StreamEnd, _)) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Returns whether a document is valid YAML 1.2; false where there is nobody to ask.
#[cfg(not(feature = "second-opinion"))]
pub(super) fn is_valid(_document: &str) -> bool {
    false
}
