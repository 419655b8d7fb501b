//! Who may ask for what: the page's files, the folder's files, and to be told of changes.
//!
//! The server listens on loopback, where other users and other sites' pages can reach it, too. So an address holds a
//! secret; the host must be this one, as otherwise a foreign name could have been pointed here; a request that names
//! another site as its origin is refused. Nothing can be changed, and no part of an address is ever a path on the disk.

use super::folder::Folder;
use super::http::{self, Request, Status};
use super::page::File;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Connections at a time.
const CONNECTIONS_MAX: usize = 48;
/// Of which so many may wait for changes: a browser has six, and leaves none for files if all are.
const LISTENERS_MAX: usize = 24;
/// How often a page that waits is written to, so that it is noticed when it is gone.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The folder, and those who wait for its changes.
pub(super) struct Shared {
    folder: Mutex<Folder>,
    changed: Condvar,
}

impl Shared {
    pub(super) fn new(folder: Folder) -> Shared {
        Shared { folder: Mutex::new(folder), changed: Condvar::new() }
    }

    /// Returns the folder, for as long as the guard lives.
    pub(super) fn folder(&self) -> MutexGuard<'_, Folder> {
        // What is in it stays right wherever a thread stopped: the next look goes over it.
        self.folder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes those who wait for changes.
    pub(super) fn tell(&self) {
        self.changed.notify_all();
    }
}

/// A server, ready to run.
pub(super) struct Server {
    listener: TcpListener,
    files: &'static [File],
    shared: Arc<Shared>,
    /// The path below which everything is, `/live/…/`.
    base: String,
    /// `127.0.0.1:PORT` and `localhost:PORT`.
    hosts: [String; 2],
    n_connections: AtomicUsize,
    n_listeners: AtomicUsize,
}

impl Server {
    /// Listens on loopback, on any free port if it is 0.
    pub(super) fn new(port: u16, token: &str, files: &'static [File], shared: Arc<Shared>) -> io::Result<Server> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let port = listener.local_addr()?.port();
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
        let counts = || AtomicUsize::new(0);
        let base = format!("/live/{token}/");
        Ok(Server { listener, files, shared, base, hosts, n_connections: counts(), n_listeners: counts() })
    }

    /// Returns the address of the page.
    pub(super) fn address(&self) -> String {
        format!("http://{}{}", self.hosts[0], self.base)
    }

    /// Answers until the process ends.
    pub(super) fn run(self: &Arc<Server>) {
        for stream in self.listener.incoming() {
            match stream {
                Ok(stream) => self.take(stream),
                // No descriptors are left, for instance: others will end.
                Err(_) => pause(),
            }
        }
    }

    fn take(self: &Arc<Server>, mut stream: TcpStream) {
        let Some(seat) = Seat::take(self, |server| &server.n_connections, CONNECTIONS_MAX) else {
            // It fits into what the system holds for a connection, so nothing is waited for.
            let _ = refuse(&mut stream, http::UNAVAILABLE, "too many connections", false);
            return;
        };
        let server = Arc::clone(self);
        // Without a thread the connection is closed, and asked for again.
        let _ = std::thread::Builder::new().name("preview".to_owned()).spawn(move || {
            // A connection that broke is nobody's error.
            let _ = server.answer(&mut stream);
            http::end(&mut stream);
            drop(seat);
        });
    }

    fn answer(self: &Arc<Server>, stream: &mut TcpStream) -> io::Result<()> {
        let request = match Request::read(stream) {
            Ok(request) => request,
            Err(None) => return Ok(()),
            Err(Some(status)) => return refuse(stream, status, "this is no request that is understood here", false),
        };
        let is_head = request.method == "HEAD";
        if let Err((status, words)) = self.admit(&request) {
            return refuse(stream, status, words, is_head);
        }
        let Some(path) = self.below_base(&request.path) else {
            return refuse(stream, http::NOT_FOUND, "open the address that `rustomize preview` printed", is_head);
        };
        match path {
            "events" => self.events(stream, is_head),
            "project.json" => self.project(stream, &request.query, is_head),
            path => {
                let path = if path.is_empty() { "index.html" } else { path };
                match self.files.iter().find(|file| file.path == path) {
                    Some(file) => {
                        let own = format!("Content-Encoding: gzip\r\nContent-Type: {}\r\n", file.media_type());
                        http::send(stream, http::OK, &own, file.bytes, is_head)
                    }
                    None => refuse(stream, http::NOT_FOUND, "there is no such file", is_head),
                }
            }
        }
    }

