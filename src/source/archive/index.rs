//! Finds every log in an archive, with the layers that lead to it.

mod tar;
mod zip;

use std::{
    io::{self, Cursor, Read},
    sync::Arc,
};

use super::{
    budget::DecodeBudget,
    decode::{Bytes, Layer, Method, decode, open},
    format::{Format, HEAD_BYTES, sniff},
    limits::ArchiveLimits,
    visitor::EntryVisitor,
};
use crate::{
    model::{Fault, FaultKind, sanitize_name},
    source::{
        file_slice::FileSlice,
        not_text::{NotText, unreadable},
        rotation::is_compressed_name,
    },
};

/// A log in an archive, or a compressed log.
#[derive(Debug)]
pub(in crate::source) struct ArchiveEntry {
    pub(in crate::source) name: String,
    pub(in crate::source) kind: &'static str,
    pub(in crate::source) slice: FileSlice,
    pub(in crate::source) layers: Vec<Layer>,
    /// What [`EntryVisitor::visit`] returned, when it was scanned while the archive was indexed.
    pub(in crate::source) prescanned: Option<usize>,
}

/// Indexes one input.
pub(in crate::source) struct ArchiveIndexer<'v> {
    budget: DecodeBudget,
    limits: ArchiveLimits,
    visitor: &'v mut dyn EntryVisitor,
    found: Vec<ArchiveEntry>,
    faults: Vec<Fault>,
}

/// A place within an archive: the bytes that some layers of a slice decode to.
#[derive(Clone)]
struct ArchiveCursor<'a> {
    slice: &'a FileSlice,
    layers: Vec<Layer>,
    name: String,
    kind: &'static str,
    depth: usize,
    /// Plain text here is a log that the visitor wants.
    wanted: bool,
}

