//! The arguments. No work is done here.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

mod handed_on;

pub(crate) use handed_on::{ChangeArg, DiffArgs, DiffFormat, TicketArgs};

use super::time_arg::{DurationArg, TimeArg};

/// Finds OAuth 2.0 failures in Jira logs, names the cause and the steps that end it
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = false)]
#[command(
    after_help = "A bare `oauthsift FILE` is `oauthsift scan FILE`.\n\nExamples:\n  oauthsift atlassian-jira.log\n  oauthsift scan --format json --output report.json /var/atlassian/application-data/jira/log\n  oauthsift explain AADSTS7000222\n\nExit codes: 0 all read, 1 --fail-on reached, 2 something was not read whole or nothing could be done."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read logs and show which failures they hold, why, and what ends them
    #[command(
        after_help = "Examples:\n  oauthsift scan atlassian-jira.log\n  oauthsift scan --since 7d --severity error /var/atlassian/application-data/jira/log\n  oauthsift scan --format jsonl - < atlassian-jira.log | jq .trace_id\n  oauthsift scan --format csv --output findings.csv Jira_support_node1.zip Jira_support_node2.zip\n  oauthsift scan --fail-on critical --patterns ./our-patterns atlassian-jira.log"
    )]
    Scan(ScanArgs),
    /// Follow logs as they are written and show each failure as it comes
    #[command(
        after_help = "Examples:\n  oauthsift follow atlassian-jira.log\n  oauthsift follow --tail 20 /var/atlassian/application-data/jira/log\n  oauthsift follow --format jsonl --state /var/lib/oauthsift/state.json atlassian-jira.log\n  oauthsift follow --until-first --for 10m atlassian-jira.log\n  ssh jira tail -F atlassian-jira.log | oauthsift follow -"
    )]
    Follow(FollowArgs),
    /// Pack what support needs into one zip without secrets or names, or check such a file
    #[command(
        after_help = "Examples:\n  oauthsift ticket --output ticket.zip /var/atlassian/application-data/jira/log\n  oauthsift ticket --output ticket.zip jira-support.zip\n  oauthsift ticket --check ticket.zip\n\nExit codes: 0 written, or nothing found by --check; 1 something looks like a secret or a person; 2 something was not read whole or nothing could be done."
    )]
    Ticket(TicketArgs),
    /// Compare two JSON reports: what is new, gone, still there; did the fix work?
    #[command(
        after_help = "Examples:\n  oauthsift scan --format json --output before.json LOG     (then mend it, and wait)\n  oauthsift scan --format json --output after.json LOG\n  oauthsift diff before.json after.json\n\nExit codes: 0 compared, 1 --fail-on reached, 2 a file is no report."
    )]
    Diff(DiffArgs),
    /// Explain a code or a pattern without any log
    #[command(
        after_help = "Examples:\n  oauthsift explain 7000215\n  oauthsift explain AADSTS50011 --format markdown\n  oauthsift explain entra-client-secret-expired"
    )]
    Explain(ExplainArgs),
    /// List the catalogue, or check and test pattern files of your own
    #[command(
        after_help = "Examples:\n  oauthsift patterns list\n  oauthsift patterns check ./our-patterns\n  oauthsift patterns test ./our-patterns"
    )]
    Patterns {
        #[command(subcommand)]
        command: PatternsCommand,
    },
    /// Write a completion script for a shell
    #[command(after_help = "Example:\n  oauthsift completions bash > /etc/bash_completion.d/oauthsift")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the JSON Schema of the report (`--format json`)
    #[command(after_help = "Example:\n  oauthsift schema > report.schema.json")]
    Schema,
    /// Write the manual page
    #[command(after_help = "Example:\n  oauthsift man > oauthsift.1")]
    Man,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ScanArgs {
    /// Files, folders, archives, patterns in quotes; `-` is standard input. Without one: Jira's log
    /// folder, if it is found
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to show the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Write the result to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only findings at or after T: RFC 3339, `YYYY-MM-DD[ HH:MM[:SS]]`, or back from now (`2h`, `7d`)
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<TimeArg>,
    /// Only findings at or before T; a bare date means the whole day
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<TimeArg>,
    /// Only these patterns (see `oauthsift patterns list`)
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',')]
    pub(crate) pattern: Vec<String>,
    /// Only findings at least this grave
    #[arg(long, value_enum, value_name = "MIN")]
    pub(crate) severity: Option<SeverityArg>,
    /// Add the pattern files of this folder to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    /// Exit with 1 when a finding is at least this grave
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArg>,
    /// How many threads scan a file; 0 is as many as the machine runs at once
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Whether to map files into memory: `always` is quicker, but a file that is truncated meanwhile
    /// ends the run with a signal; `auto` reads, as `never` does
    #[cfg(feature = "mmap")]
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = MapChoice::Auto)]
    pub(crate) mmap: MapChoice,
    /// Archives within archives: how many layers are opened
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) max_depth: usize,
    /// Archives: the largest growth, decoded bytes for each encoded byte
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) max_ratio: u64,
    /// Archives: the most GiB that one input may decode to
    #[cfg(feature = "archives")]
    #[arg(long, value_name = "GIB", default_value_t = 64)]
    pub(crate) max_decoded: u64,
    /// Show mail addresses, user names and client addresses; secrets stay hidden
    #[arg(long)]
    pub(crate) no_redact: bool,
    /// Name people by the key in this file (at least 16 bytes), so that they are called the same in
    /// every report made with it
    #[arg(long, value_name = "FILE", conflicts_with = "no_redact")]
    pub(crate) pseudonym_key: Option<PathBuf>,
    /// Tell which kinds of secrets and names were replaced, and how often
    #[arg(long)]
    pub(crate) explain_redaction: bool,
    /// No progress and no notes on standard error; errors are still told
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FollowArgs {
    /// Logs, or folders with Jira's logs; `-` is standard input. What is not there yet is waited for
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to start in a log that is there already
    #[arg(long, value_enum, value_name = "WHERE", default_value_t = FromChoice::End)]
    pub(crate) from: FromChoice,
    /// Start with the last N records of each log
    #[arg(long, value_name = "N", conflicts_with = "from")]
    pub(crate) tail: Option<usize>,
    /// How to show what comes
    #[arg(long, value_enum, default_value_t = FollowFormat::Live)]
    pub(crate) format: FollowFormat,
    /// Keep here where the run stands, and go on there after a restart
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Look at the logs every N milliseconds
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) poll_ms: u64,
    /// Take the last record as complete when nothing came for N milliseconds (ten times longer when
    /// its last line has no end)
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) quiet_ms: u64,
    /// Read a rotated log for N milliseconds more, for writers that hold it open
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub(crate) grace_ms: u64,
    /// Stop after the first finding
    #[arg(long)]
    pub(crate) until_first: bool,
    /// Stop after this time: `90s`, `10m`, `2h`
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) lasting: Option<DurationArg>,
    /// Ring the terminal's bell at each finding
    #[arg(long)]
    pub(crate) bell: bool,
    /// Run this command for each new incident, with the finding as JSON on its standard input
    #[arg(long, value_name = "CMD")]
    pub(crate) exec: Option<String>,
    /// At most so many runs of the command in a minute; what is more waits
    #[arg(long, value_name = "N", default_value_t = 10, requires = "exec", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) exec_per_minute: u32,
    /// Keep counts in this file, in Prometheus' text format
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    /// Only findings at or after T, as for `scan`
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<TimeArg>,
    /// Only findings at or before T
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<TimeArg>,
    /// Only these patterns (see `oauthsift patterns list`)
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',')]
    pub(crate) pattern: Vec<String>,
    /// Only findings at least this grave
    #[arg(long, value_enum, value_name = "MIN")]
    pub(crate) severity: Option<SeverityArg>,
    /// Add the pattern files of this folder to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    /// Exit with 1 when a finding was at least this grave
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArg>,
    /// Show mail addresses, user names and client addresses; secrets stay hidden
    #[arg(long)]
    pub(crate) no_redact: bool,
    /// Name people by the key in this file (at least 16 bytes), so that they are called the same after
    /// a restart
    #[arg(long, value_name = "FILE", conflicts_with = "no_redact")]
    pub(crate) pseudonym_key: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FromChoice {
    /// Only what comes from now on
    End,
    /// All that is there
    Start,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FollowFormat {
    /// A line for each finding, for people
    Live,
    /// One JSON object a finding or notice and line
    Jsonl,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// A number, `AADSTS` and a number, or a pattern's id
    #[arg(value_name = "CODE|ID")]
    pub(crate) name: String,
    /// How to show it
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(crate) format: ExplainFormat,
    /// Add the pattern files of this folder to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PatternsCommand {
    /// List all patterns with their severity, codes and title
    List {
        /// Add the pattern files of this folder
        #[arg(long, value_name = "DIR")]
        patterns: Vec<PathBuf>,
    },
    /// Check the pattern files of a folder: all faults at once
    Check {
        /// The folder
        dir: PathBuf,
    },
    /// Run the samples of a folder's pattern files through the real engine
    Test {
        /// The folder
        dir: PathBuf,
    },
    /// Write the catalogue as Markdown
    Docs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A summary and the remedies, for people
    Table,
    /// One JSON object: the report
    Json,
    /// One JSON object a finding and line, then the summary
    Jsonl,
    /// One row a finding, for a spreadsheet
    Csv,
    /// Diagnosis, steps and ids for GitHub, GitLab or Confluence
    Markdown,
    /// The same in Jira's wiki markup
    Jira,
    /// One page that opens anywhere: timeline, incidents, a table to sift
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[cfg(feature = "mmap")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityArg {
    Info,
    Warning,
    Error,
    Critical,
}

impl From<SeverityArg> for oauthsift::Severity {
    fn from(severity: SeverityArg) -> Self {
        match severity {
            SeverityArg::Info => Self::Info,
            SeverityArg::Warning => Self::Warning,
            SeverityArg::Error => Self::Error,
            SeverityArg::Critical => Self::Critical,
        }
    }
}

/// Puts `scan` before the arguments when they name no command.
pub(crate) fn with_default_command(mut arguments: Vec<OsString>, names: &[String]) -> Vec<OsString> {
    let asks = |argument: &OsString| {
        argument.to_str().is_some_and(|word| {
            names.iter().any(|name| name == word) || ["-h", "--help", "-V", "--version"].contains(&word)
        })
    };
    if !arguments.get(1).is_some_and(asks) {
        arguments.insert(1.min(arguments.len()), "scan".into());
    }
    arguments
}
