//! YAML as the generator thinks of it: a tree whose scalars are source text already, printed with a file's own habits.

/// A node. Scalars are written as they stand: quotes, tags and anchors included.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    Map(Vec<(String, Yaml)>),
    List(Vec<Yaml>),
    Scalar(String),
    /// A literal or folded block: its header (`|-`) and its lines.
    Block(&'static str, Vec<String>),
    /// Documents as the text of a literal block.
    Embedded(&'static str, Vec<Yaml>),
    /// A collection in flow style; all scalars in it can stand there.
    Flow(Box<Yaml>),
}

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Style {
    /// Lists are indented below their key.
    pub indents_lists: bool,
    /// Comments stand between and behind entries.
    pub comments: bool,
    /// Lines end in CR LF.
    pub crlf: bool,
    /// The file begins with `---`.
    pub start_marker: bool,
    /// JSON instead of YAML; every scalar is written so that it is JSON.
    pub json: bool,
}

/// A file of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Documents(Vec<Yaml>, Style),
    Raw(String),
    /// A program: its file may be run.
    Script(String),
}

impl Yaml {
    pub fn scalar(text: impl Into<String>) -> Yaml {
        Yaml::Scalar(text.into())
    }

    pub fn list<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Yaml {
        Yaml::List(items.into_iter().map(Yaml::scalar).collect())
    }

    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Yaml)>) -> Yaml {
        Yaml::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Sets a value by a path of keys, making mappings on the way.
    pub fn set(&mut self, path: &[&str], value: Yaml) {
        let Yaml::Map(entries) = self else { return };
        let Some((first, rest)) = path.split_first() else { return };
        let at = entries.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
            entries.push(((*first).to_owned(), Yaml::Map(Vec::new())));
            entries.len() - 1
        });
        if rest.is_empty() {
            entries[at].1 = value;
        } else {
            entries[at].1.set(rest, value);
        }
    }
}

impl Yaml {
    /// Reads a template of ours: block collections by two blanks, scalars as they stand. Nothing else.
    pub fn template(text: &str) -> Yaml {
        let lines: Vec<(usize, String)> =
            text.lines().map(|line| (line.len() - line.trim_start().len(), line.trim_start().to_owned())).collect();
        template_block(&lines)
    }
}

fn template_block(lines: &[(usize, String)]) -> Yaml {
    let Some((indent, first)) = lines.first() else { return Yaml::Map(Vec::new()) };
    let starts: Vec<usize> = (0..lines.len())
        .filter(|&at| lines[at].0 == *indent && (first.starts_with("- ") == lines[at].1.starts_with("- ")))
        .collect();
    let parts = starts
        .iter()
        .enumerate()
        .map(|(number, &start)| &lines[start..starts.get(number + 1).copied().unwrap_or(lines.len())]);
    if first.starts_with("- ") {
        let item = |part: &[(usize, String)]| {
            let text = part[0].1[2..].to_owned();
            if part.len() == 1 && !text.contains(": ") && !text.ends_with(':') {
                return Yaml::Scalar(text);
            }
            let mut inner = vec![(indent + 2, text)];
            inner.extend_from_slice(&part[1..]);
            template_block(&inner)
        };
        return Yaml::List(parts.map(item).collect());
    }
    let entry = |part: &[(usize, String)]| match part[0].1.split_once(": ") {
        // A block below an anchor: written in flow style, or the anchor would be lost.
        Some((key, anchor)) if anchor.starts_with('&') && part.len() > 1 => {
            let mut text = String::new();
            let mut writer = Writer { out: std::mem::take(&mut text), style: Style::default(), n_entries: 0 };
            writer.inline(&template_block(&part[1..]));
            (key.to_owned(), Yaml::Scalar(format!("{anchor} {}", writer.out)))
        }
        Some((key, value)) => (key.to_owned(), Yaml::scalar(value)),
        None => (part[0].1.trim_end_matches(':').to_owned(), template_block(&part[1..])),
    };
    Yaml::Map(parts.map(entry).collect())
}

impl Content {
    pub fn render(&self) -> String {
        match self {
            Content::Raw(text) | Content::Script(text) => text.clone(),
            Content::Documents(documents, style) => {
                let mut text = documents_text(documents, *style);
                if style.start_marker && !style.json {
                    text.insert_str(0, "---\n");
                }
                if style.crlf { text.replace('\n', "\r\n") } else { text }
            }
        }
    }
}

fn documents_text(documents: &[Yaml], style: Style) -> String {
    let mut writer = Writer { out: String::new(), style, n_entries: 0 };
    for (number, document) in documents.iter().enumerate() {
        if number > 0 {
            writer.out.push_str("---\n");
        }
        if style.json {
            writer.inline(document);
            writer.out.push('\n');
        } else {
            writer.block(document, 0);
        }
    }
    writer.out
}

struct Writer {
    out: String,
    style: Style,
    n_entries: usize,
}

