//! Legacy plugins: programs found by group, version and kind of their configuration, which they get as a file.
//!
//! What they read and answer is `exchange`. Plugins that are Go libraries are refused.

use super::functions::{call, finish};
use super::{Body, Context, Plugin, exchange};
use crate::casing::lowercase;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, EntryKind};
use crate::kustomization::Placed;
use crate::programs::{Invocation, Piece};
use crate::provenance::{Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::Place;
use crate::yaml::tree::Tree;
use std::sync::Arc;

/// The reference leaves longer variables out.
const VARIABLE_BYTES_MAX: usize = 131_071;
const CONFIG_FILE: &str = "config.yaml";

/// A plugin that was found.
#[derive(Debug)]
pub(crate) struct Executable {
    /// The program (absolute).
    path: String,
    /// Its arguments behind the name of the configuration file.
    args: Vec<String>,
}

/// Finds the program of a configuration.
pub(super) fn load(config: &Arc<Resource>, place: Place, context: &mut Context<'_, '_>) -> Result<Body> {
    let kind = &config.id.gvk.kind;
    let Some(home) = &context.options.plugin_home else {
        let message = format!("`{kind}` is neither built in nor a function, and there is no directory of plugins");
        let error = Diagnostic::error(Code::PluginUnknown, message).at(Some(place), "");
        return Err(error.help("`KUSTOMIZE_PLUGIN_HOME` names that directory"));
    };
    let gvk = &config.id.gvk;
    let relative = format!("{}/{}/{}/{kind}", gvk.group, gvk.version, lowercase(kind));
    let path = fs::join(home, &relative);
    if !fs::is_within(&path, home) {
        let message = format!("`{kind}` names a program outside the directory of plugins");
        return Err(Diagnostic::error(Code::PluginInvalid, message)
            .at(Some(place), "")
            .help("write `apiVersion` as `group/version`, without `..`"));
    }
    if context.session.fs.kind(&path) != Ok(EntryKind::File) {
        let is_library = context.session.fs.kind(&format!("{path}.so")) == Ok(EntryKind::File);
        let (message, help) = match is_library {
            true => (
                format!("`{kind}` is a plugin written as a Go library; those cannot be loaded"),
                "make it a program or a function".to_owned(),
            ),
            false => (
                format!("there is no plugin for `{kind}`"),
                format!("it would be the program `{}`", context.session.show(&path)),
            ),
        };
        return Err(Diagnostic::error(Code::PluginUnknown, message).at(Some(place), "").help(help));
    }
    let args = arguments(config, context)?;
    Ok(Body::Executable(Executable { path, args }))
}

/// Reads `argsOneLiner` and `argsFromFile`.
fn arguments(config: &Arc<Resource>, context: &mut Context<'_, '_>) -> Result<Vec<String>> {
    let tree = Arc::clone(&config.tree);
    let text = |tree: &Tree, key: &str| {
        let node = tree.get(tree.root(), key).filter(|&node| tree.is_scalar(node) && !tree.text(node).is_empty())?;
        let place = tree.place(node)?;
        Some(Placed { value: tree.text(node).to_owned(), place })
    };
    let mut args = Vec::new();
    if let Some(line) = text(&tree, "argsOneLiner") {
        args = split(&line.value).ok_or_else(|| {
            Diagnostic::error(Code::PluginInvalid, "`argsOneLiner` has a quote that is not closed")
                .at(Some(line.place), "")
                .help("close the quote, or write a backslash before it")
        })?;
    }
    if let Some(file) = text(&tree, "argsFromFile") {
        let source = context.text_file(&file)?;
        let lines = source.text.split('\n').map(|line| line.trim_start_matches(' '));
        args.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    }
    Ok(args)
}

/// Splits a line like a shell does: blanks part words, quotes and backslashes keep them together.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"'), '\\') => match chars.next()? {
                c @ ('"' | '\\') => word.get_or_insert_default().push(c),
                c => word.get_or_insert_default().extend(['\\', c]),
            },
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().push(chars.next()?),
            (None, '#') if word.is_none() => break,
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    // Empty words are lost in the reference.
    words.retain(|word| !word.is_empty());
    quote.is_none().then_some(words)
}

/// Runs a program for what it generates.
pub(super) fn generate(
    executable: &Executable,
    plugin: &Plugin,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Resource>> {
    let stdout = run(executable, plugin, None, String::new(), context)?;
    let answered = exchange::answer(plugin, stdout, false, context)?;
    exchange::generated(answered, plugin)
}

/// Runs a program over all objects.
pub(super) fn transform(
    executable: &Executable,
    plugin: &Plugin,
    resources: &mut ResMap,
    context: &mut Context<'_, '_>,
) -> Result<Touched> {
    let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
    let stdin = exchange::documents(resources, &stamp)?;
    let stdout = run(executable, plugin, Some(resources), stdin, context)?;
    let answered = exchange::answer(plugin, stdout, false, context)?;
    exchange::update(resources, answered, plugin)
}

fn run(
    executable: &Executable,
    plugin: &Plugin,
    given: Option<&ResMap>,
    stdin: String,
    context: &mut Context<'_, '_>,
) -> Result<Vec<u8>> {
    let config = exchange::configuration(&plugin.config, &Stamp { by: plugin.by, place: Some(plugin.place) })?;
    let directory = context.root.directory.to_string();
    let variables = [("KUSTOMIZE_PLUGIN_CONFIG_STRING", &config), ("KUSTOMIZE_PLUGIN_CONFIG_ROOT", &directory)];
    let fits = |(name, text): &(&str, &String)| name.len() + 1 + text.len() <= VARIABLE_BYTES_MAX;
    let env = variables.into_iter().filter(fits).map(|(name, text)| (name.to_owned(), Piece::Text(text.clone())));
    let args = executable.args.iter().cloned().map(Piece::Text);
    let invocation = Invocation {
        program: executable.path.clone(),
        args: std::iter::once(Piece::Temporary(CONFIG_FILE.to_owned())).chain(args).collect(),
        env: env.collect(),
        directory: directory.clone(),
        stdin: stdin.into_bytes(),
        temporary_files: vec![(CONFIG_FILE.to_owned(), config.clone().into_bytes())],
        ..Invocation::default()
    };
    let shown = context.session.show(&executable.path);
    finish(call(&invocation, context), &shown, plugin, None, given, context)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn lines_are_split_like_in_a_shell() {
        for (line, words) in [
            ("a  b\tc", Some(vec!["a", "b", "c"])),
            (r#"-p 'a b' "c \"d\" \e" f\ g"#, Some(vec!["-p", "a b", r#"c "d" \e"#, "f g"])),
            ("'' x", Some(vec!["x"])),
            ("a # b", Some(vec!["a"])),
            ("a 'b", None),
            ("", Some(vec![])),
        ] {
            let words = words.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(split(line), words, "{line}");
        }
    }
}
