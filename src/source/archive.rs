//! Compressed logs and archives: gzip, zip, tar, zstd, bzip2, xz, one in another.
//!
//! Formats are recognised by content, never by name. Entries are streams: nothing is ever written to
//! disk, and an entry's name is only a name. Size, ratio and depth are bounded, so that an archive
//! made to explode ends as a soft error. A nested zip is held in memory, for its directory stands at
//! its end; that is bounded too.

use std::{
    cell::Cell,
    fs::File,
    io::{self, Cursor, Read, Seek},
    ops::ControlFlow,
    rc::Rc,
};

/// What a stream of bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Zip,
    Tar,
    Zstd,
    Bzip2,
    Xz,
    Plain,
}

/// How many first bytes tell the format: tar's mark stands at byte 257.
const HEAD: usize = 262;

/// The format, by the first bytes.
#[must_use]
pub(super) fn sniff(head: &[u8]) -> Format {
    match head {
        [0x1f, 0x8b, ..] => Format::Gzip,
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => Format::Zip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Format::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Format::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Format::Xz,
        head if head.get(257..262) == Some(b"ustar") => Format::Tar,
        _ => Format::Plain,
    }
}

/// What an archive may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Archives within archives.
    pub depth: usize,
    /// Decoded bytes for each encoded byte.
    pub ratio: u64,
    /// Decoded bytes below which the ratio tells nothing: a log of one repeated line compresses well.
    pub ratio_from: u64,
    /// Decoded bytes of one input in all.
    pub bytes: u64,
    /// Bytes of a zip within another archive.
    pub nested: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { depth: 4, ratio: 1000, ratio_from: 64 << 20, bytes: 64 << 30, nested: 256 << 20 }
    }
}

/// A log within an archive, or a compressed log.
pub struct Entry<'a> {
    /// `outer.zip!/inner/atlassian-jira.log`.
    pub name: String,
    /// `gzip`, `zip-entry`, …
    pub kind: &'static str,
    /// The decoded bytes.
    pub reader: &'a mut dyn Read,
}

/// What could not be read.
#[derive(Debug)]
pub struct Refusal {
    /// The archive or entry.
    pub name: String,
    /// Why, and what to do.
    pub message: String,
}

/// Who wants the entries of a walk.
pub trait Visitor {
    /// A log. Its reader fails when the data is damaged or a bound is reached.
    fn entry(&mut self, entry: Entry<'_>) -> ControlFlow<()>;
    /// Something that cannot be read.
    fn refused(&mut self, refusal: Refusal);
}

/// Visits every log in an archive or compressed file.
pub fn walk(file: File, name: &str, bounds: Bounds, is_log: fn(&str) -> bool, visitor: &mut dyn Visitor) {
    let mut walk = Walk { bounds, is_log, visitor, decoded: Rc::default() };
    let mut head = [0; HEAD];
    let mut file = file;
    let sniffed = fill(&mut file, &mut head).and_then(|n| file.rewind().map(|()| sniff(&head[..n])));
    let _ = match sniffed {
        Ok(Format::Zip) => walk.zip(file, name, 1),
        Ok(_) => {
            let mut reader = file;
            walk.any(&mut reader, name.to_owned(), "file", 0, true)
        }
        Err(error) => walk.refuse(name, &error),
    };
}

struct Walk<'v> {
    bounds: Bounds,
    is_log: fn(&str) -> bool,
    visitor: &'v mut dyn Visitor,
    /// Bytes decoded so far, over all layers.
    decoded: Rc<Cell<u64>>,
}

