//! Where values come from: an [`Origin`] per node, resolved through side tables.
//!
//! A node read from a file carries the index of its span; a node that a directive wrote carries the index of an
//! [`OriginEntry`] in its own tree, chained to the origin it replaced. Nothing is kept in-band: no annotation is added,
//! parsed back and stripped. Printing the chain is left to the readers of a finished build.

use crate::source::{Place, Source, SourceId, Span};
use std::sync::Arc;

/// The origin of one node: an index into the spans of the file its tree was read from, or into its tree's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(pub(crate) u32);

const WRITTEN: u32 = 1 << 31;

impl Origin {
    /// A node without a known origin.
    pub const UNKNOWN: Origin = Origin(u32::MAX);

    pub(crate) fn read(index: usize) -> Origin {
        Origin(u32::try_from(index).unwrap_or(u32::MAX).min(WRITTEN - 1))
    }

    pub(crate) fn written(index: usize) -> Origin {
        Origin(WRITTEN | u32::try_from(index).unwrap_or(WRITTEN - 1).min(WRITTEN - 2))
    }

    pub(crate) fn index(self) -> OriginIndex {
        if self == Origin::UNKNOWN {
            OriginIndex::Unknown
        } else if self.0 & WRITTEN == 0 {
            OriginIndex::Read(self.0 as usize)
        } else {
            OriginIndex::Written((self.0 & !WRITTEN) as usize)
        }
    }
}

/// An [`Origin`] taken apart.
pub(crate) enum OriginIndex {
    Unknown,
    Read(usize),
    Written(usize),
}

/// A write by a directive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OriginEntry {
    /// Where the written value stands: in a patch file, in a kustomization, in a generator's input.
    pub place: Option<Place>,
    /// The directive that wrote it.
    pub by: DirectiveId,
    /// What stood there before.
    pub replaced: Option<Origin>,
}

/// The number of a directive in a [`Directives`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectiveId(pub(crate) u32);

/// One entry of a kustomization file that does something: a patch, an image, a label set, a generator.
#[derive(Clone, Debug)]
pub struct Directive {
    /// The kustomization file's field, such as `patches`.
    pub field: &'static str,
    /// The entry's index where the field is a list.
    pub index: Option<u32>,
    /// Where the entry stands.
    pub place: Place,
}

/// All directives of a session, by number.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    list: Vec<Directive>,
}

impl Directives {
    /// Registers a directive.
    pub fn add(&mut self, field: &'static str, index: Option<usize>, place: Place) -> DirectiveId {
        let id = DirectiveId(self.list.len() as u32);
        self.list.push(Directive { field, index: index.map(|index| index as u32), place });
        id
    }

    /// Returns a directive of this table.
    pub fn get(&self, id: DirectiveId) -> &Directive {
        &self.list[id.0 as usize]
    }
}

/// What a directive touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The directive.
    pub by: DirectiveId,
    /// How many resources it selected.
    pub resources: u32,
    /// How many fields it wrote.
    pub fields: u32,
}

/// The mark a directive leaves on every node it writes.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Who writes.
    pub by: DirectiveId,
    /// Where the value that is written stands.
    pub place: Option<Place>,
}

impl Stamp {
    /// Returns the same writer with the value standing at another place.
    pub fn at(self, place: Option<Place>) -> Stamp {
        Stamp { by: self.by, place: place.or(self.place) }
    }
}

/// Spans of the nodes that were read from one file, and texts that had to be decoded.
#[derive(Debug)]
pub struct ReadFile {
    /// The file.
    pub source: Arc<Source>,
    /// Scalars whose value does not stand in the text as it is (escapes, folded lines, block indentation).
    pub decoded: String,
    /// The span of each node, by the number in its [`Origin`].
    pub spans: Vec<Span>,
}

impl ReadFile {
    /// Returns the place of the `index`-th node read.
    pub(crate) fn place(&self, index: usize) -> Option<Place> {
        let span = *self.spans.get(index)?;
        Some(Place { source: self.source_id(), span })
    }

    fn source_id(&self) -> SourceId {
        self.source.id
    }
}
