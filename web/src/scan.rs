//! Files to a report in any format.

use std::io::{self, BufWriter, Write};

use oauthsift::{
    Report,
    render::{self, ReportFormat},
};
use serde::Serialize;

use crate::{
    Engines,
    request::{FormatOfPage, InputOfPage, Options},
    spool::Output,
};

/// Bytes that are handed to the worker at once.
pub(crate) const BUFFER_BYTES: usize = 256 << 10;

/// What the page shows of a scan besides the report.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    findings: u64,
    incidents: usize,
    /// The diagnosis in a sentence.
    headline: String,
    faults: Vec<FaultOfPage>,
    /// What was read once under another name.
    duplicates: Vec<Duplicate>,
    /// Failures that the filters have excluded.
    excluded: u64,
}

#[derive(Debug, Serialize)]
struct FaultOfPage {
    source: String,
    offset: Option<u64>,
    message: String,
    /// Something was not read, or not understood.
    failure: bool,
}

#[derive(Debug, Serialize)]
struct Duplicate {
    source: String,
    of: String,
}

impl Outcome {
    pub(crate) fn of(report: &Report) -> Self {
        let faults = report.faults.iter().map(|fault| FaultOfPage {
            source: fault.source.clone(),
            offset: fault.offset,
            message: fault.message.clone(),
            failure: fault.kind.is_failure(),
        });
        let duplicates = report
            .inputs
            .iter()
            .filter_map(|input| Some(Duplicate { source: input.source.clone(), of: input.duplicate_of.clone()? }));
        Self {
            findings: report.summary.findings,
            incidents: report.incidents.len(),
            headline: report.diagnosis.headline.clone(),
            faults: faults.collect(),
            duplicates: duplicates.collect(),
            excluded: report.summary.excluded.values().sum(),
        }
    }
}

/// Scans the files and writes the report to the output.
///
/// # Errors
/// None that is known: the output takes everything.
pub(crate) fn scan(
    engines: &Engines,
    inputs: &[InputOfPage],
    options: &Options,
    format: FormatOfPage,
) -> io::Result<Outcome> {
    let format = ReportFormat::from(format);
    let engine = if format.shows_also() { &engines.complete } else { &engines.without_also };
    let mut output = BufWriter::with_capacity(BUFFER_BYTES, Output);
    let report = render::write_scan(&options.scan(engine, inputs), format, &mut output, |report| report)?;
    output.flush()?;
    Ok(Outcome::of(&report))
}
