//! The Python module `oauthsift._native`: the library's public face for the package `oauthsift`, which documents it.
//!
//! | file | what it holds |
//! |---|---|
//! | `doctor.rs` | the check of settings, and what to enter where |
//! | `finding.rs` | the columns of a finding: attributes of `Finding`, Arrow schema and batches |
//! | `options.rs` | the options of a scan, checked before anything is read |
//! | `inputs.rs` | paths, bytes and Python file objects as inputs |
//! | `run.rs` | a scan in a thread of its own, while the caller waits for signals without the GIL |
//! | `report.rs` | a finished report |
//! | `stream.rs` | findings while they are found, one by one or as Arrow batches |

mod doctor;
mod finding;
mod inputs;
mod options;
mod report;
mod run;
mod stream;

use oauthsift::{
    TimeBound, TimeSpec, is_log_name,
    render::{TextStyle, explain},
};
use pyo3::{
    exceptions::{PyLookupError, PyRuntimeError, PyValueError},
    prelude::*,
};

/// The text, Markdown and JSON of what a code, an id or a pasted message refers to.
#[pyfunction(name = "explain")]
fn explain_name(name: &str) -> PyResult<(String, String, String)> {
    let engine = options::builtin_engine();
    let catalogue = engine.catalogue();
    let Some(topics) = explain::find(catalogue, name) else {
        let nearest = catalogue.nearest(name);
        let hint = if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", nearest.join(", ")) };
        return Err(PyLookupError::new_err(format!("unknown code or pattern `{name}`{hint}")));
    };
    let json = explain::json(catalogue, &topics).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok((explain::text(catalogue, &topics, &TextStyle::default()), explain::markdown(catalogue, &topics), json))
}

/// A time as it is written in options, as one that no longer depends on the current time.
#[pyfunction]
fn fixed_time(text: &str, end: bool) -> PyResult<String> {
    let spec: TimeSpec = text.parse().map_err(|error| PyValueError::new_err(format!("{text}: {error}")))?;
    Ok(match if end { spec.end() } else { spec.start() } {
        TimeBound::Instant(instant) => instant.to_rfc3339(),
        TimeBound::Local(local) => local.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
    })
}

/// True for the names of files that are read from a folder.
#[pyfunction(name = "is_log_name")]
fn is_name_of_log(name: &str) -> bool {
    is_log_name(name)
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<doctor::DoctorReport>()?;
    module.add_class::<finding::Finding>()?;
    module.add_class::<finding::FindingSchema>()?;
    module.add_class::<options::Options>()?;
    module.add_class::<report::Report>()?;
    module.add_class::<stream::FindingStream>()?;
    module.add_class::<stream::ArrowStream>()?;
    module.add_function(wrap_pyfunction!(report::scan, module)?)?;
    module.add_function(wrap_pyfunction!(doctor::check, module)?)?;
    module.add_function(wrap_pyfunction!(doctor::settings, module)?)?;
    module.add_function(wrap_pyfunction!(explain_name, module)?)?;
    module.add_function(wrap_pyfunction!(fixed_time, module)?)?;
    module.add_function(wrap_pyfunction!(is_name_of_log, module)?)
}
