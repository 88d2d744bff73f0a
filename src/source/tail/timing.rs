//! How patiently to follow, and the circumstances of one poll.

use std::time::Duration;

use super::start_position::StartPosition;
use crate::source::Limits;

/// How to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FollowTiming {
    /// Time without growth after which the last record is taken as complete.
    pub quiet: Duration,
    /// How long a file that was renamed is still read, for writers that keep it open.
    pub grace: Duration,
    /// Where to start in files that exist at the beginning.
    pub from: StartPosition,
}

/// What is the same for all logs in one poll.
#[derive(Debug, Clone, Copy)]
pub(super) struct TickContext {
    pub(super) timing: FollowTiming,
    pub(super) limits: Limits,
    pub(super) now: Duration,
}
