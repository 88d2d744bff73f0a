//! From paths to a list of files.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    input::{Content, FolderFile, Input, path_name},
    rotation::{self, Age, ParsedName, parse_name},
};
use crate::model::{Fault, FaultKind, sort_by_key};

/// One path to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathInput {
    /// Where it is; `-` for standard input.
    pub path: PathBuf,
    /// How the report names it.
    pub name: String,
    /// What it is.
    pub kind: PathKind,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum PathKind {
    /// A file.
    File,
    /// Standard input.
    Stdin,
}

/// How deep folders are searched.
const MAX_FOLDER_DEPTH: usize = 12;

/// Turns paths into files, in the order given; the logs of a folder oldest first. A path that does not
/// exist may be a glob pattern (`node*/atlassian-jira.log*`), for a shell that does not expand them.
/// What cannot be read becomes a fault, and the rest is still read. `leave_out` gets the files of folders that are no logs
/// by their names.
#[must_use]
pub(crate) fn discover(paths: &[PathBuf], leave_out: &mut dyn FnMut(&Path)) -> (Vec<PathInput>, Vec<Fault>) {
    let (mut inputs, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(PathInput { path: path.clone(), name: "-".to_owned(), kind: PathKind::Stdin });
            continue;
        }
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match glob_matches(path) {
                Some(found) => found.iter().for_each(|path| add_path(path, &mut inputs, &mut faults, leave_out)),
                None => faults.push(open_fault(&path_name(path), &error)),
            },
            _ => add_path(path, &mut inputs, &mut faults, leave_out),
        }
    }
    (inputs, faults)
}

/// Adds a path that was named: a file, or a folder with logs.
fn add_path(path: &Path, inputs: &mut Vec<PathInput>, faults: &mut Vec<Fault>, leave_out: &mut dyn FnMut(&Path)) {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => add_folder(path, inputs, faults, leave_out),
        Ok(_) => inputs.push(file(path.to_owned())),
        Err(error) => faults.push(open_fault(&path_name(path), &error)),
    }
}

/// What a glob pattern matches, sorted by name; `None` when it is no pattern or matches nothing.
fn glob_matches(path: &Path) -> Option<Vec<PathBuf>> {
    let pattern = path.to_str().filter(|pattern| pattern.contains(['*', '?', '[']))?;
    let found: Vec<PathBuf> = glob::glob(pattern).ok()?.flatten().collect();
    (!found.is_empty()).then_some(found)
}

fn file(path: PathBuf) -> PathInput {
    PathInput { name: path_name(&path), path, kind: PathKind::File }
}

fn add_folder(path: &Path, inputs: &mut Vec<PathInput>, faults: &mut Vec<Fault>, leave_out: &mut dyn FnMut(&Path)) {
    let mut logs = Vec::new();
    let faults_before = faults.len();
    walk(path, 0, &mut logs, faults, leave_out);
    if logs.is_empty() && faults.len() == faults_before {
        faults.push(no_logs_fault(&path_name(path)));
    }
    sort_by_key(&mut logs, |log| reading_order(log));
    inputs.extend(logs.into_iter().map(file));
}

/// The fault of a folder without logs.
pub(super) fn no_logs_fault(folder: &str) -> Fault {
    Fault {
        source: folder.to_owned(),
        offset: None,
        kind: FaultKind::NoLogs,
        message: "no Jira logs in this folder (atlassian-jira*.log, atlassian-servicedesk*.log, catalina*): name the log file itself, or Jira's log folder".to_owned(),
    }
}

impl Input {
    /// What is read of it: the logs of [`Input::folder`], the oldest first; of everything else, the input
    /// itself.
    #[must_use]
    pub fn files(&self) -> Vec<Self> {
        match &self.content {
            Content::Folder(files) => logs_of_folder(&self.name, files, &mut |_| ()),
            _ => vec![self.clone()],
        }
    }
}

/// The logs of a folder that is given file by file, in the order in which they are read. `leave_out` gets the files that
/// are no logs by their names.
pub(super) fn logs_of_folder(folder: &str, files: &[FolderFile], leave_out: &mut dyn FnMut(&str)) -> Vec<Input> {
    let mut logs = Vec::new();
    for (name, content) in files {
        let path = name.strip_prefix(folder).unwrap_or(name).trim_start_matches('/');
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        if folders.split('/').filter(|folder| !folder.is_empty()).count() > MAX_FOLDER_DEPTH {
            continue;
        }
        if is_log_name(file) {
            logs.push(Input { name: name.clone(), content: Content::RandomAccess(Arc::clone(content)) });
        } else {
            leave_out(name);
        }
    }
    sort_by_key(&mut logs, |log| reading_order(Path::new(log.name())));
    logs
}

/// Sorts the logs of a folder: by folder, then by log, the oldest part first.
fn reading_order(log: &Path) -> (PathBuf, String, Age, String) {
    let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ParsedName { log: log_name, age } = parse_name(&name);
    (log.parent().map(Path::to_path_buf).unwrap_or_default(), log_name, age, name)
}

