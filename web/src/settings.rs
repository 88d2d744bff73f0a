//! What was given: settings, reports of the doctor and logs, distinguished from each other. And what the checks of the
//! settings say.

use std::io::{self, Read, Seek, SeekFrom};

use oauthsift::{
    Catalogue, Fault, Report,
    doctor::{
        DoctorReport, InputKind, WrittenDoctorReport, checks, checks::Check, is_backup, readers::SettingsReader,
        settings::Settings,
    },
    render::doctor as render,
};
use serde::Serialize;

use crate::{
    Engines, doctor_report, host,
    page_file::PageFileReader,
    request::{FileOfPage, InputOfPage, Options},
};

/// A text that starts as a log does may hold JVM arguments; larger ones are logs, and are not read twice. Bytes.
const MAX_EITHER_BYTES: u64 = 64 << 20;

/// The inputs by what they hold.
#[derive(Debug)]
pub(crate) struct Given<'i> {
    /// Logs, and what may be one.
    pub(crate) logs: Vec<&'i InputOfPage>,
    settings: Settings,
    /// Files that are meant for settings, and could not be read.
    broken: Vec<String>,
    /// A report of the doctor for the ticket, and the name of its file.
    report: Option<(&'i str, WrittenDoctorReport)>,
    /// What is meant for such a report, and is none, or one too many.
    no_reports: Vec<String>,
    /// Names of inputs that may hold logs, each with the reason why it holds no settings, if it need not be a zip.
    maybe: Vec<(&'i str, Option<String>)>,
}

impl<'i> Given<'i> {
    /// Distinguishes them as the command line does. What it refuses as settings may be a log here: nobody has said which.
    pub(crate) fn sort(inputs: &'i [InputOfPage]) -> Self {
        let mut reader = SettingsReader::new();
        let (mut logs, mut broken, mut maybe) = (Vec::new(), Vec::new(), Vec::new());
        let (mut report, mut no_reports) = (None, Vec::new());
        for input in inputs {
            let InputOfPage::File(file) = input else {
                logs.push(input);
                continue;
            };
            let (kind, head) = kind_of(file);
            if kind == InputKind::Log {
                logs.push(input);
                continue;
            }
            let written = if kind == InputKind::Settings { doctor_report::read(file, &head) } else { None };
            match (written, &report) {
                (None, _) => {}
                (Some(Err(problem)), _) => {
                    no_reports.push(problem);
                    continue;
                }
                (Some(Ok(_)), Some((first, _))) => {
                    let name = file.name();
                    no_reports.push(format!("{name}: a ticket holds one report of the doctor, here {first}"));
                    continue;
                }
                (Some(Ok(written)), None) => {
                    report = Some((file.name(), written));
                    continue;
                }
            }
            let result = reader.read(file.name(), SettingsFile::from(file));
            match (kind, result) {
                (InputKind::Settings, Ok(())) => {}
                (InputKind::Settings, Err(error)) if error.is_settings => broken.push(error.to_string()),
                (InputKind::Settings, Err(error)) => {
                    logs.push(input);
                    maybe.push((file.name(), Some(error.to_string())));
                }
                _ => {
                    logs.push(input);
                    maybe.push((file.name(), None));
                }
            }
        }
        let settings = reader.finish();
        logs.retain(|input| !is_backup(&settings, input.name()));
        Self { logs, settings, broken, report, no_reports, maybe }
    }

    /// Whether settings were read.
    pub(crate) fn has_settings(&self) -> bool {
        !self.settings.sources.is_empty()
    }

    /// True if the report of a scan with these faults is worth showing: something is a log, or nothing else was given.
    pub(crate) fn has_logs(&self, faults: &[Fault]) -> bool {
        if self.logs.is_empty() {
            return false;
        }
        let is_log = |input: &&&InputOfPage| {
            let name = input.name();
            !self.maybe.iter().any(|(maybe, _)| *maybe == name) || !has_failed(faults, name)
        };
        let nothing_else =
            !self.has_settings() && self.broken.is_empty() && self.report.is_none() && self.no_reports.is_empty();
        self.logs.iter().any(|input| is_log(&input)) || nothing_else
    }

    /// The name of the file with a report of the doctor.
    pub(crate) fn report_name(&self) -> Option<&'i str> {
        self.report.as_ref().map(|(name, _)| *name)
    }

    /// The report of the doctor.
    pub(crate) fn report(&self) -> Option<&WrittenDoctorReport> {
        self.report.as_ref().map(|(_, report)| report)
    }

    /// The faults of a scan that concern somebody: what holds settings need not hold logs.
    pub(crate) fn faults<'f>(&self, faults: &'f [Fault]) -> impl Iterator<Item = &'f Fault> {
        let has_settings = |name: &str| self.settings.sources.iter().any(|source| source.name == name);
        faults.iter().filter(move |fault| !has_settings(&fault.source))
    }

    /// What is wrong with settings and reports of the doctor, and with what is neither settings nor a log.
    pub(crate) fn problems(&self, faults: &[Fault]) -> Vec<String> {
        let neither = self.maybe.iter().filter(|(name, _)| has_failed(faults, name));
        let neither = neither.filter_map(|(_, reason)| reason.as_ref());
        self.broken.iter().chain(&self.no_reports).chain(neither).cloned().collect()
    }

    /// Checks the settings, if any were given.
    pub(crate) fn check(&self, options: &Options) -> Option<CheckedSettings<'_>> {
        let now = options.now().timestamp_millis();
        (self.has_settings() || !self.broken.is_empty()).then(|| CheckedSettings {
            settings: &self.settings,
            checks: checks::check(&self.settings, now),
            of_logs: Vec::new(),
            now,
        })
    }
}

