//! Names of rotated logs: which log a file is part of, which file is the older one, and on which node of
//! a cluster it was written. The only place that reads such names.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    fmt,
};

/// Extensions of compressed files and archives.
const COMPRESSED_EXTENSIONS: [&str; 9] = [".gz", ".tgz", ".zip", ".tar", ".zst", ".bz2", ".xz", ".tbz2", ".txz"];

/// What a file's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParsedName {
    /// The name of the log that the file is part of: `atlassian-jira.log`.
    pub(crate) log: String,
    /// Its age within that log.
    pub(crate) age: Age,
}

/// The age of a file among the files of its log. Sorts the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Age {
    /// The date of a rotation by time, or the day on which the file was written.
    Dated(RotationDate),
    /// A rotation number: the highest is the oldest.
    Numbered(Reverse<u32>),
    /// The file that is being written to.
    Current,
}

/// A date in a file's name, as exact as the name gives it. Sorts the oldest first.
///
/// log4j's `DatePattern` writes months (`2026-01`), weeks (`2026-02`, which look like months),
/// days, half days (`2026-01-05-PM`), hours (`2026-01-05-18`) and minutes (`2026-01-05-18-12`);
/// logrotate writes `20260105`. A number that counts the files of one date comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RotationDate {
    /// Year, month or week, and day; 0 when the name has none.
    date: [u16; 3],
    /// What follows the date: hour, minute, index, in the order of the name. AM is 0, PM is 1.
    rest: [u32; MAX_ROTATION_NUMBERS],
}

/// The date without what follows it, in ISO 8601.
impl fmt::Display for RotationDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day] = self.date;
        write!(f, "{year:04}-{month:02}")?;
        if day > 0 { write!(f, "-{day:02}") } else { Ok(()) }
    }
}

impl Age {
    /// True when no file is missing between the two: `self` continues where `older` ends.
    pub(crate) fn follows(self, older: Self) -> bool {
        match (older, self) {
            (Self::Numbered(older), Self::Numbered(newer)) => older.0 == newer.0 + 1,
            (Self::Numbered(older), Self::Current) => older.0 == 1,
            (Self::Dated(..), _) => true,
            _ => false,
        }
    }
}

/// Maximum count of numbers after a date: hour, minute, second or index.
const MAX_ROTATION_NUMBERS: usize = 3;
/// Characters between a name, its date and its number.
const SEPARATORS: [char; 3] = ['.', '-', '_'];
/// Maximum digits of a rotation number; longer numbers mean something else.
const MAX_INDEX_DIGITS: usize = 4;

/// Reads the name of a log file, without its folders.
pub(crate) fn parse_name(name: &str) -> ParsedName {
    let name = without_compression(name);
    // `catalina.2026-01-05.log`, `atlassian-jira-2026-01-05-1.log`, `atlassian-jira.log.2026-01-05.3`
    if let Some((before, date, end)) = date(name) {
        let log = if end.is_empty() { before.to_owned() } else { format!("{before}.{end}") };
        return ParsedName { log, age: Age::Dated(date) };
    }
    match name.rsplit_once('.') {
        Some((log, number)) if is_index(number) && !log.is_empty() => {
            ParsedName { log: log.to_owned(), age: Age::Numbered(Reverse(number.parse().unwrap_or(0))) }
        }
        _ => ParsedName { log: name.to_owned(), age: Age::Current },
    }
}

fn without_compression(mut name: &str) -> &str {
    while let Some(bare) = COMPRESSED_EXTENSIONS.iter().find_map(|extension| strip_extension(name, extension)) {
        name = bare;
    }
    name
}

fn is_index(text: &str) -> bool {
    (1..=MAX_INDEX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn strip_extension<'n>(name: &'n str, extension: &str) -> Option<&'n str> {
    let at = name.len().checked_sub(extension.len())?;
    (at > 0 && name.is_char_boundary(at) && name[at..].eq_ignore_ascii_case(extension)).then(|| &name[..at])
}

/// The first date in a name, with what is before it and the extension after it.
fn date(name: &str) -> Option<(&str, RotationDate, &str)> {
    let bytes = name.as_bytes();
    (1..bytes.len())
        .filter(|from| bytes[*from].is_ascii_digit() && SEPARATORS.contains(&char::from(bytes[from - 1])))
        .find_map(|from| {
            let before = name[..from].trim_end_matches(SEPARATORS);
            let (date, mut end) = leading_date(&name[from..])?;
            let mut rest = [0; MAX_ROTATION_NUMBERS];
            for number_slot in &mut rest {
                let Some((number, after)) = leading_number(end) else { break };
                (*number_slot, end) = (number, after);
            }
            let end = end.trim_start_matches('.');
            let is_log = matches!(end, "" | "log" | "out") && !before.is_empty();
            is_log.then_some((before, RotationDate { date, rest }, end))
        })
}

