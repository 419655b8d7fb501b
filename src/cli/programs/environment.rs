//! Which variables a program gets: where programs and the user's files are, the language, and the way to the network.
//!
//! Nothing else is passed on, since what runs may come with a repository: no tokens, no keys, no settings of other
//! programs. What a feature needs beside (`DOCKER_HOST`, `HELM_*`) it asks for in its invocation; what a user needs, such
//! as credentials for a helm plugin, is named in `RUSTOMIZE_PROGRAM_ENV`.

use std::ffi::OsString;

/// Names of further variables for every program, separated by commas; `NAME*` means all that begin so.
const PROGRAM_ENV: &str = "RUSTOMIZE_PROGRAM_ENV";

/// What every program gets.
const PASSED_ON: &[&str] = &[
    // where things are
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "XDG_*",
    "LD_LIBRARY_PATH",
    // language
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    // network
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What programs cannot do without on Windows.
const PASSED_ON_WINDOWS: &[&str] = &[
    "APPDATA",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATHEXT",
    "PROGRAMDATA",
    "PROGRAMFILES*",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// Returns the variables of this process; one whose name is not text cannot be asked for.
#[allow(clippy::disallowed_methods, reason = "programs get some of the variables")]
pub(super) fn own() -> Vec<(String, OsString)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect()
}

/// Returns what to pass on of these variables to a program that asks for more of them.
pub(super) fn passed_on<'a>(
    variables: &'a [(String, OsString)],
    inherited: &'a [String],
) -> impl Iterator<Item = (&'a str, OsString)> {
    let of_user = variables.iter().find(|(name, _)| name == PROGRAM_ENV).and_then(|(_, value)| value.to_str());
    let of_user: Vec<&str> = of_user.unwrap_or_default().split(',').map(str::trim).collect();
    let of_system = if cfg!(windows) { PASSED_ON_WINDOWS } else { &[] };
    variables.iter().filter_map(move |(name, value)| {
        let mut asked = PASSED_ON.iter().chain(of_system).copied().chain(of_user.iter().copied());
        let is_asked = asked.any(|wanted| matches(name, wanted)) || inherited.iter().any(|it| matches(name, it));
        is_asked.then(|| (name.as_str(), if is_same(name, "PATH") { search_path(value) } else { value.clone() }))
    })
}

fn matches(name: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        // A lone `*` is no name, and everything is never wanted.
        Some("") => false,
        Some(start) => name.get(..start.len()).is_some_and(|name| is_same(name, start)),
        None => is_same(name, wanted),
    }
}

/// Names differ by case only where the system says so.
fn is_same(a: &str, b: &str) -> bool {
    if cfg!(windows) { a.eq_ignore_ascii_case(b) } else { a == b }
}

/// Leaves relative directories out of the search path: programs are started in directories of other people, and must not
/// come from there.
fn search_path(value: &OsString) -> OsString {
    let directories = std::env::split_paths(value).filter(|directory| directory.is_absolute());
    std::env::join_paths(directories).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_variables_are_passed_on_and_those_asked_for() {
        let variables: Vec<(String, OsString)> = [
            ("PATH", if cfg!(windows) { r"C:\bin;.;bin" } else { "/bin:.::bin:/usr/bin" }),
            ("HOME", "/home/a"),
            ("GITHUB_TOKEN", "secret"),
            ("DOCKER_HOST", "tcp://d"),
            ("HELM_PLUGINS", "/p"),
            ("AWS_REGION", "r"),
            ("AWSX", "x"),
            ("RUSTOMIZE_PROGRAM_ENV", "AWS_*, CLOUD,*"),
        ]
        .map(|(name, value)| (name.to_owned(), value.into()))
        .to_vec();
        let inherited = ["DOCKER_HOST".to_owned(), "HELM_*".to_owned()];
        let passed: Vec<String> = passed_on(&variables, &inherited)
            .map(|(name, value)| format!("{name}={}", value.to_string_lossy()))
            .collect();
        let path = if cfg!(windows) { r"PATH=C:\bin" } else { "PATH=/bin:/usr/bin" };
        assert_eq!(passed, [path, "HOME=/home/a", "DOCKER_HOST=tcp://d", "HELM_PLUGINS=/p", "AWS_REGION=r"]);
    }
}
