use super::decode;
use crate::diagnostic::{Report, Severity};
use crate::kustomization::helm::HelmChart;
use crate::kustomization::{
    FileKind, GeneratorEntry, GeneratorOptions, ImageEntry, InlineText, Kustomization, LabelsEntry, PatchEntry,
    PlacedMap, PlacedText, Target, VarEntry,
};
use crate::limits::Limits;
use crate::source::{Sensitivity, Sources};
use serde_json::{Map, Value, json};

struct Decoded {
    file: Option<Kustomization>,
    report: Report,
    sources: Sources,
}

fn run(text: &str) -> Decoded {
    let mut sources = Sources::default();
    let source = sources.add("kustomization.yaml", text.to_owned(), Sensitivity::Yaml, None);
    let mut report = Report::default();
    let file = match crate::yaml::read::read_first(&source, &Limits::default()) {
        Ok(Some(tree)) => decode(&source, &tree, &mut report),
        Ok(None) => {
            report.push(super::empty_error(&source));
            None
        }
        Err(diagnostic) => {
            report.push(diagnostic);
            None
        }
    };
    Decoded { file, report, sources }
}

/// Leaves out what Go's `omitempty` leaves out.
fn object(fields: Vec<(&str, Value)>) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    let kept = fields.into_iter().filter(|(_, value)| !is_empty(value));
    Value::Object(kept.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn text(text: &Option<PlacedText>) -> Value {
    text.as_ref().map_or(Value::Null, |text| json!(text.value))
}

fn texts(texts: &[PlacedText]) -> Value {
    texts.iter().map(|text| json!(text.value)).collect()
}

fn map(map: &PlacedMap) -> Value {
    if map.is_empty() {
        return Value::Null;
    }
    Value::Object(map.iter().map(|(key, value)| (key.value.clone(), json!(value.value))).collect::<Map<_, _>>())
}

fn labels(entry: &LabelsEntry) -> Value {
    let field = |field: &crate::fieldspec::FieldSpec| {
        object(vec![
            ("group", json!(field.group)),
            ("version", json!(field.version)),
            ("kind", json!(field.kind)),
            ("path", json!(field.path)),
            ("create", json!(field.create)),
        ])
    };
    object(vec![
        ("pairs", map(&entry.pairs)),
        ("includeSelectors", json!(entry.include_selectors)),
        ("includeTemplates", json!(entry.include_templates)),
        ("includeVolumeClaimTemplates", json!(entry.include_volume_claim_templates)),
        ("fields", entry.fields.iter().map(field).collect()),
    ])
}

fn target(target: &Target) -> Value {
    object(vec![
        ("group", text(&target.group)),
        ("version", text(&target.version)),
        ("kind", text(&target.kind)),
        ("name", text(&target.name)),
        ("namespace", text(&target.namespace)),
        ("labelSelector", text(&target.label_selector)),
        ("annotationSelector", text(&target.annotation_selector)),
    ])
}

fn patch(entry: &PatchEntry) -> Value {
    let flags = [entry.allow_name_change, entry.allow_kind_change];
    let options = object(vec![("allowNameChange", json!(flags[0])), ("allowKindChange", json!(flags[1]))]);
    object(vec![
        ("path", text(&entry.path)),
        ("patch", entry.patch.as_ref().map_or(Value::Null, |patch| json!(patch.value))),
        ("target", entry.target.as_ref().map_or(Value::Null, target)),
        ("options", if flags.contains(&true) { options } else { Value::Null }),
    ])
}

fn image(entry: &ImageEntry) -> Value {
    object(vec![
        ("name", json!(entry.name.value)),
        ("newName", text(&entry.new_name)),
        ("newTag", text(&entry.new_tag)),
        ("digest", text(&entry.digest)),
        ("tagSuffix", text(&entry.tag_suffix)),
    ])
}

fn options(options: &Option<GeneratorOptions>) -> Value {
    options.as_ref().map_or(Value::Null, |options| {
        object(vec![
            ("labels", map(&options.labels)),
            ("annotations", map(&options.annotations)),
            ("disableNameSuffixHash", json!(options.disable_name_suffix_hash)),
            ("immutable", json!(options.immutable)),
        ])
    })
}

fn generator(entry: &GeneratorEntry) -> Value {
    object(vec![
        ("name", json!(entry.name.value)),
        ("namespace", text(&entry.namespace)),
        ("behavior", text(&entry.behavior)),
        ("literals", texts(&entry.literals)),
        ("files", texts(&entry.files)),
        ("envs", texts(&entry.envs)),
        ("options", options(&entry.options)),
        ("type", text(&entry.secret_type)),
    ])
}

fn helm_chart(entry: &HelmChart) -> Value {
    let values = entry.values_inline.as_ref().map_or(Value::Null, |tree| {
        let mut text = String::new();
        crate::yaml::json::encode(tree, tree.root(), &mut text).expect("values came out of JSON");
        serde_json::from_str(&text).expect("values are JSON")
    });
    object(vec![
        ("name", text(&entry.name)),
        ("version", text(&entry.version)),
        ("repo", text(&entry.repo)),
        ("releaseName", text(&entry.release_name)),
        ("namespace", text(&entry.namespace)),
        ("additionalValuesFiles", texts(&entry.additional_values_files)),
        ("valuesFile", text(&entry.values_file)),
        ("valuesInline", values),
        ("valuesMerge", text(&entry.values_merge)),
        ("includeCRDs", json!(entry.include_crds)),
        ("skipHooks", json!(entry.skip_hooks)),
        ("skipTests", json!(entry.skip_tests)),
        ("apiVersions", json!(entry.api_versions)),
        ("kubeVersion", json!(entry.kube_version)),
        ("nameTemplate", text(&entry.name_template)),
        ("debug", json!(entry.debug)),
        ("devel", json!(entry.devel)),
    ])
}

/// Go writes the structs inside a var even if they are empty, and its name.
fn var(entry: &VarEntry) -> Value {
    let objref = &entry.objref;
    let mut object_reference = object(vec![
        ("apiVersion", text(&objref.api_version)),
        ("group", text(&objref.group)),
        ("version", text(&objref.version)),
        ("kind", text(&objref.kind)),
        ("namespace", text(&objref.namespace)),
    ]);
    object_reference["name"] = json!(objref.name.as_ref().map_or("", |name| name.value.as_str()));
    let field = object(vec![("fieldPath", text(&entry.field_path))]);
    json!({"name": entry.name.value, "objref": object_reference, "fieldref": field})
}

/// Writes a file as Go writes its struct.
fn as_json(file: &Kustomization) -> Value {
    let kind = if file.kind == FileKind::Component { "Component" } else { "Kustomization" };
    let common = |placed: &Option<crate::kustomization::Placed<PlacedMap>>| {
        placed.as_ref().map_or(Value::Null, |placed| map(&placed.value))
    };
    let sort_options = file.sort_options.as_ref().map_or(Value::Null, |sort| {
        let legacy = sort
            .legacy
            .as_ref()
            .map_or(Value::Null, |legacy| json!({"orderFirst": legacy.order_first, "orderLast": legacy.order_last}));
        object(vec![("order", text(&sort.order)), ("legacySortOptions", legacy)])
    });
    let inline = |entries: &[InlineText]| entries.iter().map(|entry| json!(entry.value)).collect::<Value>();
    let globals = &file.helm_globals;
    let helm_globals =
        object(vec![("chartHome", text(&globals.chart_home)), ("configHome", text(&globals.config_home))]);
    let helm_globals = if helm_globals == json!({}) { Value::Null } else { helm_globals };
    let replicas = |entry: &crate::kustomization::ReplicasEntry| {
        object(vec![("name", json!(entry.name.value)), ("count", json!(entry.count.value))])
    };
    // What a replacement holds is seen in what it does (tests/cases/replacements).
    let replacement = |entry: &crate::kustomization::replacement::ReplacementEntry| {
        object(vec![("path", text(&entry.path)), ("sourceValue", text(&entry.replacement.source_value))])
    };
    object(vec![
        ("kind", json!(kind)),
        ("resources", texts(&file.resources)),
        ("openapi", map(&file.openapi)),
        ("components", texts(&file.components)),
        ("namePrefix", text(&file.name_prefix)),
        ("nameSuffix", text(&file.name_suffix)),
        ("namespace", text(&file.namespace)),
        ("labels", file.labels.iter().map(labels).collect()),
        ("replacements", file.replacements.iter().map(replacement).collect()),
        ("commonLabels", common(&file.common_labels)),
        ("commonAnnotations", common(&file.common_annotations)),
        ("patches", file.patches.iter().map(patch).collect()),
        ("patchesStrategicMerge", texts(&file.patches_strategic_merge)),
        ("patchesJson6902", file.patches_json6902.iter().map(patch).collect()),
        ("images", file.images.iter().map(image).collect()),
        ("replicas", file.replicas.iter().map(replicas).collect()),
        ("configMapGenerator", file.config_map_generator.iter().map(generator).collect()),
        ("secretGenerator", file.secret_generator.iter().map(generator).collect()),
        ("generatorOptions", options(&file.generator_options)),
        // What else they hold is looked at in the cases.
        ("replacements", file.replacements.iter().map(|entry| object(vec![("path", text(&entry.path))])).collect()),
        ("vars", file.vars.iter().map(var).collect()),
        ("configurations", texts(&file.configurations)),
        ("crds", texts(&file.crds)),
        ("configurations", texts(&file.configurations)),
        ("crds", texts(&file.crds)),
        ("generators", inline(&file.generators)),
        ("transformers", inline(&file.transformers)),
        ("validators", inline(&file.validators)),
        ("helmGlobals", helm_globals),
        ("helmCharts", file.helm_charts.iter().map(helm_chart).collect()),
        ("sortOptions", sort_options),
        ("buildMetadata", texts(&file.build_metadata)),
    ])
}

/// Takes out of Go's struct what has no effect on a build and is not kept here.
fn without_effect(mut file: Value) -> Value {
    let fields = file.as_object_mut().expect("a struct");
    fields.retain(|name, _| name != "metadata");
    if fields.get("helmGlobals") == Some(&json!({})) {
        fields.remove("helmGlobals");
    }
    for name in ["patches", "patchesJson6902"] {
        for entry in fields.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            let entry = entry.as_object_mut().expect("a patch");
            entry.retain(|name, value| {
                name != "options" || value.as_object().is_some_and(|options| !options.is_empty())
            });
        }
    }
    if let Some(legacy) = file.pointer_mut("/sortOptions/legacySortOptions").and_then(Value::as_object_mut) {
        for list in legacy.values_mut().filter(|list| list.is_null()) {
            *list = json!([]);
        }
    }
    file
}

