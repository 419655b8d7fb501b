//! Colors for the lines of a comparison, on terminals that show them.

use crate::cli::args::Color;
use crate::diff::Status;
use crate::diff::risk::Severity;
use crate::diff::text::{Line, Tone, shown};

const RED: &str = "\x1b[31m";
const RED_BOLD: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[33m";
const GREEN: &str = "\x1b[32m";
const BOLD: &str = "\x1b[1m";
const CYAN: &str = "\x1b[36m";
const DIM: &str = "\x1b[2m";
const END: &str = "\x1b[0m";

/// Places stand at this column, if the line is shorter.
const PLACE_COLUMN: usize = 56;

/// Returns whether standard output is to be colored.
pub(super) fn is_wanted(color: Color) -> bool {
    let choice = match color.into() {
        anstream::ColorChoice::Auto => anstream::AutoStream::choice(&std::io::stdout()),
        choice => choice,
    };
    choice != anstream::ColorChoice::Never
}

/// Writes lines with a summary below; nothing if there are none.
pub(super) fn sections(found: &[Line], is_colored: bool, summary: &str) -> String {
    if found.is_empty() { String::new() } else { format!("{}\n{summary}\n", lines(found, is_colored)) }
}

/// Writes lines with their places behind them.
fn lines(lines: &[Line], is_colored: bool) -> String {
    let mut out = String::new();
    for line in lines {
        let text = shown(line);
        let (begin, end) = if is_colored { (color(line.tone), END) } else { ("", "") };
        out.push_str(&format!("{begin}{text}{end}"));
        if let Some(at) = &line.at {
            let room = PLACE_COLUMN.saturating_sub(text.chars().count()).max(2);
            let (begin, end) = if is_colored { (DIM, END) } else { ("", "") };
            out.push_str(&format!("{:room$}{begin}# {at}{end}", ""));
        }
        out.push('\n');
    }
    out
}

fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Old | Tone::Object(Status::Removed) => RED,
        Tone::New | Tone::Object(Status::Added) => GREEN,
        Tone::Risk(Severity::High) => RED_BOLD,
        Tone::Risk(Severity::Medium) => YELLOW,
        Tone::Object(_) | Tone::Title => BOLD,
        Tone::Field => CYAN,
        Tone::Same => "",
        Tone::Note => DIM,
    }
}

/// Colors a unified diff.
pub(super) fn unified(text: &str, is_colored: bool) -> String {
    if !is_colored {
        return text.to_owned();
    }
    let color = |line: &str| match line.as_bytes() {
        [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => BOLD,
        [b'-', ..] => RED,
        [b'+', ..] => GREEN,
        [b'@', ..] => CYAN,
        _ => "",
    };
    text.lines().map(|line| format!("{}{line}{END}\n", color(line))).collect()
}
