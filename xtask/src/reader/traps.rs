//! Texts that are hard to read: pieces of YAML put together at random, nested collections in odd layouts, and changes to
//! files that were fine.

use crate::oracle::random::Random;

const PIECES: &[&str] = &[
    "a",
    "b",
    "key",
    "1",
    "~",
    "null",
    "x y",
    "a: ",
    "b:",
    "key: v\n",
    "a: b\n",
    "- ",
    "- a\n",
    "-",
    "? ",
    "?",
    ": ",
    ":",
    ":\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "[a, b]",
    "{a: b}",
    "{a, b: }",
    "#",
    " # c",
    "# c\n",
    " ",
    "  ",
    "   ",
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n ",
    "\n  ",
    "\n    ",
    "\t",
    "\n\t",
    " \t",
    "'",
    "''",
    "'x'",
    "'x y'",
    "\"",
    "\"\"",
    "\"y\"",
    "\"\\n\"",
    "\"\\x41\\u00e9\"",
    "\"\\\n",
    "\\",
    "|",
    "|\n",
    "|-\n",
    "|+\n",
    "|2\n",
    "|1-\n",
    ">\n",
    ">-\n",
    ">+\n  ",
    "> # c\n",
    "|\n  x\n",
    "|\n  x\n\n  y\n",
    ">\n  x\n  y\n\n   z\n",
    "&a ",
    "&a",
    "&b\n",
    "*a",
    "*a ",
    "*b",
    "!",
    "! ",
    "!t ",
    "!!str ",
    "!!int ",
    "!<x> ",
    "!<tag:yaml.org,2002:str> ",
    "!e!x ",
    "!a%41 ",
    "---",
    "---\n",
    "--- ",
    "\n---\n",
    "\n--- a\n",
    "...",
    "...\n",
    "\n...\n",
    "%YAML 1.1\n---\n",
    "%YAML 1.2\n---\n",
    "%TAG !e! x:\n---\n",
    "%",
    "%X\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{a0}",
    "é",
    "😀",
    "@",
    "`",
    ">",
    "<",
    "=",
    "&",
    "*",
    "\u{7}",
    "\u{7f}",
    "a b c",
    "it's",
    "a#b",
    "a #b",
    "a:b",
    "a: b: c",
    "http://x/y?z=1",
    "{{ x }}",
    "-a",
    "?a",
    ":a",
    "- - ",
    "- ? ",
    "? - ",
    "? a\n: b\n",
    "- a: b\n  c: d\n",
    "  - x\n",
    "  k: v\n",
    "    d: e\n",
    "\"a\": ",
    "'b': ",
    "\"k\":v",
    "[a]: ",
    "{b: c}: ",
    "*a : ",
    "&a k: ",
    "!!str k: ",
    "[?a]",
    "[? a : b]",
    "[a: {b: c}]",
    "{? a}",
    "{a:}",
    "[a, [b, {c: d}]]",
    "[\n",
    "]\n",
    "{\n",
    "}\n",
    ",\n",
    "  a\n  b\n",
    "\"x\n  y\"",
    "'x\n\n  y'",
    "x\n  y\n",
];

/// Makes a text.
pub fn trap(random: &mut Random) -> String {
    let mut text = String::new();
    match random.below(3) {
        0 => soup(random, &mut text, 14),
        1 => {
            node(random, &mut text, 0, 0);
            if random.chance(30) {
                text = mutate(&text, random);
            }
        }
        _ => {
            // A mapping or a list around the soup gives it a place to go wrong in.
            for _ in 0..random.between(1, 4) {
                text += random.word(&[
                    "a: ",
                    "- ",
                    "b:\n  ",
                    "k:\n- ",
                    "? ",
                    "x: [",
                    "y: {",
                    "d: &a ",
                    "e: !!str ",
                    "- - ",
                ]);
                soup(random, &mut text, 4);
                text += random.word(&["\n", "\n", "\n", "]\n", "}\n", ""]);
            }
        }
    }
    text
}

fn soup(random: &mut Random, text: &mut String, most: usize) {
    for _ in 0..random.between(1, most) {
        text.push_str(random.word(PIECES));
    }
}

