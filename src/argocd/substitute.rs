//! `$NAME` and `${NAME}` in images, labels and annotations, as the built-in support replaces them.
//!
//! The rules are those of Go's `os.Expand` with Argo CD's `Env.Envsubst` on top: a name that is not known is replaced by
//! nothing, and `$$` stands for a dollar sign.

use std::collections::BTreeMap;

/// The variables that the built-in support replaces; no others, whatever else the environment holds.
pub const NAMES: [&str; 9] = [
    "ARGOCD_APP_NAME",
    "ARGOCD_APP_NAMESPACE",
    "ARGOCD_APP_PROJECT_NAME",
    "ARGOCD_APP_REVISION",
    "ARGOCD_APP_REVISION_SHORT",
    "ARGOCD_APP_REVISION_SHORT_8",
    "ARGOCD_APP_SOURCE_PATH",
    "ARGOCD_APP_SOURCE_REPO_URL",
    "ARGOCD_APP_SOURCE_TARGET_REVISION",
];

/// Variables by name.
pub type Variables = BTreeMap<String, String>;

/// Returns a text with its variables replaced.
pub fn substitute(text: &str, variables: &Variables) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        if behind.is_empty() {
            // A dollar sign at the end stays.
            out.push('$');
            return out;
        }
        let (name, n_bytes) = name_at(behind);
        match name {
            "$" => out.push('$'),
            // A dollar sign before what is no name stays; braces without a name go.
            "" if n_bytes == 0 => out.push('$'),
            name => out.push_str(variables.get(name).map_or("", String::as_str)),
        }
        rest = &behind[n_bytes..];
    }
    out.push_str(rest);
    out
}

/// Returns the name that a text behind a dollar sign begins with, and how many bytes it takes with its braces.
fn name_at(text: &str) -> (&str, usize) {
    let bytes = text.as_bytes();
    let is_special = |byte: u8| byte.is_ascii_digit() || b"*#$@!?-".contains(&byte);
    match bytes {
        [b'{', special, b'}', ..] if is_special(*special) => (&text[1..2], 3),
        [b'{', ..] => match text.find('}') {
            Some(end) => (&text[1..end], end + 1),
            // A brace that is not closed goes.
            None => ("", 1),
        },
        [special, ..] if is_special(*special) => (&text[..1], 1),
        _ => {
            let n_bytes = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
            (&text[..n_bytes], n_bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_go_does() {
        let known = [("A", "1"), ("ARGOCD_APP_NAME", "web"), ("a-b", "3"), ("é", "4")];
        let variables: Variables = known.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (text, expected) in [
            ("plain", "plain"),
            ("$A", "1"),
            ("${A}", "1"),
            ("x${A}y$A-z", "x1y1-z"),
            ("$AB", ""),
            ("${AB}x", "x"),
            ("$$A", "$A"),
            ("$$$A", "$1"),
            ("$", "$"),
            ("a$", "a$"),
            ("$ A", "$ A"),
            ("$-x", "x"),
            ("$1x", "x"),
            ("${}x", "x"),
            ("${x", "x"),
            ("${$}A", "$A"),
            ("${a-b}", "3"),
            ("${é}", "4"),
            ("$é", "$é"),
            ("app:${ARGOCD_APP_NAME}", "app:web"),
            ("${A", "A"),
            ("${A$A}", ""),
        ] {
            assert_eq!(substitute(text, &variables), expected, "{text}");
        }
    }
}
