//! Where reading a generation has arrived, in a form that can be saved.

use serde::{Deserialize, Serialize};

use super::{fingerprint::Fingerprint, step::FileId};

/// A record that was passed on although it may continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenRecordMark {
    /// Byte offset of its start.
    pub offset: u64,
    /// Its length in bytes without white space at the end.
    pub len: u64,
}

/// Where reading a generation has arrived: enough to find it again under another name, and to continue.
/// The serialized names are those of the state file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// Device when it was last polled; 0 where the system has none.
    pub device: u64,
    /// Inode when it was last polled.
    pub inode: u64,
    /// Bytes when it was last polled.
    pub len: u64,
    /// Its first bytes.
    pub head: Fingerprint,
    /// Everything before this byte offset is passed on; `None`: all of it, whatever its length.
    #[serde(rename = "at")]
    pub offset: Option<u64>,
    /// The bytes before `offset`.
    #[serde(rename = "trail")]
    pub before_offset: Fingerprint,
    /// Line breaks before `offset`, when they were counted.
    pub lines: Option<u64>,
    /// Records from `offset` on that were passed on although they may continue.
    #[serde(rename = "open")]
    pub open_records: Vec<OpenRecordMark>,
    /// Byte offset after the last byte that was passed on, including those records.
    #[serde(rename = "handed")]
    pub emitted_to: u64,
    /// Its bytes end here, since its last record continued in the next generation: what was written to its
    /// file later has a checkpoint of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_end: Option<u64>,
}

/// Content of fewer bytes cannot tell two files apart: the time may be the same.
pub(super) const MIN_FINGERPRINT_BYTES: u64 = 40;

impl Checkpoint {
    pub(super) fn id(&self) -> FileId {
        FileId { device: self.device, inode: self.inode }
    }

    /// True when content that begins with `head`, in the file `id`, may be this generation's.
    pub(super) fn matches_head(&self, head: &[u8], id: FileId) -> bool {
        self.head.is_prefix_of(head)
            && (self.head.len >= MIN_FINGERPRINT_BYTES || (id == self.id() && self.head.len > 0))
    }
}
