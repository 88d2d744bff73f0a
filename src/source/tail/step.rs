//! What to do about a path, from the file that is open and what the path leads to. Pure: no file is touched
//! here.

use std::time::Duration;

/// The identity of a file, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct FileId {
    /// Device, 0 where the system has none.
    pub device: u64,
    /// Inode, 0 where the system has none.
    pub inode: u64,
}

/// The metadata of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stat {
    /// Its identity.
    pub id: FileId,
    /// Length in bytes.
    pub len: u64,
    /// Last change of the content, nanoseconds since 1970.
    pub modified: i64,
    /// Last change of content or name, nanoseconds since 1970; it cannot be set back.
    pub changed: i64,
    /// A regular file.
    pub regular: bool,
}

/// A file's identity, length and time of its last change: together they change with its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FileContent {
    id: FileId,
    len: u64,
    modified: i64,
}

impl Stat {
    pub(super) fn content(&self) -> FileContent {
        FileContent { id: self.id, len: self.len, modified: self.modified }
    }
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathState {
    /// Nothing.
    Absent,
    /// Its metadata cannot be read, or it is no regular file.
    Refused,
    /// A file.
    There(Stat),
}

impl PathState {
    /// The content of the file, if there is one.
    pub(super) fn content(self) -> Option<FileContent> {
        match self {
            Self::There(stat) => Some(stat.content()),
            Self::Absent | Self::Refused => None,
        }
    }
}

/// The file that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenFileState {
    /// Its metadata at the last poll.
    pub stat: Stat,
    /// Byte offset up to which it was read.
    pub read_to: u64,
    /// When it was last found to have changed.
    pub changed_at: Duration,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing.
    Wait,
    /// Open the file.
    Open,
    /// Check that what was read is still there, then continue reading.
    Check,
    /// It is shorter than what was read.
    Shrunk,
    /// Another file has the name: read the open one to its end first.
    Replaced,
    /// No file has the name: read the open one to its end, and keep it.
    Gone,
}

/// Time after a change in which a file is checked although its metadata is the same: the clock of the file
/// system may be too coarse to show a second change.
pub(super) const TIMESTAMP_GRANULARITY: Duration = Duration::from_secs(2);

/// Decides what to do. `now` is a monotonic clock.
#[must_use]
pub(super) fn step(open_file: Option<&OpenFileState>, path: PathState, now: Duration) -> Action {
    match (open_file, path) {
        (None, PathState::There(_)) => Action::Open,
        (None, _) => Action::Wait,
        (Some(_), PathState::Absent | PathState::Refused) => Action::Gone,
        (Some(open), PathState::There(found)) if found.id != open.stat.id => Action::Replaced,
        (Some(open), PathState::There(found)) if found.len < open.read_to => Action::Shrunk,
        (Some(open), PathState::There(found))
            if found != open.stat
                || found.len > open.read_to
                || now.saturating_sub(open.changed_at) < TIMESTAMP_GRANULARITY =>
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
    fn every_path_state_has_its_action() {
        let open = OpenFileState { stat: stat(100, 5), read_to: 100, changed_at: Duration::from_secs(10) };
        let late = Duration::from_secs(100);
        let other = Stat { id: FileId { device: 1, inode: 3 }, ..stat(100, 5) };
        for (name, open, path, now, action) in [
            ("nothing yet", None, PathState::Absent, late, Action::Wait),
            ("not readable yet", None, PathState::Refused, late, Action::Wait),
            ("appears", None, PathState::There(stat(0, 1)), late, Action::Open),
            ("unchanged", Some(open), PathState::There(stat(100, 5)), late, Action::Wait),
            ("just changed", Some(open), PathState::There(stat(100, 5)), Duration::from_secs(11), Action::Check),
            ("grew", Some(open), PathState::There(stat(101, 6)), late, Action::Check),
            (
                "rewritten, same size, old time restored",
                Some(open),
                PathState::There(stat(100, 6)),
                late,
                Action::Check,
            ),
            (
                "not read to its end",
                Some(OpenFileState { read_to: 50, ..open }),
                PathState::There(stat(100, 5)),
                late,
                Action::Check,
            ),
            ("shorter", Some(open), PathState::There(stat(99, 6)), late, Action::Shrunk),
            ("emptied", Some(open), PathState::There(stat(0, 6)), late, Action::Shrunk),
            ("another file", Some(open), PathState::There(other), late, Action::Replaced),
            ("gone", Some(open), PathState::Absent, late, Action::Gone),
            ("no longer readable", Some(open), PathState::Refused, late, Action::Gone),
        ] {
            assert_eq!(step(open.as_ref(), path, now), action, "{name}");
        }
    }

    #[test]
    fn a_clock_before_the_last_change_is_accepted() {
        let open = OpenFileState { stat: stat(1, 5), read_to: 1, changed_at: Duration::from_secs(10) };
        assert_eq!(step(Some(&open), PathState::There(stat(1, 5)), Duration::ZERO), Action::Check);
    }
}
