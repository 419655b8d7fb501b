//! `cargo xtask release install`: the commands of docs/install.md, as they stand there, with the files that were made, in a
//! home and a directory where nothing else is; and whether what they installed works.

use super::{OUT, SUMS, WORK};
use crate::shell::{self, Result};
use crate::tools;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/install.md";
/// Above the blocks that are run here.
const MARK: &str = "<!-- run by: xtask/src/release/install.rs -->\n```sh\n";

pub fn run() -> Result<()> {
    if !Path::new(OUT).join(SUMS).exists() {
        return Err(format!("there is no {OUT}/{SUMS}: `cargo xtask release` makes what is installed"));
    }
    tools::debian("skopeo", "skopeo")?;
    for (program, package) in [("man", "man-db"), ("zsh", "zsh"), ("fish", "fish")] {
        tools::debian(program, package)?;
    }
    let place = shell::root().join(WORK).join("install");
    let _ = std::fs::remove_dir_all(&place);
    let home = place.join("home");
    for file in shell::entries(Path::new(OUT))? {
        let content = shell::read_bytes(&file)?;
        shell::write(&place.join("files").join(shell::name(&file)), content)?;
    }
    shell::write(&home.join(".keep"), "")?;
    let page = shell::read(PAGE.as_ref())?;
    let (install, remove) = blocks(&page)?;
    let script = format!("set -eu\n{}\n{}\n{}\n{LEFT}", install.join("\n"), TRIAL, remove.join("\n"));
    println!("{} blocks of {PAGE}, {} that remove", install.len(), remove.len());
    let path: PathBuf = place.join("install.sh");
    shell::write(&path, script)?;
    // Nothing of this user's but the way to programs: node and npm may be anywhere.
    let search = std::env::var("PATH").map_err(|_| "PATH is not set")?;
    let (home, search) = (format!("HOME={}", home.display()), format!("PATH={search}"));
    let files = place.join("files").to_string_lossy().into_owned();
    let script = "cd \"$1\" && exec bash \"$2\"";
    let args = ["-i", &home, &search, "LC_ALL=C.UTF-8", "sh", "-c", script, "sh", &files, &path.to_string_lossy()];
    shell::run("env", &args)?;
    println!("INSTALLED, tried and removed as {PAGE} says");
    Ok(())
}

/// The blocks that are run: those that install, and those that remove, which come last.
fn blocks(page: &str) -> Result<(Vec<&str>, Vec<&str>)> {
    let (mut install, mut remove) = (Vec::new(), Vec::new());
    for part in page.split(MARK).skip(1) {
        let (block, _) = part.split_once("```\n").ok_or(format!("{PAGE}: a block without end"))?;
        if block.starts_with("rm ") { remove.push(block) } else { install.push(block) }
    }
    if install.len() < 5 || remove.is_empty() {
        Err(format!("{PAGE}: blocks are missing"))
    } else {
        Ok((install, remove))
    }
}

/// What must be true of what was installed.
const TRIAL: &str = r#"
PATH=~/.local/bin:$PATH
echo "== no environment at all"
env -i ~/.local/bin/rustomize version | grep "^rustomize $VERSION (kustomize v"
echo "== other names"
test "$(~/.local/lib/rustomize/kustomize version)" = "$(env -i ~/.local/bin/rustomize version | sed 's/.*kustomize \(v[0-9.]*\).*/\1/')"
kubectl-rustomize version
echo "== completions in bash"
bash -c '
  . ~/.local/share/bash-completion/completions/rustomize
  COMP_WORDS=(rustomize build --enable-h); COMP_CWORD=2
  _rustomize rustomize --enable-h build
  test "${COMPREPLY[*]}" = --enable-helm'
echo "== completions in zsh and fish"
zsh -n ~/.local/share/zsh/site-functions/_rustomize
zsh -f -c '
  fpath=(~/.local/share/zsh/site-functions $fpath)
  autoload -Uz compinit && compinit -u -D
  test "$_comps[rustomize]" = _rustomize && autoload +X _rustomize'
fish -c 'complete -C "rustomize edit add configmap --from-l"' | grep "^--from-literal"
echo "== man pages"
for page in ~/.local/share/man/man1/*.1; do
  man -l "$page" 2> warnings | grep -q "^SYNOPSIS"
  test ! -s warnings || { cat warnings; false; }
done
man rustomize-edit-set-image | grep -q "rustomize edit set image"
man rustomize-build | grep -q -- "--load-restrictor"
echo "== the image"
for processor in amd64 arm64; do
  skopeo inspect --override-arch $processor "oci:image:$VERSION" | grep "\"Architecture\": \"$processor\""
done
echo "== removing"
"#;

/// What must be true at the end.
const LEFT: &str = r#"
find ~ -name '*ustomize*' | (! grep .)
"#;

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_are_told_apart() {
        let page = super::shell::read(&super::shell::root().join(super::PAGE)).expect("the page");
        let (install, remove) = super::blocks(&page).expect("blocks");
        assert!(install[0].contains("sha256sum --check"));
        assert!(install.iter().all(|block| !block.contains("rm -")));
        assert!(remove.len() == 1 && remove[0].contains("rm -rf"));
    }
}
