//! How the program is linked where start-up shows: on Linux with glibc, in a release.
//!
//! Half of a small build there is the system's loader. A program at a fixed address has no addresses to put right when it
//! starts (6,000 of them, 45 pages), and with libgcc's unwinder inside there is one library less to find, map and start. The
//! static binaries (musl) are linked that way anyway.

#![allow(clippy::disallowed_methods, reason = "this is how cargo talks to a build script")]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let is_glibc = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_glibc && is("PROFILE", "release") && std::env::var_os("CARGO_FEATURE_CLI").is_some() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
