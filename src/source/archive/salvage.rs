//! The entries of a zip whose directory is missing, found by the local header before each of them.

use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem;

use super::decode::Method;
use crate::source::file_slice::{FileSlice, FileSliceReader};

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
/// The signature of an entry in the directory.
const DIRECTORY_SIGNATURE: &[u8] = b"PK\x01\x02";
/// Bytes of an entry in the directory before the name.
const DIRECTORY_HEADER_BYTES: usize = 46;
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

/// The name in the header of an entry, which is at `header_start`.
///
/// # Errors
/// The slice cannot be opened or read, or has no header there.
pub(super) fn local_name(slice: &FileSlice, header_start: u64) -> io::Result<String> {
    let reader = slice.open()?;
    let mut header = [0; FIXED_HEADER_BYTES];
    read_exact_at(&reader, header_start, &mut header)?;
    if !header.starts_with(HEADER_SIGNATURE) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut name = vec![0; usize::from(u16::from_le_bytes([header[26], header[27]]))];
    read_exact_at(&reader, header_start + FIXED_HEADER_BYTES as u64, &mut name)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

/// What is read of a zip's directory without the `zip` crate, which shows an entry whose name occurs twice only
/// once, and believes the number of entries that the end of the directory gives.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Number of entries.
    pub(super) entries: usize,
    /// Where the header of the first entry is, counted from the start of the archive.
    pub(super) first_header: Option<u64>,
}

/// Reads the directory that is at `start`.
///
/// # Errors
/// The slice cannot be opened or read.
pub(super) fn directory(slice: &FileSlice, start: u64) -> io::Result<Directory> {
    let mut reader = io::BufReader::with_capacity(BLOCK_BYTES, slice.open()?);
    reader.seek(SeekFrom::Start(start))?;
    let mut directory = Directory::default();
    let mut header = [0; DIRECTORY_HEADER_BYTES];
    while reader.read_exact(&mut header).is_ok() && header.starts_with(DIRECTORY_SIGNATURE) {
        let offset = u64::from(u32::from_le_bytes([header[42], header[43], header[44], header[45]]));
        directory.entries += 1;
        directory.first_header = Some(directory.first_header.map_or(offset, |first| first.min(offset)));
        let len: i64 = [28, 30, 32].map(|i| i64::from(u16::from_le_bytes([header[i], header[i + 1]]))).iter().sum();
        reader.seek_relative(len)?;
    }
    Ok(directory)
}

/// True when the slice begins with the header of an entry.
pub(super) fn starts_with_entry(slice: &FileSlice) -> bool {
    let mut signature = [0; HEADER_SIGNATURE.len()];
    let read = slice.open().and_then(|reader| read_exact_at(&reader, 0, &mut signature));
    read.is_ok() && signature == HEADER_SIGNATURE
}

fn read_exact_at(reader: &FileSliceReader, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read_at(offset + len as u64, &mut buffer[len..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => len += read,
        }
    }
    Ok(())
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
