//! One log file of a plan: a file, archive entry or stream, with its place among the parts of its log.

use std::{
    io::{self, Cursor, Read},
    sync::Mutex,
};

use super::{
    archive::{self, ArchiveLimits, DecodeBudget, Layer},
    encoding::{Bom, MAX_BOM_BYTES, UTF8_BOM},
    file_slice::FileSlice,
    shared_file::SharedFile,
};

/// One file, archive entry or stream, in the order in which the report lists them.
#[derive(Debug)]
pub(crate) struct PlannedInput {
    /// How the report names it.
    pub name: String,
    /// `file`, `stdin`, `stream`, `gzip`, `zip-entry`, …
    pub kind: &'static str,
    /// The node of a cluster on which it was written; `None` when there is only one.
    pub node: Option<String>,
    /// The number of its log: the parts of a rotated log have the same.
    pub log: usize,
    /// Its first bytes may continue the last record of the input before it.
    pub continues_previous: bool,
    /// The next input may continue its last record.
    pub continues_in_next: bool,
    /// The input that holds the same bytes and is read instead.
    pub duplicate_of: Option<String>,
    pub(super) bytes: InputBytes,
}

/// Where the bytes of an input are.
pub(super) enum InputBytes {
    /// A file or other random-access content, or a part of it.
    Slice { slice: FileSlice, layers: Vec<Layer>, limits: ArchiveLimits },
    /// Something that can be read once, from front to back; its first bytes were read already.
    Once { head: Vec<u8>, rest: Mutex<Option<Box<dyn Read + Send>>>, layers: Vec<Layer>, budget: DecodeBudget },
    /// Scanned already, while its archive was indexed: the number that the visitor returned.
    Prescanned(usize),
}

impl std::fmt::Debug for InputBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Slice { .. } => "Slice",
            Self::Once { .. } => "Once",
            Self::Prescanned(_) => "Prescanned",
        })
    }
}

impl PlannedInput {
    /// Bytes of plain text that can be scanned in ranges; `None` for all else.
    #[must_use]
    pub(crate) fn plain_len(&self) -> Option<u64> {
        match &self.bytes {
            InputBytes::Slice { slice, layers, .. } if layers.is_empty() => Some(slice.len()),
            _ => None,
        }
    }

    /// True when its bytes are encoded, so that a separate thread is worth it.
    #[must_use]
    pub(crate) fn is_encoded(&self) -> bool {
        match &self.bytes {
            InputBytes::Slice { layers, .. } | InputBytes::Once { layers, .. } => !layers.is_empty(),
            InputBytes::Prescanned(_) => false,
        }
    }

    /// The number that [`super::EntryVisitor::visit`] returned, when the input was scanned while its
    /// archive was indexed.
    #[must_use]
    pub(crate) fn prescanned(&self) -> Option<usize> {
        match &self.bytes {
            InputBytes::Prescanned(number) => Some(*number),
            _ => None,
        }
    }

    /// Plain text whose ranges can be read in any order; `None` for what must be read from its front:
    /// encoded bytes, UTF-16, streams.
    ///
    /// # Errors
    /// The file cannot be opened or read.
    pub(crate) fn shared_file(&self) -> io::Result<Option<SharedFile>> {
        let (InputBytes::Slice { slice, .. }, Some(_)) = (&self.bytes, self.plain_len()) else { return Ok(None) };
        let bytes = slice.open()?;
        let mut head = [0; MAX_BOM_BYTES];
        let mut len = 0;
        while len < head.len() {
            match bytes.read_at(len as u64, &mut head[len..])? {
                0 => break,
                read => len += read,
            }
        }
        Ok(match Bom::of(&head[..len]) {
            None => Some(SharedFile::new(bytes, 0)),
            Some(Bom::Utf8) => Some(SharedFile::new(bytes, UTF8_BOM.len() as u64)),
            Some(Bom::Utf16 { .. }) => None,
        })
    }

    /// The decoded bytes. A stream can be opened once.
    ///
    /// # Errors
    /// The file cannot be opened, the header of an encoding is damaged, or a stream was opened before
    /// ([`io::ErrorKind::NotFound`]).
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read>> {
        match &self.bytes {
            InputBytes::Slice { slice, layers, limits } => {
                // Each log has its own budget, or the result would depend on which thread is first.
                archive::open(slice, layers, &DecodeBudget::new(*limits, Some(slice.len())))
            }
            InputBytes::Once { head, rest, layers, budget } => {
                let rest = rest.lock().ok().and_then(|mut rest| rest.take()).ok_or(io::ErrorKind::NotFound)?;
                let bytes: Box<dyn Read> = Box::new(Cursor::new(head.clone()).chain(rest));
                layers.iter().try_fold(bytes, |bytes, layer| archive::decode(*layer, bytes, budget))
            }
            InputBytes::Prescanned(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Decoded bytes, as far as that is known without decoding.
    pub(super) fn decoded_len(&self) -> Option<u64> {
        match &self.bytes {
            InputBytes::Slice { slice, layers, .. } => archive::decoded_len(slice, layers),
            _ => None,
        }
    }

    /// A hash of the first decoded bytes; `None` when they cannot be read.
    pub(super) fn head_hash(&self) -> Option<u64> {
        let mut head = vec![0; COMPARED_BYTES];
        let len = fill(&mut *self.open().ok()?, &mut head).ok()?;
        Some(twox_hash::XxHash3_64::oneshot(&head[..len]))
    }

    /// A hash of all decoded bytes; `None` when they cannot be read.
    pub(super) fn hash(&self) -> Option<u64> {
        let mut reader = self.open().ok()?;
        let (mut block, mut hash) = (vec![0; COMPARED_BYTES], 0);
        loop {
            match fill(&mut *reader, &mut block).ok()? {
                0 => return Some(hash),
                len => hash = twox_hash::XxHash3_64::oneshot_with_seed(hash, &block[..len]),
            }
        }
    }

    /// True when both can be read and hold the same bytes.
    pub(super) fn has_same_bytes(&self, other: &Self) -> bool {
        let (Ok(mut mine), Ok(mut theirs)) = (self.open(), other.open()) else { return false };
        let (mut one, mut two) = (vec![0; COMPARED_BYTES], vec![0; COMPARED_BYTES]);
        loop {
            let (Ok(n), Ok(m)) = (fill(&mut *mine, &mut one), fill(&mut *theirs, &mut two)) else { return false };
            if one[..n] != two[..m] {
                return false;
            }
            if n == 0 {
                return true;
            }
        }
    }
}

/// Bytes that are compared at a time.
const COMPARED_BYTES: usize = 64 << 10;

/// Reads until the buffer is full or the stream ends.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}
