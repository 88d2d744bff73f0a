//! Findings on their way into the bundle: set aside until all users are known.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use oauthsift::{Finding, KnownUsers};

/// Keys under which somebody may be named in a sentence.
const TEXTS: [&str; 5] = ["excerpt", "message", "oauth_error_description", "thread", "url"];

/// A file beside the bundle, one finding a line, redacted but for users not yet known. It goes with this value.
pub(super) struct Spool {
    path: PathBuf,
    to: BufWriter<File>,
}

impl Drop for Spool {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Spool {
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_path_buf(), to: BufWriter::new(File::create(path)?) })
    }

    pub(super) fn put(&mut self, finding: &Finding) -> io::Result<()> {
        serde_json::to_writer(&mut self.to, finding)?;
        self.to.write_all(b"\n")
    }

    /// Hands on every finding as JSON, with everybody hidden who is known now.
    pub(super) fn each(mut self, known: &KnownUsers, each: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        self.to.flush()?;
        for line in BufReader::new(File::open(&self.path)?).lines() {
            each(&hidden(line?, known))?;
        }
        Ok(())
    }
}

/// An object of one line with its sentences gone over.
fn hidden(mut line: String, known: &KnownUsers) -> String {
    for key in TEXTS {
        // Within a text the quotation marks would have backslashes: this is the key itself.
        let lead = format!("\"{key}\":\"");
        let Some(start) = line.find(&lead).map(|at| at + lead.len() - 1) else { continue };
        let Some(end) = end_of_text(&line[start..]).map(|len| start + len) else { continue };
        let Ok(text) = serde_json::from_str::<String>(&line[start..end]) else { continue };
        if let std::borrow::Cow::Owned(text) = known.redact(&text)
            && let Ok(text) = serde_json::to_string(&text)
        {
            line.replace_range(start..end, &text);
        }
    }
    line
}

/// How long the JSON string is that a text starts with.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| match c {
        _ if escaped => {
            escaped = false;
            None
        }
        '\\' => {
            escaped = true;
            None
        }
        '"' => Some(at + 1),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_string_ends_at_its_own_quotation_mark() {
        assert_eq!(end_of_text(r#""a\"b\\","x""#), Some(8));
        assert_eq!(end_of_text(r#""a"#), None);
        assert_eq!(end_of_text(r#""""#), Some(2));
    }
}
