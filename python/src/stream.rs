//! Findings while they are found: one by one, or as Arrow batches. Memory does not grow with their number.

use std::{
    collections::VecDeque,
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError, mpsc::SyncSender},
    time::{Duration, Instant},
};

use arrow_array::{RecordBatch, RecordBatchReader, ffi_stream::FFI_ArrowArrayStream};
use arrow_schema::{ArrowError, SchemaRef, ffi::FFI_ArrowSchema};
use oauthsift::Input;
use pyo3::{
    exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyValueError},
    prelude::*,
    types::PyCapsule,
};

use crate::{
    finding::{BatchBuilder, Finding, schema},
    inputs,
    options::Options,
    report::Report,
    run::{Message, Run, panicked},
};

/// Findings that are handed over at a time.
const FINDINGS_AT_ONCE: usize = 256;
/// How long a finding waits for others.
const MAX_DELAY: Duration = Duration::from_millis(50);
/// Rows of a batch, unless the caller says otherwise.
const BATCH_ROWS: usize = 1024;

/// An iterator over findings.
#[pyclass(frozen, module = "oauthsift")]
pub(crate) struct FindingStream {
    run: Mutex<Option<Arc<Run<Vec<oauthsift::Finding>>>>>,
    ready: Mutex<VecDeque<oauthsift::Finding>>,
    report: Mutex<Option<Arc<oauthsift::Report>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl FindingStream {
    #[new]
    #[pyo3(signature = (sources, options, progress=None))]
    fn new(
        sources: Vec<(String, Bound<'_, PyAny>)>,
        options: Py<Options>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let inputs = inputs::inputs(sources)?;
        let run = Run::start(progress, move |progress, sender: &SyncSender<_>| {
            let options = options.get();
            let engine = Arc::clone(&options.engine);
            let (mut findings, mut sent) = (Vec::new(), Instant::now());
            let report = options.scan(&engine, progress).inputs(inputs).for_each(|finding| {
                findings.push(finding);
                if findings.len() < FINDINGS_AT_ONCE && sent.elapsed() < MAX_DELAY {
                    return ControlFlow::Continue(());
                }
                sent = Instant::now();
                send(sender, std::mem::take(&mut findings))
            });
            if !findings.is_empty() {
                let _ = sender.send(Message::Part(findings));
            }
            report
        })?;
        Ok(Self { run: Mutex::new(Some(Arc::new(run))), ready: Mutex::default(), report: Mutex::default() })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Finding>> {
        loop {
            if let Some(finding) = lock(&self.ready).pop_front() {
                return Ok(Some(Finding(finding)));
            }
            let run = lock(&self.run).clone();
            let Some(run) = run else { return Ok(None) };
            match run.next(py) {
                Ok(Message::Part(findings)) => lock(&self.ready).extend(findings),
                Ok(Message::Done(report)) => {
                    *lock(&self.report) = Some(Arc::new(*report));
                    self.close();
                }
                Ok(Message::Panicked(text)) => {
                    self.close();
                    return Err(panicked(&text));
                }
                Err(error) => {
                    self.close();
                    return Err(error);
                }
            }
        }
    }

    /// Ends the scan.
    fn close(&self) {
        *lock(&self.run) = None;
        lock(&self.ready).clear();
    }

    /// The report without findings, once all findings were taken.
    fn report(&self) -> Option<Report> {
        lock(&self.report).clone().map(Report)
    }
}

fn send<T>(sender: &SyncSender<Message<T>>, part: T) -> ControlFlow<()> {
    match sender.send(Message::Part(part)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// Where batches come from.
enum Batches {
    Scan { sources: Vec<Input>, options: Py<Options>, progress: Option<Py<PyAny>>, rows: usize },
    Report(Arc<oauthsift::Report>),
}

/// A stream of Arrow batches, read once, through the Arrow PyCapsule interface.
#[pyclass(frozen, module = "oauthsift")]
pub(crate) struct ArrowStream {
    batches: Mutex<Option<Batches>>,
    report: Arc<Mutex<Option<Arc<oauthsift::Report>>>>,
    /// A fault ends the stream with an error.
    raises: bool,
}

impl ArrowStream {
    pub(crate) fn of_report(report: Arc<oauthsift::Report>) -> Self {
        Self {
            batches: Mutex::new(Some(Batches::Report(Arc::clone(&report)))),
            report: Arc::new(Mutex::new(Some(report))),
            raises: false,
        }
    }
}

#[pymethods]
impl ArrowStream {
    #[new]
    #[pyo3(signature = (sources, options, progress=None, rows=BATCH_ROWS, raises=true))]
    fn new(
        sources: Vec<(String, Bound<'_, PyAny>)>,
        options: Py<Options>,
        progress: Option<Py<PyAny>>,
        rows: usize,
        raises: bool,
    ) -> PyResult<Self> {
        let batches = Batches::Scan { sources: inputs::inputs(sources)?, options, progress, rows: rows.max(1) };
        Ok(Self { batches: Mutex::new(Some(batches)), report: Arc::default(), raises })
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(schema().as_ref());
        let schema = schema.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer may ignore the wish; the consumer casts then.
        let _ = requested_schema;
        let Some(batches) = lock(&self.batches).take() else {
            return Err(PyValueError::new_err("this stream was read already"));
        };
        let reader: Box<dyn RecordBatchReader + Send> = match batches {
            Batches::Report(report) => Box::new(ReportBatches { report, next: 0 }),
            Batches::Scan { sources, options, progress, rows } => {
                let run = Run::start(progress, move |progress, sender: &SyncSender<_>| {
                    let options = options.get();
                    let engine = Arc::clone(&options.engine);
                    let mut batch = BatchBuilder::default();
                    let report = options.scan(&engine, progress).inputs(sources).for_each(|finding| {
                        batch.push(&finding);
                        if batch.rows() < rows { ControlFlow::Continue(()) } else { send(sender, batch.finish()) }
                    });
                    if batch.rows() > 0 {
                        let _ = sender.send(Message::Part(batch.finish()));
                    }
                    report
                })?;
                Box::new(ScanBatches { run: Some(run), report: Arc::clone(&self.report), raises: self.raises })
            }
        };
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), c"arrow_array_stream")
    }

    /// The report without findings, once the stream was read to its end.
    fn report(&self) -> Option<Report> {
        lock(&self.report).clone().map(Report)
    }
}

/// The batches of a running scan.
struct ScanBatches {
    run: Option<Run<Result<RecordBatch, ArrowError>>>,
    report: Arc<Mutex<Option<Arc<oauthsift::Report>>>>,
    raises: bool,
}

impl ScanBatches {
    fn end(&mut self, report: oauthsift::Report) -> Option<Result<RecordBatch, ArrowError>> {
        let fault = report.faults.iter().find(|fault| self.raises && fault.kind.is_failure());
        let error = fault.map(|fault| {
            let place = fault.offset.map_or_else(String::new, |offset| format!(": byte {offset}"));
            Err(ArrowError::IoError(
                format!("{}{place}: {}", fault.source, fault.message),
                std::io::Error::other(fault.message.clone()),
            ))
        });
        *lock(&self.report) = Some(Arc::new(report));
        error
    }
}

impl Iterator for ScanBatches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let run = self.run.take()?;
        // The consumer may or may not hold the GIL: it is taken, and released while waiting.
        let message = Python::attach(|py| {
            run.next(py).map_err(|error| {
                if !error.is_instance_of::<PyKeyboardInterrupt>(py) {
                    return ArrowError::ExternalError(error.to_string().into());
                }
                // The consumer only knows errors of Arrow; Python raises the interrupt when it goes on.
                let _ = py.import("_thread").and_then(|thread| thread.call_method0("interrupt_main"));
                ArrowError::ExternalError("interrupted".into())
            })
        });
        match message {
            Ok(Message::Part(batch)) => {
                self.run = Some(run);
                Some(batch)
            }
            Ok(Message::Done(report)) => self.end(*report),
            Ok(Message::Panicked(text)) => {
                Some(Err(ArrowError::ExternalError(format!("the scan failed, please report this: {text}").into())))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl RecordBatchReader for ScanBatches {
    fn schema(&self) -> SchemaRef {
        schema()
    }
}

/// The findings of a report in batches.
struct ReportBatches {
    report: Arc<oauthsift::Report>,
    next: usize,
}

impl Iterator for ReportBatches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let findings = self.report.findings.get(self.next..).filter(|findings| !findings.is_empty())?;
        let findings = &findings[..findings.len().min(BATCH_ROWS)];
        self.next += findings.len();
        let mut batch = BatchBuilder::default();
        findings.iter().for_each(|finding| batch.push(finding));
        Some(batch.finish())
    }
}

impl RecordBatchReader for ReportBatches {
    fn schema(&self) -> SchemaRef {
        schema()
    }
}
