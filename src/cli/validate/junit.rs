//! `-o junit`: a test suite for each DIR, a test case for each object; an error is a failure, a warning stands in the output of
//! its case.

use super::found::{ERROR, Found, Target};
use std::fmt::Write;

/// Returns the document.
pub(super) fn document(targets: &[Target]) -> String {
    let suites: Vec<Suite> = targets.iter().map(suite).collect();
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"rustomize validate\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        sum(|suite| suite.n_cases),
        sum(|suite| suite.n_failures),
        sum(|suite| suite.n_errors)
    );
    suites.iter().for_each(|suite| out.push_str(&suite.text));
    out.push_str("</testsuites>\n");
    out
}

struct Suite {
    text: String,
    n_cases: usize,
    n_failures: usize,
    n_errors: usize,
}

fn suite(target: &Target) -> Suite {
    let name = escape(&target.directory);
    let mut cases = String::new();
    let mut n_failures = 0;
    for object in &target.objects {
        let of_object: Vec<&Found> = target.findings.iter().filter(|found| found.objects.contains(object)).collect();
        let namespace = object.namespace.as_deref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        let case = escape(&format!("{namespace}{}/{}", object.kind, object.name));
        let class = escape(&object.api_version);
        if of_object.is_empty() {
            let _ = writeln!(cases, "    <testcase name=\"{case}\" classname=\"{class}\"/>");
            continue;
        }
        let _ = writeln!(cases, "    <testcase name=\"{case}\" classname=\"{class}\">");
        let (errors, warnings): (Vec<_>, Vec<_>) = of_object.into_iter().partition(|found| found.severity == ERROR);
        // More than one failure of a case is not read by everybody.
        if let Some(first) = errors.first() {
            n_failures += 1;
            let text: Vec<String> = errors.iter().map(|found| format!("[{}] {}", found.rule, found.text())).collect();
            let (message, text) = (escape(&first.message), escape(&text.join("\n\n")));
            let _ = writeln!(cases, "      <failure type=\"{}\" message=\"{message}\">{text}</failure>", first.rule);
        }
        if !warnings.is_empty() {
            let text: Vec<String> = warnings.iter().map(|found| format!("[{}] {}", found.rule, found.text())).collect();
            let _ = writeln!(cases, "      <system-out>{}</system-out>", escape(&text.join("\n\n")));
        }
        cases.push_str("    </testcase>\n");
    }
    let (mut n_cases, mut n_errors) = (target.objects.len(), 0);
    if !target.is_built {
        (n_cases, n_errors) = (1, 1);
        cases.push_str("    <testcase name=\"build\" classname=\"build\">\n");
        cases.push_str("      <error type=\"build\" message=\"the kustomization does not build\"/>\n    </testcase>\n");
    }
    let text = format!(
        "  <testsuite name=\"{name}\" tests=\"{n_cases}\" failures=\"{n_failures}\" errors=\"{n_errors}\">\n{cases}  </testsuite>\n"
    );
    Suite { text, n_cases, n_failures, n_errors }
}

/// Writes a text for XML: marks as entities, without characters that XML does not have.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn texts_are_xml() {
        assert_eq!(escape("a<b> & \"c\"\u{1b}[0m\n"), "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}[0m\n");
    }
}
