//! What a run saves for the next one: its position in each log.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;

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
        }
    }

    /// True when the run that wrote this was not killed.
    #[must_use]
    pub(crate) fn is_clean(&self) -> bool {
        self.clean
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
        let text = match fs::read(path) {
            Ok(text) if text.is_empty() => return Ok(None),
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return refuse(format!("cannot be read: {error}")),
        };
        const START_OVER: &str = "remove it to start over, or name another file with --state";
        #[derive(Deserialize)]
        struct SchemaOnly {
            schema: String,
        }
        let Ok(found) = serde_json::from_slice::<SchemaOnly>(&text) else {
            return refuse(format!("damaged, or not a state file of oauthsift: {START_OVER}"));
        };
        if found.schema != SCHEMA {
            let theirs = found.schema.escape_debug();
            return refuse(format!(
                "written by another version of oauthsift (\"{theirs}\", this one reads \"{SCHEMA}\"): {START_OVER}"
            ));
        }
        let saved: Self = match serde_json::from_slice(&text) {
            Ok(saved) => saved,
            Err(error) => return refuse(format!("damaged ({error}): {START_OVER}")),
        };
        let wanted = root_paths(paths);
        if !wanted.is_empty() && !wanted.iter().any(|path| saved.paths.contains(path)) {
            let theirs: Vec<String> = saved.paths.iter().map(|path| path.display().to_string()).collect();
            return refuse(format!("belongs to another log ({}): {START_OVER}", theirs.join(", ")));
        }
        Ok(Some(saved))
    }

    /// Writes the state file so that it is complete at any time: as a temporary file in the same folder,
    /// synchronised to disk, then renamed.
    ///
    /// # Errors
    /// The temporary file cannot be created, written or renamed. The previous state file stays as it is.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        write_atomically(path, &text)
    }
}

/// Replaces a file by `text` in one step.
#[cfg(not(target_family = "wasm"))]
fn write_atomically(path: &Path, text: &[u8]) -> io::Result<()> {
    use std::io::Write;

    let name = path.file_name().ok_or_else(|| io::Error::other("not a file name"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let prefix = format!("{}.", name.to_string_lossy());
    // A device is written to, never replaced.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(text);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    {
        // The state names paths and positions: for the owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o600));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The rename itself is on disk only when the folder is.
    fs::File::open(folder).and_then(|folder| folder.sync_all()).or(Ok(()))
}

#[cfg(target_family = "wasm")]
fn write_atomically(_: &Path, _: &[u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
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
    use super::*;

    fn saved(path: &Path) -> FollowState {
        FollowState::new(&root_paths(&[path.to_path_buf()]), true, [(path, LogState::default())].into_iter())
    }

    #[test]
    fn a_written_state_is_read_and_no_temporary_file_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let (state, log) = (folder.path().join("state.json"), folder.path().join("a.log"));
        assert_eq!(FollowState::read(&state, std::slice::from_ref(&log)).unwrap(), None);
        saved(&log).write(&state).unwrap();
        assert_eq!(FollowState::read(&state, std::slice::from_ref(&log)).unwrap(), Some(saved(&log)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
