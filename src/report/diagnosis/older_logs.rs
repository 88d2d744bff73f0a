//! Which log files were given, and which older ones are there besides.
//!
//! Jira rotates by size: `atlassian-jira.log` becomes `.1`, `.1` becomes `.2`, the oldest has the
//! highest number. A changed `log4j` configuration may rotate by date instead.

use std::collections::BTreeSet;

use super::{Log, Logs, Rotation};

/// The logs in which a failed refresh is written.
const OF_REFRESHES: [&str; 2] = ["atlassian-jira.log", "atlassian-jira-incoming-mail.log"];

/// The files that would show what was before, in words.
pub(super) fn older(logs: &Logs) -> String {
    OF_REFRESHES.map(|name| older_of(name, logs.list.iter().filter(|log| log.name == name))).join(", ")
}

fn older_of<'l>(name: &str, given: impl Iterator<Item = &'l Log>) -> String {
    let given: Vec<&Rotation> = given.map(|log| &log.rotation).collect();
    let dates = given.iter().filter_map(|rotation| match rotation {
        Rotation::Dated(date) => Some(date.as_str()),
        _ => None,
    });
    let numbers: BTreeSet<u32> = given
        .iter()
        .filter_map(|rotation| match rotation {
            Rotation::Numbered(number) => Some(*number),
            Rotation::Current => Some(0),
            Rotation::Dated(_) => None,
        })
        .collect();
    if let Some(oldest) = dates.min() {
        return format!("the files of {name} from before {oldest}");
    }
    let Some(highest) = numbers.last().copied() else { return format!("{name} and {name}.1 and older") };
    let missing: Vec<String> =
        (0..highest).filter(|n| !numbers.contains(n)).take(4).map(|n| numbered(name, n)).collect();
    let beyond = format!("{} and older", numbered(name, highest + 1));
    if missing.is_empty() { beyond } else { format!("{}, {beyond}", missing.join(", ")) }
}

fn numbered(name: &str, number: u32) -> String {
    if number == 0 { name.to_owned() } else { format!("{name}.{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(files: &[(&str, Rotation)]) -> Logs {
        let log = |(name, rotation): &(&str, Rotation)| Log {
            name: (*name).to_owned(),
            rotation: rotation.clone(),
            ..Log::default()
        };
        Logs { list: files.iter().map(log).collect(), ..Logs::default() }
    }

    #[test]
    fn the_older_files_follow_on_those_that_were_given() {
        const JIRA: &str = "atlassian-jira.log";
        const MAIL: &str = "atlassian-jira-incoming-mail.log";
        assert_eq!(
            older(&logs(&[(JIRA, Rotation::Current), (JIRA, Rotation::Numbered(1)), (JIRA, Rotation::Numbered(2))])),
            "atlassian-jira.log.3 and older, atlassian-jira-incoming-mail.log and atlassian-jira-incoming-mail.log.1 and older"
        );
        assert_eq!(
            older(&logs(&[(MAIL, Rotation::Current), (MAIL, Rotation::Numbered(2)), (JIRA, Rotation::Current)])),
            "atlassian-jira.log.1 and older, atlassian-jira-incoming-mail.log.1, \
             atlassian-jira-incoming-mail.log.3 and older"
        );
        let dated = |date: &str| Rotation::Dated(date.to_owned());
        assert_eq!(
            older(&logs(&[(JIRA, Rotation::Current), (JIRA, dated("2026-01-05")), (JIRA, dated("2026-01-04"))])),
            "the files of atlassian-jira.log from before 2026-01-04, \
             atlassian-jira-incoming-mail.log and atlassian-jira-incoming-mail.log.1 and older"
        );
    }
}
