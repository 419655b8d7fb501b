//! Promotes an image from one environment to the next: finds the tag that runs there, plans the edit, and says what it will
//! change. The tree comes from anywhere; here, from a file system in memory with a layer of our own over it.
//!
//! `cargo run --example promote`

use rustomize::{Command, EntryKind, Failure, FileSystem, FsError, Look, Memory, Options};

/// A tree with files laid over it, as they will be once an edit is written.
struct Planned<'t> {
    tree: &'t dyn FileSystem,
    files: Memory,
}

impl FileSystem for Planned<'_> {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        self.files.read(path, size_max).or_else(|_| self.tree.read(path, size_max))
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        self.tree.kind(path)
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        self.tree.look(path)
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        self.tree.list(path)
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        self.tree.canonical(path)
    }
}

/// Plans that an environment runs the image of another one; returns what changes in the file, and in the objects.
pub(crate) fn promote(
    tree: &dyn FileSystem,
    from: &str,
    to: &str,
    object: &str,
    field: &str,
) -> Result<[String; 2], Failure> {
    let mut options = Options::default();
    options.keep_history = true;
    let source = rustomize::build(tree, from, &options)?;
    let explained = source.explain(object, field)?;
    // A value is JSON: `"web:1.4"`.
    let image = explained.value.unwrap_or_default().trim_matches('"').to_owned();

    let edited = rustomize::edit(tree, to, &Command::SetImage(vec![image]))?;
    let mut planned = Planned { tree, files: Memory::new() };
    let mut file = String::new();
    for change in edited.files {
        planned.files.set(&change.path, change.new.clone());
        file.push_str(&change.new);
    }
    let (before, after) = (rustomize::build(tree, to, &options)?, rustomize::build(&planned, to, &options)?);
    Ok([file, before.diff(&after).to_string()])
}

/// Two environments over one base.
pub(crate) fn shop() -> Memory {
    let mut tree = Memory::new();
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      \
               containers:\n      - name: web\n        image: shop/web:1.0\n";
    tree.set("/shop/base/kustomization.yaml", "resources: [web.yaml]\n");
    tree.set("/shop/base/web.yaml", web);
    let environment =
        |tag: &str| format!("resources: [../base]\nimages:\n- name: shop/web\n  newTag: {tag} # by hand\n");
    tree.set("/shop/staging/kustomization.yaml", environment("1.5.0"));
    tree.set("/shop/production/kustomization.yaml", environment("1.4.2"));
    tree
}

#[allow(dead_code, reason = "a test calls `promote` alone")]
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]
fn main() {
    let field = "spec.template.spec.containers.web.image";
    match promote(&shop(), "/shop/staging", "/shop/production", "Deployment/web", field) {
        Ok([file, diff]) => println!("{file}---\n{diff}"),
        Err(failure) => eprintln!("{failure}"),
    }
}
