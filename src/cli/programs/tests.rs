use super::*;
use std::time::Instant;

fn runner(seconds: u64, stdout_max: u64) -> NativePrograms {
    NativePrograms { seconds, stdout_max, variables: environment::own() }
}

fn shell(script: &str) -> Invocation {
    Invocation {
        program: "sh".to_owned(),
        args: ["-c", script].map(|text| Piece::Text(text.to_owned())).to_vec(),
        directory: "/".to_owned(),
        ..Invocation::default()
    }
}

#[allow(clippy::disallowed_methods, reason = "measures how long a program was let run")]
fn timed(runner: &NativePrograms, invocation: &Invocation) -> (Result<Output, ProgramError>, u64) {
    let start = Instant::now();
    (runner.run(invocation), start.elapsed().as_secs())
}

#[test]
fn a_program_has_arguments_variables_input_files_and_a_directory() {
    let mut invocation = shell(r#"cat; pwd; echo "$A"; cat "$FILE"; ls "${FILE%/*}"; echo "${0##*/}"; echo words >&2"#);
    invocation.args.push(Piece::Temporary("none".to_owned()));
    let variable = |name: &str, value: Piece| (name.to_owned(), value);
    invocation.env.push(variable("A", Piece::Text("a b".to_owned())));
    invocation.env.push(variable("FILE", Piece::Temporary("sub/x.yaml".to_owned())));
    invocation.temporary_files.push(("sub/x.yaml".to_owned(), b"content\n".to_vec()));
    invocation.stdin = b"input\n".to_vec();
    let output = runner(60, 1 << 20).run(&invocation).expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "input\n/\na b\ncontent\nx.yaml\nnone\n");
    assert_eq!((output.stderr.as_str(), output.is_success), ("words\n", true));
}

#[test]
fn a_temporary_directory_is_gone_afterwards_and_only_there_if_used() {
    let mut invocation = shell(r#"printf %s "$FILE""#);
    invocation.env.push(("FILE".to_owned(), Piece::Temporary("x".to_owned())));
    let output = runner(60, 1 << 20).run(&invocation).expect("it runs");
    let path = String::from_utf8(output.stdout).expect("a path");
    assert!(path.ends_with("/x") && path.contains("rustomize-"), "{path}");
    assert!(!is_directory(path.trim_end_matches("/x")), "{path}");
    for name in ["../x", "/x", "a/../../x"] {
        invocation.env = vec![("FILE".to_owned(), Piece::Temporary(name.to_owned()))];
        assert!(matches!(runner(60, 1 << 20).run(&invocation), Err(ProgramError::Other(_))), "{name}");
    }
}

#[test]
fn much_input_and_output_at_once_do_not_lock_each_other() {
    let mut invocation = shell("cat; cat /dev/null >&2");
    invocation.stdin = vec![b'x'; 8 << 20];
    let output = runner(60, 16 << 20).run(&invocation).expect("it runs");
    assert!(output.stdout == invocation.stdin);
    // Input that nobody reads.
    invocation.args = shell("echo done").args;
    let output = runner(60, 1 << 20).run(&invocation).expect("it runs");
    assert_eq!(output.stdout, b"done\n");
}

#[test]
fn a_failure_is_told_by_status_and_words() {
    let output = runner(60, 1 << 20).run(&shell("echo out; echo why >&2; exit 3")).expect("it runs");
    assert_eq!((output.is_success, output.status.as_str(), output.stderr.as_str()), (false, "exit status 3", "why\n"));
    let output = runner(60, 1 << 20).run(&shell("kill -9 $$")).expect("it runs");
    assert!(!output.is_success && output.status.starts_with("signal: 9"), "{}", output.status);
}

#[test]
fn long_words_lose_their_middle() {
    let script = "echo first >&2; i=0; while [ $i -lt 3000 ]; do echo \
                  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; \
                  i=$((i+1)); done; echo last >&2";
    let words = runner(60, 1 << 20).run(&shell(script)).expect("it runs").stderr;
    assert!(words.starts_with("first\n") && words.ends_with("last\n") && words.contains(" bytes left out]"), "{words}");
    assert!(words.len() < 2 * STDERR_KEPT + 100, "{}", words.len());
}

#[test]
fn too_much_output_stops_a_program() {
    let (result, seconds) = timed(&runner(60, 1 << 16), &shell("echo why >&2; cat /dev/zero"));
    let Err(ProgramError::TooMuchOutput { bytes, stderr }) = result else { panic!("{result:?}") };
    assert_eq!((bytes, stderr.as_str()), (1 << 16, "why\n"));
    assert!(seconds < 30);
}

#[test]
fn a_program_that_takes_too_long_is_stopped_with_what_it_started() {
    // The second one holds the pipes open and does not stop when asked; the third has closed them.
    for script in [
        "echo why >&2; sleep 60",
        "echo why >&2; (trap '' TERM; sleep 60 & wait; sleep 60) & wait",
        "echo why >&2; exec >&- 2>&-; sleep 60",
    ] {
        let (result, seconds) = timed(&runner(1, 1 << 16), &shell(script));
        assert_eq!(result.err(), Some(ProgramError::TimeOut { seconds: 1, stderr: "why\n".to_owned() }), "{script}");
        assert!(seconds < 20, "{script}: {seconds}");
    }
}

#[test]
fn what_is_not_there_is_said() {
    let mut invocation = Invocation { program: "no-such-program".to_owned(), ..shell("") };
    assert_eq!(runner(60, 1).run(&invocation).err(), Some(ProgramError::NotFound));
    invocation.program = "./no-such-program".to_owned();
    assert_eq!(runner(60, 1).run(&invocation).err(), Some(ProgramError::NotFound));
    invocation.directory = "/no/such/directory".to_owned();
    assert!(matches!(runner(60, 1).run(&invocation), Err(ProgramError::Other(words)) if words.contains("/no/such")));
}
