//! Findings as a table for a spreadsheet: RFC 4180, one row a finding.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use oauthsift::{Finding, model::Provider};

/// The columns, in this order for ever; new ones come at the end.
pub(crate) const COLUMNS: [&str; 40] = [
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
];

/// Writes findings as rows.
pub(crate) struct Rows<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Rows<W> {
    /// Begins with the names of the columns.
    pub(crate) fn begin(out: W) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(COLUMNS).map_err(io::Error::from)?;
        Ok(Self { writer })
    }

    /// One finding.
    pub(crate) fn row(&mut self, finding: &Finding) -> io::Result<()> {
        for cell in cells(finding) {
            self.writer.write_field(cell.as_bytes()).map_err(io::Error::from)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    /// Writes out what is held back.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The cells of a finding, in the order of [`COLUMNS`]. Absent values are empty; several values are
/// separated by blanks, several sentences by line breaks.
fn cells(finding: &Finding) -> [Cow<'_, str>; COLUMNS.len()] {
    let number = |number: Option<u64>| number.map_or(Cow::Borrowed(""), |number| Cow::Owned(number.to_string()));
    let codes: Vec<String> = finding.aadsts.iter().map(u32::to_string).collect();
    [
        harmless(&finding.pattern),
        Cow::Owned(harmless(&finding.also.join(" ")).into_owned()),
        harmless(&finding.title),
        Cow::Borrowed(finding.severity.as_str()),
        Cow::Borrowed(finding.stage.as_str()),
        harmless(&finding.source),
        slot(&finding.node),
        number(Some(finding.offset)),
        number(Some(finding.line)),
        number(Some(finding.lines.into())),
        Cow::Borrowed(if finding.truncated { "true" } else { "false" }),
        slot(&finding.timestamp),
        slot(&finding.level),
        slot(&finding.thread),
        slot(&finding.user),
        slot(&finding.request_id),
        slot(&finding.session_id),
        slot(&finding.client_ip),
        slot(&finding.url),
        slot(&finding.logger),
        slot(&finding.mail_server),
        slot(&finding.flow_id),
        Cow::Borrowed(finding.provider.map_or("", Provider::as_str)),
        Cow::Owned(codes.join(" ")),
        number(finding.code.map(u64::from)),
        slot(&finding.oauth_error),
        slot(&finding.oauth_error_description),
        slot(&finding.trace_id),
        slot(&finding.correlation_id),
        slot(&finding.idp_timestamp),
        slot(&finding.app_id),
        slot(&finding.tenant),
        slot(&finding.mailbox),
        slot(&finding.host),
        Cow::Borrowed(finding.cloud.unwrap_or("")),
        Cow::Owned(harmless(&finding.notes.join("\n")).into_owned()),
        number(finding.http_status.map(u64::from)),
        slot(&finding.exception),
        harmless(&finding.message),
        harmless(&finding.excerpt),
    ]
}

fn slot(slot: &Option<String>) -> Cow<'_, str> {
    slot.as_deref().map_or(Cow::Borrowed(""), harmless)
}

/// Text that no spreadsheet takes for a formula and no terminal for a command.
fn harmless(text: &str) -> Cow<'_, str> {
    // What is passed over before a formula is looked for must not hide one.
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
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

    use oauthsift::{Catalogue, Engine};

    use super::*;

    #[test]
    fn every_key_of_a_finding_is_a_column() {
        let engine = Engine::new(Arc::new(Catalogue::builtin()));
        let found = oauthsift::scan_bytes(&engine, b"AADSTS7000215: Invalid client secret provided.");
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
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("a=b", "a=b"),
            ("a\x1b[31mb\r\nc", "a\\x1b[31mb\nc"),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
