//! Images of containers: older ones, and those that are not fixed any more.

use std::cmp::Ordering;

/// An image taken apart.
struct Image<'i> {
    name: &'i str,
    tag: Option<&'i str>,
    digest: Option<&'i str>,
}

impl<'i> Image<'i> {
    fn of(text: &'i str) -> Image<'i> {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        // A colon before the last slash is that of a port.
        match rest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((name, tag)) => Image { name, tag: Some(tag), digest },
            None => Image { name: rest, tag: None, digest },
        }
    }
}

/// Returns what is to be said of an image that replaces another.
pub(super) fn risk(old: &str, new: &str) -> Option<String> {
    let (old, new) = (Image::of(old), Image::of(new));
    if old.digest.is_some() && new.digest.is_none() {
        return Some("the image was fixed by its digest and is not any more".to_owned());
    }
    let is_loose = |image: &Image<'_>| image.digest.is_none() && image.tag.is_none_or(|tag| tag == "latest");
    if is_loose(&new) && !is_loose(&old) {
        return Some("the image has no version any more: what runs is what is newest at the time".to_owned());
    }
    let last = |name: &'_ str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let (before, after) = old.tag.zip(new.tag)?;
    let is_older = compare(after, before) == Some(Ordering::Less);
    (last(old.name) == last(new.name) && is_older).then(|| format!("`{after}` is older than `{before}`"))
}

/// Compares two versions, if they are of one kind: `v1.2.3`, with the same words behind the numbers.
fn compare(a: &str, b: &str) -> Option<Ordering> {
    let parts = |text: &str| {
        let text = text.strip_prefix('v').unwrap_or(text).to_owned();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at(end);
        let numbers: Option<Vec<u64>> =
            numbers.trim_end_matches('.').split('.').map(|number| number.parse().ok()).collect();
        // One number alone is as likely a date, a build or the beginning of a hash: only those with a dot are versions.
        Some((numbers.filter(|numbers| numbers.len() > 1)?, rest.to_owned()))
    };
    let ((mut a, a_rest), (mut b, b_rest)) = (parts(a)?, parts(b)?);
    let n = a.len().max(b.len());
    a.resize(n, 0);
    b.resize(n, 0);
    match a.cmp(&b) {
        // `1.2.3-rc1` comes before `1.2.3`.
        Ordering::Equal if a_rest.starts_with("-rc") && b_rest.is_empty() => Some(Ordering::Less),
        Ordering::Equal if b_rest.starts_with("-rc") && a_rest.is_empty() => Some(Ordering::Greater),
        Ordering::Equal => None,
        order => Some(order),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_that_deserve_a_look() {
        for (old, new, is_risk) in [
            ("nginx:1.25.3", "nginx:1.24.0", true),
            ("nginx:1.9", "nginx:1.10", false),
            ("nginx:1.10", "nginx:1.9.9", true),
            ("nginx:v2.0", "nginx:v2.0.0-rc1", true),
            ("r:5000/nginx:1.2", "other/nginx:1.1", true),
            ("a:1.2", "b:1.1", false),
            ("nginx:1.2", "nginx", true),
            ("nginx", "nginx:latest", false),
            ("nginx:1.2", "nginx:latest", true),
            ("nginx:1.2@sha256:00", "nginx:1.3", true),
            ("nginx:1.2", "nginx@sha256:00", false),
            ("app:main-214", "app:8f4e1c2", false),
            ("app:20240101", "app:1", false),
            ("app:1.2-alpine", "app:1.1-debian", true),
            ("app:1.2", "app:1.2", false),
            ("", "", false),
        ] {
            assert_eq!(risk(old, new).is_some(), is_risk, "{old} -> {new}");
        }
    }
}
