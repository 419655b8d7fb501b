//! A bar on a terminal while many targets are rendered.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Fewer targets are done before anyone has read a bar.
const TARGETS_MIN: usize = 20;

/// The bar, or nothing.
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Shows a bar where somebody sees it, and where it does not stand between manifests.
    pub(super) fn new(n_targets: usize, is_wanted: bool, is_stream: bool) -> Progress {
        let is_seen = std::io::stderr().is_terminal() && !(is_stream && std::io::stdout().is_terminal());
        if !is_wanted || !is_seen || n_targets < TARGETS_MIN {
            return Progress(None);
        }
        let bar = ProgressBar::with_draw_target(Some(n_targets as u64), ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} targets {elapsed}") {
            bar.set_style(style);
        }
        Progress(Some(bar))
    }

    /// One more is done.
    pub(super) fn step(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
