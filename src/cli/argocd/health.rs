//! `argocd health`: whether the plugin server answers, for a probe of the container.
//!
//! Nothing in the container listens on a network, and a socket that exists says little: the server's queue accepts connections
//! long after it has stopped to serve. So this begins to speak HTTP/2, as a client of gRPC does, and waits for the server's
//! settings and for its word that it has seen ours.

use crate::cli::Outcome;
use crate::cli::report::Reporter;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Sources;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  rustomize argocd health
  rustomize argocd health --socket /home/argocd/cmp-server/plugins/rustomize.sock

Exit codes:
  0  the server answers
  1  it does not, or not in time";

/// Ask the plugin server whether it serves, for a probe.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct HealthArgs {
    /// The server's socket [default: that of the plugin that the configuration file names]
    #[arg(long, value_name = "PATH")]
    socket: Option<String>,

    /// The directory of the configuration file, plugin.yaml
    #[arg(long, value_name = "DIR", default_value = "/home/argocd/cmp-server/config")]
    config_dir: String,

    /// Seconds to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

#[cfg(unix)]
pub(super) fn run(args: &HealthArgs, reporter: &mut Reporter) -> Outcome {
    match unix::ask(args) {
        Ok(()) => Outcome::Success,
        Err(words) => fail(words, reporter),
    }
}

#[cfg(not(unix))]
pub(super) fn run(_args: &HealthArgs, reporter: &mut Reporter) -> Outcome {
    fail("there are no such sockets on this system".to_owned(), reporter)
}

fn fail(words: String, reporter: &mut Reporter) -> Outcome {
    reporter.add(&[*Diagnostic::error(Code::Io, words)], &Sources::default());
    Outcome::Failure
}

#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "a probe waits for so long and no longer")]
mod unix {
    use super::HealthArgs;
    use crate::cli::output::words;
    use crate::fs::{Disk, FileSystem};
    use crate::limits::Limits;
    use crate::source::{Sensitivity, Sources};
    use crate::yaml::read;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};

    /// Where Argo CD's servers put their sockets.
    const SOCKETS: &str = "/home/argocd/cmp-server/plugins";
    /// What a client of HTTP/2 begins with, and settings that change nothing.
    const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    const SETTINGS_SEEN: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
    const SETTINGS: u8 = 4;
    const ACK: u8 = 1;
    /// Bytes of a frame, and frames, that a server may send before the answer.
    const FRAME_BYTES_MAX: usize = 1 << 14;
    const FRAMES_MAX: usize = 16;

    pub(super) fn ask(args: &HealthArgs) -> Result<(), String> {
        let socket = match &args.socket {
            Some(socket) => socket.clone(),
            None => format!("{SOCKETS}/{}.sock", plugin_name(&args.config_dir)?),
        };
        let fault = |error: &std::io::Error| match error.kind() {
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
                format!("the server at `{socket}` does not answer within {} s", args.timeout)
            }
            std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::BrokenPipe
            | std::io::ErrorKind::ConnectionReset => format!("what listens at `{socket}` hangs up"),
            _ => format!("cannot speak with the server at `{socket}`: {}", words(error)),
        };
        let deadline = Instant::now() + Duration::from_secs(args.timeout);
        let mut stream = UnixStream::connect(&socket).map_err(|error| fault(&error))?;
        let is_http2 = exchange(&mut stream, deadline).map_err(|error| fault(&error))?;
        if is_http2 { Ok(()) } else { Err(format!("what listens at `{socket}` does not speak HTTP/2")) }
    }

    /// Exchanges settings; returns false if the other side speaks something else.
    fn exchange(stream: &mut UnixStream, deadline: Instant) -> std::io::Result<bool> {
        stream.set_write_timeout(Some(remaining(deadline)?))?;
        stream.write_all(HELLO)?;
        let (mut has_settings, mut is_seen) = (false, false);
        for n_frames in 0..FRAMES_MAX {
            let mut head = [0; 9];
            read(stream, &mut head, deadline)?;
            let [high, middle, low, kind, flags, ..] = head;
            let len = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
            if len > FRAME_BYTES_MAX || (n_frames == 0 && kind != SETTINGS) {
                return Ok(false);
            }
            read(stream, &mut vec![0; len], deadline)?;
            match (kind, flags & ACK) {
                (SETTINGS, 0) => {
                    stream.write_all(SETTINGS_SEEN)?;
                    has_settings = true;
                }
                (SETTINGS, _) => is_seen = true,
                _ => {}
            }
            if has_settings && is_seen {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read(stream: &mut UnixStream, bytes: &mut [u8], deadline: Instant) -> std::io::Result<()> {
        stream.set_read_timeout(Some(remaining(deadline)?))?;
        stream.read_exact(bytes)
    }

    fn remaining(deadline: Instant) -> std::io::Result<Duration> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(std::io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    /// Returns what the server calls the plugin: its name, and its version if it has one.
    fn plugin_name(directory: &str) -> Result<String, String> {
        const BYTES_MAX: u64 = 1 << 20;
        let path = format!("{directory}/plugin.yaml");
        let bytes = Disk.read(&path, BYTES_MAX).map_err(|error| format!("cannot read `{path}`: {error}"))?;
        let text = read::decode_bytes(bytes).map_err(|_| format!("`{path}` is not UTF-8"))?;
        let source = Sources::default().add(path.as_str(), text, Sensitivity::Yaml, None);
        let tree = read::read_first(&source, &Limits::default()).ok().flatten();
        let tree = tree.ok_or_else(|| format!("`{path}` is not valid YAML"))?;
        let name = tree.text_at(&["metadata", "name"]).ok_or_else(|| format!("`{path}` has no `metadata.name`"))?;
        let version = tree.text_at(&["spec", "version"]).filter(|version| !version.is_empty());
        Ok(version.map_or_else(|| name.to_owned(), |version| format!("{name}-{version}")))
    }
}
