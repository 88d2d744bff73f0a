//! Which log files were given, and which older ones are there besides.
//!
//! Jira rotates by size: `atlassian-jira.log` becomes `.1`, `.1` becomes `.2`, the oldest has the
//! highest number.

use std::collections::{BTreeMap, BTreeSet};

use super::Logs;

/// The logs in which a failed refresh is written.
const OF_REFRESHES: [&str; 2] = ["atlassian-jira.log", "atlassian-jira-incoming-mail.log"];

/// Name of a log without folder, packing and rotation, and its number in the rotation.
pub(super) fn family(source: &str) -> (&str, u32) {
    let name = source.rsplit(['/', '\\', '!']).next().unwrap_or(source);
    let name = [".gz", ".zst", ".bz2", ".xz"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(name);
    match name.rsplit_once('.') {
        Some((base, number)) if !base.is_empty() => match number.parse() {
            Ok(number) => (base, number),
            Err(_) => (name, 0),
        },
        _ => (name, 0),
    }
}

/// The files that would show what was before, in words.
pub(super) fn older(logs: &Logs) -> String {
    let mut given: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for log in &logs.list {
        let (base, number) = family(&log.source);
        given.entry(base).or_default().insert(number);
    }
    let wanted = OF_REFRESHES.map(|base| match given.get(base) {
        None => format!("{base} and {base}.1 and older"),
        Some(numbers) => {
            let highest = numbers.last().copied().unwrap_or_default();
            let missing: Vec<String> =
                (0..highest).filter(|n| !numbers.contains(n)).take(4).map(|n| rotated(base, n)).collect();
            let beyond = format!("{} and older", rotated(base, highest + 1));
            if missing.is_empty() { beyond } else { format!("{}, {beyond}", missing.join(", ")) }
        }
    });
    wanted.join(", ")
}

fn rotated(base: &str, number: u32) -> String {
    if number == 0 { base.to_owned() } else { format!("{base}.{number}") }
}

#[cfg(test)]
mod tests {
    use super::{super::Log, *};

    fn logs(names: &[&str]) -> Logs {
        let list = names.iter().map(|name| Log { source: (*name).to_owned(), ..Log::default() }).collect();
        Logs { list, ..Logs::default() }
    }

    #[test]
    fn a_rotated_name_tells_family_and_number() {
        for (source, base, number) in [
            ("/x/log/atlassian-jira.log", "atlassian-jira.log", 0),
            ("a.zip!/application-logs/atlassian-jira.log.12", "atlassian-jira.log", 12),
            ("atlassian-jira-incoming-mail.log.3.gz", "atlassian-jira-incoming-mail.log", 3),
            ("C:\\jira\\log\\atlassian-jira.log.1", "atlassian-jira.log", 1),
            ("-", "-", 0),
        ] {
            assert_eq!(family(source), (base, number));
        }
    }

    #[test]
    fn the_older_files_follow_on_those_that_were_given() {
        assert_eq!(
            older(&logs(&["l/atlassian-jira.log", "l/atlassian-jira.log.1", "l/atlassian-jira.log.2"])),
            "atlassian-jira.log.3 and older, atlassian-jira-incoming-mail.log and atlassian-jira-incoming-mail.log.1 and older"
        );
        assert_eq!(
            older(&logs(&[
                "atlassian-jira-incoming-mail.log",
                "atlassian-jira-incoming-mail.log.2",
                "atlassian-jira.log"
            ])),
            "atlassian-jira.log.1 and older, atlassian-jira-incoming-mail.log.1, \
             atlassian-jira-incoming-mail.log.3 and older"
        );
    }
}
