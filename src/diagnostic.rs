//! Diagnostics as values: a stable code, a severity, one line of message, places, notes and help that can be acted on.
//!
//! This module builds them; it never prints. Drawing snippets, masking secret values and writing JSON is the caller's
//! work (`cli::render`, `mask`, `json`). Constructor functions for the engine's messages live beside the code that finds the fault, but
//! every code is listed here.

use crate::casing::lowercase;
use crate::sorting::Sorting;
use crate::source::{Place, Sources};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The build succeeds; standard output is what it would be without the diagnostic.
    Warning,
    /// The build fails.
    Error,
}

impl Severity {
    /// Returns the word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Declares the codes: variant, stable text, one line for the reference list.
macro_rules! codes {
    ($($variant:ident $text:literal $about:literal,)*) => {
        /// A stable code; its text never changes once released.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $about] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the reference list.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// Returns the stable text, such as `unknown-field`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// Returns one line that says what the code means.
            pub fn about(self) -> &'static str {
                match self { $(Code::$variant => $about,)* }
            }
        }
    };
}

codes! {
    // reading
    YamlSyntax "yaml-syntax" "a file is not valid YAML",
    InvalidEncoding "invalid-encoding" "a file is not UTF-8 (or UTF-16 with a byte-order mark)",
    InvalidSeparator "invalid-separator" "a line begins with `---` but is no document separator",
    LimitExceeded "limit-exceeded" "a file or a build is larger or deeper than the limits allow",
    AliasCycle "alias-cycle" "an alias refers to a node that contains it",
    UnknownAnchor "unknown-anchor" "an alias names an anchor that the document does not define",
    DuplicateKey "duplicate-key" "a mapping holds the same key twice",
    InvalidKey "invalid-key" "a mapping key is not a string",
    InvalidValue "invalid-value" "a value cannot be printed (infinity, a tag that does not fit its text, a control character)",
    // kustomization file
    NoKustomization "no-kustomization" "a directory holds no kustomization file",
    ManyKustomizations "many-kustomizations" "a directory holds more than one kustomization file",
    EmptyKustomization "empty-kustomization" "a kustomization file sets nothing",
    UnknownField "unknown-field" "a kustomization file has a field that does not exist",
    WrongType "wrong-type" "a field holds a value of the wrong type",
    InvalidField "invalid-field" "a field holds a value that is not allowed there",
    DeprecatedField "deprecated-field" "a kustomization file uses a deprecated field",
    WrongKind "wrong-kind" "a component stands where a kustomization is wanted, or the other way round",
    FieldSpecConflict "field-spec-conflict" "lists of field specs that are joined disagree whether a field is created",
    // loading
    FileNotFound "file-not-found" "a file or directory does not exist",
    LoadRestricted "load-restricted" "a file lies outside the directory of its kustomization",
    OutsideScope "outside-scope" "a kustomization lies outside the scope of `localize`",
    RemoteUnsupported "remote-unsupported" "a remote base or file cannot be fetched here",
    RemoteFailed "remote-failed" "a remote base or file could not be fetched",
    NotVendored "not-vendored" "a build without network needs a remote base or file that was not vendored",
    VendorChanged "vendor-changed" "vendored content is not what the lock file says",
    Cycle "cycle" "a kustomization includes itself",
    InvalidPath "invalid-path" "a path is absolute, empty or of the wrong kind",
    FileExists "file-exists" "a file or directory that would be written exists already",
    Io "io" "a file could not be read or written",
    // resources
    UnrenderedTemplate "unrendered-template" "a file is a template that nothing renders",
    NotAResource "not-a-resource" "a document is not a Kubernetes object",
    MissingName "missing-name" "an object has no `metadata.name`",
    UnclearName "unclear-name" "an object that is renamed had a name that is empty or has a comma",
    DuplicateId "duplicate-id" "two objects have the same group, version, kind, name and namespace",
    NamespaceConflict "namespace-conflict" "setting the namespace gives two objects the same identity",
    AmbiguousReference "ambiguous-reference" "a name reference could mean more than one object",
    VarConflict "var-conflict" "a var is defined twice",
    VarUnresolved "var-unresolved" "a var's object or field does not exist, or could be more than one",
    // directives
    PatchInvalid "patch-invalid" "a patch cannot be parsed or its entry is incomplete",
    PatchNoTarget "patch-no-target" "a strategic merge patch names an object that does not exist",
    PatchFailed "patch-failed" "a patch cannot be applied to its target",
    GeneratorInvalid "generator-invalid" "a generator's sources cannot be read",
    GeneratorConflict "generator-conflict" "a generator's behavior does not fit the objects that exist",
    TransformFailed "transform-failed" "a transformer met a node of the wrong kind",
    ReplicasNoTarget "replicas-no-target" "a `replicas` entry matches no object",
    OpenApiInvalid "openapi-invalid" "an `openapi` schema cannot be read, or `openapi` itself is not right",
    ReplacementInvalid "replacement-invalid" "an entry of `replacements` is incomplete, or its file holds none",
    ReplacementNoSource "replacement-no-source" "a replacement's source is no single object, or lacks the field",
    ReplacementFailed "replacement-failed" "a replacement cannot write a field of its target",
    InvalidPattern "invalid-pattern" "a regular expression or selector cannot be parsed",
    PluginInvalid "plugin-invalid" "the configuration of a plugin is not valid, or a plugin stands where it does not belong",
    PluginUnknown "plugin-unknown" "there is no built-in plugin of this kind",
    PluginDisabled "plugin-disabled" "a plugin is not built in, and such plugins are not enabled",
    PluginFailed "plugin-failed" "a plugin ended with an error",
    PluginSays "plugin-says" "a plugin wrote to its standard error and went on",
    ValidatorChanged "validator-changed" "a validator changes objects",
    // charts
    HelmDisabled "helm-disabled" "a kustomization uses helm charts, which are not enabled",
    HelmFailed "helm-failed" "helm could not be run, ended with an error, or printed what is no manifest",
    // directives without effect
    PatchTargetUnmatched "patch-target-unmatched" "a patch's `target` selects nothing",
    FieldSpecDisplaced "field-spec-displaced" "a field spec for one kind displaces the one for all kinds",
    CrdsWithoutEffect "crds-without-effect" "a file of `crds` adds no field specs",
    VarUnused "var-unused" "a var is never replaced",
    ReplacementTargetUnmatched "replacement-target-unmatched" "a replacement's target selects nothing",
    ImageUnmatched "image-unmatched" "an `images` entry matches no image",
    // suspicious directives
    PatchWithoutEffect "patch-without-effect" "a patch changes nothing",
    PatchOfPod "patch-of-pod" "a patch for a pod is applied to an object that makes pods",
    DirectiveWithoutEffect "directive-without-effect" "a field of a kustomization changes nothing",
    ContainerWithoutImage "container-without-image" "a patch adds a container that has no image",
    ListItemsDropped "list-items-dropped" "a strategic merge patch drops items of a list in a custom resource",
    SuffixMissing "suffix-missing" "a generator merges into an object that gets no hash suffix",
    PatchDirectiveKept "patch-directive-kept" "a directive in a patch is not carried out but stays in the object as a field",
    NamespacesJoined "namespaces-joined" "`namespace` moves objects of several namespaces into one",
    ReferenceNotRenamed "reference-not-renamed" "a field still holds the former name of an object",
    // copies
    CopyDiffers "copy-differs" "a kustomization and its copy by `localize` do not build to the same",
    // edits
    EntryExists "entry-exists" "what `edit add` would add is there already",
    EntryNotFound "entry-not-found" "what `edit` would change or remove is not there",
    EditWithoutEffect "edit-without-effect" "a part of an edit has nothing to do",
    FixChangesOutput "fix-changes-output" "`edit fix` changes what a kustomization builds to",
    FixNotCompared "fix-not-compared" "a kustomization could not be built before and behind `edit fix`",
    EditMakesField "edit-makes-field" "an edit makes a field that is called nearly like one beside it",
    EditChangesMore "edit-changes-more" "an edit changes more than it was asked to",
    EditImpossible "edit-impossible" "an edit cannot be made: a file is laid out otherwise, or no patch does what is wanted",
    // validation: the rules of `validate`, explained in docs/validate.md
    SchemaUnknownField "schema-unknown-field" "an object has a field that its type does not have",
    SchemaWrongType "schema-wrong-type" "a field of an object holds a value of another type than it should",
    SchemaMissingField "schema-missing-field" "an object lacks a field that its type requires",
    SchemaNotAllowed "schema-not-allowed" "a field of an object holds none of the values that it can have",
    SchemaOutOfRange "schema-out-of-range" "a value is too large or too small, or does not have the form that it should have",
    UnknownKind "unknown-kind" "Kubernetes has no such kind in this API",
    ApiRemoved "api-removed" "an object uses an API that the release of Kubernetes does not have any more",
    ApiDeprecated "api-deprecated" "an object uses an API that will be removed from Kubernetes",
    VolumeUndefined "volume-undefined" "a container mounts a volume that its pod does not have",
    SelectorMismatch "selector-mismatch" "a workload does not select its own pods",
    SelectorUnmatched "selector-unmatched" "a selector selects nothing in the build, though it nearly does",
    PortUndefined "port-undefined" "an object refers to a port that the other object does not have",
    KeyUndefined "key-undefined" "a ConfigMap or Secret of the build lacks a key that is read from it",
    SubsetUndefined "subset-undefined" "a route leads to a subset that no DestinationRule of the build defines",
    HostsUndefined "hosts-undefined" "a VirtualService has no hosts, and no other one of the build delegates to it",
    SubjectUndefined "subject-undefined" "a role is bound to a ServiceAccount that the build has in another namespace",
    PolicyWithoutRules "policy-without-rules" "a NetworkPolicy is for a direction of traffic, but lets nothing through in it",
    ReferenceNearMiss "reference-near-miss" "an object that is referred to is not in the build, but one nearly like it is",
    ReferenceUnresolved "reference-unresolved" "an object that is referred to is not in the build",
    InvalidBase64 "invalid-base64" "data that must be base64 is not",
    FileMode "file-mode" "permissions of a file are written as a decimal number",
    LeftoverTemplate "leftover-template" "a value holds a placeholder of a template engine",
    Placeholder "placeholder" "a value stands for one that was to be filled in",
    UnsubstitutedVariable "unsubstituted-variable" "a value holds a `${VARIABLE}` that nothing in the build replaces",
    AmbiguousScalar "ambiguous-scalar" "a value without quotes is not read as it is written",
    // Argo CD
    InvalidParameter "invalid-parameter" "a parameter of an Argo CD Application is not right",
    EmptyRender "empty-render" "an Argo CD Application renders no object at all",
    PathsAnnotation "paths-annotation" "the paths that an Argo CD Application is annotated with are not those it is made of",
    // command line
    Usage "usage" "the command line is not right",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place with a word about it.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there; may be empty.
    pub text: String,
}

