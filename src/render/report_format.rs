//! A scan and its result in one step, in any format.

use std::{
    io::{self, Write},
    ops::ControlFlow,
};

use super::{
    CsvEncoder, CsvWriter, HtmlWriter, JsonEncoder, JsonLinesEncoder, JsonLinesWriter, JsonWriter, jira, markdown,
};
use crate::{
    pipeline::{FindingEncoder, Scan},
    report::Report,
};

/// A format for files: every format but the table of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// The whole report as one object.
    Json,
    /// A finding on each line.
    JsonLines,
    /// A table of findings.
    Csv,
    /// Diagnosis and incidents.
    Markdown,
    /// The same for a Jira comment.
    Jira,
    /// A page that opens offline.
    Html,
}

impl ReportFormat {
    /// True when weaker matches are shown. Without them, an engine
    /// [`without_also`](crate::Engine::without_also) is faster.
    #[must_use]
    pub fn shows_also(self) -> bool {
        matches!(self, Self::Json | Self::JsonLines | Self::Csv)
    }
}

/// Runs a scan and writes its result. Findings are written while the scan runs where the format allows it,
/// so memory use does not grow with their number (that of a page is limited). `scanned` gets the report when
/// everything has been read, and returns what is written. Returns that, without its list of findings.
///
/// ```
/// use std::sync::Arc;
/// use oauthsift::{Catalogue, Engine, Scan, render::{ReportFormat, write_scan}};
///
/// let engine = Engine::new(Arc::new(Catalogue::builtin()));
/// let scan = Scan::new(&engine).paths(["sample-logs/mail-stopped.log"]);
/// let mut json = Vec::new();
/// let report = write_scan(&scan, ReportFormat::Json, &mut json, |report| report)?;
/// assert_eq!(report.summary.findings, 3);
/// assert!(json.starts_with(b"{\n  \"schema\": \"oauthsift.report/1\""));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Errors of the writer, of which the first ends the scan; what was written until then is incomplete.
pub fn write_scan(
    scan: &Scan<'_>,
    format: ReportFormat,
    mut out: impl Write,
    scanned: impl FnOnce(Report) -> Report,
) -> io::Result<Report> {
    match format {
        ReportFormat::Markdown | ReportFormat::Jira => {
            let report = scan.summarize();
            let report = scanned(report);
            let print = if format == ReportFormat::Jira { jira } else { markdown };
            out.write_all(print(&report).as_bytes())?;
            Ok(report)
        }
        ReportFormat::Html => {
            let mut page = HtmlWriter::new(&mut out);
            let report = scan.for_each_listed(&JsonLinesEncoder, |listed| page.listed(&listed));
            let report = scanned(report);
            page.finish(&report)?;
            Ok(report)
        }
        ReportFormat::Json => {
            let mut json = JsonWriter::new(&mut out)?;
            let encoder: &dyn FindingEncoder = &JsonEncoder;
            let report =
                write_each(|each| scan.for_each_written_indexed(encoder, each), |finding| json.written(finding))?;
            let report = scanned(report);
            json.finish(&report)?;
            Ok(report)
        }
        ReportFormat::JsonLines => {
            let mut lines = JsonLinesWriter::new(&mut out);
            let encoder: &dyn FindingEncoder = &JsonLinesEncoder;
            let report = write_each(|each| scan.for_each_written(encoder, each), |finding| lines.written(finding))?;
            let report = scanned(report);
            lines.finish(&report)?;
            Ok(report)
        }
        ReportFormat::Csv => {
            let mut rows = CsvWriter::new(&mut out)?;
            let encoder: &dyn FindingEncoder = &CsvEncoder;
            let report = write_each(|each| scan.for_each_written(encoder, each), |finding| rows.written(finding))?;
            let report = scanned(report);
            rows.finish()?;
            Ok(report)
        }
    }
}

/// Runs a scan and writes each finding as it is found. The first error of writing ends the scan.
fn write_each(
    run: impl FnOnce(&mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Report,
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Report> {
    let mut failed = None;
    let report = run(&mut |finding| match write(finding) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    });
    failed.map_or(Ok(report), Err)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Catalogue, Engine};

    /// Takes so many bytes.
    struct FullDisk(usize);

    impl Write for FullDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_error_of_the_writer_is_returned_in_every_format() {
        let engine = Engine::new(Arc::new(Catalogue::builtin()));
        let scan = Scan::new(&engine).paths(["sample-logs/mail-stopped.log"]);
        for format in [
            ReportFormat::Json,
            ReportFormat::JsonLines,
            ReportFormat::Csv,
            ReportFormat::Markdown,
            ReportFormat::Jira,
            ReportFormat::Html,
        ] {
            for room in [0, 700] {
                let error =
                    write_scan(&scan, format, FullDisk(room), |report| report).map(drop).map_err(|error| error.kind());
                assert_eq!(error, Err(io::ErrorKind::StorageFull), "{format:?}, room for {room} bytes");
            }
            assert!(write_scan(&scan, format, FullDisk(1 << 20), |report| report).is_ok(), "{format:?}");
        }
    }
}
