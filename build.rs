//! How the program is linked where start-up shows (on Linux with glibc, in a release), and a table for small builds.
//!
//! Half of a small build there is the system's loader. A program at a fixed address has no addresses to put right when it
//! starts (6,000 of them, 45 pages), and with libgcc's unwinder inside there is one library less to find, map and start. The
//! static binaries (musl) are linked that way anyway.
//!
//! The table is that of letters and their other cases, as this compiler's standard library has them (`src/casing`).

#![allow(clippy::disallowed_methods, reason = "this is how cargo talks to a build script")]

use std::fmt::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let is_glibc = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_glibc && is("PROFILE", "release") && std::env::var_os("CARGO_FEATURE_CLI").is_some() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
    let mut tables = table("LOWER", char::to_lowercase);
    tables += &table("UPPER", char::to_uppercase);
    std::fs::write(std::path::Path::new(&std::env::var("OUT_DIR")?).join("casing.rs"), tables)?;
    Ok(())
}

/// Returns letters and the distances to their other case, in ranges, as Rust.
fn table<I: Iterator<Item = char>>(name: &str, other: fn(char) -> I) -> String {
    const LEN_MAX: u16 = u16::MAX;
    let distance = |code: u32| {
        let mut others = other(char::from_u32(code)?);
        let first = others.next().filter(|_| others.next().is_none())?;
        Some(u32::from(first).cast_signed() - code.cast_signed()).filter(|&distance| distance != 0)
    };
    let mut rows = String::new();
    let mut is_done = vec![false; 0x11_0000];
    for first in 0..=u32::from(char::MAX) {
        if is_done[first as usize] {
            continue;
        }
        let Some(wanted) = distance(first) else { continue };
        let run =
            |step: u32| (0..LEN_MAX).take_while(|&n| distance(first + u32::from(n) * step) == Some(wanted)).count();
        let (n_adjacent, n_alternate) = (run(1), run(2));
        let (step, n) = if n_alternate > n_adjacent { (2, n_alternate) } else { (1, n_adjacent) };
        (0..n).for_each(|n| is_done[first as usize + n * step] = true);
        let _ = write!(rows, "({first}, {n}, {step}, {wanted}), ");
    }
    format!("const {name}: &[Range] = &[{rows}];\n")
}
