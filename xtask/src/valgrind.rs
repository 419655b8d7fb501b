//! What valgrind counts: instructions (callgrind) and allocated bytes (dhat), neither of which noise can change.

use crate::shell::{self, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What to count.
#[derive(Clone, Copy)]
pub enum Count {
    Instructions,
    AllocatedBytes,
}

/// Returns valgrind's version, if it is there.
pub fn version() -> Option<String> {
    Some(shell::output("valgrind", &["--version"]).ok()?.trim().to_owned())
}

/// Counts over one build of the targets, in one process with one thread.
pub fn count(what: Count, program: &Path, targets: &[PathBuf]) -> Result<u64> {
    let options: &[&str] = match what {
        Count::Instructions => &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
        Count::AllocatedBytes => &["--tool=dhat", "--dhat-out-file=/dev/null"],
    };
    let output = Command::new("valgrind")
        .args(options)
        .arg(program)
        .arg("build")
        .args(targets)
        // What the caller's environment holds is work for the loader of programs, and so a count.
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("RAYON_NUM_THREADS", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind {}: {}: {}", program.display(), output.status, said.trim()));
    }
    parse(what, &said).ok_or(format!("valgrind printed no count: {}", said.trim()))
}

fn parse(what: Count, said: &str) -> Option<u64> {
    let label = match what {
        Count::Instructions => "Collected :",
        Count::AllocatedBytes => "Total:",
    };
    let rest = said.lines().find_map(|line| line.split_once(label))?.1;
    rest.split_whitespace().next()?.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Count, parse};

    #[test]
    fn counts_are_read() {
        let callgrind = "==1== Events    : Ir\n==1== Collected : 2320401\n==1==\n==1== I   refs:      2,320,401\n";
        assert_eq!(parse(Count::Instructions, callgrind), Some(2_320_401));
        let dhat =
            "warning[x]: words\n==1== Total:     1,024 bytes in 7 blocks\n==1== At t-gmax: 512 bytes in 3 blocks\n";
        assert_eq!(parse(Count::AllocatedBytes, dhat), Some(1024));
        assert_eq!(parse(Count::AllocatedBytes, callgrind), None);
    }
}
