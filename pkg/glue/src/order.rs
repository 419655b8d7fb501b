//! An order of a module's functions in which it compresses well.
//!
//! A server's compressor finds what is alike only within 32 kB. So functions stand near those that share the most bytes with
//! them, found greedily: next comes whichever has the most in common with the last 30 kB, for its length. Those that are called
//! most stand first, because their numbers take one byte then. Nothing is moved here: functions get names that sort, and
//! binaryen orders them by name.

use std::collections::{BTreeMap, VecDeque};

/// Bytes that count as something in common.
const GRAM: usize = 6;
/// What more functions share tells nothing, and takes time.
const SHARED_MAX: usize = 60;
/// Bytes that the compressor looks back on, nearly.
const WINDOW: usize = 30_000;
/// What a short function is judged to be longer than it is.
const LENGTH_MORE: usize = 20;
/// Functions with a number of one byte, less those that are imported.
const CALLED_MOST: usize = 110;

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const CALL: u8 = 0x10;

type Result<T> = std::result::Result<T, String>;

/// Returns the module with new names for its functions.
pub fn named(module: &[u8]) -> Result<Vec<u8>> {
    let sections = sections(module)?;
    let content = |id: u8| sections.iter().find(|section| section.0 == id).map_or(&[][..], |section| section.1);
    let n_imported = imported(content(IMPORTS))?;
    let bodies = bodies(content(CODE))?;
    let order = order(&bodies, n_imported);
    let mut names = Vec::new();
    push(&mut names, bodies.len());
    let mut place = vec![0; bodies.len()];
    for (at, &function) in order.iter().enumerate() {
        place[function] = at;
    }
    for (function, at) in place.into_iter().enumerate() {
        push(&mut names, n_imported + function);
        push_bytes(&mut names, format!("f{at:06}").as_bytes());
    }
    let mut section = Vec::new();
    push_bytes(&mut section, b"name");
    // Functions.
    section.push(1);
    push_bytes(&mut section, &names);
    let mut out = module[..8].to_vec();
    for (id, content) in sections {
        if id != CUSTOM || !content.starts_with(b"\x04name") {
            out.push(id);
            push_bytes(&mut out, content);
        }
    }
    out.push(CUSTOM);
    push_bytes(&mut out, &section);
    Ok(out)
}

/// Returns the functions, best neighbours together.
fn order(bodies: &[&[u8]], n_imported: usize) -> Vec<usize> {
    let shared = shared(bodies);
    let mut order = Order::new(bodies, &shared);
    for function in called_most(bodies, n_imported) {
        order.add(function);
    }
    while let Some(next) = order.best() {
        order.add(next);
    }
    order.done
}

/// Bytes in common: the functions of each, and those of each function.
struct Shared {
    functions: Vec<Vec<usize>>,
    grams: Vec<Vec<usize>>,
}

fn shared(bodies: &[&[u8]]) -> Shared {
    let mut found: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for gram in body.windows(GRAM) {
            let functions = found.entry(gram).or_default();
            if functions.last() != Some(&function) {
                functions.push(function);
            }
        }
    }
    let functions: Vec<_> =
        found.into_values().filter(|functions| (2..=SHARED_MAX).contains(&functions.len())).collect();
    let mut grams = vec![Vec::new(); bodies.len()];
    for (gram, functions) in functions.iter().enumerate() {
        for &function in functions {
            grams[function].push(gram);
        }
    }
    Shared { functions, grams }
}

struct Order<'b> {
    bodies: &'b [&'b [u8]],
    shared: &'b Shared,
    done: Vec<usize>,
    is_done: Vec<bool>,
    /// The last functions, and how many of them have each gram.
    window: VecDeque<usize>,
    window_len: usize,
    in_window: Vec<usize>,
    /// What functions have in common with the window.
    common: Vec<usize>,
}

impl<'b> Order<'b> {
    fn new(bodies: &'b [&'b [u8]], shared: &'b Shared) -> Order<'b> {
        Order {
            bodies,
            shared,
            done: Vec::new(),
            is_done: vec![false; bodies.len()],
            window: VecDeque::new(),
            window_len: 0,
            in_window: vec![0; shared.functions.len()],
            common: vec![0; bodies.len()],
        }
    }

