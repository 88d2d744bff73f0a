//! The entries of a zip without its directory, by the header that stands before each of them.

use std::io;

use memchr::memmem;

use super::decode::Method;
use crate::source::file_slice::FileSlice;

/// An entry whose header was found.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) method: Method,
    /// Where its data starts.
    pub(super) start: u64,
    /// How long it is at most.
    pub(super) len: u64,
}

const MARK: &[u8] = b"PK\x03\x04";
/// Bytes of a header before the name.
const FIXED: usize = 30;
/// The longest name and extra field that are believed.
const LONGEST: usize = 4096;
const BLOCK: usize = 1 << 20;

/// The entries, at most `most`.
///
/// # Errors
/// The file's own.
pub(super) fn entries(window: &FileSlice, most: usize) -> io::Result<Vec<Entry>> {
    let reader = window.open()?;
    let mut found: Vec<Entry> = Vec::new();
    let mut buffer = vec![0; BLOCK + FIXED + 2 * LONGEST];
    let mut at = 0;
    while at < window.len() && found.len() < most {
        let mut len = 0;
        while len < buffer.len() {
            let n = reader.read_at(&mut buffer[len..], at + len as u64)?;
            if n == 0 {
                break;
            }
            len += n;
        }
        let bytes = &buffer[..len];
        for i in memmem::find_iter(bytes, MARK).take_while(|i| *i < BLOCK) {
            let Some((mut entry, header)) = header(&bytes[i..]) else { continue };
            let place = at + i as u64;
            if let Some(before) = found.last_mut() {
                before.len = before.len.min(place.saturating_sub(before.start));
            }
            entry.start = place + header as u64;
            entry.len = entry.len.min(window.len().saturating_sub(entry.start));
            found.push(entry);
        }
        at += BLOCK as u64;
    }
    Ok(found)
}

/// Reads a header; also gives its length.
fn header(bytes: &[u8]) -> Option<(Entry, usize)> {
    let short = |i: usize| Some(u16::from_le_bytes([*bytes.get(i)?, *bytes.get(i + 1)?]));
    let (flags, method) = (short(6)?, Method::by_number(short(8)?)?);
    let (name, extra) = (usize::from(short(26)?), usize::from(short(28)?));
    let encrypted = flags & 1 != 0;
    let known = flags & 8 == 0;
    let header = FIXED + name + extra;
    if short(4)? > 63 || name == 0 || name > LONGEST || extra > LONGEST || header > bytes.len() || encrypted {
        return None;
    }
    // Where stored data of unknown length ends cannot be told.
    if method == Method::Stored && !known {
        return None;
    }
    let path = bytes.get(FIXED..FIXED + name)?;
    if path.iter().any(|b| *b < b' ') {
        return None;
    }
    let len = match u32::from_le_bytes(bytes.get(18..22)?.try_into().ok()?) {
        len if known && len != u32::MAX => u64::from(len),
        _ => u64::MAX,
    };
    Some((Entry { path: String::from_utf8_lossy(path).into_owned(), method, start: 0, len }, header))
}
