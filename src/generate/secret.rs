//! `secretGenerator`.

use super::{Draft, GeneratorFiles, check_key, sources, string};
use crate::diagnostic::Result;
use crate::kustomization::{GeneratorEntry, GeneratorOptions};
use crate::provenance::DirectiveId;
use crate::resource::Resource;
use base64::Engine as _;

/// Makes the secret of an entry: all values in `data`, in base64.
pub fn secret(
    entry: &GeneratorEntry,
    common: Option<&GeneratorOptions>,
    files: &mut dyn GeneratorFiles,
    by: DirectiveId,
) -> Result<Resource> {
    let mut draft = Draft::new("Secret", entry, by)?;
    let root = draft.tree.root();
    let (text, place) = entry.secret_type.as_ref().map_or(("Opaque", None), |text| (&text.value, Some(text.place)));
    let stamp = draft.stamp.at(place);
    let value = string(&mut draft.tree, text, &stamp);
    draft.tree.push_key(root, "type", value, &stamp);
    // `data` is there even if it is empty, unlike that of a config map.
    let data = draft.mapping("data");
    for pair in sources::pairs(entry, true, files)? {
        check_key(&pair.key, Some(pair.place))?;
        let stamp = draft.stamp.at(Some(pair.place));
        let text = base64_lines(pair.value.as_bytes());
        let node = string(&mut draft.tree, &text, &stamp);
        draft.tree.push_key(data, &pair.key, node, &stamp);
    }
    draft.finish("Secret", common)
}

/// Encodes bytes in base64; a text of 70 characters or more is broken into lines of 70, each with a line end.
pub(super) fn base64_lines(bytes: &[u8]) -> String {
    const LINE_LEN: usize = 70;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    if text.len() < LINE_LEN {
        return text;
    }
    let mut lines = String::with_capacity(text.len() + text.len() / LINE_LEN + 1);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        // The text is ASCII, so that every index is a character's.
        let (line, after) = rest.split_at(rest.len().min(LINE_LEN));
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    lines
}
