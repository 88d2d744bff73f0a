//! The result of a check.

use serde::Serialize;

use crate::{doctor::guide::Guide, model::sort_by_key};

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is right.
    Ok,
    /// It could not be checked.
    Unknown,
    /// It works now, or may.
    Warning,
    /// It does not work.
    Problem,
}

impl Verdict {
    /// All, from the best to the worst.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Unknown, Self::Warning, Self::Problem];

    /// Name in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Check {
    /// Id of the check: `client.id`, `tls.truststore`, …
    pub id: String,
    /// Title of the check.
    pub title: String,
    /// What was checked: an integration, a mail server, a host; null for Jira itself.
    pub subject: Option<String>,
    /// What was found.
    pub verdict: Verdict,
    /// The fact on which the verdict rests.
    pub fact: String,
    /// What to do; null when it is right.
    pub fix: Option<String>,
    /// The exact value to enter, or the command to run; null when there is none.
    pub value: Option<String>,
    /// How long it took, in milliseconds; null for a check without a network.
    pub milliseconds: Option<u64>,
}

impl Check {
    /// A result without a fix.
    pub(crate) fn new(id: &str, verdict: Verdict, fact: impl Into<String>) -> Self {
        let title = Guide::builtin().check(id).map_or_else(String::new, |check| check.title.clone());
        Self {
            id: id.to_owned(),
            title,
            subject: None,
            verdict,
            fact: fact.into(),
            fix: None,
            value: None,
            milliseconds: None,
        }
    }

    pub(crate) fn ok(id: &str, fact: impl Into<String>) -> Self {
        Self::new(id, Verdict::Ok, fact)
    }

    pub(crate) fn unknown(id: &str, fact: impl Into<String>) -> Self {
        Self::new(id, Verdict::Unknown, fact)
    }

    pub(crate) fn warning(id: &str, fact: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(id, Verdict::Warning, fact) }
    }

    pub(crate) fn problem(id: &str, fact: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(id, Verdict::Problem, fact) }
    }

    pub(crate) fn with_value(self, value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..self }
    }

    pub(crate) fn with_fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    pub(crate) fn about(self, subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..self }
    }

    #[cfg(feature = "online")]
    pub(crate) fn took(self, time: std::time::Duration) -> Self {
        Self { milliseconds: Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)), ..self }
    }
}

/// Puts checks in the order of the list, worst first within a check.
pub(crate) fn in_order(checks: &mut [Check]) {
    let list = &Guide::builtin().checks;
    sort_by_key(checks, |check| {
        (list.iter().position(|info| info.id == check.id), check.subject.clone(), std::cmp::Reverse(check.verdict))
    });
}