    /// Refuses what wants to change something, and what comes by way of other sites.
    fn admit(&self, request: &Request) -> Result<(), (Status, &'static str)> {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Err((http::NOT_ALLOWED, "this server only shows"));
        }
        let has_body = request.header("content-length").is_some_and(|length| length != "0")
            || request.header("transfer-encoding").is_some();
        if has_body {
            return Err((http::BAD_REQUEST, "a body is not understood here"));
        }
        let host = request.header("host").unwrap_or_default();
        if !self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
            return Err((http::FORBIDDEN, "this server is not known under that name"));
        }
        let is_own = |origin: &str| origin.strip_prefix("http://").is_some_and(|rest| rest.eq_ignore_ascii_case(host));
        if request.header("origin").is_some_and(|origin| !is_own(origin)) {
            return Err((http::FORBIDDEN, "other sites may not ask here"));
        }
        // To follow a link from elsewhere to the page is no question from elsewhere.
        let is_visit = request.header("sec-fetch-mode") == Some("navigate")
            && request.header("sec-fetch-dest").is_none_or(|dest| dest == "document");
        match request.header("sec-fetch-site") {
            None | Some("same-origin" | "none") => Ok(()),
            Some(_) if is_visit => Ok(()),
            Some(_) => Err((http::FORBIDDEN, "other sites may not ask here")),
        }
    }

    /// Returns the rest of a path that begins with the secret one; how long that takes says nothing about it.
    fn below_base<'r>(&self, path: &'r str) -> Option<&'r str> {
        let (base, rest) = path.split_at_checked(self.base.len())?;
        let differences = base.bytes().zip(self.base.bytes()).fold(0, |seen, (a, b)| seen | (a ^ b));
        (std::hint::black_box(differences) == 0).then_some(rest)
    }

    fn project(&self, stream: &mut TcpStream, query: &str, is_head: bool) -> io::Result<()> {
        let since = if query.is_empty() { Some(0) } else { query.strip_prefix("since=").and_then(|n| n.parse().ok()) };
        let Some(since) = since else {
            return refuse(stream, http::BAD_REQUEST, "the query is `since=` and a revision", is_head);
        };
        let body = serde_json::to_vec(&self.shared.folder().told(since))?;
        http::send(stream, http::OK, "Content-Type: application/json\r\n", &body, is_head)
    }

    /// Tells the revision, and each that follows, until nobody listens.
    fn events(self: &Arc<Server>, stream: &mut TcpStream, is_head: bool) -> io::Result<()> {
        let Some(_seat) = Seat::take(self, |server| &server.n_listeners, LISTENERS_MAX) else {
            return refuse(stream, http::UNAVAILABLE, "too many pages wait for changes", is_head);
        };
        http::send_head(stream, http::OK, "Content-Type: text/event-stream\r\n")?;
        if is_head {
            return Ok(());
        }
        stream.write_all(b"retry: 1000\n\n")?;
        let mut told = 0;
        loop {
            let folder = self.shared.folder();
            let wait = self.shared.changed.wait_timeout_while(folder, HEARTBEAT, |folder| folder.revision() == told);
            let (folder, _) = wait.unwrap_or_else(PoisonError::into_inner);
            let revision = folder.revision();
            drop(folder);
            if revision == told {
                stream.write_all(b":\n\n")?;
            } else {
                stream.write_all(format!("data: {{\"revision\":{revision}}}\n\n").as_bytes())?;
                told = revision;
            }
        }
    }
}

/// One of a limited number of places, given back when it is dropped.
struct Seat {
    server: Arc<Server>,
    count: fn(&Server) -> &AtomicUsize,
}

impl Seat {
    fn take(server: &Arc<Server>, count: fn(&Server) -> &AtomicUsize, max: usize) -> Option<Seat> {
        // Counted first: the seat gives the place back, also where there was none.
        let n_taken = count(server).fetch_add(1, Ordering::Relaxed);
        let seat = Seat { server: Arc::clone(server), count };
        (n_taken < max).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        (self.count)(&self.server).fetch_sub(1, Ordering::Relaxed);
    }
}

fn refuse(stream: &mut TcpStream, status: Status, words: &str, is_head: bool) -> io::Result<()> {
    let allow = if status == http::NOT_ALLOWED { "Allow: GET, HEAD\r\n" } else { "" };
    let own = format!("{allow}Content-Type: text/plain; charset=utf-8\r\n");
    http::send(stream, status, &own, format!("{words}\n").as_bytes(), is_head)
}

#[allow(clippy::disallowed_methods, reason = "whoever waits for the system to have room again waits")]
fn pause() {
    std::thread::sleep(Duration::from_millis(100));
}