#[test]
fn files_mean_what_they_mean_to_the_reference() {
    let table = include_str!("../../../tests/data/kustomization/decode.jsonl");
    let mut faults = Vec::new();
    let mut n_rows = 0;
    for line in table.lines() {
        n_rows += 1;
        let row: Value = serde_json::from_str(line).expect("the table is JSON");
        let input = row["text"].as_str().expect("text");
        let Decoded { file, report, .. } = run(input);
        let errors: Vec<&str> = report
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(|diagnostic| diagnostic.message.as_str())
            .collect();
        assert_eq!(file.is_none(), !errors.is_empty(), "{input:?}: nothing is refused without a word");
        match (file, row.get("error").and_then(Value::as_str)) {
            (Some(_), Some(error)) => faults.push(format!("{input:?} must be refused: {error}")),
            (None, None) => faults.push(format!("{input:?} must be accepted, got {errors:?}")),
            (None, Some(_)) => {}
            (Some(file), None) => {
                let expected = without_effect(row["file"].clone());
                let found = as_json(&file);
                if found != expected {
                    faults.push(format!("{input:?}\n  expected {expected}\n  found    {found}"));
                }
                let expected: Vec<&str> = row
                    .get("warnings")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let found: Vec<&str> =
                    report.diagnostics.iter().filter_map(|warning| warning.verbatim.as_deref()).collect();
                if found != expected {
                    faults.push(format!("{input:?}\n  expected {expected:?}\n  found    {found:?}"));
                }
            }
        }
    }
    assert!(n_rows > 800, "the table is read");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Draws what was reported: `line:column`, code, message, then notes and help.
fn draw(decoded: &Decoded) -> String {
    let mut out = String::new();
    for diagnostic in &decoded.report.diagnostics {
        let place = diagnostic.labels.first().map(|label| {
            let at = decoded.sources.get(label.place.source).line_column(label.place.span.start);
            format!("{}:{}", at.line, at.column)
        });
        out += &format!("{} {}: {}\n", place.as_deref().unwrap_or("-"), diagnostic.code, diagnostic.message);
        for help in &diagnostic.help {
            out += &format!("    help: {help}\n");
        }
    }
    out
}

#[test]
fn every_fault_is_found_at_its_place() {
    let cases = include_str!("../../../tests/data/kustomization/faults.txt");
    let mut n_cases = 0;
    let mut found = String::new();
    for case in cases.split("==== file\n").skip(1) {
        n_cases += 1;
        let (input, _) = case.split_once("---- faults\n").expect("a case has both parts");
        found += &format!("==== file\n{input}---- faults\n{}", draw(&run(input)));
    }
    assert!(n_cases > 5, "the cases are read");
    assert!(found == cases, "found:\n{found}");
}

#[test]
fn literal_blocks_know_their_lines() {
    let file = run("patches:\n- patch: |-\n\n    a: b\n      c: d\n- patch: 'a: b'\n- patch: |2\n      x\n")
        .file
        .expect("valid");
    let blocks: Vec<_> = file.patches.iter().map(|entry| entry.patch.as_ref().and_then(|patch| patch.block)).collect();
    assert_eq!(blocks, [Some((3, 4)), None, Some((8, 4))]);
}
