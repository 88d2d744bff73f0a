//! Byte order marks and UTF-16: text as UTF-8-like bytes. The only place that knows byte order marks.
//!
//! A byte order mark is removed. UTF-16 with its mark is converted to UTF-8, for a log that a Windows
//! tool has saved. Offsets count in the bytes as they are scanned: for plain files those of the file,
//! for UTF-16 those of the UTF-8 text.

use std::io::{self, Chain, Cursor, Read};

use super::hole::SparseRead;

/// UTF-8's byte order mark.
pub(super) const UTF8_BOM: &[u8] = &[0xef, 0xbb, 0xbf];

/// Bytes that show whether a text has a byte order mark.
pub(super) const MAX_BOM_BYTES: usize = UTF8_BOM.len();

/// A byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bom {
    Utf8,
    Utf16 { big_endian: bool },
}

impl Bom {
    /// The mark at the start of a text.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            head if head.starts_with(UTF8_BOM) => Some(Self::Utf8),
            [0xff, 0xfe, ..] => Some(Self::Utf16 { big_endian: false }),
            [0xfe, 0xff, ..] => Some(Self::Utf16 { big_endian: true }),
            _ => None,
        }
    }
}

/// Reads the first bytes and chooses the decoder for the rest. The number is the offset of the first
/// byte that the decoder returns.
///
/// # Errors
/// The reader's own, when it fails before its first byte; a later error is returned by the decoder.
pub(crate) fn decode_text<R: Read>(mut reader: R) -> io::Result<(DecodedReader<R>, u64)> {
    let mut head = [0; MAX_BOM_BYTES];
    let mut len = 0;
    while len < head.len() {
        match reader.read(&mut head[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The bytes before the error are still text; the error comes again.
            Err(error) if len == 0 => return Err(error),
            Err(_) => break,
        }
    }
    let head = &head[..len];
    let after = |skipped: usize, reader| Cursor::new(head[skipped..].to_vec()).chain(reader);
    Ok(match Bom::of(head) {
        Some(Bom::Utf8) => (DecodedReader::Utf8(after(UTF8_BOM.len(), reader)), UTF8_BOM.len() as u64),
        Some(Bom::Utf16 { big_endian }) => (DecodedReader::Utf16(Utf16Reader::new(after(2, reader), big_endian)), 0),
        None => (DecodedReader::Utf8(after(0, reader)), 0),
    })
}

/// A stream of UTF-8-like bytes.
pub(crate) enum DecodedReader<R> {
    /// Unchanged.
    Utf8(WithHead<R>),
    /// Converted to UTF-8.
    Utf16(Utf16Reader<R>),
}

impl<R: Read> Read for DecodedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(reader) => reader.read(buffer),
            Self::Utf16(reader) => reader.read(buffer),
        }
    }
}

impl<R: Read> SparseRead for DecodedReader<R> {}

/// First bytes that were read already, and the rest.
type WithHead<R> = Chain<Cursor<Vec<u8>>, R>;

/// Bytes of UTF-16 that are read at a time.
const UTF16_READ_BYTES: usize = 64 << 10;

/// More characters in a row of which both bytes are ASCII, or the second is zero, are no text. One that is repeated, as
/// in a line of U+2500, counts once.
const MAX_ODD_UNITS: usize = 32;
/// The same for the last characters, of a short line that was appended.
const MAX_ODD_UNITS_AT_END: usize = 10;

/// UTF-16 is followed by something else.
#[derive(Debug)]
pub(crate) struct WrongUtf16;

impl std::error::Error for WrongUtf16 {}

impl std::fmt::Display for WrongUtf16 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("its UTF-16 ends here: text in another encoding was appended, or a byte is missing")
    }
}

/// Converts UTF-16 to UTF-8 as it is read.
pub(crate) struct Utf16Reader<R> {
    reader: WithHead<R>,
    big_endian: bool,
    /// Bytes of an unfinished unit or surrogate pair.
    pending: Vec<u8>,
    converted: Vec<u8>,
    /// Bytes of `converted` that were returned.
    consumed: usize,
    ended: bool,
    /// The text goes wrong after what is converted.
    failed: bool,
    /// How many units in a row are no text.
    odd_run: usize,
    /// The same without those that equal the one before.
    odd_units: usize,
    last_unit: u16,
}

