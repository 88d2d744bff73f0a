//! The arguments of `follow`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};

use super::{ColorChoice, FilterArgs, OUTPUT, RUN, RedactionArgs, SeverityArg};
use crate::cli::duration_arg::DurationArg;

#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Logs, or folders with Jira logs; `-` is standard input
    ///
    /// A path does not need to exist yet.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// start or end of an existing log
    #[arg(long, value_enum, value_name = "POSITION", default_value_t = FromChoice::End)]
    #[arg(hide_possible_values = true)]
    pub(crate) from: FromChoice,
    /// Start with the last N records of each log
    #[arg(long, value_name = "N", conflicts_with = "from")]
    pub(crate) tail: Option<usize>,
    /// live or jsonl
    ///
    /// Default: jsonl with an --output that ends in `.jsonl`, else live.
    #[arg(short, long, value_enum, help_heading = OUTPUT)]
    #[arg(hide_possible_values = true)]
    pub(crate) format: Option<FollowFormat>,
    /// Append to a file; SIGHUP opens it again
    ///
    /// For log rotation: rename the file, then send SIGHUP, and a new one is written. Without --output, and on a terminal,
    /// SIGHUP ends the run.
    #[arg(short, long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) output: Option<PathBuf>,
    /// Save progress in this file and resume from it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Poll interval in milliseconds
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u64).range(1..))]
    #[arg(hide_short_help = true)]
    pub(crate) poll_ms: u64,
    /// Milliseconds without new data after which the last record is complete
    ///
    /// Ten times longer if its last line has no line break.
    #[arg(long, value_name = "N", default_value_t = 500, hide_short_help = true)]
    pub(crate) quiet_ms: u64,
    /// Milliseconds for which a rotated log is read on, for writers that still have it open
    #[arg(long, value_name = "N", default_value_t = 5000, hide_short_help = true)]
    pub(crate) grace_ms: u64,
    /// Stop after the first finding
    #[arg(long)]
    pub(crate) until_first: bool,
    /// Stop after this time: `90s`, `10m`, `2h`
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) run_for: Option<DurationArg>,
    /// Ring the terminal bell at each finding
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) bell: bool,
    /// Run a command for each new incident
    ///
    /// It gets the finding as JSON on standard input.
    #[arg(long, value_name = "CMD")]
    pub(crate) exec: Option<String>,
    /// Maximum runs of the command per minute; further ones wait
    #[arg(hide_short_help = true, long, value_name = "N", default_value_t = 10, requires = "exec", value_parser = value_parser!(u32).range(1..))]
    pub(crate) exec_per_minute: u32,
    /// Metrics file in the Prometheus text format
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Add pattern files of a folder to the catalogue
    #[arg(long, value_name = "DIR", help_heading = RUN)]
    pub(crate) patterns: Vec<PathBuf>,
    /// Exit with 1 at a finding of this severity or higher
    #[arg(long, value_enum, value_name = "SEVERITY", hide_possible_values = true, help_heading = RUN)]
    pub(crate) fail_on: Option<SeverityArg>,
    #[command(flatten)]
    pub(crate) redaction: RedactionArgs,
    /// Colour: auto, always or never
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", help_heading = OUTPUT)]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub(crate) color: ColorChoice,
}

impl FollowArgs {
    pub(crate) fn format(&self) -> FollowFormat {
        let extension = self.output.as_deref().and_then(|path| path.extension());
        let is_jsonl = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("jsonl"));
        self.format.unwrap_or(if is_jsonl { FollowFormat::Jsonl } else { FollowFormat::Live })
    }
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
