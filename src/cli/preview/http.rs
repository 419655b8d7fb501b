//! As much of HTTP/1.1 as a page needs: one request per connection, read within bounds, and one answer.

use crate::cli::changes::now;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// Bytes of a request line and its headers.
const HEAD_MAX: usize = 16 << 10;
/// Time for all of them to come in.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// Time for a part of an answer to be taken.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// A status line's number and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status(pub(super) u16, pub(super) &'static str);

pub(super) const OK: Status = Status(200, "OK");
pub(super) const BAD_REQUEST: Status = Status(400, "Bad Request");
pub(super) const FORBIDDEN: Status = Status(403, "Forbidden");
pub(super) const NOT_FOUND: Status = Status(404, "Not Found");
pub(super) const NOT_ALLOWED: Status = Status(405, "Method Not Allowed");
pub(super) const TIMEOUT: Status = Status(408, "Request Timeout");
pub(super) const HEAD_TOO_LARGE: Status = Status(431, "Request Header Fields Too Large");
pub(super) const UNAVAILABLE: Status = Status(503, "Service Unavailable");

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// As it was sent: nothing is decoded, as no path here needs it.
    pub(super) path: String,
    pub(super) query: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Returns a header's value; its name is given in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Reads a request; an error is the status to answer with, or none where nobody waits for an answer.
    pub(super) fn read(stream: &mut TcpStream) -> Result<Request, Option<Status>> {
        let begin = now();
        let mut head = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let left = HEAD_TIME.checked_sub(begin.elapsed()).filter(|left| !left.is_zero());
            let left = left.ok_or(Some(TIMEOUT))?;
            stream.set_read_timeout(Some(left)).map_err(|_| None)?;
            let n_read = match stream.read(&mut chunk) {
                Ok(0) => return Err(None),
                Ok(n_read) => n_read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Err(Some(TIMEOUT));
                }
                Err(_) => return Err(None),
            };
            // The end may stand across two parts.
            let from = head.len().saturating_sub(3);
            head.extend(chunk.iter().take(n_read));
            if let Some(at) = head.get(from..).and_then(|new| new.windows(4).position(|four| four == b"\r\n\r\n")) {
                head.truncate(from + at);
                return if head.len() > HEAD_MAX { Err(Some(HEAD_TOO_LARGE)) } else { Request::parse(&head) };
            }
            if head.len() > HEAD_MAX {
                return Err(Some(HEAD_TOO_LARGE));
            }
        }
    }

    fn parse(head: &[u8]) -> Result<Request, Option<Status>> {
        Request::of(head).ok_or(Some(BAD_REQUEST))
    }

    /// Takes a head apart; whatever could be understood in two ways is refused.
    fn of(head: &[u8]) -> Option<Request> {
        let head = std::str::from_utf8(head).ok()?;
        if head.bytes().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t')) {
            return None;
        }
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        let is_good = !method.is_empty() && matches!(version, "HTTP/1.1" | "HTTP/1.0") && words.next().is_none();
        // An address in full, or a mere `*`, is for proxies.
        if !is_good || !target.starts_with('/') {
            return None;
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request =
            Request { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), headers: Vec::new() };
        for line in lines {
            let (name, value) = line.split_once(':')?;
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
            if !is_name || value.contains(['\r', '\n']) {
                return None;
            }
            let name = name.to_ascii_lowercase();
            let is_decisive = matches!(name.as_str(), "host" | "origin" | "content-length" | "transfer-encoding");
            if is_decisive && request.header(&name).is_some() {
                return None;
            }
            request.headers.push((name, value.trim_matches([' ', '\t']).to_owned()));
        }
        Some(request)
    }
}

/// What is sent with every answer: nothing is kept, nothing is guessed, nobody else may read or frame it, and the page may
/// load and ask from here alone.
const ALWAYS: &str = "\
    Cache-Control: no-store\r\n\
    Connection: close\r\n\
    Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Referrer-Policy: no-referrer\r\n\
    X-Content-Type-Options: nosniff\r\n\
    X-Frame-Options: DENY\r\n";

/// Sends the head of an answer, with headers of its own, each with its line end.
pub(super) fn send_head(stream: &mut TcpStream, status: Status, own: &str) -> io::Result<()> {
    stream.set_write_timeout(Some(WRITE_TIME))?;
    let Status(number, words) = status;
    stream.write_all(format!("HTTP/1.1 {number} {words}\r\n{ALWAYS}{own}\r\n").as_bytes())
}

/// Sends an answer, without its body if only its head was asked for.
pub(super) fn send(stream: &mut TcpStream, status: Status, own: &str, body: &[u8], is_head: bool) -> io::Result<()> {
    send_head(stream, status, &format!("{own}Content-Length: {}\r\n", body.len()))?;
    if is_head { Ok(()) } else { stream.write_all(body) }
}

/// Ends a connection so that the answer arrives: what still comes in is read for a moment, or the system would throw the
/// answer away with it.
pub(super) fn end(stream: &mut TcpStream) {
    const TIME: Duration = Duration::from_millis(200);
    if stream.shutdown(Shutdown::Write).is_err() || stream.set_read_timeout(Some(TIME)).is_err() {
        return;
    }
    let begin: Instant = now();
    let mut chunk = [0; 4096];
    while begin.elapsed() < TIME && matches!(stream.read(&mut chunk), Ok(n_read) if n_read > 0) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_taken_apart() {
        let request = Request::of(b"GET /a/b?since=3 HTTP/1.1\r\nHost: x:1\r\nAccept:  */*\t").expect("a request");
        assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/a/b"));
        assert_eq!((request.query.as_str(), request.header("host")), ("since=3", Some("x:1")));
        assert_eq!((request.header("accept"), request.header("origin")), (Some("*/*"), None));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for head in [
            "",
            "GET",
            "GET / HTTP/2",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 x",
            "GET http://127.0.0.1/ HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b",
            "GET / HTTP/1.1\r\nhOST: a\r\nHost: a",
            "GET / HTTP/1.1\r\nHost : a",
            "GET / HTTP/1.1\r\n folded: a",
            "GET / HTTP/1.1\r\nX: a\nHost: b",
            "GET / HTTP/1.1\r\nno colon",
            "GET / HTTP/1.1\r\nX: \u{0}",
            "GET / HTTP/1.1\r\n: a",
        ] {
            assert_eq!(Request::of(head.as_bytes()), None, "{head:?}");
        }
        assert_eq!(Request::of(b"GET /\xff HTTP/1.1"), None);
    }
}
