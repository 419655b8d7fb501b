//! The simplest of expressions, which most are: fixed texts with anything between them (`web-.*`).
//!
//! They are matched without the engine, which looks at every character of every text that it is asked about.

/// An anchored expression whose only special characters are those of `.*`.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    first: String,
    /// The texts behind each `.*`; the last ends the text.
    others: Vec<String>,
}

impl Parts {
    /// Takes an expression of the form `^(?:…)$` apart; `None` for what is not that simple.
    pub(super) fn of_anchored(expression: &str) -> Option<Parts> {
        let inner = expression.strip_prefix("^(?:")?.strip_suffix(")$")?;
        let mut parts = inner.split(".*").map(str::to_owned);
        let is_special =
            |part: &str| part.contains(['\\', '.', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '^', '$', '\n']);
        let (first, others) = (parts.next()?, parts.collect::<Vec<String>>());
        let is_simple = !others.is_empty() && !is_special(&first) && !others.iter().any(|part| is_special(part));
        is_simple.then_some(Parts { first, others })
    }

    /// Returns whether a text matches; `None` for one of several lines, of which a point takes only one.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        let Some(mut rest) = text.strip_prefix(&*self.first) else { return Some(false) };
        if rest.contains('\n') {
            return None;
        }
        let Some((last, between)) = self.others.split_last() else { return Some(rest.is_empty()) };
        for part in between {
            match rest.split_once(&**part) {
                Some((_, after)) => rest = after,
                None => return Some(false),
            }
        }
        Some(rest.ends_with(&**last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_match_what_the_engine_matches() {
        let expressions = ["a.*", ".*a", "a.*b", "a.*b.*c", ".*", ".*.*", "ab.*ab", "a.*aa.*a", "é.*é"];
        let texts = ["", "a", "b", "ab", "aab", "abab", "aba", "abc", "aaa", "aaaa", "acb", "éé", "é", "xa", "a b\tc"];
        for expression in expressions {
            let anchored = format!("^(?:{expression})$");
            let parts = Parts::of_anchored(&anchored).expect("simple");
            let engine = regex_lite::Regex::new(&anchored).expect("valid");
            for text in texts {
                assert_eq!(parts.is_match(text), Some(engine.is_match(text)), "{expression} {text}");
            }
            assert_ne!(parts.is_match("a\nb"), Some(true), "{expression}");
        }
    }

    #[test]
    fn what_is_not_simple_is_left_to_the_engine() {
        for expression in ["a", "a.b", "a.+", "a.*?", "a.**", "(a.*)", "a.*|b", "[a].*", "\\.*", "a.*)|(?:b", "a.*{2}"]
        {
            assert!(Parts::of_anchored(&format!("^(?:{expression})$")).is_none(), "{expression}");
        }
        assert!(Parts::of_anchored("a.*").is_none());
    }
}
