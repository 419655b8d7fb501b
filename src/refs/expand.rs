//! `$(NAME)` in a text: where a name is found and what is put in its place.
//!
//! The syntax is that of container commands in Kubernetes (upstream `refvar.DoReplacements`): `$$` stands for `$`, and
//! whatever is no reference stays.

use super::var_value::VarValue;
use base64::Engine as _;

/// What a text becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Expanded<'v, 't> {
    /// The text is one reference and nothing else: it takes the type of the value too.
    Value(&'v VarValue),
    /// Any other text.
    Text(&'t str),
}

/// Expands a text into `buffer`; `look_up` gives the value of a name, `None` for one that is not known or has no value that
/// can stand in a text.
pub(super) fn expand<'v, 't>(
    text: &'t str,
    buffer: &'t mut String,
    mut look_up: impl FnMut(&str) -> Option<&'v VarValue>,
) -> Expanded<'v, 't> {
    if !text.contains('$') {
        return Expanded::Text(text);
    }
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, reference) = rest.split_at(at);
        out.extend(before.as_bytes());
        rest = reference;
        match *reference.as_bytes() {
            [_] => break,
            [_, b'$', ..] => {
                out.push(b'$');
                rest = &reference[2..];
            }
            [_, b'(', ..] => match reference.find(')') {
                Some(end) => {
                    let name = &reference[2..end];
                    match look_up(name) {
                        Some(value) if reference.len() == text.len() && end + 1 == text.len() => {
                            return Expanded::Value(value);
                        }
                        Some(value) => out.extend(value.to_string().as_bytes()),
                        None => out.extend(&reference.as_bytes()[..=end]),
                    }
                    rest = &reference[end + 1..];
                }
                None => {
                    out.extend(b"$(");
                    rest = &reference[2..];
                }
            },
            [_, byte, ..] if byte.is_ascii() => {
                out.extend([b'$', byte]);
                rest = &reference[2..];
            }
            _ => {
                broken_letter(reference, &mut out);
                let letter = reference[1..].chars().next().map_or(0, char::len_utf8);
                rest = &reference[1 + letter..];
            }
        }
    }
    out.extend(rest.as_bytes());
    *buffer = String::from_utf8(out).unwrap_or_else(|error| encode(error.as_bytes()));
    Expanded::Text(buffer)
}

/// Behind a `$` the reference takes one byte for a letter, which breaks the letters that have several: the first byte is
/// read as a code point.
fn broken_letter(reference: &str, out: &mut Vec<u8>) {
    let letter = reference[1..].chars().next().unwrap_or_default();
    let mut bytes = [0; 4];
    let bytes = letter.encode_utf8(&mut bytes).as_bytes();
    let (&first, others) = bytes.split_first().unwrap_or((&0, &[]));
    let mut text = [0; 4];
    out.push(b'$');
    out.extend(char::from(first).encode_utf8(&mut text).as_bytes());
    out.extend(others);
}

/// What go-yaml makes of a string that is not UTF-8: base64 in lines of 70.
fn encode(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    if text.len() < LINE {
        return text;
    }
    let lines: Vec<&str> = (0..text.len()).step_by(LINE).map(|at| &text[at..text.len().min(at + LINE)]).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_expand_as_in_the_reference() {
        let (text, number) = (VarValue::Text("v$(A)".to_owned()), VarValue::Int(8));
        for (input, expected) in [
            ("$(A)-$(B)", "v$(A)-8"),
            ("$$(A)", "$(A)"),
            ("$$$(B)", "$8"),
            ("$(A", "$(A"),
            ("$", "$"),
            ("a$", "a$"),
            ("$x$(B)", "$x8"),
            ("$(NO)$(B)", "$(NO)8"),
            ("$((B))", "$((B))"),
            ("$()", "$()"),
            ("plain", "plain"),
            ("$é$(B)", "JMODqTg="),
        ] {
            let mut buffer = String::new();
            let expanded = expand(input, &mut buffer, |name| match name {
                "A" => Some(&text),
                "B" => Some(&number),
                _ => None,
            });
            assert_eq!(expanded, Expanded::Text(expected), "{input}");
        }
        let mut buffer = String::new();
        assert_eq!(expand("$(B)", &mut buffer, |_| Some(&number)), Expanded::Value(&number));
    }
}
