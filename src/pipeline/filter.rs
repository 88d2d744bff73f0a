//! Which findings are wanted.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::{
    engine::HitSummary,
    model::{Severity, Timestamp},
};

/// One end of a time window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeBound {
    /// An instant, compared with the time and UTC offset of the log.
    Instant(DateTime<Utc>),
    /// A local time without UTC offset, compared with the local time in the log.
    Local(NaiveDateTime),
}

impl TimeBound {
    fn is_at_or_before(self, time: &Timestamp) -> bool {
        match self {
            Self::Instant(bound) => bound <= time.instant(),
            Self::Local(bound) => bound <= time.local,
        }
    }

    fn is_at_or_after(self, time: &Timestamp) -> bool {
        match self {
            Self::Instant(bound) => time.instant() <= bound,
            Self::Local(bound) => time.local <= bound,
        }
    }
}

/// Which findings are wanted. The default wants all.
///
/// Built from the default: `Filter::default().with_severity(Severity::Error)`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Filter {
    /// Earliest time. Records without a time are outside every window.
    pub since: Option<TimeBound>,
    /// Latest time.
    pub until: Option<TimeBound>,
    /// Catalogue ids of the patterns; empty for all.
    pub patterns: Vec<String>,
    /// Minimum severity.
    pub severity: Option<Severity>,
}

impl Filter {
    /// Sets the earliest time.
    #[must_use]
    pub fn with_since(self, since: impl Into<Option<TimeBound>>) -> Self {
        Self { since: since.into(), ..self }
    }

    /// Sets the latest time.
    #[must_use]
    pub fn with_until(self, until: impl Into<Option<TimeBound>>) -> Self {
        Self { until: until.into(), ..self }
    }

    /// Sets the catalogue ids of the wanted patterns; none for all.
    #[must_use]
    pub fn with_patterns(self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { patterns: patterns.into_iter().map(Into::into).collect(), ..self }
    }

    /// Sets the minimum severity.
    #[must_use]
    pub fn with_severity(self, severity: impl Into<Option<Severity>>) -> Self {
        Self { severity: severity.into(), ..self }
    }

    /// True when some findings may be left out.
    pub(super) fn is_active(&self) -> bool {
        self.since.is_some() || self.until.is_some() || !self.patterns.is_empty() || self.severity.is_some()
    }

    /// The first condition that excludes a failure. One without a time is outside every window.
    pub(super) fn excluded_by(&self, hit: &HitSummary<'_>) -> Option<Condition> {
        let pattern = hit.pattern;
        if self.severity.is_some_and(|min| pattern.severity < min) {
            return Some(Condition::Severity);
        }
        if !self.patterns.is_empty() && !self.patterns.contains(&pattern.id) {
            return Some(Condition::Pattern);
        }
        if self.since.is_none() && self.until.is_none() {
            return None;
        }
        let time = hit.time();
        if self.since.is_some_and(|since| time.is_none_or(|time| !since.is_at_or_before(&time))) {
            return Some(Condition::Since);
        }
        let late = self.until.is_some_and(|until| time.is_none_or(|time| !until.is_at_or_after(&time)));
        late.then_some(Condition::Until)
    }
}

/// A condition of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Severity,
    Pattern,
    Since,
    Until,
}

/// How many failures each condition has excluded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExcludedCounts([u64; 4]);

impl ExcludedCounts {
    pub(super) fn add(&mut self, condition: Condition) {
        self.0[condition as usize] += 1;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }

    /// By name; without those that excluded nothing.
    pub(super) fn by_name(self) -> BTreeMap<&'static str, u64> {
        let names = ["severity", "pattern", "since", "until"];
        names.into_iter().zip(self.0).filter(|(_, count)| *count > 0).collect()
    }
}
