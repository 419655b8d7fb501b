//! Values that nobody means: what a template engine left behind, placeholders, file permissions in decimal, and texts without
//! quotes that are read as something else.

use super::checker::{Checker, Words};
use super::is_left_open;
use super::languages::{self, Braces};
use super::path::Path;
use super::schema::scalar;
use crate::diagnostic::Code;
use crate::resource::Resource;
use crate::yaml::emit::value::Scalar;
use crate::yaml::resolve::{Value, resolve_yaml11};
use crate::yaml::tree::{Style, Tag, Tree};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Fields of Kubernetes' own kinds in which other programs' templates are at home.
const FREE: [&str; 9] =
    ["annotations", "args", "command", "env", "data", "binaryData", "stringData", "managedFields", "expression"];
/// Those of them that hold whole files.
const DATA: [&str; 4] = ["data", "binaryData", "stringData", "managedFields"];
/// Longer texts are files.
const LINE_MAX: usize = 200;

/// Checks all values of an object; `is_known` says that its fields are known, `is_builtin` that it is no custom resource.
pub(super) fn check(checker: &mut Checker<'_>, resource: &Resource, is_known: bool, is_builtin: bool) {
    // Descriptions and defaults of other kinds are no values.
    if *resource.id.gvk.kind == *"CustomResourceDefinition" {
        return;
    }
    let tree = &*resource.tree;
    let is_secret = *resource.id.gvk.kind == *"Secret";
    // Templates of others' kinds are filled in by their controllers.
    let is_to_be_filled = !is_builtin && resource.id.gvk.kind.ends_with("Template");
    let gvk = &resource.id.gvk;
    let braces = if is_builtin { Braces::None } else { languages::of_custom_kind(&gvk.group, &gvk.kind) };
    let mut walk = Walk { checker, tree, is_known, is_builtin, is_secret, is_to_be_filled, braces, route: Vec::new() };
    walk.node(&Path::root(tree), Area { is_free: braces == Braces::Unknown, of_others: false, in_metadata: false });
}

struct Walk<'w, 'c> {
    checker: &'w mut Checker<'c>,
    tree: &'w Tree,
    is_known: bool,
    is_builtin: bool,
    is_secret: bool,
    is_to_be_filled: bool,
    braces: Braces,
    /// The fields on the way, where the language of the kind depends on them.
    route: Vec<&'w str>,
}

/// What is known of the place of a value.
#[derive(Clone, Copy)]
struct Area {
    /// Templates may be meant, but not those of Helm.
    is_free: bool,
    /// Any template may be meant.
    of_others: bool,
    in_metadata: bool,
}