const SCALARS: &[&str] = &[
    "x",
    "a b",
    "1",
    "0x1f",
    "true",
    "~",
    "''",
    "'it''s'",
    "\"q\"",
    "\"a\\tb\"",
    "\"\\\"\"",
    "a#b",
    "-1",
    "a:b",
    "?q",
    ":q",
    "x\n   y",
    "'x\n   y'",
    "\"x\n\n   y\"",
    "\"x \\\n   y\"",
    "|\n    t\n    u",
    ">\n    t\n     u\n    v",
    "|+\n    t\n",
    "|-\n    t",
    "*a",
    "&a z",
    "!!str 5",
    "!t w",
    "! 6",
    "",
];
const KEYS: &[&str] = &["a", "b c", "'q'", "\"d\"", "1", "&a k", "!!str s", "? e", "? 'f'\n", "é", "a:b", "-x"];
const BEHIND: &[&str] = &["", "", "", "", " ", "  ", "\t", " # c", "#c", "\n", "\n\n# d", "\n\t# e", "\n      # f"];

fn pad(random: &mut Random, indent: usize) -> String {
    let off = if random.chance(4) { random.below(3) } else { 0 };
    let short = if random.chance(3) { 1 } else { 0 };
    " ".repeat((indent + off).saturating_sub(short))
}

fn node(random: &mut Random, text: &mut String, indent: usize, depth: usize) {
    match random.below(if depth > 4 { 2 } else { 5 }) {
        0 | 1 if depth > 0 => {
            text.push_str(random.word(SCALARS));
            text.push_str(random.word(BEHIND));
        }
        2 => flow(random, text, depth),
        3 => {
            for _ in 0..random.between(1, 3) {
                text.push('\n');
                text.push_str(&pad(random, indent));
                text.push('-');
                text.push_str(random.word(&[" ", " ", " ", "  ", "\t", "\n        ", " # c\n  "]));
                node(random, text, indent + 2, depth + 1);
            }
        }
        _ => {
            for number in 0..random.between(1, 4) {
                if number > 0 || depth > 0 && random.chance(80) {
                    text.push('\n');
                    text.push_str(&pad(random, indent));
                }
                text.push_str(random.word(KEYS));
                text.push_str(random.word(&[":", ":", ":", ":", " :", "\t:", "\n:", ""]));
                text.push_str(random.word(&[" ", " ", " ", "", "\t", "\n", " # c\n", " &b ", " !t "]));
                let step = random.below(4);
                node(random, text, indent + step, depth + 1);
            }
        }
    }
    if depth == 0 {
        text.push_str(random.word(&["\n", "\n", "\n", "", "\n...\n", "\n---\nb: c\n", "\n# e"]));
    }
}

fn flow(random: &mut Random, text: &mut String, depth: usize) {
    let (open, close) = if random.chance(50) { ('[', ']') } else { ('{', '}') };
    text.push(open);
    for _ in 0..random.below(4) {
        text.push_str(random.word(&["", "", " ", "\n", "\n  ", "\n\t", " # c\n"]));
        if random.chance(if open == '{' { 80 } else { 30 }) {
            text.push_str(random.word(&["a", "'b'", "\"c\"", "? d", "?e", "&a f", "!t g", "[h]", "", "i\n j"]));
            text.push_str(random.word(&[": ", ": ", ":", " : ", "\n: ", ":\n", ""]));
        }
        if depth < 4 && random.chance(30) {
            flow(random, text, depth + 1);
        } else {
            text.push_str(random.word(SCALARS));
        }
        text.push_str(random.word(&[",", ", ", ",", " ,", "\n,", "", ",#"]));
    }
    text.push(close);
}

/// Deletes, inserts, repeats or replaces a few parts of a text.
pub fn mutate(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 3) {
        let at = random.below(chars.len() + 1);
        let len = random.between(1, 3).min(chars.len() - at);
        match random.below(5) {
            0 => drop(chars.drain(at..at + len)),
            1 => drop(chars.splice(at..at + len, random.word(PIECES).chars())),
            2 => {
                let part: Vec<char> = chars[at..at + len].to_vec();
                chars.splice(at..at, part);
            }
            _ => drop(chars.splice(at..at, random.word(PIECES).chars())),
        }
    }
    chars.into_iter().collect()
}
