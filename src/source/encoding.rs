//! Text as UTF-8-like bytes.
//!
//! A byte order mark is taken off; UTF-16 (with its mark) is turned into UTF-8, for a log that a
//! Windows tool has saved. Offsets then count in the bytes as they are scanned: for plain files the
//! file's own, for UTF-16 those of the UTF-8 text.

use std::io::{self, Chain, Cursor, Read};

const UTF8_BOM: &[u8] = &[0xef, 0xbb, 0xbf];

/// A byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bom {
    Utf8,
    Utf16,
}

/// The mark at the start of a text.
pub(super) fn mark(head: &[u8]) -> Option<Bom> {
    match head {
        [0xef, 0xbb, 0xbf, ..] => Some(Bom::Utf8),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Bom::Utf16),
        _ => None,
    }
}

/// Looks at the first bytes and puts the right decoder before the rest. The offset is that of the
/// first byte handed on.
///
/// # Errors
/// The reader's own.
pub fn decode_text<R: Read>(mut reader: R) -> io::Result<(DecodedReader<R>, u64)> {
    let mut head = [0; 3];
    let mut len = 0;
    while len < head.len() {
        match reader.read(&mut head[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What came before the trouble is text all the same; the trouble shows again.
            Err(error) if len == 0 => return Err(error),
            Err(_) => break,
        }
    }
    let head = &head[..len];
    let rest = |skip: usize, reader| Cursor::new(head[skip..].to_vec()).chain(reader);
    Ok(if head == UTF8_BOM {
        (DecodedReader::Utf8(rest(3, reader)), 3)
    } else if head.starts_with(&[0xff, 0xfe]) {
        (DecodedReader::Utf16(Utf16::new(rest(2, reader), false)), 0)
    } else if head.starts_with(&[0xfe, 0xff]) {
        (DecodedReader::Utf16(Utf16::new(rest(2, reader), true)), 0)
    } else {
        (DecodedReader::Utf8(rest(0, reader)), 0)
    })
}

/// A stream of UTF-8-like bytes.
pub enum DecodedReader<R> {
    /// As it comes.
    Utf8(Rest<R>),
    /// Turned into UTF-8.
    Utf16(Utf16<R>),
}

impl<R: Read> Read for DecodedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(reader) => reader.read(into),
            Self::Utf16(reader) => reader.read(into),
        }
    }
}

type Rest<R> = Chain<Cursor<Vec<u8>>, R>;

/// Turns UTF-16 into UTF-8 as it is read.
pub struct Utf16<R> {
    reader: Rest<R>,
    big_endian: bool,
    /// Bytes of an unfinished unit or surrogate pair.
    pending: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(reader: Rest<R>, big_endian: bool) -> Self {
        Self { reader, big_endian, pending: Vec::new(), out: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        let mut block = vec![0; 64 * 1024];
        let n = self.reader.read(&mut block)?;
        self.ended = n == 0;
        self.pending.extend_from_slice(&block[..n]);
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
        for c in char::decode_utf16(units) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.pending.drain(..used);
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() && !self.ended {
            self.refill()?;
        }
        let n = into.len().min(self.out.len() - self.given);
        into[..n].copy_from_slice(&self.out[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> (u64, String) {
        let (mut reader, offset) = decode_text(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (offset, text)
    }

    #[test]
    fn marks_are_taken_off_and_utf16_becomes_utf8() {
        let text = "2026-01-05 grüße 🎉\r\n";
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        assert_eq!(read(text.as_bytes().to_vec()), (0, text.to_owned()));
        assert_eq!(read([b"\xef\xbb\xbf", text.as_bytes()].concat()), (3, text.to_owned()));
        assert_eq!(read(utf16([0xff, 0xfe], u16::to_le_bytes)), (0, text.to_owned()));
        assert_eq!(read(utf16([0xfe, 0xff], u16::to_be_bytes)), (0, text.to_owned()));
        assert_eq!(read(Vec::new()), (0, String::new()));
        assert_eq!(read(b"a".to_vec()), (0, "a".to_owned()));
    }
}
