//! The report as JSON, and findings as JSON Lines.

use std::io::{self, Write};

use oauthsift::{Finding, Report};
use serde::Serialize;

/// The whole report as one object.
pub(crate) fn json(out: &mut impl Write, report: &Report) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
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
