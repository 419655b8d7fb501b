//! The versions of APIs that charts are told of, where a flag names some. Which charts there are is `helm`'s business.

/// The versions of APIs that a flag names, as far as they have come in a build.
///
/// In the reference the flag's list is not copied: what a chart names itself is read over it, from its first item on, and
/// shows in all charts, in those before and in those after it (upstream `HelmChartInflationGeneratorPlugin.Config`).
#[derive(Debug, Default)]
pub(crate) struct SharedVersions {
    list: Vec<String>,
    /// How many charts looked at it: what was made in between cannot be used again.
    pub(crate) n_charts: usize,
}

impl SharedVersions {
    /// Reads a chart's own versions over those of the flag.
    pub(crate) fn write(&mut self, flags: &[String], own: Option<&[String]>) {
        if flags.is_empty() {
            return;
        }
        if self.list.is_empty() {
            self.list = flags.to_vec();
            // Go's lists grow to powers of two.
            self.list.resize(flags.len().next_power_of_two(), String::new());
        }
        self.n_charts += 1;
        for (shared, own) in self.list.iter_mut().zip(own.into_iter().flatten()) {
            shared.clone_from(own);
        }
    }

    /// Returns the versions for a chart, as they are when it is rendered.
    pub(crate) fn read<'s>(&'s self, flags: &'s [String], own: Option<&'s [String]>) -> &'s [String] {
        let n_own = own.map_or(flags.len(), <[String]>::len);
        match self.list.get(..n_own) {
            Some(shared) if !flags.is_empty() => shared,
            // A longer list had no room there.
            _ => own.unwrap_or(flags),
        }
    }
}
