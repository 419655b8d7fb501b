//! From the entries of a kustomization to files and directories: resolution, the load restrictor, cycles.
//!
//! Entries are tried as files first, then as repositories, then as directories, as in the reference. What is fetched, and
//! reading and caching of contents, is `session`; remote entries are `loader::remote_root`.

mod remote_root;

use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::fs::{self, EntryKind, FsError, Look};
use crate::kustomization::PlacedText;
use crate::remote::{self, RepoSpec};
use crate::session::{Session, fetch_error};
use crate::source::Place;
pub(crate) use remote_root::{Repository, check_address, root_instead};
use std::sync::Arc;

/// The names of a kustomization file.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Which files a kustomization may load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum LoadRestrictions {
    /// Only files in or below the kustomization's own directory (`LoadRestrictionsRootOnly`).
    #[default]
    RootOnly,
    /// Any file (`LoadRestrictionsNone`).
    None,
}

/// Longer paths are left to the system to resolve, which refuses them.
const PATH_BYTES_MAX: usize = 4096;

/// The directory of one kustomization, with the directories that led to it.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// Absolute, free of symbolic links.
    pub(crate) directory: Arc<str>,
    /// The directories of the kustomizations that include this one, nearest first.
    pub(crate) visited: Option<Arc<Root>>,
    /// Number of levels above.
    pub(crate) depth: usize,
    /// The remote repository that the directory is in.
    pub(crate) repository: Option<Arc<Repository>>,
}

/// What an entry of `resources` turned out to be.
pub(crate) enum Found {
    /// A file that may be read.
    File(Arc<str>),
    /// A directory with (hopefully) a kustomization.
    Directory(Arc<Root>),
}

impl Root {
    /// Makes the root of a build.
    pub(crate) fn top(directory: Arc<str>) -> Arc<Root> {
        Arc::new(Root { directory, visited: None, depth: 0, repository: None })
    }

    /// Returns the directories from this one outwards.
    pub(crate) fn chain(&self) -> impl Iterator<Item = &Root> {
        std::iter::successors(Some(self), |root| root.visited.as_deref())
    }

    /// Returns what may be loaded here: in a remote repository, nothing lifts the restriction.
    pub(crate) fn restrictions(&self, wanted: LoadRestrictions) -> LoadRestrictions {
        if self.repository.is_some() { LoadRestrictions::RootOnly } else { wanted }
    }
}

/// Resolves the directory a user names on the command line.
pub(crate) fn top(session: &mut Session<'_>, directory: &str) -> Result<Arc<Root>> {
    if let Some(spec) = RepoSpec::parse(directory) {
        return remote_root::find(session, None, &spec, None);
    }
    if remote::is_remote_file(directory) {
        let message = format!("`{}` is not the address of a git repository", remote::without_credentials(directory));
        let help = "name a repository and a directory in it: `https://host/owner/repository//directory?ref=main`";
        return Err(Diagnostic::error(Code::InvalidPath, message).help(help));
    }
    let path = fs::join(&session.directory.clone(), directory);
    match resolve(session, &path) {
        Ok((directory, EntryKind::Directory)) => Ok(Root::top(directory)),
        Ok((file, EntryKind::File)) => {
            let shown = session.show(&file);
            let message = format!("`{shown}` is a file; the directory of a kustomization is wanted");
            let diagnostic = Diagnostic::error(Code::InvalidPath, message);
            let is_kustomization = FILE_NAMES.contains(&fs::base_name(&file));
            let parent = session.show(fs::parent(&file));
            Err(if is_kustomization {
                diagnostic.help(format!("name its directory: `{parent}`"))
            } else {
                diagnostic
                    .help("list the file under `resources` of a `kustomization.yaml` and name the directory of that")
            })
        }
        Err(error) => {
            let mut diagnostic = missing(session, &path, directory, &error);
            if error == FsError::NotFound && !diagnostic.help.iter().any(|help| help.starts_with("did you mean")) {
                diagnostic.help = vec!["name the directory of a kustomization, relative to the current one".to_owned()];
            }
            Err(diagnostic)
        }
    }
}

