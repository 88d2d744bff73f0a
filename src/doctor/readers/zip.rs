//! Zips: an XML backup of Jira, and a support zip. Entries are read one after the other, never unpacked.

use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;

use super::{
    collector::{Problem, SettingsReader},
    table_text::TableText,
    xml,
};
use crate::source::decode_text;

/// Entries that are read: the end of the name, and what they are.
const ENTRIES: [(&str, Entry); 6] = [
    ("activeobjects.xml", Entry::Xml),
    ("entities.xml", Entry::Xml),
    ("application.xml", Entry::Xml),
    ("setenv.sh", Entry::Text),
    ("setenv.bat", Entry::Text),
    ("setenv.properties", Entry::Text),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Xml,
    Text,
}

/// A backup may be large, but not without limit. Bytes, after decompression.
const MAX_ENTRY_BYTES: u64 = 16 << 30;

/// Reads the entries that hold settings. Gives back what the zip is.
pub(super) fn read(reader: &mut SettingsReader, input: impl Read + Seek) -> Result<&'static str, Problem> {
    let broken = |error: zip::result::ZipError| Problem::new(format!("is not a complete zip ({error}): copy it again"));
    let mut archive = ZipArchive::new(input).map_err(broken)?;
    let mut format = None;
    for at in 0..archive.len() {
        // The names are in the directory at the end: other entries need not be visited.
        let Some(name) = archive.name_for_index(at) else { continue };
        let name = name.map_err(broken)?.to_ascii_lowercase();
        let file = name.rsplit(['/', '\\']).next().unwrap_or(&name);
        let Some((_, kind)) = ENTRIES.iter().find(|(known, _)| *known == file) else { continue };
        let kind = *kind;
        let zip = if file == "activeobjects.xml" || file == "entities.xml" { "XML backup" } else { "support zip" };
        let file = file.to_owned();
        let entry = archive.by_index(at).map_err(broken)?;
        let (text, _) = decode_text(entry.take(MAX_ENTRY_BYTES))?;
        let text = BufReader::new(text);
        let result = match kind {
            Entry::Xml => xml::read(reader, text),
            Entry::Text => TableText::new(reader).read(text).map(Option::unwrap_or_default),
        };
        match result {
            Ok(_) => format = format.or(Some(zip)),
            // An entry without settings is none; the others may have some.
            Err(problem) => reader.note(format!("{file}: {}", problem.text)),
        }
    }
    format.ok_or_else(|| {
        Problem::foreign(
            "holds no settings: give a zip with activeobjects.xml (XML backup) or application.xml (support zip)",
        )
    })
}
