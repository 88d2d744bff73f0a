//! A report of the doctor that was written before, for a ticket.

use std::{
    fmt,
    io::{self, Read},
};

use chrono::DateTime;
use serde_json::Value;

use super::{checks::Verdict, guide::Guide, report::DOCTOR_SCHEMA};
use crate::{extract::redact::RedactionLevel, pipeline::redact, source::decode_text};

/// A written report of the doctor.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenDoctorReport(Value);

/// Not a report of the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDoctorReport;

impl fmt::Display for NoDoctorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "is not a JSON report with the schema {DOCTOR_SCHEMA}: \
             write one with `oauthsift doctor --format json --output FILE`"
        )
    }
}

impl std::error::Error for NoDoctorReport {}

impl WrittenDoctorReport {
    /// No report is larger. Bytes.
    pub const MAX_BYTES: u64 = 16 << 20;

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

    /// Reads a report from a file in UTF-8 or UTF-16, which PowerShell writes. What comes after [`Self::MAX_BYTES`] is
    /// not read.
    ///
    /// # Errors
    /// The reader's. A content that is no report is the inner error.
    pub fn read(input: impl Read) -> io::Result<Result<Self, NoDoctorReport>> {
        let mut text = Vec::new();
        decode_text(input.take(Self::MAX_BYTES))?.0.read_to_end(&mut text)?;
        Ok(std::str::from_utf8(&text).map_err(|_| NoDoctorReport).and_then(Self::parse))
    }

    /// Whether a file that starts with these bytes is meant as a JSON report of this program, complete or not, of this or
    /// another schema.
    #[must_use]
    pub fn is_start(head: &[u8]) -> bool {
        let mut text = Vec::new();
        // What ends within a character is read up to there.
        let _ = decode_text(head).and_then(|(mut decoded, _)| decoded.read_to_end(&mut text));
        let parts = ["{", "\"schema\"", ":", "\"oauthsift."];
        parts.iter().try_fold(&text[..], |text, part| text.trim_ascii_start().strip_prefix(part.as_bytes())).is_some()
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

/// Redacts all texts but those of the program. The report may have been changed, so the names of its values may be texts
/// of somebody else, too.
fn redact_value(value: &mut Value) {
    match value {
        Value::String(text) => *text = redact(text.as_bytes(), RedactionLevel::Strict),
        Value::Array(list) => list.iter_mut().for_each(redact_value),
        Value::Object(all) => {
            let redacted = std::mem::take(all).into_iter().map(|(key, mut value)| {
                if !is_own(&key, &value) {
                    redact_value(&mut value);
                }
                let is_name = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                (if is_name { key } else { redact(key.as_bytes(), RedactionLevel::Strict) }, value)
            });
            *all = redacted.collect();
        }
        _ => {}
    }
}

/// Whether a value is one that the program itself has words for: ids and titles of checks look like names of hosts.
fn is_own(key: &str, value: &Value) -> bool {
    let Value::String(text) = value else { return false };
    let checks = &Guide::builtin().checks;
    match key {
        "id" => checks.iter().any(|check| check.id == *text),
        "title" => checks.iter().any(|check| check.title == *text),
        "verdict" => Verdict::ALL.iter().any(|verdict| verdict.as_str() == text),
        "schema" => text == DOCTOR_SCHEMA,
        // An address of a host has four numbers.
        "version" => text.split('.').count() == 3 && text.split('.').all(|number| number.parse::<u16>().is_ok()),
        "generated_at" => DateTime::parse_from_rfc3339(text).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{
        DoctorReport,
        checks::Check,
        settings::{Settings, Source},
    };

    /// Formats of settings as their readers name them.
    const FORMATS: [&str; 5] = ["JSON template", "TOML template", "XML backup", "support zip", "JVM arguments"];

    fn report() -> String {
        let mut settings = Settings::default();
        for format in FORMATS {
            settings.sources.push(Source { name: "settings.toml".to_owned(), format, notes: Vec::new() });
        }
        let checks = Guide::builtin().checks.iter().map(|check| Check::ok(&check.id, "The value is right."));
        DoctorReport::new(&settings, checks.collect(), false, 1_767_225_600_000).to_json().expect("JSON")
    }

    #[test]
    fn what_the_program_has_written_stays_as_it_is() {
        let text = report();
        let written = WrittenDoctorReport::parse(&text).expect("a report");
        assert_eq!(WrittenDoctorReport::parse(&written.clone().redacted().expect("JSON")), Ok(written));
    }

    #[test]
    fn a_changed_report_hides_nothing_under_names_of_the_program() {
        let secret = "client_secret=Xq38Q~planted.in-the_report-0123456789ab";
        for key in ["id", "title", "verdict", "version", "generated_at", "format", "extra", secret] {
            for value in [serde_json::json!(secret), serde_json::json!({ "id": [secret] })] {
                let text = serde_json::json!({ "schema": DOCTOR_SCHEMA, key: value }).to_string();
                let redacted = WrittenDoctorReport::parse(&text).expect("a report").redacted().expect("JSON");
                assert!(!redacted.contains("planted"), "{redacted}");
            }
        }
    }

    #[test]
    fn a_report_is_read_in_the_encodings_of_shells() {
        let text = report();
        let utf_16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let with_mark = ["\u{feff}", &text].concat().into_bytes();
        for bytes in [text.clone().into_bytes(), with_mark, utf_16] {
            assert!(WrittenDoctorReport::is_start(&bytes[..64]), "{:?}", &bytes[..64]);
            assert_eq!(WrittenDoctorReport::read(&bytes[..]).expect("read"), WrittenDoctorReport::parse(&text));
            let half = &bytes[..bytes.len() / 2];
            assert_eq!(WrittenDoctorReport::read(half).expect("read"), Err(NoDoctorReport));
        }
        let too_long = text + &" ".repeat(WrittenDoctorReport::MAX_BYTES as usize) + "{";
        assert!(WrittenDoctorReport::read(too_long.as_bytes()).expect("read").is_ok(), "the rest is not read");
    }

    #[test]
    fn reports_of_any_schema_are_recognised_by_their_start() {
        for head in [
            "{\"schema\":\"oauthsift.doctor/2\"",
            " {\n \"schema\" : \"oauthsift.report/1\",",
            "{\"schema\": \"oauthsift.d",
        ] {
            assert!(WrittenDoctorReport::is_start(head.as_bytes()), "{head}");
        }
        for head in ["", "{", "{\"schema\": \"other/1\"}", "{\"jira\": {}}", "schema", "{\"format\": 1, \"token\": []}"]
        {
            assert!(!WrittenDoctorReport::is_start(head.as_bytes()), "{head}");
        }
    }
}
