//! An incident with all that is remembered of it, and what is concluded about it before any
//! statement is made: its cause and its state.

use std::collections::BTreeMap;

use super::statement::Certainty;
use crate::{
    catalogue::{Follows, Role, Sign},
    model::Timestamp,
    report::{
        bounds::MAX_SOURCES,
        first_n::FirstN,
        incident::{EntryTraits, Incident},
        incident_facts::{ClockDrift, IncidentFacts},
    },
};

/// An incident with all that is remembered of it.
#[derive(Debug)]
pub(crate) struct IncidentCase {
    pub(crate) incident: Incident,
    /// Time of the earliest finding.
    pub(crate) first: Option<Timestamp>,
    /// Time of the latest finding.
    pub(crate) last: Option<Timestamp>,
    pub(crate) facts: IncidentFacts,
    pub(crate) traits: EntryTraits,
    /// The inputs in which it occurs.
    pub(crate) sources: FirstN<String, MAX_SOURCES>,
    /// How far the clock of each input is ahead of the provider's.
    pub(crate) drifts: BTreeMap<String, ClockDrift>,
}

impl IncidentCase {
    /// True when the catalogue says that the incident is a sign of this.
    pub(super) fn has_sign(&self, sign: Sign) -> bool {
        self.traits.signs.contains(&sign)
    }

    /// True when the incident means that a stored token is permanently invalid.
    pub(super) fn is_lost_token(&self) -> bool {
        self.has_sign(Sign::LostToken)
    }

    /// What the incident can be caused by, when its first record has the required words.
    pub(super) fn follows(&self) -> Option<&Follows> {
        let follows = self.traits.follows.as_ref()?;
        let sample = self.incident.sample.as_ref();
        let occurs = |literal: &String| sample.is_some_and(|sample| sample.excerpt.contains(literal));
        (follows.says.is_empty() || follows.says.iter().any(occurs)).then_some(follows)
    }

    /// True for an incident that always has another one as its cause.
    pub(super) fn requires_cause(&self) -> bool {
        self.follows().is_some_and(|follows| follows.always)
    }

    /// True when the record does not name the cause of the failure.
    pub(super) fn is_inconclusive(&self) -> bool {
        self.traits.unknown || self.traits.role != Role::Cause || self.has_sign(Sign::NoReason)
    }
}

/// The cause of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CausalLink {
    /// Index of the case that is the cause.
    pub(super) cause: usize,
    pub(super) certainty: Certainty,
}

/// Index of the case that caused the case at `at`, when that is at least likely.
pub(super) fn likely_cause(links: &[Option<CausalLink>], at: usize) -> Option<usize> {
    links[at].filter(|link| link.certainty >= Certainty::Likely).map(|link| link.cause)
}

/// State of an incident at the end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It fails up to the end of the log.
    Failing,
    /// No further failure, although the log continues.
    Stopped,
    /// It fails intermittently.
    Flapping {
        /// The last period of failures extends to the end of the log.
        at_end: bool,
    },
    /// A single finding.
    Once,
    /// All findings are interactive attempts.
    Interactive,
    /// Jira invalidated the token and no longer tries to refresh it.
    TokenInvalidated,
}

impl State {
    /// The value of `state` in the report.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Stopped => "stopped",
            Self::Flapping { .. } => "flapping",
            Self::Once => "once",
            Self::Interactive => "by-hand",
            Self::TokenInvalidated => "given-up",
        }
    }

    /// True when it no longer fails and the log does not say why.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Flapping { at_end: false })
    }
}
