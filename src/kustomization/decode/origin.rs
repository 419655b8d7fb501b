//! The text of the annotation `config.kubernetes.io/origin` (upstream `resource.Origin`), as far as it can be wrong.

use super::fields::Spec;
use super::value::{Codec, Decoder, Found, Path};
use crate::diagnostic::Report;
use crate::limits::Limits;
use crate::source::{Sensitivity, Sources};
use crate::yaml::read::read_first;

const ORIGIN: Spec = Spec { what: "an origin", names: &["path", "repo", "ref", "configuredIn", "configuredBy"] };
const CONFIGURED_BY: Spec =
    Spec { what: "`configuredBy` of an origin", names: &["apiVersion", "kind", "name", "namespace"] };

/// Returns whether the reference can read a text as an origin. What it says is of no use to a build.
pub(crate) fn is_origin(text: &str) -> bool {
    let source = Sources::default().add("", text.to_owned(), Sensitivity::Opaque, None);
    let tree = match read_first(&source, &Limits::default()) {
        Ok(Some(tree)) => tree,
        Ok(None) => return true,
        Err(_) => return false,
    };
    let mut report = Report::default();
    let mut decoder = Decoder {
        source: &source,
        tree: &tree,
        report: &mut report,
        what: ORIGIN.what,
        is_strict: false,
        codec: Codec::LenientJson,
        coerces: true,
        has_spellings: false,
    };
    let path = Path::ROOT;
    let fields = decoder.fields(tree.root(), &path, &ORIGIN);
    for name in ["path", "repo", "ref", "configuredIn"] {
        decoder.text(&fields, &path, name);
    }
    if let Some((_, node)) = fields.get("configuredBy").filter(|&(_, node)| decoder.found(node) != Found::Null) {
        let path = path.field("configuredBy");
        let fields = decoder.fields(node, &path, &CONFIGURED_BY);
        for &name in CONFIGURED_BY.names {
            decoder.text(&fields, &path, name);
        }
    }
    !report.has_errors()
}
