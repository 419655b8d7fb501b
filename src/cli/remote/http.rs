//! Files over HTTP: proxies from the environment and the certificates the system trusts, as in the reference.
//!
//! The reference waits for ever and takes any size; here both have a bound.

use crate::remote::{RemoteError, RemoteErrorKind, RepoSpec, without_credentials};
use base64::Engine;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use ureq::config::RedirectAuthHeaders;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error, Proxy};

/// How long to wait for a connection, an answer, or the next bytes, if the address says nothing: what the reference allows a
/// git command.
const PAUSE_MAX: Duration = Duration::from_secs(27);
/// How long a whole file may take, however slowly it drips.
const TIME_MAX: Duration = Duration::from_secs(600);
const REDIRECTS_MAX: u32 = 10;

/// Fetches a file.
pub(super) fn get(address: &str, size_max: u64) -> Result<Vec<u8>, RemoteError> {
    let (url, authorization) = request(address);
    let pause_max = RepoSpec::parse(address).map_or(PAUSE_MAX, |spec| spec.timeout);
    let mut request = agent(&url, pause_max).get(&url);
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    let mut response = request.call().map_err(fault)?;
    let status = response.status();
    if !status.is_success() {
        let reason = status.canonical_reason().unwrap_or("");
        let message = format!("the server answered {} {reason}", status.as_str());
        return Err(RemoteError::new(RemoteErrorKind::Failed, message.trim_end()));
    }
    let too_large = || {
        let message = format!("it is longer than {size_max} bytes; no more are read");
        Err(RemoteError::new(RemoteErrorKind::TooLarge, message))
    };
    if response.body().content_length().is_some_and(|length| length > size_max) {
        return too_large();
    }
    let mut bytes = Vec::new();
    // A length need not be given, nor be true.
    let mut body = response.body_mut().as_reader().take(size_max.saturating_add(1));
    body.read_to_end(&mut bytes).map_err(|error| fault(error.into()))?;
    if bytes.len() as u64 > size_max { too_large() } else { Ok(bytes) }
}

fn agent(url: &str, pause_max: Duration) -> Agent {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).unversioned_rustls_crypto_provider(provider);
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .proxy(proxy(url))
        .user_agent(concat!("rustomize/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(REDIRECTS_MAX)
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .timeout_resolve(Some(pause_max))
        .timeout_connect(Some(pause_max))
        .timeout_recv_response(Some(pause_max))
        .timeout_per_read(Some(pause_max))
        .timeout_global(Some(TIME_MAX.max(pause_max)));
    config.build().new_agent()
}

fn fault(error: Error) -> RemoteError {
    let kind = match &error {
        Error::Timeout(_) => RemoteErrorKind::TimedOut,
        _ => RemoteErrorKind::Failed,
    };
    let message = match &error {
        Error::Timeout(_) => "the server does not answer in time".to_owned(),
        Error::HostNotFound => "the host is not known".to_owned(),
        Error::TooManyRedirects => format!("it leads to another address more than {REDIRECTS_MAX} times"),
        Error::Io(error) => crate::cli::output::words(error),
        error => without_credentials(&error.to_string()),
    };
    RemoteError::new(kind, message)
}

/// The address to ask for, and the credentials that stood in it.
fn request(address: &str) -> (String, Option<String>) {
    let Some(host) = address.find("://").map(|at| at + 3) else { return (encoded(address), None) };
    let end = address[host..].find(['/', '?', '#']).map_or(address.len(), |at| host + at);
    let Some(at) = address[host..end].rfind('@').map(|at| host + at) else { return (encoded(address), None) };
    let (user, password) = address[host..at].split_once(':').unwrap_or((&address[host..at], ""));
    let pair = [decoded(user), b":".to_vec(), decoded(password)].concat();
    let authorization = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    (encoded(&format!("{}{}", &address[..host], &address[at + 1..])), Some(authorization))
}

/// Encodes what must not stand in an address as it is. The reference takes a `#` for a part of the path.
fn encoded(address: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
    address.bytes().fold(String::with_capacity(address.len()), |mut text, byte| {
        if is_plain(byte) {
            text.push(char::from(byte))
        } else {
            text.push_str(&format!("%{byte:02X}"))
        }
        text
    })
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match (first, after) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        bytes.push(code.map_or(*first, |(high, low)| high * 16 + low));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The proxy for an address (Go's `http.ProxyFromEnvironment`).
#[allow(clippy::disallowed_methods, reason = "proxies are set in the environment")]
fn proxy(url: &str) -> Option<Proxy> {
    let variable =
        |names: [&str; 2]| names.iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let is_https = url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
    let names = if is_https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let address = variable(names)?;
    let exceptions = variable(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    build_proxy(url, &address, &exceptions)
}

fn build_proxy(url: &str, address: &str, exceptions: &str) -> Option<Proxy> {
    if is_loopback(url) {
        return None;
    }
    let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let plain = Proxy::new(&address).ok()?;
    let mut builder = Proxy::builder(plain.protocol()).host(plain.host()).port(plain.port());
    if let Some(user) = plain.username() {
        builder = builder.username(user);
    }
    if let Some(password) = plain.password() {
        builder = builder.password(password);
    }
    for exception in exceptions.split(',').map(str::trim).filter(|exception| !exception.is_empty()) {
        builder = builder.no_proxy(exception);
        if !exception.starts_with(['.', '*']) {
            // A name stands for all below it, too.
            builder = builder.no_proxy(&format!(".{exception}"));
        }
    }
    builder.build().ok()
}

fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = match authority.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or(inner),
        None => authority.split(':').next().unwrap_or(authority),
    };
    let address: Option<std::net::IpAddr> = host.parse().ok();
    host.eq_ignore_ascii_case("localhost") || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_fit_to_be_asked_for() {
        for (address, url, authorization) in [
            ("http://h/a b#c?d=é", "http://h/a%20b%23c?d=%C3%A9", None),
            ("http://h/%20?a=%zz", "http://h/%20?a=%zz", None),
            ("https://u:p%40@h:1/a@b", "https://h:1/a@b", Some("Basic dTpwQA==")),
            ("https://token@h", "https://h", Some("Basic dG9rZW46")),
            ("http:h", "http:h", None),
        ] {
            assert_eq!(request(address), (url.to_owned(), authorization.map(str::to_owned)), "{address}");
        }
    }

    #[test]
    fn proxies_have_exceptions() {
        let is_used = |url: &str, exceptions: &str| {
            let uri: Option<ureq::http::Uri> = url.parse().ok();
            let proxy = build_proxy(url, "user:secret@proxy.example:3128", exceptions);
            proxy.zip(uri).is_some_and(|(proxy, uri)| !proxy.is_no_proxy(&uri))
        };
        assert!(is_used("https://example.com/a", ""));
        assert!(is_used("https://example.com/a", "ample.com,.com.example"));
        for (url, exceptions) in [
            ("https://example.com/a", "other, example.com"),
            ("https://a.example.com/a", "example.com"),
            ("https://a.example.com/a", ".example.com"),
            ("https://example.com/a", "*"),
            ("http://localhost:8080/a", ""),
            ("http://127.0.0.1/a", ""),
            ("http://[::1]:80/a", ""),
        ] {
            assert!(!is_used(url, exceptions), "{url} but {exceptions}");
        }
    }
}
