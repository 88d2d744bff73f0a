//! The rotated files of a log: `jira.log.1`, `jira.log.2.gz`, `jira.log-20260105`, `jira-2026-01-05.log`.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    super::rotation::{Age, parse_name},
    filesystem,
    fingerprint::FINGERPRINT_BYTES,
    step::Stat,
};

/// A rotated file in the same folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sibling {
    /// Where it is.
    pub path: PathBuf,
    /// Its metadata.
    pub stat: Stat,
    /// Compressed with gzip.
    pub compressed: bool,
    age: Age,
}

/// The rotated files of `path` that are not empty, the oldest first.
#[must_use]
pub(super) fn siblings(path: &Path) -> Vec<Sibling> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<Sibling> = entries
        .flatten()
        .filter_map(|entry| {
            let other = entry.file_name();
            let other = other.to_str()?;
            let plain = other.strip_suffix(".gz").unwrap_or(other);
            let age = age(name, plain)?;
            let path = entry.path();
            let stat = match filesystem::probe(&path) {
                (super::step::PathState::There(stat), _) if stat.len > 0 => stat,
                _ => return None,
            };
            Some(Sibling { compressed: plain.len() < other.len(), path, stat, age })
        })
        .collect();
    found.sort_by(|a, b| match (a.age, b.age) {
        (Age::Numbered(a), Age::Numbered(b)) => a.cmp(&b),
        _ => a.stat.modified.cmp(&b.stat.modified).then_with(|| a.age.cmp(&b.age)),
    });
    if numbers_rise_with_time(&found) {
        found.reverse();
    }
    found
}

/// True when the newest file has the highest number, as with log4j's `fileIndex=max`; usually it has the
/// lowest.
fn numbers_rise_with_time(found: &[Sibling]) -> bool {
    let numbered: Vec<&Sibling> =
        found.iter().filter(|sibling| !sibling.compressed && matches!(sibling.age, Age::Numbered(_))).collect();
    let (Some(highest), Some(lowest)) = (numbered.first(), numbered.last()) else { return false };
    if numbered.len() < found.len() || lowest.stat.modified >= highest.stat.modified {
        return false;
    }
    // A late writer changes when a file was last written, a copy when it was created: neither changes both.
    match (filesystem::created_or_modified(&highest.path), filesystem::created_or_modified(&lowest.path)) {
        (Some(highest), Some(lowest)) => lowest < highest,
        _ => false,
    }
}

/// The age of `other` as a rotated file of `name`; `None` when it is none.
fn age(name: &str, other: &str) -> Option<Age> {
    let parsed = parse_name(other);
    (parsed.log == name && parsed.age != Age::Current).then_some(parsed.age)
}

/// The decoded text of a rotated file.
///
/// # Errors
/// The file cannot be opened, or is compressed in a build that cannot decode it.
pub(super) fn reader(sibling: &Sibling) -> io::Result<Box<dyn Read>> {
    let (file, _) = filesystem::open(&sibling.path)?;
    if sibling.compressed { decompressed(file) } else { Ok(Box::new(file)) }
}

#[cfg(feature = "archives")]
fn decompressed(file: File) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(flate2::read::MultiGzDecoder::new(file)))
}

#[cfg(not(feature = "archives"))]
fn decompressed(_: File) -> io::Result<Box<dyn Read>> {
    Err(io::Error::other("compressed files are not supported by this build"))
}

/// The first bytes of the text, as many as can be read.
#[must_use]
pub(super) fn head(sibling: &Sibling) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(reader) = reader(sibling) {
        let _ = reader.take(FINGERPRINT_BYTES as u64).read_to_end(&mut head);
    }
    head
}

/// At most `max` bytes of text before `offset`. A compressed file is decoded up to there, in constant
/// memory.
///
/// # Errors
/// The file cannot be opened or read, or its data is damaged.
pub(super) fn bytes_before(sibling: &Sibling, offset: u64, max: usize) -> io::Result<Vec<u8>> {
    let from = offset.saturating_sub(max as u64);
    let mut bytes = Vec::new();
    if sibling.compressed {
        let mut reader = reader(sibling)?;
        io::copy(&mut reader.by_ref().take(from), &mut io::sink())?;
        reader.take(offset - from).read_to_end(&mut bytes)?;
    } else {
        let (file, _) = filesystem::open(&sibling.path)?;
        bytes = filesystem::read_up_to(&file, from, usize::try_from(offset - from).unwrap_or(max))?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::*;

    #[test]
    fn rotated_names_are_recognised_and_others_are_not() {
        let name = "atlassian-jira.log";
        assert_eq!(age(name, "atlassian-jira.log.1"), Some(Age::Numbered(Reverse(1))));
        assert_eq!(age(name, "atlassian-jira.log.12"), Some(Age::Numbered(Reverse(12))));
        for dated in [
            "atlassian-jira.log-20260105",
            "atlassian-jira.log.2026-01-05",
            "atlassian-jira-2026-01-05.log",
            "atlassian-jira-2026-01-05-1.log",
            "atlassian-jira.log-20260105-1700000000",
        ] {
            assert!(matches!(age(name, dated), Some(Age::Dated(_))), "{dated}");
        }
        for no in [
            "atlassian-jira.log",
            "atlassian-jira.log.bak",
            "atlassian-jira-security.log",
            "atlassian-jira-incoming-mail.log.1",
            "atlassian-jira.log.",
            "other.log.1",
            ".atlassian-jira.log.swp",
        ] {
            assert_eq!(age(name, no), None, "{no}");
        }
    }

    #[test]
    fn rotated_files_come_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.log", "a.log.1", "a.log.2", "a.log.10"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::write(folder.path().join("a.log.3"), "").unwrap();
        let names: Vec<String> = siblings(&folder.path().join("a.log"))
            .iter()
            .map(|sibling| sibling.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        let newest_first = names == ["a.log.1", "a.log.2", "a.log.10"];
        assert!(newest_first || names == ["a.log.10", "a.log.2", "a.log.1"], "{names:?}");
    }
}
