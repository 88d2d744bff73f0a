//! Arguments that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use oauthsift::{Catalogue, Filter, PseudonymKey, RedactionLevel, Severity, TimeSpec};

use super::{REDACTION, SeverityArg};
use crate::cli::{
    candidates::pattern_ids,
    common::{catalogue_ids, pseudonym_key},
};

/// Which time is wanted.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct TimeRangeArgs {
    /// Only findings from then on: 7d, 2026-01-05 20:34
    ///
    /// RFC 3339, `YYYY-MM-DD[ HH:MM[:SS]]` in the time of the log, or relative to now (`2h`, `7d`).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<TimeSpec>,
    /// Only findings until then
    ///
    /// In the same forms; a date without a time means the whole day.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<TimeSpec>,
}

/// Which findings are wanted.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) time: TimeRangeArgs,
    /// Only this pattern; may be given several times
    ///
    /// The ids are listed by `oauthsift patterns list`.
    #[arg(long, value_name = "ID", value_delimiter = ',', add = ArgValueCompleter::new(pattern_ids))]
    pub(crate) pattern: Vec<String>,
    /// Minimum: info, warning, error or critical
    #[arg(long, value_enum, value_name = "SEVERITY", hide_possible_values = true)]
    pub(crate) severity: Option<SeverityArg>,
}

impl TimeRangeArgs {
    pub(crate) fn filter(self) -> Filter {
        self.apply(Filter::default())
    }

    fn apply(self, mut filter: Filter) -> Filter {
        filter.since = self.since.map(TimeSpec::start);
        filter.until = self.until.map(TimeSpec::end);
        filter
    }
}

impl FilterArgs {
    /// # Errors
    /// An id that is not in the catalogue.
    pub(crate) fn filter(&self, catalogue: &Catalogue) -> anyhow::Result<Filter> {
        let mut filter = self.time.filter();
        filter.patterns = catalogue_ids(catalogue, &self.pattern)?;
        filter.severity = self.severity.map(Severity::from);
        Ok(filter)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RedactChoice {
    /// Secrets and people, by labels and shapes
    Standard,
    /// Every token that nothing says may be shown; hosts and tenants too
    Strict,
}

impl From<RedactChoice> for RedactionLevel {
    fn from(choice: RedactChoice) -> Self {
        match choice {
            RedactChoice::Standard => Self::Standard,
            RedactChoice::Strict => Self::Strict,
        }
    }
}

/// What is redacted.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = REDACTION)]
pub(crate) struct RedactionArgs {
    /// standard or strict. Default: excerpts strict
    ///
    /// `standard` is secrets and people, by labels and shapes; `strict` shows a token only when something says that it may
    /// be shown, and gives hosts and tenants pseudonyms. Default: strict for excerpts, standard for the rest.
    #[arg(long, value_enum, value_name = "LEVEL", conflicts_with = "no_redact", hide_possible_values = true)]
    pub(crate) redact: Option<RedactChoice>,
    /// Show people; secrets stay redacted
    ///
    /// Mail addresses, user names, client addresses and hosts are shown.
    #[arg(long)]
    pub(crate) no_redact: bool,
    /// Key file for the same pseudonyms in every report
    ///
    /// A file of at least 16 bytes. Reports and runs with the same key give a person the same pseudonym.
    #[arg(long, value_name = "FILE", conflicts_with = "no_redact")]
    pub(crate) pseudonym_key: Option<PathBuf>,
}

impl RedactionArgs {
    pub(crate) fn level(&self) -> RedactionLevel {
        match self.redact {
            _ if self.no_redact => RedactionLevel::Secrets,
            Some(choice) => choice.into(),
            None => RedactionLevel::default(),
        }
    }

    /// # Errors
    /// A key file that cannot be read or is too short.
    pub(crate) fn key(&self) -> anyhow::Result<Option<PseudonymKey>> {
        self.pseudonym_key.as_deref().map(pseudonym_key).transpose()
    }
}
