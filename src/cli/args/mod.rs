//! The arguments. No work is done here.

mod diff;
mod doctor;
mod explain;
mod filter;
mod follow;
mod patterns;
mod scan;
mod settings;
mod ticket;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

pub(crate) use diff::{ChangeArg, DiffArgs, DiffFormat};
pub(crate) use doctor::{Database, DoctorArgs, DoctorFormat};
pub(crate) use explain::{ExplainArgs, ExplainFormat};
pub(crate) use filter::{FilterArgs, RedactChoice, RedactionArgs, TimeRangeArgs};
pub(crate) use follow::{FollowArgs, FollowFormat, FromChoice};
pub(crate) use patterns::{ListFormat, PatternsCommand};
#[cfg(feature = "mmap")]
pub(crate) use scan::MapChoice;
pub(crate) use scan::{DetailsArg, Format, ScanArgs};
pub(crate) use settings::{SettingsArgs, SettingsFormat};
pub(crate) use ticket::TicketArgs;

/// Find OAuth 2.0 failures in Jira logs, with their cause and how to fix them
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = false)]
#[command(
    before_help = "Example:\n  oauthsift atlassian-jira.log",
    after_help = "`oauthsift FILE` is short for `oauthsift scan FILE`.\n\nExamples:\n  oauthsift atlassian-jira.log\n  oauthsift scan --format json --output report.json /var/atlassian/application-data/jira/log\n  oauthsift explain AADSTS7000222\n\nExit codes: 0 all inputs read; 1 --fail-on reached; 2 an input was not read completely or nothing could be done."
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Headings of options in the help.
const OUTPUT: &str = "Output";
const REDACTION: &str = "Redaction";
const RUN: &str = "Run";

/// What every command's help ends with.
pub(crate) const CONFIGURATION: &str = "Every option can also be set in oauthsift.toml (in the working folder or in \
    $XDG_CONFIG_HOME/oauthsift), or in an environment variable: OAUTHSIFT_COLOR, OAUTHSIFT_SCAN_FORMAT, …";
