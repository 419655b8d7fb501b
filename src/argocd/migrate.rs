//! From the built-in support to the plugin and back, in the text of Applications: only the block itself is written anew, with
//! its comments, and the rest stays as it is.
//!
//! Nothing is trusted: what was written is read again and must ask for exactly what was asked for before.

use super::application::{self, Plugin};
use super::block::Block;
use super::lines::{Entry, Lines, quoted, shifted};
use super::parameters::{self, Form, KNOWN};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::limits::Limits;
use crate::sorting::Sorting;
use crate::source::{Place, Sensitivity, Source, Sources};
use crate::yaml::tree::{NodeId, Style, Tree};
use crate::yaml::{json, read};
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// `kustomize:` becomes `plugin:` with a parameter for each field.
    Parameters,
    /// `kustomize:` becomes `plugin:` with the whole block in one parameter.
    WholeBlock,
    /// `plugin:` becomes `kustomize:`.
    Kustomize,
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'p> {
    /// Which way.
    pub to: To,
    /// The name of the plugin, to be written or to look for.
    pub name: &'p str,
    /// Whether sources that say nothing about a tool get the plugin, too.
    pub all: bool,
}

/// A text behind a migration.
#[derive(Clone, Debug)]
pub struct Migrated {
    /// The text.
    pub text: String,
    /// How many sources changed.
    pub n_sources: usize,
    /// What could not be taken along, and what was left alone.
    pub warnings: Vec<Diagnostic>,
}

const BUILT_IN: &str = "kustomize";
const PLUGIN: &str = "plugin";

/// Migrates the Applications and ApplicationSets of a text.
pub fn migrate(source: &Arc<Source>, plan: Plan<'_>) -> Result<Migrated> {
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut warnings = Vec::new();
    let from = if plan.to == To::Kustomize { PLUGIN } else { BUILT_IN };
    for tree in read::read_documents(source, &Limits::default())? {
        for map in sources_of(&tree, &mut warnings) {
            let is_other = |tool: &&str| *tool != from && tree.get(map, tool).is_some();
            let of_other = ["helm", "directory", "chart", BUILT_IN, PLUGIN].iter().find(|tool| is_other(tool));
            match tree.get_entry(map, from) {
                Some((key, value)) if of_other.is_none() => {
                    let work = Work { source, tree: &tree, plan, key, value };
                    if let Some(change) = work.change(&mut warnings)? {
                        changes.push(change);
                    }
                }
                None if plan.all && plan.to != To::Kustomize && of_other.is_none() => {
                    changes.extend(added(source, &tree, map, plan.name));
                }
                _ => {}
            }
        }
    }
    let mut text = source.text.clone();
    changes.put_in_order_of(|(range, _)| std::cmp::Reverse(range.start));
    for (range, new) in &changes {
        text.replace_range(range.clone(), new);
    }
    // Comments stand where they stood or were moved; every text of the old file that is no field name is still there.
    Ok(Migrated { text, n_sources: changes.len(), warnings })
}

/// Returns the sources of an Application, or of the template of an ApplicationSet.
fn sources_of(tree: &Tree, warnings: &mut Vec<Diagnostic>) -> Vec<NodeId> {
    let root = tree.root();
    let spec = match tree.text_at(&["kind"]) {
        Some("Application") => tree.get_path(root, &["spec"]),
        Some("ApplicationSet") => {
            if let Some(patch) = tree.get_path(root, &["spec", "templatePatch"])
                && tree.text(patch).contains(BUILT_IN)
            {
                let message = "`templatePatch` is a text for a template engine: it is left alone";
                warnings.push(*Diagnostic::warning(Code::EditWithoutEffect, message).at(tree.place(patch), ""));
            }
            tree.get_path(root, &["spec", "template", "spec"])
        }
        _ => None,
    };
    let Some(spec) = spec.filter(|&spec| tree.is_mapping(spec)) else { return Vec::new() };
    let single = tree.get(spec, "source").into_iter();
    let several = tree.get(spec, "sources").into_iter().flat_map(|sources| tree.items(sources));
    single.chain(several).filter(|&source| tree.is_mapping(source)).collect()
}

