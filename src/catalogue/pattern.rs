//! One entry of the catalogue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Severity, Stage};

/// A failure that is known: how to recognise it, why it happens, what ends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Kebab-case name of the fault. For ever: never renamed, never reused.
    pub id: String,
    /// The family (file) it belongs to.
    pub family: String,
    /// At most 60 characters.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// The step it usually fails at.
    pub stage: Stage,
    /// How sure the entry is.
    pub status: Status,
    /// The version of oauthsift that first had it.
    pub since: String,
    /// The day somebody last held it against its references, `YYYY-MM-DD`.
    pub verified: String,
    /// What happened and why: at most 500 characters.
    pub cause: String,
    /// What to do, one action each: at most 200 characters a step.
    pub steps: Vec<String>,
    /// Pages that say so.
    pub references: Vec<Reference>,
    /// Versions and deployments.
    #[serde(default)]
    pub applies_to: AppliesTo,
    /// Siblings, by id.
    #[serde(default)]
    pub see_also: Vec<String>,
    /// For a removed or deprecated entry: the id of the entry that replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The cure in one short sentence, for the list of what to do first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Failures elsewhere in the logs that lead to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// What an incident of this entry is a sign of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<Sign>,
    /// How to recognise it.
    pub rule: MatchRule,
    /// Lines it must catch. Empty in the built-in catalogue at run time; see `builtin_samples`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
    /// Lines it must not catch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<Counter>,
}

/// How sure an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Rests on notes that nobody has confirmed.
    Preview,
    /// Rests on its references.
    Stable,
    /// Kept for old logs.
    Deprecated,
    /// Reserved id; matches nothing.
    Removed,
}

impl Status {
    /// The word used in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
            Self::Removed => "removed",
        }
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Whose page and which.
    pub title: String,
    /// `https://…`
    pub url: String,
}

/// Where an entry applies. Empty means everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliesTo {
    /// Jira versions, such as `>=8.22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jira: Option<String>,
    /// Jira Service Management versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jsm: Option<String>,
    /// `server`, `data-center`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployment: Vec<String>,
    /// `microsoft`, `google` or `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<crate::model::Provider>,
}

/// Which failures lead to one, and when. A candidate is one of `from`, or one that failed at one of
/// `stages`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Follows {
    /// Entries whose failure leads to this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Steps whose failure, for whatever cause, leads to this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// For so many days the cause has failed before this one begins.
    #[serde(skip_serializing_if = "is_zero")]
    pub after_days: u32,
    /// At most so many hours lie between the cause's last failure and the first of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_hours: Option<u32>,
    /// Holds only for incidents whose first record has one of these literals; empty: for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// It never comes by itself: where no cause is found, the cause is not in the logs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// What an incident can be a sign of, beside its own cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The stored token is gone: somebody must authorize again.
    LostToken,
    /// Hosts, scopes or tenant of another national cloud.
    WrongCloud,
    /// A clock is wrong.
    ClockSkew,
    /// The browser's session was lost between start and callback.
    LostSession,
    /// Base URL, redirect URI or endpoint are not those that were registered.
    ChangedConfiguration,
    /// Id of one integration, secret of another.
    ConfusedIntegrations,
    /// The stored token was given to another client.
    OtherClient,
    /// The record names no reason at all.
    NoReason,
}

/// How near to the root of a failure an entry's words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An outer message: counts only when nothing inner matches.
    Wrapper,
    /// A bare OAuth error, which many causes share.
    Answer,
    /// Names a cause.
    #[default]
    Cause,
}

/// The conditions of an entry. Given keys are joined by AND, the values of a key by OR (`all`: AND).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MatchRule {
    /// The deciding AADSTS number is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aadsts: Vec<u32>,
    /// Any AADSTS number that no other entry claims.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub aadsts_other: bool,
    /// Codes of other families: `AADB2C90081`, `MSIS9605`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// RFC 6749 `error` is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub oauth_error: Vec<String>,
    /// One of these literals occurs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
    /// All of these literals occur.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// None of these literals occurs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// A regular expression over bytes, without Unicode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// The logger's class is one of these (simple names).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logger: Vec<String>,
    /// The answer's HTTP status is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub http_status: Vec<u16>,
    /// The record shows one of these contexts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// How near to the root the words stand.
    pub role: Role,
}

impl MatchRule {
    /// True when a code of a vendor is among the conditions.
    #[must_use]
    pub fn by_code(&self) -> bool {
        !self.aadsts.is_empty() || !self.codes.is_empty() || self.aadsts_other
    }

    /// True when there is a condition beside the code.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        !self.any.is_empty()
            || !self.all.is_empty()
            || !self.oauth_error.is_empty()
            || self.regex.is_some()
            || !self.logger.is_empty()
            || !self.http_status.is_empty()
    }

    /// How many conditions there are; more make a stronger match.
    #[must_use]
    pub fn conditions(&self) -> usize {
        self.all.len()
            + usize::from(!self.any.is_empty())
            + usize::from(!self.not.is_empty())
            + usize::from(!self.oauth_error.is_empty())
            + usize::from(self.regex.is_some())
            + usize::from(!self.logger.is_empty())
            + usize::from(!self.http_status.is_empty())
            + usize::from(!self.context.is_empty())
    }
}

/// A log that an entry must catch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// One or several records.
    pub log: String,
    /// Keys of the JSON finding that must have these values.
    #[serde(default)]
    pub expect: BTreeMap<String, serde_json::Value>,
}

/// A log that an entry must not catch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Why not.
    pub why: String,
    /// The entry that should have it; none when nothing should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// One or several records.
    pub log: String,
}