impl Writer {
    /// Writes a node on lines of its own.
    fn block(&mut self, node: &Yaml, indent: usize) {
        match node {
            Yaml::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    self.comment_line(indent);
                    self.pad(indent);
                    self.out.push_str(key);
                    self.out.push(':');
                    self.value(value, indent, if self.style.indents_lists { indent + 2 } else { indent });
                }
            }
            Yaml::List(items) if !items.is_empty() => {
                for item in items {
                    self.comment_line(indent);
                    self.pad(indent);
                    self.item(item, indent);
                }
            }
            other => {
                self.pad(indent);
                self.inline(other);
                self.out.push('\n');
            }
        }
    }

    /// Writes a list item after its padding.
    fn item(&mut self, item: &Yaml, indent: usize) {
        match item {
            Yaml::Map(entries) if !entries.is_empty() => {
                self.out.push_str("- ");
                let start = self.out.len();
                let comments = std::mem::replace(&mut self.style.comments, false);
                self.block(item, indent + 2);
                self.style.comments = comments;
                // The first entry stands on the line of the dash.
                self.out.replace_range(start..start + indent + 2, "");
            }
            _ => {
                self.out.push('-');
                self.value(item, indent, indent + 2);
            }
        }
    }

    /// Writes what follows `key:` or `-`.
    fn value(&mut self, value: &Yaml, indent: usize, list_indent: usize) {
        match value {
            Yaml::Map(entries) if !entries.is_empty() => {
                self.out.push('\n');
                self.block(value, indent + 2);
            }
            Yaml::List(items) if !items.is_empty() => {
                self.out.push('\n');
                self.block(value, list_indent);
            }
            Yaml::Block(header, lines) => {
                self.out.push(' ');
                self.out.push_str(header);
                self.out.push('\n');
                for line in lines {
                    if !line.is_empty() {
                        self.pad(indent + 2);
                    }
                    self.out.push_str(line);
                    self.out.push('\n');
                }
            }
            Yaml::Embedded(header, documents) => {
                let text = documents_text(documents, Style { crlf: false, ..self.style });
                let lines = text.lines().map(str::to_owned).collect();
                self.value(&Yaml::Block(header, lines), indent, list_indent);
            }
            other => {
                self.out.push(' ');
                self.inline(other);
                if self.style.comments && self.n_entries.is_multiple_of(7) {
                    self.out.push_str(" # why");
                }
                self.out.push('\n');
            }
        }
    }

    fn inline(&mut self, node: &Yaml) {
        match node {
            Yaml::Map(entries) => {
                self.out.push('{');
                for (number, (key, value)) in entries.iter().enumerate() {
                    if number > 0 {
                        self.out.push_str(", ");
                    }
                    if self.style.json {
                        self.json_scalar(key, true)
                    } else {
                        self.out.push_str(key)
                    }
                    self.out.push_str(": ");
                    self.inline(value);
                }
                self.out.push('}');
            }
            Yaml::List(items) => {
                self.out.push('[');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        self.out.push_str(", ");
                    }
                    self.inline(item);
                }
                self.out.push(']');
            }
            Yaml::Scalar(text) if self.style.json => self.json_scalar(text, false),
            Yaml::Scalar(text) => self.out.push_str(text),
            Yaml::Block(_, lines) => self.json_scalar(&format!("'{}'", lines.join("\n").replace('\'', "''")), false),
            Yaml::Embedded(_, documents) => {
                let text = documents_text(documents, Style::default());
                self.json_scalar(&format!("'{}'", text.replace('\'', "''")), false);
            }
            Yaml::Flow(node) => self.inline(node),
        }
    }

    /// Writes source text of a YAML scalar as JSON: near enough, both programs read the same.
    fn json_scalar(&mut self, text: &str, is_key: bool) {
        let is_json = matches!(text, "true" | "false" | "null")
            || (text.parse::<i64>().is_ok_and(|number| number.to_string() == text));
        if is_json && !is_key {
            self.out.push_str(text);
            return;
        }
        let inner = match (text.strip_prefix('\''), text.strip_prefix('"')) {
            (Some(rest), _) => rest.strip_suffix('\'').unwrap_or(rest).replace("''", "'"),
            (_, Some(rest)) => rest.strip_suffix('"').unwrap_or(rest).to_owned(),
            _ => text.to_owned(),
        };
        self.out.push_str(&serde_json::Value::String(inner).to_string());
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn comment_line(&mut self, indent: usize) {
        self.n_entries += 1;
        if self.style.comments && self.n_entries.is_multiple_of(5) {
            self.pad(indent);
            self.out.push_str("# a comment: with a colon\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_collections_are_laid_out() {
        let inner = Yaml::map([("a", Yaml::scalar("1")), ("b", Yaml::list(["x", "y"]))]);
        let node = Yaml::map([
            ("list", Yaml::List(vec![inner.clone(), Yaml::scalar("'z'")])),
            ("flow", Yaml::Flow(Box::new(inner.clone()))),
            ("text", Yaml::Embedded("|-", vec![inner.clone()])),
        ]);
        let text = Content::Documents(vec![node], Style::default()).render();
        assert_eq!(
            text,
            "list:\n- a: 1\n  b:\n  - x\n  - y\n- 'z'\nflow: {a: 1, b: [x, y]}\ntext: |-\n  a: 1\n  b:\n  - x\n  - y\n"
        );
        let json = Content::Documents(vec![inner], Style { json: true, ..Style::default() }).render();
        assert_eq!(json, "{\"a\": 1, \"b\": [\"x\", \"y\"]}\n");
    }
}
