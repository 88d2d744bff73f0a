//! Findings as a table for a spreadsheet: RFC 4180, one row a finding.

use std::io::{self, Write};

use oauthsift::Finding;

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
        let value = serde_json::to_value(finding)?;
        for column in COLUMNS {
            self.writer.write_field(cell(&value[column])).map_err(io::Error::from)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    /// Writes out what is held back.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Absent values are empty; several values are separated by blanks, several sentences by line breaks.
fn cell(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(list) => {
            let sentences = list.iter().any(|one| one.as_str().is_some_and(|text| text.contains(' ')));
            let between = if sentences { "\n" } else { " " };
            list.iter().map(cell).collect::<Vec<_>>().join(between)
        }
        other => return other.to_string(),
    };
    harmless(&text)
}

/// Text that no spreadsheet takes for a formula and no terminal for a command.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    // What is passed over before a formula is looked for must not hide one.
    if text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n'])
    {
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
    out
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
