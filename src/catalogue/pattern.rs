//! One entry of the catalogue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::step::Step;
use crate::model::{Severity, Stage};

/// A known failure: how to recognise it, why it happens, how to fix it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Kebab-case name of the failure. Permanent: never renamed, never reused.
    pub id: String,
    /// The family (file) that it belongs to.
    pub family: String,
    /// Title, at most 60 characters.
    pub title: String,
    /// Severity of the failure.
    pub severity: Severity,
    /// The step that usually fails.
    pub stage: Stage,
    /// How well the entry is confirmed.
    pub status: Status,
    /// The first version of oauthsift with this entry.
    pub since: String,
    /// The day on which the entry was last compared with its references, `YYYY-MM-DD`.
    pub verified: String,
    /// What happened and why, at most 500 characters.
    pub cause: String,
    /// How to fix it, one action per step, at most 200 characters each.
    pub steps: Vec<Step>,
    /// Pages that confirm the entry.
    pub references: Vec<Reference>,
    /// Versions and deployments that it applies to.
    #[serde(default)]
    pub applies_to: AppliesTo,
    /// Ids of related entries.
    #[serde(default)]
    pub see_also: Vec<String>,
    /// For a removed or deprecated entry: the id of the entry that replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The fix in one short sentence, for the list of first actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Failures elsewhere in the logs that cause this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// What an incident of this entry indicates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<Sign>,
    /// Checks of `oauthsift doctor` that prove or refute it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doctor: Vec<String>,
    /// How to recognise it.
    pub rule: MatchRule,
    /// Logs that it must match. Empty in the built-in catalogue; see [`builtin_samples`](super::builtin_samples).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
    /// Logs that it must not match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<Counter>,
}

/// How well an entry is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Based on unconfirmed notes.
    Preview,
    /// Confirmed by its references.
    Stable,
    /// Kept for old logs.
    Deprecated,
    /// Reserved id that matches nothing.
    Removed,
}

impl Status {
    /// Name used in files and reports.
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

/// A page that confirms an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Publisher and topic of the page.
    pub title: String,
    /// `https://…`
    pub url: String,
}

impl Pattern {
    /// The cause as it reads while the failure that led to this one is not known.
    #[must_use]
    pub fn open_cause(&self) -> String {
        match self.follows.as_ref().and_then(|follows| follows.unless_found.as_ref()) {
            Some(more) => format!("{} {more}", self.cause),
            None => self.cause.clone(),
        }
    }
}

/// Where an entry applies. Empty fields mean everywhere.
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

/// Which failures cause another one, and when. A possible cause is a failure of one of the entries in `from`, or
/// one at one of `stages`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Follows {
    /// Entries whose failure causes this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Steps whose failure, for whatever reason, causes this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// How many days the cause fails before this failure starts.
    #[serde(skip_serializing_if = "is_zero")]
    pub after_days: u32,
    /// The maximum number of hours between the last failure of the cause and the first of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_hours: Option<u32>,
    /// Applies only to incidents whose first record contains one of these literals; empty: to all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<String>,
    /// It always has a cause: if none is found, the cause is not in the logs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// What the cause says in addition while the failure that led to this one is not known: where to look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unless_found: Option<String>,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// What an incident can indicate in addition to its own cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The stored token is invalid: someone must authorize again.
    LostToken,
    /// Hosts, scopes or tenant of another national cloud.
    WrongCloud,
    /// A clock is wrong.
    ClockSkew,
    /// The browser's session was lost between start and callback.
    LostSession,
    /// Base URL, redirect URI or endpoint differ from the registered ones.
    ChangedConfiguration,
    /// The client id of one integration is used with the secret of another.
    ConfusedIntegrations,
    /// The stored token was issued to another client.
    OtherClient,
    /// The record contains no reason.
    NoReason,
}

/// How close the words of an entry are to the root cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An outer message, which counts only when nothing more specific matches.
    Wrapper,
    /// A bare OAuth error, which many causes have in common.
    Answer,
    /// Explains a text that is not an OAuth 2.0 failure: its records are mentions, never findings.
    Mention,
    /// A specific cause.
    #[default]
    Cause,
}

/// The conditions of an entry. Keys are combined with AND, the values of a key with OR (`all`: AND).
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
    /// The class of the logger is one of these (simple names).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logger: Vec<String>,
    /// The HTTP status of the response is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub http_status: Vec<u16>,
    /// The record has one of these contexts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// The record is a failure of a request of this kind; `oidc` is the only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What could not be reached, in place of the host of the request; `proxy` is the only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
    /// How close the words are to the root cause.
    pub role: Role,
}

impl MatchRule {
    /// True when the rule requires a vendor's code.
    #[must_use]
    pub fn by_code(&self) -> bool {
        !self.aadsts.is_empty() || !self.codes.is_empty() || self.aadsts_other
    }

    /// True when the rule has a condition in addition to the code.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        !self.any.is_empty()
            || !self.all.is_empty()
            || !self.oauth_error.is_empty()
            || self.regex.is_some()
            || !self.logger.is_empty()
            || !self.http_status.is_empty()
    }

    /// Number of conditions; more conditions make a stronger match.
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
            + usize::from(self.request.is_some())
            + usize::from(self.unreachable.is_some())
    }
}

/// A log that an entry must match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// One or several records.
    pub log: String,
    /// Keys of the finding in JSON, and the values that they must have.
    #[serde(default)]
    pub expect: BTreeMap<String, serde_json::Value>,
}

/// A log that an entry must not match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Why it must not match.
    pub why: String,
    /// The entry that should match instead, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// One or several records.
    pub log: String,
}
