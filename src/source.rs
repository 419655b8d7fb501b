//! Source files: their text, their numbers, and the way from a byte offset to a line and a column.
//!
//! Offsets inside the engine are bytes of the *original* text (before line ends, byte-order marks and
//! `---` splitting are normalised). Lines and columns are 1-based and made only when something is shown.
//! Reading bytes from a disk is `fs`; turning them into trees is `yaml`.

use std::sync::Arc;

/// The number of a source in a [`Sources`] table. Numbers never reach any output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u32);

/// A half-open range of bytes in a source's original text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte; equal to `start` where the end is not known.
    pub end: u32,
}

impl Span {
    /// Makes a span; `end` is never before `start`.
    pub fn new(start: usize, end: usize) -> Span {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span { start, end: end.max(start) }
    }
}

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub source: SourceId,
    /// The bytes in it.
    pub span: Span,
}

/// A line and a column, both 1-based; what the column counts is in [`Columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// What a source may hold that must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sensitivity {
    /// YAML or JSON: values of `Secret` documents and of `secretGenerator` literals are masked.
    #[default]
    Yaml,
    /// `key=value` lines or opaque content of a secret generator: everything is masked.
    Opaque,
}

/// What columns count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Columns {
    /// Unicode scalar values: what a person counts.
    #[default]
    Characters,
    /// UTF-16 code units: what JavaScript and language servers count.
    Utf16,
}

/// Text that stands inside another source, such as an inline patch.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// Where the scalar that holds the text begins, in the outer source.
    pub outer: Place,
    /// The outer 1-based line of this text's first line; 0 where lines do not correspond (a quoted scalar).
    pub first_line: u32,
    /// How many columns each line is indented by in the outer source.
    pub indent: u32,
}

/// A place as a person finds it in a file.
pub(crate) struct Extent<'s> {
    pub(crate) source: &'s Source,
    pub(crate) start: LineColumn,
    pub(crate) end: LineColumn,
}

/// One file (or a text inside one) as it was read.
#[derive(Debug)]
pub struct Source {
    /// The number in the table.
    pub id: SourceId,
    /// The path as messages show it: relative to the user's directory, `/`-separated.
    pub path: Arc<str>,
    /// The original text. UTF-16 input stands here decoded.
    pub text: String,
    /// What must not be shown.
    pub sensitivity: Sensitivity,
    /// Set for a text inside another source.
    pub embedded: Option<Embedded>,
    /// What columns count.
    pub columns: Columns,
    line_starts: std::sync::OnceLock<Vec<u32>>,
}

impl Source {
    /// Returns the 1-based line and column of a byte offset. Lines end at `\n`; an offset past the end is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let starts = self.line_starts();
        let offset = offset.min(self.text.len() as u32);
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let mut text = self.text.get(start..offset as usize).unwrap_or("");
        if line == 1 {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        LineColumn { line: line as u32, column: self.units(text) as u32 + 1 }
    }

    fn units(&self, text: &str) -> usize {
        match self.columns {
            Columns::Characters => text.chars().count(),
            Columns::Utf16 => text.encode_utf16().count(),
        }
    }

    /// Returns how many UTF-16 code units stand before a byte offset; an offset past the end is the end.
    pub fn utf16_offset(&self, offset: u32) -> usize {
        let before = self.text.get(..offset as usize).unwrap_or(&self.text);
        before.encode_utf16().count()
    }

    /// Returns the byte offset at which a 1-based line begins; the text's length for a line past the end.
    pub fn line_start(&self, line: u32) -> u32 {
        let index = (line.max(1) - 1) as usize;
        self.line_starts().get(index).copied().unwrap_or(self.text.len() as u32)
    }

    /// Returns the text of a 1-based line without its line end.
    pub fn line(&self, line: u32) -> &str {
        let start = self.line_start(line) as usize;
        let rest = self.text.get(start..).unwrap_or("");
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let text = &rest[..end];
        text.strip_suffix('\r').unwrap_or(text)
    }

    /// Returns how many lines the text has; a final line end does not begin another line.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts();
        let ends_with_break = self.text.ends_with('\n');
        (starts.len() - usize::from(ends_with_break && starts.len() > 1)) as u32
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)).collect()
        })
    }
}

