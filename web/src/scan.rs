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
    settings::{CheckedSettings, Given, WrittenChecks},
    spool::Output,
};

/// Bytes that are handed to the worker at once.
pub(crate) const BUFFER_BYTES: usize = 256 << 10;

/// What the page shows besides the report.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Outcome {
    /// Whether there is a report of a scan: not if only settings were given.
    has_report: bool,
    findings: u64,
    incidents: usize,
    /// The diagnosis in a sentence.
    headline: String,
    faults: Vec<FaultOfPage>,
    /// Settings that could not be read, and what is neither settings nor a log.
    problems: Vec<String>,
    /// What was read once under another name.
    duplicates: Vec<Duplicate>,
    /// Failures that the filters have excluded.
    excluded: u64,
    /// What the checks of the settings have found.
    checks: Option<WrittenChecks>,
    /// The file with a report of the doctor, which a ticket will hold.
    doctor_report: Option<String>,
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
    pub(crate) fn of(report: &Report, given: &Given<'_>) -> Self {
        let faults = given.faults(&report.faults).map(|fault| FaultOfPage {
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
            has_report: given.has_logs(&report.faults),
            findings: report.summary.findings,
            incidents: report.incidents.len(),
            headline: report.diagnosis.headline.clone(),
            faults: faults.collect(),
            problems: given.problems(&report.faults),
            duplicates: duplicates.collect(),
            excluded: report.summary.excluded.values().sum(),
            checks: None,
            doctor_report: given.report_name().map(str::to_owned),
        }
    }
}

/// Scans the logs among the files and writes the report to the output; checks the settings among them, which the report for
/// the page is about, too.
///
/// # Errors
/// None that is known: the output takes everything.
pub(crate) fn scan(
    engines: &Engines,
    inputs: &[InputOfPage],
    options: &Options,
    format: FormatOfPage,
) -> io::Result<Outcome> {
    let is_shown = format == FormatOfPage::Html;
    let given = Given::sort(inputs);
    let mut checked = given.check(options);
    let mut outcome = if given.logs.is_empty() {
        let doctor_report = given.report_name().map(str::to_owned);
        Outcome { problems: given.problems(&[]), doctor_report, ..Outcome::default() }
    } else {
        let format = ReportFormat::from(format);
        let engine = if format.shows_also() { &engines.complete } else { &engines.without_also };
        let mut output = BufWriter::with_capacity(BUFFER_BYTES, Output);
        let report = render::write_scan(&options.scan(engine, &given.logs), format, &mut output, |mut report| {
            if let Some(checked) = &mut checked {
                if is_shown {
                    checked.add_logs(&report, engines, options, &given.logs);
                }
                checked.join(&mut report, engines.catalogue());
            }
            report
        })?;
        output.flush()?;
        Outcome::of(&report, &given)
    };
    // With a log, broken settings are only a problem: nothing was checked.
    if is_shown && (given.has_settings() || !outcome.has_report) {
        outcome.checks = checked.map(CheckedSettings::written).transpose()?;
    }
    Ok(outcome)
}
