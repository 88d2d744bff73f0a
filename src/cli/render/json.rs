//! The report as JSON, and findings as JSON Lines.

use std::io::{self, Write};

use oauthsift::{Finding, Report};
use serde::Serialize;

/// Writes the report as one object while it is made: first the findings as they come, then all that
/// is known at the end.
pub(crate) struct Stream<W> {
    out: W,
    findings: u64,
}

impl<W: Write> Stream<W> {
    /// Begins the object.
    pub(crate) fn begin(mut out: W) -> io::Result<Self> {
        write!(out, "{{\n  \"schema\": \"{}\",\n  \"findings\": [", oauthsift::report::SCHEMA)?;
        Ok(Self { out, findings: 0 })
    }

    /// The next finding.
    pub(crate) fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.out.write_all(if self.findings == 0 { b"\n    " } else { b",\n    " })?;
        self.findings += 1;
        Ok(serde_json::to_writer_pretty(Indented { out: &mut self.out, by: 4 }, finding)?)
    }

    /// The next finding, which is JSON already; it stays on one line.
    pub(crate) fn written(&mut self, finding: &str) -> io::Result<()> {
        self.out.write_all(if self.findings == 0 { b"\n    " } else { b",\n    " })?;
        self.findings += 1;
        self.out.write_all(finding.as_bytes())
    }

    /// Everything else. The report's own list of findings is not looked at.
    pub(crate) fn finish(mut self, report: &Report) -> io::Result<()> {
        // Named one by one, so that a new key is not forgotten.
        let Report {
            schema: _,
            tool,
            generated_at,
            inputs,
            summary,
            diagnosis,
            redaction,
            incidents,
            findings: _,
            faults,
            ..
        } = report;
        self.out.write_all(if self.findings == 0 { b"]" } else { b"\n  ]" })?;
        self.key("tool", tool)?;
        self.key("generated_at", generated_at)?;
        self.key("inputs", inputs)?;
        self.key("summary", summary)?;
        self.key("diagnosis", diagnosis)?;
        self.key("redaction", redaction)?;
        self.key("incidents", incidents)?;
        self.key("faults", faults)?;
        self.out.write_all(b"\n}\n")
    }

    fn key(&mut self, key: &str, value: &impl Serialize) -> io::Result<()> {
        write!(self.out, ",\n  \"{key}\": ")?;
        Ok(serde_json::to_writer_pretty(Indented { out: &mut self.out, by: 2 }, value)?)
    }
}

/// Moves what is written behind a line break to the right. Texts in JSON hold no line break.
struct Indented<'w, W> {
    out: &'w mut W,
    by: usize,
}

impl<W: Write> Write for Indented<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
            if i > 0 {
                write!(self.out, "\n{:1$}", "", self.by)?;
            }
            self.out.write_all(line)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// One finding on a line.
pub(crate) fn json_line(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    serde_json::to_writer(&mut *out, finding)?;
    out.write_all(b"\n")
}

/// The last line: the summary, what was read and what could not be.
pub(crate) fn summary_line(out: &mut impl Write, report: &Report) -> io::Result<()> {
    #[derive(Serialize)]
    struct Last<'r> {
        summary: &'r oauthsift::report::Summary,
        tool: &'r oauthsift::report::Tool,
        inputs: &'r [oauthsift::report::InputSummary],
        faults: &'r [oauthsift::Fault],
        redaction: &'r oauthsift::report::Redaction,
    }
    let last = Last {
        summary: &report.summary,
        tool: &report.tool,
        inputs: &report.inputs,
        faults: &report.faults,
        redaction: &report.redaction,
    };
    serde_json::to_writer(&mut *out, &last)?;
    out.write_all(b"\n")
}
