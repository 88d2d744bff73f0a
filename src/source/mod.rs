//! Bytes in. Nobody here knows OAuth; of the records, only where one starts.

#[cfg(feature = "archives")]
mod archive;
mod chunk;
mod discover;
#[cfg(feature = "mmap")]
mod map;
mod range;
pub mod tail;
mod text;

#[cfg(feature = "archives")]
pub use archive::{Bounds, Entry, Refusal, Visitor, walk};
pub use chunk::{Cutter, Limits, Piece, PieceKind};
#[cfg(feature = "archives")]
pub use discover::is_log_name;
pub use discover::{Input, discover};
#[cfg(feature = "mmap")]
pub use map::Map;
pub use range::RangeFile;
#[cfg(feature = "archives")]
pub use text::decoded;
pub use text::{Opened, open};
