//! What of a report the table shows, and in which order.

use std::cmp::Reverse;

use crate::{
    model::sort_by_key,
    report::{Incident, Report, parse_time},
};

/// Which incidents are shown with their steps, references, ids and analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Details {
    /// None: the first screen.
    #[default]
    None,
    /// All, after the first screen.
    All,
    /// Only these incidents, by their numbers in the report, from 1. Without the first screen.
    Incidents(Vec<usize>),
}

/// The order of the incidents in the table. Their numbers stay the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// What to deal with first: root causes before their consequences.
    #[default]
    Priority,
    /// The latest failure first.
    Time,
    /// The most severe first.
    Severity,
    /// The most frequent first.
    Count,
}

/// What of a report the table shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    pub(super) details: Details,
    pub(super) sort: Sort,
    pub(super) top: Option<usize>,
}

impl TableOptions {
    /// The first screen, with all incidents in the order of the report.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which incidents are shown in detail.
    #[must_use]
    pub fn details(self, details: Details) -> Self {
        Self { details, ..self }
    }

    /// Sets the order of the incidents.
    #[must_use]
    pub fn sort(self, sort: Sort) -> Self {
        Self { sort, ..self }
    }

    /// Shows only the first `top` incidents of that order, and says how many there are.
    #[must_use]
    pub fn top(self, top: usize) -> Self {
        Self { top: Some(top), ..self }
    }

    /// The incidents in the order of the table, each with its number, and how many are left out.
    pub(super) fn rows<'r>(&self, report: &'r Report) -> (Vec<(usize, &'r Incident)>, usize) {
        let mut rows: Vec<(usize, &Incident)> = (1..).zip(&report.incidents).collect();
        match self.sort {
            Sort::Priority => {}
            Sort::Time => sort_by_key(&mut rows, |(_, incident)| {
                Reverse(incident.last_seen.as_deref().and_then(parse_time).map(|time| time.instant()))
            }),
            Sort::Severity => sort_by_key(&mut rows, |(_, incident)| Reverse(incident.severity)),
            Sort::Count => sort_by_key(&mut rows, |(_, incident)| Reverse(incident.count)),
        }
        let all = rows.len();
        rows.truncate(self.top.unwrap_or(all));
        let left_out = all - rows.len();
        (rows, left_out)
    }
}
