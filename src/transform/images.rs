//! `images`: new names, tags and digests for container images.
//!
//! Each entry is applied twice, as in the reference: once in every list named `containers` or `initContainers` at any
//! depth, once where the field specs lead. That is why `tagSuffix` is appended twice to most workloads.

use super::{Count, holds};
use crate::diagnostic::{Code, Diagnostic, Report, Result, nearest};
use crate::fieldspec::{FieldSpecs, Hit, TransformerConfig, is_null, walk_error, wrong_kind};
use crate::kustomization::{ImageEntry, PlacedText};
use crate::ordered::BTreeSet;
use crate::pattern::Pattern;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::Place;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};

/// Applies the entries of `images` in order; warns of each that matches no image. Gives what each touched.
pub fn apply(
    resmap: &mut ResMap,
    entries: &[(&ImageEntry, DirectiveId)],
    config: &TransformerConfig,
    report: &mut Report,
) -> Result<Vec<Touched>> {
    let Some(&(first, by)) = entries.first() else { return Ok(Vec::new()) };
    let sites = find(resmap, first, config, by)?;
    let mut touched = Vec::with_capacity(entries.len());
    for &(entry, by) in entries {
        let update = Update::new(entry, by);
        let mut count = Count::default();
        for site in &sites {
            count.add(update.write(resmap, site));
        }
        if count == Count::default() {
            report.push(unmatched(resmap, &sites, &entry.name));
        } else if [&entry.new_name, &entry.new_tag, &entry.digest, &entry.tag_suffix]
            .iter()
            .all(|field| field.is_none())
        {
            let warning = Diagnostic::warning(Code::DirectiveWithoutEffect, "this entry of `images` sets nothing");
            report.push(warning.at(Some(entry.place), "").help("say `newName`, `newTag` or `digest`"));
        }
        touched.push(count.touched(by));
    }
    Ok(touched)
}

/// The images of one resource: the scalars of the first way, then those of the second, many of which are the same.
struct Site {
    position: usize,
    nodes: Vec<NodeId>,
}

/// Finds all images. No entry adds or removes one, so that once is enough for all entries.
fn find(resmap: &mut ResMap, first: &ImageEntry, config: &TransformerConfig, by: DirectiveId) -> Result<Vec<Site>> {
    let stamp = Update::new(first, by).stamp;
    let mut specs = FieldSpecs::new(config.images.iter(), None);
    let (mut sites, mut hits) = (Vec::new(), Vec::new());
    for position in 0..resmap.len() {
        let resource = resmap.get(position);
        if &*resource.id.gvk.kind == "CustomResourceDefinition" {
            continue;
        }
        let mut nodes = Vec::new();
        find_in_containers(resource, resource.root(), first.place, &mut nodes)?;
        check_scalars(resource, "image", &nodes, &stamp)?;
        for path in specs.for_type(&resource.id.gvk).iter() {
            let resource = resmap.get(position);
            hits.clear();
            path.find(&resource.tree, &mut hits)
                .map_err(|error| walk_error(resource, &path.text, error, Some(first.place)))?;
            let n_before = nodes.len();
            for &hit in &hits {
                match hit {
                    Hit::Found(node) => nodes.push(node),
                    // `containers: null` becomes an empty list, which is no image where the path ends.
                    _ => {
                        let reached = path.reach(resmap.get_mut(position).tree_mut(), hit, &stamp, |tree| tree.root());
                        nodes.extend(reached.map(|(node, _)| node));
                    }
                }
            }
            check_scalars(resmap.get(position), &path.text, &nodes[n_before..], &stamp)?;
        }
        if !nodes.is_empty() {
            sites.push(Site { position, nodes });
        }
    }
    Ok(sites)
}

fn check_scalars(resource: &Resource, path: &str, nodes: &[NodeId], stamp: &Stamp) -> Result<()> {
    match nodes.iter().find(|&&node| !resource.tree.is_scalar(node)) {
        Some(&node) => Err(wrong_kind(resource, path, node, "a scalar", stamp.place)),
        None => Ok(()),
    }
}

