//! The command line that nearly all runs have, `build DIR`, without a parser: to describe the flags to one takes a sixth of
//! the time of a small build. A test holds it to what the parser makes of it.

use super::{BuildArgs, Cli, Color, Command, ListArgs, LoadRestrictor, PluginArgs};
use crate::cli::fleet::FleetArgs;
use crate::cli::report::ErrorFormat;
use crate::cli::severity::WarningArgs;
use std::ffi::OsString;

/// Understands `build DIR`, and nothing else.
pub(super) fn parse(arguments: &[OsString]) -> Option<Cli> {
    let [_, command, directory] = arguments else { return None };
    let directory = directory.to_str().filter(|directory| !directory.starts_with('-'))?;
    (command == "build").then(|| Cli {
        command: Some(Command::Build(BuildArgs {
            directories: vec![directory.to_owned()],
            output: None,
            warnings: WarningArgs::default(),
            summary: false,
            offline: false,
            lists: ListArgs { merge_custom_lists: false },
            load_restrictor: Ok(LoadRestrictor::RootOnly),
            reorder: None,
            enable_managedby_label: None,
            fleet: FleetArgs::default(),
            plugins: PluginArgs::default(),
        })),
        error_format: ErrorFormat::Human,
        color: Color::Auto,
        stack_trace: None,
    })
}

impl Default for PluginArgs {
    fn default() -> Self {
        PluginArgs {
            enable_alpha_plugins: None,
            enable_exec: None,
            enable_helm: None,
            helm_command: "helm".to_owned(),
            helm_api_versions: Vec::new(),
            helm_kube_version: None,
            helm_debug: None,
            env: Vec::new(),
            mount: Vec::new(),
            network: None,
            network_name: "bridge".to_owned(),
            as_current_user: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Build, Command, parse_as};
    use super::*;

    #[test]
    fn it_is_what_the_parser_makes_of_it() {
        for directory in ["overlays/production", ".", "", "a b", "build", "help", "@x", "https://host/o/r?ref=v1"] {
            let arguments: Vec<OsString> = ["rustomize", "build", directory].into_iter().map(OsString::from).collect();
            let parsed = parse_as(&arguments, |Build::Build(args)| Command::Build(args)).expect("a build");
            let plain = parse(&arguments).expect("a plain build");
            assert_eq!(format!("{plain:?}"), format!("{parsed:?}"));
        }
    }

    #[test]
    fn everything_else_is_for_the_parser() {
        let lines: [&[&str]; 6] = [
            &["r", "build"],
            &["r", "build", "-h"],
            &["r", "build", "--"],
            &["r", "build", "a", "b"],
            &["r", "diff", "a"],
            &[],
        ];
        for line in lines {
            let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
            assert!(parse(&arguments).is_none(), "{line:?}");
        }
    }
}
