//! Licences of Rust's own library, which is in everything that rustc makes: read from the page that comes with every
//! toolchain, also with the smallest one.

use crate::shell::{self, Result};
use std::path::Path;

const PAGE: &str = "share/doc/rust/COPYRIGHT-library.html";
/// Texts that the page only names.
const LICENCES: &str = "share/doc/rust/licenses";

/// Returns what the page says, the licences of the library, and the texts of the crates inside, as they are in the page.
pub fn texts() -> Result<Vec<String>> {
    let sysroot = shell::output("rustc", &["--print", "sysroot"])?;
    let sysroot = Path::new(sysroot.trim());
    let page = shell::read(&sysroot.join(PAGE))?;
    let (about, crates) = parts(&page);
    let mut texts = vec![about.clone()];
    for name in licences(&about) {
        let path = sysroot.join(LICENCES).join(format!("{name}.txt"));
        if path.exists() {
            texts.push(tidy(&shell::read(&path)?));
        }
    }
    if texts.len() < 3 || crates.len() < 10 {
        return Err(format!("{PAGE} of Rust is not read right: {} licences, {} texts", texts.len(), crates.len()));
    }
    texts.extend(crates);
    Ok(texts)
}

/// The words of the page, and what it quotes.
fn parts(page: &str) -> (String, Vec<String>) {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let (mut words, mut quoted) = (String::new(), Vec::new());
    for part in body.split("</pre>") {
        let (before, text) = part.split_once("<pre>").unwrap_or((part, ""));
        words += &plain(before);
        let text = tidy(&plain(text));
        if !text.is_empty() && !quoted.contains(&text) {
            quoted.push(text);
        }
    }
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    (lines.join("\n"), quoted)
}

/// Takes tags out.
fn plain(html: &str) -> String {
    let mut parts = html.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += part.split_once('>').map_or(part, |(_, after)| after);
    }
    for (entity, character) in [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
    ] {
        text = text.replace(entity, character);
    }
    text.replace("&#38;", "&").replace("&amp;", "&")
}

/// The identifiers of licences that are named, each once.
fn licences(about: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in about.lines().filter_map(|line| line.strip_prefix("License: ")) {
        for word in line.split([' ', '(', ')', '/']) {
            if !word.is_empty() && !found.contains(&word) {
                found.push(word);
            }
        }
    }
    found
}

/// Without spaces at the ends of lines and empty lines around.
pub fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_apart() {
        let page = "<head><title>No</title></head><body>\n<p><b>License:</b> A OR (B)</p>\n  <p>x &#60;y&#62;</p>\n\
            <pre>\n  one &amp;lt;  \n\n</pre><p>z</p><pre>\n  one &amp;lt;\n</pre></body>";
        let (about, quoted) = parts(page);
        assert_eq!(about, "License: A OR (B)\nx <y>\nz");
        assert_eq!(quoted, ["  one &lt;"]);
        assert_eq!(licences(&about), ["A", "OR", "B"]);
    }

    #[test]
    fn this_toolchain_has_them() {
        let texts = texts().expect("texts");
        assert!(texts[0].contains("The Rust Standard Library is dual-licensed"));
        assert!(texts.iter().any(|text| text.contains("Apache License") && text.contains("TERMS AND CONDITIONS")));
        assert!(texts.iter().any(|text| text.starts_with("UNICODE LICENSE V3")));
        assert!(texts.iter().all(|text| !text.contains("&#") && !text.contains("<p>")));
    }
}
