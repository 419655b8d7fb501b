//! Shell patterns over a file system, by the rules of Go's `filepath.Glob`: `*`, `?`, `[a-c]`, `[^a]` and `\`, each within
//! one part of a path.
//!
//! What is done with names that begin with a dot is the caller's affair.

use super::{EntryKind, FileSystem, base_name};

/// A pattern that cannot be read, such as one with a `[` that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPattern;

/// Returns the paths that match a pattern, as they are written from `directory` (absolute); sorted within each directory.
///
/// A pattern without special characters is a path: it is returned as it is if something stands there, be it a link to
/// nowhere. Directories that cannot be read match nothing.
pub fn glob(fs: &dyn FileSystem, directory: &str, pattern: &str) -> Result<Vec<String>, BadPattern> {
    parse(pattern)?;
    if !is_pattern(pattern) {
        let exists = !pattern.is_empty() && fs.look(&below(directory, pattern)).is_ok();
        return Ok(if exists { vec![pattern.to_owned()] } else { Vec::new() });
    }
    let (parent, name) = match pattern.rfind('/') {
        Some(at) => (&pattern[..=at], &pattern[at + 1..]),
        None => ("", pattern),
    };
    let parent = match parent {
        "" => ".",
        "/" => "/",
        parent => &parent[..parent.len() - 1],
    };
    let parents = if is_pattern(parent) { glob(fs, directory, parent)? } else { vec![parent.to_owned()] };
    let tokens = parse(name)?;
    let mut found = Vec::new();
    for parent in parents {
        let path = below(directory, &parent);
        if fs.kind(&path) != Ok(EntryKind::Directory) {
            continue;
        }
        let names = fs.list(&path).unwrap_or_default();
        let matching = names.iter().filter(|name| matches(&tokens, name));
        found.extend(matching.map(|name| clean_join(&parent, name)));
    }
    Ok(found)
}

/// Returns whether a path matches a pattern as a text, by the rules of Go's `filepath.Match`.
pub fn is_match(pattern: &str, path: &str) -> Result<bool, BadPattern> {
    Ok(matches(&parse(pattern)?, path))
}

/// Returns whether the last part of a path begins with a dot.
pub fn is_hidden(path: &str) -> bool {
    base_name(path.trim_end_matches('/')).starts_with('.')
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '\\'])
}

/// The path to look at. `..` is left to the file system, which knows whether what it leaves exists.
fn below(directory: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") }
}

/// Joins like Go's `filepath.Join`, which cleans in words: `./x/../a` is `a`, and `../a` stays.
fn clean_join(parent: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in parent.split('/').chain([name]) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if parent.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

enum Token {
    /// `*`
    Any,
    /// `?`
    One,
    Char(char),
    /// `[…]`
    Class {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
}

fn parse(pattern: &str) -> Result<Vec<Token>, BadPattern> {
    let mut chars = pattern.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(char) = chars.next() {
        tokens.push(match char {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => Token::Char(chars.next().ok_or(BadPattern)?),
            '[' => {
                let is_negated = chars.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                while ranges.is_empty() || chars.next_if_eq(&']').is_none() {
                    let low = class_char(&mut chars)?;
                    let high = if chars.next_if_eq(&'-').is_some() { class_char(&mut chars)? } else { low };
                    ranges.push((low, high));
                }
                Token::Class { is_negated, ranges }
            }
            char => Token::Char(char),
        });
    }
    Ok(tokens)
}

/// One character of a class; `-` and `]` need a backslash.
fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, BadPattern> {
    match chars.next() {
        Some('\\') => chars.next().ok_or(BadPattern),
        None | Some('-' | ']') => Err(BadPattern),
        Some(char) => Ok(char),
    }
}

/// Matches a whole name; a `*` gives way one character at a time, and only the last one has to.
fn matches(tokens: &[Token], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() || token < tokens.len() {
        let fits = match (tokens.get(token), name.get(at)) {
            (Some(Token::Any), _) => {
                star = Some((token, at));
                token += 1;
                continue;
            }
            (Some(one), Some(char)) => fits(one, *char),
            _ => false,
        };
        if fits {
            (token, at) = (token + 1, at + 1);
            continue;
        }
        match star {
            Some((star_token, star_at)) if name.get(star_at).is_some_and(|char| *char != '/') => {
                star = Some((star_token, star_at + 1));
                (token, at) = (star_token + 1, star_at + 1);
            }
            _ => return false,
        }
    }
    true
}

fn fits(token: &Token, char: char) -> bool {
    match token {
        Token::Any | Token::One => char != '/',
        Token::Char(wanted) => *wanted == char,
        Token::Class { is_negated, ranges } => {
            ranges.iter().any(|&(low, high)| low <= char && char <= high) != *is_negated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;

    #[test]
    fn names_match_as_in_go() {
        for (pattern, name, is_match) in [
            ("*", "", true),
            ("*.yaml", "a.yaml", true),
            ("*.yaml", ".yaml", true),
            ("*.yaml", "a.yml", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "abcd", false),
            ("?.yaml", "ä.yaml", true),
            ("?", "", false),
            ("[a-c]x", "bx", true),
            ("[c-a]x", "bx", false),
            ("[^a]", "b", true),
            ("[^a]", "a", false),
            ("[!a]", "!", true),
            ("[\\]-a]", "^", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("**", "ab", true),
        ] {
            let tokens = parse(pattern).expect("a good pattern");
            assert_eq!(matches(&tokens, name), is_match, "{pattern} {name}");
        }
        for pattern in ["[", "a[", "[]", "[]a]", "[a", "[-a]", "[a-]", "\\", "[\\"] {
            assert!(parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn paths_are_found_and_written_as_in_go() {
        let mut fs = Memory::new();
        for path in ["/w/a.yaml", "/w/b.yaml", "/w/s/c.yaml", "/w/t/c.yaml", "/x/d.yaml"] {
            fs.set(path, "");
        }
        for (pattern, found) in [
            ("*.yaml", &["a.yaml", "b.yaml"][..]),
            ("./*.yaml", &["a.yaml", "b.yaml"]),
            ("./a.yaml", &["./a.yaml"]),
            ("s/", &["s/"]),
            ("*/c.yaml", &["s/c.yaml", "t/c.yaml"]),
            ("s//*.yaml", &["s/c.yaml"]),
            ("../x/*", &["../x/d.yaml"]),
            ("/x/*", &["/x/d.yaml"]),
            ("no", &[]),
            ("no/*", &[]),
            ("", &[]),
        ] {
            assert_eq!(glob(&fs, "/w", pattern), Ok(found.iter().map(|&path| path.to_owned()).collect()), "{pattern}");
        }
        assert_eq!(glob(&fs, "/w", "[a/b]"), Err(BadPattern));
        assert!(is_hidden(".a") && is_hidden("b/.a/") && is_hidden("..") && !is_hidden(".b/a"));
    }
}
