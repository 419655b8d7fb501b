//! Messages on a byte stream: a header with the length, and JSON.
//!
//! The crate of the message types ends the connection at the first malformed text and makes room for whatever length it is
//! told. Editors are trusted more than repositories, but a message that cannot be read is no reason to stop.

use lsp_server::{ErrorCode, Message};
use std::io::{self, BufRead, Read, Write};

/// Bytes of all headers of a message.
const HEADERS_MAX: u64 = 8 << 10;
/// Bytes of a message; longer ones are skipped. The engine's own limit on a file is far below.
const MESSAGE_MAX: u64 = 256 << 20;

/// What was read.
#[derive(Debug)]
pub(super) enum Frame {
    /// A message.
    Message(Message),
    /// Something else, with the code and the words of the answer.
    Malformed(ErrorCode, String),
}

/// Reads a message; `None` at the end of the stream. An error means that nobody knows where the next message begins.
pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let Some(length) = content_length(reader)? else { return Ok(None) };
    if length > MESSAGE_MAX {
        io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
        let words = format!("a message of {length} bytes; at most {MESSAGE_MAX} are read");
        return Ok(Some(Frame::Malformed(ErrorCode::InvalidRequest, words)));
    }
    let mut bytes = Vec::new();
    reader.by_ref().take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the input ends within a message"));
    }
    Ok(Some(parse(&bytes)))
}

/// Reads headers up to the blank line.
fn content_length(reader: &mut impl BufRead) -> io::Result<Option<u64>> {
    let fault = |words: &str| io::Error::new(io::ErrorKind::InvalidData, words.to_owned());
    let mut headers = reader.by_ref().take(HEADERS_MAX);
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        headers.read_until(b'\n', &mut line)?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        let Some(line) = line.strip_suffix(b"\n") else {
            return Err(fault("the input ends within a header, or a header is too long"));
        };
        is_first = false;
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
        if line.is_empty() {
            return length.map(Some).ok_or_else(|| fault("a message has no header `Content-Length`"));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| fault("a header has no `:`"))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse().map_err(|_| fault("`Content-Length` is no number"))?);
        }
    }
}

fn parse(bytes: &[u8]) -> Frame {
    let value: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return Frame::Malformed(ErrorCode::ParseError, format!("this is no JSON: {error}")),
    };
    match serde_json::from_value(value) {
        Ok(message) => Frame::Message(message),
        Err(_) => {
            Frame::Malformed(ErrorCode::InvalidRequest, "this is no request, response or notification".to_owned())
        }
    }
}

/// Writes a message.
pub(super) fn write(writer: &mut impl Write, message: &serde_json::Value) -> io::Result<()> {
    let text = message.to_string();
    write!(writer, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_told_and_the_next_is_read() {
        let input = b"Content-Length: 5\r\nContent-Type: x\r\n\r\n{oops\
            content-length: 2\r\n\r\n[]Content-Length: 17\n\n{\"method\":\"exit\"}";
        let mut reader = &input[..];
        let mut words = Vec::new();
        while let Some(frame) = read(&mut reader).expect("well framed") {
            words.push(match frame {
                Frame::Message(Message::Notification(notification)) => notification.method,
                Frame::Message(other) => format!("{other:?}"),
                Frame::Malformed(code, _) => format!("{}", code as i32),
            });
        }
        assert_eq!(words, ["-32700", "-32600", "exit"]);
    }

    #[test]
    fn a_broken_frame_is_an_error() {
        for input in [
            "Content-Length: 9\r\n\r\n{}",
            "Content-Length: nine\r\n\r\n{}",
            "\r\n{}",
            "no header\r\n\r\n",
            "Content-Length: 2",
            "Content-Length: 99999999999999999999999\r\n\r\n{}",
            &"x".repeat(10_000),
        ] {
            assert!(read(&mut input.as_bytes()).is_err(), "{input:.40}");
        }
        // A length that no machine has room for ends with the input.
        let lie = "Content-Length: 18446744073709551615\r\n\r\n{}";
        let told = read(&mut lie.as_bytes()).expect("skipped");
        assert!(matches!(told, Some(Frame::Malformed(ErrorCode::InvalidRequest, _))));
    }
}