/// Appends the `image` fields of all items of all lists of containers (upstream `imagetag.LegacyFilter`).
fn find_in_containers(resource: &Resource, node: NodeId, cause: Place, nodes: &mut Vec<NodeId>) -> Result<()> {
    let tree = &resource.tree;
    match tree.kind(node) {
        Kind::Scalar => {}
        Kind::Sequence => {
            for item in tree.items(node).filter(|&item| !tree.is_scalar(item)) {
                find_in_containers(resource, item, cause, nodes)?;
            }
        }
        Kind::Mapping => {
            for (key, value) in tree.entries(node).filter(|&(_, value)| !tree.is_scalar(value)) {
                find_in_containers(resource, value, cause, nodes)?;
                if !tree.is_sequence(value) || !matches!(tree.text(key), "containers" | "initContainers") {
                    continue;
                }
                for container in tree.items(value).filter(|&item| !is_null(tree, item)) {
                    if !tree.is_mapping(container) {
                        return Err(wrong_kind(
                            resource,
                            &format!("{}[]", tree.text(key)),
                            container,
                            "a mapping",
                            Some(cause),
                        ));
                    }
                    nodes.extend(tree.get(container, "image"));
                }
            }
        }
    }
    Ok(())
}

/// An entry made ready.
struct Update<'e> {
    entry: &'e ImageEntry,
    name: NameMatcher<'e>,
    stamp: Stamp,
}

