//! `vendor` and `build --offline`: what was fetched once is taken from `.rustomize/`, and nothing else is.

use crate::remote::{Server, Site, config_map, ok, site};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The lock file.
fn lock(site: &Site) -> String {
    std::fs::read_to_string(site.path(".rustomize/lock.json")).expect("a lock file")
}

/// The names in a directory of `.rustomize/`, sorted.
fn names(site: &Site, directory: &str) -> Vec<String> {
    let Ok(list) = std::fs::read_dir(site.path(&format!(".rustomize/{directory}"))) else { return Vec::new() };
    let mut names: Vec<String> =
        list.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn vendored_file(site: &Site, directory: &str, rest: &str) -> String {
    let name = names(site, directory).into_iter().next().expect("something is vendored");
    format!(".rustomize/{directory}/{name}{rest}")
}

fn move_away(site: &Site, directory: &str) {
    std::fs::rename(site.path(directory), site.path(&format!("{directory}-moved"))).expect("moved");
}

#[test]
fn what_was_vendored_is_built_without_its_source() {
    let site = site("vendor");
    let r = site.address("r");
    let commit = site.git("r", &["rev-parse", "v1"]);
    site.write("o/a/kustomization.yaml", &format!("resources: [\"{r}//over?ref=v1\"]\n"));
    site.run(".", &["build", "--offline", "o/a"]).expect_error(&[
        "not-vendored",
        "there is no directory `.rustomize`",
        "`rustomize vendor o/a` fetches it",
    ]);
    site.run(".", &["vendor", "o/a"]).expect(&format!("fetched {r} v1 {}\n", &commit[..12]));
    assert!(
        lock(&site).contains(&format!("\"commit\": \"{commit}\"")) && lock(&site).contains("\"digest\": \"sha256:")
    );
    move_away(&site, "r");
    // From anywhere: it is found at or above the kustomization.
    site.run(".", &["build", "--offline", "o/a"]).expect(&config_map("o-c"));
    site.run("o/a", &["build", "--offline"]).expect(&config_map("o-c"));
    site.run("tmp", &["build", "--offline", "../o/a"]).expect(&config_map("o-c"));
    site.run(".", &["vendor", "o/a"]).expect(&format!("kept {r} v1 {}\n", &commit[..12]));
    site.run(".", &["vendor", "--check", "o/a"]).expect("");
    // The default is as ever.
    site.run(".", &["build", "o/a"]).expect_error(&["remote-failed"]);
    // A remote root counts as where the user is.
    site.run(".", &["build", "--offline", &format!("{r}//base?ref=v1")]).expect(&config_map("c"));
    site.run(".", &["build", "--offline", &format!("{r}//base?ref=v2")]).expect_error(&["not-vendored"]);
    let named = site.run(".", &["build", "--offline", &format!("{r}//base?ref=v2")]);
    assert!(named.stderr.contains(&format!("`rustomize vendor '{r}//base?ref=v2'` fetches it")), "{}", named.stderr);
}

#[test]
fn what_is_locked_stays_until_it_is_updated() {
    let site = site("update");
    let r = site.address("r");
    site.write("k/kustomization.yaml", &format!("resources: [\"{r}//base\"]\n"));
    let first = site.git("r", &["rev-parse", "main"]);
    site.run(".", &["vendor", "k"]).expect(&format!("fetched {r} {}\n", &first[..12]));
    let locked = lock(&site);
    site.write("r/base/c.yaml", &config_map("new"));
    site.commit("r");
    let second = site.git("r", &["rev-parse", "main"]);
    // The lock file alone is enough to have the same again, wherever the branch is by now.
    std::fs::remove_dir_all(site.path(".rustomize/repositories")).expect("removed");
    site.run(".", &["build", "--offline", "k"]).expect_error(&["not-vendored"]);
    site.git("r", &["config", "uploadpack.allowReachableSHA1InWant", "true"]);
    site.run(".", &["vendor", "k"]).expect(&format!("fetched {r} {}\n", &first[..12]));
    site.run(".", &["build", "--offline", "k"]).expect(&config_map("c"));
    assert_eq!(lock(&site), locked);
    site.run(".", &["vendor", "--update", "k"]).expect(&format!("fetched {r} {}\n", &second[..12]));
    site.run(".", &["build", "--offline", "k"]).expect(&config_map("new"));
    assert_ne!(lock(&site), locked);
    // What is locked and nowhere any more is an error, not something else.
    let text = lock(&site).replace("sha256:", "sha256:0");
    site.write(".rustomize/lock.json", &text);
    std::fs::remove_dir_all(site.path(".rustomize/repositories")).expect("removed");
    site.run(".", &["vendor", "k"]).expect_error(&["vendor-changed", "`--update` accepts what it is now"]);
    assert_eq!(lock(&site), text);
}

#[test]
fn changed_content_is_an_error() {
    let server = Server::start(|_, _| ok(&config_map("f")));
    let site = site("changed");
    let (r, url) = (site.address("r"), &server.url);
    site.write("k/kustomization.yaml", &format!("resources: [\"{r}//base\", \"{url}/f.yaml\"]\n"));
    assert!(site.run(".", &["vendor", "k"]).success);
    for path in [vendored_file(&site, "repositories", "/base/c.yaml"), vendored_file(&site, "files", "")] {
        let text = std::fs::read_to_string(site.path(&path)).expect("a file");
        site.write(&path, &config_map("changed"));
        for arguments in [&["build", "--offline", "k"][..], &["vendor", "--check", "k"], &["vendor", "k"]] {
            let words =
                site.run(".", arguments).expect_error(&["vendor-changed", "locked: sha256:", "found:  sha256:"]);
            assert!(words.contains("--update"), "{words}");
        }
        site.write(&path, &text);
        site.run(".", &["vendor", "--check", "k"]).expect("");
    }
    // A file more is a change, too.
    let extra = vendored_file(&site, "repositories", "/base/extra.yaml");
    site.write(&extra, "");
    site.run(".", &["build", "--offline", "k"]).expect_error(&["vendor-changed"]);
    std::fs::remove_file(site.path(&extra)).expect("removed");
    site.write(".rustomize/lock.json", "{}");
    site.run(".", &["build", "--offline", "k"]).expect_error(&["error[io]", "lock.json", "missing field"]);
    site.write(".rustomize/lock.json", "{\"version\": 2, \"repositories\": [], \"files\": []}");
    site.run(".", &["build", "--offline", "k"]).expect_error(&["error[io]", "its version is 2"]);
}

#[test]
fn files_are_vendored_and_pages_are_not() {
    let n_requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&n_requests);
    let server = Server::start(move |path, _| {
        counter.fetch_add(1, Ordering::Relaxed);
        match path {
            "/f.yaml" => ok(&config_map("f")),
            "/p.yaml?token=hunter2" => ok("- {op: add, path: /data, value: {a: b}}\n"),
            _ => ok("<html>"),
        }
    });
    let site = site("files");
    let (url, with_user) = (&server.url, server.url.replace("//", "//me:hunter2@"));
    let text = format!(
        "resources: [\"{with_user}/f.yaml\"]\npatches:\n- path: {url}/p.yaml?token=hunter2\n  target: {{kind: ConfigMap}}\n"
    );
    site.write("k/kustomization.yaml", &text);
    let ended = site.run(".", &["vendor", "k"]);
    assert!(ended.success && !ended.stdout.contains("hunter2"), "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 2, "{}", ended.stdout);
    assert!(!lock(&site).contains("hunter2") && !lock(&site).contains("me"), "{}", lock(&site));
    let n_before = n_requests.load(Ordering::Relaxed);
    let expected = config_map("f").replace("kind", "data:\n  a: b\nkind");
    site.run(".", &["build", "--offline", "k"]).expect(&expected);
    site.run(".", &["vendor", "k"]);
    assert_eq!(n_requests.load(Ordering::Relaxed), n_before);
    // The server has a page for everything, and git cannot do anything with it.
    site.write("k/kustomization.yaml", &format!("resources: [\"{url}/o/r\"]\n"));
    let before = lock(&site);
    site.run(".", &["vendor", "k"]).expect_error(&["`git fetch` failed"]);
    assert_eq!(lock(&site), before);
}

#[test]
fn several_directories_share_what_is_vendored_and_prune_drops_the_rest() {
    let site = site("several");
    let r = site.address("r");
    site.write("a/kustomization.yaml", &format!("resources: [\"{r}//base\"]\n"));
    site.write("b/kustomization.yaml", &format!("resources: [\"{r}//over\", \"{r}//base?ref=dev/x\"]\n"));
    assert_eq!(site.run(".", &["vendor", "a", "b"]).stdout.lines().count(), 2);
    assert_eq!(names(&site, "repositories").len(), 2);
    site.run(".", &["vendor", "--check", "a", "b"]).expect("");
    assert_eq!(site.run(".", &["vendor", "a"]).stdout.lines().count(), 1);
    assert_eq!(names(&site, "repositories").len(), 2, "the other directory needs it");
    site.write(".rustomize/repositories/stray/x", "");
    assert_eq!(site.run(".", &["vendor", "--prune", "a"]).stdout.lines().count(), 1);
    assert_eq!(names(&site, "repositories").len(), 1);
    site.run(".", &["build", "--offline", "a"]).expect(&config_map("c"));
    let words = site.run(".", &["vendor", "--check", "a", "b"]).expect_error(&["not-vendored"]);
    assert!(words.contains("b/kustomization.yaml") && !words.contains("a/kustomization.yaml"), "{words}");
}

#[test]
fn a_repository_is_vendored_as_it_is_but_for_what_steers_git() {
    let site = site("whole");
    site.write("r/.gitignore", "base/*.tmp\n")
        .write("r/.gitattributes", "*.yaml text\n")
        .write("r/base/d/e.txt", "e\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("base", site.path("r/link")).expect("a link");
    site.commit("r");
    let r = site.address("r");
    site.write("k/kustomization.yaml", &format!("resources: [\"{r}//base\"]\n"));
    assert!(site.run(".", &["vendor", "k"]).success);
    let at = |rest: &str| site.path(&vendored_file(&site, "repositories", rest));
    assert!(at("/base/d/e.txt").is_file() && at("/kustomization.yaml").is_file());
    assert!(!at("/.git").exists() && !at("/.gitignore").exists() && !at("/.gitattributes").exists());
    #[cfg(unix)]
    assert!(at("/link").is_symlink());
    // It survives being committed in a repository that ignores much and converts line ends.
    site.write(".gitignore", "*.yaml\nbase/\ntmp/\nhome/\nr/\n").write(".gitattributes", "* text eol=crlf\n");
    site.git(".", &["init", "--quiet", "--initial-branch=main"]);
    site.commit(".");
    site.git(".", &["clone", "--quiet", ".", "tmp/copy"]);
    let copy = site.path("tmp/copy/.rustomize");
    std::fs::remove_dir_all(site.path(".rustomize")).expect("removed");
    std::fs::rename(copy, site.path(".rustomize")).expect("moved");
    std::fs::remove_dir_all(site.path("tmp/copy")).expect("removed");
    site.run(".", &["build", "--offline", "k"]).expect(&config_map("c"));
}

#[test]
fn a_build_that_fails_vendors_nothing() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let is_good = Arc::new(AtomicBool::new(false));
    let (log, good) = (Arc::clone(&asked), Arc::clone(&is_good));
    let server = Server::start(move |path, _| {
        log.lock().expect("no one panics with it").push(path.to_owned());
        ok(if good.load(Ordering::Relaxed) { "- {op: add, path: /data, value: {}}" } else { "not a patch" })
    });
    let site = site("fails");
    let text =
        format!("resources: [\"{}//base\"]\npatches: [{{path: {}/p, target: {{}}}}]\n", site.address("r"), server.url);
    site.write("k/kustomization.yaml", &text);
    site.run(".", &["vendor", "k"]).expect_error(&["patch-invalid"]);
    assert!(!site.path(".rustomize").exists());
    is_good.store(true, Ordering::Relaxed);
    assert!(site.run(".", &["vendor", "k"]).success);
    assert_eq!(*asked.lock().expect("no one panics with it"), ["/p", "/p"]);
    site.run(".", &["vendor", ""]).expect_error(&["error[usage]"]);
}
