//! YAML as lines: which lines belong to an entry, told by their indentation. Good enough for files that people wrote;
//! nothing here has to be right, for both programs get the same file.

/// The blanks before the text of a line.
pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_blank(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || text.starts_with('#')
}

/// Returns where the entry that begins at a line ends: one past its last line.
pub fn end(lines: &[&str], at: usize) -> usize {
    let own = indent(lines[at]);
    let is_item = lines[at].trim_start().starts_with('-');
    let mut end = at + 1;
    for (number, line) in lines.iter().enumerate().skip(at + 1) {
        if is_blank(line) {
            continue;
        }
        let belongs = indent(line) > own || (indent(line) == own && !is_item && line.trim_start().starts_with("- "));
        if !belongs || line.starts_with("---") {
            break;
        }
        end = number + 1;
    }
    end
}

/// Returns every entry as its first line and its end, outer ones before their inner ones.
pub fn entries(lines: &[&str]) -> Vec<(usize, usize)> {
    (0..lines.len())
        .filter(|&at| !is_blank(lines[at]) && !lines[at].starts_with("---"))
        .map(|at| (at, end(lines, at)))
        .collect()
}

/// Splits a line in what is before a value and the value: `  - a: b` is `  - a: ` and `b`.
pub fn value(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_end();
    match text.find(": ") {
        Some(colon) => Some((&text[..colon + 2], text[colon + 2..].trim())),
        None if text.trim_start().starts_with("- ") && !text.ends_with(':') => {
            let dash = text.find("- ")?;
            Some((&text[..dash + 2], &text[dash + 2..]))
        }
        None => None,
    }
}

/// Returns the key of a line with the place where it begins.
pub fn key(line: &str) -> Option<(usize, &str)> {
    let mut start = indent(line);
    while line[start..].starts_with("- ") {
        start += 2;
    }
    let rest = &line[start..];
    let end = rest.find(": ").or_else(|| rest.trim_end().ends_with(':').then(|| rest.trim_end().len() - 1))?;
    (end > 0 && !rest.starts_with(['#', '"', '\''])).then(|| (start, &rest[..end]))
}

/// Removes lines and puts others in their place.
pub fn splice(text: &str, from: usize, to: usize, new: &[String]) -> String {
    let mut out = String::new();
    let mut lines: Vec<&str> = text.split('\n').collect();
    let has_end = lines.last() == Some(&"");
    if has_end {
        lines.pop();
    }
    let kept = lines[..from.min(lines.len())]
        .iter()
        .map(|line| (*line).to_owned())
        .chain(new.iter().cloned())
        .chain(lines.iter().skip(to).map(|line| (*line).to_owned()));
    let all: Vec<String> = kept.collect();
    out += &all.join("\n");
    if has_end && !all.is_empty() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_what_is_deeper_and_its_list() {
        let text = "a:\n- b: 1\n  c:\n    d: |\n      x\n\n      y\n- e\nf: g\n";
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(end(&lines, 0), 8);
        assert_eq!(end(&lines, 1), 7);
        assert_eq!(end(&lines, 2), 7);
        assert_eq!(end(&lines, 7), 8);
        assert_eq!(splice(text, 1, 8, &["- z".to_owned()]), "a:\n- z\nf: g\n");
        assert_eq!(key("  - name: x"), Some((4, "name")));
        assert_eq!(value("  - name: x"), Some(("  - name: ", "x")));
        assert_eq!(value("  - x"), Some(("  - ", "x")));
    }
}
