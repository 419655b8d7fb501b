//! Figures and lists on pages that the source decides.

use super::markdown::{codes, links};
use super::read;
use rustomize::diagnostic::Code;
use rustomize::limits::Limits;
use rustomize::validate::rules;

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The rows of a table: the words of the first column, and the others.
fn row<'p>(page: &'p str, words: &str) -> Vec<&'p str> {
    let begin = format!("| {words} |");
    let line = page.lines().find(|line| line.starts_with(&begin)).unwrap_or_else(|| panic!("no row `{words}`"));
    line.trim_matches('|')
        .split('|')
        .skip(1)
        .map(|cell| cell.split([' ', ';']).find(|word| !word.is_empty()).unwrap_or_default())
        .collect()
}

#[test]
fn limits_are_those_of_the_source() {
    let limits = Limits::default();
    // Those of the plugin are private to it.
    let plugin = read("src/cli/argocd/generate.rs");
    assert!(plugin.contains("const FILE_BYTES_MAX: u64 = 32 << 20;"), "docs/security.md and SECURITY.md say 32 MiB");
    assert!(plugin.contains("const RESOURCES_MAX: usize = 50_000;"), "docs/security.md and SECURITY.md say 50,000");
    let wanted = [
        ("bytes in one file", limits.file_bytes_max, 32 << 20),
        ("resources in one build", limits.resources_max as u64, 50_000),
        ("levels of nested collections in one document", limits.depth_max as u64, limits.depth_max as u64),
        (
            "nodes that aliases and merge keys may add to the documents of one file",
            limits.alias_nodes_max as u64,
            limits.alias_nodes_max as u64,
        ),
        ("nodes in one resource, after patches", limits.resource_nodes_max as u64, limits.resource_nodes_max as u64),
        (
            "levels of kustomizations that include one another",
            limits.bases_depth_max as u64,
            limits.bases_depth_max as u64,
        ),
    ];
    for page in ["docs/security.md", "SECURITY.md"] {
        let text = read(page);
        for (words, build, plugin) in wanted {
            assert_eq!(row(&text, words), [with_commas(build), with_commas(plugin)], "{page}: {words}");
        }
    }
}

#[test]
fn troubleshooting_leads_to_every_code_once() {
    let listed: Vec<String> = links(&read("docs/troubleshooting.md")).into_iter().map(|(_, link)| link).collect();
    for &code in Code::ALL {
        let page = if rules::is_rule(code) { "validate" } else { "diagnostics" };
        let wanted = format!("{page}.md#{code}");
        assert_eq!(listed.iter().filter(|link| **link == wanted).count(), 1, "docs/troubleshooting.md: {wanted}");
    }
}

/// The flags of each command, as docs/env.md lists them (a test of the library keeps it in step with the program).
fn flags() -> Vec<(String, Vec<String>)> {
    let page = read("docs/env.md");
    let (_, flags) = page.split_once("\n## Flags\n").expect("docs/env.md lists flags");
    let sections = flags.split("\n### ").skip(1).map(|section| {
        let (heading, rows) = section.split_once('\n').unwrap_or_default();
        let cells = rows.lines().filter(|line| line.starts_with("| `-")).filter_map(|line| line.split('|').nth(1));
        let words = cells.flat_map(|cell| cell.split(['`', ' ', ','])).filter(|word| word.starts_with('-'));
        (heading.trim_matches('`').to_owned(), words.map(str::to_owned).collect())
    });
    sections.collect()
}

/// Commands in the middle of a line have verbs and flags that exist.
#[test]
fn commands_in_prose_exist() {
    const WITHOUT_FLAGS: [&str; 3] = ["help", "completion", "--version"];
    let flags = flags();
    let (mut n_commands, mut faults) = (0, Vec::new());
    for page in super::pages() {
        for (line, code) in codes(&read(&page)) {
            let Some(command) = code.strip_prefix("rustomize ").filter(|command| *command != "…") else { continue };
            n_commands += 1;
            let verb = command.split([' ', '\n']).next().unwrap_or_default();
            let of_verb = |heading: &str| heading == "Every command" || heading.split(' ').next() == Some(verb);
            let mut words = command.split(' ').take_while(|word| !["|", ">", "2>", "&&"].contains(word));
            let is_known = |word: &str| {
                let name = word.split('=').next().unwrap_or_default();
                let is_listed = |flags: &[String]| flags.iter().any(|flag| flag == name);
                flags.iter().any(|(heading, flags)| of_verb(heading) && is_listed(flags))
            };
            let unknown = words.find(|word| word.starts_with("--") && word.len() > 2 && !is_known(word));
            if let Some(flag) = unknown {
                faults.push(format!("{page}:{line}: `{code}`: there is no `{flag}`"));
            }
            if !WITHOUT_FLAGS.contains(&verb)
                && !flags.iter().any(|(heading, _)| heading.split(' ').next() == Some(verb))
            {
                faults.push(format!("{page}:{line}: `{code}`: there is no `{verb}`"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(n_commands > 50, "only {n_commands} commands");
}
