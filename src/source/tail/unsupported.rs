//! What cannot be followed: compressed files, UTF-16, and paths that lead to neither a file nor a folder.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::state::STDIN;
use crate::source::encoding::Bom;

/// First bytes that tell what a file is.
const MAGIC_BYTES: u64 = 4;

/// What is wrong with content that starts with these bytes.
pub(super) fn problem_of_content(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        bytes if matches!(Bom::of(bytes), Some(Bom::Utf16 { .. })) => {
            Some("UTF-16 text cannot be followed: use `oauthsift scan`")
        }
        [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..] => Some("compressed files cannot be followed: use `oauthsift scan`"),
        _ => None,
    }
}

/// Why a path can never be followed. `None` for what does not exist yet or cannot be read now: that may change.
pub(crate) fn problem_of_path(path: &Path) -> Option<String> {
    if path.as_os_str() == STDIN {
        return None;
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => None,
        Ok(metadata) if metadata.is_file() => {
            let mut start = Vec::new();
            File::open(path).ok()?.take(MAGIC_BYTES).read_to_end(&mut start).ok()?;
            problem_of_content(&start).map(str::to_owned)
        }
        Ok(_) => Some("neither a file nor a folder; a pipe is followed with `oauthsift follow - < PIPE`".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Some("a part of the path is a file, not a folder".to_owned())
        }
        Err(_) => None,
    }
}