/// One thing to tell the user.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One line, lower case, literals in backticks, no final period. Never holds a secret's value.
    pub message: String,
    /// Places; the first is the primary one.
    pub labels: Vec<Label>,
    /// The path of a file that has no text to show (it does not exist, or could not be read).
    pub path: Option<String>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What to do, one line each.
    pub help: Vec<String>,
    /// The way to the fault: places of the entries that included each level, outermost (the overlay) first.
    pub chain: Vec<Place>,
    /// Set where the reference prints a line of its own for the same thing; printed as it is.
    pub verbatim: Option<String>,
}

/// The result of an engine function that can stop at one fault.
pub type Result<T> = std::result::Result<T, Box<Diagnostic>>;

impl Diagnostic {
    /// Makes an error.
    pub fn error(code: Code, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(code, Severity::Error, message.into())
    }

    /// Makes a warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(code, Severity::Warning, message.into())
    }

    fn new(code: Code, severity: Severity, message: String) -> Box<Diagnostic> {
        Box::new(Diagnostic {
            code,
            severity,
            message,
            labels: Vec::new(),
            path: None,
            notes: Vec::new(),
            help: Vec::new(),
            chain: Vec::new(),
            verbatim: None,
        })
    }

    /// Adds a place, if there is one.
    #[must_use]
    pub fn at(mut self: Box<Self>, place: Option<Place>, text: impl Into<String>) -> Box<Self> {
        if let Some(place) = place {
            self.labels.push(Label { place, text: text.into() });
        }
        self
    }

    /// Names a file that has no text to show.
    #[must_use]
    pub fn path(mut self: Box<Self>, path: impl Into<String>) -> Box<Self> {
        self.path = Some(path.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self: Box<Self>, note: impl Into<String>) -> Box<Self> {
        self.notes.push(note.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help.push(help.into());
        self
    }
}

/// Diagnostics collected on the way: warnings, and errors that need not stop everything at once.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order they were found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Box<Diagnostic>) {
        self.diagnostics.push(*diagnostic);
    }

    /// Takes the value of a result, or keeps its error and returns nothing.
    pub fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|diagnostic| self.push(diagnostic)).ok()
    }

    /// Returns whether an error was found.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Returns `path:line:col` of a place, as a person finds it.
