//! Field paths with dots, as replacements and vars write them, taken apart. What a part means is decided by those.

/// Splits a path at its dots: `\.` is a dot, and what stands in brackets is one part (upstream `SmarterPathSplitter`).
pub(crate) fn split(path: &str) -> Vec<String> {
    let mut pieces = split_unescaped(path).into_iter();
    let mut parts = Vec::new();
    while let Some(mut part) = pieces.next() {
        if part.starts_with('[') && !part.ends_with(']') {
            for piece in pieces.by_ref() {
                part.push('.');
                part.push_str(&piece);
                if piece.ends_with(']') {
                    break;
                }
            }
            // With a `=` it chooses items of a list; else it is a name that holds dots.
            if !part.contains('=') {
                part = part.trim_matches(['[', ']']).to_owned();
            }
        }
        parts.push(part);
    }
    parts
}

/// Splits at dots that no backslash stands before (upstream `PathSplitter`); a path may begin with a dot.
fn split_unescaped(path: &str) -> Vec<String> {
    let path = path.strip_prefix('.').unwrap_or(path);
    let mut parts: Vec<String> = Vec::new();
    for piece in path.split('.') {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('.');
                last.push_str(piece);
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn paths_are_split_as_in_the_reference() {
        for (path, expected) in [
            ("metadata.name", vec!["metadata", "name"]),
            (".a.b", vec!["a", "b"]),
            (r"data.config\.json.a", vec!["data", "config.json", "a"]),
            (r"data.a\\.b", vec!["data", r"a\.b"]),
            ("metadata.annotations.[a.b/c].d", vec!["metadata", "annotations", "a.b/c", "d"]),
            ("c.[name=com.foo].image", vec!["c", "[name=com.foo]", "image"]),
            ("c.[x]", vec!["c", "[x]"]),
            ("c.[a.b", vec!["c", "a.b"]),
            ("c.[a.b=c", vec!["c", "[a.b=c"]),
            ("a..b.", vec!["a", "", "b", ""]),
            ("", vec![""]),
        ] {
            assert_eq!(split(path), expected, "{path}");
        }
    }
}
