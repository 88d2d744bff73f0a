//! Faults in a catalogue.

use std::fmt;

/// One fault in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueFault {
    /// The file.
    pub file: String,
    /// The entry's id, or its number when it has no id.
    pub entry: Option<String>,
    /// The key.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// How to fix it.
    pub help: String,
}

impl CatalogueFault {
    pub(crate) fn of_file(file: &str, problem: String, help: &str) -> Self {
        Self { file: file.to_owned(), entry: None, key: None, problem, help: help.to_owned() }
    }

    pub(crate) fn of_key(file: &str, entry: &str, key: &str, problem: String, help: &str) -> Self {
        Self {
            file: file.to_owned(),
            entry: Some(entry.to_owned()),
            key: Some(key.to_owned()),
            problem,
            help: help.to_owned(),
        }
    }
}

impl fmt::Display for CatalogueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(entry) = &self.entry {
            write!(f, ", entry `{entry}`")?;
        }
        if let Some(key) = &self.key {
            write!(f, ", key `{key}`")?;
        }
        write!(f, ": {}. {}", self.problem.trim_end_matches('.'), self.help)
    }
}
