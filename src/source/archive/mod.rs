//! Compressed logs and archives: gzip, zip, tar, zstd, bzip2, xz, nested in each other.
//!
//! Formats are recognised by content, never by name. Nothing is ever written to disk, and an entry's
//! name is only a name. Size, ratio and depth are limited over all layers, so a decompression bomb ends
//! as a fault.
//!
//! An archive is indexed first ([`ArchiveIndexer`]); each log in it is then opened separately, where the
//! container allows it: by several threads, and oldest first. The entries of a compressed tar can only
//! be read one after the other; they are scanned while the archive is indexed ([`EntryVisitor`]). A zip
//! within a stream is kept, in memory or where the caller wants it, because its directory is at its end; that is
//! limited, too.
//!
//! Without the feature `archives`, [`disabled`] takes the place of all decoders.

#[cfg(feature = "archives")]
mod budget;
#[cfg(feature = "archives")]
mod decode;
#[cfg(feature = "archives")]
mod decode_error;
#[cfg(not(feature = "archives"))]
mod disabled;
mod format;
#[cfg(feature = "archives")]
mod index;
mod limits;
#[cfg(feature = "archives")]
mod salvage;
#[cfg(all(test, feature = "archives"))]
mod tests;
mod visitor;

#[cfg(feature = "archives")]
pub(super) use budget::DecodeBudget;
#[cfg(feature = "archives")]
pub(super) use decode::{Layer, decode, decoded_len, open, sniff_layers};
#[cfg(not(feature = "archives"))]
pub(super) use disabled::{ArchiveIndexer, DecodeBudget, Layer, decode, decoded_len, open, sniff_layers};
#[cfg(feature = "doctor")]
pub(crate) use format::is_packed;
pub(super) use format::{Format, HEAD_BYTES, NESTED_HEAD_BYTES, sniff};
#[cfg(feature = "archives")]
pub(super) use index::ArchiveIndexer;
pub use limits::ArchiveLimits;
pub(crate) use visitor::{DecodeMode, EntryVisitor, Holder, Opener, hold_in_memory};