impl ArchiveCursor<'_> {
    fn open(&self, budget: &DecodeBudget) -> io::Result<Bytes<'static>> {
        open(self.slice, &self.layers, budget)
    }

    /// The place one layer further in; `kind` is the name of that layer.
    fn within(&self, layer: Layer, kind: &'static str) -> Self {
        Self {
            layers: self.layers.iter().copied().chain([layer]).collect(),
            kind: if self.kind == "file" { kind } else { self.kind },
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}

impl<'v> ArchiveIndexer<'v> {
    pub(in crate::source) fn new(
        budget: DecodeBudget,
        limits: ArchiveLimits,
        visitor: &'v mut dyn EntryVisitor,
    ) -> Self {
        Self { budget, limits, visitor, found: Vec::new(), faults: Vec::new() }
    }

    /// The logs that were found, in the order of the archive, and what could not be read.
    pub(in crate::source) fn finish(self) -> (Vec<ArchiveEntry>, Vec<Fault>) {
        (self.found, self.faults)
    }

    /// Finds the logs of a file that is compressed or an archive.
    pub(in crate::source) fn index_file(&mut self, slice: &FileSlice, name: &str) {
        let cursor =
            ArchiveCursor { slice, layers: Vec::new(), name: name.to_owned(), kind: "file", depth: 0, wanted: true };
        self.index_entry(&cursor);
    }

    /// Finds the logs of an archive that can only be read once, and has the visitor scan them.
    pub(in crate::source) fn index_stream(&mut self, reader: &mut dyn Read, name: &str, kind: &'static str) {
        let slice = FileSlice::of_content(Arc::new(Vec::new()), 0, &Arc::default());
        let cursor =
            ArchiveCursor { slice: &slice, layers: Vec::new(), name: name.to_owned(), kind, depth: 0, wanted: true };
        self.visit_entry(reader, &cursor);
    }

    /// Indexes what can be opened again.
    fn index_entry(&mut self, cursor: &ArchiveCursor<'_>) {
        let head = cursor.open(&self.budget).and_then(|mut bytes| head(&mut *bytes));
        let head = match head {
            Ok(head) => head,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        let format = sniff(&head);
        if format != Format::Plain && cursor.depth >= self.limits.max_depth {
            return self.refuse_depth(&cursor.name);
        }
        // Stored data can be read at any offset.
        let is_stored = matches!(cursor.layers[..], [] | [Layer::ZipEntry { method: Method::Stored, .. }]);
        match format {
            Format::Plain if cursor.wanted => {
                if self.is_readable(cursor, &head) {
                    self.add(cursor, None);
                }
            }
            Format::Plain => {}
            Format::Zip if is_stored => self.index_zip(cursor.slice, &cursor.name, cursor.depth + 1),
            Format::Zip => match cursor.open(&self.budget) {
                Ok(mut bytes) => self.index_held_zip(&mut *bytes, cursor),
                Err(error) => self.refuse(&cursor.name, &error),
            },
            Format::Tar if is_stored => self.index_tar(cursor),
            Format::Tar => {
                let budget = self.budget.clone();
                let (slice, layers) = (cursor.slice.clone(), cursor.layers.clone());
                let decode_mode = self.visitor.decode_mode();
                decode_mode(&|| open(&slice, &layers, &budget), &mut |reader| self.visit_tar(reader, cursor, 0));
            }
            compressed => {
                if let Some((layer, name)) = Layer::of(compressed) {
                    self.index_entry(&cursor.within(layer, name));
                }
            }
        }
    }

    /// Indexes an entry of an archive that is read once, and has the visitor scan it.
    fn visit_entry(&mut self, reader: &mut dyn Read, cursor: &ArchiveCursor<'_>) {
        let head = match head(reader) {
            Ok(head) => head,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        let format = sniff(&head);
        if format != Format::Plain && cursor.depth >= self.limits.max_depth {
            return self.refuse_depth(&cursor.name);
        }
        let mut bytes = Cursor::new(head).chain(reader);
        match format {
            Format::Plain if cursor.wanted => {
                if !self.is_readable(cursor, bytes.get_ref().0.get_ref()) {
                    return;
                }
                let prescanned = self.visitor.visit(&cursor.name, cursor.slice.len() > 0, &mut bytes);
                self.add(cursor, prescanned);
            }
            Format::Plain => {}
            Format::Zip => self.index_held_zip(&mut bytes, cursor),
            Format::Tar => {
                // Its entries are parts of what the outer layers decode to.
                let base = match cursor.layers.last() {
                    Some(Layer::Part { start, .. }) => *start,
                    _ => 0,
                };
                let layers = cursor.layers[..cursor.layers.len().saturating_sub(1)].to_vec();
                self.visit_tar(&mut bytes, &ArchiveCursor { layers, ..cursor.clone() }, base);
            }
            compressed => {
                let Some((layer, name)) = Layer::of(compressed) else { return };
                match decode(layer, Box::new(bytes), &self.budget) {
                    Ok(mut reader) => self.visit_entry(&mut *reader, &cursor.within(layer, name)),
                    Err(error) => self.refuse(&cursor.name, &error),
                }
            }
        }
    }

    /// Reports a log that begins with something else than text. False when there is nothing to scan in it.
    fn is_readable(&mut self, cursor: &ArchiveCursor<'_>, head: &[u8]) -> bool {
        let is_decoded = matches!(cursor.layers.last(), Some(Layer::Gzip | Layer::Zstd | Layer::Bzip2 | Layer::Xz));
        let name = if is_decoded { "" } else { &cursor.name };
        let Some(problem) = NotText::of(name, head) else { return true };
        let message = problem.message();
        self.faults.push(Fault { source: cursor.name.clone(), offset: None, kind: FaultKind::Damaged, message });
        problem.is_scanned()
    }

    fn add(&mut self, cursor: &ArchiveCursor<'_>, prescanned: Option<usize>) {
        self.found.push(ArchiveEntry {
            name: cursor.name.clone(),
            kind: cursor.kind,
            slice: cursor.slice.clone(),
            layers: cursor.layers.clone(),
            prescanned,
        });
    }

    /// The place of an entry of the archive `outer`; `None` when neither its name nor what may be in it
    /// is wanted.
    fn entry_cursor<'a>(
        &mut self,
        slice: &'a FileSlice,
        layers: Vec<Layer>,
        outer: &str,
        path: &str,
        kind: &'static str,
        depth: usize,
    ) -> Option<ArchiveCursor<'a>> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let wanted = self.visitor.wants(file);
        let name = entry_name(outer, path);
        if !wanted && !is_compressed_name(file) {
            if !file.is_empty() {
                self.visitor.leave_out(&name);
            }
            return None;
        }
        Some(ArchiveCursor { slice, layers, name, kind, depth, wanted })
    }

    fn refuse_depth(&mut self, name: &str) {
        let message = format!("archives nested more than {} deep (--max-depth allows more)", self.limits.max_depth);
        self.refuse(name, &io::Error::other(message));
    }

    /// The archive cannot be read to its end.
    fn report_incomplete(&mut self, name: &str, error: &io::Error) {
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
            _ => error.to_string(),
        };
        let message = format!("cannot be read to its end: {reason}; what was found before may be incomplete");
        self.faults.push(Fault { source: name.to_owned(), offset: None, kind: FaultKind::Damaged, message });
    }

    fn report_too_many_entries(&mut self, name: &str) {
        let message = format!("it has more than {} entries, and the rest is not read", self.limits.max_entries);
        self.report_incomplete(name, &io::Error::other(message));
    }

    fn refuse(&mut self, name: &str, error: &io::Error) {
        let message = unreadable(name, error);
        self.faults.push(Fault { source: name.to_owned(), offset: None, kind: FaultKind::Damaged, message });
    }
}

/// How reports name an entry: no control characters, no way out of the archive.
fn entry_name(outer: &str, path: &str) -> String {
    let parts: Vec<&str> =
        path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".." && *part != ".").collect();
    format!("{outer}!/{}", sanitize_name(&parts.join("/")))
}

/// The first bytes of a stream.
fn head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    match reader.take(HEAD_BYTES as u64).read_to_end(&mut head) {
        // The bytes before the error show the format; the error comes again.
        Err(error) if head.is_empty() => Err(error),
        _ => Ok(head),
    }
}
