//! Remote roots and files: git repositories made here, and an HTTP server of our own; nothing leaves the machine.

use crate::disk::Scratch;
use crate::doors::program;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A directory with repositories and kustomizations, and the program with an environment of its own.
pub(crate) struct Site {
    scratch: Scratch,
    variables: Vec<(&'static str, String)>,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Site {
    pub(crate) fn new(name: &str) -> Site {
        let site = Site { scratch: Scratch::new(&format!("remote-{name}")), variables: Vec::new() };
        site.write("tmp/.keep", "").write("home/.keep", "");
        site
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.scratch.path(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> &Site {
        self.scratch.write(path, text);
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Site {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// The address of a directory here as a repository.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("file://{}", self.path(path).display())
    }

    fn environment(&self, command: &mut Command) {
        // Not the user's configuration, templates, proxies or hooks.
        for name in ["GIT_DIR", "HTTP_PROXY", "http_proxy", "XDG_CONFIG_HOME", "CLICOLOR_FORCE", "FORCE_COLOR"] {
            command.env_remove(name);
        }
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("NO_COLOR", "1").stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }

    pub(crate) fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        self.environment(&mut command);
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
        let user = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always"];
        let output = command.args(user).args(arguments).current_dir(self.path(directory)).output();
        let output = output.expect("git can be started: these tests need it");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Makes a repository of the files in a directory, with the branch `main`.
    pub(crate) fn repository(&self, directory: &str) {
        self.git(directory, &["init", "--quiet", "--initial-branch=main"]);
        self.commit(directory);
    }

    pub(crate) fn commit(&self, directory: &str) {
        self.git(directory, &["add", "--all"]);
        self.git(directory, &["commit", "--quiet", "--message=x"]);
    }

    pub(crate) fn run(&self, directory: &str, arguments: &[&str]) -> Ended {
        let mut command = Command::new(program());
        self.environment(&mut command);
        let output = command.args(arguments).current_dir(self.path(directory)).output();
        let output = output.expect("the program can be started");
        let left = std::fs::read_dir(self.path("tmp")).expect("our directory").count();
        assert_eq!(left, 1, "something is left in the temporary directory after {arguments:?}");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { success: output.status.success(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Builds a kustomization with one entry under `resources`.
    fn build(&self, entry: &str) -> Ended {
        self.write("k/kustomization.yaml", &format!("resources:\n- \"{entry}\"\n"));
        self.run(".", &["build", "k"])
    }
}

impl Ended {
    #[track_caller]
    pub(crate) fn expect(self, stdout: &str) {
        assert!(self.success, "{}", self.stderr);
        assert_eq!(self.stdout, stdout);
    }

    #[track_caller]
    pub(crate) fn expect_error(self, words: &[&str]) -> String {
        assert!(!self.success && self.stdout.is_empty(), "it is built: {}", self.stdout);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in:\n{}", self.stderr);
        }
        self.stderr
    }
}

pub(crate) fn config_map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n")
}

/// A repository `r` with a base, an overlay of it, and a second commit on the branch `dev/x`.
pub(crate) fn site(name: &str) -> Site {
    let site = Site::new(name);
    site.write("r/base/kustomization.yaml", "resources: [c.yaml]\n")
        .write("r/base/c.yaml", &config_map("c"))
        .write("r/over/kustomization.yaml", "resources: [../base]\nnamePrefix: o-\n")
        .write("r/kustomization.yaml", "resources: [base]\nnamePrefix: root-\n");
    site.repository("r");
    site.git("r", &["tag", "v1"]);
    site.git("r", &["checkout", "--quiet", "-b", "dev/x"]);
    site.write("r/base/c.yaml", &config_map("dev"));
    site.commit("r");
    site.git("r", &["checkout", "--quiet", "main"]);
    site
}

#[test]
fn directories_and_refs_of_a_repository_are_built() {
    let site = site("refs");
    let r = site.address("r");
    let commit = site.git("r", &["rev-parse", "dev/x"]);
    for (rest, name) in [
        ("", "root-c"),
        ("//base", "c"),
        ("//over/?ref=v1", "o-c"),
        ("//base?ref=dev/x", "dev"),
        ("//base?ref=dev%2Fx&timeout=1m", "dev"),
        (&format!("//over?version={commit}"), "o-dev"),
    ] {
        site.build(&format!("{r}{rest}")).expect(&config_map(name));
        site.run(".", &["build", &format!("{r}{rest}")]).expect(&config_map(name));
    }
    let words = site.build(&format!("{r}//base?ref=nope")).expect_error(&["remote-failed", "k/kustomization.yaml:2:3"]);
    assert!(words.contains("git: fatal:") && words.contains("nope"), "{words}");
    site.build(&format!("{r}//none")).expect_error(&["file-not-found", "//none` does not exist"]);
    site.build(&site.address("none")).expect_error(&["remote-failed", "`git fetch` failed"]);
    site.build(&format!("{r}//base/c.yaml")).expect_error(&["invalid-path", "is a file in its repository"]);
}

#[test]
fn origins_name_repository_and_ref() {
    let site = site("origins");
    let r = site.address("r");
    let text =
        format!("resources:\n- {r}//over?ref=dev/x\nbuildMetadata: [originAnnotations, transformerAnnotations]\n");
    site.write("k/kustomization.yaml", &text);
    // As kustomize v5.8.2 has it.
    let expected = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n    \
         alpha.config.kubernetes.io/transformations: |\n      - repo: {r}\n        ref: dev/x\n        \
         configuredIn: over/kustomization.yaml\n        configuredBy:\n          apiVersion: builtin\n          \
         kind: PrefixTransformer\n    config.kubernetes.io/origin: |\n      path: base/c.yaml\n      repo: {r}\n      \
         ref: dev/x\n  name: o-dev\n"
    );
    site.run(".", &["build", "k"]).expect(&expected);
}

#[test]
fn components_and_bases_may_be_remote() {
    let site = site("components");
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -comp\n";
    site.write("comp/kustomization.yaml", component);
    site.repository("comp");
    let (r, comp) = (site.address("r"), site.address("comp"));
    site.write("k/kustomization.yaml", &format!("bases:\n- {r}//base\ncomponents:\n- {comp}\n"));
    let ended = site.run(".", &["build", "k"]);
    assert_eq!((ended.success, ended.stdout), (true, config_map("c-comp")));
    site.write("k/kustomization.yaml", &format!("components:\n- {r}//base\n"));
    site.run(".", &["build", "k"]).expect_error(&["wrong-kind"]);
}

#[test]
fn submodules_are_checked_out_unless_the_address_says_no() {
    let site = site("submodules").with("GIT_CONFIG_COUNT", "1");
    let site = site.with("GIT_CONFIG_KEY_0", "protocol.file.allow").with("GIT_CONFIG_VALUE_0", "always");
    site.write("outer/kustomization.yaml", "resources: [inner/base]\n");
    site.git("outer", &["init", "--quiet", "--initial-branch=main"]);
    site.git("outer", &["submodule", "--quiet", "add", &site.address("r"), "inner"]);
    site.commit("outer");
    let outer = site.address("outer");
    site.build(&outer).expect(&config_map("c"));
    site.build(&format!("{outer}?submodules=true")).expect(&config_map("c"));
    site.build(&format!("{outer}?submodules=false")).expect_error(&["inner/base"]);
}

#[test]
fn nothing_in_an_address_becomes_an_option() {
    let site = site("options");
    let r = site.address("r");
    let mark = site.path("mark");
    for reference in [
        format!("--upload-pack=touch {}%3Bgit-upload-pack", mark.display()),
        format!("-u touch {}", mark.display()),
        "--help".to_owned(),
        "-".to_owned(),
    ] {
        site.build(&format!("{r}//base?ref={reference}")).expect_error(&["remote-failed", "`git fetch` failed"]);
    }
    for entry in ["file://--upload-pack=x/y", "git@-oProxyCommand=x:o/r", "ssh://-oProxyCommand=x/o/r"] {
        site.build(entry).expect_error(&["remote-failed"]);
    }
    site.build("ext::sh -c touch% mark").expect_error(&["file-not-found"]);
    assert!(!mark.exists());
}

#[test]
fn a_hook_that_runs_us_does_not_lead_git_astray() {
    let site = site("hook");
    let git_directory = site.path("r/.git").display().to_string();
    let before = site.git("r", &["rev-parse", "HEAD"]);
    let site = site.with("GIT_DIR", &git_directory).with("GIT_WORK_TREE", "/").with("GIT_INDEX_FILE", "/none/index");
    site.build(&format!("{}//base?ref=dev/x", site.address("r"))).expect(&config_map("dev"));
    assert_eq!(site.git("r", &["rev-parse", "HEAD"]), before);
}

#[test]
fn bases_of_a_repository_stay_in_it_and_files_at_home() {
    let site = site("inside");
    site.write("secret/kustomization.yaml", "resources: [c.yaml]\n").write("secret/c.yaml", &config_map("hunter2"));
    let secret = site.path("secret/c.yaml").display().to_string();
    site.write("r/up/kustomization.yaml", "resources: [../../secret]\n")
        .write("r/far/kustomization.yaml", "resources: [../../../../../../../../../../../../etc]\n")
        .write("r/beside/kustomization.yaml", "resources: [../base/c.yaml]\n")
        .write("r/read/kustomization.yaml", &format!("configMapGenerator:\n- name: g\n  files: [{secret}]\n"));
    site.commit("r");
    let r = site.address("r");
    for path in ["up", "far", "beside", "read"] {
        let entry = format!("{r}//{path}");
        site.build(&entry);
        for flags in [&[][..], &["--load-restrictor=LoadRestrictionsNone"]] {
            let words = site.run(".", &[&["build", "k"], flags].concat()).expect_error(&["error["]);
            assert!(!words.contains("hunter2"), "{words}");
        }
    }
    site.build(&format!("{r}//..")).expect_error(&["file-not-found"]);
    site.build(&format!("{r}////../secret")).expect_error(&["error["]);
}

#[cfg(unix)]
#[test]
fn links_out_of_a_repository_are_not_followed() {
    use std::os::unix::fs::symlink;
    let site = site("links");
    site.write("secret/kustomization.yaml", "resources: [c.yaml]\n").write("secret/c.yaml", &config_map("hunter2"));
    site.write("r/file/kustomization.yaml", "resources: [c.yaml]\n");
    site.write("r/within/kustomization.yaml", "resources: [../linked]\n");
    site.write("r/text/kustomization.yaml", "configMapGenerator:\n- name: g\n  files: [c.yaml]\n");
    let secret = site.path("secret");
    for (target, link) in [
        (secret.clone(), "r/directory"),
        (secret.join("c.yaml"), "r/file/c.yaml"),
        (secret.join("c.yaml"), "r/text/c.yaml"),
        (secret.join("kustomization.yaml"), "r/kust/kustomization.yaml"),
        (PathBuf::from("base"), "r/linked"),
    ] {
        let link = site.path(link);
        std::fs::create_dir_all(link.parent().expect("a parent")).expect("a directory");
        symlink(target, link).expect("a link");
    }
    site.commit("r");
    let r = site.address("r");
    for path in ["directory", "file", "text", "kust"] {
        let words = site.build(&format!("{r}//{path}")).expect_error(&["error["]);
        assert!(!words.contains("hunter2"), "{words}");
        let words = site.run(".", &["build", "k", "--load-restrictor=LoadRestrictionsNone"]).expect_error(&["error["]);
        assert!(!words.contains("hunter2"), "{words}");
    }
    site.build(&format!("{r}//linked")).expect(&config_map("c"));
    site.build(&format!("{r}//within")).expect(&config_map("c"));
}

#[test]
fn a_repository_that_includes_itself_is_an_error() {
    let site = site("cycle");
    let r = site.address("r");
    site.write("r/self/kustomization.yaml", &format!("resources: [\"{r}//self\"]\n"))
        .write("r/other/kustomization.yaml", &format!("resources: [\"{r}//other?ref=main\"]\n"))
        .write("r/whole/kustomization.yaml", &format!("resources: [\"{r}\"]\n"))
        .write("r/part/kustomization.yaml", &format!("resources: [\"{r}//base\"]\n"));
    site.commit("r");
    site.build(&format!("{r}//self")).expect_error(&["error[cycle]"]);
    site.build(&format!("{r}//other")).expect_error(&["error[cycle]"]);
    // The address of the whole begins that of the part, which the reference takes for a cycle.
    site.build(&format!("{r}//whole")).expect_error(&["error[cycle]", "is part of the address"]);
    site.build(&format!("{r}//part")).expect(&config_map("c"));
}

/// Answers requests for one path after another.
pub(crate) struct Server {
    pub(crate) url: String,
}

/// What a server does with a request.
pub(crate) enum Answer {
    /// Writes bytes, a whole response, and hangs up.
    Write(String),
    /// Says nothing for longer than anyone should wait.
    Hang,
}

pub(crate) fn ok(body: &str) -> Answer {
    Answer::Write(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()))
}

fn status(line: &str) -> Answer {
    Answer::Write(format!("HTTP/1.1 {line}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"))
}

impl Server {
    /// Starts a server; `answer` is given the path with its query, and the whole head of the request.
    pub(crate) fn start(answer: impl Fn(&str, &str) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answer = std::sync::Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = std::sync::Arc::clone(&answer);
                std::thread::spawn(move || serve(stream, &*answer));
            }
        });
        Server { url }
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str, &str) -> Answer) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("").to_owned();
    match answer(&path, &head) {
        Answer::Write(text) => drop(stream.write_all(text.as_bytes())),
        Answer::Hang => std::thread::sleep(Duration::from_secs(60)),
    }
}

