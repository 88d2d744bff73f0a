//! The options of a scan, checked before anything is read.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use oauthsift::{Catalogue, Engine, Filter, Progress, PseudonymKey, RedactionLevel, Scan, Severity, TimeSpec};
use pyo3::{exceptions::PyValueError, prelude::*};

/// The engine with the built-in catalogue, made once.
pub(crate) fn builtin_engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| Arc::new(Engine::new(Arc::new(Catalogue::builtin())))))
}

/// How to scan.
#[pyclass(frozen, module = "oauthsift")]
pub(crate) struct Options {
    pub(crate) engine: Arc<Engine>,
    user_patterns: bool,
    filter: Filter,
    redaction: RedactionLevel,
    key: Option<PseudonymKey>,
    threads: usize,
    generated_at: Option<DateTime<Utc>>,
}

#[pymethods]
impl Options {
    #[new]
    #[pyo3(signature = (*, since=None, until=None, pattern=Vec::new(), severity=None, redact="default",
                        pseudonym_key=None, threads=0, patterns=Vec::new(), generated_at=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn new(
        since: Option<&str>,
        until: Option<&str>,
        pattern: Vec<String>,
        severity: Option<&str>,
        redact: &str,
        pseudonym_key: Option<&[u8]>,
        threads: usize,
        patterns: Vec<PathBuf>,
        generated_at: Option<&str>,
    ) -> PyResult<Self> {
        let engine = if patterns.is_empty() {
            builtin_engine()
        } else {
            let mut catalogue = Catalogue::builtin();
            for folder in &patterns {
                catalogue.add_folder(folder).map_err(|error| PyValueError::new_err(error.to_string()))?;
            }
            Arc::new(Engine::new(Arc::new(catalogue)))
        };
        let filter = Filter::default()
            .with_since(time("since", since)?.map(TimeSpec::start))
            .with_until(time("until", until)?.map(TimeSpec::end))
            .with_patterns(pattern_ids(engine.catalogue(), &pattern)?)
            .with_severity(severity.map(severity_of).transpose()?);
        let redaction = match redact {
            "default" => RedactionLevel::default(),
            "standard" => RedactionLevel::Standard,
            "strict" => RedactionLevel::Strict,
            "secrets" => RedactionLevel::Secrets,
            other => {
                return Err(PyValueError::new_err(format!(
                    "redact: {other:?} is not True, False, \"standard\" or \"strict\""
                )));
            }
        };
        let key = pseudonym_key.map(PseudonymKey::new).transpose();
        let key = key.map_err(|error| PyValueError::new_err(format!("pseudonym_key: {error}")))?;
        let generated_at = generated_at.map(DateTime::parse_from_rfc3339).transpose();
        let generated_at = generated_at.map_err(|error| PyValueError::new_err(format!("generated_at: {error}")))?;
        Ok(Self {
            engine,
            user_patterns: !patterns.is_empty(),
            filter,
            redaction,
            key,
            threads,
            generated_at: generated_at.map(|time| time.with_timezone(&Utc)),
        })
    }
}

impl Options {
    /// The time of the report, if it is fixed.
    pub(crate) fn generated_at(&self) -> Option<DateTime<Utc>> {
        self.generated_at
    }

    /// A scan with these options and nothing to read yet.
    pub(crate) fn scan<'e>(&self, engine: &'e Engine, progress: Arc<Progress>) -> Scan<'e> {
        let scan = Scan::new(engine)
            .filter(self.filter.clone())
            .redaction(self.redaction)
            .pseudonym_key(self.key.clone())
            .threads(self.threads)
            .user_patterns(self.user_patterns)
            .progress(progress);
        match self.generated_at {
            Some(time) => scan.generated_at(time),
            None => scan,
        }
    }
}

fn time(name: &str, text: Option<&str>) -> PyResult<Option<TimeSpec>> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|error| PyValueError::new_err(format!("{name}: {text:?}: {error}")))
}

fn pattern_ids(catalogue: &Catalogue, ids: &[String]) -> PyResult<Vec<String>> {
    let id_of = |id: &String| match catalogue.get(id) {
        Some(pattern) => Ok(pattern.id.clone()),
        None => {
            let nearest = catalogue.nearest(id);
            let hint =
                if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", nearest.join(", ")) };
            Err(PyValueError::new_err(format!("unknown pattern `{id}`{hint}")))
        }
    };
    ids.iter().map(id_of).collect()
}

fn severity_of(name: &str) -> PyResult<Severity> {
    let known = Severity::ALL.into_iter().find(|severity| severity.as_str() == name);
    known.ok_or_else(|| {
        PyValueError::new_err(format!("severity: {name:?} is not \"info\", \"warning\", \"error\" or \"critical\""))
    })
}
