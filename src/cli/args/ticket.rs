//! The arguments of `ticket`.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::{RedactChoice, TimeRangeArgs};

#[derive(Debug, Args)]
pub(crate) struct TicketArgs {
    /// Logs, folders or archives. Default: Jira's log folder, if it is found. With --check: files to check
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Output file
    #[arg(short, long, value_name = "FILE", default_value = "oauthsift-ticket.zip", conflicts_with = "check")]
    pub(crate) output: PathBuf,
    /// Overwrite an existing output file
    #[arg(long, conflicts_with = "check")]
    pub(crate) force: bool,
    /// Check a ticket, or any zip or file, for what looks like a secret or a person; prints where, never
    /// the value
    #[arg(long, requires = "paths", conflicts_with = "TimeRangeArgs")]
    pub(crate) check: bool,
    /// Add a report of the doctor (`doctor --format json`)
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub(crate) doctor: Option<PathBuf>,
    /// Number of log lines before and after the first record of each incident
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "check", value_parser = value_parser!(u64).range(0..=1000))]
    pub(crate) lines: u64,
    #[command(flatten)]
    pub(crate) time: TimeRangeArgs,
    /// Folder with pattern files to add to the catalogue
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    pub(crate) patterns: Vec<PathBuf>,
    /// How much is redacted
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = RedactChoice::Strict, conflicts_with = "check")]
    pub(crate) redact: RedactChoice,
    /// Key file (at least 16 bytes) for pseudonyms that are the same in every ticket with this key
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub(crate) pseudonym_key: Option<PathBuf>,
    /// Number of threads; 0 uses all processors
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "check")]
    pub(crate) threads: usize,
    /// Show no progress and no notes, only errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}
