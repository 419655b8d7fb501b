//! Bytes in, text out: UTF-8, and UTF-16 with a byte-order mark.

/// Bytes that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodingError {
    /// The first byte at fault.
    pub offset: usize,
}

/// Decodes a file.
///
/// UTF-8 is kept as it is, with its byte-order mark, so offsets in the text are offsets in the file. UTF-16 is decoded
/// without its mark: lines and columns are those of the file, offsets are those of its UTF-8 form.
pub fn decode_bytes(bytes: Vec<u8>) -> Result<String, EncodingError> {
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => decode_utf16(&bytes, u16::from_le_bytes),
        Some([0xfe, 0xff]) => decode_utf16(&bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes).map_err(|error| EncodingError { offset: error.utf8_error().valid_up_to() }),
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, EncodingError> {
    let body = bytes.get(2..).unwrap_or(b"");
    let (pairs, rest) = body.as_chunks::<2>();
    let mut text = String::with_capacity(body.len());
    let mut offset = 2;
    for decoded in char::decode_utf16(pairs.iter().copied().map(unit)) {
        let char = decoded.map_err(|_| EncodingError { offset })?;
        offset += char.len_utf16() * 2;
        text.push(char);
    }
    if rest.is_empty() { Ok(text) } else { Err(EncodingError { offset }) }
}