/// Adds the plugin to a source that names no tool, behind its last field.
fn added(source: &Source, tree: &Tree, map: NodeId, name: &str) -> Option<(Range<usize>, String)> {
    let (_, path) = tree.get_entry(map, "path")?;
    if tree.style(map) == Style::Flow {
        return None;
    }
    let (key, _) = tree.entries(map).next()?;
    let column = source.line_column(tree.place(key)?.span.start).column as usize - 1;
    let at = Lines::end_of(&source.text, tree.extent(path)?.span.end as usize);
    let indent = " ".repeat(column);
    Some((at..at, format!("\n{indent}{PLUGIN}:\n{indent}  name: {}", quoted(name))))
}

/// One block that is to be written anew.
struct Work<'w> {
    source: &'w Arc<Source>,
    tree: &'w Tree,
    plan: Plan<'w>,
    key: NodeId,
    value: NodeId,
}

impl Work<'_> {
    fn place(&self) -> Option<Place> {
        self.tree.place(self.key)
    }

    fn fault(&self, words: impl Into<String>) -> Box<Diagnostic> {
        Diagnostic::error(Code::EditImpossible, words).at(self.place(), "")
    }

    fn json(&self) -> Result<Value> {
        let mut text = String::new();
        json::encode(self.tree, self.value, &mut text).map_err(|_| self.fault("this block has no JSON form"))?;
        serde_json::from_str(&text).map_err(|_| self.fault("this block has no JSON form"))
    }

    /// Returns the new text of the block; nothing if it is another plugin's.
    fn change(&self, warnings: &mut Vec<Diagnostic>) -> Result<Option<(Range<usize>, String)>> {
        let json = self.json()?;
        let before = match self.plan.to {
            To::Kustomize => match self.of_plugin(&json)? {
                Some(block) => block,
                None => return Ok(None),
            },
            _ => serde_json::from_value::<Option<Block>>(json.clone())
                .map_err(|error| self.fault(format!("this block is not one of Argo CD: {error}")))?
                .unwrap_or_default(),
        };
        let mut wanted = before.clone();
        if self.plan.to == To::Parameters && !before.version.is_empty() {
            wanted.version.clear();
            let message = "`version` is left out: the plugin stands for one version of kustomize";
            warnings.push(*Diagnostic::warning(Code::EditWithoutEffect, message).at(self.place(), ""));
        }
        let start = self.place().ok_or_else(|| self.fault("this block is nowhere"))?.span.start as usize;
        let text = &self.source.text;
        let is_flow = |node| self.tree.style(node) == Style::Flow;
        let parent_is_flow = text.get(..start).is_some_and(|before| before.trim_end().ends_with(['{', ',']));
        let extent = self.tree.extent(self.value).map_or(start, |extent| extent.span.end as usize);
        let (range, new) = if parent_is_flow {
            let key =
                if text[start..].starts_with('"') { |key| format!("\"{key}\": ") } else { |key| format!("{key}: ") };
            let (name, value) = self.flow(&wanted);
            (start..extent, format!("{}{value}", key(name)))
        } else {
            let end = Lines::end_of(text, extent.max(start));
            let column = self.source.line_column(start as u32).column as usize - 1;
            let lines = Lines::new(text, start..end, column);
            let is_plain = !is_flow(self.value) && self.tree.is_mapping(self.value);
            let new = match self.plan.to {
                To::Kustomize => self.kustomize_lines(&lines, &wanted, is_plain),
                To::WholeBlock => self.whole_lines(&lines, is_plain),
                To::Parameters => self.parameter_lines(&lines, &wanted, is_plain),
            };
            (start..end, new.join(lines.eol))
        };
        let mut after = text.clone();
        after.replace_range(range.clone(), &new);
        if self.asked_behind(&after).map(comparable) != Some(comparable(wanted)) {
            let error = self.fault("this block is laid out in a way that this cannot be rewritten into");
            return Err(error.help("change it with an editor"));
        }
        Ok(Some((range, new)))
    }

    /// Returns what a plugin source asks for; nothing if the plugin is another.
    fn of_plugin(&self, json: &Value) -> Result<Option<Block>> {
        let plugin: Plugin = serde_json::from_value(json.clone())
            .map_err(|error| self.fault(format!("this block is not one of Argo CD: {error}")))?;
        if plugin.name.as_deref() != Some(self.plan.name) {
            return Ok(None);
        }
        if plugin.env.is_some_and(|env| !env.is_empty()) {
            return Err(self.fault("the built-in support has no `env`").help("remove it first"));
        }
        let parameters = application::parameters(&Plugin { parameters: plugin.parameters, ..Plugin::default() })?;
        let wanted = parameters::wanted(&parameters).map_err(|mut errors| {
            let first = if errors.is_empty() { None } else { Some(errors.remove(0)) };
            first.map_or_else(|| self.fault("the parameters are not right"), Box::new).at(self.place(), "")
        })?;
        if !wanted.overlay.is_empty() {
            let error = self.fault("the built-in support has no parameter `overlay`");
            return Err(error.help(format!("put `{}` at the end of `path`, and remove the parameter", wanted.overlay)));
        }
        Ok(Some(wanted.block))
    }

    /// Reads a text again, and returns what its source at the place of this one asks for.
    fn asked_behind(&self, text: &str) -> Option<Block> {
        let source = Sources::default().add("", text.to_owned(), Sensitivity::Yaml, None);
        let name = if self.plan.to == To::Kustomize { BUILT_IN } else { PLUGIN };
        let start = self.place()?.span.start;
        for tree in read::read_documents(&source, &Limits::default()).ok()? {
            for map in sources_of(&tree, &mut Vec::new()) {
                let Some((key, value)) = tree.get_entry(map, name) else { continue };
                if tree.place(key)?.span.start != start {
                    continue;
                }
                let mut text = String::new();
                json::encode(&tree, value, &mut text).ok()?;
                if name == BUILT_IN {
                    return serde_json::from_str::<Option<Block>>(&text).ok()?.or_else(|| Some(Block::default()));
                }
                let plugin: Plugin = serde_json::from_str(&text).ok()?;
                return Some(parameters::wanted(&application::parameters(&plugin).ok()?).ok()?.block);
            }
        }
        None
    }

    /// Returns name and value for a source that is written between braces.
    fn flow(&self, block: &Block) -> (&'static str, String) {
        let fields = block.to_json();
        match self.plan.to {
            To::Kustomize => (BUILT_IN, fields.to_string()),
            To::WholeBlock => {
                let whole = serde_json::json!([{"name": "kustomize", "string": fields.to_string()}]);
                (PLUGIN, serde_json::json!({"name": self.plan.name, "parameters": whole}).to_string())
            }
            To::Parameters => {
                let parameters = block.to_parameters();
                (PLUGIN, serde_json::json!({"name": self.plan.name, "parameters": parameters}).to_string())
            }
        }
    }

    /// Begins a plugin: its key, with the comment of the old one, and its name.
    fn head(&self, lines: &Lines<'_>, has_parameters: bool) -> Vec<String> {
        let comment = lines.head_comment();
        let indent = lines.indent(2);
        let mut new = vec![format!("{PLUGIN}:{comment}"), format!("{indent}name: {}", quoted(self.plan.name))];
        if has_parameters {
            new.push(format!("{indent}parameters:"));
        }
        new
    }

    fn whole_lines(&self, lines: &Lines<'_>, is_plain: bool) -> Vec<String> {
        let mut new = self.head(lines, true);
        let indent = lines.indent(2);
        new.push(format!("{indent}- name: kustomize"));
        let body = if is_plain { lines.body() } else { Vec::new() };
        if body.is_empty() {
            let text = self.json().unwrap_or_default().to_string();
            new.push(format!("{indent}  string: {}", quoted(&text)));
            return new;
        }
        new.push(format!("{indent}  string: |"));
        new.extend(shifted(&body, lines.column + 6));
        new
    }

    fn parameter_lines(&self, lines: &Lines<'_>, block: &Block, is_plain: bool) -> Vec<String> {
        let keys: Vec<String> = match is_plain {
            true => self.tree.entries(self.value).map(|(key, _)| self.tree.text(key).to_owned()).collect(),
            false => Vec::new(),
        };
        let entries = lines.entries(self.source, self.tree, self.value, is_plain);
        let mut items: Vec<String> = Vec::new();
        let column = lines.column + 2;
        let indent = " ".repeat(column);
        let mut written: Vec<&str> = Vec::new();
        for parameter in block.in_order_of(&keys) {
            let known = KNOWN.iter().find(|known| known.name == parameter.name);
            let Some(known) = known else { continue };
            let own: Vec<&Entry> =
                entries.iter().filter(|entry| known.field.split(", ").any(|field| field == entry.key)).collect();
            for entry in &own {
                items.extend(shifted(&entry.comments, column));
                written.push(entry.key.as_str());
            }
            items.push(format!("{indent}- name: {}", known.name));
            let word = known.form.as_str();
            match (own.as_slice(), known.name) {
                ([entry], "patches") if !entry.items.is_empty() => {
                    items.push(format!("{indent}  array:{}", entry.head_comment()));
                    for item in &entry.items {
                        items.extend(shifted(&item.comments, column + 2));
                        items.push(format!("{indent}  - |"));
                        items.extend(shifted(&item.body, column + 4));
                    }
                }
                ([entry], name)
                    if !["replicas", "ignore-missing-components", "patches"].contains(&name)
                        && known.field == entry.key =>
                {
                    items.extend(entry.renamed(word, column + 2));
                }
                _ => {
                    for entry in &own {
                        items.extend(shifted(&entry.inner_comments(), column + 2));
                    }
                    items.extend(rendered(&parameter, known.form, column + 2));
                }
            }
        }
        // What has no counterpart is gone, but not what was said about it.
        for entry in entries.iter().filter(|entry| !written.contains(&entry.key.as_str())) {
            items.extend(shifted(&entry.comments, column));
        }
        let mut new = self.head(lines, items.iter().any(|line| !line.trim_start().starts_with('#')));
        new.extend(items);
        new.extend(shifted(&lines.tail(&entries), column));
        new
    }

    fn kustomize_lines(&self, lines: &Lines<'_>, block: &Block, is_plain: bool) -> Vec<String> {
        let comment = lines.head_comment();
        let Value::Object(fields) = block.to_json() else { return Vec::new() };
        if fields.is_empty() {
            return vec![format!("{BUILT_IN}: {{}}{comment}")];
        }
        let mut new = vec![format!("{BUILT_IN}:{comment}")];
        let column = lines.column + 2;
        let parameters = self.tree.get(self.value, "parameters").filter(|_| is_plain);
        let items = parameters.map(|list| lines.items(self.source, self.tree, list)).unwrap_or_default();
        let mut done: Vec<&str> = Vec::new();
        for (node, item) in &items {
            new.extend(shifted(&item.comments, column));
            let name = self.tree.get(*node, "name").map_or("", |name| self.tree.text(name));
            let Some(known) = KNOWN.iter().find(|known| known.name == name) else { continue };
            let value = self.tree.get_entry(*node, known.form.as_str());
            if name == "kustomize" {
                let text = value.map_or("", |(_, value)| self.tree.text(value));
                if let Ok(Value::Object(map)) = super::block::read::<Value>(text, name) {
                    // A field with a parameter of its own is not written twice.
                    let is_free = map.keys().all(|key| {
                        items.iter().all(|(other, _)| {
                            let other = self.tree.get(*other, "name").map_or("", |name| self.tree.text(name));
                            let fields = KNOWN.iter().find(|known| known.name == other).map_or("", |known| known.field);
                            fields.split(", ").all(|field| field != key)
                        })
                    });
                    if is_free && !text.trim_start().starts_with('{') {
                        let body: Vec<String> = text.lines().map(str::to_owned).collect();
                        new.extend(shifted(&body, column));
                        done.extend(fields.keys().filter(|key| map.contains_key(*key)).map(String::as_str));
                    }
                }
                continue;
            }
            if let ("patches", Some((key, value))) = (name, value)
                && let texts = lines.items(self.source, self.tree, value)
                && !texts.is_empty()
            {
                let head = lines.entry(self.source, self.tree, key, value).head_comment();
                new.push(format!("{}patches:{head}", " ".repeat(column)));
                for (node, item) in texts {
                    new.extend(shifted(&item.comments, column));
                    let text: Vec<String> = self.tree.text(node).lines().map(str::to_owned).collect();
                    let own = shifted(&text, column + 2);
                    let first = own.first().map_or("", |line| line.trim_start());
                    new.push(format!("{}- {first}", " ".repeat(column)));
                    new.extend(own.into_iter().skip(1));
                }
                done.push("patches");
                continue;
            }
            let own: Vec<&str> = known.field.split(", ").filter(|field| fields.contains_key(*field)).collect();
            let is_raw = !["replicas", "ignore-missing-components", "patches"].contains(&name) && own == [known.field];
            match value.filter(|_| is_raw) {
                Some((key, value)) => {
                    new.extend(lines.entry(self.source, self.tree, key, value).renamed(known.field, column));
                }
                None => {
                    for field in &own {
                        new.extend(field_lines(field, &fields[*field], column));
                    }
                }
            }
            done.extend(fields.keys().map(String::as_str).filter(|key| own.contains(key)));
        }
        for (key, value) in fields.iter().filter(|(key, _)| !done.contains(&key.as_str())) {
            new.extend(field_lines(key, value, column));
        }
        new
    }
}

