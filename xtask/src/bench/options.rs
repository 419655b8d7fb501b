//! What `cargo xtask bench` was asked for.

use crate::shell::Result;
use std::path::PathBuf;
use std::time::Duration;

pub(super) const USAGE: &str =
    "usage: cargo xtask bench [OPTION]...       rustomize and kustomize in turn, and the floor
       cargo xtask bench growth [OPTION]... how time and allocated bytes grow with the size
       cargo xtask bench floor DIR EXPECTED what reading and printing alone cost

  --workloads A,B,...   names such as wide-100; by default all standard ones
  --runs N              runs of each program; the smallest counts (3)
  --limit SECONDS       a run that takes longer is stopped, and the row says so (10)
  --row-seconds SECONDS no more runs of a row that has taken this long (30)
  --only-ours A,B,...   rows in which kustomize is left out, named in the page
  --bin PROGRAM         another rustomize than a release build of this tree
  --no-build            take what stands in target/release
  --own                 the workloads made here, even where the shared ones are present
  --dir DIR             keep the generated files there
  --date DATE           the date the page shows; by default that of the commit
  --page                write the figures into docs/performance.md and README.md
  --json FILE           write the figures there, too";

#[derive(Debug)]
pub(super) struct Options {
    pub workloads: Vec<String>,
    pub n_runs: usize,
    pub limit: Duration,
    pub row_limit: Duration,
    pub only_ours: Vec<String>,
    pub bin: Option<PathBuf>,
    pub is_built: bool,
    pub is_own: bool,
    pub dir: Option<PathBuf>,
    pub date: Option<String>,
    pub is_page: bool,
    pub json: Option<PathBuf>,
}

impl Options {
    pub fn read(words: &[&str]) -> Result<Options> {
        let mut options = Options {
            workloads: Vec::new(),
            n_runs: 3,
            limit: Duration::from_secs(10),
            row_limit: Duration::from_secs(30),
            only_ours: Vec::new(),
            bin: None,
            is_built: false,
            is_own: false,
            dir: None,
            date: None,
            is_page: false,
            json: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().copied().ok_or(format!("{word} wants a value"));
            let seconds = |text: &str| {
                let number = text.parse::<f64>().map_err(|_| format!("`{text}` is no number"))?;
                Duration::try_from_secs_f64(number).map_err(|error| format!("`{text}`: {error}"))
            };
            let list = |text: &str| text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            match *word {
                "--workloads" => options.workloads = list(value()?),
                "--runs" => {
                    let text = value()?;
                    let number = text.parse::<usize>().ok().filter(|number| *number > 0);
                    options.n_runs = number.ok_or(format!("`{text}` is no number of runs"))?;
                }
                "--limit" => options.limit = seconds(value()?)?,
                "--row-seconds" => options.row_limit = seconds(value()?)?,
                "--only-ours" => options.only_ours = list(value()?),
                "--bin" => options.bin = Some(PathBuf::from(value()?)),
                "--no-build" => options.is_built = true,
                "--own" => options.is_own = true,
                "--dir" => options.dir = Some(PathBuf::from(value()?)),
                "--date" => options.date = Some(value()?.to_owned()),
                "--page" => options.is_page = true,
                "--json" => options.json = Some(PathBuf::from(value()?)),
                "--help" | "-h" => return Err(USAGE.to_owned()),
                other => return Err(format!("bench: unknown argument `{other}`\n{USAGE}")),
            }
        }
        Ok(options)
    }
}
