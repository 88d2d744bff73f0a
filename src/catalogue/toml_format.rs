//! Reads the TOML format of a family file.
//!
//! Keys are checked by hand, so that all unknown ones are reported at once, each with the key that was probably
//! meant.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{
    fault::CatalogueFault,
    pattern::{Counter, MatchRule, Pattern, Sample},
};

/// The newest format that this version reads.
pub(crate) const FORMAT: i64 = 1;

const FILE_KEYS: [&str; 4] = ["format", "family", "title", "pattern"];
const PATTERN_KEYS: [&str; 21] = [
    "id",
    "title",
    "severity",
    "stage",
    "status",
    "since",
    "verified",
    "cause",
    "steps",
    "references",
    "applies_to",
    "see_also",
    "replaced_by",
    "fix",
    "follows",
    "signs",
    "doctor",
    "match",
    "sample",
    "counter",
    "family",
];
const MATCH_KEYS: [&str; 14] = [
    "aadsts",
    "aadsts_other",
    "codes",
    "oauth_error",
    "any",
    "all",
    "not",
    "regex",
    "logger",
    "http_status",
    "context",
    "request",
    "unreachable",
    "role",
];

/// Reads one family file. Adds its faults to `faults` and returns the valid entries.
pub(crate) fn read(name: &str, text: &str, faults: &mut Vec<CatalogueFault>) -> Vec<Pattern> {
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            faults.push(CatalogueFault::of_file(
                name,
                format!("line {line}: not TOML: {}", error.message()),
                "Correct the syntax: `[[pattern]]` starts an entry, '''…''' contains a log.",
            ));
            return Vec::new();
        }
    };
    unknown_keys(name, None, "", &table, &FILE_KEYS, faults);
    match table.get("format").and_then(Value::as_integer) {
        Some(format) if (1..=FORMAT).contains(&format) => {}
        Some(format) => {
            faults.push(CatalogueFault::of_file(
                name,
                format!("format {format} is not supported by this version"),
                "Use `format = 1`, or a newer version of oauthsift.",
            ));
            return Vec::new();
        }
        None => faults.push(CatalogueFault::of_file(
            name,
            "key `format` is missing".into(),
            "Add `format = 1` as the first line.",
        )),
    }
    let family = match table.get("family").and_then(Value::as_str) {
        Some(family) => family.to_owned(),
        None => {
            faults.push(CatalogueFault::of_file(
                name,
                "key `family` is missing".into(),
                "Add `family = \"…\"`, the name of the file without .toml.",
            ));
            String::new()
        }
    };
    let Some(entries) = table.get("pattern") else {
        faults.push(CatalogueFault::of_file(name, "contains no entry".into(), "Add an entry: `[[pattern]]`."));
        return Vec::new();
    };
    let Some(entries) = entries.as_array() else {
        faults.push(CatalogueFault::of_file(
            name,
            "`pattern` is not a list".into(),
            "Use `[[pattern]]`, with two brackets.",
        ));
        return Vec::new();
    };
    entries
        .iter()
        .enumerate()
        .filter_map(|(i, entry)| match entry.as_table() {
            Some(entry) => pattern(name, i, entry, &family, faults),
            None => {
                faults.push(CatalogueFault::of_file(
                    name,
                    format!("entry {} is not a table", i + 1),
                    "Put `[[pattern]]` before its keys.",
                ));
                None
            }
        })
        .collect()
}

