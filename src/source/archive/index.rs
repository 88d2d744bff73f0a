//! What an archive holds: every log in it, with the layers that lead to it.

use std::{
    io::{self, Cursor, Read},
    sync::Arc,
};

use super::{
    DecodeBudget, Format, HEAD, Layer, decode,
    decode::{Bytes, Method},
    salvage, sniff,
};
use crate::{
    model::{Fault, FaultKind, sanitize_name},
    source::{
        file_slice::FileSlice,
        input::Opener,
        rotation::{is_log_name, is_packed_name},
    },
};

/// A log in an archive, or a compressed log.
#[derive(Debug)]
pub(in crate::source) struct Found {
    pub(in crate::source) name: String,
    pub(in crate::source) kind: &'static str,
    pub(in crate::source) window: FileSlice,
    pub(in crate::source) layers: Vec<Layer>,
    /// What [`Passing::log`] said, when it was scanned in passing.
    pub(in crate::source) passed: Option<usize>,
}

/// Scans the logs of a compressed tar as they pass: to reach the last one, all before it are decoded.
pub trait EntryVisitor {
    /// Whether a file of this name within an archive is a log.
    fn wants(&self, name: &str) -> bool {
        is_log_name(name)
    }
    /// A log. A number says that it was scanned to its end, `None` that it must be read again; where
    /// that is impossible, `again` is false.
    fn log(&mut self, name: &str, again: bool, reader: &mut dyn Read) -> Option<usize>;
    /// Reads what `open` gives, in a thread of its own if that helps, and hands it to `then`.
    fn overlapped(&self) -> DecodeMode;
}

/// Hands the bytes of an opener to a reader of them, decoding ahead.
pub type DecodeMode = fn(Opener<'_>, &mut dyn FnMut(&mut dyn Read));

/// A survey of one input.
pub(in crate::source) struct ArchiveIndexer<'s> {
    pub(in crate::source) meter: DecodeBudget,
    pub(in crate::source) passing: &'s mut dyn EntryVisitor,
    pub(in crate::source) found: Vec<Found>,
    pub(in crate::source) faults: Vec<Fault>,
}

/// Where the survey stands.
#[derive(Clone)]
struct ArchiveCursor<'a> {
    window: &'a FileSlice,
    layers: Vec<Layer>,
    name: String,
    kind: &'static str,
    depth: usize,
    /// A plain text here is a log that the user wants.
    wanted: bool,
}

