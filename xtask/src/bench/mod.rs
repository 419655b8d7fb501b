//! `cargo xtask bench`
mod floor;
use crate::shell::Result;
pub fn run(words: &[&str]) -> Result<()> {
    match words {
        ["floor", rest @ ..] => floor::run(rest),
        _ => Err("TODO".to_owned()),
    }
}