/// What a removed entry, which only reserves its id, need not have.
fn empty_if_removed() -> [(&'static str, Value); 5] {
    let list = || Value::Array(Vec::new());
    [
        ("severity", Value::String("info".to_owned())),
        ("cause", Value::String(String::new())),
        ("steps", list()),
        ("references", list()),
        ("match", Value::Table(Table::new())),
    ]
}

fn pattern(name: &str, i: usize, entry: &Table, family: &str, faults: &mut Vec<CatalogueFault>) -> Option<Pattern> {
    let mut filled = entry.clone();
    if entry.get("status").and_then(Value::as_str) == Some("removed") {
        for (key, value) in empty_if_removed() {
            filled.entry(key).or_insert(value);
        }
    }
    let entry = &filled;
    let id = entry.get("id").and_then(Value::as_str).map_or_else(|| format!("entry {}", i + 1), str::to_owned);
    let before = faults.len();
    unknown_keys(name, Some(&id), "", entry, &PATTERN_KEYS, faults);
    if let Some(Value::Table(rule)) = entry.get("match") {
        unknown_keys(name, Some(&id), "match.", rule, &MATCH_KEYS, faults);
        match_types(name, &id, rule, faults);
    }
    let valid = faults.len() == before;
    let rule: Option<MatchRule> = match entry.get("match") {
        Some(Value::Table(_)) if !valid => None,
        _ => read_key(name, &id, entry, "match", faults),
    };
    let samples: Option<Vec<Sample>> = optional(name, &id, entry, "sample", faults);
    let counters: Option<Vec<Counter>> = optional(name, &id, entry, "counter", faults);
    let text =
        |key: &str, faults: &mut Vec<CatalogueFault>| -> Option<String> { read_key(name, &id, entry, key, faults) };
    let pattern = Pattern {
        id: text("id", faults).unwrap_or_default(),
        family: family.to_owned(),
        title: text("title", faults).unwrap_or_default(),
        severity: read_key(name, &id, entry, "severity", faults).unwrap_or(crate::model::Severity::Error),
        stage: optional(name, &id, entry, "stage", faults).unwrap_or(crate::model::Stage::Unknown),
        status: optional(name, &id, entry, "status", faults).unwrap_or(super::pattern::Status::Stable),
        since: optional(name, &id, entry, "since", faults).unwrap_or_default(),
        verified: verified(name, &id, entry, faults),
        cause: text("cause", faults).unwrap_or_default(),
        steps: read_key(name, &id, entry, "steps", faults).unwrap_or_default(),
        references: read_key(name, &id, entry, "references", faults).unwrap_or_default(),
        applies_to: optional(name, &id, entry, "applies_to", faults).unwrap_or_default(),
        see_also: optional(name, &id, entry, "see_also", faults).unwrap_or_default(),
        replaced_by: optional(name, &id, entry, "replaced_by", faults),
        fix: optional(name, &id, entry, "fix", faults),
        follows: optional(name, &id, entry, "follows", faults),
        signs: optional(name, &id, entry, "signs", faults).unwrap_or_default(),
        doctor: optional(name, &id, entry, "doctor", faults).unwrap_or_default(),
        rule: rule.unwrap_or_default(),
        samples: samples.unwrap_or_default(),
        counters: counters.unwrap_or_default(),
    };
    (faults.len() == before).then_some(pattern)
}

/// Reports each key of a rule whose value has the wrong type.
fn match_types(name: &str, id: &str, rule: &Table, faults: &mut Vec<CatalogueFault>) {
    let list_of =
        |value: &Value, valid: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(valid));
    let number = |value: &Value| value.as_integer().is_some_and(|number| u32::try_from(number).is_ok());
    let status = |value: &Value| value.as_integer().is_some_and(|number| u16::try_from(number).is_ok());
    for (key, value) in rule {
        let (valid, help) = match key.as_str() {
            "aadsts" => (list_of(value, number), "Use a list of numbers: `aadsts = [7000215]`."),
            "http_status" => (list_of(value, status), "Use a list of numbers: `http_status = [401]`."),
            "aadsts_other" => (value.is_bool(), "Use `aadsts_other = true`, or omit it."),
            "regex" => (value.is_str(), "Use one string: `regex = '…'`."),
            "request" => (value.as_str() == Some("oidc"), "Use `request = \"oidc\"`, the only kind."),
            "unreachable" => (value.as_str() == Some("proxy"), "Use `unreachable = \"proxy\"`, the only kind."),
            "role" => (
                value.as_str().is_some_and(|role| ["cause", "answer", "wrapper", "mention"].contains(&role)),
                "Use one of cause, answer, wrapper.",
            ),
            "codes" | "oauth_error" | "any" | "all" | "not" | "logger" | "context" => {
                (list_of(value, Value::is_str), "Use a list of strings: `any = [\"…\"]`.")
            }
            _ => continue,
        };
        if !valid {
            let problem = "has a value of the wrong type".to_owned();
            faults.push(CatalogueFault::of_key(name, id, &format!("match.{key}"), problem, help));
        }
    }
}

