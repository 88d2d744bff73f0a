//! Bytes in. Nobody here knows OAuth; of the records, only where one starts.

mod chunk;
mod discover;
mod text;

pub use chunk::{Cutter, Limits, PieceKind};
pub use discover::{Input, discover};
pub use text::open;
