//! Bytes in. Nobody here knows OAuth; of the records, only where one starts.

mod chunk;
mod discover;
mod range;
mod text;

pub use chunk::{Cutter, Limits, Piece, PieceKind};
pub use discover::{Input, discover};
pub use range::RangeFile;
pub use text::{Opened, open};
