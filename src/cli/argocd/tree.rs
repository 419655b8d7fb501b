//! Where a plugin runs: the tree of the request, the directory of the Application in it, and how messages name files.
//!
//! # The tree
//!
//! Argo CD's plugin server unpacks each request into a new directory directly below `$ARGOCD_CMP_WORKDIR/_cmp_server` (`/tmp/_cmp_server`
//! if that is not set) and starts the plugin in the Application's directory in it. All requests, of all tenants, run as the
//! same user, so that what is outside that one directory is not to be read. Which directory it is, nobody says; it is, in this order:
//!
//! 1. the one that the caller names (`--root`),
//! 2. the one directly below the server's directory, if the working directory is below that,
//! 3. the working directory without the path of the Application (`ARGOCD_APP_SOURCE_PATH`), if it ends in that,
//! 4. the nearest directory with a `.git`, at the working directory or above it,
//! 5. the working directory.
//!
//! # Names
//!
//! Messages name files as the repository knows them. Where Argo CD sends a part of the repository only
//! (`--plugin-use-manifest-generate-paths`), the rest of the path is known from `ARGOCD_APP_SOURCE_PATH`.

use super::environment::Environment;
use crate::cli::build::working_directory;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, Disk, FileSystem};
use crate::session::ShownFrom;

/// What the plugin server calls its directory.
const SERVER_DIRECTORY: &str = "_cmp_server";

/// Where a plugin runs; paths are absolute, without links.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// The tree of the request.
    pub(super) root: String,
    /// The Application's directory.
    pub(super) app: String,
    /// How messages name files.
    pub(super) shown_from: ShownFrom,
}

impl Tree {
    /// Finds the tree of this process.
    pub(super) fn find(root: Option<&str>, environment: &Environment) -> Result<Tree> {
        let fault =
            |error: fs::FsError| Diagnostic::error(Code::Io, format!("cannot use the current directory: {error}"));
        let here = working_directory()?;
        let app = Disk.canonical(&here).map_err(fault)?;
        let root = match root {
            Some(root) => within(&fs::join(&here, root), &app, root)?,
            None => root_of(&app, environment),
        };
        Ok(Tree::at(root, app, environment.get("ARGOCD_APP_SOURCE_PATH")))
    }

    /// Finds the tree of a directory that the user names.
    pub(super) fn of_directory(directory: &str, root: Option<&str>) -> Result<Tree> {
        let here = working_directory()?;
        let app = Disk.canonical(directory).map_err(|error| {
            Diagnostic::error(
                Code::Usage,
                format!("cannot use the directory `{}`: {error}", fs::relative(directory, &here)),
            )
        })?;
        let root = match root {
            Some(root) => within(&fs::join(&here, root), &app, root)?,
            None => root_of(&app, &Environment::default()),
        };
        let path = fs::relative(&app, &root);
        Ok(Tree::at(root, app, &path))
    }

    /// Makes the tree of an Application that is at a path of the repository.
    pub(super) fn at(root: String, app: String, source_path: &str) -> Tree {
        let inner = fs::relative(&app, &root);
        let source_path = fs::clean(source_path);
        let source_path = source_path.trim_start_matches('/');
        let prefix = match inner.as_str() {
            "." => source_path,
            inner => source_path.strip_suffix(inner).and_then(|prefix| prefix.strip_suffix('/')).unwrap_or(""),
        };
        let shown_from = ShownFrom { directory: root.as_str().into(), prefix: prefix.into() };
        Tree { root, app, shown_from }
    }

    /// Returns the directory to render.
    pub(super) fn target(&self, overlay: &str) -> Result<String> {
        let fault = |words: &str| {
            Diagnostic::error(Code::InvalidParameter, format!("the parameter `overlay` {words}: `{overlay}`"))
                .help("name a directory below the path of the Application, such as `overlays/production`")
        };
        if overlay.starts_with('/') {
            return Err(fault("is absolute"));
        }
        let target = fs::join(&self.app, overlay);
        if !fs::is_within(&target, &self.app) || overlay.split('/').any(|part| part == "..") {
            return Err(fault("leads out of the path of the Application"));
        }
        Ok(target)
    }
}