impl<'w> Walk<'w, '_> {
    fn node(&mut self, path: &Path<'_>, area: Area) {
        let tree = self.tree;
        if path.is_too_deep() {
            return;
        }
        for (key, value) in tree.entries(path.node) {
            let name = tree.text(key);
            let in_metadata = area.in_metadata || name == "metadata";
            // The metadata of the object itself is nobody's template.
            let is_own_metadata = name == "metadata" && path.node == tree.root();
            let is_free = (area.is_free && !is_own_metadata) || FREE.contains(&name);
            let is_of_kind = self.enter(name);
            let of_others = area.of_others || DATA.contains(&name) || is_of_kind;
            self.node(&path.key(tree, key, value), Area { is_free, of_others, in_metadata });
            self.route.pop();
        }
        for (index, item) in tree.items(path.node).enumerate() {
            self.node(&path.item(index, item), area);
        }
        if tree.is_scalar(path.node) {
            self.scalar(path, area);
        }
    }

    /// Goes on to a field and returns whether the templates below it are the kind's own; `route` is shorter by one behind it.
    fn enter(&mut self, name: &'w str) -> bool {
        self.route.push(name);
        let Braces::Below(fields) = self.braces else { return false };
        fields.iter().any(|field| field.split('.').eq(self.route.iter().copied()))
    }

    fn scalar(&mut self, path: &Path<'_>, area: Area) {
        let tree = self.tree;
        let text = tree.text(path.node);
        if text.is_empty() {
            return;
        }
        if self.is_builtin && matches!(path.name(), "defaultMode" | "mode") {
            self.file_mode(path);
        }
        if tree.style(path.node) == Style::Plain && tree.tag(path.node) == Tag::Implied {
            self.plain(path, text, area);
        }
        if memchr::memchr2(b'$', b'{', text.as_bytes()).is_some() {
            self.filled_in(path, text, area);
        }
        if !self.is_to_be_filled && text.len() <= LINE_MAX && !path.any(|key| key == "annotations") {
            self.placeholder(path, text);
        }
    }

    fn filled_in(&mut self, path: &Path<'_>, text: &str, area: Area) {
        if !area.of_others
            && let Some(part) = between(text, "{{", "}}")
            && (!area.is_free || languages::is_of_helm(part))
        {
            self.checker.value(Code::LeftoverTemplate, self.tree, path, |checker, field| {
                let shown = checker.shown(part);
                let words =
                    Words::new(format!("`{field}` of `{}` holds `{shown}`, which nothing replaces", checker.object()));
                let words = match languages::is_of_helm(part) {
                    true => words.note("this is of a Helm chart, which `helmCharts` renders"),
                    false => words,
                };
                words.help("an overlay has no templates: set the value with a patch, `images` or `replacements`")
            });
        }
        if let Some(part) = between(text, "${", "}").filter(|part| is_variable(part)) {
            self.checker.value(Code::UnsubstitutedVariable, self.tree, path, |checker, field| {
                let shown = checker.shown(part);
                Words::new(format!(
                    "`{field}` of `{}` holds `{shown}`, which the build does not replace",
                    checker.object()
                ))
                .note("right if Flux (`postBuild`) or `envsubst` replaces it later")
            });
        }
    }

    fn placeholder(&mut self, path: &Path<'_>, text: &str) {
        if self.is_secret && path.any(|key| key == "data") && !is_base64(text) {
            // `invalid-base64` says it.
            return;
        }
        let decoded = self.is_secret.then(|| STANDARD.decode(text).ok()).flatten();
        let decoded = decoded.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some(found) = placeholder(text).or_else(|| placeholder(decoded?)) else { return };
        self.checker.value(Code::Placeholder, self.tree, path, |checker, field| {
            let shown = checker.shown(found);
            Words::new(format!("`{field}` of `{}` is still a placeholder: `{shown}`", checker.object()))
        });
    }

    fn file_mode(&mut self, path: &Path<'_>) {
        const MODE_MAX: i64 = 0o777;
        let Some(Scalar::Int(mode)) = scalar(self.tree, path.node) else { return };
        let text = self.tree.text(path.node);
        let is_octal = text.parse().is_ok_and(|digits: i64| digits == mode) && text.bytes().all(|digit| digit < b'8');
        if mode > MODE_MAX && is_octal && text.len() == 3 {
            self.checker.value(Code::FileMode, self.tree, path, |checker, field| {
                let words = format!(
                    "`{field}` of `{}` is decimal: `{text}` stands for the permissions 0{mode:o}",
                    checker.object()
                );
                Words::new(words)
                    .note("no permissions are more than 511, which is 0777")
                    .did_you_mean(&[&format!("0{text}")])
            });
        }
    }

    /// Judges a text without quotes.
    fn plain(&mut self, path: &Path<'_>, text: &str, area: Area) {
        let first = text.as_bytes().first().copied().unwrap_or_default();
        let is_number = first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.');
        let is_short_word = text.len() <= 3 && matches!(first, b'y' | b'Y' | b'n' | b'N' | b'o' | b'O');
        if !is_number && !is_short_word {
            return;
        }
        if area.in_metadata || is_left_open(self.tree, path.node) {
            return;
        }
        // Where all is text in the end, and permissions, which are written in octal.
        let is_meant = path.any(|key| FREE.contains(&key)) || path.name().to_ascii_lowercase().ends_with("mode");
        let is_judged = !self.is_known && !is_meant;
        let read = match scalar(self.tree, path.node) {
            // Even where a text is wanted, another text comes out.
            Some(Scalar::Time(time)) if time != text => Some(time),
            Some(Scalar::Int(number)) if is_judged && is_odd_integer(text) => Some(number.to_string()),
            Some(Scalar::Float(number)) if is_judged && is_odd_float(text, path.name()) => Some(number.to_string()),
            Some(Scalar::Str(_)) if is_judged => {
                if let Value::Bool(value) = resolve_yaml11(text) {
                    self.checker.value(Code::AmbiguousScalar, self.tree, path, |checker, field| {
                        Words::new(format!(
                            "`{field}` of `{}` is the text `{text}` here, but `{value}` for readers of YAML 1.1",
                            checker.object()
                        ))
                        .help(format!("write `{value}`, or put the text in quotes"))
                    });
                }
                None
            }
            _ => None,
        };
        if let Some(read) = read {
            self.checker.value(Code::AmbiguousScalar, self.tree, path, |checker, field| {
                let (text, read) = (checker.shown(text), checker.shown(&read));
                Words::new(format!("`{field}` of `{}` is written `{text}` and read as `{read}`", checker.object()))
                    .help("put it in quotes if it is a text")
            });
        }
    }
}

