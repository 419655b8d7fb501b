//! Scalars of all kinds and styles, weird ones above all, and trees made of them.

use super::random::Random;
use super::yaml::Yaml;

/// Plain texts whose type or quoting is easy to get wrong.
const PLAIN: [&str; 113] = [
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Y",
    "N",
    "Yes",
    "No",
    "On",
    "OFF",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "~",
    "null",
    "Null",
    "NULL",
    "",
    "0",
    "00",
    "0777",
    "0o777",
    "-017",
    "+017",
    "08",
    "09",
    "0008",
    "0o8",
    "0x",
    "1e",
    "e3",
    "_1",
    "1_",
    "1.2.3",
    "=",
    "<<",
    "0x1F",
    "0xff_ff",
    "0b101",
    "-0b11",
    "0O17",
    "1_000",
    "1__0",
    "0_7",
    "1.0",
    "1.10",
    "5.",
    ".5",
    "+0.5",
    "1e3",
    "1E3",
    "1.0e+2",
    "0.1e1",
    "-0",
    "-0.0",
    "1e6",
    "1e15",
    "1e16",
    "1e20",
    "1e21",
    "100000000000000000000",
    "1234567.5",
    "123456789.125",
    "123456.5",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1e1000",
    "2001-01-01",
    "2001-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43",
    "2001-13-45",
    "1:30",
    "12:30:45",
    "-1:30",
    "190:20:30.15",
    "1.5Gi",
    "100m",
    "v1.2.3",
    "a b",
    "a:b",
    "http://x.y/z?q=1#f",
    "a#b",
    "-x",
    "--",
    "-1",
    "+1",
    "@x",
    "%x",
    "`x`",
    "?x",
    ":x",
    "a, b",
    "a\"b",
    "it's",
    "é",
    "日本語",
    "😀",
    "a\\nb",
    "{}",
    "[]",
    "x y z",
    "key: ",
    "-",
];

/// Texts that plain style cannot carry; they are replaced by a quoted form.
const NOT_PLAIN: [&str; 6] = ["@x", "%x", "`x`", "key: ", "-", "--"];

const WORDS: [&str; 14] = [
    "alpha",
    "beta",
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog:",
    "it's",
    "\"quoted\"",
    "#not",
];

/// Keys in whose order the reference never wavers: among these its comparison is transitive, so the order in which its
/// hash map gives them does not matter. (Digit runs that begin with different numbers of zeros beside letters are what
/// makes it intransitive.)
pub const KEYS: [&str; 36] = [
    "a",
    "b",
    "c",
    "A",
    "B",
    "key",
    "KEY_A",
    "KEY_B",
    "name",
    "value",
    "data",
    "config.yaml",
    "app.properties",
    "x-y",
    "x_y",
    "x/y",
    "a1",
    "a2",
    "a10",
    "n1",
    "n2",
    "n12",
    "long-key-with-many-parts",
    "camelCase",
    "CamelCase",
    "_x",
    "z",
    "host",
    "port",
    "mode",
    "é",
    "Z",
    "foo.bar/baz",
    "log-level",
    "timeout",
    "ca.crt",
];

/// Keys that are quoted.
const QUOTED_KEYS: [&str; 4] = ["'yes'", "\"on\"", "'a b'", "\"y\""];

/// Keys that are of another type as soon as the quotes are lost, which the reference often refuses.
const TYPED_KEYS: [&str; 4] = ["'1'", "\"true\"", "\"~\"", "'1.5'"];

/// A scalar; `is_flow` where it stands in a flow collection.
pub fn scalar(random: &mut Random, is_flow: bool) -> Yaml {
    match random.below(100) {
        0..=44 => Yaml::Scalar(plain(random, is_flow)),
        45..=54 => Yaml::Scalar(single(random.word(&PLAIN))),
        55..=64 => Yaml::Scalar(double(random)),
        65..=72 => Yaml::Scalar(long(random)),
        73..=76 => Yaml::Scalar(tagged(random)),
        77..=93 if !is_flow => block(random),
        _ => Yaml::Scalar(format!("{}", random.below(70_000))),
    }
}

/// A scalar that is a string whatever reads it.
pub fn text(random: &mut Random) -> Yaml {
    match random.below(100) {
        0..=39 => Yaml::Scalar(random.word(&["a", "some-text", "v1", "hello world", "x.y/z", "prod"]).to_owned()),
        40..=59 => Yaml::Scalar(single(random.word(&PLAIN))),
        60..=79 => Yaml::Scalar(double(random)),
        80..=89 => Yaml::Scalar(single(&sentence(random))),
        _ => block(random),
    }
}

