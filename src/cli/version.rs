//! `version`: our own, or the reference's words when called by its name.
//!
//! Scripts and Argo CD ask `kustomize version` in several forms to learn what a binary can do, so those answers have the
//! reference's shape and its version. What they say about a build of the reference (its commit, date and compiler) does
//! not exist here: commit and date are `unknown`, which is what a plain `go install` of the reference says too, and the
//! compiler names this program.

use super::args::VersionArgs;
use super::report::Reporter;
use super::{KUSTOMIZE_VERSION, Outcome, Program, output};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::Sources;

/// What `rustomize --version` says after the name.
pub(super) const LONG: &str = concat!(env!("CARGO_PKG_VERSION"), " (kustomize v5.8.2)");

const OWN: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(args: &VersionArgs, program: Program, reporter: &mut Reporter) -> Outcome {
    if args.short.is_some() && program == Program::Kustomize {
        let mut warning = Diagnostic::warning(Code::Usage, "`--short` is deprecated");
        warning.verbatim = Some("Flag --short has been deprecated, and will be removed in the future.".to_owned());
        reporter.add(&[*warning], &Sources::default());
    }
    match answer(args.short == Some(true), &args.output, program) {
        Ok(text) => output::answer(&text, reporter),
        Err(message) => {
            debug_assert_eq!(message.severity, Severity::Error);
            reporter.add(&[*message], &Sources::default());
            Outcome::Failure
        }
    }
}

fn answer(short: bool, format: &str, program: Program) -> Result<String, Box<Diagnostic>> {
    if short && !format.is_empty() {
        return Err(Diagnostic::error(Code::Usage, "`--short` and `--output` exclude each other"));
    }
    let (os, arch) = (go_os(std::env::consts::OS), go_arch(std::env::consts::ARCH));
    Ok(match (program, format) {
        (Program::Kustomize, "") if short => format!("{{{KUSTOMIZE_VERSION}  unknown   }}\n"),
        (Program::Kustomize, "") => format!("{KUSTOMIZE_VERSION}\n"),
        (Program::Kustomize, "yaml") => format!(
            "version: {KUSTOMIZE_VERSION}\ngitCommit: unknown\nbuildDate: unknown\ngoOs: {os}\ngoArch: {arch}\n\
             goVersion: none (rustomize {OWN})\n\n"
        ),
        (Program::Kustomize, "json") => format!(
            "{{\n  \"version\": \"{KUSTOMIZE_VERSION}\",\n  \"gitCommit\": \"unknown\",\n  \"buildDate\": \"unknown\",\n  \
             \"goOs\": \"{os}\",\n  \"goArch\": \"{arch}\",\n  \"goVersion\": \"none (rustomize {OWN})\"\n}}\n"
        ),
        // The reference prints nothing for a format it does not know, and succeeds.
        (Program::Kustomize, _) => String::new(),
        (Program::Rustomize, "") if short => format!("{OWN}\n"),
        (Program::Rustomize, "") => format!("rustomize {LONG}\n"),
        (Program::Rustomize, "yaml") => {
            format!("version: {OWN}\nkustomize: {KUSTOMIZE_VERSION}\nos: {os}\narch: {arch}\n")
        }
        (Program::Rustomize, "json") => format!(
            "{{\n  \"version\": \"{OWN}\",\n  \"kustomize\": \"{KUSTOMIZE_VERSION}\",\n  \"os\": \"{os}\",\n  \
             \"arch\": \"{arch}\"\n}}\n"
        ),
        (Program::Rustomize, _) => {
            return Err(Diagnostic::error(Code::Usage, "`--output` must be `yaml` or `json`"));
        }
    })
}

/// Returns Go's word for an operating system.
fn go_os(os: &'static str) -> &'static str {
    if os == "macos" { "darwin" } else { os }
}

/// Returns Go's word for a processor.
fn go_arch(arch: &'static str) -> &'static str {
    match arch {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of kustomize v5.8.2 (installed from source, so without commit and date), except the compiler's.
    #[test]
    fn the_reference_is_answered_for() {
        let answer = |short, format| answer(short, format, Program::Kustomize).expect("an answer");
        assert_eq!(answer(false, ""), "v5.8.2\n");
        assert_eq!(answer(true, ""), "{v5.8.2  unknown   }\n");
        assert_eq!(answer(false, "xml"), "");
        let yaml = answer(false, "yaml");
        let keys: Vec<&str> = yaml.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
        assert_eq!(keys, ["version", "gitCommit", "buildDate", "goOs", "goArch", "goVersion", ""]);
        let json: serde_json::Value = serde_json::from_str(&answer(false, "json")).expect("valid JSON");
        assert_eq!(json["version"], "v5.8.2");
        assert_eq!(json["gitCommit"], "unknown");
    }

    #[test]
    fn own_forms() {
        let own = |format| answer(false, format, Program::Rustomize);
        assert_eq!(own("").expect("an answer"), format!("rustomize {OWN} (kustomize v5.8.2)\n"));
        let json: serde_json::Value = serde_json::from_str(&own("json").expect("an answer")).expect("valid JSON");
        assert_eq!(json["kustomize"], KUSTOMIZE_VERSION);
        assert!(own("xml").is_err());
        assert!(answer(true, "json", Program::Kustomize).is_err());
    }
}
