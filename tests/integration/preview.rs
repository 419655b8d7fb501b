//! `preview` of a program without its page. What the server does, its own tests say; what the page does, pkg/preview/tests.

use crate::doors::program;
use std::process::Command;

#[test]
#[cfg(not(feature = "preview"))]
fn a_program_without_the_page_says_how_to_get_it() {
    let output = Command::new(program()).args(["preview", "--open"]).output().expect("the program runs");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        words,
        "error[usage]: this program was built without the page of `preview`\n  |\n  = help: `cargo xtask preview`, in a clone of \
         the repository, builds one that has it, target/preview/rustomize; this needs Node\n\n1 error\n"
    );
}
