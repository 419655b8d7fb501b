use super::*;
use std::time::Duration;

/// `host | repository | path | ref` of an address, or `-` if it is none.
fn parts(address: &str) -> String {
    match RepoSpec::parse(address) {
        None => "-".to_owned(),
        Some(spec) => format!("{} | {} | {} | {}", spec.host, spec.repo_path, spec.path, spec.reference),
    }
}

// The expectations below are what kustomize v5.8.2 makes of the same addresses.

#[test]
fn addresses_are_taken_apart() {
    for (address, expected) in [
        ("https://github.com/o/r", "https://github.com/ | o/r |  | "),
        ("https://github.com/o/r//a/b?ref=v1", "https://github.com/ | o/r | a/b | v1"),
        ("https://github.com/o/r/a/b?version=v1&ref=", "https://github.com/ | o/r | a/b | v1"),
        ("github.com/o/r/a", "https://github.com/ | o/r | a | "),
        ("GitHub.com:o/r.git/a", "https://github.com/ | o/r.git | a | "),
        ("git@github.com:o/r//a", "git@github.com: | o/r | a | "),
        ("git@github.com/o/r", "git@github.com: | o/r |  | "),
        ("ssh://github.com/o/r", "github.com: | o/r |  | "),
        ("ssh://me@github.com/o/r", "me@github.com: | o/r |  | "),
        ("https://me@github.com/o/r", "me@github.com: | o/r |  | "),
        ("https://me:secret@github.com/o/r", "https://me:secret@github.com/ | o/r |  | "),
        ("http://github.com/o/r", "https://github.com/ | o/r |  | "),
        ("git::https://example.com/o/r?ref=a%2Fb", "https://example.com/ | o/r |  | a/b"),
        ("GIT::SSH://git@example.com:22/o/r.git//a", "ssh://git@example.com:22/ | o/r.git | a | "),
        ("git@example.com:o/r", "git@example.com: | o/r |  | "),
        ("git@example.com:/abs/r.git//a", "git@example.com: | /abs/r.git | a | "),
        ("git@example.com/o/r/a", "git@example.com/ | o/r | a | "),
        ("https://u@dev.azure.com/o/p/_git/r/a/b", "https://u@dev.azure.com/ | o/p/_git/r | a/b | "),
        ("https://example.com/_git/r", "https://example.com/ | _git/r |  | "),
        ("https://example.com/a.git/b.git/c", "https://example.com/ | a.git | b.git/c | "),
        ("https://example.com/o/r/", "https://example.com/ | o/r |  | "),
        ("https://example.com/o/r///a", "https://example.com/ | o/r | a | "),
        ("file:///srv/r", "file:// | /srv/r |  | "),
        ("file:///srv/r.git/a", "file:// | /srv/r.git | a | "),
        ("FILE://git@srv/r//a/../b?ref=-x", "file:// | git@srv/r | a/../b | -x"),
        ("file:///srv/r//a/..", "file:// | /srv/r | a/.. | "),
        ("https://example.com/o/r?ref=a;b", "https://example.com/ | o/r |  | "),
        ("https://example.com/o/r?ref=%zz", "https://example.com/ | o/r |  | "),
        ("https://example.com/o/r?ref=a+b", "https://example.com/ | o/r |  | a b"),
        ("https://example.com/o/r?ref=a&ref=b", "https://example.com/ | o/r |  | a"),
        // no addresses of repositories
        ("/srv/r", "-"),
        ("../base", "-"),
        ("base?ref=v1", "-"),
        ("example.com/o/r", "-"),
        ("gh:o/r", "-"),
        ("git://example.com/o/r", "-"),
        ("https://example.com/r", "-"),
        ("https://example.com", "-"),
        ("https:///o/r", "https:/// | o/r |  | "),
        ("file://", "-"),
        ("file:////", "-"),
        ("file:///srv/r//..", "-"),
        ("file:///srv/r//a/../../b", "-"),
        ("https://github.com/o", "-"),
        ("under_score@example.com:o/r", "-"),
        ("", "-"),
    ] {
        assert_eq!(parts(address), expected, "{address}");
    }
}

#[test]
fn parameters_with_odd_values_count_as_absent() {
    for (query, seconds, submodules) in [
        ("", 27.0, true),
        ("timeout=61&submodules=false", 61.0, false),
        ("timeout=1m1.5s&submodules=0", 61.5, false),
        ("timeout=%2B5&submodules=F", 5.0, false),
        ("timeout=.5h", 1800.0, true),
        ("timeout=1500000us", 1.5, true),
        ("timeout=0&submodules=no", 27.0, true),
        ("timeout=-3s&submodules=TRUE", 27.0, true),
        ("timeout=5x", 27.0, true),
        ("timeout=9999999999999h", 27.0, true),
        ("timeout=1.s", 1.0, true),
        ("timeout=.s", 27.0, true),
        ("timeout=&timeout=5", 27.0, true),
        ("timeout=5&%", 27.0, true),
    ] {
        let spec = RepoSpec::parse(&format!("https://example.com/o/r?{query}")).expect("an address");
        assert_eq!((spec.timeout, spec.submodules), (Duration::from_secs_f64(seconds), submodules), "{query}");
    }
}

#[test]
fn files_come_over_http_alone() {
    assert!(is_remote_file("http://example.com/a") && is_remote_file("HTTPS://example.com/a"));
    for path in ["a.yaml", "ftp://example.com/a", "file:///a", "https", "http\n://a"] {
        assert!(!is_remote_file(path), "{path}");
    }
}

#[test]
fn credentials_are_not_shown() {
    for (address, shown) in [
        ("https://user:pass@example.com/a@b", "https://***@example.com/a@b"),
        ("https://token@example.com?ref=b", "https://***@example.com?ref=b"),
        ("ssh://git@example.com:22/a", "ssh://git@example.com:22/a"),
        ("ssh://git:x@example.com/a", "ssh://git:***@example.com/a"),
        ("https://a:b@c@example.com/", "https://***@example.com/"),
        ("https://example.com/a?x@y", "https://example.com/a?x@y"),
        (
            "https://example.com/a?ref=v1&token=t&X-Sig=a/b=&timeout=5&key=",
            "https://example.com/a?ref=v1&token=***&X-Sig=***&timeout=5&key=",
        ),
        (
            "fatal: 'http://u:p@h/r' and 'git+ssh://u:p@h/r': no",
            "fatal: 'http://***@h/r' and 'git+ssh://u:***@h/r': no",
        ),
        ("- a://b@c\n- https://d:e@f?Pass=h i", "- a://***@c\n- https://***@f?Pass=*** i"),
        ("git@example.com:o/r", "git@example.com:o/r"),
    ] {
        assert_eq!(without_credentials(address), shown, "{address}");
    }
}
