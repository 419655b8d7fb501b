//! `argocd parameters` and `argocd discover`: what Argo CD asks about a repository. Neither ever fails: a failure would take
//! the whole page of the Application with it, and what is wrong is said by `argocd generate`.

use super::environment::{Allowed, Environment};
use super::tree::Tree;
use crate::argocd::announce::{self, Announcement};
use crate::argocd::parameters::Wanted;
use crate::build::build;
use crate::cli::report::Reporter;
use crate::cli::{Outcome, output};
use crate::fs::{self, Bounded, Disk, EntryKind, FileSystem};
use crate::loader::FILE_NAMES;
use crate::session::Session;

/// Prints the parameters there are, as Argo CD wants to be told of them.
pub(super) fn run(reporter: &mut Reporter) -> Outcome {
    let announced = announced();
    let text = serde_json::to_string(&announced).unwrap_or_else(|_| "[]".to_owned());
    output::answer(&(text + "\n"), reporter)
}

fn announced() -> Vec<Announcement> {
    let mut announced = announce::fixed();
    let Ok((environment, tree)) = place() else { return announced };
    let Ok(fs) = Bounded::new(&Disk, &tree.root) else { return announced };
    announce::add_overlays(&mut announced, &fs, &tree.app);
    let wanted = environment.wanted().unwrap_or_default();
    let Ok(target) = tree.target(&wanted.overlay) else { return announced };
    // Nothing is started or fetched to fill in a form.
    let options = environment.options(Allowed::default(), &Wanted::default());
    let mut session = Session::for_one_build(&fs, &tree.root);
    session.shown_from = Some(tree.shown_from.clone());
    if let Ok(built) = build(&mut session, &target, &options) {
        announce::add_values(&mut announced, &mut session, &target, &built);
    }
    announced
}

fn place() -> crate::diagnostic::Result<(Environment, Tree)> {
    let environment = Environment::of_process()?;
    let tree = Tree::find(None, &environment)?;
    Ok((environment, tree))
}

/// Prints the kustomization file, if there is one: that is how Argo CD learns that the plugin is for a repository.
pub(super) fn discover(reporter: &mut Reporter) -> Outcome {
    let found = place().ok().and_then(|(environment, tree)| {
        let fs = Bounded::new(&Disk, &tree.root).ok()?;
        let target = tree.target(&environment.wanted().unwrap_or_default().overlay).ok()?;
        let file = FILE_NAMES
            .iter()
            .map(|name| fs::join(&target, name))
            .find(|file| fs.kind(file).is_ok_and(|kind| kind == EntryKind::File))?;
        Some(tree.shown_from.show(&file))
    });
    found.map_or(Outcome::Success, |found| output::answer(&(found + "\n"), reporter))
}