/// Finds the kustomization file of a directory.
pub(crate) fn kustomization_file(
    session: &mut Session<'_>,
    root: &Root,
    restrictions: LoadRestrictions,
) -> Result<Arc<str>> {
    let restrictions = root.restrictions(restrictions);
    let is_restricted = restrictions == LoadRestrictions::RootOnly;
    if let Some(file) = session.resolved.kustomizations.get(&(Arc::clone(&root.directory), is_restricted)) {
        return Ok(Arc::clone(file));
    }
    let mut found: Vec<Arc<str>> = Vec::new();
    for name in FILE_NAMES {
        let path = fs::join(&root.directory, name);
        if let Ok((file, EntryKind::File)) = resolve(session, &path) {
            // To the restrictor it is a file like any other: a link that leads out of the directory does not count.
            if !is_restricted || fs::is_within(fs::parent(&file), &root.directory) {
                found.push(file);
            }
        }
    }
    if let [file] = found.as_slice() {
        let file = Arc::clone(file);
        session.resolved.kustomizations.insert((Arc::clone(&root.directory), is_restricted), Arc::clone(&file));
        return Ok(file);
    }
    let shown = session.show(&root.directory);
    match found.len() {
        0 => {
            let message = format!("no kustomization file in `{shown}`");
            let diagnostic = Diagnostic::error(Code::NoKustomization, message).path(shown);
            let diagnostic =
                diagnostic.help("it is called `kustomization.yaml`, `kustomization.yml` or `Kustomization`");
            let below = below_with_kustomization(session, &root.directory);
            Err(match below.is_empty() {
                true => diagnostic,
                false => diagnostic.help(format!("there is one in {}", below.join(", "))),
            })
        }
        _ => {
            let names: Vec<String> = found.iter().map(|file| format!("`{}`", fs::base_name(file))).collect();
            let message = format!("more than one kustomization file in `{shown}`: {}", names.join(", "));
            Err(Diagnostic::error(Code::ManyKustomizations, message).path(shown).help("keep one of them"))
        }
    }
}

/// Finds what an entry of `resources` names.
pub(crate) fn find(
    session: &mut Session<'_>,
    root: &Arc<Root>,
    entry: &PlacedText,
    restrictions: LoadRestrictions,
) -> Result<Found> {
    if remote::is_remote_file(&entry.value) {
        return remote_root::find_file_or_root(session, root, entry);
    }
    let path = fs::join(&root.directory, &entry.value);
    if !entry.value.is_empty()
        && let Ok((file, EntryKind::File)) = resolve(session, &path)
    {
        allow(session, root, entry, &file, restrictions)?;
        return Ok(Found::File(file));
    }
    find_directory(session, root, entry).map(Found::Directory)
}

/// Finds the directory that an entry of `resources` or `components` names.
pub(crate) fn find_directory(session: &mut Session<'_>, root: &Arc<Root>, entry: &PlacedText) -> Result<Arc<Root>> {
    let text = entry.value.as_str();
    let place = Some(entry.place);
    if text.is_empty() {
        return Err(Diagnostic::error(Code::InvalidPath, "an empty path names nothing")
            .at(place, "")
            .help("name a file or directory here, or remove the entry"));
    }
    if let Some(spec) = RepoSpec::parse(text) {
        return remote_root::find(session, Some(root), &spec, place);
    }
    let is_absolute = text.starts_with('/');
    let path = fs::join(&root.directory, text);
    let found = resolve(session, &path);
    if is_absolute && !matches!(found, Ok((_, EntryKind::File))) {
        let message = format!("`{text}` is absolute; a base is named relative to the kustomization that includes it");
        let relative = fs::relative(&path, &root.directory);
        let diagnostic = Diagnostic::error(Code::InvalidPath, message).at(place, "");
        return Err(match &found {
            Ok(_) => diagnostic.help(format!("write `{relative}`")),
            Err(_) => diagnostic
                .note("nothing of that name exists")
                .help("write the path relative to the directory of this kustomization, such as `../base`"),
        });
    }
    let ambiguous = text.split('/').any(|part| !matches!(part, "" | "." | "..") && part.contains(".."));
    if ambiguous {
        let message = format!("`{text}` has `..` inside a part of the path");
        let help = "two list entries may have run together: check the indentation of the `-` below";
        return Err(Diagnostic::error(Code::InvalidPath, message).at(place, "").help(help));
    }
    match found {
        Ok((directory, EntryKind::Directory)) => {
            remote_root::check_contained(session, root, &directory, place)?;
            check_cycle(session, root, entry, &directory)?;
            below(session, root, directory, root.repository.clone(), place)
        }
        Ok((file, EntryKind::File)) => {
            let message = format!("`{}` is a file; a directory with a kustomization is wanted", session.show(&file));
            let help = "list a file under `resources`, or name the directory of a kustomization here";
            Err(Diagnostic::error(Code::InvalidPath, message).at(place, "").help(help))
        }
        Err(error) => Err(missing(session, &path, text, &error).at(place, "")),
    }
}

