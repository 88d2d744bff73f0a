//! Entries of a zip.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::Arc,
};

use super::{ArchiveCursor, ArchiveIndexer, FileSlice, Layer, Method, entry_name};
use crate::{
    model::sanitize_name,
    source::{archive::salvage, rotation::is_compressed_name},
};

/// Maximum length of what is taken for a symbolic link: no path is longer.
const MAX_LINK_BYTES: u64 = 4096;

impl ArchiveIndexer<'_> {
    /// A zip within a stream: its directory is at its end, so it is kept until it has been read.
    pub(super) fn index_held_zip(&mut self, reader: &mut dyn Read, cursor: &ArchiveCursor<'_>) {
        let max = self.budget.holdable_bytes();
        let hold = self.visitor.holder();
        let held = hold(&mut reader.take(max.saturating_add(1)));
        match held.and_then(|held| Ok((held.size()?, held))) {
            Ok((len, _)) if len > max => {
                let max_mib = self.limits.max_held_bytes >> 20;
                self.refuse(
                    &cursor.name,
                    &io::Error::other(format!(
                        "zips within compressed archives are kept as a whole while they are read, at most {max_mib} MiB in total, and this one exceeds that: extract it and scan it alone"
                    )),
                );
            }
            Ok((len, held)) => {
                self.budget.add_held(len);
                let slice = FileSlice::of_content(held, len, &Arc::default());
                self.index_zip(&slice, &cursor.name, cursor.depth + 1);
            }
            Err(error) => self.refuse(&cursor.name, &error),
        }
    }

    /// A zip that can be read at any offset.
    pub(super) fn index_zip(&mut self, slice: &FileSlice, name: &str, depth: usize) {
        let reader = match slice.open() {
            Ok(reader) => reader,
            Err(error) => return self.refuse(name, &error),
        };
        let mut archive = match zip::ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) => return self.salvage_zip(slice, name, depth, &error),
        };
        let directory = salvage::directory(slice, archive.central_directory_start()).unwrap_or_default();
        if directory.first_header.is_some_and(|first| first + archive.offset() > 0) && salvage::starts_with_entry(slice)
        {
            // What is cut off within a zip that it stores ends with the directory of that one.
            let error = zip::result::ZipError::InvalidArchive("its first entry is not listed".into());
            return self.salvage_zip(slice, name, depth, &error);
        }
        if archive.len() > self.limits.max_entries {
            self.report_too_many_entries(name);
        }
        if let Some(unread) = directory.entries.checked_sub(archive.len()).filter(|unread| *unread > 0) {
            let message = format!(
                "{unread} entries of its directory are not read: their number is wrong, or a name occurs twice"
            );
            self.report_incomplete(name, &io::Error::other(message));
        }
        // The end of each entry that was taken, by its start; they do not overlap.
        let mut taken: BTreeMap<u64, u64> = BTreeMap::new();
        let mut decoded_bytes_left = self.limits.max_decoded_bytes;
        for i in 0..archive.len().min(self.limits.max_entries) {
            let listed_name = archive.name_for_index(i).and_then(Result::ok).map(std::borrow::Cow::into_owned);
            let entry = match archive.by_index_raw(i) {
                Ok(entry) => entry,
                Err(error) => {
                    let path = listed_name.as_deref().unwrap_or("an entry");
                    let error = match error {
                        zip::result::ZipError::Io(error) if error.raw_os_error().is_some() => error,
                        _ => io::Error::other("what the archive's directory says of it is damaged"),
                    };
                    self.refuse(&entry_name(name, path), &error);
                    continue;
                }
            };
            let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
            self.check_name(slice, entry.header_start(), &path, name);
            if entry.is_dir() || entry.is_symlink() && entry.size() <= MAX_LINK_BYTES {
                continue;
            }
            let (start, len, decoded_len) = (entry.data_start().unwrap_or(0), entry.compressed_size(), entry.size());
            let part = slice.part(start, len);
            let layer = match method_of(entry.compression()) {
                _ if entry.encrypted() => {
                    Err("it is encrypted: decrypt it (unzip asks for the password) and scan the result".to_owned())
                }
                _ if part.len() < len => {
                    Err("the archive is cut off within this entry: get a complete copy".to_owned())
                }
                Some(method) => Ok(Layer::ZipEntry { method, expected: Some((decoded_len, entry.crc32())) }),
                None => Err(format!(
                    "its compression method {:?} is not supported: extract it and scan the result",
                    entry.compression()
                )),
            };
            drop(entry);
            let layers = layer.as_ref().map_or(Vec::new(), |layer| vec![*layer]);
            let Some(cursor) = self.entry_cursor(&part, layers, name, &path, "zip-entry", depth) else { continue };
            if let Err(message) = layer {
                self.refuse(&cursor.name, &io::Error::other(message));
            } else if len > 0 && taken.range(..start + len).next_back().is_some_and(|(_, to)| start < *to) {
                let message = "it overlaps another entry, as in a decompression bomb";
                self.refuse(&cursor.name, &io::Error::other(message));
            } else if decoded_len > decoded_bytes_left {
                let max_mib = self.limits.max_decoded_bytes >> 20;
                let message =
                    format!("with it the archive decodes to more than {max_mib} MiB (--max-decoded allows more)");
                self.refuse(&cursor.name, &io::Error::other(message));
            } else {
                decoded_bytes_left -= decoded_len;
                if len > 0 {
                    taken.insert(start, start + len);
                }
                self.index_entry(&cursor);
            }
        }
    }

    /// Reports a log or an archive whose name is damaged in the directory: it would be taken for something else.
    fn check_name(&mut self, slice: &FileSlice, header_start: u64, path: &str, archive: &str) {
        let Ok(local) = salvage::local_name(slice, header_start) else { return };
        let file = local.rsplit(['/', '\\']).next().unwrap_or(&local);
        if local != path && (self.visitor.wants(file) || is_compressed_name(file)) {
            let message = format!("its name in the archive's directory is another ({})", sanitize_name(path));
            self.refuse(&entry_name(archive, &local), &io::Error::other(message));
        }
    }

    /// A zip that was cut off has lost its directory; its entries are searched for one by one.
    fn salvage_zip(&mut self, slice: &FileSlice, name: &str, depth: usize, error: &zip::result::ZipError) {
        let entries = salvage::entries(slice, self.limits.max_entries).unwrap_or_default();
        if entries.len() >= self.limits.max_entries {
            self.report_too_many_entries(name);
        }
        let advice = match entries.len() {
            0 => "get a complete copy".to_owned(),
            1 => "one entry was found without it; get a complete copy for the rest".to_owned(),
            n => format!("{n} entries were found without it; get a complete copy for the rest"),
        };
        let reason = match error {
            // Reading failed; all else names parts of the decoder.
            zip::result::ZipError::Io(error) if error.raw_os_error().is_some() => format!("cannot be read ({error})"),
            _ => "is missing or damaged".to_owned(),
        };
        self.refuse(name, &io::Error::other(format!("its directory {reason}: {advice}")));
        for entry in entries {
            let part = slice.part(entry.start, entry.max_len);
            let layers = vec![Layer::ZipEntry { method: entry.method, expected: None }];
            if let Some(cursor) = self.entry_cursor(&part, layers, name, &entry.path, "zip-entry", depth) {
                self.index_entry(&cursor);
            }
        }
    }
}

/// The decoder for a compression method; `None` when it is not supported.
fn method_of(method: zip::CompressionMethod) -> Option<Method> {
    #[allow(deprecated)]
    Some(match method {
        zip::CompressionMethod::Stored => Method::Stored,
        zip::CompressionMethod::Deflated => Method::Deflate,
        zip::CompressionMethod::Unsupported(number) => Method::by_number(number)?,
        _ => return None,
    })
}
