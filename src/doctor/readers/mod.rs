//! Reads settings from what an administrator has: a template, the rows of Jira's tables in the output of any database
//! client, an XML backup, a support zip.

mod cells;
mod collector;
mod rows;
mod statements;
mod table_text;
mod template;
mod xml;
mod zip;

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use self::{
    collector::{MAX_TEXT_BYTES, Problem},
    table_text::TableText,
};
use super::settings::Source;
use crate::source::decode_text;

pub use collector::{ReadError, SettingsReader};
pub use template::TEMPLATE;

/// What is looked at to recognise a format. Bytes.
const HEAD_BYTES: u64 = 4096;
/// Notes about a file.
const MAX_NOTES: usize = 20;

impl SettingsReader {
    /// Reads a file, whose format is recognised by its content.
    ///
    /// # Errors
    /// A file that cannot be read, or is in no known format. What other files said is kept.
    pub fn read(&mut self, name: &str, mut input: impl Read + Seek) -> Result<(), ReadError> {
        let failed = |error: io::Error| ReadError {
            file: name.to_owned(),
            line: None,
            problem: format!("cannot be read: {error}"),
            is_settings: false,
        };
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(failed)?;
        input.seek(SeekFrom::Start(0)).map_err(failed)?;
        let format = if head.starts_with(b"PK\x03\x04") {
            zip::read(self, input).map_err(|problem| problem.in_file(name))?
        } else {
            decode_text(input)
                .map_err(Problem::from)
                .and_then(|(text, _)| self.read_text(BufReader::new(text)))
                .map_err(|problem| problem.in_file(name))?
        };
        let mut notes = std::mem::take(&mut self.notes);
        if notes.len() > MAX_NOTES {
            let more = notes.len() - MAX_NOTES;
            notes.truncate(MAX_NOTES);
            notes.push(format!("and {more} more"));
        }
        self.settings.sources.push(Source { name: name.to_owned(), format, notes });
        Ok(())
    }

    /// Reads text that is no archive. Gives back the name of its format.
    fn read_text(&mut self, mut input: impl BufRead) -> Result<&'static str, Problem> {
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        let start = head.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        let is_template = template::is_template(&String::from_utf8_lossy(&head));
        let mut input = Cursor::new(head).chain(input);
        match start {
            None => Err(Problem::foreign("is empty")),
            Some(b'<') => xml::read(self, input),
            Some(b'{') => {
                template::read_json(self, &limited(&mut input)?)?;
                Ok("JSON template")
            }
            Some(_) if is_template => {
                template::read_toml(self, &limited(&mut input)?)?;
                Ok("TOML template")
            }
            Some(_) => TableText::new(self).read(input)?.ok_or_else(|| {
                Problem::foreign(
                    "holds no settings: neither a template (`oauthsift doctor --template`), nor rows of Jira's tables with \
                     the names of their columns (`oauthsift doctor --sql`), nor JVM arguments",
                )
            }),
        }
    }
}

/// All of a text that is not too long.
fn limited(input: impl Read) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    input.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        return Err(Problem::new("is larger than 16 MiB: no template is"));
    }
    String::from_utf8(bytes).map_err(|error| {
        Problem::new(format!("byte {} is not UTF-8: save the file as UTF-8", error.utf8_error().valid_up_to()))
    })
}