impl Walk<'_> {
    /// Decodes one layer and goes on with what is inside. `wanted` says that a plain text here is a
    /// log that the user wants.
    fn any(
        &mut self,
        reader: &mut dyn Read,
        name: String,
        kind: &'static str,
        depth: usize,
        wanted: bool,
    ) -> ControlFlow<()> {
        let mut head = vec![0; HEAD];
        let found = match fill(reader, &mut head) {
            Ok(n) => n,
            Err(error) => return self.refuse(&name, &error),
        };
        head.truncate(found);
        let format = sniff(&head);
        if format != Format::Plain && depth >= self.bounds.depth {
            let depth = self.bounds.depth;
            return self.refuse(&name, &io::Error::other(format!("archives within archives, more than {depth} deep")));
        }
        let mut whole = Cursor::new(head).chain(reader);
        let encoded = Counted { reader: &mut whole, count: Rc::default() };
        let count = Rc::clone(&encoded.count);
        match format {
            Format::Plain if !wanted => ControlFlow::Continue(()),
            Format::Plain => self.visitor.entry(Entry { name, kind, reader: &mut whole }),
            Format::Gzip => {
                let mut reader = self.bounded(flate2::read::MultiGzDecoder::new(encoded), count);
                self.any(&mut reader, name, inner(kind, "gzip"), depth + 1, wanted)
            }
            Format::Bzip2 => {
                let mut reader = self.bounded(bzip2::read::MultiBzDecoder::new(encoded), count);
                self.any(&mut reader, name, inner(kind, "bzip2"), depth + 1, wanted)
            }
            Format::Xz => {
                let mut reader = self.bounded(lzma_rust2::XzReader::new(encoded, true), count);
                self.any(&mut reader, name, inner(kind, "xz"), depth + 1, wanted)
            }
            Format::Zstd => match ruzstd::decoding::StreamingDecoder::new(encoded) {
                Ok(decoder) => {
                    let mut reader = self.bounded(decoder, count);
                    self.any(&mut reader, name, inner(kind, "zstd"), depth + 1, wanted)
                }
                Err(error) => self.refuse(&name, &io::Error::other(error.to_string())),
            },
            Format::Tar => self.tar(encoded, &name, depth + 1),
            Format::Zip => {
                let mut held = Vec::new();
                match whole.take(self.bounds.nested + 1).read_to_end(&mut held) {
                    Ok(n) if n as u64 > self.bounds.nested => {
                        let most = self.bounds.nested >> 20;
                        let message = format!(
                            "a zip within an archive, larger than {most} MiB: take it out and scan it by itself"
                        );
                        self.refuse(&name, &io::Error::other(message))
                    }
                    Ok(_) => self.zip(Cursor::new(held), &name, depth + 1),
                    Err(error) => self.refuse(&name, &error),
                }
            }
        }
    }

    fn tar(&mut self, reader: impl Read, name: &str, depth: usize) -> ControlFlow<()> {
        let mut archive = tar::Archive::new(reader);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(name, &error),
        };
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                // Behind a damaged header nothing can be found.
                Err(error) => return self.refuse(name, &error),
            };
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if entry.header().entry_type().is_file() {
                self.named(&mut entry, name, &path, "tar-entry", depth)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn zip(&mut self, reader: impl Read + Seek, name: &str, depth: usize) -> ControlFlow<()> {
        let mut archive = match zip::ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) => return self.refuse(name, &io::Error::other(error.to_string())),
        };
        for i in 0..archive.len() {
            let listed = archive.name_for_index(i).and_then(Result::ok).map(std::borrow::Cow::into_owned);
            let refused = match archive.by_index(i) {
                Ok(entry) if entry.is_file() => {
                    let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
                    let encoded = Rc::new(Cell::new(entry.compressed_size()));
                    let mut reader = self.bounded(entry, encoded);
                    self.named(&mut reader, name, &path, "zip-entry", depth)?;
                    continue;
                }
                Ok(_) => continue,
                Err(error) => io::Error::other(error.to_string()),
            };
            let path = listed.as_deref().unwrap_or("an entry");
            self.refuse(&format!("{name}!/{}", shown(path)), &refused)?;
        }
        ControlFlow::Continue(())
    }

    /// An entry of an archive: a log by its name, or possibly an archive itself.
    fn named(
        &mut self,
        reader: &mut dyn Read,
        outer: &str,
        path: &str,
        kind: &'static str,
        depth: usize,
    ) -> ControlFlow<()> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let lower = file.to_lowercase();
        const PACKED: [&str; 9] = [".gz", ".tgz", ".zip", ".tar", ".zst", ".bz2", ".xz", ".tbz2", ".txz"];
        let bare = PACKED.iter().find_map(|end| lower.strip_suffix(end));
        let wanted = (self.is_log)(file) || bare.is_some_and(self.is_log);
        if !wanted && bare.is_none() {
            return ControlFlow::Continue(());
        }
        self.any(reader, format!("{outer}!/{}", shown(path)), kind, depth, wanted)
    }

    fn bounded<R: Read>(&self, reader: R, encoded: Rc<Cell<u64>>) -> Bounded<R> {
        Bounded { reader, encoded, own: 0, all: Rc::clone(&self.decoded), bounds: self.bounds }
    }

    fn refuse(&mut self, name: &str, error: &io::Error) -> ControlFlow<()> {
        let message = format!("cannot be read: {error}; the rest goes on");
        self.visitor.refused(Refusal { name: name.to_owned(), message });
        ControlFlow::Continue(())
    }
}

/// The kind of what a compressed stream holds: an entry stays one.
fn inner(outer: &'static str, own: &'static str) -> &'static str {
    if outer == "file" { own } else { outer }
}

/// An entry's name as it is shown: no control characters, no way out of the archive.
fn shown(path: &str) -> String {
    let clean: String = path.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    clean
        .split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".." && *part != ".")
        .collect::<Vec<_>>()
        .join("/")
}

/// Reads until the buffer is full or the stream ends.
fn fill(reader: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < into.len() {
        match reader.read(&mut into[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// Counts what is read.
struct Counted<R> {
    reader: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(into)?;
        self.count.set(self.count.get() + n as u64);
        Ok(n)
    }
}

/// A decoder that ends with an error when it gives too much.
struct Bounded<R> {
    reader: R,
    encoded: Rc<Cell<u64>>,
    own: u64,
    all: Rc<Cell<u64>>,
    bounds: Bounds,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(into)?;
        self.own += n as u64;
        self.all.set(self.all.get() + n as u64);
        if self.own > self.bounds.ratio_from && self.own / self.encoded.get().max(1) > self.bounds.ratio {
            return Err(io::Error::other(format!(
                "it grows to more than {} times its size, as a decompression bomb does",
                self.bounds.ratio
            )));
        }
        if self.all.get() > self.bounds.bytes {
            return Err(io::Error::other(format!("it holds more than {} GiB", self.bounds.bytes >> 30)));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests;