impl<'e> Update<'e> {
    fn new(entry: &'e ImageEntry, by: DirectiveId) -> Update<'e> {
        let parts = [&entry.new_tag, &entry.digest, &entry.tag_suffix, &entry.new_name];
        let place = parts.into_iter().flatten().next().map_or(entry.place, |text| text.place);
        Update { entry, name: NameMatcher::new(&entry.name.value), stamp: Stamp { by, place: Some(place) } }
    }

    /// Updates images of one resource and returns how many matched.
    fn write(&self, resmap: &mut ResMap, site: &Site) -> u32 {
        let mut n_matched = 0;
        for &node in &site.nodes {
            let tree = &resmap.get(site.position).tree;
            let old = tree.text(node);
            if !self.name.is_match(old) {
                continue;
            }
            n_matched += 1;
            let new = self.new_image(old);
            // Written without a tag, in the style it had.
            if !holds(tree, node, &new, Tag::Implied) {
                resmap.get_mut(site.position).tree_mut().set_text(node, &new, Tag::Implied, &self.stamp);
            } else if tree.style(node) == Style::Plain && !tree.is_untagged(node) {
                resmap.get_mut(site.position).tree_mut().forget_tag(node);
            }
        }
        n_matched
    }

    fn new_image(&self, old: &str) -> String {
        let text = |part: &'e Option<PlacedText>| part.as_ref().map_or("", |text| text.value.as_str());
        let (new_name, new_tag) = (text(&self.entry.new_name), text(&self.entry.new_tag));
        let (new_digest, suffix) = (text(&self.entry.digest), text(&self.entry.tag_suffix));
        let (name, tag, digest) = split(old);
        let mut image = if new_name.is_empty() { name } else { new_name }.to_owned();
        // A new tag or a new digest drops both the old tag and the old digest.
        let (tag, suffix, digest) = match (new_tag, new_digest, suffix) {
            ("", "", "") => (tag, "", digest),
            ("", "", suffix) => (tag, suffix, ""),
            (new_tag, new_digest, _) => (new_tag, "", new_digest),
        };
        if !tag.is_empty() || !suffix.is_empty() {
            image.extend([":", tag, suffix]);
        }
        if !digest.is_empty() {
            image.extend(["@", digest]);
        }
        image
    }
}

/// Splits an image into name, tag and digest; the part up to the first slash may hold a port.
pub(crate) fn split(image: &str) -> (&str, &str, &str) {
    let slash = image.find('/').unwrap_or(0);
    let rest = &image[slash..];
    let at = rest.find('@').map(|index| index + slash);
    let colon = rest.find(':').map(|index| index + slash);
    match (colon, at) {
        (None, None) => (image, "", ""),
        (Some(colon), None) => (&image[..colon], &image[colon + 1..], ""),
        (Some(colon), Some(at)) if colon < at => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (_, Some(at)) => (&image[..at], "", &image[at + 1..]),
    }
}

/// Matches images against an entry's name, which the reference inserts into a regular expression as it stands.
enum NameMatcher<'e> {
    /// No metacharacter but dots, each of which stands for any character.
    Simple(&'e str),
    Pattern(Pattern),
    /// Not a regular expression: matches nothing.
    Invalid,
}

impl<'e> NameMatcher<'e> {
    fn new(name: &'e str) -> NameMatcher<'e> {
        if !name.contains(['\\', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '^', '$']) {
            return NameMatcher::Simple(name);
        }
        let tail = r"(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$";
        Pattern::new(&format!("^{name}{tail}")).map_or(NameMatcher::Invalid, NameMatcher::Pattern)
    }

    fn is_match(&self, image: &str) -> bool {
        match self {
            NameMatcher::Simple(name) => is_simple_match(name, image),
            NameMatcher::Pattern(pattern) => pattern.is_match(image),
            NameMatcher::Invalid => false,
        }
    }
}

fn is_simple_match(name: &str, image: &str) -> bool {
    let mut rest = image.chars();
    name.chars().all(|wanted| rest.next().is_some_and(|found| found == wanted || (wanted == '.' && found != '\n')))
        && is_tag_and_digest(rest.as_str())
}

/// Returns whether a text is `:tag`, `@algorithm:digest`, both or nothing.
fn is_tag_and_digest(text: &str) -> bool {
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.{}-".contains(&byte));
    let (tag, digest) = match text.split_once('@') {
        Some((tag, digest)) => (tag, Some(digest)),
        None => (text, None),
    };
    let is_algorithm = |text: &str| {
        text.split(['.', '+', '_', '-'])
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    (tag.is_empty() || tag.strip_prefix(':').is_some_and(is_word))
        && digest.is_none_or(|digest| {
            digest.split_once(':').is_some_and(|(algorithm, hash)| is_algorithm(algorithm) && is_word(hash))
        })
}

fn unmatched(resmap: &ResMap, sites: &[Site], name: &PlacedText) -> Box<Diagnostic> {
    let mut present: BTreeSet<&str> = BTreeSet::new();
    for site in sites {
        let tree: &Tree = &resmap.get(site.position).tree;
        let images = site.nodes.iter().filter(|&&node| !is_null(tree, node));
        present.extend(images.map(|&node| split(tree.text(node)).0));
    }
    present.remove("");
    let message = format!("no image is named `{}`", name.value);
    let warning = Diagnostic::warning(Code::ImageUnmatched, message).at(Some(name.place), "matches nothing");
    let near = nearest(&name.value, present.iter().copied(), 3);
    let warning = if present.is_empty() { warning } else { warning.note(listed(&present)) };
    match (near.as_slice(), present.len()) {
        ([], 0) => warning.note("there are no images here"),
        ([], _) => warning,
        (near, _) => {
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            warning.help(format!("did you mean {}?", near.join(" or ")))
        }
    }
}

/// Says which images there are.
fn listed(present: &BTreeSet<&str>) -> String {
    const SHOWN_MAX: usize = 8;
    let names: Vec<String> = present.iter().take(SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    let more = match present.len().saturating_sub(SHOWN_MAX) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("the images here are {}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{NameMatcher, split};

    #[test]
    fn images_are_split_after_the_first_slash() {
        for (image, expected) in [
            ("nginx", ("nginx", "", "")),
            ("nginx:1", ("nginx", "1", "")),
            ("nginx@sha256:a", ("nginx", "", "sha256:a")),
            ("r.io:443/n:1@sha256:a", ("r.io:443/n", "1", "sha256:a")),
            ("localhost:5000", ("localhost", "5000", "")),
            ("nginx:", ("nginx", "", "")),
        ] {
            assert_eq!(split(image), expected, "{image}");
        }
    }

    #[test]
    fn names_match_like_expressions() {
        for (name, image, expected) in [
            ("nginx", "nginx", true),
            ("nginx", "nginx:1@sha512:x", true),
            ("nginx", "nginx@multihash+base58:x", true),
            ("nginx", "nginx@:x", false),
            ("nginx", "nginx:1:2", false),
            ("nginx", "library/nginx", false),
            ("ngi.x", "nginx", true),
            ("gcr.io/a", "gcr-io/a:{TAG}", true),
            ("", ":1", true),
            ("", "", true),
            ("", "nginx", false),
            (".*", "nginx:1", true),
            ("(a|b)", "b:2", true),
            ("[", "[", false),
        ] {
            assert_eq!(NameMatcher::new(name).is_match(image), expected, "{name} {image}");
        }
    }
}
