//! Findings on their way into the bundle, stored until all users are known.

use std::{
    borrow::Cow,
    fmt,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
};

use crate::{extract::redact::KnownUsers, model::Finding};

/// Keys of a finding whose text may name a user.
const TEXT_KEYS: [&str; 5] = ["excerpt", "message", "oauth_error_description", "thread", "url"];

/// One finding on each line, as JSON, redacted except for users that are not known yet.
pub(super) struct Spool<S: Read + Write + Seek> {
    storage: BufWriter<S>,
}

impl<S: Read + Write + Seek> fmt::Debug for Spool<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").finish_non_exhaustive()
    }
}

impl<S: Read + Write + Seek> Spool<S> {
    /// A spool in an empty storage.
    pub(super) fn new(storage: S) -> Self {
        Self { storage: BufWriter::new(storage) }
    }

    pub(super) fn push(&mut self, finding: &Finding) -> io::Result<()> {
        serde_json::to_writer(&mut self.storage, finding)?;
        self.storage.write_all(b"\n")
    }

    /// Passes every finding to `each` as JSON, with all known users redacted.
    pub(super) fn for_each(self, known: &KnownUsers, each: &mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        let mut storage = self.storage.into_inner().map_err(io::IntoInnerError::into_error)?;
        storage.rewind()?;
        for line in BufReader::new(storage).lines() {
            each(&redacted(line?, known)?)?;
        }
        Ok(())
    }
}

/// An object of one line with its texts redacted.
fn redacted(mut line: String, known: &KnownUsers) -> io::Result<String> {
    for key in TEXT_KEYS {
        // Within a string, quotation marks are escaped: this matches the key only.
        let prefix = format!("\"{key}\":\"");
        let Some(start) = line.find(&prefix).map(|at| at + prefix.len() - 1) else { continue };
        let length = json_string_length(&line[start..]).ok_or(io::ErrorKind::InvalidData)?;
        let text: String = serde_json::from_str(&line[start..start + length])?;
        if let Cow::Owned(text) = known.redact(&text) {
            line.replace_range(start..start + length, &serde_json::to_string(&text)?);
        }
    }
    Ok(line)
}

/// The length in bytes of the JSON string at the start of a text, with its quotation marks.
fn json_string_length(text: &str) -> Option<usize> {
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
        assert_eq!(json_string_length(r#""a\"b\\","x""#), Some(8));
        assert_eq!(json_string_length(r#""a"#), None);
        assert_eq!(json_string_length(r#""""#), Some(2));
    }
}
