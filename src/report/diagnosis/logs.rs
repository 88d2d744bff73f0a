//! What was read: which logs, which parts of them, from which nodes, over which time.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::case::IncidentCase;
use crate::model::Timestamp;

/// A local time without an offset may be this much earlier or later.
const MAX_OFFSET: TimeDelta = TimeDelta::hours(14);

/// The inputs of a report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs {
    /// Every input that was read.
    pub(super) list: Vec<Log>,
    /// A filter was given (`--since`, `--pattern`, …), so findings may have been left out.
    pub(super) filtered: bool,
    /// When the report is made; `None` when that does not matter.
    read_at: Option<DateTime<Utc>>,
    /// Of all logs.
    span: LogSpan,
    by_source: HashMap<String, usize>,
    /// By name and node.
    spans: HashMap<(String, Option<String>), LogSpan>,
    node_spans: HashMap<String, LogSpan>,
}

/// The time over which some logs extend, with the index of the log that has it: of equal times, that of the
/// first log is the earliest and that of the last one the latest.
#[derive(Debug, Clone, Copy, Default)]
struct LogSpan {
    first: Option<(Timestamp, usize)>,
    last: Option<(Timestamp, usize)>,
}

impl LogSpan {
    fn add(&mut self, other: Self) {
        let key = |(time, at): (Timestamp, usize)| (time.instant(), at);
        self.first = self.first.into_iter().chain(other.first).min_by_key(|first| key(*first));
        self.last = self.last.into_iter().chain(other.last).max_by_key(|last| key(*last));
    }
}

/// One input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    /// As the report names it.
    pub(crate) source: String,
    /// Name of the log that the file is a part of, without folder, compression and rotation suffix.
    pub(crate) name: String,
    /// Which part of that log the file is.
    pub(crate) rotation: Rotation,
    /// The cluster node that wrote it.
    pub(crate) node: Option<String>,
    /// Time of its first record.
    pub(crate) first: Option<Timestamp>,
    /// Time of its last record.
    pub(crate) last: Option<Timestamp>,
}

/// Which part of a rotated log a file is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// The file that is being written to.
    #[default]
    Current,
    /// Rotated by number: the highest is the oldest.
    Numbered(u32),
    /// Rotated by date, `2026-01-05` or `2026-01`.
    Dated(String),
}

impl Logs {
    /// The inputs that were read. `filtered` says that a filter was given.
    pub(crate) fn new(list: Vec<Log>, filtered: bool) -> Self {
        let mut logs = Self { filtered, ..Self::default() };
        for (i, log) in list.iter().enumerate() {
            let span = LogSpan { first: log.first.map(|first| (first, i)), last: log.last.map(|last| (last, i)) };
            logs.span.add(span);
            logs.by_source.entry(log.source.clone()).or_insert(i);
            logs.spans.entry((log.name.clone(), log.node.clone())).or_default().add(span);
            if let Some(node) = &log.node {
                logs.node_spans.entry(node.clone()).or_default().add(span);
            }
        }
        Self { list, ..logs }
    }

    /// The same logs, in a report that is made at `time`.
    pub(crate) fn read_at(self, time: DateTime<Utc>) -> Self {
        Self { read_at: Some(time), ..self }
    }

    /// True when a time was over before the report was made.
    pub(super) fn is_past(&self, time: Timestamp) -> bool {
        let margin = if time.offset.is_some() { TimeDelta::zero() } else { MAX_OFFSET };
        self.read_at.is_some_and(|now| now - time.instant() > margin)
    }

    /// Time of the earliest record of all logs.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.span.first.map(|(first, _)| first)
    }

    /// Time of the latest record of all logs.
    pub(super) fn last(&self) -> Option<Timestamp> {
        self.span.last.map(|(last, _)| last)
    }

    fn by_source(&self, source: &str) -> Option<&Log> {
        self.list.get(*self.by_source.get(source)?)
    }

    /// The time of the logs in which a case occurs: its files and all other parts of these logs on the same
    /// nodes.
    fn span_of(&self, case: &IncidentCase) -> LogSpan {
        let mut own: Vec<&Log> = case.sources.iter().filter_map(|source| self.by_source(source)).collect();
        let mut nodes: Vec<&Option<String>> = own.iter().map(|log| &log.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        own.sort_unstable_by_key(|log| &log.name);
        own.dedup_by_key(|log| &log.name);
        let mut span = LogSpan::default();
        for log in own {
            for node in &nodes {
                span.add(self.spans.get(&(log.name.clone(), (*node).clone())).copied().unwrap_or_default());
            }
        }
        span
    }

    /// Time of the last record of the logs in which a case occurs.
    pub(super) fn end_of(&self, case: &IncidentCase) -> Option<Timestamp> {
        let last = self.span_of(case).last.map(|(last, _)| last);
        last.into_iter().chain(case.last).max_by_key(Timestamp::instant)
    }

    /// Time of the first record of the logs in which a case occurs.
    pub(super) fn begin_of(&self, case: &IncidentCase) -> Option<Timestamp> {
        self.span_of(case).first.map(|(first, _)| first)
    }

    /// The nodes that wrote the logs, sorted by name; empty when the inputs do not distinguish nodes.
    pub(super) fn nodes(&self) -> Vec<&str> {
        let mut nodes: Vec<&str> = self.list.iter().filter_map(|log| log.node.as_deref()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The node that wrote an input.
    pub(super) fn node_of(&self, source: &str) -> Option<&str> {
        self.by_source(source)?.node.as_deref()
    }

    /// True when the logs of a node begin no later than `first` and end no earlier than `last`.
    pub(super) fn covers(&self, node: &str, first: Timestamp, last: Timestamp) -> bool {
        let Some(LogSpan { first: Some((begin, _)), last: Some((end, _)) }) = self.node_spans.get(node) else {
            return false;
        };
        begin.instant() <= first.instant() && end.instant() >= last.instant()
    }
}
