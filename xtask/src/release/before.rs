//! What must be true before anything is made, so that no quarter of an hour is lost: programs that are there, and an
//! environment in which everybody gets the same bytes.

use crate::shell::{self, Result};

/// Programs that cannot be installed on the way, and what for.
const PROGRAMS: [(&str, &str); 4] = [
    ("git", "for the commit and its time"),
    ("node", "for the npm package and the extension"),
    ("npm", "for the npm package and the extension"),
    ("python3", "for its package zig, the C compiler"),
];
/// Variables with which cargo and others would make something else, or put it elsewhere; `*` is any end.
const VARIABLES: [&str; 7] = [
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_PROFILE_*",
    "CFLAGS*",
    "TARGET_CFLAGS",
    "NODE_ENV",
];

/// Fails with all that is missing or in the way.
pub fn check() -> Result<()> {
    let mut faults = Vec::new();
    if std::env::consts::OS != "linux" {
        faults.push(format!("a release is made on Linux, and this is {}", std::env::consts::OS));
    }
    for (program, what_for) in PROGRAMS {
        if let Err(message) = shell::output(program, &["--version"]) {
            faults.push(format!("{program} is needed, {what_for}: {message}"));
        }
    }
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut foreign: Vec<String> = names.filter(|name| is_foreign(name)).collect();
    foreign.sort_unstable();
    if !foreign.is_empty() {
        faults.push(format!("others would get other bytes: unset {}", foreign.join(", ")));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n       ")) }
}

fn is_foreign(name: &str) -> bool {
    VARIABLES.iter().any(|one| match one.strip_suffix('*') {
        Some(begin) => name.starts_with(begin),
        None => name == *one,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn variables_are_known_by_their_names() {
        for name in ["CARGO_TARGET_DIR", "CARGO_PROFILE_RELEASE_LTO", "CFLAGS", "CFLAGS_x86_64_unknown_linux_musl"] {
            assert!(super::is_foreign(name), "{name}");
        }
        for name in ["CARGO_INCREMENTAL", "CARGO_HOME", "CARGO_TARGET_DIRECTORY", "PATH", "RUSTFLAGS"] {
            assert!(!super::is_foreign(name), "{name}");
        }
    }
}
