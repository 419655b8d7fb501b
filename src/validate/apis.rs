//! APIs that a release of Kubernetes does not have any more, or will not have for long, and kinds that none has.

use super::checker::{Checker, Words};
use super::path::Path;
use super::release::Release;
use super::table;
use crate::diagnostic::{Code, nearest};
use crate::resource::Resource;
use crate::schema::groups;

const TABLE: &str = include_str!("lifecycle.txt");

/// When an API came and went.
struct Life {
    deprecated: Option<Release>,
    removed: Option<Release>,
    /// `group/version/kind`.
    replacement: Option<&'static str>,
}

fn find(group: &str, version: &str, kind: &str) -> Option<Life> {
    let mut columns = table::find(TABLE, &format!("{group}/{version}/{kind}"))?.split('\t');
    let _introduced = columns.next()?;
    Some(Life {
        deprecated: columns.next().and_then(Release::parse),
        removed: columns.next().and_then(Release::parse),
        replacement: columns.next().filter(|replacement| *replacement != "-"),
    })
}

/// Checks the API of an object; `is_known` says that its fields are known.
pub(super) fn check(checker: &mut Checker<'_>, resource: &Resource, release: Release, is_known: bool) {
    let gvk = &resource.id.gvk;
    if *gvk.kind == *"Ingress" && *gvk.group == *"networking.k8s.io" {
        ingress_class(checker, resource);
    }
    if is_known && table::kind(&gvk.group, &gvk.version, &gvk.kind).is_none() {
        return;
    }
    let tree = &*resource.tree;
    let root = Path::root(tree);
    let Some(path) = root.field(tree, "apiVersion") else { return };
    let api = gvk.api_version();
    match find(&gvk.group, &gvk.version, &gvk.kind) {
        Some(life) => {
            let instead = replacement(&gvk.group, &gvk.kind, &life, release);
            let help = |words: Words| match &instead {
                Some(instead) => words.help(format!("use `{instead}`; its fields may be others")),
                None => words,
            };
            if let Some(removed) = life.removed.filter(|&removed| removed <= release) {
                checker.value(Code::ApiRemoved, tree, &path, |checker, _| {
                    help(Words::new(format!(
                        "`{}` uses `{api}`, which Kubernetes {removed} removed for this kind",
                        checker.object()
                    )))
                    .note(format!("checked for Kubernetes {release}"))
                });
            } else if let Some(deprecated) = life.deprecated.filter(|&deprecated| deprecated <= release) {
                checker.value(Code::ApiDeprecated, tree, &path, |checker, _| {
                    let end = life.removed.map_or(String::new(), |removed| format!(" and removed in {removed}"));
                    help(Words::new(format!(
                        "`{}` uses `{api}`, which is deprecated for this kind since Kubernetes {deprecated}{end}",
                        checker.object()
                    )))
                });
            }
        }
        None if !is_known && table::is_known_group(&gvk.group) && !groups::is_custom(&gvk.group) => {
            let others = table::kinds(&gvk.group).filter(|(_, kind)| *kind == &*gvk.kind).map(|(version, _)| version);
            let others: Vec<&str> = others.collect();
            checker.value(Code::UnknownKind, tree, &path, |checker, _| {
                let words = Words::new(format!("`{}`: there is no kind `{}` in `{api}`", checker.object(), gvk.kind));
                match others.as_slice() {
                    [] if table::api_of(&gvk.kind).is_some() => {
                        words.help(format!("it is in `{}`", table::api_of(&gvk.kind).unwrap_or_default()))
                    }
                    [] => {
                        let kinds: Vec<&str> = table::kinds(&gvk.group).map(|(_, kind)| kind).collect();
                        words.did_you_mean(&nearest(&gvk.kind, kinds, 1))
                    }
                    versions => words.help(format!("its versions are {}", quoted(versions))),
                }
            });
        }
        None => {}
    }
}

/// Tells of the annotation that came before a field. Servers warn of it since Kubernetes 1.18.
fn ingress_class(checker: &mut Checker<'_>, resource: &Resource) {
    const ANNOTATION: &str = "kubernetes.io/ingress.class";
    let tree = &*resource.tree;
    let root = Path::root(tree);
    let Some(metadata) = root.field(tree, "metadata") else { return };
    let Some(annotations) = metadata.field(tree, "annotations") else { return };
    let Some(class) = annotations.field(tree, ANNOTATION) else { return };
    checker.key(Code::ApiDeprecated, tree, &class, |checker, _| {
        let class = checker.shown(tree.text(class.node));
        Words::new(format!("`{}` has the annotation `{ANNOTATION}`, which is deprecated", checker.object()))
            .help(format!("say `spec.ingressClassName: {class}` instead"))
    });
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the `apiVersion` to use instead: what the table says, as long as that is gone, too, what stands there; else the
/// newest version of the group.
fn replacement(group: &str, kind: &str, life: &Life, release: Release) -> Option<String> {
    const STEPS_MAX: usize = 5;
    let mut next = life.replacement;
    for _ in 0..STEPS_MAX {
        let mut parts = next?.splitn(3, '/');
        let (group, version, kind) = (parts.next()?, parts.next()?, parts.next()?);
        // A slip in the source: a list is no replacement.
        let kind = kind.strip_suffix("List").unwrap_or(kind);
        match find(group, version, kind) {
            Some(life) if life.removed.is_some_and(|removed| removed <= release) => next = life.replacement,
            _ => return Some(format!("{group}/{version}").trim_start_matches('/').to_owned()),
        }
        if next.is_none() {
            break;
        }
    }
    let version = table::kinds(group).filter(|(_, known)| *known == kind).map(|(version, _)| version).next()?;
    Some(format!("{group}/{version}").trim_start_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instead(group: &str, version: &str, kind: &str, minor: u32) -> Option<String> {
        let life = find(group, version, kind).expect("in the table");
        replacement(group, kind, &life, Release { major: 1, minor })
    }

    #[test]
    fn the_table_is_sorted() {
        let lines: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted() && lines.len() > 90);
        for line in lines {
            let (name, rest) = line.split_once('\t').expect("a tab");
            assert_eq!(table::find(TABLE, name), Some(rest), "{name}");
            assert_eq!(rest.split('\t').count(), 4, "{line}");
        }
    }

    #[test]
    fn replacements_are_followed_to_one_that_is_there() {
        assert_eq!(instead("extensions", "v1beta1", "Deployment", 30).as_deref(), Some("apps/v1"));
        assert_eq!(
            instead("networking.k8s.io", "v1beta1", "IngressClass", 30).as_deref(),
            Some("networking.k8s.io/v1")
        );
        assert_eq!(instead("policy", "v1beta1", "PodSecurityPolicy", 30), None);
        assert_eq!(instead("extensions", "v1beta1", "PodSecurityPolicy", 30), None);
        assert_eq!(
            instead("flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema", 33).as_deref(),
            Some("flowcontrol.apiserver.k8s.io/v1")
        );
    }
}
