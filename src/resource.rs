//! A resource: a tree with its identities and the marks that the build keeps beside it.
//!
//! What the reference stores in `internal.config.kubernetes.io/*` annotations during a build (previous names, prefixes,
//! hash mark, generator behaviour) are plain fields here. The set of resources is `resmap`.

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::object_origin::ObjectOrigin;
use crate::provenance::DirectiveId;
use crate::schema::scope;
use crate::yaml::resolve::is_null;
use crate::yaml::tree::{NodeId, Tree};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Group, version and kind; empty strings where a part is absent.
#[derive(Clone, Debug, Default)]
pub struct Gvk {
    /// API group, empty for the core group.
    pub group: Arc<str>,
    /// API version.
    pub version: Arc<str>,
    /// Kind.
    pub kind: Arc<str>,
    /// Cluster-scoped by a schema of the user's own. Says something about the type and is no part of its name.
    is_declared_cluster_scoped: bool,
}

impl PartialEq for Gvk {
    fn eq(&self, other: &Gvk) -> bool {
        self.group == other.group && self.version == other.version && self.kind == other.kind
    }
}

impl Eq for Gvk {}

impl PartialOrd for Gvk {
    fn partial_cmp(&self, other: &Gvk) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Gvk {
    fn cmp(&self, other: &Gvk) -> Ordering {
        (&self.group, &self.version, &self.kind).cmp(&(&other.group, &other.version, &other.kind))
    }
}

impl Hash for Gvk {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.group, &self.version, &self.kind).hash(state);
    }
}

impl Gvk {
    /// Splits an `apiVersion` at its first slash.
    pub fn new(api_version: &str, kind: &str) -> Gvk {
        let (group, version) = split_api_version(api_version);
        Gvk::of(group, version, kind)
    }

    /// Makes a type of its parts.
    pub fn of(group: &str, version: &str, kind: &str) -> Gvk {
        Gvk { group: group.into(), version: version.into(), kind: kind.into(), is_declared_cluster_scoped: false }
    }

    /// Returns the type of another kind in the same group and version.
    pub fn with_kind(&self, kind: &Arc<str>) -> Gvk {
        let is_declared_cluster_scoped = self.is_declared_cluster_scoped && self.kind == *kind;
        let Gvk { group, version, .. } = self.clone();
        Gvk { group, version, kind: Arc::clone(kind), is_declared_cluster_scoped }
    }

    /// Says whether a schema of the user's own makes the type cluster-scoped.
    pub(crate) fn declare(&mut self, is_cluster_scoped: bool) {
        self.is_declared_cluster_scoped = is_cluster_scoped;
    }

    /// Returns whether [`Gvk::declare`] would change nothing.
    pub(crate) fn is_declared(&self, is_cluster_scoped: bool) -> bool {
        self.is_declared_cluster_scoped == is_cluster_scoped
    }

    /// Returns `group/version`, or the version alone in the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Returns whether kustomize v5.8.2 knows this type to be cluster-scoped; unknown types are namespaced.
    pub fn is_cluster_scoped(&self) -> bool {
        self.is_declared_cluster_scoped || scope::is_cluster_scoped(&self.group, &self.version, &self.kind)
    }
}

/// Splits an `apiVersion` into group and version (upstream `resid.ParseGroupVersion`: at the first slash).
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

impl std::fmt::Display for Gvk {
    /// Writes `Kind.version.group` as the reference's messages do.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or = |text: &'_ Arc<str>, none: &'static str| {
            if text.is_empty() { none.to_owned() } else { text.to_string() }
        };
        write!(f, "{}.{}.{}", or(&self.kind, "[noKind]"), or(&self.version, "[noVer]"), or(&self.group, "[noGrp]"))
    }
}

/// The identity of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ResId {
    /// Type.
    pub gvk: Gvk,
    /// `metadata.name`.
    pub name: Arc<str>,
    /// `metadata.namespace` as written; empty if absent.
    pub namespace: Arc<str>,
}

/// What the reference calls the namespace of a cluster-scoped object.
pub const NO_NAMESPACE: &str = "_non_namespaceable_";
/// The namespace of an object that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

impl ResId {
    /// Returns the namespace that identity is judged by: a marker for cluster-scoped kinds, `default` for none.
    pub fn effective_namespace(&self) -> &str {
        if self.gvk.is_cluster_scoped() {
            NO_NAMESPACE
        } else if self.namespace.is_empty() {
            DEFAULT_NAMESPACE
        } else {
            &self.namespace
        }
    }

