//! The parameters behind the `?` of a repository's address (upstream `parseQuery`, and Go's `url.ParseQuery` under it).

use super::duration;
use std::time::Duration;

/// What the parameters say; nothing where they say nothing that can be understood.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) reference: String,
    pub(super) timeout: Option<Duration>,
    pub(super) submodules: Option<bool>,
}

/// Reads the parameters. One that cannot be decoded makes all of them void, and an odd value counts as absent.
pub(super) fn parse(query: &str) -> Query {
    let Some(values) = values(query) else { return Query::default() };
    let get = |name: &str| values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let reference = [get("ref"), get("version")].into_iter().find(|value| !value.is_empty()).unwrap_or("");
    let submodules = match get("submodules") {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    };
    Query { reference: reference.to_owned(), timeout: timeout(get("timeout")), submodules }
}

/// Seconds, or a duration as Go writes them; only more than nothing counts.
fn timeout(text: &str) -> Option<Duration> {
    let seconds = text.parse::<i64>().ok().and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    seconds.filter(|seconds| !seconds.is_zero()).or_else(|| duration::parse(text))
}

fn values(query: &str) -> Option<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            if part.contains(';') {
                return None;
            }
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            Some((unescape(key)?, unescape(value)?))
        })
        .collect()
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    // Go keeps bytes that are not UTF-8; no ref of a repository is made of them.
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