#[test]
fn files_come_over_http() {
    let server = Server::start(|path, head| match path {
        "/a.yaml" => ok(&config_map("a")),
        "/a/b/c.yaml?x=1" => ok(&config_map("deep")),
        "/p.yaml" => ok("- op: add\n  path: /data\n  value: {patched: \"yes\"}\n"),
        "/moved.yaml" => {
            Answer::Write("HTTP/1.1 302 Found\r\nLocation: /a.yaml\r\nContent-Length: 0\r\n\r\n".to_owned())
        }
        "/round.yaml" => {
            Answer::Write("HTTP/1.1 302 Found\r\nLocation: /round.yaml\r\nContent-Length: 0\r\n\r\n".to_owned())
        }
        "/text" => ok("A=1\n"),
        "/private.yaml" if head.to_ascii_lowercase().contains("authorization: basic dxnlcjpwyxnz\r\n") => {
            ok(&config_map("private"))
        }
        "/private.yaml" => status("401 Unauthorized"),
        "/gone/x" => status("410 Gone"),
        _ => status("404 Not Found"),
    });
    let site = Site::new("http");
    let url = &server.url;
    site.build(&format!("{url}/a.yaml")).expect(&config_map("a"));
    site.build(&format!("{url}/a/b/c.yaml?x=1")).expect(&config_map("deep"));
    site.build(&format!("{url}/moved.yaml")).expect(&config_map("a"));
    site.build(&url.replace("//", "//user:pass@").replace("http", "HTTP")).expect_error(&["remote-failed"]);
    site.build(&format!("{}/private.yaml", url.replace("//", "//user:pass@"))).expect(&config_map("private"));
    site.build(&format!("{url}/none.yaml")).expect_error(&["remote-failed", "the server answered 404 Not Found"]);
    site.build(&format!("{url}/round.yaml")).expect_error(&["remote-failed", "more than 10 times"]);
    // It could be a repository, so git is asked, too.
    site.build(&format!("{url}/gone/x")).expect_error(&["`git fetch` failed", "the server answered 410 Gone"]);
    let text = format!(
        "resources: [\"{url}/a.yaml\"]\npatches:\n- path: {url}/p.yaml\n  target: {{kind: ConfigMap}}\n\
         configMapGenerator:\n- name: g\n  files: [\"k={url}/text\"]\n  envs: [\"{url}/text\"]\n\
         generatorOptions: {{disableNameSuffixHash: true}}\n"
    );
    site.write("k/kustomization.yaml", &text);
    let generated = "apiVersion: v1\ndata:\n  A: \"1\"\n  k: |\n    A=1\nkind: ConfigMap\nmetadata:\n  name: g\n";
    let patched = "apiVersion: v1\ndata:\n  patched: \"yes\"\nkind: ConfigMap\nmetadata:\n  name: a\n";
    // The patch is for all config maps there are, the generated one, too.
    let generated = generated.replace("data:\n  A: \"1\"\n  k: |\n    A=1\n", "data:\n  patched: \"yes\"\n");
    site.run(".", &["build", "k"]).expect(&format!("{patched}---\n{generated}"));
}