impl<R: Read> Utf16Reader<R> {
    fn new(reader: WithHead<R>, big_endian: bool) -> Self {
        Self {
            reader,
            big_endian,
            pending: Vec::new(),
            converted: Vec::new(),
            consumed: 0,
            ended: false,
            failed: false,
            odd_run: 0,
            odd_units: 0,
            last_unit: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.converted.clear();
        self.consumed = 0;
        let mut block = vec![0; UTF16_READ_BYTES];
        let read = self.reader.read(&mut block)?;
        self.ended = read == 0;
        self.pending.extend_from_slice(&block[..read]);
        let mut units: Vec<u16> = self
            .pending
            .chunks_exact(2)
            .map(|pair| match self.big_endian {
                true => u16::from_be_bytes([pair[0], pair[1]]),
                false => u16::from_le_bytes([pair[0], pair[1]]),
            })
            .collect();
        let mut used = units.len() * 2;
        if !self.ended && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            units.pop();
            used -= 2;
        }
        if let Some(at) = self.goes_wrong(&units) {
            units.truncate(at);
            self.failed = true;
        }
        for c in char::decode_utf16(units) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.converted.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.pending.drain(..used);
        self.failed |= self.ended && (self.odd_units > MAX_ODD_UNITS_AT_END || !self.pending.is_empty());
        Ok(())
    }

    /// Where text ends and something else begins: bytes of UTF-8 that were appended, or units shifted by a byte that
    /// is missing. Either makes characters that no text has in a row. A row may go over the end of a block.
    fn goes_wrong(&mut self, units: &[u16]) -> Option<usize> {
        let plain = |byte: u8| (0x20..0x7f).contains(&byte) || b"\t\r\n".contains(&byte);
        for (at, unit) in units.iter().enumerate() {
            let [high, low] = unit.to_be_bytes();
            let odd = plain(high) && (plain(low) || low == 0);
            let is_repeated = std::mem::replace(&mut self.last_unit, *unit) == *unit;
            if odd {
                self.odd_run += 1;
                self.odd_units += usize::from(!is_repeated);
            } else {
                (self.odd_run, self.odd_units) = (0, 0);
            }
            if self.odd_units > MAX_ODD_UNITS {
                return Some((at + 1).saturating_sub(self.odd_run));
            }
        }
        None
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.consumed == self.converted.len() {
            if std::mem::take(&mut self.failed) {
                self.ended = true;
                return Err(io::Error::new(io::ErrorKind::InvalidData, WrongUtf16));
            }
            if self.ended {
                break;
            }
            self.refill()?;
        }
        let len = buffer.len().min(self.converted.len() - self.consumed);
        buffer[..len].copy_from_slice(&self.converted[self.consumed..self.consumed + len]);
        self.consumed += len;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: Vec<u8>) -> (u64, String) {
        let (mut reader, offset) = decode_text(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (offset, text)
    }

    #[test]
    fn byte_order_marks_are_removed_and_utf16_becomes_utf8() {
        let text = "2026-01-05 grüße 🎉\r\n";
        let utf16 = |bom: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            bom.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        assert_eq!(decoded(text.as_bytes().to_vec()), (0, text.to_owned()));
        assert_eq!(decoded([UTF8_BOM, text.as_bytes()].concat()), (3, text.to_owned()));
        assert_eq!(decoded(utf16([0xff, 0xfe], u16::to_le_bytes)), (0, text.to_owned()));
        assert_eq!(decoded(utf16([0xfe, 0xff], u16::to_be_bytes)), (0, text.to_owned()));
        for other in ["日本語のログ丠并中文", "─", "\u{3000}"].map(|other| other.repeat(200)) {
            let bytes = [0xff, 0xfe].into_iter().chain(other.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            assert_eq!(decoded(bytes), (0, other));
        }
        assert_eq!(decoded(Vec::new()), (0, String::new()));
        assert_eq!(decoded(b"a".to_vec()), (0, "a".to_owned()));
    }

    #[test]
    fn utf16_that_goes_wrong_is_read_up_to_there_and_reported() {
        let line = "2026-01-05 20:34:03,014+0000 main INFO a line of a log that is long enough\r\n";
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(line.repeat(2000).encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let appended = [&utf16[..], line.repeat(9).as_bytes()].concat();
        let shifted = [&utf16[..160_002], &utf16[160_003..]].concat();
        let with_a_short_line = [&utf16[..], b"AADSTS700016: no such app\n"].concat();
        let cut_off = utf16[..utf16.len() - 1].to_vec();
        for (bytes, whole_lines) in
            [(appended, 2000), (shifted, 160_000 / (2 * line.len())), (with_a_short_line, 2000), (cut_off, 1999)]
        {
            let (mut reader, _) = decode_text(Cursor::new(bytes)).unwrap();
            let mut text = Vec::new();
            let error = reader.read_to_end(&mut text).unwrap_err();
            assert!(error.to_string().contains("another encoding"));
            assert!(text.starts_with(line.repeat(whole_lines).as_bytes()));
        }
    }
}