    fn best(&self) -> Option<usize> {
        let left = (0..self.bodies.len()).filter(|&function| !self.is_done[function]);
        let len = |function: usize| self.bodies[function].len();
        // a/b < c/d without division; of equal ones the longest, then the first.
        left.reduce(|best, function| {
            let ours = self.common[function] * (len(best) + LENGTH_MORE);
            let its = self.common[best] * (len(function) + LENGTH_MORE);
            if (ours, len(function)) > (its, len(best)) { function } else { best }
        })
    }

    fn add(&mut self, function: usize) {
        self.done.push(function);
        self.is_done[function] = true;
        self.window.push_back(function);
        self.window_len += self.bodies[function].len();
        for &gram in &self.shared.grams[function] {
            self.in_window[gram] += 1;
            if self.in_window[gram] == 1 {
                self.shared.functions[gram].iter().for_each(|&other| self.common[other] += 1);
            }
        }
        while self.window_len > WINDOW && self.window.len() > 1 {
            let Some(first) = self.window.pop_front() else { break };
            self.window_len -= self.bodies[first].len();
            for &gram in &self.shared.grams[first] {
                self.in_window[gram] -= 1;
                if self.in_window[gram] == 0 {
                    self.shared.functions[gram].iter().for_each(|&other| self.common[other] -= 1);
                }
            }
        }
    }
}

/// Returns the functions that are called most. Calls are found by their byte; what else has it is noise.
fn called_most(bodies: &[&[u8]], n_imported: usize) -> Vec<usize> {
    let mut calls = vec![0; bodies.len()];
    for body in bodies {
        for at in (0..body.len()).filter(|&at| body[at] == CALL) {
            let mut rest = &body[at + 1..];
            let function = number(&mut rest).ok().and_then(|called| called.checked_sub(n_imported));
            if let Some(n) = function.and_then(|function| calls.get_mut(function)) {
                *n += 1;
            }
        }
    }
    let mut functions: Vec<usize> = (0..bodies.len()).collect();
    functions.sort_by_key(|&function| std::cmp::Reverse(calls[function]));
    functions.truncate(CALLED_MOST);
    functions
}

fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    let mut rest = module.strip_prefix(b"\0asm\x01\0\0\0").ok_or("this is no WASM module")?;
    let mut sections = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        sections.push((id, bytes(&mut rest)?));
    }
    Ok(sections)
}

/// Counts the functions that are imported.
fn imported(mut section: &[u8]) -> Result<usize> {
    let mut n_functions = 0;
    if section.is_empty() {
        return Ok(0);
    }
    for _ in 0..number(&mut section)? {
        bytes(&mut section)?;
        bytes(&mut section)?;
        match number(&mut section)? {
            0 => n_functions += 1,
            kind => return Err(format!("an import of the kind {kind} is not known here")),
        }
        number(&mut section)?;
    }
    Ok(n_functions)
}

fn bodies(mut section: &[u8]) -> Result<Vec<&[u8]>> {
    (0..number(&mut section)?).map(|_| bytes(&mut section)).collect()
}

/// Takes bytes with their number before them.
fn bytes<'m>(rest: &mut &'m [u8]) -> Result<&'m [u8]> {
    let len = number(rest)?;
    let (bytes, after) = rest.split_at_checked(len).ok_or("the module ends too early")?;
    *rest = after;
    Ok(bytes)
}

/// Takes a number (LEB128).
fn number(rest: &mut &[u8]) -> Result<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or("the module ends too early")?;
        *rest = after;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err("a number is too long".to_owned())
}

fn push(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push(out, bytes.len());
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let (a, b) = ([1; 30].map(|n| n + 100), [7; 30].map(|n| n + 100));
        let bodies: Vec<&[u8]> = vec![&a, &b, &a[..20], &b[..25], &a[..10]];
        let shared = shared(&bodies);
        let mut order = Order::new(&bodies, &shared);
        order.add(1);
        while let Some(next) = order.best() {
            order.add(next);
        }
        assert_eq!(order.done[1], 3);
        assert_eq!(order.done.len(), 5);
    }

    #[test]
    fn names_are_added_to_a_module() {
        // Two functions without arguments, of which the second calls the first.
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x03\x02\0\0\x0a\x09\x02\x02\0\x0b\x04\0\x10\0\x0b";
        let named = named(module).expect("a module");
        assert!(named.starts_with(module));
        let names = sections(&named).expect("a module").pop().expect("names");
        assert_eq!(names, (0, &b"\x04name\x01\x13\x02\x00\x07f000000\x01\x07f000001"[..]));
    }
}
