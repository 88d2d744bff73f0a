//! Which older log files exist besides those that were provided.
//!
//! Jira rotates by size: `atlassian-jira.log` becomes `.1`, `.1` becomes `.2`, and the oldest file has
//! the highest number. A changed `log4j` configuration may rotate by date instead.

use std::collections::BTreeSet;

use super::logs::{Log, Logs, Rotation};

/// The logs to which Jira writes failed token refreshes.
const REFRESH_LOGS: [&str; 2] = ["atlassian-jira.log", "atlassian-jira-incoming-mail.log"];
/// Missing numbers that are named one by one.
const MAX_MISSING: usize = 4;

/// Names of the files that would show what happened earlier, as a list for a sentence.
pub(super) fn names(logs: &Logs) -> String {
    REFRESH_LOGS.map(|name| older_files(name, logs.list.iter().filter(|log| log.name == name))).join(", ")
}

fn older_files<'l>(name: &str, provided: impl Iterator<Item = &'l Log>) -> String {
    let rotations: Vec<&Rotation> = provided.map(|log| &log.rotation).collect();
    let dates = rotations.iter().filter_map(|rotation| match rotation {
        Rotation::Dated(date) => Some(date.as_str()),
        _ => None,
    });
    let numbers: BTreeSet<u32> = rotations
        .iter()
        .filter_map(|rotation| match rotation {
            Rotation::Numbered(number) => Some(*number),
            Rotation::Current => Some(0),
            Rotation::Dated(_) => None,
        })
        .collect();
    if let Some(oldest) = dates.min() {
        return format!("{name} files from before {oldest}");
    }
    let Some(highest) = numbers.last().copied() else { return format!("{name}, {name}.1 and older") };
    let missing: Vec<String> =
        (0..highest).filter(|n| !numbers.contains(n)).take(MAX_MISSING).map(|n| numbered(name, n)).collect();
    let older = format!("{} and older", numbered(name, highest.saturating_add(1)));
    if missing.is_empty() { older } else { format!("{}, {older}", missing.join(", ")) }
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
        Logs::new(files.iter().map(log).collect(), false)
    }

    #[test]
    fn missing_and_older_files_of_each_log_are_named() {
        const JIRA: &str = "atlassian-jira.log";
        const MAIL: &str = "atlassian-jira-incoming-mail.log";
        assert_eq!(
            names(&logs(&[(JIRA, Rotation::Current), (JIRA, Rotation::Numbered(1)), (JIRA, Rotation::Numbered(2))])),
            "atlassian-jira.log.3 and older, atlassian-jira-incoming-mail.log, atlassian-jira-incoming-mail.log.1 and older"
        );
        assert_eq!(
            names(&logs(&[(MAIL, Rotation::Current), (MAIL, Rotation::Numbered(2)), (JIRA, Rotation::Current)])),
            "atlassian-jira.log.1 and older, atlassian-jira-incoming-mail.log.1, \
             atlassian-jira-incoming-mail.log.3 and older"
        );
        let dated = |date: &str| Rotation::Dated(date.to_owned());
        assert_eq!(
            names(&logs(&[(JIRA, Rotation::Current), (JIRA, dated("2026-01-05")), (JIRA, dated("2026-01-04"))])),
            "atlassian-jira.log files from before 2026-01-04, \
             atlassian-jira-incoming-mail.log, atlassian-jira-incoming-mail.log.1 and older"
        );
    }

    #[test]
    fn the_highest_possible_number_is_no_problem() {
        let highest = [("atlassian-jira.log", Rotation::Numbered(u32::MAX))];
        assert!(names(&logs(&highest)).starts_with("atlassian-jira.log, atlassian-jira.log.1, "));
    }
}
