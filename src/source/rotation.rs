//! Names of rotated logs: which file belongs to which log, which is the older one, and on which node
//! of a cluster it was written.

use std::cmp::Reverse;

/// Ends of names that say "compressed".
pub(super) const PACKED: [&str; 9] = [".gz", ".tgz", ".zip", ".tar", ".zst", ".bz2", ".xz", ".tbz2", ".txz"];

/// A file's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rotated {
    /// The name of the log that it is a part of: `atlassian-jira.log`.
    pub(super) log: String,
    /// Its age within that log.
    pub(super) age: Age,
}

/// How old a part of a log is; the oldest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Age {
    /// A date as a number (20260105), then an index that counts up.
    Dated(u32, u32),
    /// A number of rotation: the highest is the oldest.
    Numbered(Reverse<u32>),
    /// The one that is being written to.
    Current,
}

impl Age {
    /// True when nothing is missing between the two: what `older` breaks off, `self` goes on with.
    pub(super) fn follows(self, older: Self) -> bool {
        match (older, self) {
            (Self::Numbered(older), Self::Numbered(newer)) => older.0 == newer.0 + 1,
            (Self::Numbered(older), Self::Current) => older.0 == 1,
            (Self::Dated(..), _) => true,
            _ => false,
        }
    }
}

/// Takes a file's name apart.
pub(super) fn rotated(name: &str) -> Rotated {
    let mut name = name;
    while let Some(bare) = PACKED.iter().find_map(|end| strip_end(name, end)) {
        name = bare;
    }
    if let Some((from, to, date)) = date(name) {
        // `catalina.2026-01-05.log`, `atlassian-jira-2026-01-05-1.log`, `atlassian-jira.log.2026-01-05.3`
        let (before, behind) = (name[..from].trim_end_matches(BETWEEN), name[to..].trim_start_matches(BETWEEN));
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let (index, end) = behind.split_at(digits);
        if index.len() < MOST_DIGITS && matches!(end, "" | ".log" | ".out" | "log" | "out") {
            let end = end.trim_start_matches('.');
            let log = if end.is_empty() { before.to_owned() } else { format!("{before}.{end}") };
            return Rotated { log, age: Age::Dated(date, index.parse().unwrap_or(0)) };
        }
    }
    match name.rsplit_once('.') {
        Some((log, number))
            if (1..MOST_DIGITS).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            Rotated { log: log.to_owned(), age: Age::Numbered(Reverse(number.parse().unwrap_or(0))) }
        }
        _ => Rotated { log: name.to_owned(), age: Age::Current },
    }
}

/// What stands between a name, its date and its number.
const BETWEEN: [char; 3] = ['.', '-', '_'];
/// Numbers of rotation are shorter than this; longer ones are something else.
const MOST_DIGITS: usize = 5;

fn strip_end<'n>(name: &'n str, end: &str) -> Option<&'n str> {
    let at = name.len().checked_sub(end.len())?;
    (at > 0 && name.is_char_boundary(at) && name[at..].eq_ignore_ascii_case(end)).then(|| &name[..at])
}

/// The first date in a name, `2026-01-05` or `20260105`: where it stands, and as a number.
fn date(name: &str) -> Option<(usize, usize, u32)> {
    let bytes = name.as_bytes();
    (0..bytes.len()).find_map(|from| {
        if from > 0 && bytes[from - 1].is_ascii_digit() {
            return None;
        }
        let text = |len: usize| bytes.get(from..from + len);
        let (len, digits): (usize, Vec<u8>) = match text(10) {
            Some(long) if long[4] == long[7] && b"-_.".contains(&long[4]) => {
                (10, [&long[..4], &long[5..7], &long[8..]].concat())
            }
            _ => (8, text(8)?.to_vec()),
        };
        if bytes.get(from + len).is_some_and(u8::is_ascii_digit) || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number: u32 = String::from_utf8(digits).ok()?.parse().ok()?;
        let (month, day) = (number / 100 % 100, number % 100);
        let plausible =
            (19_900_000..22_000_000).contains(&number) && (1..13).contains(&month) && (1..32).contains(&day);
        plausible.then_some((from, from + len, number))
    })
}

