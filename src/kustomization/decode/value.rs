//! Values of the basic types: strings, booleans, whole numbers, lists, mappings of strings.

use super::fields::Fields;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::kustomization::{InlineText, Placed, PlacedMap, PlacedText};
use crate::sorting::Sorting;
use crate::source::{Place, Source, Span};
use crate::yaml::emit::number::push_yaml_float_32;
use crate::yaml::resolve::{Value, resolve, resolve_yaml11};
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use base64::Engine as _;
use std::sync::Arc;

/// What a node holds, by YAML 1.1 rules.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// Nothing; the same as if the field were not there.
    Null,
    /// `true` or `false`, in any of YAML 1.1's spellings.
    Bool(bool),
    /// A whole number that fits `i64`.
    Int(i64),
    /// A whole number above.
    Uint(u64),
    /// Any other number; infinite ones too, which have no JSON form but can be keys.
    Float(f64),
    /// A string: the node's own text.
    Text,
    /// A string that is not the node's own text (`!!binary`).
    Decoded(String),
    /// Keys with values.
    Mapping,
    /// A list.
    Sequence,
    /// A value whose text does not fit its tag.
    Broken,
}

impl Found {
    fn what(&self) -> &'static str {
        match self {
            Found::Null => "nothing",
            Found::Bool(_) => "a boolean",
            Found::Int(_) | Found::Uint(_) | Found::Float(_) => "a number",
            Found::Text | Found::Decoded(_) => "a string",
            Found::Mapping => "a mapping",
            Found::Sequence => "a list",
            Found::Broken => "a value that cannot be read",
        }
    }
}

/// The way to a field, for messages.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    part: Part<'p>,
}

#[derive(Clone, Copy)]
enum Part<'p> {
    Root,
    /// The whole of a secret's generator.
    SecretRoot,
    Field(&'p str),
    Item(usize),
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Path<'static> = Path { parent: None, part: Part::Root };
    pub(super) const SECRET_ROOT: Path<'static> = Path { parent: None, part: Part::SecretRoot };

    pub(super) fn field<'c>(&'c self, name: &'c str) -> Path<'c> {
        Path { parent: Some(self), part: Part::Field(name) }
    }

    pub(super) fn item(&self, index: usize) -> Path<'_> {
        Path { parent: Some(self), part: Part::Item(index) }
    }

    /// Returns whether the path leads to the target of a patch.
    pub(super) fn is_target(&self) -> bool {
        matches!(self.part, Part::Field("target"))
    }

    /// Returns whether a value here is, or could be, a secret.
    fn is_secret(&self) -> bool {
        matches!(self.part, Part::SecretRoot | Part::Field("secretGenerator"))
            || self.parent.is_some_and(Path::is_secret)
    }

    /// Returns the key that an entry of a list most likely lacks where a bare string stands for it.
    fn item_key(&self) -> Option<&'static str> {
        match self.parent.filter(|_| matches!(self.part, Part::Item(_)))?.part {
            Part::Field("patches" | "patchesJson6902") => Some("path"),
            Part::Field("labels" | "replacements" | "targets" | "reject") => None,
            _ => Some("name"),
        }
    }

    /// Returns how to write a value at the end of the path.
    fn example(&self, value: &str) -> String {
        match self.part {
            Part::Root | Part::SecretRoot => value.to_owned(),
            Part::Field(name) => format!("{name}: {value}"),
            Part::Item(_) => format!("- {value}"),
        }
    }
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
            let is_first = matches!(parent.part, Part::Root | Part::SecretRoot);
            match self.part {
                Part::Root | Part::SecretRoot => {}
                Part::Field(name) => write!(f, "{}{name}", if is_first { "" } else { "." })?,
                Part::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The readers of the reference, which take different things for what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// Go's JSON, strict: files.
    Json,
    /// The same by way of `sigs.k8s.io/yaml`: configurations of plugins. Unknown fields are passed over.
    LenientJson,
    /// go-yaml v3: configurations of a few plugins. Names have to be spelled exactly, any scalar is a string, and the words
    /// of YAML 1.1 are booleans even in quotes.
    Yaml,
}

/// Reads values from a tree and reports what is wrong with them.
pub(super) struct Decoder<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) tree: &'a Tree,
    pub(super) report: &'a mut Report,
    /// What the file is, for messages.
    pub(super) what: &'static str,
    /// Whether the file is read as upstream `yaml.UnmarshalStrict` does.
    pub(super) is_strict: bool,
    /// Which of the reference's readers is followed.
    pub(super) codec: Codec,
    /// Numbers and booleans stand for their texts where a string is wanted, as in most places of those.
    pub(super) coerces: bool,
    /// Set where a field stands in several spellings.
    pub(super) has_spellings: bool,
}