/// Returns a block in a form that is the same for what asks for the same.
fn comparable(mut block: Block) -> Value {
    // kustomize sorts them itself.
    block.replicas.put_in_order(|a, b| a.name.cmp(&b.name));
    block.to_json()
}

/// Renders the value of a parameter.
fn rendered(parameter: &parameters::Parameter, form: Form, column: usize) -> Vec<String> {
    let indent = " ".repeat(column);
    let mut lines = Vec::new();
    match form {
        Form::Text => {
            lines.push(format!("{indent}string: {}", quoted(parameter.string.as_deref().unwrap_or_default())));
        }
        Form::Array => {
            lines.push(format!("{indent}array:"));
            lines.extend(parameter.array.iter().flatten().map(|item| format!("{indent}- {}", quoted(item))));
        }
        Form::Map => {
            lines.push(format!("{indent}map:"));
            let entries = parameter.map.iter().flatten();
            lines.extend(entries.map(|(key, value)| format!("{indent}  {}: {}", quoted(key), quoted(value))));
        }
    }
    lines
}

/// Renders a field of the block.
// Depth is bounded by that of the block.
fn field_lines(key: &str, value: &Value, column: usize) -> Vec<String> {
    let indent = " ".repeat(column);
    match value {
        Value::Array(items) if !items.is_empty() => {
            let mut lines = vec![format!("{indent}{key}:")];
            for item in items {
                let own = item_lines(item, column + 2);
                let first = own.first().map_or("", |line| line.trim_start());
                lines.push(format!("{indent}- {first}"));
                lines.extend(own.into_iter().skip(1));
            }
            lines
        }
        Value::Object(map) if !map.is_empty() => {
            let own = map.iter().flat_map(|(key, value)| field_lines(&quoted(key), value, column + 2));
            std::iter::once(format!("{indent}{key}:")).chain(own).collect()
        }
        Value::String(text) if text.contains('\n') && is_literal(text) => {
            let mark = if text.ends_with('\n') { "|" } else { "|-" };
            let own =
                text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{indent}  {line}") });
            std::iter::once(format!("{indent}{key}: {mark}")).chain(own).collect()
        }
        Value::String(text) => vec![format!("{indent}{key}: {}", quoted(text))],
        other => vec![format!("{indent}{key}: {other}")],
    }
}

fn item_lines(item: &Value, column: usize) -> Vec<String> {
    match item {
        Value::Object(map) if !map.is_empty() => {
            map.iter().flat_map(|(key, value)| field_lines(&quoted(key), value, column)).collect()
        }
        Value::String(text) => vec![quoted(text)],
        other => vec![other.to_string()],
    }
}

/// Returns whether a text can stand as it is behind `|`.
fn is_literal(text: &str) -> bool {
    let begins_well = !text.starts_with([' ', '\t', '\n']);
    begins_well && !text.ends_with("\n\n") && !text.chars().any(|c| c.is_control() && c != '\n')
}