    /// Returns whether two ids name the same object (upstream `ResId.Equals`).
    pub fn is_same(&self, other: &ResId) -> bool {
        self.name == other.name
            && self.gvk == other.gvk
            && (self.namespace == other.namespace || self.effective_namespace() == other.effective_namespace())
    }
}

impl std::fmt::Display for ResId {
    /// Writes `Kind.version.group/name.namespace` as the reference's messages do.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = if self.name.is_empty() { "[noName]" } else { &self.name };
        let namespace = if self.namespace.is_empty() { "[noNs]" } else { &self.namespace };
        write!(f, "{}/{}.{}", self.gvk, name, namespace)
    }
}

/// An identity that a resource had before a transformer changed it. Group and version are the resource's current ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousId {
    /// The kind it had.
    pub kind: Arc<str>,
    /// The name it had.
    pub name: Arc<str>,
    /// The *effective* namespace it had.
    pub namespace: Arc<str>,
}

/// What a generator entry does with an object that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Behavior {
    /// Nothing was said: like `Create`.
    #[default]
    Unspecified,
    /// The object must not exist.
    Create,
    /// The object must exist and is replaced.
    Replace,
    /// The object must exist and is merged into.
    Merge,
}

/// One object of a build.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The object. Copied only when it is written to.
    pub tree: Arc<Tree>,
    /// The current identity; refreshed by [`Resource::refresh_id`] after the tree changed.
    pub id: ResId,
    /// Former identities, oldest first.
    pub previous: Vec<PreviousId>,
    /// How many former identities had no name. The reference keeps names, namespaces and kinds in lists of their own and
    /// leaves out empty texts; without any name there are no former identities.
    pub n_nameless: u32,
    /// Those lists do not fit together: a former name is empty beside others, or has a comma.
    pub is_past_unclear: bool,
    /// Prefixes that were added, in order.
    pub prefixes: Vec<Arc<str>>,
    /// Suffixes that were added, in order.
    pub suffixes: Vec<Arc<str>>,
    /// Whether the name gets a hash of the content at the end.
    pub needs_hash: bool,
    /// Made by a generator of config maps or secrets.
    pub is_generated: bool,
    /// Set by a generator.
    pub behavior: Behavior,
    /// A patch may change the name.
    pub allow_name_change: bool,
    /// A patch may change the kind.
    pub allow_kind_change: bool,
    /// Made by a helm chart: the namespace transformer leaves it alone.
    pub helm_generated: bool,
    /// Names of the `vars` that refer to the object.
    pub vars: Vec<Arc<str>>,
    /// Where the object came from, for `buildMetadata: [originAnnotations]`.
    pub made_by: MadeBy,
    /// Which transformers ran over it, for `buildMetadata: [transformerAnnotations]`.
    pub transformations: Vec<Arc<Configured>>,
    /// What it was after each directive that wrote to it, oldest first; empty unless the session records.
    pub versions: Vec<Version>,
}

/// An object as a directive left it.
#[derive(Clone, Debug)]
pub struct Version {
    /// The object.
    pub tree: Arc<Tree>,
    /// The directive; `None` for an object as it was read.
    pub by: Option<DirectiveId>,
}

/// Where an object came from.
#[derive(Clone, Debug, Default)]
pub enum MadeBy {
    /// Not known.
    #[default]
    Unknown,
    /// A file, by where it stands.
    File(Arc<ObjectOrigin>),
    /// A generator.
    Generator(Arc<Configured>),
}

/// A generator or transformer and the file that configured it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// Where the file stands that configured it.
    pub configured_in: Arc<ObjectOrigin>,
    /// `apiVersion` of the plugin, `builtin` for the built-in ones.
    pub api_version: Arc<str>,
    /// Kind of the plugin, such as `PrefixTransformer`.
    pub kind: Arc<str>,
    /// Name of the plugin's configuration; empty for fields of a kustomization.
    pub name: Arc<str>,
    /// Namespace of the plugin's configuration.
    pub namespace: Arc<str>,
}

impl Resource {
    /// Makes a resource of a tree; identity is read from it.
    pub fn new(tree: Arc<Tree>) -> Resource {
        let id = read_id(&tree);
        Resource {
            tree,
            id,
            previous: Vec::new(),
            n_nameless: 0,
            is_past_unclear: false,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            needs_hash: false,
            is_generated: false,
            behavior: Behavior::Unspecified,
            allow_name_change: false,
            allow_kind_change: false,
            helm_generated: false,
            vars: Vec::new(),
            made_by: MadeBy::Unknown,
            transformations: Vec::new(),
            versions: Vec::new(),
        }
    }

