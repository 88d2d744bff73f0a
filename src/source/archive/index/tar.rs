//! Entries of a tar.

use std::io::Read;

use super::{ArchiveCursor, ArchiveIndexer, Layer};

impl ArchiveIndexer<'_> {
    /// A tar that is not compressed: its entries are parts of the slice.
    pub(super) fn index_tar(&mut self, cursor: &ArchiveCursor<'_>) {
        let reader = match cursor.slice.open() {
            Ok(reader) => reader,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        let mut archive = tar::Archive::new(reader);
        let entries = match archive.entries_with_seek() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        for entry in entries.take(self.limits.max_entries) {
            let entry = match entry {
                Ok(entry) => entry,
                // After a damaged header no other entry can be found.
                Err(error) => return self.refuse(&cursor.name, &error),
            };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let (start, len) = (entry.raw_file_position(), entry.size());
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let part = cursor.slice.part(start, len);
            // A part that is cut off fails when it is read to its end.
            let layers = if part.len() < len { vec![Layer::Part { start: 0, len }] } else { Vec::new() };
            if let Some(inner) = self.entry_cursor(&part, layers, &cursor.name, &path, "tar-entry", cursor.depth + 1) {
                self.index_entry(&inner);
            }
        }
    }

    /// A tar that is read once. `base` is where it starts in the decoded bytes.
    pub(super) fn visit_tar(&mut self, reader: &mut dyn Read, cursor: &ArchiveCursor<'_>, base: u64) {
        let mut archive = tar::Archive::new(reader);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(&cursor.name, &error),
        };
        for entry in entries.take(self.limits.max_entries) {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.refuse(&cursor.name, &error),
            };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let part = Layer::Part { start: base + entry.raw_file_position(), len: entry.size() };
            let layers = cursor.layers.iter().copied().chain([part]).collect();
            let depth = cursor.depth + 1;
            if let Some(inner) = self.entry_cursor(cursor.slice, layers, &cursor.name, &path, "tar-entry", depth) {
                self.visit_entry(&mut entry, &inner);
            }
        }
    }
}
