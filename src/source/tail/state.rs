//! What a run leaves for the next: where it stands in each log.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{absolute, checkpoint::Checkpoint, roots};

/// The state file's schema. A number that is not ours is refused.
const SCHEMA: &str = "oauthsift.follow-state/1";

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowState {
    schema: String,
    /// The run ended by itself, and nothing was handed on after this was written.
    clean: bool,
    /// What was followed.
    paths: Vec<PathBuf>,
    logs: BTreeMap<PathBuf, LogState>,
}

/// Where a run stands in one log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogState {
    /// The generation that was being read.
    pub(super) current: Option<Checkpoint>,
    /// Generations that are done.
    pub(super) done: Vec<Checkpoint>,
}

/// Why a state file cannot be used.
#[derive(Debug)]
pub struct StateError {
    path: PathBuf,
    reason: String,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "state file {}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for StateError {}

impl FollowState {
    pub(super) fn new<'l>(paths: &[PathBuf], clean: bool, logs: impl Iterator<Item = (&'l Path, LogState)>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            clean,
            paths: paths.to_vec(),
            logs: logs.map(|(path, log)| (absolute(path), log)).collect(),
        }
    }

    /// True when the run that wrote this was not killed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.clean
    }

    pub(super) fn log(&self, path: &Path) -> Option<&LogState> {
        self.logs.get(&absolute(path))
    }

    /// Reads a state file for a run that follows `paths`; `None` when there is none yet.
    ///
    /// # Errors
    /// Unreadable, damaged, from another version, or for other logs: in words that say what to do.
    pub fn read(path: &Path, paths: &[PathBuf]) -> Result<Option<Self>, StateError> {
        let refuse = |why: String| Err(StateError { path: path.to_path_buf(), reason: why });
        let text = match fs::read(path) {
            Ok(text) if text.is_empty() => return Ok(None),
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return refuse(format!("cannot be read: {error}")),
        };
        const START_AFRESH: &str = "remove it to start afresh, or name another file with --state";
        #[derive(Deserialize)]
        struct Any {
            schema: String,
        }
        let Ok(any) = serde_json::from_slice::<Any>(&text) else {
            return refuse(format!("damaged, or no state file of oauthsift: {START_AFRESH}"));
        };
        if any.schema != SCHEMA {
            let theirs = any.schema.escape_debug();
            return refuse(format!(
                "written by another version of oauthsift (\"{theirs}\", this one knows \"{SCHEMA}\"): {START_AFRESH}"
            ));
        }
        let saved: Self = match serde_json::from_slice(&text) {
            Ok(saved) => saved,
            Err(error) => return refuse(format!("damaged ({error}): {START_AFRESH}")),
        };
        let wanted = roots(paths);
        if !wanted.is_empty() && !wanted.iter().any(|path| saved.paths.contains(path)) {
            let theirs: Vec<String> = saved.paths.iter().map(|path| path.display().to_string()).collect();
            return refuse(format!("belongs to another log ({}): {START_AFRESH}", theirs.join(", ")));
        }
        Ok(Some(saved))
    }

    /// Writes the state file so that it is always whole: into a file beside it, to the disk, then
    /// renamed.
    ///
    /// # Errors
    /// The file system's own.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        write_atomically(path, &text)
    }
}

/// Puts `text` in the place of a file in one step.
fn write_atomically(path: &Path, text: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("not a file name"))?;
    let mut part = name.to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(part);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written?;
    // The rename itself is on the disk only when the folder is.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).or(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(path: &Path) -> FollowState {
        FollowState::new(&roots(&[path.to_path_buf()]), true, [(path, LogState::default())].into_iter())
    }

    #[test]
    fn what_was_written_is_read_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (state, log) = (folder.path().join("state.json"), folder.path().join("a.log"));
        assert_eq!(FollowState::read(&state, std::slice::from_ref(&log)).unwrap(), None);
        saved(&log).write(&state).unwrap();
        assert_eq!(FollowState::read(&state, std::slice::from_ref(&log)).unwrap(), Some(saved(&log)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_state_file_that_is_of_no_use_says_why_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let (state, log) = (folder.path().join("state.json"), folder.path().join("a.log"));
        let other = folder.path().join("b.log");
        let whole = serde_json::to_string(&saved(&other)).unwrap();
        for (text, why) in [
            ("2026-01-05 20:34:03,014+0000 main INFO x".to_owned(), "no state file of oauthsift"),
            (whole[..whole.len() / 2].to_owned(), "damaged"),
            (whole.replace("state/1", "state/2"), "another version"),
            (whole.replace("\"logs\"", "\"blogs\""), "damaged"),
            (whole.clone(), "belongs to another log"),
        ] {
            fs::write(&state, &text).unwrap();
            let error = FollowState::read(&state, std::slice::from_ref(&log)).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains("remove it to start afresh"), "{text}: {error}");
        }
        fs::write(&state, "").unwrap();
        assert_eq!(FollowState::read(&state, &[log]).unwrap(), None);
    }
}
