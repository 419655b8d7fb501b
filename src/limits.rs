//! Bounds on what an input may cost. Each has a clear error (`limit-exceeded`); SECURITY.md lists them for users.

/// The limits of a session.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes in one file; never more than 1 GiB.
    pub file_bytes_max: u64,
    /// Levels of nested collections in one document.
    pub depth_max: usize,
    /// Nodes that the expansion of aliases and merge keys may add to the documents of one file.
    pub alias_nodes_max: usize,
    /// Nodes in one resource, after patches.
    pub resource_nodes_max: usize,
    /// Resources in one build.
    pub resources_max: usize,
    /// Levels of kustomizations that include one another.
    pub bases_depth_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes_max: 256 << 20,
            depth_max: 250,
            alias_nodes_max: 250_000,
            resource_nodes_max: 50_000_000,
            resources_max: 1_000_000,
            bases_depth_max: 200,
        }
    }
}
