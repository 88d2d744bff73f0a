//! Where bytes come from: files, archives, streams and inputs that the caller holds, in the order in
//! which they are scanned.
//!
//! Nothing here knows OAuth; of records it knows only where one starts.

mod archive;
mod chunk;
mod chunker;
mod discover;
mod encoding;
mod file_slice;
mod hole;
mod input;
mod limits;
#[cfg(feature = "mmap")]
mod mmap;
mod not_text;
mod plan;
mod planned_input;
mod positional;
mod progress;
pub(crate) mod rotation;
mod shared_file;
pub(crate) mod tail;

pub use archive::ArchiveLimits;
#[cfg(feature = "doctor")]
pub(crate) use archive::is_packed;
pub(crate) use archive::{DecodeMode, EntryVisitor, Holder, Opener, hold_in_memory};
pub(crate) use chunk::{Chunk, ChunkKind};
pub(crate) use chunker::Chunker;
pub(crate) use discover::discover;
pub use discover::is_log_name;
pub(crate) use encoding::{DecodedReader, WrongUtf16, decode_text};
pub(crate) use hole::SparseRead;
pub use input::{Input, ReadAt};
pub use limits::Limits;
#[cfg(feature = "mmap")]
pub(crate) use mmap::MappedFile;
pub(crate) use not_text::unreadable;
pub(crate) use plan::{Plan, plan};
pub(crate) use planned_input::PlannedInput;
pub use progress::{LeftOut, Progress};
pub(crate) use shared_file::SharedFile;
