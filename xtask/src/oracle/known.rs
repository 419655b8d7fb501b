//! Deviations that are meant: where ours answers otherwise than the reference, on purpose.
//!
//! They stand in docs/deviations.tsv, a line each, and every one has a case of its own whose `reference-differs` says
//! why; docs/compatibility.md says it to users. What matches a line is counted apart, not as a difference.

use super::run::Outcome;
use crate::shell::{self, Result};

pub struct Known {
    rows: Vec<Row>,
}

struct Row {
    id: String,
    how: How,
    /// Parts of what ours says, and of what the reference says, on standard error; `*` is anything.
    ours: String,
    reference: String,
    case: String,
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    /// Ours fails, the reference builds.
    Refused,
    /// Ours builds, the reference fails.
    Accepted,
    /// Both build, and the bytes differ.
    Bytes,
}

impl Known {
    pub fn load() -> Result<Known> {
        let path = shell::root().join("docs/deviations.tsv");
        if !path.exists() {
            return Ok(Known { rows: Vec::new() });
        }
        let text = shell::read(&path)?;
        let known = Known::parse(&text)?;
        for row in &known.rows {
            if !shell::root().join("tests/cases").join(&row.case).join("reference-differs").exists() {
                return Err(format!("docs/deviations.tsv: `{}` has no case tests/cases/{}", row.id, row.case));
            }
        }
        Ok(known)
    }

    fn parse(text: &str) -> Result<Known> {
        let mut rows = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [id, how, ours, reference, case] = columns.as_slice() else {
                return Err(format!("docs/deviations.tsv: five columns are wanted: `{line}`"));
            };
            let how = match *how {
                "refused" => How::Refused,
                "accepted" => How::Accepted,
                "bytes" => How::Bytes,
                other => return Err(format!("docs/deviations.tsv: no such outcome `{other}`")),
            };
            rows.push(Row {
                id: (*id).to_owned(),
                how,
                ours: (*ours).to_owned(),
                reference: (*reference).to_owned(),
                case: (*case).to_owned(),
            });
        }
        Ok(Known { rows })
    }

    /// Returns the name of the deviation that explains a difference.
    pub fn explain(&self, ours: &Outcome, reference: &Outcome) -> Option<String> {
        if ours.is_crash() {
            return None;
        }
        let how = match (ours.is_built(), reference.is_built()) {
            (false, true) => How::Refused,
            (true, false) => How::Accepted,
            _ => How::Bytes,
        };
        let says = |stderr: &str, part: &str| part == "*" || stderr.contains(part);
        let mut rows = self.rows.iter();
        let row = rows
            .find(|row| row.how == how && says(&ours.stderr, &row.ours) && says(&reference.stderr, &row.reference))?;
        Some(row.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: i32, stderr: &str) -> Outcome {
        Outcome { status: Some(status), stdout: Vec::new(), stderr: stderr.to_owned() }
    }

    #[test]
    fn a_row_explains_its_outcome_only() {
        let known = Known::parse("# id\nodd\trefused\tnot that\t*\ttopic/case\n").expect("a good table");
        let explain = |ours: &Outcome, reference: &Outcome| known.explain(ours, reference);
        assert_eq!(explain(&outcome(1, "error: not that"), &outcome(0, "")).as_deref(), Some("odd"));
        assert_eq!(explain(&outcome(1, "error: other"), &outcome(0, "")), None);
        assert_eq!(explain(&outcome(0, "not that"), &outcome(1, "")), None);
        assert_eq!(explain(&outcome(101, "not that"), &outcome(0, "")), None);
        assert!(Known::parse("odd\trefused").is_err());
    }

    #[test]
    fn every_row_has_a_case() {
        Known::load().expect("docs/deviations.tsv is in step with tests/cases");
    }
}
