//! `configMapGenerator`.

use super::secret::base64_lines;
use super::{Draft, GeneratorFiles, check_key, sources, string};
use crate::diagnostic::Result;
use crate::kustomization::{GeneratorEntry, GeneratorOptions};
use crate::provenance::DirectiveId;
use crate::resource::Resource;
use crate::string_map::mapping_under;

/// Makes the config map of an entry: text in `data`, anything else in `binaryData`.
pub fn config_map(
    entry: &GeneratorEntry,
    common: Option<&GeneratorOptions>,
    files: &mut dyn GeneratorFiles,
    by: DirectiveId,
) -> Result<Resource> {
    let mut draft = Draft::new("ConfigMap", entry, by)?;
    let root = draft.tree.root();
    for pair in sources::pairs(entry, false, files)? {
        check_key(&pair.key, Some(pair.place))?;
        let stamp = draft.stamp.at(Some(pair.place));
        let (field, node) = match std::str::from_utf8(pair.value.as_bytes()) {
            Ok(text) => ("data", string(&mut draft.tree, text, &stamp)),
            Err(_) => {
                let text = base64_lines(pair.value.as_bytes());
                ("binaryData", string(&mut draft.tree, &text, &stamp))
            }
        };
        let map = mapping_under(&mut draft.tree, root, field, &draft.stamp);
        draft.tree.push_key(map, &pair.key, node, &stamp);
    }
    draft.finish("ConfigMap", common)
}
