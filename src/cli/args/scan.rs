//! The arguments of `scan`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum, value_parser};
use clap_complete::ArgValueCompleter;
use oauthsift::render::{Details, ReportFormat, Sort};

use super::{ColorChoice, FilterArgs, OUTPUT, PagingArgs, REDACTION, RUN, RedactionArgs, SeverityArg};
use crate::cli::candidates::incidents;

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Files, folders, archives; `-` is standard input
    ///
    /// Default: Jira's log folder, if it is found. A folder is searched for Jira's logs, rotated ones too; archives (zip,
    /// tar, gzip, zstd, xz, bzip2) are read without being extracted. A quoted glob pattern works where the shell does not
    /// expand it.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// table, json, jsonl, csv, markdown, jira or html
    ///
    /// Default: that of the extension of --output, else table.
    #[arg(short, long, value_enum, help_heading = OUTPUT, hide_possible_values = true)]
    format: Option<Format>,
    /// Write to a file; its extension sets the format
    ///
    /// The file appears when it is complete. Extensions: `.json`, `.jsonl`, `.csv`, `.md`, `.jira`, `.html`.
    #[arg(short, long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Order of the incidents: time, severity or count
    ///
    /// Default: root causes by priority, each before its consequences.
    #[arg(long, value_enum, value_name = "ORDER", help_heading = OUTPUT, hide_possible_values = true)]
    pub(crate) sort: Option<SortChoice>,
    /// Only the first N incidents
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..), help_heading = OUTPUT)]
    pub(crate) top: Option<u32>,
    /// Steps, ids and references: of all, or of incident N
    ///
    /// Several numbers are separated by commas: `--details 1,3`.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    #[arg(help_heading = OUTPUT, add = ArgValueCompleter::new(incidents))]
    pub(crate) details: Option<DetailsArg>,
    /// Add pattern files of a folder to the catalogue
    #[arg(long, value_name = "DIR", help_heading = RUN)]
    pub(crate) patterns: Vec<PathBuf>,
    /// Say what these settings (as for `doctor`) have to do with the incidents
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = RUN)]
    pub(crate) settings: Vec<PathBuf>,
    /// Exit with 1 at a finding of this severity or higher
    #[arg(long, value_enum, value_name = "SEVERITY", hide_possible_values = true, help_heading = RUN)]
    pub(crate) fail_on: Option<SeverityArg>,
    /// Number of threads. Default: all processors
    ///
    /// 0 uses all processors.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = RUN)]
    pub(crate) threads: usize,
    /// When to memory-map files
    ///
    /// `always` is faster, but a file that is truncated during the scan ends the process with a signal; `auto` reads
    /// files, like `never`.
    #[cfg(feature = "mmap")]
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = MapChoice::Auto, hide_short_help = true)]
    #[arg(help_heading = RUN)]
    pub(crate) mmap: MapChoice,
    /// Maximum nesting depth of archives
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "N", default_value_t = 4, hide_short_help = true, help_heading = RUN)]
    pub(crate) max_depth: usize,
    /// Maximum compression ratio of archives: decoded bytes for each encoded byte
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "N", default_value_t = 1000, hide_short_help = true, help_heading = RUN)]
    pub(crate) max_ratio: u64,
    /// Maximum decoded size of an archive, in GiB
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "GIB", default_value_t = 64, hide_short_help = true, help_heading = RUN)]
    pub(crate) max_decoded: u64,
    #[command(flatten)]
    pub(crate) redaction: RedactionArgs,
    /// List what was redacted, by kind and number
    #[arg(long, help_heading = REDACTION)]
    pub(crate) explain_redaction: bool,
    /// Show no progress and no notes, only errors
    #[arg(short, long, help_heading = RUN)]
    pub(crate) quiet: bool,
    /// Say what was read, and what was left out
    #[arg(short, long, conflicts_with = "quiet", help_heading = RUN)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
    /// Colour: auto, always or never
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", help_heading = OUTPUT)]
    #[arg(hide_possible_values = true, hide_default_value = true)]
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

impl Format {
    /// `None` for the table.
    pub(crate) fn of_report(self) -> Option<ReportFormat> {
        Some(match self {
            Self::Table => return None,
            Self::Json => ReportFormat::Json,
            Self::Jsonl => ReportFormat::JsonLines,
            Self::Csv => ReportFormat::Csv,
            Self::Markdown => ReportFormat::Markdown,
            Self::Jira => ReportFormat::Jira,
            Self::Html => ReportFormat::Html,
        })
    }
}

#[cfg(feature = "mmap")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapChoice {
    Auto,
    Always,
    Never,
}