impl ArchiveCursor<'_> {
    fn open(&self, meter: &DecodeBudget) -> io::Result<Bytes<'static>> {
        open(self.window, &self.layers, meter)
    }

    /// The same, one layer further in.
    fn within(&self, layer: Layer, name: &'static str) -> Self {
        Self {
            layers: self.layers.iter().copied().chain([layer]).collect(),
            kind: if self.kind == "file" { name } else { self.kind },
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}

/// The decoded bytes behind some layers.
///
/// # Errors
/// The file's own, or a damaged header.
pub(in crate::source) fn open(
    window: &FileSlice,
    layers: &[Layer],
    meter: &DecodeBudget,
) -> io::Result<Bytes<'static>> {
    layers.iter().try_fold(Box::new(window.open()?) as Bytes<'static>, |bytes, layer| decode(*layer, bytes, meter))
}

impl ArchiveIndexer<'_> {
    /// Finds the logs of a file that is compressed or an archive.
    pub(in crate::source) fn file(&mut self, window: &FileSlice, name: &str) {
        let at =
            ArchiveCursor { window, layers: Vec::new(), name: name.to_owned(), kind: "file", depth: 0, wanted: true };
        self.look(&at);
    }

    /// Finds the logs of an archive that can only be read once, and scans them as they pass.
    pub(in crate::source) fn stream(&mut self, reader: &mut dyn Read, name: &str) {
        let window = FileSlice::of_memory(Vec::new(), &Arc::default());
        let at = ArchiveCursor {
            window: &window,
            layers: Vec::new(),
            name: name.to_owned(),
            kind: "stdin",
            depth: 0,
            wanted: true,
        };
        self.pass(reader, &at);
    }

    fn look(&mut self, at: &ArchiveCursor<'_>) {
        let head = at.open(&self.meter).and_then(|mut bytes| head(&mut *bytes));
        let format = match head {
            Ok(head) => sniff(&head),
            Err(error) => return self.refuse(&at.name, &error),
        };
        if format != Format::Plain && at.depth >= self.meter.bounds.depth {
            return self.too_deep(&at.name);
        }
        // Stored data is there as it is.
        let bare = matches!(at.layers[..], [] | [Layer::Entry { method: Method::Stored, .. }]);
        match format {
            Format::Plain if at.wanted => self.add(at, None),
            Format::Plain => {}
            Format::Zip if bare => self.zip(at.window, &at.name, at.depth + 1),
            Format::Zip => match at.open(&self.meter) {
                Ok(mut bytes) => self.held_zip(&mut *bytes, at),
                Err(error) => self.refuse(&at.name, &error),
            },
            Format::Tar if bare => self.tar(at),
            Format::Tar => {
                let meter = self.meter.clone();
                let (window, layers) = (at.window.clone(), at.layers.clone());
                let overlapped = self.passing.overlapped();
                overlapped(&|| open(&window, &layers, &meter), &mut |reader| self.passing_tar(reader, at, 0));
            }
            compressed => {
                if let Some((layer, name)) = Layer::of(compressed) {
                    self.look(&at.within(layer, name));
                }
            }
        }
    }

    fn add(&mut self, at: &ArchiveCursor<'_>, passed: Option<usize>) {
        self.found.push(Found {
            name: at.name.clone(),
            kind: at.kind,
            window: at.window.clone(),
            layers: at.layers.clone(),
            passed,
        });
    }

    /// An entry of an archive: `None` when neither its name nor what may be in it is wanted.
    fn entry<'a>(
        &self,
        window: &'a FileSlice,
        layers: Vec<Layer>,
        outer: &str,
        path: &str,
        kind: &'static str,
        depth: usize,
    ) -> Option<ArchiveCursor<'a>> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let wanted = self.passing.wants(file);
        (wanted || is_packed_name(file)).then(|| ArchiveCursor {
            window,
            layers,
            name: format!("{outer}!/{}", shown(path)),
            kind,
            depth,
            wanted,
        })
    }

    /// A tar that is not compressed: its entries are parts of the file.
    fn tar(&mut self, at: &ArchiveCursor<'_>) {
        let reader = match at.window.open() {
            Ok(reader) => reader,
            Err(error) => return self.refuse(&at.name, &error),
        };
        let mut archive = tar::Archive::new(reader);
        let entries = match archive.entries_with_seek() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(&at.name, &error),
        };
        for entry in entries.take(self.meter.bounds.entries) {
            let entry = match entry {
                Ok(entry) => entry,
                // Behind a damaged header nothing can be found.
                Err(error) => return self.refuse(&at.name, &error),
            };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let (start, len) = (entry.raw_file_position(), entry.size());
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let part = at.window.part(start, len);
            // A part that is cut off says so when it is read to its end.
            let layers = if part.len() < len { vec![Layer::Part { start: 0, len }] } else { Vec::new() };
            if let Some(inner) = self.entry(&part, layers, &at.name, &path, "tar-entry", at.depth + 1) {
                self.look(&inner);
            }
        }
    }

    /// A tar of which nothing is seen twice. `base` is where it starts in the decoded bytes.
    fn passing_tar(&mut self, reader: &mut dyn Read, at: &ArchiveCursor<'_>, base: u64) {
        let mut archive = tar::Archive::new(reader);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(&at.name, &error),
        };
        for entry in entries.take(self.meter.bounds.entries) {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.refuse(&at.name, &error),
            };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let part = Layer::Part { start: base + entry.raw_file_position(), len: entry.size() };
            let layers = at.layers.iter().copied().chain([part]).collect();
            if let Some(inner) = self.entry(at.window, layers, &at.name, &path, "tar-entry", at.depth + 1) {
                self.pass(&mut entry, &inner);
            }
        }
    }

    /// One entry of such a tar.
    fn pass(&mut self, reader: &mut dyn Read, at: &ArchiveCursor<'_>) {
        let head = match head(reader) {
            Ok(head) => head,
            Err(error) => return self.refuse(&at.name, &error),
        };
        let format = sniff(&head);
        if format != Format::Plain && at.depth >= self.meter.bounds.depth {
            return self.too_deep(&at.name);
        }
        let mut whole = Cursor::new(head).chain(reader);
        match format {
            Format::Plain if at.wanted => {
                let passed = self.passing.log(&at.name, at.window.len() > 0, &mut whole);
                self.add(at, passed);
            }
            Format::Plain => {}
            Format::Zip => self.held_zip(&mut whole, at),
            Format::Tar => {
                // Its part is one of ours.
                let base = match at.layers.last() {
                    Some(Layer::Part { start, .. }) => *start,
                    _ => 0,
                };
                let outer =
                    ArchiveCursor { layers: at.layers[..at.layers.len().saturating_sub(1)].to_vec(), ..at.clone() };
                self.passing_tar(&mut whole, &outer, base);
            }
            compressed => {
                let Some((layer, name)) = Layer::of(compressed) else { return };
                match decode(layer, Box::new(whole), &self.meter) {
                    Ok(mut reader) => self.pass(&mut *reader, &at.within(layer, name)),
                    Err(error) => self.refuse(&at.name, &error),
                }
            }
        }
    }

    /// A zip within a stream: its directory stands at its end.
    fn held_zip(&mut self, reader: &mut dyn Read, at: &ArchiveCursor<'_>) {
        let most = self.meter.may_hold();
        let mut held = Vec::new();
        match reader.take(most.saturating_add(1)).read_to_end(&mut held) {
            Ok(n) if n as u64 > most => {
                let most = self.meter.bounds.nested >> 20;
                self.refuse(
                    &at.name,
                    &io::Error::other(format!(
                        "zips within compressed archives are held in memory, {most} MiB in all, and this one is beyond that: take it out and scan it by itself"
                    )),
                );
            }
            Ok(n) => {
                self.meter.hold(n as u64);
                held.shrink_to_fit();
                let window = FileSlice::of_memory(held, &Arc::default());
                self.zip(&window, &at.name, at.depth + 1);
            }
            Err(error) => self.refuse(&at.name, &error),
        }
    }

    fn zip(&mut self, window: &FileSlice, name: &str, depth: usize) {
        let reader = match window.open() {
            Ok(reader) => reader,
            Err(error) => return self.refuse(name, &error),
        };
        let mut archive = match zip::ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) => return self.without_directory(window, name, depth, &error),
        };
        let mut taken: Vec<(u64, u64)> = Vec::new();
        let mut room = self.meter.bounds.bytes;
        for i in 0..archive.len().min(self.meter.bounds.entries) {
            let listed = archive.name_for_index(i).and_then(Result::ok).map(std::borrow::Cow::into_owned);
            let entry = match archive.by_index_raw(i) {
                Ok(entry) if entry.is_file() => entry,
                Ok(_) => continue,
                Err(error) => {
                    let path = listed.as_deref().unwrap_or("an entry");
                    self.refuse(&format!("{name}!/{}", shown(path)), &io::Error::other(error.to_string()));
                    continue;
                }
            };
            let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let (start, len) = (entry.data_start().unwrap_or(0), entry.compressed_size());
            let part = window.part(start, len);
            let size = entry.size();
            let told = |message: String| Err(io::Error::other(message));
            let layer = match method(entry.compression()) {
                _ if entry.encrypted() => {
                    told("it is encrypted: decrypt it (unzip asks for the password) and scan what comes out".to_owned())
                }
                _ if part.len() < len => told("the archive is cut off within this entry: get a whole copy".to_owned()),
                Some(method) => Ok(Layer::Entry { method, sum: Some((entry.size(), entry.crc32())) }),
                None => told(format!(
                    "it is packed by {:?}, which is not known here: unpack it and scan what comes out",
                    entry.compression()
                )),
            };
            drop(entry);
            let layers = layer.as_ref().map_or(Vec::new(), |layer| vec![*layer]);
            let Some(at) = self.entry(&part, layers, name, &path, "zip-entry", depth) else { continue };
            if let Err(error) = layer {
                self.refuse(&at.name, &error);
            } else if taken.iter().any(|(from, to)| start < *to && *from < start + len) {
                let error = "it lies over another entry, as in a decompression bomb";
                self.refuse(&at.name, &io::Error::other(error));
            } else if size > room {
                let most = self.meter.bounds.bytes >> 20;
                let error = format!("with it the archive holds more than {most} MiB (--max-decoded allows more)");
                self.refuse(&at.name, &io::Error::other(error));
            } else {
                room -= size;
                taken.push((start, start + len));
                self.look(&at);
            }
        }
    }

    /// A zip that was cut off has lost its directory; its entries are looked for one by one.
    fn without_directory(&mut self, window: &FileSlice, name: &str, depth: usize, error: &zip::result::ZipError) {
        let entries = salvage::entries(window, self.meter.bounds.entries).unwrap_or_default();
        let what = match entries.len() {
            0 => "get a whole copy".to_owned(),
            n => format!("{n} entries were found one by one; get a whole copy for the rest"),
        };
        self.refuse(name, &io::Error::other(format!("its directory is missing or damaged ({error}): {what}")));
        for entry in entries {
            let part = window.part(entry.start, entry.len);
            let layers = vec![Layer::Entry { method: entry.method, sum: None }];
            if let Some(at) = self.entry(&part, layers, name, &entry.path, "zip-entry", depth) {
                self.look(&at);
            }
        }
    }

    fn too_deep(&mut self, name: &str) {
        let depth = self.meter.bounds.depth;
        let message = format!("archives within archives, more than {depth} deep (--max-depth allows more)");
        self.refuse(name, &io::Error::other(message));
    }

    fn refuse(&mut self, name: &str, error: &io::Error) {
        let message = format!("cannot be read: {error}; the rest goes on");
        self.faults.push(Fault { source: name.to_owned(), offset: None, kind: FaultKind::Damaged, message });
    }
}

/// The decoder for a zip's method.
pub(super) fn method(told: zip::CompressionMethod) -> Option<Method> {
    #[allow(deprecated)]
    Some(match told {
        zip::CompressionMethod::Stored => Method::Stored,
        zip::CompressionMethod::Deflated => Method::Deflate,
        zip::CompressionMethod::Unsupported(number) => Method::by_number(number)?,
        _ => return None,
    })
}

/// An entry's name as it is shown: no control characters, no way out of the archive.
fn shown(path: &str) -> String {
    let inside: Vec<&str> =
        path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".." && *part != ".").collect();
    sanitize_name(&inside.join("/"))
}

/// The first bytes of a stream.
fn head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    match reader.take(HEAD as u64).read_to_end(&mut head) {
        // What came before the trouble tells the format; the trouble shows again.
        Err(error) if head.is_empty() => Err(error),
        _ => Ok(head),
    }
}
