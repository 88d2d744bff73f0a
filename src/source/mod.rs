//! Bytes in. Nobody here knows OAuth; of the records, only where one starts.

#[cfg(feature = "archives")]
mod archive;
mod chunk;
mod discover;
#[cfg(feature = "mmap")]
mod map;
mod plan;
mod progress;
mod range;
pub(crate) mod rotation;
pub mod tail;
mod text;
mod volume;
mod window;

#[cfg(feature = "archives")]
pub use archive::{ArchiveLimits, DecodeMode, EntryVisitor};
pub use chunk::{Chunk, ChunkKind, Chunker, Limits};
pub use discover::discover;
#[cfg(feature = "mmap")]
pub use map::MappedFile;
pub use plan::{Plan, plan};
pub use progress::Progress;
pub use range::SharedFile;
pub use text::decode_text;
pub use volume::{Input, Opener};
