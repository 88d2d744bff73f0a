//! The arguments of `scan`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum, value_parser};
use oauthsift::render::{Details, Sort};

use super::{ColorChoice, FilterArgs, RedactionArgs, SeverityArg};

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Files, folders, archives, or quoted glob patterns; `-` is standard input. Default: Jira's log
    /// folder, if it is found
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Output format. Default: that of the extension of --output, else table
    #[arg(short, long, value_enum)]
    format: Option<Format>,
    /// Output file, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Order of the incidents in the table. Default: root causes by priority, each before its consequences
    #[arg(long, value_enum, value_name = "ORDER")]
    pub(crate) sort: Option<SortChoice>,
    /// Show only the first N incidents of the table
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub(crate) top: Option<u32>,
    /// Show steps, ids, references and analysis: of all incidents, or only of those with these numbers (`2`, `1,3`)
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub(crate) details: Option<DetailsArg>,
    /// Folder with pattern files to add to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    /// Exit with 1 if there is a finding of this severity or higher
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArg>,
    /// Number of threads; 0 uses all processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Memory-map files: `always` is faster, but a file that is truncated during the scan ends the
    /// process with a signal; `auto` reads files, like `never`
    #[cfg(feature = "mmap")]
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = MapChoice::Auto)]
    pub(crate) mmap: MapChoice,
    /// Maximum nesting depth of archives
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) max_depth: usize,
    /// Maximum compression ratio of archives: decoded bytes for each encoded byte
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) max_ratio: u64,
    /// Maximum decoded size of an archive, in GiB
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "GIB", default_value_t = 64)]
    pub(crate) max_decoded: u64,
    #[command(flatten)]
    pub(crate) redaction: RedactionArgs,
    /// List which kinds of secrets and names were redacted, and how often
    #[arg(long)]
    pub(crate) explain_redaction: bool,
    /// Show no progress and no notes on standard error, only errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

impl ScanArgs {
    /// The format that was chosen, or that the name of the output file says.
    pub(crate) fn format(&self) -> Format {
        let of_name = || {
            let extension = self.output.as_ref()?.extension()?.to_str()?.to_ascii_lowercase();
            Some(match extension.as_str() {
                "json" => Format::Json,
                "jsonl" | "ndjson" => Format::Jsonl,
                "csv" => Format::Csv,
                "md" | "markdown" => Format::Markdown,
                "jira" => Format::Jira,
                "html" | "htm" => Format::Html,
                _ => return None,
            })
        };
        self.format.or_else(of_name).unwrap_or(Format::Table)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortChoice {
    /// The latest failure first
    Time,
    /// The most severe first
    Severity,
    /// The most frequent first
    Count,
}

impl From<SortChoice> for Sort {
    fn from(choice: SortChoice) -> Self {
        match choice {
            SortChoice::Time => Self::Time,
            SortChoice::Severity => Self::Severity,
            SortChoice::Count => Self::Count,
        }
    }
}

/// The value of `--details`: `all`, or numbers of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DetailsArg(pub(crate) Details);

impl FromStr for DetailsArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self(Details::All));
        }
        let number = |number: &str| number.trim().parse::<usize>().ok().filter(|number| *number > 0);
        let numbers: Option<Vec<usize>> = text.split(',').map(number).collect();
        let numbers = numbers.ok_or("not the number of an incident, such as 2, or several, such as 1,3")?;
        Ok(Self(Details::Incidents(numbers)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Summary and fixes, as text
    Table,
    /// The report as one JSON object
    Json,
    /// JSON lines: one object for each finding, then the summary
    Jsonl,
    /// One row for each finding, for a spreadsheet
    Csv,
    /// Diagnosis, steps and ids for GitHub, GitLab or Confluence
    Markdown,
    /// The same in Jira wiki markup
    Jira,
    /// HTML page that opens offline: timeline, incidents, searchable findings
    Html,
}

#[cfg(feature = "mmap")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapChoice {
    Auto,
    Always,
    Never,
}
