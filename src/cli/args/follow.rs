//! The arguments of `follow`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};

use super::{ColorChoice, FilterArgs, RedactionArgs, SeverityArg};
use crate::cli::time_arg::DurationArg;

#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Logs, or folders with Jira logs; `-` is standard input. A path does not need to exist yet
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Start position in a log that already exists
    #[arg(long, value_enum, value_name = "POSITION", default_value_t = FromChoice::End)]
    pub(crate) from: FromChoice,
    /// Start with the last N records of each log
    #[arg(long, value_name = "N", conflicts_with = "from")]
    pub(crate) tail: Option<usize>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = FollowFormat::Live)]
    pub(crate) format: FollowFormat,
    /// State file: save progress here and resume from it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Poll interval in milliseconds
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u64).range(1..))]
    pub(crate) poll_ms: u64,
    /// Treat the last record as complete after N ms without new data (ten times longer if its last line
    /// has no line break)
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) quiet_ms: u64,
    /// Keep reading a rotated log for N ms, for writers that still have it open
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub(crate) grace_ms: u64,
    /// Stop after the first finding
    #[arg(long)]
    pub(crate) until_first: bool,
    /// Stop after this time: `90s`, `10m`, `2h`
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) run_for: Option<DurationArg>,
    /// Ring the terminal bell at each finding
    #[arg(long)]
    pub(crate) bell: bool,
    /// Command to run for each new incident; it gets the finding as JSON on standard input
    #[arg(long, value_name = "CMD")]
    pub(crate) exec: Option<String>,
    /// Maximum runs of the command per minute; further ones wait
    #[arg(long, value_name = "N", default_value_t = 10, requires = "exec", value_parser = value_parser!(u32).range(1..))]
    pub(crate) exec_per_minute: u32,
    /// Metrics file in the Prometheus text format
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Folder with pattern files to add to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    /// Exit with 1 if there was a finding of this severity or higher
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArg>,
    #[command(flatten)]
    pub(crate) redaction: RedactionArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FromChoice {
    /// New records only
    End,
    /// All records
    Start,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FollowFormat {
    /// A line of text for each finding
    Live,
    /// JSON lines: one object for each finding or notice, then the summary
    Jsonl,
}
