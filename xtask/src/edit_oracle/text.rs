//! Random kustomization files as people write them: block and flow, any quotes, comments everywhere, now and then CRLF, a
//! byte-order mark, no line end at the end, anchors.
//!
//! Every comment has a number of its own, so that it can be found again.

use crate::oracle::random::Random;

#[derive(Clone, Debug)]
pub enum Yaml {
    Text(String),
    Plain(String),
    Map(Vec<(String, Yaml)>),
    List(Vec<Yaml>),
    /// Anything as it is: `*a`, `[]`, nothing.
    Raw(String),
}

impl Yaml {
    pub fn text(text: &str) -> Yaml {
        Yaml::Text(text.to_owned())
    }

    pub fn texts<T: AsRef<str>>(texts: &[T]) -> Yaml {
        Yaml::List(texts.iter().map(|text| Yaml::text(text.as_ref())).collect())
    }

    pub fn map(entries: &[(&str, Yaml)]) -> Yaml {
        Yaml::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }
}

pub struct Writer<'r> {
    pub random: &'r mut Random,
    pub text: String,
    /// Percent of places that have a comment.
    comments: usize,
    /// Percent of collections between brackets.
    flow: usize,
    /// Percent of strings in quotes.
    quotes: usize,
    list_indent: usize,
    map_indent: usize,
    n_comments: usize,
    blank_lines: usize,
    /// Percent of places with something rare.
    odd: usize,
}

