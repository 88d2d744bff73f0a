//! Formats, recognised by their first bytes.

/// What a stream of bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Format {
    Gzip,
    Zip,
    Tar,
    Zstd,
    Bzip2,
    Xz,
    /// None of the others.
    Plain,
}

/// How many first bytes show the format: tar's signature is at byte 257.
pub(in crate::source) const HEAD_BYTES: usize = 262;

/// How many first bytes of a compressed stream show what is within it, through several layers.
pub(in crate::source) const NESTED_HEAD_BYTES: usize = 64 << 10;

/// The format, by the first bytes.
#[must_use]
pub(in crate::source) fn sniff(head: &[u8]) -> Format {
    match head {
        [0x1f, 0x8b, ..] => Format::Gzip,
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => Format::Zip,
        // A frame, or a skippable frame before it.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Format::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Format::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Format::Xz,
        head if head.get(257..262) == Some(b"ustar") => Format::Tar,
        _ => Format::Plain,
    }
}

/// True for the start of a compressed file or an archive.
#[cfg(feature = "doctor")]
pub(crate) fn is_packed(head: &[u8]) -> bool {
    sniff(head) != Format::Plain
}
