//! Why a text cannot be read: what the scanner, the parser and the builder end with.

use crate::diagnostic::Code;

const BECAUSE: &str = "its parser follows YAML 1.1 here";

/// Why a text cannot be read.
#[derive(Debug)]
pub(super) struct Fault {
    /// The code of the diagnostic.
    pub(super) code: Code,
    /// Where the reader stopped.
    pub(super) at: usize,
    /// One line.
    pub(super) message: String,
    /// What is at `at`; may be empty.
    pub(super) label: &'static str,
    /// A second place, such as the bracket that is never closed.
    pub(super) related: Option<(usize, &'static str)>,
    /// What to do about it.
    pub(super) help: Vec<&'static str>,
    /// Why the reference refuses it, should YAML 1.2 allow it: completes "kustomize rejects this because". Empty where
    /// YAML 1.2 has no say.
    pub(super) because: &'static str,
}

impl Fault {
    /// Makes a syntax error.
    pub(super) fn syntax(at: usize, message: impl Into<String>) -> Box<Fault> {
        Fault::new(Code::YamlSyntax, at, message)
    }

    /// Makes a fault.
    #[cold]
    pub(super) fn new(code: Code, at: usize, message: impl Into<String>) -> Box<Fault> {
        let message = message.into();
        Box::new(Fault { code, at, message, label: "", related: None, help: Vec::new(), because: BECAUSE })
    }

    /// Adds advice.
    pub(super) fn help(mut self: Box<Self>, help: &'static str) -> Box<Self> {
        self.help.push(help);
        self
    }

    /// Says what is at the place.
    pub(super) fn label(mut self: Box<Self>, label: &'static str) -> Box<Self> {
        self.label = label;
        self
    }

    /// Adds a second place.
    pub(super) fn related(mut self: Box<Self>, at: Option<usize>, label: &'static str) -> Box<Self> {
        self.related = at.map(|at| (at, label));
        self
    }

    /// Says why the reference refuses what YAML 1.2 may allow.
    pub(super) fn because(mut self: Box<Self>, because: &'static str) -> Box<Self> {
        self.because = because;
        self
    }
}