/// Finds a file that a patch, a generator or another field names, and checks that it may be read.
pub(crate) fn find_file(
    session: &mut Session<'_>,
    root: &Arc<Root>,
    entry: &PlacedText,
    restrictions: LoadRestrictions,
) -> Result<Arc<str>> {
    let text = entry.value.as_str();
    if remote::is_remote_file(text) {
        return session.download(text).map_err(|error| fetch_error(text, error, Some(entry.place)));
    }
    let path = fs::join(&root.directory, text);
    match resolve(session, &path) {
        Ok((file, EntryKind::File)) => {
            allow(session, root, entry, &file, restrictions)?;
            Ok(file)
        }
        Ok((directory, EntryKind::Directory)) => {
            let message = format!("`{}` is a directory; a file is wanted", session.show(&directory));
            let help = "name a file in that directory";
            Err(Diagnostic::error(Code::InvalidPath, message).at(Some(entry.place), "").help(help))
        }
        Err(error) => Err(missing(session, &path, text, &error).at(Some(entry.place), "")),
    }
}

/// Refuses a base that contains a kustomization on the way to it, wherever it is reached from (upstream
/// `FileLoader.errIfArgEqualOrHigher`).
pub(crate) fn check_cycle(session: &Session<'_>, root: &Root, entry: &PlacedText, directory: &str) -> Result<()> {
    // Each repository that is fetched is a place of its own, even if it is the same one again.
    let is_here = |visited: &&Root| visited.is_in(root.repository.as_ref());
    let mut here = root.chain().take_while(is_here);
    let Some(visited) = here.find(|visited| fs::is_within(&visited.directory, directory)) else {
        return Ok(());
    };
    let (shown, visited) = (session.show(directory), session.show(&visited.directory));
    let message = if shown == visited {
        format!("`{shown}` includes itself")
    } else {
        format!("`{shown}` contains `{visited}`, which includes it")
    };
    Err(Diagnostic::error(Code::Cycle, message)
        .at(Some(entry.place), "this entry closes the cycle")
        .help("remove the entry; what both need belongs in a third directory that each of them lists"))
}

/// Makes the root of a kustomization that another includes.
fn below(
    session: &Session<'_>,
    root: &Arc<Root>,
    directory: Arc<str>,
    repository: Option<Arc<Repository>>,
    place: Option<Place>,
) -> Result<Arc<Root>> {
    if root.depth >= session.limits.bases_depth_max {
        let message = format!("kustomizations include one another more than {} levels deep", root.depth);
        return Err(Diagnostic::error(Code::LimitExceeded, message)
            .at(place, "")
            .help("list the bases that are needed directly, not through others"));
    }
    Ok(Arc::new(Root { directory, visited: Some(Arc::clone(root)), depth: root.depth + 1, repository }))
}

/// Resolves symbolic links; what is there is resolved once.
fn resolve(session: &mut Session<'_>, path: &str) -> std::result::Result<(Arc<str>, EntryKind), FsError> {
    if let Some(real) = session.resolved.directories.get(path) {
        return Ok((Arc::clone(real), EntryKind::Directory));
    }
    if let Some(real) = session.resolved.files.get(path) {
        return Ok((Arc::clone(real), EntryKind::File));
    }
    let real_parent = resolve_directory(session, fs::parent(path))?;
    let name = fs::base_name(path);
    let real = if name.is_empty() { real_parent.to_string() } else { fs::join(&real_parent, name) };
    match session.fs.look(&real)? {
        Look::Entry(kind) => {
            let real: Arc<str> = real.into();
            match kind {
                EntryKind::Directory => session.resolved.directories.insert(Arc::clone(&real), Arc::clone(&real)),
                EntryKind::File => session.resolved.files.insert(Arc::clone(&real), Arc::clone(&real)),
            };
            Ok((real, kind))
        }
        Look::Link => {
            let real = session.fs.canonical(&real)?;
            let kind = session.fs.kind(&real)?;
            Ok((real.into(), kind))
        }
    }
}

