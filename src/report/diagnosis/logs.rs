//! What was read: which logs, which parts of them, from which nodes, over which time.

use super::case::IncidentCase;
use crate::model::Timestamp;

/// The inputs of a report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logs {
    /// Every input that was read.
    pub(crate) list: Vec<Log>,
    /// A filter was given (`--since`, `--pattern`, …), so findings may have been left out.
    pub(crate) filtered: bool,
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
    /// Time of the earliest record of all logs.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.list.iter().filter_map(|log| log.first).min_by_key(Timestamp::instant)
    }

    /// The logs in which a case occurs: its files and all other parts of these logs on the same nodes.
    fn of<'l>(&'l self, case: &IncidentCase) -> impl Iterator<Item = &'l Log> {
        let sources = case.sources.iter();
        let own: Vec<&Log> = sources.filter_map(|source| self.list.iter().find(|log| log.source == *source)).collect();
        self.list
            .iter()
            .filter(move |log| own.iter().any(|own| own.name == log.name) && own.iter().any(|own| own.node == log.node))
    }

    /// Time of the last record of the logs in which a case occurs.
    pub(super) fn end_of(&self, case: &IncidentCase) -> Option<Timestamp> {
        self.of(case).filter_map(|log| log.last).chain(case.last).max_by_key(Timestamp::instant)
    }

    /// Time of the first record of the logs in which a case occurs.
    pub(super) fn begin_of(&self, case: &IncidentCase) -> Option<Timestamp> {
        self.of(case).filter_map(|log| log.first).min_by_key(Timestamp::instant)
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
        self.list.iter().find(|log| log.source == source)?.node.as_deref()
    }

    /// True when the logs of a node begin no later than `first` and end no earlier than `last`.
    pub(super) fn covers(&self, node: &str, first: Timestamp, last: Timestamp) -> bool {
        let of_node = || self.list.iter().filter(|log| log.node.as_deref() == Some(node));
        of_node().filter_map(|log| log.first).any(|time| time.instant() <= first.instant())
            && of_node().filter_map(|log| log.last).any(|time| time.instant() >= last.instant())
    }
}
