//! The event source in use: yaml-rust2's event parser, with everything it does not tell derived from the text.
//!
//! It reports the number of a character, no ends, no collection styles, and block scalars where their text begins. A
//! cursor that follows the events through the text supplies the rest: before each node stands only white space,
//! comments, one indicator (`-`, `?`, `:`, `,`), a tag and an anchor. What go-yaml accepts and this parser does not is
//! repaired where that cannot change a value (`repair`), and the parser started anew on the edited characters.

mod scalar;

use super::events::{Event, EventKind, EventSource, Fault};
use super::lexical::Tabs;
use super::position::LineCursor;
use super::repair::{self, Edit, EditKind, Input, Pending, Repair};
use super::{explain, lexical};
use crate::yaml::tree::{Style, Tag};
use yaml_rust2::parser::{Event as RawEvent, Parser, Tag as RawTag};
use yaml_rust2::scanner::{Marker, ScanError};

/// How many bytes may be parsed again after repairs of one text.
const REPARSED_BYTES_MAX: usize = 4 << 20;

/// An open collection.
#[derive(Clone, Copy, Debug)]
struct Frame {
    mapping: bool,
    flow: bool,
    /// A pair in a flow sequence, `[a: b]`, which has no brackets of its own.
    implicit: bool,
    /// Whether a mapping waits for a value.
    value: bool,
    /// Whether the key was written with `?`.
    explicit: bool,
    /// Where the last key begins.
    key: usize,
    start: usize,
    /// The column of the innermost block collection, in bytes.
    column: Option<usize>,
}

/// Where the parts of a node stand.
struct Lead {
    /// Behind the indicator.
    after: usize,
    /// The indicator, if there was one.
    indicator: Option<u8>,
    /// The first tag or anchor.
    properties: Option<usize>,
    /// The node itself; behind tag and anchor for a node without text.
    content: usize,
}

/// A parser of one text; events carry offsets of the text around it.
pub(super) struct YamlRust2<'t> {
    text: &'t str,
    base: usize,
    parser: Parser<Input<'t>>,
    lines: LineCursor<'t>,
    edits: Vec<Edit>,
    repaired_flows: Vec<(usize, usize)>,
    delivered: usize,
    reparsed: usize,
    cursor: usize,
    /// What tabs behind the cursor mean.
    tabs: Tabs,
    frames: Vec<Frame>,
}

impl<'t> YamlRust2<'t> {
    /// Makes a parser of a part of a normalised text; `base` is where the part begins.
    pub(super) fn new(text: &'t str, base: usize) -> YamlRust2<'t> {
        YamlRust2 {
            text,
            base,
            parser: Parser::new(Input::new(text, Vec::new())),
            lines: LineCursor::new(text),
            edits: Vec::new(),
            repaired_flows: Vec::new(),
            delivered: 0,
            reparsed: 0,
            cursor: 0,
            tabs: Tabs::Refused,
            frames: Vec::new(),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// Returns the byte of a mark. Its index is of no use: it counts bytes in long lines of block scalars, characters
    /// elsewhere.
    fn offset(&mut self, mark: &Marker) -> usize {
        let line = self.lines.go_to_line(mark.line());
        let mut column = mark.col();
        if !self.edits.is_empty() {
            let first = self.edits.partition_point(|edit| edit.at < line);
            let end = lexical::line_end(self.text, line);
            for edit in self.edits.iter().skip(first).take_while(|edit| edit.at < end) {
                match edit.kind {
                    EditKind::Indent(spaces) => column = column.saturating_sub(spaces),
                    EditKind::Drop => {
                        let at = self.text.get(line..edit.at).map_or(0, |before| before.chars().count());
                        column += usize::from(column >= at);
                    }
                    EditKind::Blank => {}
                }
            }
        }
        self.lines.column(column)
    }

    /// Returns whether a document marker stands at an offset.
    fn is_marker(&self, at: usize, marker: &str) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(marker))
            && !lexical::is_plain_char(self.byte(at + 3), false)
    }

    fn in_flow(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.flow)
    }

