//! Patterns a user writes: regular expressions in Go's RE2 syntax, and Kubernetes label selectors.
//!
//! One engine (`regex-lite`) stands behind every door; the translation from RE2's syntax is in `re2` and nowhere else.
//! Which texts are matched, and what that means, is the callers' business.

mod braces;
mod class;
mod parts;
mod re2;
mod selector;

use parts::Parts;
pub(crate) use selector::LabelSelector;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    matcher: Matcher,
    /// The same for lines, where the expression is as simple as most are.
    parts: Option<Parts>,
}

#[derive(Clone, Debug)]
enum Matcher {
    Anything,
    /// The whole text, equal.
    Text(String),
    /// The text, anywhere.
    Within(String),
    Regex(Box<regex_lite::Regex>),
}

/// Bytes in an expression.
const EXPRESSION_LEN_MAX: usize = 64 * 1024;
/// Bytes that a compiled expression may take.
const COMPILED_SIZE_MAX: usize = 32 << 20;

/// Characters that can mean something else than themselves.
const META: &[char] = &['\\', '.', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '^', '$'];

impl Pattern {
    /// Compiles an expression as it stands (unanchored). The error says what Go's parser would find wrong, or what is not
    /// supported.
    pub(crate) fn new(expression: &str) -> Result<Pattern, String> {
        if expression.len() > EXPRESSION_LEN_MAX {
            return Err(format!("expression is longer than {EXPRESSION_LEN_MAX} bytes"));
        }
        if !expression.is_empty() && !expression.contains(META) {
            return Ok(Pattern { matcher: Matcher::Within(expression.to_owned()), parts: None });
        }
        let translated = re2::translate(expression)?;
        let mut builder = regex_lite::RegexBuilder::new(&translated);
        // Each group of ours may become two levels there: the group and a repetition.
        builder.nest_limit(2 * re2::DEPTH_MAX as u32 + 2).size_limit(COMPILED_SIZE_MAX);
        let regex = builder.build().map_err(|error| error.to_string())?;
        Ok(Pattern { matcher: Matcher::Regex(Box::new(regex)), parts: Parts::of_anchored(expression) })
    }

    /// Compiles an expression that must match a text as a whole, as `^(?:…)$`; an empty one matches every text.
    ///
    /// This is how selectors of patch targets are read (upstream `anchorRegex`).
    pub(crate) fn anchored(expression: &str) -> Result<Pattern, String> {
        if expression.is_empty() {
            Ok(Pattern { matcher: Matcher::Anything, parts: None })
        } else if !expression.contains(META) {
            Ok(Pattern { matcher: Matcher::Text(expression.to_owned()), parts: None })
        } else {
            // Pasted together as text, as upstream does, so that `a)|(?:b` means the same.
            Pattern::new(&format!("^(?:{expression})$"))
        }
    }

    /// Returns whether the expression matches (anywhere in the text, unless it is anchored).
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Anything => true,
            Matcher::Text(expected) => expected == text,
            Matcher::Within(part) => text.contains(part),
            Matcher::Regex(regex) => {
                let simple = self.parts.as_ref().and_then(|parts| parts.is_match(text));
                simple.unwrap_or_else(|| regex.is_match(text))
            }
        }
    }

    /// Returns the only text that the expression can match, if it is anchored and has no special characters.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.matcher {
            Matcher::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
