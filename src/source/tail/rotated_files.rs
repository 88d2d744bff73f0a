//! The rotated files of a log: `jira.log.1`, `jira.log.2.gz`, `jira.log-20260105`, `jira-2026-01-05.log`.

use std::{
    cmp::Reverse,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    super::rotation::{Age, parse_name},
    filesystem,
    fingerprint::FINGERPRINT_BYTES,
    step::{PathState, Stat},
};
use crate::model::sort_by_key;

/// A rotated file in the same folder.
#[derive(Debug)]
pub(super) struct Sibling {
    /// Where it was when it was listed.
    pub path: PathBuf,
    /// Its metadata.
    pub stat: Stat,
    /// Compressed with gzip.
    pub compressed: bool,
    age: Age,
    /// The open file: it can be read whatever happens to its name.
    file: Option<File>,
}

/// The rotated files of a log and the file that has its name, as they were at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// The rotated files, the oldest first. Those that were wanted are open, up to [`MAX_OPEN_SIBLINGS`].
    pub siblings: Vec<Sibling>,
    /// The file that has the log's name.
    pub named: io::Result<(File, Stat)>,
    /// Rotated files that were wanted, and were removed before they could be opened.
    pub removed: Vec<Sibling>,
}

/// How often rotated files are listed until nothing moves between two listings.
const MAX_LISTINGS: usize = 16;
/// Maximum number of rotated files of one log that are open at the same time.
const MAX_OPEN_SIBLINGS: usize = 64;

impl Snapshot {
    /// Lists and opens the rotated files of `path` that are `wanted`, and lists them again until nothing has
    /// moved in between: a rotation renames several files, one after another.
    pub(super) fn take(path: &Path, wanted: impl Fn(&Sibling) -> bool) -> Self {
        let mut open: Vec<Sibling> = Vec::new();
        let mut missed: Vec<Sibling> = Vec::new();
        let mut listed = list(path);
        for listings_left in (0..MAX_LISTINGS).rev() {
            for mut sibling in listed.into_iter().filter(&wanted) {
                if open.len() >= MAX_OPEN_SIBLINGS || open.iter().any(|open| open.stat.id == sibling.stat.id) {
                    continue;
                }
                match filesystem::open(&sibling.path) {
                    // Another file has the name by now: it is judged when it is listed.
                    Ok((file, stat)) if stat.id == sibling.stat.id => {
                        (sibling.file, sibling.stat) = (Some(file), stat);
                        open.push(sibling);
                    }
                    Ok(_) => missed.push(sibling),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => missed.push(sibling),
                    Err(_) => {}
                }
            }
            let named = filesystem::open(path);
            listed = list(path);
            let has_moved = listed.iter().any(|sibling| {
                wanted(sibling)
                    && open.len() < MAX_OPEN_SIBLINGS
                    && !open.iter().any(|open| open.stat.id == sibling.stat.id)
                    && filesystem::open(&sibling.path).is_ok()
            });
            let name_has_moved = match (filesystem::probe(path).0, &named) {
                (PathState::There(stat), Ok((_, named))) => stat.id != named.id,
                (PathState::There(_), Err(error)) => error.kind() == io::ErrorKind::NotFound,
                (_, Ok(_)) => true,
                _ => false,
            };
            if listings_left == 0 || !has_moved && !name_has_moved {
                return Self::new(listed, open, missed, named);
            }
        }
        Self { siblings: Vec::new(), named: filesystem::open(path), removed: Vec::new() }
    }

    fn new(listed: Vec<Sibling>, open: Vec<Sibling>, missed: Vec<Sibling>, named: io::Result<(File, Stat)>) -> Self {
        let named_id = named.as_ref().ok().map(|(_, stat)| stat.id);
        // What was opened and removed since is older than what is kept.
        let (kept, mut siblings): (Vec<Sibling>, Vec<Sibling>) =
            open.into_iter().partition(|open| listed.iter().any(|sibling| sibling.stat.id == open.stat.id));
        let mut kept: Vec<Option<Sibling>> = kept.into_iter().map(Some).collect();
        for mut sibling in listed {
            let same = kept.iter_mut().find(|open| open.as_ref().is_some_and(|open| open.stat.id == sibling.stat.id));
            if let Some(open) = same.and_then(Option::take) {
                (sibling.file, sibling.stat) = (open.file, open.stat);
            }
            siblings.push(sibling);
        }
        let mut removed: Vec<Sibling> = Vec::new();
        for sibling in missed {
            let same = |other: &Sibling| other.stat.id == sibling.stat.id;
            if !siblings.iter().any(same) && !removed.iter().any(same) && named_id != Some(sibling.stat.id) {
                removed.push(sibling);
            }
        }
        Self { siblings, named, removed }
    }
}