/// Returns the real path of a directory that contains another.
fn within(root: &str, app: &str, named: &str) -> Result<String> {
    Disk.canonical(root).ok().filter(|root| fs::is_within(app, root)).ok_or_else(|| {
        let message = format!("the directory `{named}` does not contain that of the Application");
        Diagnostic::error(Code::Usage, message).help("name the top of the repository")
    })
}

fn root_of(app: &str, environment: &Environment) -> String {
    let work = match environment.get("ARGOCD_CMP_WORKDIR") {
        "" => "/tmp",
        work => work,
    };
    let server = Disk.canonical(&fs::join(work, SERVER_DIRECTORY)).ok();
    if let Some(root) = server.as_deref().and_then(|server| child_of(server, app)) {
        return root;
    }
    let source_path = fs::clean(environment.get("ARGOCD_APP_SOURCE_PATH"));
    if let Some(root) = app.strip_suffix(source_path.trim_end_matches('/'))
        && !root.is_empty()
        && !environment.get("ARGOCD_APP_SOURCE_PATH").is_empty()
    {
        return root.to_owned();
    }
    let mut above = app;
    loop {
        if Disk.look(&fs::join(above, ".git")).is_ok() {
            return above.to_owned();
        }
        match fs::parent(above) {
            parent if parent == above || parent == "." => return app.to_owned(),
            parent => above = parent,
        }
    }
}

/// Returns the directory directly below one that a path is in or is.
fn child_of(directory: &str, path: &str) -> Option<String> {
    let rest = path.strip_prefix(directory)?.strip_prefix('/')?;
    let name = rest.split('/').next().filter(|name| !name.is_empty())?;
    Some(format!("{directory}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_a_request_is_found_from_its_directory() {
        for (directory, path, child) in [
            ("/tmp/_cmp_server", "/tmp/_cmp_server/1-2/apps/web", Some("/tmp/_cmp_server/1-2")),
            ("/tmp/_cmp_server", "/tmp/_cmp_server/1-2", Some("/tmp/_cmp_server/1-2")),
            ("/tmp/_cmp_server", "/tmp/_cmp_server/1/_cmp_server/2/x", Some("/tmp/_cmp_server/1")),
            ("/tmp/_cmp_server", "/tmp/_cmp_server", None),
            ("/tmp/_cmp_server", "/tmp/_cmp_server-2/1", None),
        ] {
            assert_eq!(child_of(directory, path).as_deref(), child, "{path}");
        }
    }

    #[test]
    fn files_are_named_as_in_the_repository() {
        for (app, source_path, shown) in [
            ("/r/apps/web", "apps/web", "apps/web/k.yaml"),
            ("/r/web", "apps/web", "apps/web/k.yaml"),
            ("/r", "apps/web", "apps/web/k.yaml"),
            ("/r", ".", "k.yaml"),
            ("/r", "", "k.yaml"),
            ("/r/apps/web", "./apps//web/", "apps/web/k.yaml"),
            ("/r/apps/web", "elsewhere", "apps/web/k.yaml"),
            ("/r/web", "other-web", "web/k.yaml"),
        ] {
            let tree = Tree::at("/r".to_owned(), app.to_owned(), source_path);
            assert_eq!(tree.shown_from.show(&format!("{app}/k.yaml")), shown, "{app} {source_path}");
        }
        let tree = Tree::at("/r".to_owned(), "/r/web".to_owned(), "apps/web");
        assert_eq!(tree.shown_from.show("/r"), "apps");
        assert_eq!(tree.shown_from.show("/etc"), "/etc");
    }

    #[test]
    fn an_overlay_is_below_the_application() {
        let tree = Tree::at("/r".to_owned(), "/r/web".to_owned(), "web");
        for (overlay, target) in [("", "/r/web"), (".", "/r/web"), ("a/b", "/r/web/a/b"), ("./a", "/r/web/a")] {
            assert_eq!(tree.target(overlay).ok().as_deref(), Some(target), "{overlay}");
        }
        for overlay in ["..", "a/../../b", "/etc", "a/..", "../web/a"] {
            assert!(tree.target(overlay).is_err(), "{overlay}");
        }
    }
}