    fn expects_value(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.mapping && frame.value)
    }

    /// Skips white space and comments.
    fn skip_blank(&self, from: usize, tabs: Tabs) -> Result<usize, Box<Fault>> {
        if self.in_flow() {
            return match lexical::plain_tail_tab(self.text, from, tabs) {
                Some(at) => Err(explain::tab_indentation(self.base + at)),
                None => Ok(lexical::skip_blank(self.text, from)),
            };
        }
        lexical::skip_block_blank(self.text, from, tabs).map_err(|at| explain::tab_indentation(self.base + at))
    }

    /// Finds the parts of the next node behind the cursor.
    fn lead(&mut self, has_properties: bool) -> Result<Lead, Box<Fault>> {
        let mut after = self.cursor;
        let mut tabs = self.tabs;
        let mut found = None;
        if let Some(&Frame { mapping, flow, implicit, value, .. }) = self.frames.last() {
            let indicators = match (mapping, flow) {
                (false, false) => [b'-', 0],
                (false, true) => [b',', b'?'],
                (true, _) if value => [b':', 0],
                (true, true) if !implicit => [b',', b'?'],
                (true, _) => [b'?', 0],
            };
            for indicator in indicators {
                if indicator == 0 {
                    break;
                }
                let at = self.skip_blank(after, tabs)?;
                let plain = indicator == b'?' && lexical::is_plain_char(self.byte(at + 1), flow);
                if self.byte(at) != indicator || plain {
                    continue;
                }
                if flow && indicator == b'?' && lexical::is_plain_char(self.byte(at + 1), false) {
                    return Err(explain::tight_question(self.base + at));
                }
                if flow && indicator == b':' {
                    self.check_flow_key(at)?;
                }
                after = at + 1;
                found = Some(indicator);
                tabs = if indicator == b':' { Tabs::Separate } else { Tabs::Refused };
            }
        }
        if tabs == Tabs::Refused && found.is_some() {
            // A tab between `-` or `?` and what follows.
            self.skip_blank(after, tabs)?;
        }
        let mut content = after;
        let mut properties = None;
        if has_properties {
            content = self.skip_blank(content, tabs)?;
            properties = Some(content);
            loop {
                let end = lexical::property_end(self.text, content, self.in_flow());
                if end == content {
                    break;
                }
                let hash = self.text.get(content..end).is_some_and(|property| property.contains('#'));
                let tight = matches!(self.byte(end), b',' | b'[' | b']' | b'{' | b'}');
                if self.byte(content) == b'!' && (hash || tight) {
                    return Err(explain::tight_tag(self.base + end));
                }
                after = end;
                content = self.skip_blank(end, Tabs::Separate)?;
            }
        }
        if let Some(frame) = self.frames.last_mut()
            && frame.mapping
            && !frame.value
        {
            frame.explicit = found == Some(b'?');
            frame.key = after;
        }
        self.tabs = Tabs::Separate;
        Ok(Lead { after, indicator: found, properties, content })
    }

    /// Checks the `:` behind a key without `?` in a flow collection by the rules of YAML 1.1.
    fn check_flow_key(&self, colon: usize) -> Result<(), Box<Fault>> {
        let Some(frame) = self.frames.last().filter(|frame| !frame.explicit) else { return Ok(()) };
        let start = lexical::skip_blank(self.text, frame.key);
        let key = self.text.get(start..colon).unwrap_or("");
        if key.contains(['\n', '\r']) || key.len() > 1024 && key.chars().count() > 1024 {
            return Err(explain::flow_key(self.base + start));
        }
        let plain = !key.ends_with(['"', '\'', ']', '}', ' ', '\t']);
        if plain && matches!(self.byte(colon + 1), b',' | b'[' | b']' | b'{' | b'}') {
            return Err(explain::tight_colon(self.base + colon));
        }
        Ok(())
    }

    /// Notes that a node of the innermost collection has begun.
    fn count_node(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.value = frame.mapping && !frame.value;
        }
    }

    fn collection(
        &mut self,
        mapping: bool,
        anchor: usize,
        tag: Option<RawTag>,
        mark: &Marker,
    ) -> Result<Event, Box<Fault>> {
        let lead = self.lead(anchor > 0 || tag.is_some())?;
        if let Some(at) = lead.properties {
            self.check_anchors(at, lead.content)?;
        }
        let after_dash = lead.indicator.is_some_and(|indicator| indicator != b':');
        let mut content = self.skip_blank(lead.content, if after_dash { Tabs::Refused } else { Tabs::Separate })?;
        let bracket = if mapping { b'{' } else { b'[' };
        let marked = self.offset(mark);
        let flow = self.byte(marked) == bracket && marked == content;
        let implicit = !flow && self.in_flow();
        self.count_node();
        self.cursor = content + usize::from(flow);
        if implicit && lead.indicator == Some(b'?') {
            content = lead.after - 1;
        }
        let column = match flow || implicit {
            true => self.frames.last().and_then(|frame| frame.column),
            false => Some(content - lexical::line_start(self.text, content)),
        };
        let (flow_frame, key) = (flow || implicit, content);
        self.frames.push(Frame {
            mapping,
            flow: flow_frame,
            implicit,
            value: false,
            explicit: false,
            key,
            start: content,
            column,
        });
        let kind = if mapping { EventKind::MappingStart } else { EventKind::SequenceStart };
        let start = self.base + content;
        Ok(Event {
            style: if flow || implicit { Style::Flow } else { Style::Block },
            tag: tag.map_or(Tag::Implied, |tag| translate_tag(&tag)),
            anchor: (anchor > 0).then_some(anchor),
            ..Event::bare(kind, start, start)
        })
    }

    fn collection_end(&mut self, kind: EventKind, mark: &Marker) -> Result<Event, Box<Fault>> {
        if let Some(frame) = self.frames.pop()
            && frame.flow
            && !frame.implicit
        {
            let close = self.offset(mark);
            let predicted = self.repaired_flows.iter().find(|repaired| repaired.0 == frame.start);
            if let Some(&(open, predicted)) = predicted
                && predicted != close
            {
                return Err(explain::unindented_flow(self.base + open, self.base + close));
            }
            self.cursor = self.cursor.max(close + 1);
            self.tabs = Tabs::Separate;
        }
        Ok(Event::bare(kind, self.base + self.cursor, self.base + self.cursor))
    }

    fn alias(&mut self, id: usize, mark: &Marker) -> Result<Event, Box<Fault>> {
        self.lead(false)?;
        self.count_node();
        let start = self.offset(mark);
        self.check_anchors(start, start + 1)?;
        let end = lexical::name_end(self.text, start + 1);
        self.cursor = end;
        Ok(Event::bare(EventKind::Alias(id), self.base + start, self.base + end))
    }

    /// Refuses anchors whose names go-yaml would cut short.
    fn check_anchors(&self, from: usize, to: usize) -> Result<(), Box<Fault>> {
        match lexical::odd_anchor(self.text, from, to) {
            Some(at) => Err(explain::odd_anchor(self.base + at)),
            None => Ok(()),
        }
    }

    fn document_start(&mut self) -> Result<Event, Box<Fault>> {
        let mut at = self.cursor;
        loop {
            at = self.skip_blank(at, Tabs::Refused)?;
            if self.byte(at) == b'%' {
                let line_end = lexical::line_end(self.text, at);
                let directive = self.text.get(at..line_end).unwrap_or("");
                if let Some(version) = directive.strip_prefix("%YAML") {
                    if version.split_whitespace().next() != Some("1.1") {
                        return Err(explain::version(self.base + at));
                    }
                } else if !directive.starts_with("%TAG") {
                    return Err(explain::unknown_directive(self.base + at));
                }
                at = line_end;
            } else if self.is_marker(at, "...") {
                return Err(explain::stray_end(self.base + at));
            } else {
                break;
            }
        }
        if self.is_marker(at, "---") {
            at += 3;
            self.tabs = Tabs::Separate;
        }
        self.cursor = at;
        Ok(Event::bare(EventKind::DocumentStart, self.base + at, self.base + at))
    }

    fn translate(&mut self, event: RawEvent, mark: &Marker) -> Result<Option<Event>, Box<Fault>> {
        let event = match event {
            RawEvent::Nothing | RawEvent::StreamStart => return Ok(None),
            RawEvent::StreamEnd => {
                let at = lexical::skip_blank(self.text, self.cursor);
                if self.cursor == 0 && self.is_marker(at, "...") {
                    return Err(explain::stray_end(self.base + at));
                }
                self.skip_blank(self.cursor, self.tabs)?;
                Event::bare(EventKind::StreamEnd, self.base + self.cursor, self.base + self.cursor)
            }
            RawEvent::DocumentStart => self.document_start()?,
            RawEvent::DocumentEnd => {
                self.skip_blank(self.cursor, self.tabs)?;
                Event::bare(EventKind::DocumentEnd, self.base + self.cursor, self.base + self.cursor)
            }
            RawEvent::Alias(id) => self.alias(id, mark)?,
            RawEvent::Scalar(value, style, anchor, tag) => self.scalar(value, style, anchor, tag, mark)?,
            RawEvent::SequenceStart(anchor, tag) => self.collection(false, anchor, tag, mark)?,
            RawEvent::SequenceEnd => self.collection_end(EventKind::SequenceEnd, mark)?,
            RawEvent::MappingStart(anchor, tag) => self.collection(true, anchor, tag, mark)?,
            RawEvent::MappingEnd => self.collection_end(EventKind::MappingEnd, mark)?,
        };
        Ok(Some(event))
    }

    /// Edits the text around an error that go-yaml would not report, and starts anew behind the events delivered.
    fn repair(&mut self, error: &ScanError, at: usize) -> Result<bool, Box<Fault>> {
        let open_flow = self.frames.iter().find(|frame| frame.flow).map(|frame| frame.start);
        let repair = repair::find(self.text, error.info(), at, open_flow, self.cursor);
        let Some(Repair { edits, flow }) = repair else { return Ok(false) };
        let before = self.edits.len();
        for edit in edits {
            match self.edits.binary_search_by_key(&edit.at, |edit| edit.at) {
                // A line that still stands too far left is indented further.
                Ok(index) => {
                    if let Some(made) = self.edits.get_mut(index) {
                        made.kind = made.kind.max(edit.kind);
                    }
                }
                Err(index) => self.edits.insert(index, edit),
            }
        }
        self.reparsed += at;
        if self.edits.len() == before || self.reparsed > REPARSED_BYTES_MAX {
            return Ok(false);
        }
        self.repaired_flows.extend(flow);
        self.parser = Parser::new(Input::new(self.text, self.edits.clone()));
        for _ in 0..self.delivered {
            if self.parser.next_token().is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl EventSource for YamlRust2<'_> {
    fn next_event(&mut self) -> Result<Event, Box<Fault>> {
        loop {
            match self.parser.next_token() {
                Ok((event, mark)) => {
                    self.delivered += 1;
                    if let Some(event) = self.translate(event, &mark)? {
                        return Ok(event);
                    }
                }
                Err(error) => {
                    let at = self.offset(error.marker());
                    if !self.repair(&error, at)? {
                        let outermost = self.frames.iter().find(|frame| frame.flow).map(|frame| frame.start);
                        let open = outermost.and_then(|open| repair::innermost(self.text, open, at));
                        let open = open.or_else(|| match repair::pending(self.text, self.cursor, at) {
                            Some(Pending::Flow(_, innermost)) => Some(innermost),
                            _ => None,
                        });
                        let context = explain::Context {
                            text: self.text,
                            base: self.base,
                            cursor: self.cursor,
                            open_flow: open,
                            expects_value: self.expects_value(),
                        };
                        return Err(explain::fault(error.info(), at, &context));
                    }
                }
            }
        }
    }
}

fn translate_tag(tag: &RawTag) -> Tag {
    if tag.handle.is_empty() && tag.suffix == "!" {
        return Tag::Implied;
    }
    let standard = match tag.handle.as_str() {
        "tag:yaml.org,2002:" => Some(tag.suffix.as_str()),
        "" => tag.suffix.strip_prefix("tag:yaml.org,2002:"),
        _ => None,
    };
    match standard {
        Some("str") => Tag::Str,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("bool") => Tag::Bool,
        Some("null") => Tag::Null,
        Some("timestamp") => Tag::Timestamp,
        Some("binary") => Tag::Binary,
        Some("merge") => Tag::Merge,
        Some("map") => Tag::Map,
        Some("seq") => Tag::Seq,
        _ => Tag::Custom,
    }
}
