//! Arguments taken apart: objects and `PATH=VALUE`. What stands behind the equals sign may be a secret and is in no message.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::{Result, usage};
use crate::limits::Limits;
use crate::source::{Sensitivity, Sources};
use crate::yaml::edit::Data;
use crate::yaml::json;
use crate::yaml::read;

pub(super) const FORM: &str = "write `PATH=VALUE`, such as `spec.replicas=5`";
const BYTES_MAX: usize = 4096;

/// An object as a user names it.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// `Kind/name` or `Kind.group/name`
    pub(super) name: String,
    pub(super) namespace: Option<String>,
}

impl Named {
    /// Reads `Kind/name`, `namespace/Kind/name` or `Kind/namespace/name`: kinds begin with a capital, namespaces do not.
    pub(super) fn parse(text: &str) -> Result<Named> {
        let parts: Vec<&str> = text.split('/').collect();
        let is_kind = |part: &str| part.starts_with(|first: char| first.is_ascii_uppercase());
        let (namespace, kind, name) = match parts[..] {
            _ if parts.iter().any(|part| part.is_empty()) || text.len() > BYTES_MAX => (None, "", ""),
            [kind, name] => (None, kind, name),
            [kind, namespace, name] if is_kind(kind) && !is_kind(namespace) => (Some(namespace), kind, name),
            [namespace, kind, name] => (Some(namespace), kind, name),
            _ => (None, "", ""),
        };
        if kind.is_empty() {
            // Arguments in the wrong order may hold a secret.
            let shown: String = text.chars().take_while(|&c| c != '=').take(80).collect();
            let error = usage(format!("`{shown}` names no object"));
            return Err(error.help("write `KIND/NAME` or `NAMESPACE/KIND/NAME`, such as `Deployment/web`"));
        }
        Ok(Named { name: format!("{kind}/{name}"), namespace: namespace.map(str::to_owned) })
    }

    pub(super) fn show(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A field and its value, as wanted.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) path: String,
    pub(super) value: Data,
    pub(super) json: String,
}

/// Reads `PATH=VALUE`; the value is a YAML scalar, or just text.
pub(super) fn parse(arg: &str, is_text: bool) -> Result<Wish> {
    let Some((path, value)) = split(arg) else {
        // Without an equals sign there is no telling what this is.
        return Err(usage("an argument is no `PATH=VALUE`").help(FORM));
    };
    if path.is_empty() {
        return Err(usage("a value has no path").help(FORM));
    }
    if path.len() > BYTES_MAX {
        let message = format!("a path has {} bytes; at most {BYTES_MAX} are read", path.len());
        return Err(Diagnostic::error(Code::LimitExceeded, message).help("shorten the path"));
    }
    let path = path.to_owned();
    if is_text {
        let value = Data::Text(value.to_owned());
        return Ok(Wish { json: encoded(value_text(&value)), path, value });
    }
    if value.trim().is_empty() {
        let error = usage(format!("`{path}` gets no value"));
        return Err(
            error.help(format!("write `{path}=null`, or `{path}=\"\"` in quotes of the shell for an empty text"))
        );
    }
    let (value, json) = scalar(value).ok_or_else(|| {
        usage(format!("what `{path}` gets is no single value of YAML"))
            .help("with `--string` it is taken as text; lists and mappings are set field by field")
    })?;
    Ok(Wish { path, value, json })
}

pub(super) fn value_text(value: &Data) -> &str {
    if let Data::Text(text) | Data::Plain(text) = value { text } else { "" }
}

pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    json::encode_string(text, &mut out);
    out
}

/// Splits at the first equals sign outside brackets.
fn split(arg: &str) -> Option<(&str, &str)> {
    let (mut n_open, mut is_escaped, mut quote) = (0_usize, false, None);
    for (at, c) in arg.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' if n_open > 0 => quote = Some(c),
            '[' => n_open += 1,
            ']' => n_open = n_open.saturating_sub(1),
            '=' if n_open == 0 => return Some((&arg[..at], &arg[at + 1..])),
            _ => {}
        }
    }
    None
}

fn scalar(text: &str) -> Option<(Data, String)> {
    // A document that is null is none at all.
    if matches!(text.trim(), "null" | "Null" | "NULL" | "~") {
        return Some((Data::Plain("null".to_owned()), "null".to_owned()));
    }
    let source = Sources::default().add("value", text.to_owned(), Sensitivity::Opaque, None);
    if read::read_documents(&source, &Limits::default()).ok()?.len() > 1 {
        return None;
    }
    let tree = &read::read_first(&source, &Limits::default()).ok()??;
    if !tree.is_scalar(tree.root()) {
        return None;
    }
    let mut json = String::new();
    json::encode(tree, tree.root(), &mut json).ok()?;
    let value = tree.text(tree.root()).to_owned();
    // Dates are texts here as everywhere in Kubernetes.
    if json.starts_with('"') {
        Some((Data::Text(value.clone()), encoded(&value)))
    } else {
        Some((Data::Plain(value), json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_outside_brackets() {
        for (arg, expected) in [
            ("a.b=c=d", Some(("a.b", "c=d"))),
            ("c[name=x].image=y:1", Some(("c[name=x].image", "y:1"))),
            (r#"annotations["a=]b"].c=d"#, Some((r#"annotations["a=]b"].c"#, "d"))),
            (r"a\=b=c", Some((r"a\=b", "c"))),
            ("a", None),
            ("[a=b", None),
        ] {
            assert_eq!(split(arg), expected, "{arg}");
        }
    }

    #[test]
    fn values_have_the_types_of_yaml() {
        for (text, expected) in [
            ("5", Some("5")),
            ("\"5\"", Some("\"5\"")),
            ("true", Some("true")),
            ("yes", Some("\"yes\"")),
            ("null", Some("null")),
            ("a b", Some("\"a b\"")),
            ("{}", None),
            ("a: b", None),
            ("@a", None),
            ("*a", None),
            (".inf", None),
            ("a\n---\nb", None),
        ] {
            assert_eq!(scalar(text).map(|(_, json)| json).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn objects_may_have_a_namespace_on_either_side_of_the_kind() {
        for (text, expected) in [
            ("Deployment/web", Some("Deployment/web")),
            ("shop/Deployment/web", Some("shop/Deployment/web")),
            ("Deployment/shop/web", Some("shop/Deployment/web")),
            ("shop/deployment/web", Some("shop/deployment/web")),
            ("web", None),
            ("/web", None),
            ("a/b/c/d", None),
        ] {
            assert_eq!(Named::parse(text).ok().map(|named| named.show()).as_deref(), expected, "{text}");
        }
    }
}
