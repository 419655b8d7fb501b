//! Texts of nodes: ranges of three pools, so that a scalar that stands in a file as it is costs no copy.

use super::Tag;

/// Which text a range points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    /// The text of the file.
    File,
    /// The file's pool of decoded scalars.
    Decoded,
    /// The tree's own pool.
    Own,
    /// The tree's own pool, too; the text was written without a tag, so that its type is no property of the node: what the
    /// next text looks like decides anew.
    Untagged,
}

impl Pool {
    pub(super) fn written(tag: Tag) -> Pool {
        if tag == Tag::Implied { Pool::Untagged } else { Pool::Own }
    }
}

/// A range of a text pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) pool: Pool,
}

impl Text {
    /// No text.
    pub(crate) const EMPTY: Text = Text { start: 0, len: 0, pool: Pool::Own };

    /// Returns what a range that a reader made stands for.
    #[inline]
    pub(crate) fn within<'t>(self, file: &'t str, decoded: &'t str) -> &'t str {
        let pool = match self.pool {
            Pool::File => file,
            Pool::Decoded => decoded,
            Pool::Own | Pool::Untagged => "",
        };
        let start = self.start as usize;
        pool.get(start..start + self.len as usize).unwrap_or("")
    }

    /// A range of the file's text.
    pub(crate) fn in_file(start: usize, len: usize) -> Text {
        Text::of_file(start, len, Pool::File)
    }

    /// A range of the file's decoded scalars.
    pub(crate) fn in_decoded(start: usize, len: usize) -> Text {
        Text::of_file(start, len, Pool::Decoded)
    }

    /// A file has at most `session::FILE_BYTES_MAX` bytes, and decoding makes it longer by half at the most.
    fn of_file(start: usize, len: usize, pool: Pool) -> Text {
        let offset = |offset: usize| u32::try_from(offset).expect("files are far below 4 GiB");
        Text { start: offset(start), len: offset(len), pool }
    }
}