/// The rotated files of `path`, the oldest first. None is opened.
#[must_use]
pub(super) fn list(path: &Path) -> Vec<Sibling> {
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
            let (PathState::There(stat), _) = filesystem::probe(&path) else { return None };
            Some(Sibling { compressed: plain.len() < other.len(), path, stat, age, file: None })
        })
        .collect();
    if found.iter().all(|sibling| matches!(sibling.age, Age::Numbered(_))) {
        sort_by_key(&mut found, |sibling| sibling.age);
    } else {
        sort_by_key(&mut found, |sibling| (sibling.stat.modified, sibling.age));
    }
    if numbers_rise_with_time(&found) {
        found.reverse();
    }
    found
}

/// The number of a file that came after `siblings[i]` and is missing, where the names are numbered.
#[must_use]
pub(super) fn missing_number_after(siblings: &[Sibling], i: usize) -> Option<u32> {
    let number = |sibling: &Sibling| match sibling.age {
        Age::Numbered(Reverse(number)) => Some(number),
        Age::Dated(_) | Age::Current => None,
    };
    let own = number(siblings.get(i)?)?;
    let others: Vec<u32> = siblings.iter().filter_map(number).filter(|other| *other != own).collect();
    let newer: Vec<u32> = siblings[i + 1..].iter().filter_map(number).collect();
    let rises = siblings[..i].iter().filter_map(number).any(|older| older < own) || newer.iter().any(|n| *n > own);
    if rises {
        let highest = newer.iter().copied().max()?;
        return (own + 1..highest).find(|n| !others.contains(n));
    }
    (1..own).rev().find(|n| !others.contains(n))
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

impl Sibling {
    /// The file, with its metadata as of now.
    ///
    /// # Errors
    /// The file cannot be opened, or another file has its name by now.
    pub(super) fn open(&self) -> io::Result<(File, Stat)> {
        if let Some(file) = &self.file {
            let file = file.try_clone()?;
            let stat = filesystem::stat_of(&file)?;
            return Ok((file, stat));
        }
        let (file, stat) = filesystem::open(&self.path)?;
        if stat.id == self.stat.id { Ok((file, stat)) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// Its decoded text.
    ///
    /// # Errors
    /// As [`Sibling::open`]; or it is compressed in a build that cannot decode it.
    pub(super) fn text(&self) -> io::Result<Box<dyn Read>> {
        let file = FileReader { file: self.open()?.0, offset: 0 };
        if self.compressed { decompressed(file) } else { Ok(Box::new(file)) }
    }

    /// True when the length that its last bytes give, modulo 4 GiB, is `len`: a file compressed at once has
    /// no more text than that.
    #[must_use]
    pub(super) fn seems_to_end_at(&self, len: u64) -> bool {
        let Ok((file, stat)) = self.open() else { return false };
        let last = filesystem::read_up_to(&file, stat.len.saturating_sub(4), 4).unwrap_or_default();
        last == (len as u32).to_le_bytes()
    }

    /// The first bytes of the text, as many as can be read.
    #[must_use]
    pub(super) fn head(&self) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(text) = self.text() {
            let _ = text.take(FINGERPRINT_BYTES as u64).read_to_end(&mut head);
        }
        head
    }

    /// At most `max` bytes of text before `offset`. A compressed file is decoded up to there, in constant
    /// memory.
    ///
    /// # Errors
    /// As [`Sibling::text`]; or reading fails, or the data is damaged.
    pub(super) fn bytes_before(&self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let from = offset.saturating_sub(max as u64);
        if !self.compressed {
            return filesystem::read_up_to(&self.open()?.0, from, usize::try_from(offset - from).unwrap_or(max));
        }
        let mut bytes = Vec::new();
        let mut text = self.text()?;
        io::copy(&mut text.by_ref().take(from), &mut io::sink())?;
        text.take(offset - from).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Reads a file from its start, whatever position its handle has.
struct FileReader {
    file: File,
    offset: u64,
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = filesystem::read_at(&self.file, self.offset, buffer)?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(feature = "archives")]
fn decompressed(file: FileReader) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::new(file))))
}

#[cfg(not(feature = "archives"))]
fn decompressed(_: FileReader) -> io::Result<Box<dyn Read>> {
    Err(io::Error::other("compressed files are not supported by this build"))
}

#[cfg(test)]
mod tests {
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
        let names: Vec<String> = list(&folder.path().join("a.log"))
            .iter()
            .map(|sibling| sibling.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        let newest_first = names == ["a.log.1", "a.log.2", "a.log.10"];
        assert!(newest_first || names == ["a.log.10", "a.log.2", "a.log.1"], "{names:?}");
    }
}
