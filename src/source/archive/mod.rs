//! Compressed logs and archives: gzip, zip, tar, zstd, bzip2, xz, one in another.
//!
//! Formats are recognised by content, never by name. Nothing is ever written to disk, and an entry's
//! name is only a name. Size, ratio and depth are bounded over all layers, so that an archive made to
//! explode ends as a soft error.
//!
//! What an archive holds is found out first ([`survey`]); each log in it is then opened by itself,
//! where the container allows it: by several threads, and oldest first. The entries of a compressed
//! tar can only be had one after the other; they are scanned as they pass. A zip within a stream is
//! held in memory, for its directory stands at its end; that is bounded, too.

mod decode;
mod index;
mod limits;
mod salvage;
#[cfg(test)]
mod tests;

pub(super) use decode::{Layer, decode};
pub(super) use index::{ArchiveIndexer, open};
pub use index::{DecodeMode, EntryVisitor};
pub use limits::ArchiveLimits;
pub(super) use limits::DecodeBudget;

/// What a stream of bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Zip,
    Tar,
    Zstd,
    Bzip2,
    Xz,
    Plain,
}

/// How many first bytes tell the format: tar's mark stands at byte 257.
pub(super) const HEAD: usize = 262;

/// The format, by the first bytes.
#[must_use]
pub(super) fn sniff(head: &[u8]) -> Format {
    match head {
        [0x1f, 0x8b, ..] => Format::Gzip,
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => Format::Zip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Format::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Format::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Format::Xz,
        head if head.get(257..262) == Some(b"ustar") => Format::Tar,
        _ => Format::Plain,
    }
}
