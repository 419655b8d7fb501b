//! The C compiler for all systems that programs are made for: zig, as a package of Python, so that every machine has the same.

use crate::shell::{self, Result};
use std::path::{Path, PathBuf};

const VERSION: &str = "0.17.1";
const DIRECTORY: &str = "target/tools";

/// Where it is installed.
pub struct Zig {
    directory: PathBuf,
}

/// Installs it, if it is not there.
pub fn install() -> Result<Zig> {
    let directory = shell::root().join(DIRECTORY).join(format!("zig-{VERSION}"));
    let zig = Zig { directory };
    if !zig.home().is_ok_and(|home| home.join("zig").exists()) {
        println!("zig {VERSION} is not here: installing it with pip");
        shell::run("python3", &["-m", "venv", &zig.directory.to_string_lossy()])?;
        let pip = zig.directory.join("bin/pip");
        let package = format!("ziglang=={VERSION}");
        shell::run(&pip.to_string_lossy(), &["install", "--quiet", "--disable-pip-version-check", &package])?;
    }
    Ok(zig)
}

impl Zig {
    pub fn version(&self) -> &'static str {
        VERSION
    }

    /// The directory of the program, with the sources of musl.
    fn home(&self) -> Result<PathBuf> {
        let python = shell::entries(&self.directory.join("lib"))?.pop().ok_or("zig: no library of Python")?;
        Ok(python.join("site-packages/ziglang"))
    }

    /// The licence of musl, which static programs hold.
    pub fn musl_licence(&self) -> Result<String> {
        shell::read(&self.home()?.join("lib/libc/musl/COPYRIGHT"))
    }

    /// The environment in which crates with C in them are compiled for a target.
    pub fn environment(&self, target: &str, flags: &str) -> Result<Vec<(String, String)>> {
        let (processor, _) = target.split_once('-').ok_or(format!("`{target}` is no target"))?;
        let zig = self.home()?.join("zig");
        // The crate cc names targets in LLVM's way, which zig does not understand.
        let compiler = format!(
            "#!/bin/sh\nfor arg; do\n  shift\n  case $arg in --target=*) ;; *) set -- \"$@\" \"$arg\" ;; esac\ndone\n\
             exec '{}' cc -target {processor}-linux-musl -fno-sanitize=undefined \"$@\"\n",
            zig.display()
        );
        let archiver = format!("#!/bin/sh\nexec '{}' ar \"$@\"\n", zig.display());
        let compiler = self.script(&format!("cc-{processor}"), &compiler)?;
        let archiver = self.script("ar", &archiver)?;
        let cache = self.directory.join("cache").to_string_lossy().into_owned();
        let under = target.replace('-', "_");
        Ok(vec![
            (format!("CC_{under}"), compiler),
            (format!("AR_{under}"), archiver),
            (format!("CFLAGS_{under}"), flags.to_owned()),
            ("ZIG_GLOBAL_CACHE_DIR".to_owned(), cache.clone()),
            ("ZIG_LOCAL_CACHE_DIR".to_owned(), cache),
        ])
    }

    fn script(&self, name: &str, text: &str) -> Result<String> {
        let path: &Path = &self.directory.join(name);
        // What cargo finds newer is compiled again.
        if shell::read(path).ok().as_deref() != Some(text) {
            shell::write(path, text)?;
            shell::run("chmod", &["0755", &path.to_string_lossy()])?;
        }
        Ok(path.to_string_lossy().into_owned())
    }
}
