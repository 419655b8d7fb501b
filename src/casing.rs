//! Letters in their other case, one for one.
//!
//! The standard library's tables have a row for every letter, 13 kB that hardly compress. A WASM build has ranges instead, which the
//! build script reads off those tables. A letter that becomes several (`ß`) has no other case here.

#[cfg(any(target_family = "wasm", test))]
mod small;

#[cfg(target_family = "wasm")]
pub(crate) use small::{lower, lowercase, upper};

#[cfg(not(target_family = "wasm"))]
pub(crate) use full::{lower, lowercase, upper};

#[cfg(not(target_family = "wasm"))]
mod full {
    /// Returns the small letter, or the same.
    pub(crate) fn lower(c: char) -> Option<char> {
        single(c.to_lowercase())
    }

    /// Returns the capital, or the same.
    pub(crate) fn upper(c: char) -> Option<char> {
        single(c.to_uppercase())
    }

    fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
        mapped.next().filter(|_| mapped.next().is_none())
    }

    /// Returns a text in small letters, for comparisons.
    pub(crate) fn lowercase(text: &str) -> String {
        text.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::{full, small};

    #[test]
    fn ranges_say_what_the_standard_library_says() {
        for c in char::MIN..=char::MAX {
            // Where it becomes several letters, it stays as it is.
            assert_eq!(small::lower(c), Some(full::lower(c).unwrap_or(c)), "{c:?}");
            assert_eq!(small::upper(c), Some(full::upper(c).unwrap_or(c)), "{c:?}");
        }
        assert_eq!(small::lowercase("ConfigMap ÄΩ"), "configmap äω");
    }
}