/// Resolves symbolic links in the path of a directory: those above it are mostly known, so that one look is enough.
// Depth is bounded by the system's longest path.
fn resolve_directory(session: &mut Session<'_>, path: &str) -> std::result::Result<Arc<str>, FsError> {
    if let Some(real) = session.resolved.directories.get(path) {
        return Ok(Arc::clone(real));
    }
    let above = fs::parent(path);
    let mut known = None;
    // Windows also has several spellings of one name.
    if !cfg!(windows) && path.len() < PATH_BYTES_MAX && above != path && above != "." {
        let real = fs::join(&resolve_directory(session, above)?, fs::base_name(path));
        known = (session.fs.look(&real)? == Look::Entry(EntryKind::Directory)).then_some(real);
    }
    let real: Arc<str> = match known {
        Some(real) => real.into(),
        None => session.fs.canonical(path)?.into(),
    };
    session.resolved.directories.insert(path.into(), Arc::clone(&real));
    Ok(real)
}

/// The load restrictor (upstream `RestrictionRootOnly`).
fn allow(
    session: &Session<'_>,
    root: &Root,
    entry: &PlacedText,
    file: &str,
    restrictions: LoadRestrictions,
) -> Result<()> {
    let restrictions = root.restrictions(restrictions);
    if restrictions == LoadRestrictions::None || fs::is_within(fs::parent(file), &root.directory) {
        return Ok(());
    }
    let (shown, directory) = (session.show(file), session.show(&root.directory));
    let message = format!("`{shown}` is outside `{directory}`, the directory of its kustomization");
    let diagnostic = Diagnostic::error(Code::LoadRestricted, message)
        .at(Some(entry.place), "")
        .help("put a kustomization beside the file and list that directory under `resources`, or move the file");
    Err(match root.repository {
        None => diagnostic.help("`--load-restrictor LoadRestrictionsNone` allows it"),
        Some(_) => diagnostic.note("no flag allows it in a remote repository"),
    })
}

fn missing(session: &Session<'_>, path: &str, entry: &str, error: &FsError) -> Box<Diagnostic> {
    let diagnostic = session.read_error(path, error);
    if *error != FsError::NotFound {
        return diagnostic;
    }
    let names = session.fs.list(fs::parent(path)).unwrap_or_default();
    // Files of one directory have the same extension; that alone makes no name like another.
    let stem = |name: &'_ str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let wanted = stem(fs::base_name(path));
    let alike: Vec<&str> = (names.iter().map(String::as_str))
        .filter(|name| !nearest(&wanted, [stem(name).as_str()], 1).is_empty())
        .collect();
    let near = nearest(fs::base_name(path), alike, 1);
    match near.first() {
        Some(name) => {
            let directory = entry.rfind('/').map_or("", |at| &entry[..=at]);
            diagnostic.help(format!("did you mean `{directory}{name}`?"))
        }
        None => not_there(session, path, diagnostic),
    }
}

/// Says how far a path leads where nothing has a name like its last part.
fn not_there(session: &Session<'_>, path: &str, diagnostic: Box<Diagnostic>) -> Box<Diagnostic> {
    let mut above = fs::parent(path);
    let mut missing = None;
    while session.fs.kind(above) == Err(FsError::NotFound) && fs::parent(above) != above {
        missing = Some(above);
        above = fs::parent(above);
    }
    if fs::base_name(path).contains(['*', '?']) {
        return diagnostic.help("list each file by its name: patterns are not expanded here");
    }
    let diagnostic = match missing {
        Some(directory) => diagnostic.note(format!("there is no directory `{}`", session.show(directory))),
        None => diagnostic,
    };
    diagnostic.help("correct the path, which is relative to the directory of its kustomization, or create the file")
}

fn below_with_kustomization(session: &Session<'_>, directory: &str) -> Vec<String> {
    let names = session.fs.list(directory).unwrap_or_default();
    let mut below = Vec::new();
    for name in names.iter().take(100) {
        let inner = fs::join(directory, name);
        if FILE_NAMES.iter().any(|file| session.fs.kind(&fs::join(&inner, file)) == Ok(EntryKind::File)) {
            below.push(format!("`{}`", session.show(&inner)));
        }
    }
    below.truncate(5);
    below
}
