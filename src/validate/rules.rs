//! The rules and how much they count unless somebody says otherwise. docs/validate.md explains each of them.

use crate::diagnostic::Code;

/// How much a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is told.
    Off,
    /// It is told, and that is all.
    Warn,
    /// It is an error.
    Fail,
}

/// All rules, in the order of docs/validate.md, with their levels.
///
/// What a server refuses is an error. What may be right because of something that is not in the build is a warning, or off
/// where that is usual.
pub const RULES: [(Code, Level); 25] = [
    (Code::SchemaUnknownField, Level::Fail),
    (Code::SchemaWrongType, Level::Fail),
    (Code::SchemaMissingField, Level::Fail),
    (Code::SchemaNotAllowed, Level::Fail),
    (Code::SchemaOutOfRange, Level::Fail),
    (Code::UnknownKind, Level::Fail),
    (Code::ApiRemoved, Level::Fail),
    (Code::ApiDeprecated, Level::Warn),
    (Code::VolumeUndefined, Level::Fail),
    (Code::SelectorMismatch, Level::Fail),
    (Code::SelectorUnmatched, Level::Warn),
    (Code::PortUndefined, Level::Fail),
    (Code::KeyUndefined, Level::Fail),
    (Code::SubsetUndefined, Level::Warn),
    (Code::HostsUndefined, Level::Warn),
    (Code::SubjectUndefined, Level::Warn),
    (Code::PolicyWithoutRules, Level::Warn),
    (Code::ReferenceNearMiss, Level::Warn),
    (Code::ReferenceUnresolved, Level::Off),
    (Code::InvalidBase64, Level::Fail),
    (Code::FileMode, Level::Fail),
    (Code::LeftoverTemplate, Level::Fail),
    (Code::Placeholder, Level::Warn),
    (Code::UnsubstitutedVariable, Level::Off),
    (Code::AmbiguousScalar, Level::Warn),
];

/// Returns whether a code is a rule.
pub fn is_rule(code: Code) -> bool {
    RULES.iter().any(|&(rule, _)| rule == code)
}

/// The levels that count in one run.
#[derive(Clone, Debug)]
pub struct Levels(Vec<(Code, Level)>);

impl Default for Levels {
    fn default() -> Self {
        Levels(RULES.to_vec())
    }
}

impl Levels {
    /// Sets the level of a rule; other codes are left alone.
    pub fn set(&mut self, code: Code, level: Level) {
        if let Some(rule) = self.0.iter_mut().find(|(rule, _)| *rule == code) {
            rule.1 = level;
        }
    }

    /// Returns the level of a rule.
    pub fn get(&self, code: Code) -> Level {
        self.0.iter().find(|(rule, _)| *rule == code).map_or(Level::Fail, |rule| rule.1)
    }

    /// Makes errors of all warnings.
    pub fn make_strict(&mut self) {
        self.0.iter_mut().filter(|rule| rule.1 == Level::Warn).for_each(|rule| rule.1 = Level::Fail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_the_codes() {
        assert!(RULES.is_sorted_by_key(|&(code, _)| code));
    }
}
