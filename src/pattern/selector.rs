//! Label selectors, in the syntax of Kubernetes' API machinery.

use crate::diagnostic::{Code, Diagnostic, Result};

/// A compiled label or annotation selector.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Exists,
    Missing,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl LabelSelector {
    /// Parses a selector in Kubernetes' syntax; empty text selects everything. The error has no place yet.
    pub(crate) fn parse(text: &str) -> Result<LabelSelector> {
        let mut parser = Parser { tokens: scan(text), position: 0 };
        parser.selector().map_err(|words| {
            let message = format!("selector `{text}` cannot be parsed: {words}");
            let error = Diagnostic::error(Code::InvalidPattern, message);
            error.help("write it like `app=web,tier in (a, b),!legacy`")
        })
    }

    /// Returns whether labels, given by look-up, are selected.
    pub(crate) fn matches<'a>(&self, get: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.requirements.iter().all(|Requirement { key, test }| {
            let value = get(key);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            let is_among = |values: &[String]| value.is_some_and(|value| values.iter().any(|known| known == value));
            match test {
                Test::Exists => value.is_some(),
                Test::Missing => value.is_none(),
                Test::In(values) => is_among(values),
                Test::NotIn(values) => !is_among(values),
                Test::Above(limit) => number().is_some_and(|number| number > *limit),
                Test::Below(limit) => number().is_some_and(|number| number < *limit),
            }
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'t> {
    /// `=`, `==`, `!=`, `!`, `>`, `<`, `(`, `)` or `,`
    Symbol(&'t str),
    /// A key, a value, or the words `in` and `notin`.
    Word(&'t str),
    End,
}

impl Token<'_> {
    fn text(&self) -> &str {
        match self {
            Token::Symbol(text) | Token::Word(text) => text,
            Token::End => "",
        }
    }
}

/// Splits a selector. A NUL ends a token, or the text if it stands alone, since upstream's lexer takes it for the end.
fn scan(text: &str) -> Vec<Token<'_>> {
    const BLANKS: &[char] = &[' ', '\t', '\r', '\n'];
    const SYMBOLS: &[char] = &['=', '!', '(', ')', ',', '>', '<'];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(BLANKS);
    while let Some(first) = rest.chars().next().filter(|&first| first != '\0') {
        let is_symbol = SYMBOLS.contains(&first);
        let len = if rest.starts_with("==") || rest.starts_with("!=") {
            2
        } else if is_symbol {
            1
        } else {
            rest.find(|c| c == '\0' || BLANKS.contains(&c) || SYMBOLS.contains(&c)).unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(len);
        tokens.push(if is_symbol { Token::Symbol(token) } else { Token::Word(token) });
        rest = after.strip_prefix('\0').unwrap_or(after).trim_start_matches(BLANKS);
    }
    tokens
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    position: usize,
}

/// Words that say what is wrong.
type Words = String;

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        self.tokens.get(self.position).cloned().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token<'t> {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn selector(&mut self) -> std::result::Result<LabelSelector, Words> {
        let mut requirements = Vec::new();
        if self.peek() == Token::End {
            return Ok(LabelSelector { requirements });
        }
        loop {
            requirements.push(self.requirement()?);
            match self.next() {
                Token::End => return Ok(LabelSelector { requirements }),
                Token::Symbol(",") => {}
                token => return Err(format!("found `{}`, expected `,` or the end", token.text())),
            }
        }
    }

    fn requirement(&mut self) -> std::result::Result<Requirement, Words> {
        let mut token = self.next();
        let is_negated = token == Token::Symbol("!");
        if is_negated {
            token = self.next();
        }
        let Token::Word(key) = token else { return Err(format!("found `{}`, expected a key", token.text())) };
        check_key(key)?;
        let test = match self.peek() {
            _ if is_negated => Test::Missing,
            Token::End | Token::Symbol(",") => Test::Exists,
            _ => self.test()?,
        };
        Ok(Requirement { key: key.to_owned(), test })
    }

    fn test(&mut self) -> std::result::Result<Test, Words> {
        match self.next() {
            Token::Symbol("=" | "==") => Ok(Test::In(vec![self.value()?])),
            Token::Symbol("!=") => Ok(Test::NotIn(vec![self.value()?])),
            Token::Symbol(">") => Ok(Test::Above(self.number()?)),
            Token::Symbol("<") => Ok(Test::Below(self.number()?)),
            Token::Word("in") => Ok(Test::In(self.values()?)),
            Token::Word("notin") => Ok(Test::NotIn(self.values()?)),
            token => Err(format!("found `{}`, expected `=`, `!=`, `in` or `notin`", token.text())),
        }
    }

    /// Reads the one value of a comparison; none is the empty one.
    fn value(&mut self) -> std::result::Result<String, Words> {
        match self.peek() {
            Token::End | Token::Symbol(",") => Ok(String::new()),
            Token::Word(value) => {
                self.position += 1;
                check_value(value)?;
                Ok(value.to_owned())
            }
            token => Err(format!("found `{}`, expected a value", token.text())),
        }
    }

    fn number(&mut self) -> std::result::Result<i64, Words> {
        let value = self.value()?;
        value.parse().map_err(|_| format!("`{value}` is not a whole number"))
    }

    /// Reads a list in parentheses, whose commas may have nothing before or after them, which is the empty value.
    fn values(&mut self) -> std::result::Result<Vec<String>, Words> {
        let token = self.next();
        if token != Token::Symbol("(") {
            return Err(format!("found `{}`, expected `(`", token.text()));
        }
        if self.peek() == Token::Symbol(")") {
            self.position += 1;
            return Ok(vec![String::new()]);
        }
        let mut values: Vec<String> = Vec::new();
        loop {
            match self.next() {
                Token::Word(value) => {
                    check_value(value)?;
                    values.push(value.to_owned());
                    match self.peek() {
                        Token::Symbol(",") => {}
                        Token::Symbol(")") => break,
                        token => return Err(format!("found `{}`, expected `,` or `)`", token.text())),
                    }
                }
                Token::Symbol(",") => {
                    if values.is_empty() {
                        values.push(String::new());
                    }
                    match self.peek() {
                        Token::Symbol(")") => {
                            values.push(String::new());
                            break;
                        }
                        // Two commas hold an empty value, but then upstream wants another value.
                        Token::Symbol(",") => {
                            self.position += 1;
                            values.push(String::new());
                        }
                        _ => {}
                    }
                }
                token => return Err(format!("found `{}`, expected `,` or a value", token.text())),
            }
        }
        self.position += 1;
        Ok(values)
    }
}

/// What names and values may be long at most.
const LEN_MAX: usize = 63;

/// Upstream `IsQualifiedName`.
fn check_key(key: &str) -> std::result::Result<(), Words> {
    const PREFIX_LEN_MAX: usize = 253;
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let ends = label.bytes().next().is_some_and(is_inner) && label.bytes().last().is_some_and(is_inner);
        ends && label.bytes().all(|byte| is_inner(byte) || byte == b'-')
    };
    let is_prefix = |prefix: &str| prefix.len() <= PREFIX_LEN_MAX && prefix.split('.').all(is_label);
    if prefix.is_none_or(is_prefix) && name.len() <= LEN_MAX && is_name(name) {
        return Ok(());
    }
    Err(format!("`{key}` is not a valid label key"))
}

/// Upstream `IsValidLabelValue`.
fn check_value(value: &str) -> std::result::Result<(), Words> {
    if value.len() <= LEN_MAX && is_name(value) {
        return Ok(());
    }
    Err(format!("`{value}` is not a valid label value"))
}

fn is_name(name: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    ends(name.bytes().next()) && ends(name.bytes().last()) && name.bytes().all(is_inner)
}