impl<'r> Writer<'r> {
    pub fn new(random: &'r mut Random) -> Writer<'r> {
        let comments = *random.pick(&[0, 5, 15, 40]);
        let flow = *random.pick(&[0, 0, 10, 30]);
        let quotes = *random.pick(&[0, 10, 50, 100]);
        let list_indent = *random.pick(&[0, 0, 2, 2, 4]);
        let map_indent = *random.pick(&[2, 2, 2, 4]);
        let blank_lines = *random.pick(&[0, 10, 60]);
        let odd = *random.pick(&[0, 0, 4]);
        let text = String::new();
        Writer { random, text, comments, flow, quotes, list_indent, map_indent, n_comments: 0, blank_lines, odd }
    }

    pub fn file(mut self, fields: &[(String, Yaml)]) -> String {
        if self.random.chance(8) {
            self.text.push_str("---\n");
        }
        if self.random.chance(3) {
            let flow = Yaml::Map(fields.to_vec());
            self.flow(&flow, 0);
            self.text.push('\n');
        } else {
            for (index, (key, value)) in fields.iter().enumerate() {
                if self.random.chance(self.odd / 3) {
                    // The last one counts.
                    self.entry(key, value, 0);
                }
                if index > 0 && self.random.chance(self.blank_lines) {
                    self.text.push('\n');
                }
                self.comment_lines(0);
                self.entry(key, value, 0);
            }
            self.comment_lines(0);
        }
        if self.random.chance(4) {
            self.text.push_str("---\nother: document\n");
        } else if self.random.chance(3) {
            self.text.push_str("...\n");
        }
        let mut text = self.text;
        if self.random.chance(12) {
            text.truncate(text.trim_end().len());
        } else if self.random.chance(5) {
            text.push('\n');
        }
        if self.random.chance(8) {
            text = text.replace('\n', "\r\n");
        }
        if self.random.chance(4) {
            text.insert(0, '\u{feff}');
        }
        text
    }

    fn comment(&mut self) -> String {
        self.n_comments += 1;
        let words = *self.random.pick(&["", " why", " {\"$imagepolicy\": \"a:b\"}", " a: b", " - x", " it's \"so\""]);
        format!("# c{}c{words}", self.n_comments)
    }

    fn comment_lines(&mut self, column: usize) {
        while self.random.chance(self.comments / 2) {
            let column = if self.random.chance(80) { column } else { self.random.below(6) };
            let comment = self.comment();
            self.text.push_str(&format!("{}{comment}\n", " ".repeat(column)));
        }
    }

    fn line_end(&mut self) {
        if self.random.chance(self.comments) {
            let comment = self.comment();
            self.text.push_str(&format!(" {comment}"));
        } else if self.random.chance(1) {
            self.text.push(' ');
        }
        self.text.push('\n');
    }

    fn entry(&mut self, key: &str, value: &Yaml, column: usize) {
        let is_quoted = key.starts_with('"');
        let quoted = if self.random.chance(1) && !is_quoted { format!("\"{key}\"") } else { key.to_owned() };
        let gap = if self.odd > 0 && self.random.chance(1) { " " } else { "" };
        self.text.push_str(&format!("{}{quoted}{gap}:", " ".repeat(column)));
        if self.random.chance(self.odd) {
            self.text.push_str("  ");
        }
        self.value(value, column, self.list_indent, self.map_indent);
    }

    fn value(&mut self, value: &Yaml, column: usize, list: usize, map: usize) {
        match value {
            Yaml::Raw(text) => {
                if !text.is_empty() {
                    self.text.push_str(&format!(" {text}"));
                }
                self.line_end();
            }
            Yaml::Text(text) if text.contains('\n') && self.random.chance(85) => {
                let (header, body) = match text.strip_suffix('\n') {
                    Some(body) => ("|", body),
                    None => ("|-", text.as_str()),
                };
                self.text.push_str(&format!(" {header}"));
                self.line_end();
                for line in body.split('\n') {
                    let indent = if line.is_empty() { 0 } else { column + map.max(1) };
                    self.text.push_str(&format!("{}{line}\n", " ".repeat(indent)));
                }
            }
            Yaml::Text(text) if text.contains(' ') && !text.contains('\n') && self.random.chance(self.odd * 8) => {
                let inner = " ".repeat(column + 2);
                let is_plain =
                    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') && !text.ends_with(' ');
                match self.random.below(3) {
                    0 if is_plain => self.text.push_str(&format!(" {}", text.replace(' ', &format!("\n{inner}")))),
                    1 if is_plain => {
                        self.text.push_str(&format!(" >-\n{inner}{text}\n"));
                        return;
                    }
                    _ => {
                        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                        self.text.push_str(&format!(
                            " \"{}\"",
                            text.replacen(' ', &format!("\n\n{inner}\\ "), 0).replacen(' ', &format!("\n{inner}"), 1)
                        ));
                    }
                }
                self.line_end();
            }
            Yaml::Text(_) | Yaml::Plain(_) => {
                if matches!(value, Yaml::Text(_)) && self.random.chance(self.odd) {
                    self.text.push_str(" !!str");
                }
                let text = self.scalar(value, false);
                self.text.push_str(&format!(" {text}"));
                self.line_end();
            }
            Yaml::Map(entries) if entries.is_empty() => self.value(&Yaml::Raw("{}".to_owned()), column, list, map),
            Yaml::List(items) if items.is_empty() => self.value(&Yaml::Raw("[]".to_owned()), column, list, map),
            value if self.random.chance(self.flow) => {
                self.text.push(' ');
                self.flow(value, column + 2);
                self.line_end();
            }
            Yaml::Map(entries) => {
                self.line_end();
                for (key, value) in entries {
                    self.comment_lines(column + map);
                    self.entry(key, value, column + map);
                }
            }
            Yaml::List(items) => {
                self.line_end();
                for item in items {
                    if self.random.chance(self.odd) {
                        self.text.push('\n');
                    }
                    self.comment_lines(column + list);
                    self.item(item, column + list);
                }
            }
        }
    }

    fn item(&mut self, item: &Yaml, column: usize) {
        self.text.push_str(&format!("{}-", " ".repeat(column)));
        match item {
            Yaml::Map(entries) if !entries.is_empty() && !self.random.chance(self.flow) => {
                let (first, rest) = entries.split_first().expect("it is not empty");
                let gap = if self.random.chance(5) { 3 } else { 1 };
                let inner = column + gap + 1;
                if self.random.chance(self.odd) {
                    self.line_end();
                    self.text.push_str(&" ".repeat(inner));
                } else {
                    self.text.push_str(&" ".repeat(gap));
                }
                self.text.push_str(&format!("{}:", first.0));
                self.value(&first.1, inner, self.list_indent, self.map_indent);
                for (key, value) in rest {
                    self.comment_lines(inner);
                    self.entry(key, value, inner);
                }
            }
            item => self.value(item, column, 2, 2),
        }
    }

    fn flow(&mut self, value: &Yaml, column: usize) {
        let is_tall = self.random.chance(30);
        let (open, close, n) = match value {
            Yaml::Map(entries) => ('{', '}', entries.len()),
            Yaml::List(items) => ('[', ']', items.len()),
            Yaml::Raw(text) => {
                let text = if text.is_empty() { "null" } else { text };
                self.text.push_str(text);
                return;
            }
            scalar => {
                let text = self.scalar(scalar, true);
                self.text.push_str(&text);
                return;
            }
        };
        self.text.push(open);
        let is_padded = !is_tall && n > 0 && self.random.chance(30);
        if is_padded {
            self.text.push(' ');
        }
        for index in 0..n {
            if is_tall {
                if self.random.chance(self.comments / 2) {
                    let comment = self.comment();
                    self.text.push_str(&format!(" {comment}"));
                }
                self.text.push_str(&format!("\n{}", " ".repeat(column)));
            }
            match value {
                Yaml::Map(entries) => {
                    let (key, value) = &entries[index];
                    self.text.push_str(&format!("{key}: "));
                    self.flow(value, column + 2);
                }
                Yaml::List(items) => self.flow(&items[index], column + 2),
                _ => {}
            }
            if index + 1 < n {
                self.text.push_str(if is_tall { "," } else { ", " });
            } else if self.random.chance(15) {
                self.text.push(',');
            }
        }
        if is_tall && n > 0 {
            self.text.push_str(&format!("\n{}", " ".repeat(column.saturating_sub(1))));
        }
        if is_padded {
            self.text.push(' ');
        }
        self.text.push(close);
    }

    fn scalar(&mut self, value: &Yaml, in_flow: bool) -> String {
        let text = match value {
            Yaml::Text(text) => text,
            Yaml::Plain(text) | Yaml::Raw(text) => return text.clone(),
            _ => return String::new(),
        };
        let is_number = text.parse::<f64>().is_ok()
            || matches!(text.as_str(), "true" | "false" | "null" | "yes" | "no" | "y" | "n" | "on" | "off" | "~");
        let is_odd = text.is_empty()
            || is_number
            || text.contains('\n')
            || text.contains(": ")
            || text.contains(" #")
            || text.ends_with([' ', ':'])
            || text.starts_with([
                ' ', '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`',
                '=',
            ])
            || (in_flow && text.contains([',', '[', ']', '{', '}', '?']));
        if !is_odd && !self.random.chance(self.quotes) {
            return text.clone();
        }
        match text.contains(['\n', '\\']) || self.random.chance(60) {
            true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
            false => format!("'{}'", text.replace('\'', "''")),
        }
    }
}
