//! A report of the doctor that was written before, for a ticket.

use std::fmt;

use serde_json::Value;

use super::report::DOCTOR_SCHEMA;
use crate::{extract::redact::RedactionLevel, pipeline::redact};

/// A written report of the doctor.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenDoctorReport(Value);

/// Not a report of the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDoctorReport;

impl fmt::Display for NoDoctorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is not a JSON report with the schema {DOCTOR_SCHEMA}")
    }
}

impl std::error::Error for NoDoctorReport {}

/// Texts that a ticket shows: ids, titles and verdicts are the program's own.
const OWN_KEYS: [&str; 7] = ["id", "title", "verdict", "schema", "version", "generated_at", "format"];

impl WrittenDoctorReport {
    /// Reads a report.
    ///
    /// # Errors
    /// A text that is none.
    pub fn parse(text: &str) -> Result<Self, NoDoctorReport> {
        let value: Value = serde_json::from_str(text).map_err(|_| NoDoctorReport)?;
        if value.get("schema").and_then(Value::as_str) == Some(DOCTOR_SCHEMA) {
            Ok(Self(value))
        } else {
            Err(NoDoctorReport)
        }
    }

    /// The report as JSON, redacted as a ticket is: hosts and tenants of the customer have pseudonyms, numbered for
    /// each text separately.
    ///
    /// # Errors
    /// None in practice.
    pub fn redacted(mut self) -> serde_json::Result<String> {
        redact_value(&mut self.0);
        serde_json::to_string_pretty(&self.0).map(|text| text + "\n")
    }
}

fn redact_value(value: &mut Value) {
    match value {
        Value::String(text) => *text = redact(text.as_bytes(), RedactionLevel::Strict),
        Value::Array(list) => list.iter_mut().for_each(redact_value),
        Value::Object(all) => {
            all.iter_mut()
                .filter(|(key, _)| !OWN_KEYS.contains(&key.as_str()))
                .for_each(|(_, value)| redact_value(value));
        }
        _ => {}
    }
}