impl Decoder<'_> {
    /// Returns where a node stands; the start of the file if that is not known.
    pub(super) fn place(&self, node: NodeId) -> Place {
        self.tree.place(node).unwrap_or(Place { source: self.source.id, span: Span::default() })
    }

    /// Returns what a node holds.
    pub(super) fn found(&self, node: NodeId) -> Found {
        found(self.tree, node)
    }

    /// Reports that a node holds something else than is wanted.
    pub(super) fn wrong_type(&mut self, path: &Path<'_>, node: NodeId, found: &Found, wanted: &str) {
        let name = path.to_string();
        let name = if name.is_empty() { self.what.to_owned() } else { format!("`{name}`") };
        let message = format!("{name} must be {wanted}, not {}", found.what());
        let mut error = Diagnostic::error(Code::WrongType, message).at(Some(self.place(node)), found.what());
        if let Some(help) = self.wrong_type_help(path, node, found, wanted) {
            error = error.help(help);
        }
        self.report.push(error);
    }

    fn wrong_type_help(&self, path: &Path<'_>, node: NodeId, found: &Found, wanted: &str) -> Option<String> {
        const SHOWN_MAX: usize = 60;
        let text = self.tree.text(node);
        let can_show = !path.is_secret() && text.len() <= SHOWN_MAX && !text.contains(['\n', '"', '\\', '`']);
        let is_scalar = self.tree.is_scalar(node);
        let in_literals = path.parent.is_some_and(|parent| matches!(parent.part, Part::Field("literals")));
        match wanted {
            _ if is_scalar && text.contains("<<<<<<< ") => {
                Some("resolve the merge conflict: keep one side and remove the marker lines".to_owned())
            }
            _ if in_literals && *found == Found::Mapping => Some("write each literal as `key=value`".to_owned()),
            "a string" if is_scalar && can_show => {
                Some(format!("quote it: `{}`", path.example(&format!("\"{text}\""))))
            }
            "a string" if is_scalar => Some("quote it".to_owned()),
            "a boolean" if matches!(text, "true" | "false") => {
                Some(format!("remove the quotes: `{}`", path.example(text)))
            }
            "a whole number" if text.parse::<i64>().is_ok() => {
                Some(format!("remove the quotes: `{}`", path.example(text)))
            }
            "a mapping" if path.to_string().is_empty() && self.what == "a kustomization file" => {
                Some("begin each line with a field, such as `resources:`, `patches:` or `images:`".to_owned())
            }
            "a mapping" if *found == Found::Text && can_show => {
                path.item_key().map(|key| format!("write `- {key}: {text}`"))
            }
            "a list" if *found == Found::Text && can_show => {
                Some(format!("make it a list: `{}`", path.example(&format!("[\"{text}\"]"))))
            }
            "a list" if *found == Found::Mapping => Some("begin each item with `- `".to_owned()),
            "a mapping" if *found == Found::Sequence => Some("write `key: value` lines without `- `".to_owned()),
            "a string" => Some("write a single value here".to_owned()),
            "a list" => Some("write a list: each item on a line of its own, beginning with `- `".to_owned()),
            "a mapping" => Some("write `key: value` lines, indented more than the field".to_owned()),
            "a boolean" => Some("write `true` or `false`, without quotes".to_owned()),
            "a whole number" => Some("write a whole number, without quotes".to_owned()),
            _ => None,
        }
    }

    /// Returns a key as the string that the reference makes of it.
    pub(super) fn key_text(&mut self, key: NodeId, path: &Path<'_>) -> Option<String> {
        match self.found(key) {
            Found::Text => Some(self.tree.text(key).to_owned()),
            Found::Decoded(text) => Some(text),
            Found::Bool(value) => Some(value.to_string()),
            Found::Int(value) => Some(value.to_string()),
            Found::Float(value) => Some(format_key(value)),
            found => {
                let holder = path.to_string();
                let holder = if holder.is_empty() { self.what.to_owned() } else { format!("`{holder}`") };
                let message = format!("a key in {holder} must be a string, not {}", found.what());
                let error = Diagnostic::error(Code::InvalidKey, message).at(Some(self.place(key)), "");
                self.report.push(error.help("write a text as the key"));
                None
            }
        }
    }

    /// Reads a string where one stands; null is an empty one.
    pub(super) fn text_value(&mut self, node: NodeId, path: &Path<'_>) -> PlacedText {
        let place = self.place(node);
        let value = match self.found(node) {
            Found::Text => self.tree.text(node).to_owned(),
            Found::Decoded(text) => text,
            Found::Null => String::new(),
            Found::Bool(_) | Found::Int(_) | Found::Uint(_) | Found::Float(_) if self.codec == Codec::Yaml => {
                self.tree.text(node).to_owned()
            }
            Found::Bool(value) if self.coerces => value.to_string(),
            Found::Int(value) if self.coerces => value.to_string(),
            Found::Uint(value) if self.coerces => value.to_string(),
            Found::Float(value) if self.coerces => coerced_float(value),
            found => {
                self.wrong_type(path, node, &found, "a string");
                String::new()
            }
        };
        Placed { value, place }
    }

    /// Runs a reader for fields that the reference keeps in a struct inside another, where nothing stands for a string but
    /// a string (`sigs.k8s.io/yaml` looks only at the outer struct).
    pub(super) fn embedded<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.coerces, false);
        let value = read(self);
        self.coerces = before;
        value
    }

    /// Reads a string field; an empty one is as good as none.
    pub(super) fn text(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Option<PlacedText> {
        let (_, node) = fields.get(name)?;
        let text = self.text_value(node, &path.field(name));
        (!text.value.is_empty()).then_some(text)
    }

    /// Reads a string field that is parsed on its own; an empty one is as good as none.
    pub(super) fn inline(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Option<InlineText> {
        let (_, node) = fields.get(name)?;
        let text = self.inline_value(node, &path.field(name));
        (!text.value.is_empty()).then_some(text)
    }

    /// Reads a string that is parsed on its own.
    pub(super) fn inline_value(&mut self, node: NodeId, path: &Path<'_>) -> InlineText {
        let Placed { value, place } = self.text_value(node, path);
        // Styles of a plugin's configuration are gone by now; its file shows them.
        let begins = || self.source.text.as_bytes().get(place.span.start as usize) == Some(&b'|');
        let is_literal = place.source == self.source.id && (self.tree.style(node) == Style::Literal || begins());
        let block = if is_literal { literal_block(self.source, place, &value) } else { None };
        InlineText { value, place, block }
    }

    /// Reads a boolean field.
    pub(super) fn boolean(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> bool {
        let Some((_, node)) = fields.get(name) else { return false };
        match self.found(node) {
            Found::Bool(value) => value,
            Found::Null => false,
            Found::Text if self.codec == Codec::Yaml && yaml11_bool(self.tree.text(node)).is_some() => {
                yaml11_bool(self.tree.text(node)).unwrap_or(false)
            }
            found => {
                self.wrong_type(&path.field(name), node, &found, "a boolean");
                false
            }
        }
    }

    /// Reads a field that holds a whole number; 0 if it is absent. `3.0` is one, because JSON knows one kind of number.
    pub(super) fn integer(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Option<Placed<i64>> {
        let (_, node) = fields.get(name)?;
        let place = self.place(node);
        let value = match self.found(node) {
            Found::Int(value) => value,
            Found::Null => 0,
            // JSON writes the shortest digits and zeros after them, which may be another number than the float is.
            Found::Float(value) if value.to_string().parse::<i64>().is_ok() => value.to_string().parse().unwrap_or(0),
            found => {
                self.wrong_type(&path.field(name), node, &found, "a whole number");
                0
            }
        };
        Some(Placed { value, place })
    }

    /// Returns the items of a list field; null is an empty list. `path` leads to the field.
    pub(super) fn items(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Vec<NodeId> {
        let Some((_, node)) = fields.get(name) else { return Vec::new() };
        match self.found(node) {
            Found::Sequence if self.codec == Codec::Yaml => {
                // Null items are passed over there.
                self.tree.items(node).filter(|&item| self.found(item) != Found::Null).collect()
            }
            Found::Sequence => self.tree.items(node).collect(),
            Found::Null => Vec::new(),
            found => {
                self.wrong_type(path, node, &found, "a list");
                Vec::new()
            }
        }
    }

    /// Reads a field that maps strings to strings; a null value is an empty string, as in the reference.
    pub(super) fn map(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Option<Placed<PlacedMap>> {
        let (_, node) = fields.get(name)?;
        let path = path.field(name);
        match self.found(node) {
            Found::Mapping => {}
            Found::Null => return None,
            found => {
                self.wrong_type(&path, node, &found, "a mapping");
                return None;
            }
        }
        let tree = self.tree;
        let mut entries: Vec<(PlacedText, NodeId)> = Vec::new();
        for (key, value) in tree.entries(node) {
            if let Some(name) = self.key_text(key, &path) {
                entries.push((Placed { value: name, place: self.place(key) }, value));
            }
        }
        // The sort is stable, so that the last of equal keys is the last of its run.
        entries.put_in_order(|(a, _), (b, _)| a.value.cmp(&b.value));
        let mut map = PlacedMap::new();
        let mut entries = entries.into_iter().peekable();
        while let Some((key, value)) = entries.next() {
            if entries.peek().is_none_or(|(next, _)| next.value != key.value) {
                let value = self.text_value(value, &path.field(&key.value));
                map.push((key, value));
            }
        }
        Some(Placed { value: map, place: self.place(node) })
    }
}

/// The words of YAML 1.1 that go-yaml v3 takes for booleans where one is wanted.
fn yaml11_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Returns whether a node holds anything but a string, by YAML 1.1 rules; what cannot be read does not.
pub(crate) fn is_other_than_string(tree: &Tree, node: NodeId) -> bool {
    !matches!(found(tree, node), Found::Text | Found::Decoded(_) | Found::Broken)
}

/// Returns what a node holds, by YAML 1.1 rules.
pub(super) fn found(tree: &Tree, node: NodeId) -> Found {
    match tree.kind(node) {
        Kind::Mapping => return Found::Mapping,
        Kind::Sequence => return Found::Sequence,
        Kind::Scalar => {}
    }
    let text = tree.text(node);
    let tag = tree.tag(node);
    match tag {
        Tag::Implied if tree.style(node).is_quoted() => return Found::Text,
        // A date is a string here, even where a tag says what it is.
        Tag::Timestamp if !matches!(resolve(text), Value::Timestamp(_)) => return Found::Broken,
        Tag::Str | Tag::Timestamp | Tag::Custom => return Found::Text,
        Tag::Binary => return decode_binary(text),
        Tag::Map | Tag::Seq => return Found::Broken,
        Tag::Implied | Tag::Int | Tag::Float | Tag::Bool | Tag::Null | Tag::Merge => {}
    }
    let found = match resolve_yaml11(text) {
        Value::Null => Found::Null,
        Value::Bool(value) => Found::Bool(value),
        Value::Int(value) => Found::Int(value),
        Value::Uint(value) => Found::Uint(value),
        Value::Float(value) => Found::Float(value),
        Value::Timestamp(_) | Value::Merge | Value::Str => Found::Text,
    };
    let fits = match tag {
        Tag::Int => matches!(found, Found::Int(_) | Found::Uint(_)),
        Tag::Float => matches!(found, Found::Int(_) | Found::Uint(_) | Found::Float(_)),
        Tag::Bool => matches!(found, Found::Bool(_)),
        Tag::Null => found == Found::Null,
        Tag::Merge => text == "<<",
        _ => true,
    };
    if fits { found } else { Found::Broken }
}

/// Returns the 1-based line on which the text of a literal block begins, and the columns it is indented by.
///
/// `place` is where the scalar stands, `text` its value; `None` where no line of the text shows the indentation.
pub fn literal_block(source: &Source, place: Place, text: &str) -> Option<(u32, u32)> {
    let is_blank = |line: &str| line.trim_matches(' ').is_empty();
    let n_spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let (index, inner) = text.lines().enumerate().find(|(_, line)| !is_blank(line))?;
    // Comments cannot stand between the header and the text, so that the text begins on the next line.
    let first_line = source.line_column(place.span.start).line + 1;
    let outer = source.line(first_line.checked_add(u32::try_from(index).ok()?)?);
    let indent = n_spaces(outer).checked_sub(n_spaces(inner))?;
    Some((first_line, u32::try_from(indent).ok()?))
}

fn decode_binary(text: &str) -> Found {
    let compact: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    match base64::engine::general_purpose::STANDARD.decode(compact) {
        Ok(bytes) => Found::Decoded(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => Found::Broken,
    }
}

/// Formats a number as a key: Go's `FormatFloat(x, 'g', -1, 32)`, the precision upstream `sigs.k8s.io/yaml` uses for keys.
/// Writes a float as Go's `strconv` does where `sigs.k8s.io/yaml` makes a string of it.
fn coerced_float(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        value => format_key(value),
    }
}

fn format_key(value: f64) -> String {
    let value = value as f32;
    match value {
        value if value.is_nan() => ".nan".to_owned(),
        f32::INFINITY => ".inf".to_owned(),
        f32::NEG_INFINITY => "-.inf".to_owned(),
        value => {
            let mut text = String::new();
            push_yaml_float_32(value, &mut text);
            text
        }
    }
}
