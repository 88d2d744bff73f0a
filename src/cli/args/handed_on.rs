//! The arguments of what makes and compares reports for others: `ticket`, `diff`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::ColorChoice;
use crate::cli::time_arg::TimeArg;

#[derive(Debug, ClapArgs)]
pub(crate) struct TicketArgs {
    /// Logs, folders or archives. Without one: Jira's log folder, if it is found. With --check: files to
    /// look through
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where the bundle goes
    #[arg(long, value_name = "FILE", default_value = "oauthsift-ticket.zip", conflicts_with = "check")]
    pub(crate) output: PathBuf,
    /// Overwrite the bundle when it is there
    #[arg(long, conflicts_with = "check")]
    pub(crate) force: bool,
    /// Look through a bundle, or any zip or file, for what looks like a secret or a person; what it is
    /// is never printed
    #[arg(long, requires = "paths")]
    pub(crate) check: bool,
    /// Lines of the log before and behind the first record of each incident
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "check", value_parser = clap::value_parser!(u64).range(0..=1000))]
    pub(crate) lines: u64,
    /// Only findings at or after T, as in `scan`
    #[arg(long, value_name = "T", conflicts_with = "check")]
    pub(crate) since: Option<TimeArg>,
    /// Only findings at or before T; a bare date means the whole day
    #[arg(long, value_name = "T", conflicts_with = "check")]
    pub(crate) until: Option<TimeArg>,
    /// Add the pattern files of this folder to the catalogue
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    pub(crate) patterns: Vec<PathBuf>,
    /// Name people by the key in this file (at least 16 bytes), the same in every bundle made with it
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub(crate) pseudonym_key: Option<PathBuf>,
    /// How many threads scan a file; 0 is as many as the machine runs at once
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "check")]
    pub(crate) threads: usize,
    /// No progress, no notes; only what could not be read is told
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DiffArgs {
    /// The report made before
    #[arg(value_name = "OLD.json")]
    pub(crate) old: PathBuf,
    /// The report made after
    #[arg(value_name = "NEW.json")]
    pub(crate) new: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    /// Exit with 1 when an incident has this fate
    #[arg(long, value_enum, value_name = "FATE", value_delimiter = ',')]
    pub(crate) fail_on: Vec<ChangeArg>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangeArg {
    /// In the newer report alone
    New,
    /// In both, and seen again since the older one
    Still,
}