/// `2026-01-05`, `20260105` or `2026-01` at the start of a text, and what follows it.
fn leading_date(text: &str) -> Option<([u16; 3], &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| text.parse::<u16>().ok();
    let date = match digits {
        8 => ([number(&text[..4])?, number(&text[4..6])?, number(&text[6..8])?], &text[8..]),
        4 => {
            let separator = text[4..].chars().next().filter(|c| SEPARATORS.contains(c))?;
            let two = |text: &'_ str| {
                let digits = text.bytes().take_while(u8::is_ascii_digit).count();
                (digits == 2).then(|| number(&text[..2])).flatten()
            };
            let month = two(&text[5..])?;
            match text[7..].strip_prefix(separator).and_then(two) {
                Some(day) if (1..32).contains(&day) && (1..13).contains(&month) => {
                    ([number(&text[..4])?, month, day], &text[10..])
                }
                _ if separator == '-' => ([number(&text[..4])?, month, 0], &text[7..]),
                _ => return None,
            }
        }
        _ => return None,
    };
    let ([year, month, day], _) = date;
    // Weeks of a year count to 53.
    let months = if day == 0 && digits == 4 { 1..54 } else { 1..13 };
    let days = if digits == 4 { 0..32 } else { 1..32 };
    ((1990..2200).contains(&year) && months.contains(&month) && days.contains(&day)).then_some(date)
}

/// A separator and a number, `AM` or `PM`, at the start of a text, and what follows it.
fn leading_number(text: &str) -> Option<(u32, &str)> {
    let text = text.strip_prefix(SEPARATORS).or_else(|| text.strip_prefix('T'))?;
    if let Some((half, rest)) = text.get(..2).zip(text.get(2..))
        && let Some(number) = ["AM", "PM"].iter().position(|name| half.eq_ignore_ascii_case(name))
    {
        return Some((u32::try_from(number).unwrap_or(0), rest));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    // Longest are seconds since 1970, as logrotate's `dateformat -%Y%m%d-%s` adds them.
    (1..=10).contains(&digits).then(|| Some((text[..digits].parse().ok()?, &text[digits..]))).flatten()
}

/// True for the names of the logs that Jira and its Tomcat write, rotated and compressed ones too.
#[must_use]
pub(crate) fn is_log_name(name: &str) -> bool {
    let log = parse_name(name).log;
    ["atlassian-jira", "atlassian-servicedesk", "catalina"].iter().any(|prefix| log.starts_with(prefix))
        && (log.ends_with(".log") || log.ends_with(".out"))
}

/// True for names of archives and compressed files.
pub(crate) fn is_compressed_name(name: &str) -> bool {
    COMPRESSED_EXTENSIONS.iter().any(|extension| strip_extension(name, extension).is_some())
}

/// The folders of a file, as the report names it, and its file name. An archive counts as a folder.
pub(crate) fn folders(name: &str) -> (Vec<&str>, &str) {
    let (path, file) = name.rsplit_once(['/', '\\']).unwrap_or(("", name));
    (path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "!")).collect(), file)
}

/// The node of each file, by its folders: where several sibling folders have the same log, their names
/// are the nodes. `None` for all when there is only one.
pub(crate) fn nodes(names: &[&str]) -> Vec<Option<String>> {
    let parsed: Vec<(Vec<&str>, String)> = names
        .iter()
        .map(|name| {
            let (folders, file) = folders(name);
            (folders, parse_name(file).log)
        })
        .collect();
    let mut folders_of_logs: HashMap<&str, BTreeSet<&Vec<&str>>> = HashMap::new();
    for (folders, log) in &parsed {
        folders_of_logs.entry(log).or_default().insert(folders);
    }
    let depth_of = |folders: BTreeSet<&Vec<&str>>| fork_depth(&folders.into_iter().collect::<Vec<_>>());
    let Some(depth) = folders_of_logs.into_values().filter_map(depth_of).min() else {
        return vec![None; names.len()];
    };
    parsed.iter().map(|(folders, _)| folders.get(depth).map(|label| node_name(label))).collect()
}

/// The depth at which paths of folders differ, when each has a name there that can be a node.
fn fork_depth(paths: &[&Vec<&str>]) -> Option<usize> {
    if paths.len() < 2 {
        return None;
    }
    let shared =
        (0..).take_while(|i| paths.iter().all(|path| path.get(*i).is_some() && path[*i..=*i] == paths[0][*i..=*i]));
    let depth = shared.count();
    let labels: Option<Vec<&str>> = paths.iter().map(|path| path.get(depth).copied()).collect();
    // A folder within another is a backup; folders named by dates are of one node.
    labels.filter(|labels| labels.iter().all(|label| label.bytes().any(|b| b.is_ascii_alphabetic()))).map(|_| depth)
}

