//! Entries of a tar.

use std::{
    cell::Cell,
    io::{self, Read, Seek, SeekFrom},
    rc::Rc,
};

use super::{ArchiveCursor, ArchiveIndexer, Layer, entry_name};

// Zeros end a tar, but entries may follow them: of a second tar, or of this one if zeros replace a header. So they are
// passed over up to the end.
impl ArchiveIndexer<'_> {
    /// A tar that is not compressed: its entries are parts of the slice.
    pub(super) fn index_tar(&mut self, cursor: &ArchiveCursor<'_>) {
        let reader = match cursor.slice.open() {
            Ok(reader) => reader,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        let headers = BoundedHeaders::new(reader);
        let state = Rc::clone(&headers.state);
        let mut archive = tar::Archive::new(headers);
        archive.set_ignore_zeros(true);
        let entries = match archive.entries_with_seek() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        for (number, entry) in entries.enumerate() {
            if number >= self.limits.max_entries {
                return self.report_too_many_entries(&cursor.name);
            }
            let entry = match entry {
                Ok(entry) => entry,
                // After a damaged header no other entry can be found.
                Err(error) => return self.report_incomplete(&cursor.name, &state.describe(error)),
            };
            let kind = entry.header().entry_type();
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            self.report_holes(&cursor.name, &path, kind);
            if !kind.is_file() {
                continue;
            }
            let (start, len) = (entry.raw_file_position(), entry.size());
            let part = cursor.slice.part(start, len);
            // A part that is cut off fails when it is read to its end.
            let layers = if part.len() < len { vec![Layer::Part { start: 0, len }] } else { Vec::new() };
            if let Some(inner) = self.entry_cursor(&part, layers, &cursor.name, &path, "tar-entry", cursor.depth + 1) {
                self.index_entry(&inner);
            }
        }
        self.check_end(&state, &cursor.name);
    }

    /// A log that was stored without its holes: GNU tar's own kind of entry cannot be read, that of POSIX holds the data
    /// only.
    fn report_holes(&mut self, archive: &str, path: &str, kind: tar::EntryType) {
        let is_posix = kind.is_file() && path.split('/').any(|folder| folder.starts_with("GNUSparseFile."));
        let file = path.rsplit('/').next().unwrap_or(path);
        if !(is_posix || kind.is_gnu_sparse()) || !self.visitor.wants(file) {
            return;
        }
        let name = entry_name(archive, path);
        if is_posix {
            let reason = "it was stored as a sparse file, and what was written in its holes is lost";
            self.report_incomplete(&name, &io::Error::other(reason));
        } else {
            let reason = "it is stored as a sparse file; extract the archive and scan the file";
            self.refuse(&name, &io::Error::other(reason));
        }
    }

    /// A tar ends with zeros. Without them it may have been cut off between two entries.
    fn check_end(&mut self, state: &TarState, name: &str) {
        if !state.ends_with_zeros.get() {
            self.report_incomplete(name, &io::Error::other("the zeros that end a tar are missing"));
        }
    }

    /// A tar that is read once. `base` is where it starts in the decoded bytes.
    pub(super) fn visit_tar(&mut self, reader: &mut dyn Read, cursor: &ArchiveCursor<'_>, base: u64) {
        let headers = BoundedHeaders::new(&mut *reader);
        let state = Rc::clone(&headers.state);
        let mut archive = tar::Archive::new(headers);
        archive.set_ignore_zeros(true);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        for (number, entry) in entries.enumerate() {
            if number >= self.limits.max_entries {
                return self.report_too_many_entries(&cursor.name);
            }
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.report_incomplete(&cursor.name, &state.describe(error)),
            };
            let kind = entry.header().entry_type();
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            self.report_holes(&cursor.name, &path, kind);
            if !kind.is_file() {
                continue;
            }
            let part = Layer::Part { start: base + entry.raw_file_position(), len: entry.size() };
            let layers = cursor.layers.iter().copied().chain([part]).collect();
            let depth = cursor.depth + 1;
            if let Some(inner) = self.entry_cursor(cursor.slice, layers, &cursor.name, &path, "tar-entry", depth) {
                self.visit_entry(&mut entry, &inner);
            }
        }
        // The checksum of a compressed tar is after the end of the tar.
        match io::copy(reader, &mut io::sink()) {
            Ok(_) => self.check_end(&state, &cursor.name),
            Err(error) => self.report_incomplete(&cursor.name, &error),
        }
    }
}

/// Maximum bytes of a long name or of pax extensions; the `tar` crate holds them in memory.
const MAX_EXTENSION_BYTES: u64 = 1 << 20;

/// Bytes of a tar header.
const HEADER_BYTES: usize = 512;

/// Fails at a header that announces a name or extensions above the limit. The `tar` crate reads a header
/// with one read of its length.
struct BoundedHeaders<R> {
    reader: R,
    state: Rc<TarState>,
}

/// What reading a tar has shown.
#[derive(Debug, Default)]
struct TarState {
    /// The last header that was read is all zeros.
    ends_with_zeros: Cell<bool>,
    /// The bytes themselves cannot be read.
    failed: Cell<bool>,
}

impl TarState {
    /// The error of an entry. The `tar` crate quotes a damaged header, which may be text of a log.
    fn describe(&self, error: io::Error) -> io::Error {
        let is_cut_off = error.kind() == io::ErrorKind::UnexpectedEof;
        if self.failed.get() || is_cut_off { error } else { io::Error::other("the header of an entry is damaged") }
    }
}

impl<R> BoundedHeaders<R> {
    fn new(reader: R) -> Self {
        Self { reader, state: Rc::default() }
    }
}

impl<R: Read> Read for BoundedHeaders<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.len() != HEADER_BYTES {
            let read = self.reader.read(buffer);
            self.state.failed.set(read.is_err());
            return read;
        }
        let mut len = 0;
        while len < HEADER_BYTES {
            match self.reader.read(&mut buffer[len..]) {
                Ok(0) => break,
                Ok(read) => len += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The error comes again.
                Err(_) if len > 0 => break,
                Err(error) => {
                    self.state.failed.set(true);
                    return Err(error);
                }
            }
        }
        if len < HEADER_BYTES && self.state.ends_with_zeros.get() && buffer[..len].iter().all(|b| *b == 0) {
            return Ok(0);
        }
        self.state.ends_with_zeros.set(len == HEADER_BYTES && buffer.iter().all(|b| *b == 0));
        let header = tar::Header::from_byte_slice(buffer);
        let kind = header.entry_type();
        let is_extension = kind.is_gnu_longname()
            || kind.is_gnu_longlink()
            || kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions();
        let is_header = || {
            let sum = buffer[..148].iter().chain(&buffer[156..]).map(|b| u32::from(*b)).sum::<u32>() + 8 * 32;
            header.cksum().is_ok_and(|expected| expected == sum)
        };
        if len == HEADER_BYTES
            && is_extension
            && is_header()
            && header.entry_size().is_ok_and(|size| size > MAX_EXTENSION_BYTES)
        {
            self.state.failed.set(true);
            return Err(io::Error::other("the name or the extensions of an entry have more than 1 MiB"));
        }
        Ok(len)
    }
}

impl<R: Seek> Seek for BoundedHeaders<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.reader.seek(position)
    }
}