/// Returns whether an integer is not written in decimal digits alone.
fn is_odd_integer(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    (digits.len() > 1 && digits.starts_with('0')) || !digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a number will look other than it is written, in a way that matters.
fn is_odd_float(text: &str, name: &str) -> bool {
    let is_version =
        name.to_ascii_lowercase().contains("version") || matches!(name, "tag" | "newTag" | "targetRevision");
    text.contains(['e', 'E', '_']) || (is_version && text.ends_with('0'))
}

/// Returns the part from one mark to the next.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let from = text.find(start)?;
    let rest = text.get(from..)?;
    let to = rest.find(end)? + end.len();
    rest.get(..to)
}

/// Returns whether `${…}` holds a name, perhaps with a default.
fn is_variable(part: &str) -> bool {
    let inner = part.trim_start_matches("${").trim_end_matches('}');
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    is_name && (rest.is_empty() || rest.starts_with([':', '-', '=', '+', '?']))
}

/// Returns the placeholder in a text.
fn placeholder(text: &str) -> Option<&str> {
    const WORDS: [&str; 8] =
        ["changeme", "change_me", "change-me", "replaceme", "replace_me", "replace-me", "fixme", "fill_me_in"];
    let trimmed = text.trim();
    let inner = trimmed.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inner {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.');
        let starts = inner.starts_with(|c: char| c.is_ascii_alphabetic());
        return (starts && inner.len() > 2 && inner.chars().all(is_word)).then_some(trimmed);
    }
    let lower = trimmed.to_ascii_lowercase();
    // In capital letters: a name may well begin so.
    let is_shouted = trimmed.bytes().take(4).all(|byte| byte.is_ascii_uppercase());
    let starts = ["your_", "your-", "replace_with_", "replace-with-"];
    if is_shouted && starts.iter().any(|start| lower.starts_with(start)) {
        return Some(trimmed);
    }
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    WORDS.iter().find_map(|word| {
        let at = lower.find(word)?;
        let end = at + word.len();
        let is_alone = is_edge(lower.get(..at)?.chars().next_back()) && is_edge(lower.get(end..)?.chars().next());
        is_alone.then(|| trimmed.get(at..end)).flatten()
    })
}

/// Returns whether a text is base64 as a server reads it: with padding, line ends ignored.
pub(super) fn is_base64(text: &str) -> bool {
    let mut n_digits = 0usize;
    let mut n_padding = 0usize;
    for byte in text.bytes() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' => n_padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if n_padding == 0 => n_digits += 1,
            _ => return false,
        }
    }
    (n_digits + n_padding).is_multiple_of(4) && n_padding <= 2 && (n_padding == 0 || n_digits % 4 >= 2)
}

/// Tells of data that is no base64; a value of a Secret is not shown.
pub(super) fn invalid_base64(checker: &mut Checker<'_>, tree: &Tree, path: &Path<'_>) {
    checker.value(Code::InvalidBase64, tree, path, |checker, field| {
        let what = match placeholder(tree.text(path.node)) {
            Some(_) => "is still a placeholder, and not base64",
            None => "is not base64",
        };
        let words = Words::new(format!("`{field}` of `{}` {what}", checker.object()));
        match tree.text_at(&["kind"]) {
            Some("Secret") => words.help("encode it, or put it under `stringData` as it is"),
            _ => words.help("encode it"),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_what_a_server_reads() {
        for text in ["", "YQ==", "YWI=", "YWJj", "YW\nJj\n", "+/+/"] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["YQ", "YQ=", "Y===", "====", "<base64-encoded>", "hunter2!", "YQ==YQ==", "YW-_", " YWJj"] {
            assert!(!is_base64(text), "{text}");
        }
    }

    #[test]
    fn placeholders_stand_alone() {
        for (text, found) in [
            ("<base64-encoded>", Some("<base64-encoded>")),
            ("changeme", Some("changeme")),
            ("postgres://u:CHANGE_ME@db", Some("CHANGE_ME")),
            ("YOUR_API_KEY", Some("YOUR_API_KEY")),
            ("exchangemen", None),
            ("<1>", None),
            ("<a>", None),
            ("a < b > c", None),
            ("<html lang=\"de\">", None),
        ] {
            assert_eq!(placeholder(text), found, "{text}");
        }
    }

    #[test]
    fn variables_have_names() {
        assert!(is_variable("${A}") && is_variable("${A_1:-x}") && is_variable("${a:=b}"));
        assert!(!is_variable("${1}") && !is_variable("${}") && !is_variable("${a.b}"));
    }
}
