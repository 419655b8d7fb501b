use super::{LabelSelector, Pattern};
use serde_json::Value;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("the table is JSON")).collect()
}

/// Rows in which this module is narrower than Go on purpose: the difference is an error, never another match.
fn is_refused_here(pattern: &str) -> bool {
    ["\\p", "\\P", "\\x{D800}", "a(?i)*", "\\Q\\E*"].iter().any(|part| pattern.contains(part))
}

#[test]
fn expressions_mean_what_they_mean_to_go() {
    let table = lines(include_str!("../../tests/data/pattern/re2.jsonl"));
    let texts: Vec<&str> =
        table[0]["texts"].as_array().expect("texts").iter().map(|text| text.as_str().expect("text")).collect();
    let mut faults = Vec::new();
    for row in &table[1..] {
        let pattern = row["pattern"].as_str().expect("pattern");
        for (field, error, compiled) in
            [("matches", "error", Pattern::new(pattern)), ("anchored", "anchored_error", Pattern::anchored(pattern))]
        {
            let refused = row.get(error).and_then(Value::as_str);
            match (compiled, refused) {
                (Ok(_), Some(error)) => faults.push(format!("{pattern:?} must be refused: {error}")),
                (Err(error), None) if !is_refused_here(pattern) => {
                    faults.push(format!("{pattern:?} must be accepted, got {error}"));
                }
                (Err(_), _) => {}
                (Ok(compiled), None) => {
                    let expected: Vec<u64> =
                        row[field].as_array().expect("list").iter().filter_map(Value::as_u64).collect();
                    for (index, text) in texts.iter().enumerate() {
                        if compiled.is_match(text) != expected.contains(&(index as u64)) {
                            faults.push(format!(
                                "{pattern:?} ({field}) on {:?}",
                                text.chars().take(20).collect::<String>()
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(table.len() > 250, "the table is read");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn selectors_mean_what_they_mean_to_kubernetes() {
    let table = lines(include_str!("../../tests/data/pattern/selectors.jsonl"));
    let labels = table[0]["labels"].as_array().expect("labels");
    let mut faults = Vec::new();
    for row in &table[1..] {
        let text = row["selector"].as_str().expect("selector");
        match (LabelSelector::parse(text), row.get("error")) {
            (Ok(_), Some(error)) => faults.push(format!("{text:?} must be refused: {error}")),
            (Err(error), None) => faults.push(format!("{text:?} must be accepted, got {}", error.message)),
            (Err(_), Some(_)) => {}
            (Ok(selector), None) => {
                let expected: Vec<u64> =
                    row["matches"].as_array().expect("list").iter().filter_map(Value::as_u64).collect();
                let selected = |index: usize| selector.matches(|key| labels[index].get(key).and_then(Value::as_str));
                let found: Vec<u64> =
                    (0..labels.len()).filter(|&index| selected(index)).map(|index| index as u64).collect();
                if found != expected {
                    faults.push(format!("{text:?}: expected {expected:?}, found {found:?}"));
                }
            }
        }
    }
    assert!(table.len() > 100, "the table is read");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What no table from Go can show: bounds of ours, and that hostile input comes back as an error.
#[test]
fn expressions_are_bounded() {
    assert!(Pattern::new(&"a".repeat(70_000)).is_err());
    assert!(Pattern::new(&"(".repeat(60_000)).is_err());
    assert!(Pattern::new(&format!("{}a{}", "(".repeat(251), ")".repeat(251))).is_err());
    assert!(Pattern::new(&format!("{}a{}", "(".repeat(250), ")".repeat(250))).is_ok());
    assert!(Pattern::new(&"[^a]{1000}".repeat(1000)).is_err());
    assert_eq!(Pattern::anchored("web").expect("plain").as_text(), Some("web"));
    assert!(!Pattern::anchored("a".repeat(70_000).as_str()).expect("plain").is_match("a"));
}
