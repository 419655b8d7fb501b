//! How fast the reader turns YAML into trees, beside yaml-rust2's events in the same run.
//!
//!     python3 gen.py crd-40 /tmp/crd-40
//!     cargo bench --bench read -- /tmp/crd-40 /tmp/wide-1000
//!
//! Every argument is a directory (all its YAML files) or a file. The best of many runs counts. `--once` reads each file once
//! with this reader only: for callgrind.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program of its own")]

use rustomize::limits::Limits;
use rustomize::source::{Sensitivity, Source, Sources};
use rustomize::yaml::read;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const N_RUNS: usize = 40;

fn main() {
    let mut is_once = false;
    for argument in std::env::args().skip(1).filter(|argument| argument != "--bench") {
        if argument == "--once" {
            is_once = true;
            continue;
        }
        let mut sources = Vec::new();
        collect(Path::new(&argument), &mut sources);
        let n_bytes: usize = sources.iter().map(|source| source.text.len()).sum();
        let trees = || {
            let read =
                |source: &Arc<Source>| read::read_documents(source, &Limits::default()).map_or(0, |trees| trees.len());
            sources.iter().map(read).sum::<usize>()
        };
        if is_once {
            println!("{argument}: {} documents", trees());
            continue;
        }
        let ours = best(n_bytes, trees);
        let theirs = best(n_bytes, || sources.iter().map(|source| events(&source.text)).sum::<usize>());
        println!(
            "{argument}: {} files, {:.2} MB; trees {ours:.0} MB/s; yaml-rust2 events {theirs:.0} MB/s",
            sources.len(),
            n_bytes as f64 / 1e6
        );
    }
}

fn collect(path: &Path, sources: &mut Vec<Arc<Source>>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        paths.iter().for_each(|path| collect(path, sources));
    } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml")
        && let Ok(text) = std::fs::read_to_string(path)
    {
        sources.push(Sources::default().add(path.to_string_lossy().as_ref(), text, Sensitivity::Yaml, None));
    }
}

fn events(text: &str) -> usize {
    let mut parser = yaml_rust2::parser::Parser::new_from_str(text);
    let mut n_events = 0;
    while let Ok((event, _)) = parser.next_token() {
        n_events += 1;
        if event == yaml_rust2::parser::Event::StreamEnd {
            break;
        }
    }
    n_events
}

/// Megabytes per second of the fastest run.
fn best(n_bytes: usize, mut run: impl FnMut() -> usize) -> f64 {
    let mut seconds = f64::MAX;
    for _ in 0..N_RUNS {
        let begin = Instant::now();
        std::hint::black_box(run());
        seconds = seconds.min(begin.elapsed().as_secs_f64());
    }
    n_bytes as f64 / 1e6 / seconds
}