const HELP_TEMPLATE: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// The commands and their options.
pub(crate) fn command() -> clap::Command {
    let command = CommandLine::command().help_template(HELP_TEMPLATE);
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |subcommand| {
            let has_options = subcommand.get_arguments().any(|arg| arg.get_long().is_some());
            let after = subcommand.get_after_long_help().map(ToString::to_string);
            let long = match (after, has_options) {
                (after, false) => after,
                (None, true) => Some(CONFIGURATION.to_owned()),
                (Some(after), true) => Some(format!("{after}\n\n{CONFIGURATION}")),
            };
            let subcommand = subcommand.help_template(HELP_TEMPLATE);
            match long {
                Some(long) => subcommand.after_long_help(long),
                None => subcommand,
            }
        })
    })
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan logs for OAuth 2.0 failures and show their causes and how to fix them
    #[command(
        before_help = "Example:\n  oauthsift scan --since 7d /var/atlassian/application-data/jira/log",
        after_long_help = "Examples:\n  oauthsift scan atlassian-jira.log\n  oauthsift scan --since 7d --severity error /var/atlassian/application-data/jira/log\n  oauthsift scan --format jsonl - < atlassian-jira.log | jq .trace_id\n  oauthsift scan --format csv --output findings.csv Jira_support_node1.zip Jira_support_node2.zip\n  oauthsift scan --fail-on critical --patterns ./our-patterns atlassian-jira.log"
    )]
    Scan(ScanArgs),
    /// Follow logs as they are written and show each failure as it occurs
    #[command(
        before_help = "Example:\n  oauthsift follow /var/atlassian/application-data/jira/log",
        after_long_help = "Examples:\n  oauthsift follow atlassian-jira.log\n  oauthsift follow --tail 20 /var/atlassian/application-data/jira/log\n  oauthsift follow --format jsonl --state /var/lib/oauthsift/state.json atlassian-jira.log\n  oauthsift follow --until-first --for 10m atlassian-jira.log\n  ssh jira tail -F atlassian-jira.log | oauthsift follow -"
    )]
    Follow(FollowArgs),
    /// Create a zip for vendor support without secrets and names, or check such a file
    #[command(
        before_help = "Example:\n  oauthsift ticket --output ticket.zip jira-support.zip",
        after_long_help = "Examples:\n  oauthsift ticket --output ticket.zip /var/atlassian/application-data/jira/log\n  oauthsift ticket --output ticket.zip jira-support.zip\n  oauthsift ticket --check ticket.zip\n\nExit codes: 0 written, or nothing found by --check; 1 something looks like a secret or a person; 2 an input was not read completely or nothing could be done."
    )]
    Ticket(TicketArgs),
    /// Compare two JSON reports: which failures are new, continue or have stopped
    #[command(
        before_help = "Example:\n  oauthsift diff before.json after.json",
        after_long_help = "Examples:\n  oauthsift scan --format json --output before.json LOG     (then apply the fix and wait)\n  oauthsift scan --format json --output after.json LOG\n  oauthsift diff before.json after.json\n\nExit codes: 0 compared; 1 --fail-on reached; 2 a file is not a report."
    )]
    Diff(DiffArgs),
    /// Explain a code or pattern without a log
    #[command(
        before_help = "Example:\n  oauthsift explain AADSTS7000222",
        after_long_help = "Examples:\n  oauthsift explain 7000215\n  oauthsift explain AADSTS50011 --format markdown\n  oauthsift explain entra-client-secret-expired"
    )]
    Explain(ExplainArgs),
    /// Check settings, and the way from this machine to the provider
    #[command(
        before_help = "Example:\n  oauthsift doctor settings.toml atlassian-jira.log",
        after_long_help = "Without --online no host is contacted. With it: the hosts that the settings need, or those of --provider; before that they are listed with what is sent. A secret in a file is never shown, stored, logged or sent.\n\nExamples:\n  oauthsift doctor --template > settings.toml\n  oauthsift doctor --sql mysql > query.sql\n  oauthsift doctor settings.csv atlassian-jira.log\n  oauthsift doctor --online --provider microsoft --protocol imap\n  oauthsift doctor --online --truststore /opt/atlassian/jira/jre/lib/security/cacerts settings.toml\n\nExit codes: 0 no problem, 1 a problem was found, 2 something could not be checked."
    )]
    Doctor(DoctorArgs),
    /// Print what to enter where: endpoints, scopes, permissions, mail host
    #[command(
        before_help = "Example:\n  oauthsift settings --provider microsoft --protocol imap --tenant single",
        after_long_help = "Examples:\n  oauthsift settings --protocol imap --cloud gcc-high\n  oauthsift settings --protocol graph --grant client-credentials --tenant-id contoso.example.com\n  oauthsift settings --provider google --protocol smtp --format markdown"
    )]
    Settings(SettingsArgs),
    /// List the catalogue, or check and test your own pattern files
    #[command(
        before_help = "Example:\n  oauthsift patterns list",
        after_long_help = "Examples:\n  oauthsift patterns list\n  oauthsift patterns check ./our-patterns\n  oauthsift patterns test ./our-patterns"
    )]
    Patterns {
        #[command(subcommand)]
        command: PatternsCommand,
    },
    /// Print a shell completion script
    ///
    /// The script calls `oauthsift`, which must be on the PATH, for ids of patterns, codes and options.
    #[command(
        before_help = "Example:\n  source <(oauthsift completions bash)",
        after_long_help = "Examples:\n  oauthsift completions bash > /etc/bash_completion.d/oauthsift\n  oauthsift completions zsh > /usr/local/share/zsh/site-functions/_oauthsift\n  oauthsift completions fish > ~/.config/fish/completions/oauthsift.fish"
    )]
    Completions {
        /// Shell
        shell: Shell,
    },
    /// Print the JSON Schema of the report (`--format json`)
    #[command(before_help = "Example:\n  oauthsift schema > report.schema.json")]
    Schema,
    /// Print a manual page, or write those of all commands
    #[command(
        before_help = "Example:\n  oauthsift man scan | man -l -",
        after_long_help = "Examples:\n  oauthsift man > oauthsift.1\n  oauthsift man patterns check\n  oauthsift man --output /usr/local/share/man/man1"
    )]
    Man {
        /// Command; without one, the program's own page
        #[arg(value_name = "COMMAND", conflicts_with = "output")]
        command: Vec<String>,
        /// Write the pages of all commands to this folder
        #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        output: Option<PathBuf>,
    },
}

/// Whether a text for people goes through a pager.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct PagingArgs {
    /// When to show the text in a pager
    ///
    /// `auto`: on a terminal on which it does not fit. The pager is OAUTHSIFT_PAGER, PAGER or less.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = PagingChoice::Auto, help_heading = OUTPUT)]
    #[arg(hide_short_help = true)]
    paging: PagingChoice,
    /// The same as `--paging never`
    #[arg(long, conflicts_with = "paging", help_heading = OUTPUT, hide_short_help = true)]
    no_pager: bool,
}

impl PagingArgs {
    pub(crate) fn choice(self) -> PagingChoice {
        if self.no_pager { PagingChoice::Never } else { self.paging }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PagingChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
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
