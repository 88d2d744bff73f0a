//! What readers fill, and what is wrong with a file.

use std::{fmt, io};

use crate::doctor::settings::{Secrets, Settings};

/// A template is at most this long, and so is a line of an export.
pub(super) const MAX_TEXT_BYTES: u64 = 16 << 20;

/// Why a file was not read.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReadError {
    /// The file.
    pub file: String,
    /// The line, if it is known.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub problem: String,
    /// Whether the file is meant for settings: false if nothing in it looks like settings, so it may be something else.
    pub is_settings: bool,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}: line {line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

impl std::error::Error for ReadError {}

/// Collects the settings of several files. Secrets in them are looked at, and forgotten by [`SettingsReader::finish`].
#[derive(Debug, Default)]
pub struct SettingsReader {
    pub(super) settings: Settings,
    pub(super) secrets: Secrets,
    pub(super) notes: Vec<String>,
}

impl SettingsReader {
    /// A reader that has read nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that was read, without secrets, and without anything that is equal to one.
    #[must_use]
    pub fn finish(self) -> Settings {
        let mut settings = self.settings;
        self.secrets.remove_from(settings.texts());
        settings
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// What is wrong with the file that is being read. Never quotes it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) line: Option<usize>,
    pub(super) text: String,
    /// Nothing in the file looks like settings.
    pub(super) is_foreign: bool,
}

impl Problem {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { line: None, text: text.into(), is_foreign: false }
    }

    /// Of a file in which nothing looks like settings.
    pub(super) fn foreign(text: impl Into<String>) -> Self {
        Self { is_foreign: true, ..Self::new(text) }
    }

    pub(super) fn at(line: usize, text: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::new(text) }
    }

    pub(super) fn in_file(self, name: &str) -> ReadError {
        ReadError { file: name.to_owned(), line: self.line, problem: self.text, is_settings: !self.is_foreign }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::new(format!("cannot be read: {error}"))
    }
}
