//! The check of settings, and what to enter where.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek},
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::DateTime;
use oauthsift::{
    Catalogue, Input, Scan,
    doctor::{
        self, InputKind, checks,
        guide::{Choice, Guide},
        is_backup,
        readers::SettingsReader,
        settings::Settings,
    },
    render::{TextStyle, doctor as render},
};
use pyo3::{
    exceptions::{PyRuntimeError, PyValueError},
    prelude::*,
};

use crate::{
    inputs::{self, Source},
    options,
    report::Report,
    run::{Message, Run, panicked},
};

/// A file of settings that was not read: its name, the line if it is known, and what is wrong.
pub(crate) type Problem = (String, Option<usize>, String);

/// What to enter where, as text, Markdown and JSON.
#[pyfunction]
#[pyo3(signature = (provider, protocol, cloud=None, tenant=None, tenant_id=None, grant=None, jira=None, base_url=None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub(crate) fn settings(
    provider: &str,
    protocol: &str,
    cloud: Option<String>,
    tenant: Option<String>,
    tenant_id: Option<String>,
    grant: Option<String>,
    jira: Option<String>,
    base_url: Option<String>,
) -> PyResult<(String, String, String)> {
    let (provider, protocol) = (provider.to_ascii_lowercase(), protocol.to_ascii_lowercase());
    let choice = Choice { provider, protocol, cloud, tenant, tenant_id, grant, jira, base_url };
    let one = Guide::builtin().recommend(&choice).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let json = one.to_json().map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok((render::settings_text(&one, &TextStyle::default()), render::settings_markdown(&one), json))
}

/// What the check of settings has found.
#[pyclass(frozen, module = "oauthsift")]
pub(crate) struct DoctorReport {
    report: doctor::DoctorReport,
    problems: Vec<Problem>,
    logs: Option<Arc<oauthsift::Report>>,
}

#[pymethods]
impl DoctorReport {
    fn problems(&self) -> Vec<Problem> {
        self.problems.clone()
    }

    /// The report on the logs, if there were any, without a list of findings.
    fn logs(&self) -> Option<Report> {
        self.logs.clone().map(Report)
    }

    fn to_json(&self) -> PyResult<String> {
        self.report.to_json().map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    fn to_html(&self) -> String {
        render::html(&self.report)
    }

    fn to_markdown(&self) -> String {
        render::markdown(&self.report)
    }

    fn to_table(&self) -> String {
        render::table(&self.report, &TextStyle::default())
    }
}

/// Checks settings, and joins them with what logs say. Contacts no host.
#[pyfunction(name = "doctor")]
#[pyo3(signature = (sources, generated_at=None, threads=0, progress=None))]
pub(crate) fn check(
    py: Python<'_>,
    sources: Vec<(String, Bound<'_, PyAny>)>,
    generated_at: Option<&str>,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<DoctorReport> {
    let now = milliseconds(generated_at)?;
    let Inputs { settings, logs, problems } = Inputs::read(sources)?;
    let mut checks = checks::check(&settings, now);
    let mut report_on_logs = None;
    if !logs.is_empty() {
        let engine = options::builtin_engine();
        let catalogue = Arc::clone(&engine);
        let run = Run::<()>::start(progress, move |progress, _| {
            Scan::new(&engine).inputs(logs).threads(threads).progress(progress).summarize()
        })?;
        let report = loop {
            match run.next(py)? {
                Message::Part(()) => {}
                Message::Done(report) => break report,
                Message::Panicked(text) => return Err(panicked(&text)),
            }
        };
        checks.extend(checks::log_checks(&report, &settings, &checks, catalogue.catalogue(), now));
        report_on_logs = Some(Arc::new(*report));
    }
    let report = doctor::DoctorReport::new(&settings, checks, false, now);
    Ok(DoctorReport { report, problems, logs: report_on_logs })
}

/// Reads settings, and adds to a report what they have to do with its incidents.
pub(crate) fn join(settings: &Settings, report: &mut oauthsift::Report, catalogue: &Catalogue, now: i64) {
    let found = checks::check(settings, now);
    checks::join(report, settings, &found, catalogue, now);
}

/// The time of a report in milliseconds since 1970: as given, or now.
pub(crate) fn milliseconds(time: Option<&str>) -> PyResult<i64> {
    match time {
        Some(time) => {
            let time = DateTime::parse_from_rfc3339(time);
            Ok(time.map_err(|error| PyValueError::new_err(format!("generated_at: {error}")))?.timestamp_millis())
        }
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        }
    }
}

/// Settings and logs.
pub(crate) struct Inputs {
    pub(crate) settings: Settings,
    logs: Vec<Input>,
    /// What is no settings, and could not be read as such.
    pub(crate) problems: Vec<Problem>,
}

impl Inputs {
    /// Reads the settings among the sources. What has the name of a log, or is a folder, is a log; a zip may be both.
    ///
    /// # Errors
    /// A source that is neither a path, nor bytes, nor a file object.
    pub(crate) fn read(sources: Vec<(String, Bound<'_, PyAny>)>) -> PyResult<Self> {
        let mut reader = SettingsReader::new();
        let (mut logs, mut problems) = (Vec::new(), Vec::new());
        for (name, source) in sources {
            let source = inputs::source(&name, &source)?;
            let kind = if matches!(&source, Source::Path(path) if path.is_dir()) {
                InputKind::Log
            } else {
                read_settings(&mut reader, &name, &source, &mut problems)
            };
            if kind != InputKind::Settings {
                logs.push((name, source));
            }
        }
        let settings = reader.finish();
        logs.retain(|(name, _)| !is_backup(&settings, name));
        let logs = logs.into_iter().map(|(name, source)| source.into_input(&name)).collect();
        Ok(Self { settings, logs, problems })
    }
}

/// Reads a source that may hold settings. Returns what it may hold.
fn read_settings(reader: &mut SettingsReader, name: &str, source: &Source, problems: &mut Vec<Problem>) -> InputKind {
    let opened = open(source).and_then(|mut file| {
        let mut head = Vec::new();
        file.by_ref().take(InputKind::HEAD_BYTES as u64).read_to_end(&mut head)?;
        file.rewind()?;
        Ok((InputKind::of(name, &head), file))
    });
    let (kind, file) = match opened {
        Ok(opened) => opened,
        // A log that cannot be read is a fault of the scan.
        Err(_) if InputKind::of(name, b"") == InputKind::Log => return InputKind::Log,
        Err(error) => {
            problems.push((name.to_owned(), None, format!("cannot be read: {error}")));
            return InputKind::Settings;
        }
    };
    if kind != InputKind::Log
        && let Err(error) = reader.read(name, file)
        // It may hold logs only.
        && kind == InputKind::Settings
    {
        problems.push((error.file, error.line, error.problem));
    }
    kind
}

trait Positioned: Read + Seek {}
impl<T: Read + Seek> Positioned for T {}

fn open(source: &Source) -> io::Result<Box<dyn Positioned + '_>> {
    Ok(match source {
        Source::Path(path) => Box::new(File::open::<&PathBuf>(path)?),
        Source::Bytes(bytes) => Box::new(Cursor::new(bytes.as_slice())),
        Source::Seekable(file) => Box::new(inputs::Cursor::new(file)),
    })
}
