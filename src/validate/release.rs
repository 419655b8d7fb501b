//! Releases of Kubernetes, such as 1.31.

/// A release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// 1, so far.
    pub major: u32,
    /// What counts.
    pub minor: u32,
}

impl Release {
    /// Reads `1.31`, also as `v1.31` or with more behind it (`1.31.4-gke.1`).
    pub fn parse(text: &str) -> Option<Release> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        // Some providers write `1.31+`.
        let minor = parts.next()?.trim_end_matches('+').parse().ok()?;
        Some(Release { major, minor })
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Release;

    #[test]
    fn releases_are_read_as_people_and_clusters_write_them() {
        for (text, minor) in [("1.31", 31), ("v1.9", 9), ("1.27.3-gke.100", 27), ("1.25+", 25)] {
            assert_eq!(Release::parse(text), Some(Release { major: 1, minor }), "{text}");
        }
        for text in ["", "1", "latest", "1.x", "v1."] {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }
}
