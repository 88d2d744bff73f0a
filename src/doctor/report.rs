//! The report of the doctor: schema `oauthsift.doctor/1`.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use super::{
    checks::{Check, Verdict, in_order},
    settings::Settings,
};
use crate::{extract::redact::RedactionLevel, model::sanitize, pipeline::redact};

/// Name and version of the schema, the value of its key `schema`.
pub const DOCTOR_SCHEMA: &str = "oauthsift.doctor/1";

/// What the doctor found. Absent values are null, never missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DoctorReport {
    /// Name and version of this schema.
    #[cfg_attr(any(feature = "schema", test), schemars(extend("const" = DOCTOR_SCHEMA)))]
    pub schema: &'static str,
    /// Version of oauthsift.
    pub version: &'static str,
    /// When the report was made: RFC 3339 in UTC with whole seconds.
    pub generated_at: String,
    /// True when hosts were contacted.
    pub online: bool,
    /// Files with settings that were read.
    pub sources: Vec<SettingsSource>,
    /// Number of checks by verdict.
    pub summary: VerdictCounts,
    /// The checks.
    pub checks: Vec<Check>,
}

/// A file with settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SettingsSource {
    /// Name of the file.
    pub name: String,
    /// Its format.
    pub format: String,
    /// What was left out.
    pub notes: Vec<String>,
}

/// Number of checks by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VerdictCounts {
    /// Right.
    pub ok: usize,
    /// Could not be checked.
    pub unknown: usize,
    /// Works now, or may.
    pub warning: usize,
    /// Does not work.
    pub problem: usize,
}

impl DoctorReport {
    /// A report. Every text in it is redacted: settings are read without their secrets, and what looks like one all the
    /// same is removed here. `now` is in milliseconds since 1970.
    #[must_use]
    pub fn new(settings: &Settings, mut checks: Vec<Check>, online: bool, now: i64) -> Self {
        in_order(&mut checks);
        for check in &mut checks {
            let Check { subject, fact, fix, value, .. } = check;
            [Some(fact), subject.as_mut(), fix.as_mut(), value.as_mut()].into_iter().flatten().for_each(redact_text);
        }
        let mut summary = VerdictCounts::default();
        for check in &checks {
            *match check.verdict {
                Verdict::Ok => &mut summary.ok,
                Verdict::Unknown => &mut summary.unknown,
                Verdict::Warning => &mut summary.warning,
                Verdict::Problem => &mut summary.problem,
            } += 1;
        }
        let sources = settings.sources.iter().map(|source| SettingsSource {
            name: sanitize(source.name.as_bytes()),
            format: source.format.to_owned(),
            notes: source.notes.clone(),
        });
        let time = DateTime::from_timestamp_millis(now).unwrap_or_default();
        Self {
            schema: DOCTOR_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            generated_at: time.to_rfc3339_opts(SecondsFormat::Secs, true),
            online,
            sources: sources.collect(),
            summary,
            checks,
        }
    }

    /// The worst verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Unknown)
    }

    /// True when something that was asked for could not be checked: no settings, or a host without an answer.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let could_not = |check: &Check| {
            check.verdict == Verdict::Unknown && (check.id == "settings.found" || check.milliseconds.is_some())
        };
        self.checks.is_empty() || self.checks.iter().any(could_not)
    }

    /// The report as JSON, with a line break at its end.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// Removes what looks like a secret. People are in no text of a check: what somebody typed was redacted when it was read,
/// and the addresses of hosts are what a network check is about.
fn redact_text(text: &mut String) {
    *text = redact(text.as_bytes(), RedactionLevel::Secrets);
}

/// The JSON Schema of the report.
#[cfg(any(feature = "schema", test))]
#[must_use]
pub fn schema() -> schemars::Schema {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<DoctorReport>();
    schema.insert("title".to_owned(), "oauthsift doctor report".into());
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_file_is_that_of_the_types() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../docs/doctor.schema.json")).expect("JSON");
        assert!(file == schema().to_value(), "outdated: cargo run --features schema --example write_schemas");
    }
}
