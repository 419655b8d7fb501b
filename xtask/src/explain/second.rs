//! The second YAML reader: which scalar of a file begins at a place.

use rustomize::source::{Source, SourceId, Span};
use std::collections::BTreeMap;
use yaml_rust2::parser::{Event, MarkedEventReceiver, Parser};
use yaml_rust2::scanner::Marker;

/// What begins at a place.
#[derive(Debug)]
pub enum Found {
    Scalar(String),
    Nothing,
    /// The reader refuses the file.
    Refused,
}

/// Files that were read, each once: scalars by the line and the column at which they begin.
#[derive(Default)]
pub struct SecondReader {
    files: BTreeMap<SourceId, Option<Scalars>>,
}

type Scalars = BTreeMap<(usize, usize), String>;

#[derive(Default)]
struct Receiver {
    scalars: Scalars,
}

impl MarkedEventReceiver for Receiver {
    fn on_event(&mut self, event: Event, mark: Marker) {
        if let Event::Scalar(value, ..) = event {
            self.scalars.insert((mark.line(), mark.col()), value);
        }
    }
}

impl SecondReader {
    /// Returns the scalar that begins at a byte of a file.
    ///
    /// Of a block text this reader says where the content begins, so that the first scalar within the span counts.
    pub fn read(&mut self, source: &Source, span: Span) -> Found {
        let scalars = self.files.entry(source.id).or_insert_with(|| {
            let mut receiver = Receiver::default();
            let mut parser = Parser::new_from_str(&source.text);
            parser.load(&mut receiver, true).is_ok().then_some(receiver.scalars)
        });
        let Some(scalars) = scalars else { return Found::Refused };
        let position = |offset: u32| {
            let at = source.line_column(offset);
            (at.line as usize, at.column as usize - 1)
        };
        match scalars.range(position(span.start)..=position(span.end)).next() {
            Some((_, value)) => Found::Scalar(value.clone()),
            None => Found::Nothing,
        }
    }
}