    /// Returns the tree for writing; it is copied first if it is shared.
    pub fn tree_mut(&mut self) -> &mut Tree {
        Arc::make_mut(&mut self.tree)
    }

    /// Returns the root node of the tree.
    pub fn root(&self) -> NodeId {
        self.tree.root()
    }

    /// Reads the identity from the tree again. Call [`crate::resmap::ResMap::reindex`] (or write through its methods) after.
    pub fn refresh_id(&mut self) {
        let IdTexts { api_version, kind, name, namespace } = id_texts(&self.tree);
        let (group, version) = split_api_version(api_version);
        let id = &mut self.id;
        keep_or_replace(&mut id.gvk.group, group);
        keep_or_replace(&mut id.gvk.version, version);
        keep_or_replace(&mut id.gvk.kind, kind);
        keep_or_replace(&mut id.name, name);
        keep_or_replace(&mut id.namespace, namespace);
    }

    /// Remembers the current identity before it changes (upstream `StorePreviousId`).
    pub fn push_previous_id(&mut self) {
        let name = &self.id.name;
        self.is_past_unclear |= match name.is_empty() {
            true => !self.previous.is_empty(),
            false => self.n_nameless > 0 || name.contains(','),
        };
        if name.is_empty() {
            self.n_nameless = self.n_nameless.saturating_add(1);
            return;
        }
        self.previous.push(PreviousId {
            kind: Arc::clone(&self.id.gvk.kind),
            name: Arc::clone(name),
            namespace: self.id.effective_namespace().into(),
        });
    }

    /// Refuses a past that the reference cannot read, where it ends with an error or a crash (upstream `PrevIds`).
    pub fn check_past(&self) -> Result<()> {
        if !self.is_past_unclear {
            return Ok(());
        }
        let message = format!("a former name of `{}` is empty or has a comma", self.short_name());
        let name = self.tree.get_path(self.tree.root(), &["metadata", "name"]);
        let error = Diagnostic::error(Code::UnclearName, message)
            .at(name.and_then(|name| self.tree.place(name)), "kustomize cannot follow this name");
        Err(error.help("names that prefixes, suffixes or namespaces change later must be plain texts without commas"))
    }

    /// Returns the first identity the resource had.
    pub fn original_id(&self) -> ResId {
        self.previous.first().map_or_else(|| self.id.clone(), |previous| self.with_previous(previous))
    }

    /// Returns the former identities, oldest first.
    pub fn previous_ids(&self) -> impl DoubleEndedIterator<Item = ResId> + '_ {
        self.previous.iter().map(|previous| self.with_previous(previous))
    }

    /// Returns whether the current or a former identity is the given one (upstream `GetMatchingResourcesByAnyId`).
    pub fn is_any(&self, id: &ResId) -> bool {
        self.id.is_same(id) || self.previous_ids().any(|previous| previous.is_same(id))
    }

    /// Returns `kind/name`, as people write it.
    pub fn short_name(&self) -> String {
        format!("{}/{}", self.id.gvk.kind, self.id.name)
    }

    fn with_previous(&self, previous: &PreviousId) -> ResId {
        ResId {
            gvk: self.id.gvk.with_kind(&previous.kind),
            name: previous.name.clone(),
            namespace: previous.namespace.clone(),
        }
    }
}

/// Most parts of an identity stay what they are; their texts are shared with former identities and indexes.
fn keep_or_replace(part: &mut Arc<str>, text: &str) {
    if &**part != text {
        *part = text.into();
    }
}

fn read_id(tree: &Tree) -> ResId {
    let IdTexts { api_version, kind, name, namespace } = id_texts(tree);
    ResId { gvk: Gvk::new(api_version, kind), name: name.into(), namespace: namespace.into() }
}

struct IdTexts<'t> {
    api_version: &'t str,
    kind: &'t str,
    name: &'t str,
    namespace: &'t str,
}

/// Reads the identity; what is null or no scalar counts as absent (upstream `RNode.getMetaStringField`).
fn id_texts(tree: &Tree) -> IdTexts<'_> {
    let root = tree.root();
    let text = |node: Option<NodeId>| match node {
        Some(node) if tree.is_scalar(node) && !is_null(tree, node) => tree.text(node),
        _ => "",
    };
    let metadata = tree.get(root, "metadata");
    IdTexts {
        api_version: text(tree.get(root, "apiVersion")),
        kind: text(tree.get(root, "kind")),
        name: text(metadata.and_then(|metadata| tree.get(metadata, "name"))),
        namespace: text(metadata.and_then(|metadata| tree.get(metadata, "namespace"))),
    }
}
