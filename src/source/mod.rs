//! Bytes in. Nobody here knows OAuth; of the records, only where one starts.

#[cfg(feature = "archives")]
mod archive;
mod chunk;
mod discover;
mod encoding;
mod file_slice;
mod input;
#[cfg(feature = "mmap")]
mod mmap;
mod plan;
mod progress;
pub(crate) mod rotation;
mod shared_file;
pub mod tail;

#[cfg(feature = "archives")]
pub use archive::{ArchiveLimits, DecodeMode, EntryVisitor};
pub use chunk::{Chunk, ChunkKind, Chunker, Limits};
pub use discover::discover;
pub use encoding::decode_text;
pub use input::{Input, Opener};
#[cfg(feature = "mmap")]
pub use mmap::MappedFile;
pub use plan::{Plan, plan};
pub use progress::Progress;
pub use shared_file::SharedFile;