/// The name of a folder or an archive without its extension.
fn node_name(label: &str) -> String {
    without_compression(label.trim_end_matches('!')).to_owned()
}

/// The node of a single log, when its folder or archive is named after one:
/// `…/node2/log/atlassian-jira.log`.
pub(crate) fn node_of(source: &str) -> Option<String> {
    let (folders, _) = folders(source);
    let label = folders.into_iter().rfind(|folder| folder.to_ascii_lowercase().contains("node"))?;
    Some(node_name(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_jira_logs_are_recognised() {
        for yes in [
            "atlassian-jira.log",
            "atlassian-jira.log.1",
            "atlassian-jira.log.12.gz",
            "atlassian-jira.log.2026-01-05",
            "atlassian-jira-2026-01-05-1.log",
            "atlassian-jira-incoming-mail.log",
            "atlassian-servicedesk.log.10",
            "catalina.out",
            "catalina.2026-01-05.log",
            "catalina.2026-01-05.log.xz",
        ] {
            assert!(is_log_name(yes), "{yes}");
        }
        for no in ["a.log.2026-99", "a-2026.log", "2026-01-05.txt", "a.log.2026-01-05.bak"] {
            assert!(!matches!(parse_name(no).age, Age::Dated(_)), "{no}");
        }
        for no in ["jira.log", "atlassian-jira.txt", "readme.log", "atlassian-jira.log.lck", "catalina.policy"] {
            assert!(!is_log_name(no), "{no}");
        }
    }

    #[test]
    fn rotated_logs_come_oldest_first() {
        for names in [
            &["a.log.10", "a.log.2.gz", "a.log.1", "a.log"][..],
            &["a.log.2026-01-04", "a.log.2026-01-05.gz", "a.log.2026-01-05.2", "a.log"],
            &["a.2025-12-31.log", "a.2026-01-01.log", "a.2026-01-01-1.log", "a.log"],
            &["a-20251231.log", "a-20260101.log.zst", "a.log"],
            &["a.log.2025-11", "a.log.2025-12", "a.log"],
            &["a.log.2026-47", "a.log.2026-48.gz", "a.log"],
            &["a.log.2026-01-05-AM", "a.log.2026-01-05-PM", "a.log.2026-01-06-AM", "a.log"],
            &["a.log.2026-01-05-09-12", "a.log.2026-01-05-18-05", "a.log.2026-01-05-18-12", "a.log"],
            &["a.log-20260104-1767500000", "a.log-20260105-1767600000", "a.log"],
            &["a-2026-01-05-1.log", "a-2026-01-05-2.log", "a-2026-01-05-10.log", "a.log"],
        ] {
            let ages: Vec<Age> = names.iter().map(|name| parse_name(name).age).collect();
            assert!(ages.windows(2).all(|pair| pair[0] < pair[1]), "{names:?} {ages:?}");
            assert!(names.iter().all(|name| parse_name(name).log == "a.log"), "{names:?}");
        }
        assert!(parse_name("a.log").age.follows(parse_name("a.log.1").age));
        assert!(parse_name("a.log.1").age.follows(parse_name("a.log.2.gz").age));
        assert!(!parse_name("a.log.1").age.follows(parse_name("a.log.3").age), "one is missing between");
    }

    #[test]
    fn nodes_are_the_folders_that_have_the_same_log() {
        let some =
            |names: &[&str]| -> Vec<Option<String>> { names.iter().map(|name| Some((*name).to_owned())).collect() };
        for (names, expected) in [
            (&["log/atlassian-jira.log", "log/atlassian-jira.log.1", "log/catalina.out"][..], vec![None; 3]),
            (&["x.zip!/application-logs/atlassian-jira.log", "x.zip!/tomcat-logs/catalina.out"], vec![None; 2]),
            (&["c/node1/log/atlassian-jira.log", "c/node2/log/atlassian-jira.log"], some(&["node1", "node2"])),
            (
                &[
                    "c.zip!/n1.zip!/application-logs/atlassian-jira.log",
                    "c.zip!/n2.zip!/application-logs/atlassian-jira.log",
                    "c.zip!/n1.zip!/tomcat-logs/catalina.out",
                ],
                some(&["n1", "n2", "n1"]),
            ),
            (&["n1.zip!/a/atlassian-jira.log", "n2.zip!/a/atlassian-jira.log"], some(&["n1", "n2"])),
            (&["log/atlassian-jira.log", "log/old/atlassian-jira.log"], vec![None; 2]),
            (&["2026-01/atlassian-jira.log", "2026-02/atlassian-jira.log"], vec![None; 2]),
        ] {
            assert_eq!(nodes(names), expected, "{names:?}");
        }
    }
}
