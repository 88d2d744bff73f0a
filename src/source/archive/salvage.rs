//! The entries of a zip whose directory is missing, found by the local header before each of them.

use std::io;

use memchr::memmem;

use super::decode::Method;
use crate::source::file_slice::FileSlice;

/// An entry whose header was found.
pub(super) struct SalvagedEntry {
    pub(super) path: String,
    pub(super) method: Method,
    /// Where its data starts.
    pub(super) start: u64,
    /// Maximum length of its data in bytes.
    pub(super) max_len: u64,
}

const HEADER_SIGNATURE: &[u8] = b"PK\x03\x04";
/// Bytes of a header before the name.
const FIXED_HEADER_BYTES: usize = 30;
/// Maximum length of a name or an extra field; a longer one is taken for damage.
const MAX_FIELD_BYTES: usize = 4096;
const BLOCK_BYTES: usize = 1 << 20;

/// The entries, at most `max`.
///
/// # Errors
/// The slice cannot be opened or read.
pub(super) fn entries(slice: &FileSlice, max: usize) -> io::Result<Vec<SalvagedEntry>> {
    let reader = slice.open()?;
    let mut found: Vec<SalvagedEntry> = Vec::new();
    let mut buffer = vec![0; BLOCK_BYTES + FIXED_HEADER_BYTES + 2 * MAX_FIELD_BYTES];
    let mut offset = 0;
    while offset < slice.len() && found.len() < max {
        let mut len = 0;
        while len < buffer.len() {
            let read = reader.read_at(offset + len as u64, &mut buffer[len..])?;
            if read == 0 {
                break;
            }
            len += read;
        }
        let bytes = &buffer[..len];
        for i in memmem::find_iter(bytes, HEADER_SIGNATURE).take_while(|i| *i < BLOCK_BYTES) {
            let Some((mut entry, header_len)) = parse_header(&bytes[i..]) else { continue };
            let header_start = offset + i as u64;
            if let Some(previous) = found.last_mut() {
                previous.max_len = previous.max_len.min(header_start.saturating_sub(previous.start));
            }
            entry.start = header_start + header_len as u64;
            entry.max_len = entry.max_len.min(slice.len().saturating_sub(entry.start));
            found.push(entry);
        }
        offset += BLOCK_BYTES as u64;
    }
    Ok(found)
}

/// Reads a header; also returns its length.
fn parse_header(bytes: &[u8]) -> Option<(SalvagedEntry, usize)> {
    let u16_at = |i: usize| Some(u16::from_le_bytes([*bytes.get(i)?, *bytes.get(i + 1)?]));
    let (flags, method) = (u16_at(6)?, Method::by_number(u16_at(8)?)?);
    let (name_len, extra_len) = (usize::from(u16_at(26)?), usize::from(u16_at(28)?));
    let is_encrypted = flags & 1 != 0;
    let len_is_known = flags & 8 == 0;
    let header_len = FIXED_HEADER_BYTES + name_len + extra_len;
    if u16_at(4)? > 63
        || name_len == 0
        || name_len > MAX_FIELD_BYTES
        || extra_len > MAX_FIELD_BYTES
        || header_len > bytes.len()
        || is_encrypted
    {
        return None;
    }
    // Where stored data of unknown length ends is unknown.
    if method == Method::Stored && !len_is_known {
        return None;
    }
    let path = bytes.get(FIXED_HEADER_BYTES..FIXED_HEADER_BYTES + name_len)?;
    if path.iter().any(|b| *b < b' ') {
        return None;
    }
    let max_len = match u32::from_le_bytes(bytes.get(18..22)?.try_into().ok()?) {
        len if len_is_known && len != u32::MAX => u64::from(len),
        _ => u64::MAX,
    };
    let path = String::from_utf8_lossy(path).into_owned();
    Some((SalvagedEntry { path, method, start: 0, max_len }, header_len))
}
