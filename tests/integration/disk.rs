//! What only a real disk has: symbolic links and permissions. The trees are made here, in a directory of their own.

use crate::doors::run_program;
use std::path::{Path, PathBuf};

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";
const KUSTOMIZATION: &str = "resources:\n- c.yaml\n";

/// A directory that goes away with the test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).expect("the directory for temporary files is ours");
        Scratch(directory)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> &Self {
        self.write_bytes(path, text.as_bytes())
    }

    pub(crate) fn write_bytes(&self, path: &str, text: &[u8]) -> &Self {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a file stands in a directory")).expect("a new directory");
        std::fs::write(path, text).expect("a new file");
        self
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, path: &str, to: &str) -> &Self {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a link stands in a directory")).expect("a new directory");
        std::os::unix::fs::symlink(to, path).expect("a new link");
        self
    }

    /// Builds a directory and returns the exit status, the manifests and the words.
    pub(crate) fn build(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let args: Vec<&str> = std::iter::once("build").chain(args.iter().copied()).collect();
        let output = run_program(&self.0, &args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

// The outcomes below are those of kustomize v5.8.2 on the same trees.

#[cfg(unix)]
#[test]
fn link_inside_the_root_is_followed() {
    let scratch = Scratch::new("link-inside");
    scratch
        .write("a/kustomization.yaml", KUSTOMIZATION)
        .write("a/real/c.yaml", CONFIG_MAP)
        .link("a/c.yaml", "real/c.yaml");
    assert_eq!(scratch.build(&["a"]), (Some(0), CONFIG_MAP.to_owned(), String::new()));
}

#[cfg(unix)]
#[test]
fn link_out_of_the_root_is_restricted() {
    let scratch = Scratch::new("link-outside");
    scratch.write("a/kustomization.yaml", KUSTOMIZATION).write("b/c.yaml", CONFIG_MAP).link("a/c.yaml", "../b/c.yaml");
    let (status, stdout, stderr) = scratch.build(&["a"]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("load-restricted"), "{stderr}");
    let (status, stdout, stderr) = scratch.build(&["a", "--load-restrictor=LoadRestrictionsNone"]);
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (Some(0), CONFIG_MAP, ""));
}

#[cfg(unix)]
#[test]
fn kustomization_file_that_is_a_link_out_of_the_root_does_not_count() {
    let scratch = Scratch::new("kustomization-link");
    scratch
        .write("kustomization.yaml", KUSTOMIZATION)
        .write("a/c.yaml", CONFIG_MAP)
        .link("a/kustomization.yaml", "../kustomization.yaml");
    let (status, output, words) = scratch.build(&["a"]);
    assert_eq!((status, output.as_str()), (Some(1), ""));
    assert!(words.contains("no-kustomization"), "{words}");
    let unrestricted = scratch.build(&["a", "--load-restrictor", "LoadRestrictionsNone"]);
    assert_eq!(unrestricted, (Some(0), CONFIG_MAP.to_owned(), String::new()));
}

#[cfg(unix)]
#[test]
fn linked_directory_is_built_where_it_really_is() {
    let scratch = Scratch::new("link-directory");
    scratch.write("real/kustomization.yaml", KUSTOMIZATION).write("real/c.yaml", CONFIG_MAP).link("link", "real");
    assert_eq!(scratch.build(&["link"]), (Some(0), CONFIG_MAP.to_owned(), String::new()));
    scratch.write("over/kustomization.yaml", "resources:\n- ../link\n");
    assert_eq!(scratch.build(&["over"]), (Some(0), CONFIG_MAP.to_owned(), String::new()));
}

#[cfg(unix)]
#[test]
fn link_to_itself_is_an_error() {
    let scratch = Scratch::new("link-loop");
    scratch.write("kustomization.yaml", KUSTOMIZATION).link("c.yaml", "c.yaml");
    let (status, stdout, stderr) = scratch.build(&[]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("c.yaml"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn cycle_through_a_link_is_found() {
    let scratch = Scratch::new("link-cycle");
    scratch.write("a/kustomization.yaml", "resources:\n- ../link\n").link("link", "a");
    let (status, stdout, stderr) = scratch.build(&["a"]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("cycle"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn file_without_permission_is_an_error_unless_we_may_read_everything() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("permission");
    scratch.write("kustomization.yaml", KUSTOMIZATION).write("c.yaml", CONFIG_MAP);
    let path = scratch.0.join("c.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("our own file");
    let (status, stdout, stderr) = scratch.build(&[]);
    // The superuser reads it all the same.
    if std::fs::read(&path).is_ok() {
        assert_eq!((status, stdout.as_str()), (Some(0), CONFIG_MAP));
    } else {
        assert_eq!((status, stdout.as_str()), (Some(1), ""));
        assert!(stderr.contains("c.yaml"), "{stderr}");
    }
}

#[test]
fn relative_and_absolute_directories_build_alike() {
    let scratch = Scratch::new("absolute");
    scratch.write("a/kustomization.yaml", KUSTOMIZATION).write("a/c.yaml", CONFIG_MAP);
    let absolute = scratch.0.join("a").to_string_lossy().into_owned();
    for directory in ["a", "./a", "a/", "a/../a", &absolute] {
        assert_eq!(scratch.build(&[directory]), (Some(0), CONFIG_MAP.to_owned(), String::new()), "{directory}");
    }
}
