//! What of a page of Markdown matters to its tests: fenced blocks with the marks above them, headings, links, code in a line.
//! Whether a block is right, and whether a link leads anywhere, is judged elsewhere.

use std::ops::Range;

/// A fenced block.
pub(super) struct Block<'p> {
    /// The line of the opening fence, from 1.
    pub(super) line: usize,
    /// What stands behind the opening fence.
    pub(super) info: &'p str,
    /// The last line of text above, if no other block or heading is between.
    pub(super) lead: &'p str,
    /// Marks that stand directly above.
    pub(super) marks: Vec<&'p str>,
    pub(super) body: &'p str,
    /// Where the body stands in the page.
    pub(super) range: Range<usize>,
}

impl<'p> Block<'p> {
    pub(super) fn language(&self) -> &'p str {
        self.info.split([' ', ',']).next().unwrap_or_default()
    }

    /// Returns what a mark such as `<!-- not run: needs a cluster -->` says.
    pub(super) fn mark(&self, name: &str) -> Option<&'p str> {
        self.marks.iter().find_map(|mark| mark.strip_prefix(name))
    }
}

pub(super) enum Part<'p> {
    Block(Block<'p>),
    /// The inside of a comment.
    Mark(&'p str),
    Heading,
}

/// Takes a page apart, in order.
pub(super) fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut marks, mut lead) = (Vec::new(), "");
    let mut at = 0;
    let mut number = 0;
    while at < page.len() {
        let line = line_at(page, at);
        number += 1;
        let next = at + line.len();
        let text = line.trim();
        if let Some(rest) = text.strip_prefix("<!--") {
            let end = page[at..].find("-->").map_or(page.len(), |end| at + end);
            let inside = if rest.contains("-->") { &rest[..rest.find("-->").unwrap_or(0)] } else { &page[at + 4..end] };
            marks.push(inside.trim());
            parts.push(Part::Mark(inside.trim()));
            let last = line_at(page, end);
            number += page[at..end].matches('\n').count();
            at = end + last.len();
            continue;
        }
        let fence: &str = &text[..text.len() - text.trim_start_matches('`').len()];
        if fence.len() >= 3 {
            let (body, behind) = body(page, next, fence);
            parts.push(Part::Block(Block {
                line: number,
                info: text[fence.len()..].trim(),
                lead,
                marks: std::mem::take(&mut marks),
                body: &page[body.clone()],
                range: body.clone(),
            }));
            number += page[next..behind].matches('\n').count();
            lead = "";
            at = behind;
            continue;
        }
        if !text.is_empty() {
            marks.clear();
            lead = text;
        }
        if text.starts_with('#') {
            parts.push(Part::Heading);
            lead = "";
        }
        at = next;
    }
    parts
}

fn line_at(page: &str, at: usize) -> &str {
    page[at..].split_inclusive('\n').next().unwrap_or_default()
}

/// Returns where the body of a block stands, and where the page goes on behind it.
fn body(page: &str, begin: usize, fence: &str) -> (Range<usize>, usize) {
    let mut at = begin;
    for line in page[begin..].split_inclusive('\n') {
        if line.trim() == fence {
            return (begin..at, at + line.len());
        }
        at += line.len();
    }
    panic!("a block does not end: {}", &page[begin..page.len().min(begin + 60)])
}

/// A page without its blocks and comments; lines stay where they are.
pub(super) fn prose(page: &str) -> String {
    let mut prose = String::with_capacity(page.len());
    let mut fence = None;
    let mut is_comment = false;
    for line in page.lines() {
        let text = line.trim();
        let ticks: &str = &text[..text.len() - text.trim_start_matches('`').len()];
        if is_comment || (fence.is_none() && text.starts_with("<!--")) {
            is_comment = !text.contains("-->");
        } else if let Some(open) = fence {
            fence = (text != open).then_some(open);
        } else if ticks.len() >= 3 {
            fence = Some(ticks);
        } else {
            prose += line;
        }
        prose.push('\n');
    }
    prose
}

/// The targets of links and images with their lines, code left out.
pub(super) fn links(page: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (index, line) in prose(page).lines().enumerate() {
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for rest in plain.split("](").skip(1) {
            let target = rest.split([')', ' ']).next().unwrap_or_default();
            links.push((index + 1, target.to_owned()));
        }
        if let Some((_, target)) = plain.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            links.push((index + 1, target.trim().to_owned()));
        }
        for rest in plain.split("src=\"").skip(1) {
            links.push((index + 1, rest.split('"').next().unwrap_or_default().to_owned()));
        }
    }
    links
}

/// The texts in single backticks, with their lines.
pub(super) fn codes(page: &str) -> Vec<(usize, String)> {
    let prose = prose(page);
    let lines = prose.lines().enumerate();
    lines
        .flat_map(|(index, line)| line.split('`').skip(1).step_by(2).map(move |code| (index + 1, code.to_owned())))
        .collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
pub(super) fn anchors(page: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for line in prose(page).lines().filter(|line| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim();
        // Of a link only its text counts.
        let mut text = String::new();
        for (index, piece) in heading.split("](").enumerate() {
            text += if index == 0 { piece } else { piece.split_once(')').map_or("", |(_, behind)| behind) };
        }
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
        let n_before = anchors.iter().filter(|other| **other == anchor).count();
        anchors.push(if n_before == 0 { anchor } else { format!("{anchor}-{n_before}") });
    }
    anchors
}
