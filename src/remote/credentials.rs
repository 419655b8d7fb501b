//! Finds what must not be shown of an address: passwords, tokens in the place of a user's name, signed parameters.

use std::ops::Range;

/// What is part of the names of parameters that hold a token or a signature.
const SECRET: [&str; 7] = ["auth", "cred", "key", "pass", "secret", "sig", "token"];

/// Returns the parts of a text that are credentials in an address with a scheme, in order.
pub fn credentials(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("://")).map(|at| from + at) {
        let start = at + "://".len();
        let end = find(text, start, |c| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>'));
        let host_end = find(text, start, |c| matches!(c, '/' | '?' | '#')).min(end);
        found.extend(user(text, at, start..host_end));
        found.extend(parameters(text, host_end..end));
        from = end;
    }
    found
}

/// Returns a text with every credential in it replaced.
pub fn without_credentials(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for range in credentials(text) {
        shown.push_str(&text[from..range.start]);
        shown.push_str("***");
        from = range.end;
    }
    shown.push_str(&text[from..]);
    shown
}

/// Over SSH the name is a user's, and needed; elsewhere it is as likely a token.
fn user(text: &str, scheme_end: usize, host: Range<usize>) -> Option<Range<usize>> {
    let at = text[host.clone()].rfind('@')?;
    let user = host.start..host.start + at;
    let scheme = &text.as_bytes()[..scheme_end];
    let is_ssh = scheme.len() >= 3 && scheme[scheme.len() - 3..].eq_ignore_ascii_case(b"ssh");
    if !is_ssh {
        return Some(user);
    }
    let colon = text[user.clone()].find(':')?;
    Some(user.start + colon + 1..user.end)
}

fn parameters(text: &str, rest: Range<usize>) -> Vec<Range<usize>> {
    let Some(query) = text[rest.clone()].find('?') else { return Vec::new() };
    let mut start = rest.start + query + 1;
    let mut found = Vec::new();
    while start < rest.end {
        let end = find(text, start, |c| matches!(c, '&' | '#')).min(rest.end);
        if let Some((key, value)) = text[start..end].split_once('=')
            && !value.is_empty()
            && SECRET.iter().any(|word| key.to_ascii_lowercase().contains(word))
        {
            found.push(end - value.len()..end);
        }
        if text.as_bytes().get(end) == Some(&b'#') {
            break;
        }
        start = end + 1;
    }
    found
}

fn find(text: &str, from: usize, is_end: impl Fn(char) -> bool) -> usize {
    text.get(from..).and_then(|rest| rest.find(is_end)).map_or(text.len(), |at| from + at)
}
