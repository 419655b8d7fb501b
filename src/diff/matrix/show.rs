//! A matrix as text, Markdown or HTML.

use super::{Cell, Matrix};
use crate::diff::change::readable;
use crate::diff::html::{begin, escape};
use crate::diff::markdown::{self, plain};
use crate::diff::text::harmless;

/// Characters of a value in a table; the other forms have room for more.
const TEXT_CHARS_MAX: usize = 36;
const MARKDOWN_CHARS_MAX: usize = 120;
const PATH_CHARS_MAX: usize = 72;

/// Stands for a field that is not there.
const ABSENT: &str = "—";

fn shown(cell: Option<&Cell>, n_max: usize) -> String {
    let Some(cell) = cell else { return ABSENT.to_owned() };
    let value = readable(&cell.json);
    let n = value.chars().count();
    let cut: String = value.chars().take(n_max).map(harmless).collect();
    if n > n_max { format!("{cut}…") } else { cut }
}

/// Cuts a path in the middle of nothing: its end tells more than its beginning.
fn shown_path(path: &str) -> String {
    let n = path.chars().count();
    let cut: String = path.chars().skip(n.saturating_sub(PATH_CHARS_MAX)).map(harmless).collect();
    match (path.is_empty(), n > PATH_CHARS_MAX) {
        (true, _) => "(the object)".to_owned(),
        (false, true) => format!("…{cut}"),
        (false, false) => cut,
    }
}

/// Writes a table for every object.
pub fn text(matrix: &Matrix) -> String {
    let mut out = String::new();
    for block in &matrix.blocks {
        let mut table: Vec<Vec<String>> = Vec::with_capacity(block.rows.len() + 1);
        let name = |column: &String| column.chars().map(harmless).collect::<String>();
        table.push(std::iter::once(String::new()).chain(matrix.columns.iter().map(name)).collect());
        for row in &block.rows {
            let cells = row.cells.iter().map(|cell| shown(cell.as_ref(), TEXT_CHARS_MAX));
            table.push(std::iter::once(shown_path(&row.path)).chain(cells).collect());
        }
        let width = |column: usize| {
            table.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..=matrix.columns.len()).map(width).collect();
        if !out.is_empty() {
            out.push('\n');
        }
        out += &format!("{}\n", block.object.chars().map(harmless).collect::<String>());
        for row in &table {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
            out += format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end();
            out.push('\n');
        }
    }
    out
}

/// Writes a table for every object, in Markdown.
pub fn markdown(matrix: &Matrix) -> String {
    let columns: Vec<String> = matrix.columns.iter().map(|column| markdown::cell(&plain(column))).collect();
    let mut out = String::new();
    for block in &matrix.blocks {
        out += &format!("### {}\n\n| field | {} |\n", plain(&block.object), columns.join(" | "));
        out += &format!("|---|{}\n", "---|".repeat(columns.len()));
        for row in &block.rows {
            let code = |text: &str| markdown::cell(&markdown::code(text));
            let cells = row.cells.iter().map(|cell| match cell {
                Some(_) => code(&shown(cell.as_ref(), MARKDOWN_CHARS_MAX)),
                None => ABSENT.to_owned(),
            });
            let cells: Vec<String> = cells.collect();
            let path = if row.path.is_empty() { "(the object)".to_owned() } else { code(&row.path) };
            out += &format!("| {path} | {} |\n", cells.join(" | "));
        }
        out.push('\n');
    }
    if matrix.blocks.is_empty() {
        out += "All environments are the same.\n";
    }
    out
}

/// Writes a page with a table for every object.
pub fn html(matrix: &Matrix) -> String {
    let mut out = begin("What differs between environments");
    out += "<h1>What differs between environments</h1>\n";
    out += &format!("<p>{} objects differ, {} are the same everywhere</p>\n", matrix.blocks.len(), matrix.n_equal);
    for block in &matrix.blocks {
        out += &format!("<h2>{}</h2>\n<div class=\"scroll\"><table>\n<tr><th>field</th>", escape(&block.object));
        matrix.columns.iter().for_each(|column| out += &format!("<th>{}</th>", escape(column)));
        out += "</tr>\n";
        for row in &block.rows {
            let path = if row.path.is_empty() { "(the object)" } else { row.path.as_str() };
            out += &format!("<tr><td class=\"v\">{}</td>", escape(path));
            for cell in &row.cells {
                let (class, text) = match cell {
                    Some(cell) => ("v", escape(&readable(&cell.json))),
                    None => ("v x", ABSENT.to_owned()),
                };
                out += &format!("<td class=\"{class}\">{text}</td>");
            }
            out += "</tr>\n";
        }
        out += "</table></div>\n";
    }
    out + "</body>\n</html>\n"
}
