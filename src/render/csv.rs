//! Findings as a table for a spreadsheet: RFC 4180, one row for each finding.

use std::{
    borrow::Cow,
    io::{self, Write},
    ops::Range,
};

use crate::{
    model::{Finding, Provider},
    pipeline::FindingEncoder,
    report::Report,
};

/// The columns. Their order never changes; new ones are added at the end.
const COLUMNS: [&str; 41] = [
    "pattern",
    "also",
    "title",
    "severity",
    "stage",
    "source",
    "node",
    "offset",
    "line",
    "lines",
    "truncated",
    "timestamp",
    "level",
    "thread",
    "user",
    "request_id",
    "session_id",
    "client_ip",
    "url",
    "logger",
    "mail_server",
    "flow_id",
    "provider",
    "aadsts",
    "code",
    "oauth_error",
    "oauth_error_description",
    "trace_id",
    "correlation_id",
    "idp_timestamp",
    "app_id",
    "tenant",
    "mailbox",
    "host",
    "cloud",
    "notes",
    "http_status",
    "exception",
    "message",
    "excerpt",
    "fix",
];

/// Writes the findings of a report as CSV (RFC 4180): a row of column names, then one row for each finding.
///
/// # Errors
/// Errors of the writer; what was written until then is incomplete.
pub fn csv(report: &Report, out: impl Write) -> io::Result<()> {
    let mut writer = CsvWriter::new(out)?;
    for finding in &report.findings {
        writer.finding(finding)?;
    }
    writer.finish()
}

/// Writes findings as rows during the scan.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    out: W,
    row: Vec<u8>,
}

impl<W: Write> CsvWriter<W> {
    /// Writes the row of column names.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = Self { out, row: Vec::new() };
        push_row(COLUMNS, &mut writer.row);
        writer.out.write_all(&writer.row)?;
        Ok(writer)
    }

    /// Writes a finding as one row.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.row.clear();
        CsvEncoder.encode(finding, &mut self.row);
        self.out.write_all(&self.row)
    }

    /// Writes a finding that was written with [`CsvEncoder`].
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn written(&mut self, finding: &[u8]) -> io::Result<()> {
        self.out.write_all(finding)
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes findings as rows of a [`CsvWriter`].
#[derive(Debug, Clone, Copy, Default)]
pub struct CsvEncoder;

impl FindingEncoder for CsvEncoder {
    fn encode(&self, finding: &Finding, out: &mut Vec<u8>) -> Range<usize> {
        push_row(cells(finding), out)
    }

    fn encode_text(&self, text: &str, out: &mut Vec<u8>) {
        push_cell(&escaped(text), out);
    }
}

/// Which of the [`COLUMNS`] is the line number.
const LINE_COLUMN: usize = 8;

/// Appends a row; returns where its line number is.
fn push_row<'c>(cells: impl IntoIterator<Item = impl Into<Cow<'c, str>>>, out: &mut Vec<u8>) -> Range<usize> {
    let mut line = out.len()..out.len();
    for (column, cell) in cells.into_iter().enumerate() {
        if column > 0 {
            out.push(b',');
        }
        let start = out.len();
        push_cell(&cell.into(), out);
        if column == LINE_COLUMN {
            line = start..out.len();
        }
    }
    out.extend_from_slice(b"\r\n");
    line
}

/// Appends a cell, in quotation marks if it needs them.
fn push_cell(cell: &str, out: &mut Vec<u8>) {
    if !cell.bytes().any(|byte| b",\"\r\n".contains(&byte)) {
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    for (i, part) in cell.split('"').enumerate() {
        if i > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

/// The cells of a finding, in the order of [`COLUMNS`]. Absent values are empty; several values are
/// separated by spaces, several sentences by line breaks.
fn cells(finding: &Finding) -> [Cow<'_, str>; COLUMNS.len()] {
    let number = |number: Option<u64>| number.map_or(Cow::Borrowed(""), |number| Cow::Owned(number.to_string()));
    let codes: Vec<String> = finding.aadsts.iter().map(u32::to_string).collect();
    [
        escaped(&finding.pattern),
        Cow::Owned(escaped(&finding.also.join(" ")).into_owned()),
        escaped(&finding.title),
        Cow::Borrowed(finding.severity.as_str()),
        Cow::Borrowed(finding.stage.as_str()),
        escaped(&finding.source),
        optional(&finding.node),
        number(Some(finding.offset)),
        number(Some(finding.line)),
        number(Some(finding.lines.into())),
        Cow::Borrowed(if finding.truncated { "true" } else { "false" }),
        optional(&finding.timestamp),
        optional(&finding.level),
        optional(&finding.thread),
        optional(&finding.user),
        optional(&finding.request_id),
        optional(&finding.session_id),
        optional(&finding.client_ip),
        optional(&finding.url),
        optional(&finding.logger),
        optional(&finding.mail_server),
        optional(&finding.flow_id),
        Cow::Borrowed(finding.provider.map_or("", Provider::as_str)),
        Cow::Owned(codes.join(" ")),
        number(finding.code.map(u64::from)),
        optional(&finding.oauth_error),
        optional(&finding.oauth_error_description),
        optional(&finding.trace_id),
        optional(&finding.correlation_id),
        optional(&finding.idp_timestamp),
        optional(&finding.app_id),
        optional(&finding.tenant),
        optional(&finding.mailbox),
        optional(&finding.host),
        Cow::Borrowed(finding.cloud.unwrap_or("")),
        Cow::Owned(escaped(&finding.notes.join("\n")).into_owned()),
        number(finding.http_status.map(u64::from)),
        optional(&finding.exception),
        escaped(&finding.message),
        escaped(&finding.excerpt),
        escaped(finding.fix.as_deref().unwrap_or_default()),
    ]
}

fn optional(value: &Option<String>) -> Cow<'_, str> {
    value.as_deref().map_or(Cow::Borrowed(""), escaped)
}

/// Text that no spreadsheet reads as a formula and no terminal as a command.
fn escaped(text: &str) -> Cow<'_, str> {
    // Spreadsheets skip leading white space before they look for a formula.
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    if !formula && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1);
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {}
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{catalogue::Catalogue, engine::Engine, selftest};

    #[test]
    fn every_key_of_a_finding_is_a_column() {
        let engine = Engine::new(Arc::new(Catalogue::builtin()));
        let found = selftest::findings_of(&engine, b"AADSTS7000215: Invalid client secret provided.");
        let value = serde_json::to_value(&found[0]).unwrap();
        let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let mut columns = COLUMNS.to_vec();
        keys.sort_unstable();
        columns.sort_unstable();
        assert_eq!(keys, columns);
        for (column, cell) in COLUMNS.iter().zip(cells(&found[0])) {
            let plain = match &value[column] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Array(list) => {
                    list.iter().map(|one| one.to_string().replace('"', "")).collect::<Vec<_>>().join(" ")
                }
                other => other.to_string(),
            };
            assert_eq!(cell, plain, "{column}");
        }
    }

    #[test]
    fn no_cell_is_a_formula_or_an_escape_sequence() {
        for (text, shown) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            (" +1", "' +1"),
            ("-1", "'-1"),
            ("|cmd", "'|cmd"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("a=b", "a=b"),
            ("a\x1b[31mb\r\nc", "a\\x1b[31mb\nc"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }
}