/// All sources of a session, by number.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    list: Vec<Arc<Source>>,
    n_bytes: usize,
    /// What columns of sources count that are added from now on.
    pub columns: Columns,
}

impl Sources {
    /// Makes an empty table whose columns count one or the other.
    pub fn counting(columns: Columns) -> Sources {
        Sources { columns, ..Sources::default() }
    }

    /// Adds a text and returns it with its number.
    pub fn add(
        &mut self,
        path: impl Into<Arc<str>>,
        text: String,
        sensitivity: Sensitivity,
        embedded: Option<Embedded>,
    ) -> Arc<Source> {
        let id = SourceId(self.list.len() as u32);
        let line_starts = std::sync::OnceLock::new();
        let source =
            Arc::new(Source { id, path: path.into(), text, sensitivity, embedded, columns: self.columns, line_starts });
        self.n_bytes += source.text.len();
        self.list.push(Arc::clone(&source));
        source
    }

    /// Returns the source with a number of this table.
    pub fn get(&self, id: SourceId) -> &Arc<Source> {
        // Numbers are only made by `add`, and a table never shrinks.
        &self.list[id.0 as usize]
    }

    /// Follows embedded texts outwards: the place as a person finds it in a file.
    ///
    /// A position inside a literal block maps to its own line; inside a quoted scalar it maps to the scalar's start.
    pub fn outermost(&self, place: Place) -> Place {
        let mut place = place;
        loop {
            let source = self.get(place.source);
            let Some(embedded) = source.embedded else { return place };
            let outer = self.get(embedded.outer.source);
            if embedded.first_line == 0 {
                place = embedded.outer;
                continue;
            }
            let map = |offset: u32| {
                let at = source.line_column(offset);
                let start = outer.line_start(embedded.first_line + at.line - 1);
                let inner_start = source.line_start(at.line);
                start + embedded.indent + offset.saturating_sub(inner_start)
            };
            let (start, end) = (map(place.span.start), map(place.span.end));
            place = Place { source: outer.id, span: Span::new(start as usize, end as usize) };
        }
    }

    /// Returns where a place stands in its file ([`Sources::outermost`], which leaves such a place as it is).
    pub(crate) fn extent(&self, place: Place) -> Extent<'_> {
        let Place { source, span } = self.outermost(place);
        let source = &**self.get(source);
        Extent { source, start: source.line_column(span.start), end: source.line_column(span.end) }
    }

    /// Returns all sources in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.list.iter()
    }

    /// Returns how many bytes of text all sources hold together.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Returns the number of sources.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let mut sources = Sources::default();
        let source = sources.add("f", "\u{feff}aé: x\r\n\nb: y\n".to_owned(), Sensitivity::Yaml, None);
        let at = |offset: usize| {
            let LineColumn { line, column } = source.line_column(offset as u32);
            (line, column)
        };
        assert_eq!(at(3), (1, 1));
        assert_eq!(at(source.text.find("x").expect("there")), (1, 5));
        assert_eq!(at(source.text.find("y").expect("there")), (3, 4));
        assert_eq!(at(1000), (4, 1));
        assert_eq!((source.line(1), source.line(2), source.line(9)), ("\u{feff}aé: x", "", ""));
        assert_eq!(source.line_count(), 3);
    }

    #[test]
    fn embedded_text_maps_to_the_lines_of_the_outer_file() {
        let mut sources = Sources::default();
        let outer = sources.add("k", "patches:\n- patch: |-\n    a: 1\n    b: 2\n".to_owned(), Sensitivity::Yaml, None);
        let scalar = Place { source: outer.id, span: Span::new(18, 20) };
        let embedded = Embedded { outer: scalar, first_line: 3, indent: 4 };
        let inner = sources.add("k", "a: 1\nb: 2".to_owned(), Sensitivity::Yaml, Some(embedded));
        let place = sources.outermost(Place { source: inner.id, span: Span::new(8, 9) });
        assert_eq!(outer.line_column(place.span.start), LineColumn { line: 4, column: 8 });
        let quoted = sources.add(
            "k",
            "x".to_owned(),
            Sensitivity::Yaml,
            Some(Embedded { outer: scalar, first_line: 0, indent: 0 }),
        );
        assert_eq!(sources.outermost(Place { source: quoted.id, span: Span::new(0, 1) }), scalar);
    }
}
