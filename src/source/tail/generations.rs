//! The rotated siblings of a log: `jira.log.1`, `jira.log.2.gz`, `jira.log-20260105`, `jira-2026-01-05.log`.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{disk, fingerprint::SPAN, step::Stat};

/// A rotated sibling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// Where it is.
    pub path: PathBuf,
    /// What the system says of it.
    pub stat: Stat,
    /// Compressed with gzip.
    pub packed: bool,
    rank: Rank,
}

/// What a name tells of a generation's age.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `.3`
    Number(u32),
    /// A date, perhaps with a number.
    Date(String),
}

/// The rotated siblings of `path` that hold anything, the oldest first.
#[must_use]
pub fn siblings(path: &Path) -> Vec<Sibling> {
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
            let rank = rank(name, plain)?;
            let path = entry.path();
            let stat = match disk::look(&path) {
                (super::step::Sight::There(stat), _) if stat.len > 0 => stat,
                _ => return None,
            };
            Some(Sibling { packed: plain.len() < other.len(), path, stat, rank })
        })
        .collect();
    found.sort_by(|a, b| match (&a.rank, &b.rank) {
        (Rank::Number(a), Rank::Number(b)) => b.cmp(a),
        _ => a.stat.modified.cmp(&b.stat.modified).then_with(|| a.rank.cmp(&b.rank)),
    });
    if numbers_rise_with_time(&found) {
        found.reverse();
    }
    found
}

/// Most rotations give the newest generation the lowest number; a few (log4j's `fileIndex=max`) the
/// highest.
fn numbers_rise_with_time(found: &[Sibling]) -> bool {
    let numbered: Vec<&Sibling> =
        found.iter().filter(|sibling| !sibling.packed && matches!(sibling.rank, Rank::Number(_))).collect();
    let (Some(highest), Some(lowest)) = (numbered.first(), numbered.last()) else { return false };
    if numbered.len() < found.len() || lowest.stat.modified >= highest.stat.modified {
        return false;
    }
    // A late writer changes when a file was last written, a copy when it was created: never both.
    match (disk::age(&highest.path), disk::age(&lowest.path)) {
        (Some(highest), Some(lowest)) => lowest < highest,
        _ => false,
    }
}

/// The rank of `other` as a generation of `name`, `None` when it is none.
fn rank(name: &str, other: &str) -> Option<Rank> {
    let between = match other.strip_prefix(name) {
        Some(rest) => rest,
        None => {
            let (stem, end) = name.rsplit_once('.')?;
            other.strip_prefix(stem)?.strip_suffix(end)?.strip_suffix('.')?
        }
    };
    let digits = between.strip_prefix(['.', '-', '_'])?;
    let dated = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || "-_.T".contains(c));
    if !dated {
        return None;
    }
    Some(match digits.parse::<u32>() {
        Ok(number) if digits.len() < 5 => Rank::Number(number),
        _ => Rank::Date(digits.to_owned()),
    })
}

/// A sibling's text.
///
/// # Errors
/// The file's own.
pub fn reader(sibling: &Sibling) -> io::Result<Box<dyn Read>> {
    let (file, _) = disk::open(&sibling.path)?;
    if sibling.packed { unpacked(file) } else { Ok(Box::new(file)) }
}

#[cfg(feature = "archives")]
fn unpacked(file: File) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(flate2::read::MultiGzDecoder::new(file)))
}

#[cfg(not(feature = "archives"))]
fn unpacked(_: File) -> io::Result<Box<dyn Read>> {
    Err(io::Error::other("built without support for compressed files"))
}

/// The first bytes of a sibling's text; what can be had of them.
#[must_use]
pub fn head(sibling: &Sibling) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(reader) = reader(sibling) {
        let _ = reader.take(SPAN as u64).read_to_end(&mut head);
    }
    head
}

/// How many bytes of text a sibling has, and the last of them before `at`; for a compressed one all
/// of it is decoded, in constant memory.
///
/// # Errors
/// The file's own, or damaged data.
pub fn before(sibling: &Sibling, at: u64, span: usize) -> io::Result<Vec<u8>> {
    let from = at.saturating_sub(span as u64);
    let mut bytes = Vec::new();
    if sibling.packed {
        let mut reader = reader(sibling)?;
        io::copy(&mut reader.by_ref().take(from), &mut io::sink())?;
        reader.take(at - from).read_to_end(&mut bytes)?;
    } else {
        let (file, _) = disk::open(&sibling.path)?;
        bytes = disk::read_some(&file, from, usize::try_from(at - from).unwrap_or(span))?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_names_are_known_and_others_are_not() {
        let name = "atlassian-jira.log";
        assert_eq!(rank(name, "atlassian-jira.log.1"), Some(Rank::Number(1)));
        assert_eq!(rank(name, "atlassian-jira.log.12"), Some(Rank::Number(12)));
        for dated in [
            "atlassian-jira.log-20260105",
            "atlassian-jira.log.2026-01-05",
            "atlassian-jira-2026-01-05.log",
            "atlassian-jira-2026-01-05-1.log",
            "atlassian-jira.log-20260105-1700000000",
        ] {
            assert!(matches!(rank(name, dated), Some(Rank::Date(_))), "{dated}");
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
            assert_eq!(rank(name, no), None, "{no}");
        }
    }

    #[test]
    fn generations_come_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.log", "a.log.1", "a.log.2", "a.log.10"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::write(folder.path().join("a.log.3"), "").unwrap();
        let names: Vec<String> = siblings(&folder.path().join("a.log"))
            .iter()
            .map(|sibling| sibling.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        let young_first = names == ["a.log.1", "a.log.2", "a.log.10"];
        assert!(young_first || names == ["a.log.10", "a.log.2", "a.log.1"], "{names:?}");
    }
}
