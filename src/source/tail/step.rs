//! What to do about a path, from what is held and what is seen. Pure: no file is touched here.

use std::time::Duration;

/// A file, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FileId {
    /// Device, 0 where the system has none.
    pub device: u64,
    /// Inode, 0 where the system has none.
    pub inode: u64,
}

/// What the system says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stat {
    /// Which file.
    pub id: FileId,
    /// Bytes.
    pub len: u64,
    /// Last change of the content, nanoseconds since 1970.
    pub modified: i64,
    /// Last change of content or name, nanoseconds since 1970: nobody can set it back.
    pub changed: i64,
    /// A regular file.
    pub regular: bool,
}

/// What a path shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathState {
    /// Nothing.
    Absent,
    /// The system does not tell, or it is no regular file.
    Refused,
    /// A file.
    There(Stat),
}

/// The file that is held open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFileState {
    /// As it was at the last look.
    pub stat: Stat,
    /// Bytes read of it.
    pub read_to: u64,
    /// When it was last seen to change.
    pub changed_at: Duration,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Wait,
    /// Open the file that is there.
    Open,
    /// See whether what was read is still there, then read on.
    Check,
    /// It is shorter than what was read.
    Shrunk,
    /// Another file has the name: read the held one to its end first.
    Replaced,
    /// Nothing has the name: read the held one to its end, and keep it.
    Gone,
}

/// For so long after a change a file is checked although it looks the same: a clock of the file
/// system may be too coarse to show a second change.
const TIMESTAMP_GRANULARITY: Duration = Duration::from_secs(2);

/// Decides. `now` is a monotonic clock.
#[must_use]
pub fn step(held: Option<&OpenFileState>, sight: PathState, now: Duration) -> Action {
    match (held, sight) {
        (None, PathState::There(_)) => Action::Open,
        (None, _) => Action::Wait,
        (Some(_), PathState::Absent | PathState::Refused) => Action::Gone,
        (Some(held), PathState::There(seen)) if seen.id != held.stat.id => Action::Replaced,
        (Some(held), PathState::There(seen)) if seen.len < held.read_to => Action::Shrunk,
        (Some(held), PathState::There(seen))
            if seen != held.stat
                || seen.len > held.read_to
                || now.saturating_sub(held.changed_at) < TIMESTAMP_GRANULARITY =>
        {
            Action::Check
        }
        _ => Action::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId { device: 1, inode: 2 };

    fn stat(len: u64, changed: i64) -> Stat {
        Stat { id: FILE, len, modified: 0, changed, regular: true }
    }

    #[test]
    fn every_sight_has_its_action() {
        let held = OpenFileState { stat: stat(100, 5), read_to: 100, changed_at: Duration::from_secs(10) };
        let late = Duration::from_secs(100);
        let other = Stat { id: FileId { device: 1, inode: 3 }, ..stat(100, 5) };
        for (name, held, sight, now, action) in [
            ("nothing yet", None, PathState::Absent, late, Action::Wait),
            ("not readable yet", None, PathState::Refused, late, Action::Wait),
            ("appears", None, PathState::There(stat(0, 1)), late, Action::Open),
            ("at rest", Some(held), PathState::There(stat(100, 5)), late, Action::Wait),
            ("just changed", Some(held), PathState::There(stat(100, 5)), Duration::from_secs(11), Action::Check),
            ("grew", Some(held), PathState::There(stat(101, 6)), late, Action::Check),
            (
                "rewritten, same size, old time put back",
                Some(held),
                PathState::There(stat(100, 6)),
                late,
                Action::Check,
            ),
            (
                "not read to its end",
                Some(OpenFileState { read_to: 50, ..held }),
                PathState::There(stat(100, 5)),
                late,
                Action::Check,
            ),
            ("shorter", Some(held), PathState::There(stat(99, 6)), late, Action::Shrunk),
            ("emptied", Some(held), PathState::There(stat(0, 6)), late, Action::Shrunk),
            ("another file", Some(held), PathState::There(other), late, Action::Replaced),
            ("gone", Some(held), PathState::Absent, late, Action::Gone),
            ("not readable any more", Some(held), PathState::Refused, late, Action::Gone),
        ] {
            assert_eq!(step(held.as_ref(), sight, now), action, "{name}");
        }
    }

    #[test]
    fn a_clock_that_stands_before_the_last_change_is_no_trouble() {
        let held = OpenFileState { stat: stat(1, 5), read_to: 1, changed_at: Duration::from_secs(10) };
        assert_eq!(step(Some(&held), PathState::There(stat(1, 5)), Duration::ZERO), Action::Check);
    }
}
