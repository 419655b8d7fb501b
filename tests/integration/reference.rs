//! What the documentation promises: the README shows what is said.

use crate::case::difference;

/// The README shows what the program says: a block behind `<!-- OUTPUT: build DIR -->` is its standard error.
#[test]
fn the_readme_shows_what_is_said() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let mut n_blocks = 0;
    for part in readme.split("<!-- OUTPUT: build ").skip(1) {
        let (directory, rest) = part.split_once(" -->\n```\n").expect("a block follows the mark");
        let (shown, _) = rest.split_once("```\n").expect("the block ends");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_rustomize"))
            .args(["build", directory])
            .current_dir(root)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said == shown, "README.md, {directory}:\n{}", difference(shown, &said));
        n_blocks += 1;
    }
    assert_eq!(n_blocks, 3);
}