/// True for the names under which Jira and its Tomcat write, rotated and compressed ones too.
#[must_use]
pub(super) fn is_log_name(name: &str) -> bool {
    let log = rotated(name).log;
    ["atlassian-jira", "atlassian-servicedesk", "catalina"].iter().any(|family| log.starts_with(family))
        && (log.ends_with(".log") || log.ends_with(".out"))
}

/// True for names of archives and compressed files.
#[cfg(feature = "archives")]
pub(super) fn is_packed_name(name: &str) -> bool {
    PACKED.iter().any(|end| strip_end(name, end).is_some())
}

/// The folders of a file as the report names it, and its own name. An archive is a folder.
pub(super) fn folders(name: &str) -> (Vec<&str>, &str) {
    let (path, file) = name.rsplit_once(['/', '\\']).unwrap_or(("", name));
    (path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "!")).collect(), file)
}

/// The node of each file, by its folders: where the same log stands in several folders side by side,
/// their names are the nodes'. `None` for all when there is only one.
pub(super) fn nodes(names: &[&str]) -> Vec<Option<String>> {
    let taken: Vec<(Vec<&str>, String)> = names
        .iter()
        .map(|name| {
            let (folders, file) = folders(name);
            (folders, rotated(file).log)
        })
        .collect();
    let same_log = |log: &str| {
        let mut places: Vec<&Vec<&str>> =
            taken.iter().filter(|(_, other)| other == log).map(|(folders, _)| folders).collect();
        places.sort_unstable();
        places.dedup();
        places
    };
    let mut logs: Vec<&str> = taken.iter().map(|(_, log)| log.as_str()).collect();
    logs.sort_unstable();
    logs.dedup();
    let Some(depth) = logs.iter().filter_map(|log| fork(&same_log(log))).min() else {
        return vec![None; names.len()];
    };
    taken.iter().map(|(folders, _)| folders.get(depth).map(|label| node_name(label))).collect()
}

/// The depth at which folders part, when each of them has a name there that can be a node's.
fn fork(places: &[&Vec<&str>]) -> Option<usize> {
    if places.len() < 2 {
        return None;
    }
    let shared = (0..)
        .take_while(|i| places.iter().all(|place| place.get(*i).is_some() && place[*i..=*i] == places[0][*i..=*i]));
    let depth = shared.count();
    let labels: Option<Vec<&str>> = places.iter().map(|place| place.get(depth).copied()).collect();
    // A folder within the other's is a backup; folders named by dates are one node's.
    labels.filter(|labels| labels.iter().all(|label| label.bytes().any(|b| b.is_ascii_alphabetic()))).map(|_| depth)
}

/// A folder's or an archive's name without its ending.
fn node_name(label: &str) -> String {
    let mut name = label.trim_end_matches('!');
    while let Some(bare) = PACKED.iter().find_map(|end| strip_end(name, end)) {
        name = bare;
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_jira_logs_are_known() {
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
        ] {
            let ages: Vec<Age> = names.iter().map(|name| rotated(name).age).collect();
            assert!(ages.windows(2).all(|pair| pair[0] < pair[1]), "{names:?} {ages:?}");
            assert!(names.iter().all(|name| rotated(name).log == "a.log"), "{names:?}");
        }
        assert!(rotated("a.log").age.follows(rotated("a.log.1").age));
        assert!(rotated("a.log.1").age.follows(rotated("a.log.2.gz").age));
        assert!(!rotated("a.log.1").age.follows(rotated("a.log.3").age), "one is missing between");
    }

    #[test]
    fn nodes_are_the_folders_in_which_the_same_log_stands() {
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
