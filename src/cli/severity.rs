//! Which warnings are failures, and which are not told: `--strict`, `--deny` and `--allow`.

use crate::diagnostic::{Code, Diagnostic, Result, Severity, nearest};
use clap::Args;

/// What to do about warnings.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct WarningArgs {
    /// Fail if a directive has no effect, or a suspicious one (see `rustomize help errors`)
    #[arg(long)]
    strict: bool,

    /// Fail if there is a warning with this code
    #[arg(long, value_name = "CODE", action = clap::ArgAction::Append)]
    deny: Vec<String>,

    /// Do not warn with this code, and do not fail because of it
    #[arg(long, value_name = "CODE", action = clap::ArgAction::Append)]
    allow: Vec<String>,
}

/// Warnings about directives; the others are about spelling and about copies.
const STRICT: [Code; 15] = [
    Code::FieldSpecDisplaced,
    Code::PatchWithoutEffect,
    Code::PatchOfPod,
    Code::DirectiveWithoutEffect,
    Code::ContainerWithoutImage,
    Code::ListItemsDropped,
    Code::PatchDirectiveKept,
    Code::SuffixMissing,
    Code::NamespacesJoined,
    Code::ReferenceNotRenamed,
    Code::PatchTargetUnmatched,
    Code::ImageUnmatched,
    Code::ReplacementTargetUnmatched,
    Code::VarUnused,
    Code::CrdsWithoutEffect,
];

impl WarningArgs {
    /// Refuses codes that do not exist.
    pub(super) fn check(&self) -> Result<()> {
        for (flag, name) in
            self.deny.iter().map(|name| ("--deny", name)).chain(self.allow.iter().map(|name| ("--allow", name)))
        {
            if !Code::ALL.iter().any(|code| code.as_str() == name) {
                let mut error = Diagnostic::error(Code::Usage, format!("`{name}` of `{flag}` is no code"));
                for near in nearest(name, Code::ALL.iter().map(|code| code.as_str()), 1) {
                    error = error.help(format!("did you mean `{near}`?"));
                }
                return Err(error.help("`rustomize help errors` lists the codes"));
            }
        }
        Ok(())
    }

    /// Drops the warnings that are allowed, makes errors of those that are denied, and returns whether there are any such.
    ///
    /// What is said of one code wins over `--strict`, and a denial over an allowance.
    pub(super) fn judge(&self, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let names = |list: &[String], code: Code| list.iter().any(|name| name == code.as_str());
        let is_warning = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Warning;
        diagnostics.retain(|diagnostic| {
            !is_warning(diagnostic) || names(&self.deny, diagnostic.code) || !names(&self.allow, diagnostic.code)
        });
        let mut is_raised = false;
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| is_warning(diagnostic)) {
            let code = diagnostic.code;
            if names(&self.deny, code) || (self.strict && STRICT.contains(&code)) {
                diagnostic.severity = Severity::Error;
                // It is an error of this program; the reference only warns.
                diagnostic.verbatim = None;
                is_raised = true;
            }
        }
        is_raised
    }
}