/// Whether the scan has not read or not understood an input.
fn has_failed(faults: &[Fault], name: &str) -> bool {
    faults.iter().any(|fault| fault.kind.is_failure() && fault.source == name)
}

/// By name and first bytes, which are returned, too. A file that cannot be read is a log: the scan says why.
fn kind_of(file: &FileOfPage) -> (InputKind, Vec<u8>) {
    let mut head = Vec::new();
    let start = PageFileReader::from(file.content()).take(InputKind::HEAD_BYTES as u64).read_to_end(&mut head);
    let is_zip = head.starts_with(b"PK");
    let kind = match start.map(|_| InputKind::of(file.name(), &head)) {
        Err(_) => InputKind::Log,
        Ok(InputKind::Either) if !is_zip && file.content().size > MAX_EITHER_BYTES => InputKind::Log,
        Ok(kind) => kind,
    };
    (kind, head)
}

/// Settings with the results of their checks.
#[derive(Debug)]
pub(crate) struct CheckedSettings<'s> {
    settings: &'s Settings,
    checks: Vec<Check>,
    of_logs: Vec<Check>,
    now: i64,
}

impl CheckedSettings<'_> {
    /// Adds to the report of a scan what the settings say about its incidents.
    pub(crate) fn join(&self, report: &mut Report, catalogue: &Catalogue) {
        if !self.settings.sources.is_empty() {
            checks::join(report, self.settings, &self.checks, catalogue, self.now);
        }
    }

    /// Adds what the report of a scan says about the settings. This is about all failures, as on the command line, where
    /// only `scan` has filters: if there are any, the logs are read again for it.
    pub(crate) fn add_logs(&mut self, report: &Report, engines: &Engines, options: &Options, logs: &[&InputOfPage]) {
        let of_logs =
            |report: &Report| checks::log_checks(report, self.settings, &self.checks, engines.catalogue(), self.now);
        self.of_logs = match options.without_filters() {
            None => of_logs(report),
            Some(all) => of_logs(&all.scan(&engines.complete, logs).summarize()),
        };
    }

    /// The report of the doctor in every format.
    ///
    /// # Errors
    /// None that is known: the report consists of text and numbers.
    pub(crate) fn written(self) -> io::Result<WrittenChecks> {
        let checks = self.checks.into_iter().chain(self.of_logs).collect();
        let report = DoctorReport::new(self.settings, checks, false, self.now);
        Ok(WrittenChecks {
            headline: render::headline(&report),
            html: render::html(&report),
            markdown: render::markdown(&report),
            json: report.to_json()?,
        })
    }
}

/// The report of the doctor.
#[derive(Debug, Serialize)]
pub(crate) struct WrittenChecks {
    headline: String,
    html: String,
    json: String,
    markdown: String,
}

/// Reads a file with settings, and reports how far it has come.
struct SettingsFile<'f> {
    reader: PageFileReader,
    file: &'f FileOfPage,
}

impl<'f> From<&'f FileOfPage> for SettingsFile<'f> {
    fn from(file: &'f FileOfPage) -> Self {
        Self { reader: file.content().into(), file }
    }
}

impl Read for SettingsFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        host::progress(self.reader.stream_position()?, self.file.content().size, self.file.name());
        Ok(read)
    }
}

impl Seek for SettingsFile<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
