//! From what the user typed to an ordered list of inputs.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::model::{Fault, FaultKind};

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it is; `-` for standard input.
    pub path: PathBuf,
    /// How the report names it.
    pub name: String,
    /// What it is.
    pub kind: InputKind,
}

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputKind {
    /// A plain file.
    File,
    /// Standard input.
    Stdin,
}

impl InputKind {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Stdin => "stdin",
        }
    }
}

/// How deep folders are searched.
const DEEPEST: usize = 12;

/// Turns paths into inputs, in the order given; the logs of a folder oldest first. What cannot be
/// read becomes a fault, and the rest goes on.
#[must_use]
pub fn discover(paths: &[PathBuf]) -> (Vec<Input>, Vec<Fault>) {
    let (mut inputs, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input { path: path.clone(), name: "-".to_owned(), kind: InputKind::Stdin });
            continue;
        }
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => folder(path, &mut inputs, &mut faults),
            Ok(_) => inputs.push(file(path.clone())),
            Err(error) => faults.push(refused(path, &error)),
        }
    }
    (inputs, faults)
}

fn file(path: PathBuf) -> Input {
    Input { name: path.display().to_string(), path, kind: InputKind::File }
}

fn folder(path: &Path, inputs: &mut Vec<Input>, faults: &mut Vec<Fault>) {
    let mut logs = Vec::new();
    walk(path, 0, &mut logs, faults);
    if logs.is_empty() {
        faults.push(Fault {
            source: path.display().to_string(),
            offset: None,
            kind: FaultKind::NoLogs,
            message: "no Jira log in this folder (atlassian-jira*.log, atlassian-servicedesk*.log, catalina*): name the file itself, or Jira's log folder".to_owned(),
        });
    }
    logs.sort_by_cached_key(|log| order(log));
    inputs.extend(logs.into_iter().map(file));
}

fn walk(folder: &Path, depth: usize, logs: &mut Vec<PathBuf>, faults: &mut Vec<Fault>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(refused(folder, &error));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth < DEEPEST {
            walk(&path, depth + 1, logs, faults);
        } else if is_wanted(&entry.file_name().to_string_lossy()) && path.is_file() {
            logs.push(path);
        }
    }
}

/// True for the names under which Jira and its Tomcat write, with the numbers of rotation.
#[must_use]
pub fn is_log_name(name: &str) -> bool {
    let family = ["atlassian-jira", "atlassian-servicedesk", "catalina"].iter().any(|family| name.starts_with(family));
    let rotated = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    family && (rotated.ends_with(".log") || rotated.ends_with(".out"))
}

/// True for a log that is being written to: one without a number of rotation.
#[must_use]
pub fn is_written_to(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "log" || end == "out")
}

/// A log, or a compressed one (`atlassian-jira.log.3.gz`).
fn is_wanted(name: &str) -> bool {
    is_log_name(name)
        || [".gz", ".zst", ".bz2", ".xz"].iter().any(|end| name.strip_suffix(end).is_some_and(is_log_name))
}

/// Folder, log, then the highest number of rotation first: that one is the oldest.
fn order(path: &Path) -> (PathBuf, String, std::cmp::Reverse<u32>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let plain = [".gz", ".zst", ".bz2", ".xz"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let (stem, number) = match plain.rsplit_once('.') {
        Some((stem, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && number.len() < 5 =>
        {
            (stem.to_owned(), number.parse().unwrap_or(0))
        }
        _ => (plain.to_owned(), 0),
    };
    (path.parent().map(Path::to_path_buf).unwrap_or_default(), stem, std::cmp::Reverse(number))
}

/// A fault for a path that cannot be opened.
pub(crate) fn refused(path: &Path, error: &io::Error) -> Fault {
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound => (
            FaultKind::NotFound,
            "no such file or folder: check the path; Jira writes its logs under <jira-home>/log".to_owned(),
        ),
        io::ErrorKind::PermissionDenied => (
            FaultKind::PermissionDenied,
            "may not be read: run as the user that runs Jira, or copy the file".to_owned(),
        ),
        _ => (FaultKind::Read, format!("cannot be opened: {error}")),
    };
    Fault { source: path.display().to_string(), offset: None, kind, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_jira_logs_are_known() {
        for yes in [
            "atlassian-jira.log",
            "atlassian-jira.log.1",
            "atlassian-jira-incoming-mail.log",
            "atlassian-servicedesk.log.10",
            "catalina.out",
            "catalina.2026-01-05.log",
        ] {
            assert!(is_log_name(yes), "{yes}");
        }
        for no in ["jira.log", "atlassian-jira.txt", "readme.log"] {
            assert!(!is_log_name(no), "{no}");
        }
    }

    #[test]
    fn rotated_logs_come_oldest_first() {
        let mut logs: Vec<PathBuf> =
            ["a/atlassian-jira.log", "a/atlassian-jira.log.2.gz", "a/atlassian-jira.log.10", "a/atlassian-jira.log.1"]
                .iter()
                .map(PathBuf::from)
                .collect();
        logs.sort_by_cached_key(|log| order(log));
        let names: Vec<_> = logs.iter().map(|log| log.to_string_lossy().into_owned()).collect();
        assert_eq!(
            names,
            ["a/atlassian-jira.log.10", "a/atlassian-jira.log.2.gz", "a/atlassian-jira.log.1", "a/atlassian-jira.log"]
        );
    }
}