fn walk(
    folder: &Path,
    depth: usize,
    logs: &mut Vec<PathBuf>,
    faults: &mut Vec<Fault>,
    leave_out: &mut dyn FnMut(&Path),
) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(open_fault(&path_name(folder), &error));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(file_type) = entry.file_type() else { continue };
        if file_type.is_dir() {
            if depth < MAX_FOLDER_DEPTH {
                walk(&path, depth + 1, logs, faults, leave_out);
            }
            continue;
        }
        let name = entry.file_name();
        if !is_log_name(&name.to_string_lossy()) {
            leave_out(&path);
            continue;
        }
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => logs.push(path),
            // A link to a folder is not followed: it may lead in a circle.
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => faults.push(Fault {
                source: path_name(&path),
                offset: None,
                kind: FaultKind::NotAFile,
                message: "a pipe, socket or device is not read from a folder: name it to read it".to_owned(),
            }),
            Err(error) => faults.push(open_fault(&path_name(&path), &error)),
        }
    }
}

/// True for a log that may be written to: one without a rotation number, which is not compressed.
#[must_use]
pub(super) fn is_written_to(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "log" || extension == "out")
}

/// The path of the log that a file with a date in its name was rotated from: `jira.log` for
/// `jira-2026-01-05-1.log`. Where no such log exists, the dated file may itself be written to, as
/// Tomcat does with `catalina.2026-01-05.log`.
#[must_use]
pub(super) fn rotated_from(path: &Path) -> Option<PathBuf> {
    let parsed = parse_name(path.file_name()?.to_str()?);
    matches!(parsed.age, Age::Dated(_)).then(|| path.with_file_name(parsed.log))
}

/// True for the names of files that are read from a folder: Jira's logs, rotated and compressed ones
/// too (`atlassian-jira.log.3.gz`), and support archives.
#[must_use]
pub fn is_log_name(name: &str) -> bool {
    rotation::is_log_name(name) || is_support_archive(name)
}

/// An archive that may hold logs. Other archives in a folder (backups, exports) are ignored.
fn is_support_archive(name: &str) -> bool {
    let lower = name.to_lowercase();
    cfg!(feature = "archives")
        && [".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.zst", ".tar.bz2", ".tar.xz"]
            .iter()
            .any(|extension| lower.ends_with(extension))
        && ["support", "jira", "node", "log"].iter().any(|word| lower.contains(word))
}

/// The fault of an input that cannot be opened.
pub(crate) fn open_fault(name: &str, error: &io::Error) -> Fault {
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound => (
            FaultKind::NotFound,
            "no such file or folder: check the path; Jira writes its logs to <jira-home>/log".to_owned(),
        ),
        io::ErrorKind::PermissionDenied => (
            FaultKind::PermissionDenied,
            "permission denied: run as the user that runs Jira, or copy the file".to_owned(),
        ),
        _ => (FaultKind::Read, format!("cannot be opened: {error}")),
    };
    Fault { source: name.to_owned(), offset: None, kind, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_given_file_by_file_is_read_as_the_folder_itself() {
        let folder = tempfile::tempdir().unwrap();
        let names =
            ["b/atlassian-jira.log.1", "b/atlassian-jira.log", "a/b/catalina.out", "notes.txt", "atlassian-jira.log"];
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let (mut left_out, mut left_out_of_path) = (Vec::new(), Vec::new());
        let root = path_name(folder.path());
        let files = names.map(|name| (format!("{root}/{name}"), Arc::new(Vec::new()) as _));
        let logs = logs_of_folder(&root, &files, &mut |name| left_out.push(name.to_owned()));
        let (inputs, _) = discover(&[folder.path().to_owned()], &mut |path| left_out_of_path.push(path_name(path)));
        let read: Vec<&str> = logs.iter().map(Input::name).collect();
        assert_eq!(read, inputs.iter().map(|input| input.name.as_str()).collect::<Vec<_>>());
        assert_eq!(read.len(), 4);
        assert_eq!(left_out, left_out_of_path);
        let deep = format!("{root}/{}atlassian-jira.log", "a/".repeat(MAX_FOLDER_DEPTH + 1));
        assert!(logs_of_folder(&root, &[(deep, Arc::new(Vec::new()))], &mut |_| ()).is_empty());
    }

    #[test]
    fn folders_and_patterns_give_their_logs_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["atlassian-jira.log", "atlassian-jira.log.2.gz", "atlassian-jira.log.10", "atlassian-jira.log.1", "x.log"]
        {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let names = |path: &Path| -> Vec<String> {
            let (inputs, faults) = discover(&[path.to_owned()], &mut |_| ());
            assert!(faults.is_empty(), "{faults:?}");
            inputs.iter().map(|input| input.path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(
            names(folder.path()),
            ["atlassian-jira.log.10", "atlassian-jira.log.2.gz", "atlassian-jira.log.1", "atlassian-jira.log"]
        );
        assert_eq!(names(&folder.path().join("x.*")), ["x.log"]);
        let (inputs, faults) = discover(&[folder.path().join("y.*")], &mut |_| ());
        assert!(inputs.is_empty() && faults[0].kind == FaultKind::NotFound);
    }
}
