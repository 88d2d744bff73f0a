//! A finished report.

use std::sync::Arc;

use oauthsift::render;
use pyo3::{exceptions::PyRuntimeError, prelude::*};

use crate::{
    doctor,
    finding::Finding,
    inputs,
    options::Options,
    run::{Message, Run, panicked},
    stream::ArrowStream,
};

/// Scans, and returns the report with all findings, and the settings that could not be read: with one of these, nothing
/// is scanned.
#[pyfunction]
#[pyo3(signature = (sources, options, progress=None, settings=Vec::new()))]
pub(crate) fn scan(
    py: Python<'_>,
    sources: Vec<(String, Bound<'_, PyAny>)>,
    options: Py<Options>,
    progress: Option<Py<PyAny>>,
    settings: Vec<(String, Bound<'_, PyAny>)>,
) -> PyResult<(Option<Report>, Vec<doctor::Problem>)> {
    let has_settings = !settings.is_empty();
    let doctor::Inputs { settings, problems, .. } = doctor::Inputs::read(settings)?;
    if !problems.is_empty() {
        return Ok((None, problems));
    }
    let inputs = inputs::inputs(sources)?;
    let engine = Arc::clone(&options.get().engine);
    let now =
        options.get().generated_at().map_or_else(|| doctor::milliseconds(None), |time| Ok(time.timestamp_millis()))?;
    let run = Run::<()>::start(progress, move |progress, _| {
        let options = options.get();
        let engine = Arc::clone(&options.engine);
        options.scan(&engine, progress).inputs(inputs).run()
    })?;
    loop {
        match run.next(py)? {
            Message::Part(()) => {}
            Message::Done(mut report) => {
                if has_settings {
                    doctor::join(&settings, &mut report, engine.catalogue(), now);
                }
                return Ok((Some(Report(Arc::new(*report))), problems));
            }
            Message::Panicked(text) => return Err(panicked(&text)),
        }
    }
}

/// A report.
#[pyclass(frozen, module = "oauthsift")]
pub(crate) struct Report(pub(crate) Arc<oauthsift::Report>);

impl Report {
    fn text(
        &self,
        write: impl FnOnce(&oauthsift::Report, &mut Vec<u8>) -> std::io::Result<()> + Send,
    ) -> PyResult<String> {
        let mut bytes = Vec::new();
        write(&self.0, &mut bytes)?;
        String::from_utf8(bytes).map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }
}

#[pymethods]
impl Report {
    fn findings(&self) -> Vec<Finding> {
        self.0.findings.iter().cloned().map(Finding).collect()
    }

    fn finding_count(&self) -> usize {
        self.0.findings.len()
    }

    /// Everything but the findings, as JSON.
    fn parts_json(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.text(|report, out| render::JsonWriter::new(out)?.finish(report)))
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.text(|report, out| render::json(report, out)))
    }

    fn to_csv(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.text(|report, out| render::csv(report, out)))
    }

    fn to_html(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.text(|report, out| render::html(report, out)))
    }

    fn to_markdown(&self, py: Python<'_>) -> String {
        py.detach(|| render::markdown(&self.0))
    }

    fn to_jira(&self, py: Python<'_>) -> String {
        py.detach(|| render::jira(&self.0))
    }

    fn to_table(&self, py: Python<'_>) -> String {
        py.detach(|| render::table(&self.0, &render::TextStyle::default()))
    }

    fn to_arrow(&self) -> ArrowStream {
        ArrowStream::of_report(Arc::clone(&self.0))
    }
}
