//! The findings as data for the page's script: columns of values, and each text once.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::{self, BufWriter, Write},
};

use serde::Serialize;

use super::{row::Row, timeline::instant};
#[cfg(feature = "ticket")]
use crate::extract::redact::KnownUsers;
use crate::report::{Incident, Report};

/// Findings of one page. Bytes of their data.
const MAX_ROW_BYTES: usize = 3_900_000;
/// Complete records of one page. Bytes.
const MAX_RECORD_BYTES: usize = 700_000;
/// Up to this size a page with few findings includes complete records. Bytes.
const MAX_SMALL_PAGE_BYTES: usize = 190_000;
/// From this number of findings on, a page may be large.
const MIN_FINDINGS_OF_LARGE_PAGE: usize = 1000;
/// The message of a finding in the table; its record has all of it. Characters.
const MAX_MESSAGE_CHARS: usize = 240;
/// The JSON is written in blocks of so many bytes.
const BLOCK_BYTES: usize = 64 << 10;
/// Digits, commas and quotation marks of a row, without its texts. Bytes.
const ROW_BYTES: usize = 48;

/// Collects findings for the page: as many as fit into it, and the times of all of them.
#[derive(Debug, Default)]
pub(super) struct PageData {
    strings: Strings,
    columns: Columns,
    /// Bytes of the strings and columns as JSON, estimated.
    bytes: usize,
    /// The time of each finding, in milliseconds since 1970 UTC; also of those without a row.
    pub(super) times: Vec<Option<i64>>,
    /// Complete records of the first rows.
    records: Vec<String>,
    record_bytes: usize,
}

/// One column for each value of a finding. `page.js` reads them by these names.
///
/// The columns `source`, `user`, `mailbox`, `mail_server`, `message` and `record` hold numbers of
/// strings (0 is the empty string), `incident` is an index into the incidents, or -1.
#[derive(Debug, Default, Serialize)]
struct Columns {
    time: Vec<Option<String>>,
    incident: Vec<i64>,
    code: Vec<Option<u32>>,
    source: Vec<usize>,
    line: Vec<u64>,
    user: Vec<usize>,
    mailbox: Vec<usize>,
    mail_server: Vec<usize>,
    message: Vec<usize>,
    trace_id: Vec<Option<String>>,
    correlation_id: Vec<Option<String>>,
    record: Vec<usize>,
}

/// The data in the page, read by `page.js`.
#[derive(Serialize)]
struct Json<'p> {
    incidents: Vec<IncidentName<'p>>,
    strings: &'p [String],
    findings: &'p Columns,
}

#[derive(Serialize)]
struct IncidentName<'p> {
    title: &'p str,
    severity: &'static str,
}

impl<'p> IncidentName<'p> {
    fn of(incident: &'p Incident) -> Self {
        Self { title: &incident.title, severity: incident.severity.as_str() }
    }
}

/// Texts, each once. Number 0 is the empty one.
#[derive(Debug)]
struct Strings {
    list: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { list: vec![String::new()], numbers: HashMap::from([(String::new(), 0)]) }
    }
}

impl Strings {
    /// The number of a text, and how many bytes it adds.
    fn add(&mut self, text: &str) -> (usize, usize) {
        if let Some(number) = self.numbers.get(text) {
            return (*number, 0);
        }
        let number = self.list.len();
        self.list.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        (number, text.len() + 3)
    }
}

