//! What the reference says of the documents' own mistakes (`as-written/reference`), without the machine it says it on.

use super::{Programs, start};
use crate::shell::{self, Result};
use std::path::Path;

pub(super) fn check(programs: &Programs, system: &Path, faults: &mut Vec<String>) -> Result<()> {
    let root = system.join("as-written");
    if !root.is_dir() {
        return Ok(());
    }
    let reference = root.join("reference");
    let absolute = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    let mut n_fragments = 0;
    for fragment in shell::entries(&root)? {
        let name = shell::name(&fragment);
        // The same rule as that of the test, tests/integration/examples.rs.
        if !fragment.is_dir() || name == "reference" || name.ends_with("base") {
            continue;
        }
        n_fragments += 1;
        let output = start(&programs.theirs, &["build"], &fragment)?;
        let said = without_machine(&String::from_utf8_lossy(&output.stderr), &absolute.to_string_lossy());
        let manifests = output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned());
        for (file, text) in [("stderr", Some(said).filter(|said| !said.is_empty())), ("yaml", manifests)] {
            let path = reference.join(format!("{name}.{file}"));
            if std::fs::read_to_string(&path).ok() == text {
                continue;
            }
            match (programs.is_blessing, text) {
                (true, Some(text)) => shell::write(&path, text)?,
                (true, None) => std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?,
                (false, _) => faults.push(format!("{} is not what the reference says", path.display())),
            }
        }
    }
    println!("as written: {n_fragments} fragments");
    Ok(())
}

/// The directory becomes `…`, and so does an address in memory.
fn without_machine(said: &str, root: &str) -> String {
    let mut parts = said.split("0x");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += "0x…";
        text += part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
    }
    text.replace(root, "…")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_machine_is_not_named() {
        let said = super::without_machine("Error: &{0xc000123abc <nil>} in '/a/b/x'\n", "/a/b");
        assert_eq!(said, "Error: &{0x… <nil>} in '…/x'\n");
    }
}
