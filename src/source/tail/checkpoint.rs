//! Where a generation stands, in a form that outlives a run.

use serde::{Deserialize, Serialize};

use super::{fingerprint::Fingerprint, step::FileId};

/// A record that was handed on although it may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRecordMark {
    /// Where it starts.
    pub offset: u64,
    /// Its bytes without blanks at the end.
    pub len: u64,
}

/// Where a generation stands: enough to find it again under another name, and to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Device and inode when it was last seen.
    pub device: u64,
    /// See `device`.
    pub inode: u64,
    /// Bytes when it was last seen.
    pub len: u64,
    /// Its first bytes.
    pub head: Fingerprint,
    /// Everything before is handed on; `None`: all of it, however long.
    pub at: Option<u64>,
    /// The bytes before `at`.
    pub trail: Fingerprint,
    /// Line breaks before `at`, when they were counted.
    pub lines: Option<u64>,
    /// Records at `at` that were handed on although they may go on.
    pub open: Vec<OpenRecordMark>,
    /// Where the bytes that were handed on end, those of such records included.
    pub handed: u64,
}

/// Content of fewer bytes is too little to tell two files apart: a time stamp may be the same.
pub(super) const MIN_FINGERPRINT_BYTES: u64 = 40;

impl Checkpoint {
    pub(super) fn id(&self) -> FileId {
        FileId { device: self.device, inode: self.inode }
    }

    /// True when content that begins with `head` may be this generation's, whoever has it now.
    pub(super) fn begins(&self, head: &[u8], id: FileId) -> bool {
        self.head.begins(head) && (self.head.len >= MIN_FINGERPRINT_BYTES || (id == self.id() && self.head.len > 0))
    }
}