#[test]
fn credentials_are_not_shown() {
    let site = Site::new("credentials");
    for entry in ["http://user:hunter2@127.0.0.1:1/a.yaml", "http://127.0.0.1:1/a.yaml?token=hunter2"] {
        let words = site.build(entry).expect_error(&["remote-failed"]);
        assert!(!words.contains("hunter2") && words.contains("127.0.0.1:1/a.yaml"), "{words}");
        let words = site.run(".", &["build", "k", "--error-format=json"]).expect_error(&["remote-failed"]);
        assert!(!words.contains("hunter2"), "{words}");
    }
}

#[test]
fn a_server_that_hangs_is_given_up() {
    let server = Server::start(|_, _| Answer::Hang);
    let site = Site::new("hang");
    let address = format!("{}/o/r//base?timeout=1", server.url);
    let start = Instant::now();
    site.write("k/kustomization.yaml", &format!("components: [\"{address}\"]\n"));
    let words = site.run(".", &["build", "k"]).expect_error(&["remote-failed", "`git fetch` took longer than 1s"]);
    assert!(words.contains("timeout=120"), "{words}");
    let words = site.build(&address).expect_error(&["`git fetch` took longer than 1s"]);
    assert!(words.contains("does not answer in time"), "{words}");
    // As long as the server hangs.
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    let server = Server::start(|path, _| match path {
        "/declared.yaml" => Answer::Write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\na".to_owned()),
        _ => Answer::Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut off".to_owned()),
    });
    let site = Site::new("long");
    site.build(&format!("{}/declared.yaml", server.url)).expect_error(&["limit-exceeded", "is longer than 268435456"]);
    site.build(&format!("{}/cut.yaml", server.url)).expect_error(&["remote-failed"]);
}

#[test]
fn a_program_without_git_says_so() {
    let site = site("without-git").with("PATH", "/none");
    let entry = format!("{}//base", site.address("r"));
    site.build(&entry).expect_error(&["remote-unsupported", "there is no program `git`", "install git"]);
}

#[test]
fn the_whole_of_git_is_stopped_when_its_time_is_over() {
    let site = Site::new("stop");
    let script = site.path("bin/git");
    let marks = site.path("marks").display().to_string();
    // A program that starts another, which would go on.
    let text = format!("#!/bin/sh\n(sleep 3; echo on > {marks}) &\nsleep 30\n");
    site.write("bin/git", &text);
    make_executable(&script);
    let site = site.with("PATH", &format!("{}:/usr/bin:/bin", script.parent().expect("a parent").display()));
    let start = Instant::now();
    site.build("file:///none//base?timeout=1").expect_error(&["`git init` took longer than 1s"]);
    // As long as the program sleeps.
    assert!(start.elapsed() < Duration::from_secs(30));
    std::thread::sleep(Duration::from_secs(3));
    assert!(!Path::new(&marks).exists(), "it went on");
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) {}
