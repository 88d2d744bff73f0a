//! Bytes that are no text: formats that cannot be read, and damaged data.

use std::io;

use memchr::memchr_iter;

use super::rotation::is_compressed_name;
use crate::record::start;

/// Formats that are recognised by their first bytes and cannot be read.
const UNSUPPORTED: [(&str, &[u8]); 11] = [
    ("7z", b"7z\xbc\xaf\x27\x1c"),
    ("RAR", b"Rar!\x1a\x07"),
    ("LZ4", b"\x04\x22\x4d\x18"),
    ("LZ4", b"\x02\x21\x4c\x18"),
    ("compress (.Z)", b"\x1f\x9d"),
    ("lzip", b"LZIP\x01"),
    ("LZMA", b"\x5d\x00\x00"),
    ("Snappy", b"\xff\x06\x00\x00sNaPpY"),
    ("lzop", b"\x89LZO\x00"),
    ("Microsoft cabinet", b"MSCF\x00\x00\x00\x00"),
    ("SQLite", b"SQLite format 3\x00"),
];

/// Text has at most one control character in this number of bytes at its start.
const FIRST_BYTES: usize = 16;

/// Why the bytes at the start of an input are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotText {
    /// A format that cannot be read.
    Unsupported(&'static str),
    /// Text, or nothing, under the name of a compressed file or an archive.
    Uncompressed,
    /// UTF-16 without its byte order mark.
    Utf16,
    /// Anything else.
    Binary,
}

impl NotText {
    /// What an input of this name is that begins with `head`; `None` for text.
    #[must_use]
    pub(super) fn of(name: &str, head: &[u8]) -> Option<Self> {
        Self::of_bytes(head).or_else(|| {
            let mut lines = memchr_iter(b'\n', head).map(|i| i + 1).chain([0]);
            let may_be_damaged = is_compressed_name(name) && !lines.any(|line| start::is_start(&head[line..]));
            may_be_damaged.then_some(Self::Uncompressed)
        })
    }

    fn of_bytes(head: &[u8]) -> Option<Self> {
        if let Some((format, _)) = UNSUPPORTED.iter().find(|(_, magic)| head.starts_with(magic)) {
            return Some(Self::Unsupported(format));
        }
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return None;
        }
        let alternating = head.windows(2).filter(|pair| (pair[0] == 0) != (pair[1] == 0)).count();
        if head.len() >= 8 && alternating * 10 > head.len() * 9 {
            return Some(Self::Utf16);
        }
        // Zeros are a hole; escape characters colour a terminal.
        let is_control = |b: &&u8| matches!(b, 1..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
        let controls = head.iter().filter(is_control).count();
        let others = head.iter().filter(|b| **b != 0).count();
        // The head of a damaged format, before text that is stored as it is.
        let at_start = head.iter().take(FIRST_BYTES).filter(is_control).count();
        (at_start >= 2 || controls >= 3 && controls * 32 >= others).then_some(Self::Binary)
    }

    /// True if it is scanned as text nevertheless.
    #[must_use]
    pub(super) fn is_scanned(self) -> bool {
        matches!(self, Self::Binary | Self::Uncompressed)
    }

    /// What is reported about it.
    #[must_use]
    pub(super) fn message(self) -> String {
        match self {
            Self::Unsupported(format) => {
                format!("cannot be read: {format} data is not supported; convert it and scan the result")
            }
            Self::Uncompressed => "its name is that of a compressed file or an archive, and its content is neither: it is cut off or damaged; get a complete copy".to_owned(),
            Self::Utf16 => "cannot be read: it seems to be UTF-16 without a byte order mark; convert it to UTF-8 (`iconv -f UTF-16LE -t UTF-8`) and scan the result".to_owned(),
            Self::Binary => "its first bytes are no text: it is damaged, or of a format that is not supported; what was found in it may be incomplete".to_owned(),
        }
    }
}

/// What is reported about compressed data or an archive of which nothing can be read. `name` is that of the input or entry.
pub(crate) fn unreadable(name: &str, error: &io::Error) -> String {
    let reason = error.to_string();
    let advice = match name.contains("!/") {
        true => "; the other entries are still read",
        false if reason.contains("copy") => "",
        false => "; try a new copy",
    };
    format!("cannot be read: {reason}{advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_any_encoding_is_text_and_other_data_is_reported() {
        for text in [
            &b""[..],
            b"2026-01-05 20:34:03,014+0000 main INFO x\n",
            b"\x1b[31m2026-01-05\x1b[0m \x1b[1mINFO\x1b[0m\tgr\xfc\xdfe\x0c\n",
            "日本語のログ 2026\n".as_bytes(),
            &[0; 300],
            b"\xff\xfe2\x000\x002\x006\x00",
        ] {
            assert_eq!(NotText::of("x.log", text), None, "{text:?}");
        }
        assert_eq!(NotText::of("x.log", b"7z\xbc\xaf\x27\x1c\x00\x04"), Some(NotText::Unsupported("7z")));
        assert_eq!(NotText::of("x.log", b"2\x000\x002\x006\x00-\x000\x001\x00"), Some(NotText::Utf16));
        let bytes: Vec<u8> = (0..262u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(NotText::of("x.log", &bytes), Some(NotText::Binary));
        let mac = b"2026-01-05 20:34:03,014+0000 main INFO x\r2026-01-05 20:34:04,014+0000 main INFO y\r";
        assert_eq!(NotText::of("x.log", mac), None);
        let progress = b"2026-01-05 20:34:03,014+0000 main INFO 10 %\r 20 %\r 30 %";
        assert_eq!(NotText::of("x.log", progress), None);
        let stored = b"PX\x03\x04\x14\x00\x00\x00\x00\x00a.log2026-01-05 20:34:03,014+0000 main INFO x\n".repeat(9);
        assert_eq!(NotText::of("x.log", &stored), Some(NotText::Binary));
        assert_eq!(NotText::of("x.log.gz", b""), Some(NotText::Uncompressed));
        assert_eq!(NotText::of("x.log.gz", b"\tat x\n2026-01-05 20:34:03,014+0000 main INFO x\n"), None);
    }
}
