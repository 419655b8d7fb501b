//! Single scalars as text: in the style of those beside them where the text allows it.

use super::value::Data;
use crate::yaml::emit::quote::{is_printable, yaml12_style};
use crate::yaml::emit::value::is_line_break;
use crate::yaml::tree::Style;

/// Returns a scalar that stands in one line.
pub(super) fn inline(data: &Data, wanted: Option<Style>, in_flow: bool) -> String {
    let text = match data {
        Data::Plain(text) => return text.clone(),
        Data::Text(text) => text.as_str(),
        Data::Map(_) => return "{}".to_owned(),
        Data::List(_) => return "[]".to_owned(),
    };
    let own = match yaml12_style(text) {
        // As a key it would be a merge key; and some characters end a line.
        _ if text == "<<" || text.contains(is_line_break) => Style::DoubleQuoted,
        Ok(Style::Plain) if in_flow && !is_plain_in_flow(text) => Style::SingleQuoted,
        Ok(style @ (Style::Plain | Style::SingleQuoted)) => style,
        _ => Style::DoubleQuoted,
    };
    let has_single = text.chars().all(|char| is_printable(char) && !is_line_break(char));
    match wanted.unwrap_or(own) {
        Style::DoubleQuoted => double_quoted(text),
        Style::SingleQuoted if has_single => single_quoted(text),
        _ if own == Style::Plain => text.to_owned(),
        _ if own == Style::SingleQuoted => single_quoted(text),
        _ => double_quoted(text),
    }
}

/// Returns whether a text that may stand unquoted in a block may do so between brackets, too.
fn is_plain_in_flow(text: &str) -> bool {
    !text.is_empty()
        && !text.contains([',', '?', '[', ']', '{', '}'])
        && !text.starts_with([':', '-'])
        && !text.ends_with(':')
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            char if is_printable(char) && !is_line_break(char) => quoted.push(char),
            char if (char as u32) <= 0xff => quoted.push_str(&format!("\\x{:02X}", char as u32)),
            char if (char as u32) <= 0xffff => quoted.push_str(&format!("\\u{:04X}", char as u32)),
            char => quoted.push_str(&format!("\\U{:08X}", char as u32)),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns the lines of a text as a literal block without its indentation, header first, if it can be one.
pub(super) fn literal(text: &str) -> Option<(&'static str, Vec<&str>)> {
    if !matches!(yaml12_style(text), Ok(Style::Literal)) || text.contains('\r') {
        return None;
    }
    // A first line that begins with a blank needs a number in the header; quotes are simpler.
    if text.starts_with([' ', '\n']) {
        return None;
    }
    let (header, body) = match text.strip_suffix('\n') {
        Some(body) if body.ends_with('\n') => return None,
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    Some((header, body.split('\n').collect()))
}
