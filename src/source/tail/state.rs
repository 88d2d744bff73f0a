//! What a run saves for the next one: its position in each log.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::{Path, PathBuf},
};

use memchr::memrchr;
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{checkpoint::Checkpoint, state_file};

/// The schema of the state file. Any other is refused.
const SCHEMA: &str = "oauthsift.follow-state/1";

/// The position of a run in all its logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FollowState {
    schema: String,
    /// The run ended regularly, and nothing was reported after this was written.
    clean: bool,
    /// The paths that were followed, absolute.
    paths: Vec<PathBuf>,
    logs: BTreeMap<PathBuf, LogState>,
    /// What was reported after this was written, in lines after the JSON text.
    #[serde(skip)]
    reported: Reported,
}

/// Findings that were reported after a state was written: their ids, and the lengths of their records then,
/// in bytes without white space at the end.
pub(crate) type Reported = HashMap<String, u64>;

/// The lines of [`StateFile::add_reported`]. The last one may be incomplete.
fn parse_reported(text: &[u8]) -> Reported {
    let whole_lines = &text[..memrchr(b'\n', text).map_or(0, |i| i + 1)];
    let lines = str::from_utf8(whole_lines).unwrap_or_default().lines();
    lines
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(id, len)| Some((id.to_owned(), len.parse().ok()?)))
        .collect()
}

/// The position of a run in one log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct LogState {
    /// The generation that was being read.
    pub(super) current: Option<Checkpoint>,
    /// Generations that were read to their end, the newest last.
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
    /// `paths` are those of [`root_paths`].
    pub(super) fn new<'l>(paths: &[PathBuf], clean: bool, logs: impl Iterator<Item = (&'l Path, LogState)>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            clean,
            paths: paths.to_vec(),
            logs: logs.map(|(path, log)| (absolute(path), log)).collect(),
            reported: Reported::new(),
        }
    }

    /// True when the run that wrote this was not killed.
    #[must_use]
    pub(crate) fn is_clean(&self) -> bool {
        self.clean && self.reported.is_empty()
    }

    /// Checks that the state file of a run can be written.
    ///
    /// # Errors
    /// It cannot. The message says what to do.
    pub(crate) fn check_writable(path: &Path) -> Result<(), StateError> {
        state_file::check_writable(path).map_err(|error| StateError {
            path: path.to_path_buf(),
            reason: format!("cannot be written: {error}; grant write permission, or name another file with --state"),
        })
    }

    /// The text of the state file. `reported` are findings that an earlier run reported after it had written
    /// its state, and that were not read again so far.
    ///
    /// # Errors
    /// A path is not UTF-8.
    pub(crate) fn to_text(&self, reported: &Reported) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        for (id, len) in reported {
            text.push_str(&state_file::reported_line(id, *len));
        }
        Ok(text)
    }

    /// What was reported after this was written.
    pub(crate) fn take_reported(&mut self) -> Reported {
        // Whether anything was reported still decides whether the run was killed.
        self.clean &= self.reported.is_empty();
        std::mem::take(&mut self.reported)
    }

    pub(super) fn log(&self, path: &Path) -> Option<&LogState> {
        self.logs.get(&absolute(path))
    }

    /// Reads the state file of a run that follows `paths`; `None` when there is none yet.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or belongs to another version or to other logs. The message says
    /// what to do.
    pub(crate) fn read(path: &Path, paths: &[PathBuf]) -> Result<Option<Self>, StateError> {
        let refuse = |reason: String| Err(StateError { path: path.to_path_buf(), reason });
        let text = match state_file::read(path) {
            Ok(text) if text.is_empty() => return Ok(None),
            Ok(text) => text,
            Err(error) => return refuse(format!("cannot be used: {error}")),
        };
        const START_OVER: &str = "remove it to start over, or name another file with --state";
        #[derive(Deserialize)]
        struct SchemaOnly {
            schema: String,
        }
        // What was reported since follows in separate lines.
        let mut values = serde_json::Deserializer::from_slice(&text).into_iter::<IgnoredAny>();
        let end = if let Some(Ok(_)) = values.next() { values.byte_offset() } else { text.len() };
        let (text, lines) = text.split_at(end);
        let Ok(found) = serde_json::from_slice::<SchemaOnly>(text) else {
            return refuse(format!("damaged, or not a state file of oauthsift: {START_OVER}"));
        };
        if found.schema != SCHEMA {
            let theirs = found.schema.escape_debug();
            return refuse(format!(
                "written by another version of oauthsift (\"{theirs}\", this one reads \"{SCHEMA}\"): {START_OVER}"
            ));
        }
        let mut saved: Self = match serde_json::from_slice(text) {
            Ok(saved) => saved,
            Err(error) => return refuse(format!("damaged ({error}): {START_OVER}")),
        };
        let wanted = root_paths(paths);
        if !wanted.is_empty() && !wanted.iter().any(|path| saved.paths.contains(path)) {
            let theirs: Vec<String> = saved.paths.iter().map(|path| path.display().to_string()).collect();
            return refuse(format!("belongs to another log ({}): {START_OVER}", theirs.join(", ")));
        }
        saved.reported = parse_reported(lines);
        Ok(Some(saved))
    }
}

/// The name of standard input.
pub(super) const STDIN: &str = "-";

/// The followed paths as a state file names them: absolute, without standard input.
pub(super) fn root_paths(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().filter(|path| path.as_os_str() != STDIN).map(|path| absolute(path)).collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::source::tail::StateFile;

    fn saved(path: &Path) -> FollowState {
        FollowState::new(&root_paths(&[path.to_path_buf()]), true, [(path, LogState::default())].into_iter())
    }

    #[test]
    fn a_written_state_is_read_and_no_temporary_file_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let (state, log) = (folder.path().join("state.json"), folder.path().join("a.log"));
        assert_eq!(FollowState::read(&state, std::slice::from_ref(&log)).unwrap(), None);
        let mut file = StateFile::new(&state);
        file.write(&saved(&log).to_text(&Reported::new()).unwrap()).unwrap();
        assert_eq!(FollowState::read(&state, std::slice::from_ref(&log)).unwrap(), Some(saved(&log)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        file.add_reported("1-2", 3);
        fs::write(&state, [&fs::read(&state).unwrap()[..], b"4-5"].concat()).unwrap();
        let mut killed = FollowState::read(&state, &[log]).unwrap().unwrap();
        assert_eq!(killed.take_reported(), [("1-2".to_owned(), 3)].into());
        assert!(!killed.is_clean());
    }

    #[test]
    fn an_unusable_state_file_says_why_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let (state, log) = (folder.path().join("state.json"), folder.path().join("a.log"));
        let other = folder.path().join("b.log");
        let whole = serde_json::to_string(&saved(&other)).unwrap();
        for (text, why) in [
            ("2026-01-05 20:34:03,014+0000 main INFO x".to_owned(), "not a state file of oauthsift"),
            (whole[..whole.len() / 2].to_owned(), "damaged"),
            (whole.replace("state/1", "state/2"), "another version"),
            (whole.replace("\"logs\"", "\"blogs\""), "damaged"),
            (whole.clone(), "belongs to another log"),
        ] {
            fs::write(&state, &text).unwrap();
            let error = FollowState::read(&state, std::slice::from_ref(&log)).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains("remove it to start over"), "{text}: {error}");
        }
        fs::write(&state, "").unwrap();
        assert_eq!(FollowState::read(&state, &[log]).unwrap(), None);
    }
}
