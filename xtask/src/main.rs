//! Project chores: everything that is run by `cargo xtask`, from the whole test run to the differential check.
//!
//! Each command says what it does and fails loudly; nothing is skipped because a tool is missing: what can be had
//! through an ordinary package client is installed.

mod archive;
mod argocd;
mod bench;
mod book;
mod cases;
mod corpora;
mod crds;
mod edit_oracle;
mod examples;
mod explain;
mod findings;
mod fleets;
mod fuzz;
mod image;
mod instructions;
mod library;
mod oci;
mod oracle;
mod places;
mod preview;
mod ratchet;
mod reader;
mod release;
mod schema_files;
mod schemas;
mod shell;
mod test;
mod tools;
mod valgrind;
mod vscode;
mod warnings;
mod wasm;

use shell::Result;

const USAGE: &str = "usage: cargo xtask COMMAND

  test [--only NAME]...        everything that decides whether the code is good, or the steps with a name in theirs
  ratchet [--update] [--page] [--forget NAME]...
                               the shared corpora against the recorded passes
  fleets [--sizes N,...] [--runs N] [--page]
                               what many overlays in one process cost; the table of docs/fleets.md
  bless-oracle [--check] [FILTER]
                               write (or check) expected.yaml of tests/cases with the installed kustomize
  oracle [OPTION]...           random overlays, or edited trees, through rustomize and kustomize, byte for byte;
                               `oracle --help` lists the options
  edit-oracle [--bin PATH] [--cases N] [--seed S] [--case SEED] [--only WORDS] [--show N] [--files DIR]
                               random edits of random kustomization files through both
  explain [--filter TEXT] [--show N] [--moves N]
                               what `explain` says of every value of the shared corpora
  examples [--bless] [--bin PROGRAM] [FILTER]
                               the systems of examples/ beside kustomize: bytes, times, mistakes; with --bless, what
                               kustomize prints is written down
  reader [--traps N] [--mutations N] [--seed S] [--corpus DIR]... [--show N]
                               the YAML reader against the reference's parsers, node by node
  argocd [--all] [--latency] [--page] [--bin PROGRAM] [--only TEXT] [--seed N] [--combination N] [--bless] [--verbose]
                               the plugin beside Argo CD's own server and built-in support; times; what pages say of both
  image [--check] [--bin PROGRAM]
                               an image of the plugin (OCI), built without a container engine, and tried out
  release [--check]            everything that is published, into target/release-files; with --check, all of it is built again
                               from a clone in another place, and must be the same
  release install              installs what was made, as docs/install.md says, in an empty home, tries it and removes it
  release programs             only the static programs, in target/release-work
  release pages|notices|versions
                               only a check: man pages and completions, notices, or the versions of all packages
  schemas [--check]            write (or check) the tables of `validate`: types of Kubernetes, APIs that went
  crds [examples|catalogue]    the example systems and docs/lists.md against definitions that projects publish
  schema-files [--check]       write (or check) docs/schemas: of kustomization.yaml and of all JSON that is written
  findings [--update] [--conformance] [--filter TEXT]
                               what `validate` finds in real kustomizations, against what was judged
  public-api [--update]        what is public in the library, against tests/data/public-api.txt
  warnings [--update]          the warnings about real kustomizations against those that were judged
  bench [growth] [OPTION]...   how fast builds are, beside kustomize; `bench --help` lists the options
  instructions [--update] [--bin PROGRAM]
                               instructions of a few builds against those recorded (valgrind)
  book [--repository ADDRESS]  the pages of docs/ as a book (mdBook), in target/book; its links are followed
  vscode                       the extension for VS Code, packed into pkg/vscode/rustomize.vsix
  wasm [--update] [--test]     the npm package, built into pkg/dist; its sizes (recorded by --update), its tests
  preview [--debug]            the preview page, and a program that has it: target/preview/rustomize; this needs Node
  preview test [OPTION]...     the page in a browser; options go to Playwright (`-g WORDS` picks tests)
  preview speed [OPTION]...    how long people wait for the page, on a machine that does nothing else
  fuzz TARGET SECONDS          cargo-fuzz on stable; targets: read, build
  deny                         licences, duplicates and sources of the dependencies";

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    std::env::set_current_dir(shell::root()).map_err(|error| format!("cannot go to the repository: {error}"))?;
    match words {
        ["test", rest @ ..] => test::run(rest),
        ["book", rest @ ..] => book::run(rest),
        ["vscode"] => vscode::run(None),
        ["wasm", rest @ ..] => wasm::run(rest),
        ["instructions", rest @ ..] => instructions::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["preview", "speed", rest @ ..] => preview::speed(rest),
        ["preview", "test", rest @ ..] => preview::page().and_then(|()| preview::test(rest)),
        ["preview", rest @ ..] => preview::run(rest),
        ["ratchet", rest @ ..] => ratchet::run(rest),
        ["fleets", rest @ ..] => fleets::run(rest),
        ["bless-oracle", rest @ ..] => cases::bless(rest),
        ["oracle", rest @ ..] => oracle::run(rest),
        ["edit-oracle", rest @ ..] => edit_oracle::run(rest),
        ["examples", rest @ ..] => examples::run(rest),
        ["explain", rest @ ..] => explain::run(rest),
        ["reader", rest @ ..] => reader::run(rest),
        ["findings", rest @ ..] => findings::run(rest),
        ["crds", rest @ ..] => crds::run(rest),
        ["argocd", rest @ ..] => argocd::run(rest),
        ["image", rest @ ..] => image::run(rest),
        ["release", rest @ ..] => release::run(rest),
        ["schema-files", rest @ ..] => schema_files::run(rest),
        ["schemas", rest @ ..] => schemas::run(rest),
        ["public-api", rest @ ..] => library::public_api(rest),
        ["warnings", rest @ ..] => warnings::run(rest),
        ["fuzz", target, seconds] => fuzz::run(target, seconds),
        ["deny"] => deny(),
        _ => Err(USAGE.to_owned()),
    }
}

fn deny() -> Result<()> {
    tools::cargo_tool("cargo-deny", "0.20.2")?;
    shell::run("cargo", &["deny", "--offline", "check", "licenses", "bans", "sources"])
}