pub fn show_place(sources: &Sources, place: Place) -> String {
    let place = sources.outermost(place);
    let source = sources.get(place.source);
    let at = source.line_column(place.span.start);
    format!("{}:{}:{}", source.path, at.line, at.column)
}

/// Returns the candidates nearest to a name, best first, at most `n`.
///
/// Nearness is the edit distance (insertions, deletions, substitutions, swaps), with a bonus for names that contain one
/// another; candidates further away than half the longer name are left out unless one contains the other.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>, n: usize) -> Vec<&'a str> {
    // A letter or two are in many names.
    const CONTAINED_MIN: usize = 3;
    let (lower_name, n_chars) = (lowercase(name), name.chars().count());
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let n_candidate = candidate.chars().count();
            let is_long = n_chars.min(n_candidate) >= CONTAINED_MIN;
            let contains = is_long && (candidate.contains(name) || name.contains(candidate));
            let longest = n_chars.max(n_candidate);
            // Whatever the letters, the distance is at least the difference in length. (Case can change lengths.)
            let is_ascii = name.is_ascii() && candidate.is_ascii() && longest <= LEN_MAX;
            if !contains && is_ascii && n_chars.abs_diff(n_candidate) * 2 > longest {
                return None;
            }
            let distance = edit_distance(&lower_name, &lowercase(candidate));
            (contains || distance * 2 <= longest).then_some((if contains { distance / 3 } else { distance }, candidate))
        })
        .collect();
    scored.put_in_own_order();
    scored.dedup();
    scored.into_iter().take(n).map(|(_, candidate)| candidate).collect()
}

/// Names are short; a hostile one must not cost more than a few milliseconds.
const LEN_MAX: usize = 256;

/// Returns how many insertions, deletions, substitutions and swaps make one text of another.
pub(crate) fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(LEN_MAX).collect();
    let b: Vec<char> = b.chars().take(LEN_MAX).collect();
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut next = before.clone();
    for i in 1..=a.len() {
        next[0] = i;
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            next[j] = (row[j] + 1).min(next[j - 1] + 1).min(row[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        std::mem::swap(&mut before, &mut row);
        std::mem::swap(&mut row, &mut next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first() {
        let fields = ["resources", "replicas", "replacements", "images"];
        assert_eq!(nearest("resource", fields, 1), ["resources"]);
        assert_eq!(nearest("replicsa", fields, 1), ["replicas"]);
        assert_eq!(nearest("zzz", fields, 3), [""; 0]);
        let images = ["gcr.io/dreamseed/assessment-service", "redis"];
        assert_eq!(nearest("assessment-service", images, 1), ["gcr.io/dreamseed/assessment-service"]);
    }

    #[test]
    fn codes_are_unique() {
        let mut texts: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        texts.put_in_own_order();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
    }
}
