//! The report as JSON, and findings as JSON lines.

use std::{
    io::{self, Write},
    ops::Range,
};

use serde::Serialize;

use crate::{
    model::{Fault, Finding},
    pipeline::FindingEncoder,
    report::{InputSummary, Redaction, Report, SCHEMA, Summary, Tool},
};

/// Writes a report as one JSON object: the format of `docs/report.schema.json`.
///
/// # Errors
/// Errors of the writer; what was written until then is incomplete.
pub fn json(report: &Report, out: impl Write) -> io::Result<()> {
    let mut writer = JsonWriter::new(out)?;
    for finding in &report.findings {
        writer.finding(finding)?;
    }
    writer.finish(report)
}

/// Writes the findings of a report as JSON lines, then a line with the summary.
///
/// # Errors
/// Errors of the writer; what was written until then is incomplete.
pub fn jsonl(report: &Report, out: impl Write) -> io::Result<()> {
    let mut writer = JsonLinesWriter::new(out);
    for finding in &report.findings {
        writer.finding(finding)?;
    }
    writer.finish(report)
}

/// Writes the report as one JSON object during the scan: first the findings as they are found, then
/// everything that is known at the end. Takes the findings of
/// [`Scan::for_each_indexed`](crate::Scan::for_each_indexed).
#[derive(Debug)]
pub struct JsonWriter<W> {
    out: W,
    findings: u64,
}

impl<W: Write> JsonWriter<W> {
    /// Starts the object.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn new(mut out: W) -> io::Result<Self> {
        write!(out, "{{\n  \"schema\": \"{SCHEMA}\",\n  \"findings\": [")?;
        Ok(Self { out, findings: 0 })
    }

    /// Writes the next finding.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.start_element()?;
        Ok(serde_json::to_writer_pretty(IndentingWriter { out: &mut self.out, by: 4 }, finding)?)
    }

    /// Writes the next finding, written with [`JsonEncoder`].
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn written(&mut self, finding: &[u8]) -> io::Result<()> {
        self.start_element()?;
        self.out.write_all(finding)
    }

    fn start_element(&mut self) -> io::Result<()> {
        self.out.write_all(if self.findings == 0 { b"\n    " } else { b",\n    " })?;
        self.findings += 1;
        Ok(())
    }

    /// Writes everything else and ends the object. The report's own list of findings is ignored.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finish(mut self, report: &Report) -> io::Result<()> {
        // Destructured, so that a new key cannot be forgotten.
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
        self.out.write_all(b"\n}\n")?;
        self.out.flush()
    }

    fn key(&mut self, key: &str, value: &impl Serialize) -> io::Result<()> {
        write!(self.out, ",\n  \"{key}\": ")?;
        Ok(serde_json::to_writer_pretty(IndentingWriter { out: &mut self.out, by: 2 }, value)?)
    }
}

/// Indents every line after a line break. Strings in JSON hold no line break.
struct IndentingWriter<'w, W> {
    out: &'w mut W,
    by: usize,
}

impl<W: Write> Write for IndentingWriter<'_, W> {
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

/// Writes findings as elements of a [`JsonWriter`].
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonEncoder;

impl FindingEncoder for JsonEncoder {
    fn encode(&self, finding: &Finding, out: &mut Vec<u8>) -> Range<usize> {
        encode(out, |out| Ok(serde_json::to_writer_pretty(IndentingWriter { out, by: 4 }, finding)?))
    }

    fn encode_text(&self, text: &str, out: &mut Vec<u8>) {
        encode_text(text, out);
    }
}

/// Writes findings as lines of a [`JsonLinesWriter`].
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonLinesEncoder;

impl FindingEncoder for JsonLinesEncoder {
    fn encode(&self, finding: &Finding, out: &mut Vec<u8>) -> Range<usize> {
        encode(out, |out| json_line(out, "finding", finding))
    }

    fn encode_text(&self, text: &str, out: &mut Vec<u8>) {
        encode_text(text, out);
    }
}

/// Appends a finding as JSON; returns where the digits of its line number are.
fn encode(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Range<usize> {
    let from = out.len();
    write(out).expect("memory can be written to, and all keys are texts");
    // In a value its quotation marks would be escaped.
    let key = memchr::memmem::find(&out[from..], b"\"line\":").map_or(out.len(), |at| from + at + 7);
    let start = key + out[key..].iter().take_while(|byte| !byte.is_ascii_digit()).count();
    start..start + out[start..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Appends the inside of a text in JSON.
fn encode_text(text: &str, out: &mut Vec<u8>) {
    let from = out.len();
    serde_json::to_writer(&mut *out, text).expect("memory can be written to");
    out.pop();
    out.remove(from);
}

/// Writes findings as JSON lines during the scan, and the summary as the last line. The first key of each line is `type`:
/// `finding` or `summary`.
#[derive(Debug)]
pub struct JsonLinesWriter<W> {
    out: W,
}

/// The last line: the summary, what was read and what could not be.
#[derive(Serialize)]
struct SummaryLine<'r> {
    summary: &'r Summary,
    tool: &'r Tool,
    inputs: &'r [InputSummary],
    faults: &'r [Fault],
    redaction: &'r Redaction,
}

impl<W: Write> JsonLinesWriter<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes a finding as one line.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        json_line(&mut self.out, "finding", finding)
    }

    /// Writes a finding that was written with [`JsonLinesEncoder`].
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn written(&mut self, finding: &[u8]) -> io::Result<()> {
        self.out.write_all(finding)
    }

    /// Writes the last line: `summary`, `tool`, `inputs`, `faults` and `redaction` of the report.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finish(mut self, report: &Report) -> io::Result<()> {
        let line = SummaryLine {
            summary: &report.summary,
            tool: &report.tool,
            inputs: &report.inputs,
            faults: &report.faults,
            redaction: &report.redaction,
        };
        json_line(&mut self.out, "summary", &line)?;
        self.out.flush()
    }
}

/// Writes an object as a line of JSON, with the kind of line as the key `type` before its own keys.
///
/// # Errors
/// Errors of the writer; what was written until then is incomplete.
pub fn json_line(mut out: impl Write, kind: &str, object: &impl Serialize) -> io::Result<()> {
    write!(out, "{{\"type\":\"{kind}\",")?;
    serde_json::to_writer(WithoutBrace { out: &mut out, begun: false }, object)?;
    out.write_all(b"\n")
}

/// Leaves out the first byte, the opening brace of an object.
struct WithoutBrace<W> {
    out: W,
    begun: bool,
}

impl<W: Write> Write for WithoutBrace<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    // Passed on as it is: JSON is written in very small parts.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.begun || bytes.is_empty() {
            return self.out.write_all(bytes);
        }
        self.begun = true;
        self.out.write_all(&bytes[1..])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
