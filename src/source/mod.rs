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
pub use archive::{Bounds, Overlap, Passing};
pub use chunk::{Cutter, Limits, Piece, PieceKind};
pub use discover::discover;
#[cfg(feature = "mmap")]
pub use map::Map;
pub use plan::{Plan, plan};
pub use progress::Progress;
pub use range::RangeFile;
pub use text::decoded;
pub use volume::{Opener, Volume};