impl PageData {
    /// Adds the next finding, in the order of the report.
    pub(super) fn push(&mut self, row: &Row<'_>) {
        self.push_time(row.timestamp.as_deref());
        if self.is_full() {
            return;
        }
        let mut bytes = 0;
        let mut number_of = |text: &str| {
            let (number, new_bytes) = self.strings.add(text);
            bytes += new_bytes;
            number
        };
        let mut number_of_optional = |text: &Option<Cow<'_, str>>| number_of(text.as_deref().unwrap_or_default());
        let columns = &mut self.columns;
        columns.user.push(number_of_optional(&row.user));
        columns.mailbox.push(number_of_optional(&row.mailbox));
        columns.mail_server.push(number_of_optional(&row.mail_server));
        columns.source.push(number_of(&row.source));
        columns.message.push(number_of(&shortened(&row.message)));
        columns.incident.push(-1);
        columns.code.push(row.code);
        columns.line.push(row.line);
        columns.record.push(0);
        let own = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        let inline = [
            (&mut columns.time, &row.timestamp),
            (&mut columns.trace_id, &row.trace_id),
            (&mut columns.correlation_id, &row.correlation_id),
        ];
        for (column, text) in inline {
            self.bytes += text.as_deref().map_or(0, str::len);
            column.push(own(text));
        }
        self.bytes += bytes + ROW_BYTES;
        if self.record_bytes < MAX_RECORD_BYTES {
            self.record_bytes += row.excerpt.len();
            self.records.push(row.excerpt.clone().into_owned());
        }
    }

    /// Adds a finding for which the page has no room.
    pub(super) fn push_time(&mut self, time: Option<&str>) {
        self.times.push(time.and_then(instant).map(|(at, _)| at));
    }

    /// There is no room for another finding.
    pub(super) fn is_full(&self) -> bool {
        self.bytes > MAX_ROW_BYTES
    }

    /// Findings in the table of the page.
    pub(super) fn rows(&self) -> usize {
        self.columns.line.len()
    }

    /// Redacts users that became known after their findings were added.
    #[cfg(feature = "ticket")]
    pub(super) fn redact(&mut self, known: &KnownUsers) {
        for text in self.strings.list.iter_mut().chain(&mut self.records) {
            if let Cow::Owned(redacted) = known.redact(text) {
                *text = redacted;
            }
        }
    }

    /// Writes the data as JSON without `<`, `>` and `&`, with as many complete records as the page has room
    /// for. `page_bytes` is the size of the page without the data.
    ///
    /// # Errors
    /// Errors of the writer.
    pub(super) fn write_json(mut self, report: &Report, page_bytes: usize, out: &mut dyn Write) -> io::Result<()> {
        for (i, incident) in report.incidents.iter().enumerate() {
            for finding in &incident.findings {
                if let Some(index) = self.columns.incident.get_mut(*finding) {
                    *index = i as i64;
                }
            }
        }
        let room = match self.rows() {
            n if n > MIN_FINDINGS_OF_LARGE_PAGE => MAX_RECORD_BYTES,
            _ => MAX_SMALL_PAGE_BYTES.saturating_sub(page_bytes + self.bytes),
        };
        let mut used = 0;
        for (column, record) in self.columns.record.iter_mut().zip(&self.records) {
            let (number, new_bytes) = self.strings.add(record);
            used += new_bytes + new_bytes / 16;
            if used > room {
                self.strings.list.truncate(number);
                break;
            }
            *column = number;
        }
        let data = Json {
            incidents: report.incidents.iter().map(IncidentName::of).collect(),
            strings: &self.strings.list,
            findings: &self.columns,
        };
        let mut out = BufWriter::with_capacity(BLOCK_BYTES, InScript(out));
        serde_json::to_writer(&mut out, &data)?;
        out.flush()
    }
}

/// Writes JSON into a `script` element: without `<`, `>` and `&`, which occur within strings only. Without them, no text
/// can end the element.
struct InScript<'w>(&'w mut dyn Write);

impl Write for InScript<'_> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        let mut from = 0;
        for at in memchr::memchr3_iter(b'<', b'>', b'&', json) {
            self.0.write_all(&json[from..at])?;
            write!(self.0, "\\u00{:x}", json[at])?;
            from = at + 1;
        }
        self.0.write_all(&json[from..])?;
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The start of a long message. It ends after a whole word if it can: half of a host or an id reads like a secret.
fn shortened(message: &str) -> String {
    let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) else { return message.to_owned() };
    let start = &message[..end];
    let word_end = start.rfind(char::is_whitespace).filter(|blank| *blank > end / 2).map_or(end, |blank| blank + 1);
    format!("{}…", &start[..word_end])
}
