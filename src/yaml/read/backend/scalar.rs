//! Scalars: where they begin and end, and whether their text stands in the file as it is.

use super::super::events::{Event, EventKind, EventText, Fault};
use super::super::explain;
use super::super::lexical::{self, Tabs};
use super::{Lead, YamlRust2, translate_tag};
use crate::yaml::tree::{Style, Tag};
use yaml_rust2::parser::Tag as RawTag;
use yaml_rust2::scanner::{Marker, TScalarStyle};

impl YamlRust2<'_> {
    pub(super) fn scalar(
        &mut self,
        value: String,
        raw_style: TScalarStyle,
        anchor: usize,
        tag: Option<RawTag>,
        mark: &Marker,
    ) -> Result<Event, Box<Fault>> {
        let has_properties = anchor > 0 || tag.is_some();
        let lead = self.lead(has_properties)?;
        if let Some(at) = lead.properties {
            self.check_anchors(at, lead.content)?;
        }
        self.count_node();
        let style = match raw_style {
            TScalarStyle::Plain => Style::Plain,
            TScalarStyle::SingleQuoted => Style::SingleQuoted,
            TScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            TScalarStyle::Literal => Style::Literal,
            TScalarStyle::Folded => Style::Folded,
        };
        let (start, end, text) = match style {
            Style::Plain if value.is_empty() => {
                // In a flow collection, a missing value stands where the next token begins, as in go-yaml.
                let missing = self.in_flow() && lead.after == self.cursor;
                let next = if missing { lexical::skip_blank(self.text, lead.after) } else { lead.after };
                let is_key = self.frames.last().is_some_and(|frame| frame.mapping && frame.value);
                if is_key && lead.properties.is_none() && lead.indicator != Some(b'?') {
                    return Err(explain::missing_key(self.base + next));
                }
                let start = lead.properties.unwrap_or(next);
                self.cursor = lead.after;
                (start, start, EventText::Range(self.base + start, 0))
            }
            Style::Plain => self.plain(value, mark)?,
            Style::SingleQuoted | Style::DoubleQuoted => self.quoted(value, style, mark)?,
            _ => self.block(value, &lead, mark)?,
        };
        Ok(Event {
            kind: EventKind::Scalar,
            style,
            tag: tag.map_or(Tag::Implied, |tag| translate_tag(&tag)),
            anchor: (anchor > 0).then_some(anchor),
            text,
            start: self.base + start,
            end: self.base + end,
        })
    }

    fn plain(&mut self, value: String, mark: &Marker) -> Result<(usize, usize, EventText), Box<Fault>> {
        let start = self.offset(mark);
        let rest = self.text.get(start..).unwrap_or("");
        if self.in_flow() && rest.starts_with(['?', ':', '|', '>']) {
            return Err(explain::tight_question(self.base + start));
        }
        let (end, text) = match rest.starts_with(value.as_str()) {
            true => (start + value.len(), EventText::Range(self.base + start, value.len())),
            false => (lexical::plain_end(self.text, start, &value), EventText::Decoded(value)),
        };
        self.cursor = end;
        if let Some(column) = self.frames.last().and_then(|frame| frame.column) {
            self.tabs = Tabs::AfterPlain(column);
        }
        Ok((start, end, text))
    }

    fn quoted(&mut self, value: String, style: Style, mark: &Marker) -> Result<(usize, usize, EventText), Box<Fault>> {
        let start = self.offset(mark);
        let quote = self.byte(start);
        let inner = self.text.get(start + 1..).unwrap_or("");
        let doubled = style == Style::SingleQuoted && value.contains('\'');
        let literal = !doubled && inner.starts_with(value.as_str()) && self.byte(start + 1 + value.len()) == quote;
        if literal {
            let end = start + value.len() + 2;
            self.cursor = end;
            return Ok((start, end, EventText::Range(self.base + start + 1, value.len())));
        }
        let end = lexical::quoted_end(self.text, start).unwrap_or(self.text.len());
        if style == Style::DoubleQuoted
            && let Some((at, _)) = lexical::escapes(self.text, start + 1, end).find(|&(_, escaped)| escaped == b'/')
        {
            return Err(explain::refused_escape(self.base + at));
        }
        self.cursor = end;
        Ok((start, end, EventText::Decoded(value)))
    }

    fn block(
        &mut self,
        mut value: String,
        lead: &Lead,
        mark: &Marker,
    ) -> Result<(usize, usize, EventText), Box<Fault>> {
        let body = self.offset(mark);
        let header = lexical::skip_blank(self.text, lead.content);
        let start = if matches!(self.byte(header), b'|' | b'>') { header } else { body };
        let header_end = lexical::line_end(self.text, start);
        let no_content = value.trim_matches('\n').is_empty();
        let end = if no_content { header_end } else { lexical::block_end(self.text, start, body) };
        let column = lexical::column(self.text, body);
        let explicit = self.text.get(start + 1..header_end).unwrap_or("").starts_with(|char: char| {
            // The chomping mark may stand in front of the digit.
            char.is_ascii_digit() || self.byte(start + 2).is_ascii_digit() && matches!(char, '+' | '-')
        });
        if self.byte(body) == b'\t' && !explicit {
            return Err(explain::tab_indentation(self.base + body));
        }
        let rest = self.text.get(header_end..).unwrap_or("");
        let root = self.frames.is_empty() && column == 0 && body > header_end;
        let blank = no_content && rest.trim_matches([' ', '\n', '\r']).is_empty();
        if root || blank {
            // At the root, too, go-yaml wants a block to be indented; and it invents no line end at the end of a file.
            let keep = self.text.get(start..header_end).unwrap_or("").contains('+');
            let lines = if root { self.text.get(header_end..body).unwrap_or("") } else { rest };
            let breaks = lines.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count().saturating_sub(1);
            value = if keep { "\n".repeat(breaks) } else { String::new() };
        } else if value.ends_with('\n') && !self.text.ends_with(['\n', '\r']) && end == self.text.len() {
            // Nor at the end of a file that ends within the last line of the text.
            let last_line = self.text.len() - lexical::line_start(self.text, self.text.len());
            if last_line >= column.max(1) {
                value.pop();
            }
        }
        self.cursor = end;
        let literal = !value.is_empty() && self.text.get(body..end).is_some_and(|rest| rest.starts_with(&value));
        let text = match literal {
            true => EventText::Range(self.base + body, value.len()),
            false => EventText::Decoded(value),
        };
        Ok((start, end, text))
    }
}
