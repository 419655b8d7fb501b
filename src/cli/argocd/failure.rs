//! How a failed render is told: Argo CD shows standard error behind some 250 characters of its own, so that the cause and its
//! place come first, in one line, then the lines it is about.
//!
//! The text has to be the same on every attempt, or the Application's condition changes each time: paths are those of the
//! repository.

use crate::cli::render::{Renderer, clean};
use crate::cli::report::Reporter;
use crate::diagnostic::{Code, Diagnostic, Severity, show_place};
use crate::session::ShownFrom;
use crate::source::Sources;

/// How many errors are told; Argo CD keeps them in the status of the Application.
const TOLD_MAX: usize = 10;

/// Tells errors; warnings are left out, for nobody looks at them now.
pub(super) fn tell(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    shown_from: Option<&ShownFrom>,
    reporter: &mut Reporter,
) {
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|told| told.severity == Severity::Error).cloned().map(for_plugin).collect();
    if !reporter.is_for_people() {
        return reporter.add(&errors, sources);
    }
    let mut renderer = Renderer::new(sources, false);
    let mut text = String::new();
    for error in errors.iter().take(TOLD_MAX) {
        let place = match (error.labels.first(), &error.path) {
            (Some(label), _) => Some(show_place(sources, label.place)),
            (None, path) => path.clone(),
        };
        let drawing = renderer.render(error);
        let (title, rest) = drawing.split_once('\n').unwrap_or((&drawing, ""));
        // The drawing masks what must not be shown, in its title, too.
        let message = title.split_once(": ").map_or(title, |(_, message)| message);
        let place = place.map(|place| format!("{}: ", clean(&place))).unwrap_or_default();
        text.push_str(&format!("{place}{message} [{}]\n", error.code));
        text.push_str(rest);
        text.push_str(if rest.is_empty() { "\n" } else { "\n\n" });
    }
    if errors.len() > TOLD_MAX {
        text.push_str(&format!("and {} more errors\n", errors.len() - TOLD_MAX));
    }
    // Whatever a program said.
    let text = match shown_from {
        Some(from) if from.directory.len() > 1 => text.replace(&*from.directory, "."),
        _ => text,
    };
    reporter.say(text.trim_end());
}

/// Turns advice about flags into advice about the sidecar.
fn for_plugin(mut told: Diagnostic) -> Diagnostic {
    const WORDS: [(&str, &str); 5] = [
        ("--load-restrictor", "load-restrictions-none"),
        ("--enable-helm", "helm"),
        ("--enable-exec", "exec"),
        ("--enable-alpha-plugins", "exec"),
        ("--network", "network"),
    ];
    for help in &mut told.help {
        if let Some((_, word)) = WORDS.iter().find(|(flag, _)| help.contains(flag)) {
            *help = format!(
                "the administrator of Argo CD can allow it: `RUSTOMIZE_ALLOW={word}` on the plugin's container"
            );
        }
    }
    told.message = told.message.replace("`--offline` allows nothing else", "there is no network here");
    if matches!(told.code, Code::RemoteUnsupported | Code::NotVendored) {
        told.help.push(
            "the administrator of Argo CD can allow it: `RUSTOMIZE_ALLOW=network` on the plugin's container".to_owned(),
        );
    }
    told.help.dedup();
    told
}