/// A string on one line, for places where a block would be out of the way.
pub fn line(random: &mut Random) -> String {
    match random.below(3) {
        0 => random.word(&["a", "some-text", "v1", "x.y/z", "prod"]).to_owned(),
        1 => single(random.word(&PLAIN)),
        _ => single(&sentence(random)),
    }
}

/// Mapping keys, all different.
pub fn keys(random: &mut Random, n_keys: usize) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    while keys.len() < n_keys {
        let key = match random.below(200) {
            0 => random.word(&TYPED_KEYS),
            1..=10 => random.word(&QUOTED_KEYS),
            _ => random.word(&KEYS),
        };
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// A tree of collections and scalars.
pub fn tree(random: &mut Random, depth: usize, is_flow: bool) -> Yaml {
    let becomes_flow = !is_flow && random.chance(15);
    let is_flow_here = is_flow || becomes_flow;
    let n_children = random.between(0, 4);
    let node = match random.below(10) {
        0..=3 if depth > 0 => {
            let keys = keys(random, n_children);
            Yaml::Map(keys.into_iter().map(|key| (key, tree(random, depth - 1, is_flow_here))).collect())
        }
        4..=6 if depth > 0 => Yaml::List((0..n_children).map(|_| tree(random, depth - 1, is_flow_here)).collect()),
        _ => return scalar(random, is_flow),
    };
    if becomes_flow { Yaml::Flow(Box::new(node)) } else { node }
}

fn plain(random: &mut Random, is_flow: bool) -> String {
    let text = random.word(&PLAIN);
    let breaks_flow =
        text.contains([',', '[', ']', '{', '}', '#']) || text.is_empty() || text.starts_with([':', '?', '-']);
    if NOT_PLAIN.contains(&text) || (is_flow && breaks_flow) {
        return single(text);
    }
    text.to_owned()
}

pub fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(random: &mut Random) -> String {
    const INNER: [&str; 20] = [
        "",
        "plain",
        "yes",
        "1",
        "1.0",
        "null",
        "~",
        "2001-01-01",
        "a\\nb",
        "a\\tb",
        "tail\\n",
        "\\u00e9",
        "\\U0001F600",
        "quote \\\" here",
        "back\\\\slash",
        "  lead",
        "trail  ",
        "\\x07bell",
        "a: b",
        "\\u2028sep",
    ];
    format!("\"{}\"", random.word(&INNER))
}

fn sentence(random: &mut Random) -> String {
    let n_words = random.between(3, 40);
    let words: Vec<&str> = (0..n_words).map(|_| random.word(&WORDS)).collect();
    words.join(" ")
}

/// A text past the 80th column, where the reference folds; without blanks it cannot.
fn long(random: &mut Random) -> String {
    match random.below(4) {
        0 => "x".repeat(random.between(60, 180)),
        1 => single(&sentence(random)),
        2 => {
            let n_words = random.between(8, 40);
            let words: Vec<&str> =
                (0..n_words).map(|_| random.word(&["lorem", "ipsum", "dolor", "sit", "amet"])).collect();
            words.join(" ")
        }
        _ => format!("\"{}  two  blanks {}\"", "word ".repeat(random.between(8, 20)), "\\n".repeat(random.below(2))),
    }
}

fn tagged(random: &mut Random) -> String {
    const TAGGED: [&str; 11] = [
        "!!str 5",
        "!!str true",
        "!!int \"5\"",
        "!!float 5",
        "!!null \"\"",
        "!!binary aGVsbG8=",
        "!custom foo",
        "!!str null",
        "!!str 1.50",
        "! 5",
        "!!str 'x'",
    ];
    random.word(&TAGGED).to_owned()
}

fn block(random: &mut Random) -> Yaml {
    let header = random.word(&["|", "|-", "|+", ">", ">-", ">+"]);
    let n_lines = random.between(1, 5);
    let mut lines: Vec<String> = Vec::new();
    for number in 0..n_lines {
        let line = match random.below(8) {
            0 if number > 0 => String::new(),
            1 if number > 0 => format!("  indented {}", random.word(&WORDS)),
            2 => sentence(random),
            3 => "key: value".to_owned(),
            4 => "# no comment".to_owned(),
            5 => "trailing blanks  ".to_owned(),
            _ => random.word(&["- item", "plain text", "'quoted'", "tab\tinside", "é 日本", "=", "---x"]).to_owned(),
        };
        lines.push(line);
    }
    Yaml::Block(header, lines)
}