/// A TOML date, or a date in quotation marks.
fn verified(name: &str, id: &str, entry: &Table, faults: &mut Vec<CatalogueFault>) -> String {
    match entry.get("verified") {
        None => String::new(),
        Some(Value::Datetime(date)) => date.to_string(),
        Some(Value::String(date)) => date.clone(),
        Some(_) => {
            let problem = "is not a date".to_owned();
            faults.push(CatalogueFault::of_key(name, id, "verified", problem, "Use the format 2026-11-23."));
            String::new()
        }
    }
}

/// Reads a required key.
fn read_key<T: DeserializeOwned>(
    name: &str,
    id: &str,
    entry: &Table,
    key: &str,
    faults: &mut Vec<CatalogueFault>,
) -> Option<T> {
    if entry.contains_key(key) {
        return optional(name, id, entry, key, faults);
    }
    faults.push(CatalogueFault::of_key(name, id, key, "is missing".into(), help_of(key)));
    None
}

/// Reads an optional key, whose value must have the right type. Not inlined: most keys are texts or lists of them.
#[inline(never)]
fn optional<T: DeserializeOwned>(
    name: &str,
    id: &str,
    entry: &Table,
    key: &str,
    faults: &mut Vec<CatalogueFault>,
) -> Option<T> {
    let value = entry.get(key)?;
    match value.clone().try_into() {
        Ok(value) => Some(value),
        Err(error) => {
            let message = error.to_string();
            faults.push(CatalogueFault::of_key(name, id, key, first_line(&message).to_owned(), help_of(key)));
            None
        }
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or("has the wrong type").trim()
}

/// What a valid value looks like.
fn help_of(key: &str) -> &'static str {
    match key {
        "id" => "Use a kebab-case name of the failure, such as `id = \"entra-client-secret-expired\"`.",
        "title" => "Add `title = \"…\"`, at most 60 characters.",
        "severity" => "Use one of critical, error, warning, info.",
        "stage" => "Use one of authorize, callback, token, refresh, mailbox, transport, configuration, unknown.",
        "status" => "Use one of preview, stable, deprecated, removed.",
        "cause" => "Explain in one or two plain sentences what happened and why.",
        "steps" => "Use a list of strings: `steps = [ \"…\", \"…\" ]`.",
        "references" => "Use a list: `references = [ { title = \"…\", url = \"https://…\" } ]`.",
        "fix" => "Summarize the fix in one short sentence, or omit it.",
        "follows" => {
            "Use a table: `follows = { from = [\"…\"], stages = [\"refresh\"], after_days = 7, within_hours = 24, always = true }`."
        }
        "doctor" => "Use a list of checks of `oauthsift doctor`: `doctor = [\"tls.truststore\"]`.",
        "signs" => {
            "Use lost-token, wrong-cloud, clock-skew, lost-session, changed-configuration, confused-integrations, other-client or no-reason."
        }
        "match" => "Add a table `[pattern.match]` with at least one of aadsts, codes, oauth_error, any, all.",
        "sample" => "Use `[[pattern.sample]]` with `log = '''…'''`.",
        "counter" => "Use `[[pattern.counter]]` with `why = \"…\"` and `log = '''…'''`.",
        _ => "See the format in docs/pattern-format.md.",
    }
}

fn unknown_keys(
    name: &str,
    id: Option<&str>,
    prefix: &str,
    table: &Table,
    known: &[&str],
    faults: &mut Vec<CatalogueFault>,
) {
    for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
        let hint = match super::validate::nearest(key, known) {
            Some(near) => format!("Did you mean `{prefix}{near}`? If not, remove it."),
            None => format!("Known keys: {}.", known.join(", ")),
        };
        faults.push(CatalogueFault {
            file: name.to_owned(),
            entry: id.map(str::to_owned),
            key: Some(format!("{prefix}{key}")),
            problem: "is not a known key".to_owned(),
            help: hint,
        });
    }
}
