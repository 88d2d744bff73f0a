//! Logs that were not used to write the catalogue: failures, and noise that looks like failures. See
//! `tests/corpus/README.md`.

use std::{fs, io::Write as _, path::Path, sync::Arc};

use oauthsift::{Catalogue, Engine, RedactionLevel, Report, Scan};
use serde_json::Value;

fn scan(engine: &Engine, log: &[u8], level: RedactionLevel) -> Report {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(log).expect("written");
    Scan::new(engine).paths([file.path()]).redaction(level).run()
}

/// The bytes of a case's log: UTF-8, or the encoding that the case names, with a byte order mark.
fn bytes(case: &toml::Table) -> Vec<u8> {
    let log = case["log"].as_str().expect("a log");
    let units = log.encode_utf16();
    match case.get("encoding").and_then(toml::Value::as_str) {
        None => log.as_bytes().to_vec(),
        Some("utf-16le") => [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect(),
        Some("utf-16be") => [0xfe, 0xff].into_iter().chain(units.flat_map(u16::to_be_bytes)).collect(),
        Some(other) => panic!("no encoding {other}"),
    }
}

fn tables<'c>(case: &'c toml::Table, key: &str) -> Vec<&'c toml::Table> {
    let list = case.get(key).and_then(toml::Value::as_array).into_iter().flatten();
    list.filter_map(toml::Value::as_table).collect()
}

fn texts<'c>(table: &'c toml::Table, key: &str) -> Vec<&'c str> {
    let list = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
    list.filter_map(toml::Value::as_str).collect()
}

/// Where a finding or an incident differs from what is expected of it.
fn item_differences(what: &str, wanted: &toml::Table, found: &Value, out: &mut Vec<String>) {
    for (key, value) in wanted {
        match key.as_str() {
            "absent" => {
                for key in texts(wanted, "absent") {
                    if found[key] != Value::Null {
                        out.push(format!("{what}: `{key}` should be null, is {}", found[key]));
                    }
                }
            }
            "pattern_not" => {
                if texts(wanted, "pattern_not").iter().any(|id| found["pattern"] == *id) {
                    out.push(format!("{what}: `pattern` should not be {}", found["pattern"]));
                }
            }
            "contains" | "lacks" => {
                for (field, text) in value.as_table().expect("a table of texts") {
                    let text = text.as_str().expect("a text").to_lowercase();
                    if found[field].to_string().to_lowercase().contains(&text) != (key == "contains") {
                        out.push(format!("{what}: `{field}` {key} `{text}`? It is {}", found[field]));
                    }
                }
            }
            _ => {
                let value = serde_json::to_value(value).expect("TOML is JSON");
                if found[key] != value {
                    out.push(format!("{what}: `{key}` should be {value}, is {}", found[key]));
                }
            }
        }
    }
}

/// Where the result of the scan differs from the expectations of the case.
fn differences(case: &toml::Table, report: &Report, open: &Report) -> Vec<String> {
    let expected = tables(case, "finding");
    let mut out = Vec::new();
    if expected.len() != report.findings.len() {
        let found: Vec<String> =
            report.findings.iter().map(|finding| format!("{} ({})", finding.pattern, finding.message)).collect();
        return vec![format!("{} findings expected, found {}: {found:?}", expected.len(), found.len())];
    }
    if let Some(mentions) = case.get("mentions").and_then(toml::Value::as_integer)
        && mentions != i64::try_from(report.summary.mentions).expect("few")
    {
        out.push(format!("{mentions} mentions expected, found {}", report.summary.mentions));
    }
    for (i, (wanted, found)) in expected.iter().zip(&report.findings).enumerate() {
        let mut found = serde_json::to_value(found).expect("a finding is JSON");
        // Users have pseudonyms: what the header says shows without redaction.
        found["user"] = serde_json::to_value(&open.findings[i].user).expect("a name is JSON");
        item_differences(&format!("finding {}", i + 1), wanted, &found, &mut out);
    }
    let incidents = tables(case, "incident");
    if !incidents.is_empty() && incidents.len() != report.incidents.len() {
        out.push(format!("{} incidents expected, found {}", incidents.len(), report.incidents.len()));
    }
    for (i, wanted) in incidents.iter().enumerate() {
        let id = wanted.get("pattern").and_then(toml::Value::as_str);
        let of_pattern = report.incidents.iter().find(|incident| id == Some(&incident.pattern));
        let Some(found) = of_pattern.or_else(|| report.incidents.get(i)) else { continue };
        let found = serde_json::to_value(found).expect("an incident is JSON");
        let mut wanted = (*wanted).clone();
        if let Some(subject) = wanted.remove("subject") {
            let subject = subject.as_table().expect("a table");
            item_differences(&format!("incident {}, subject", i + 1), subject, &found["subject"], &mut out);
        }
        item_differences(&format!("incident {}", i + 1), &wanted, &found, &mut out);
    }
    let whole = serde_json::to_string(report).expect("a report is JSON");
    for (key, wanted) in [("shown", true), ("hidden", false)] {
        for text in texts(case, key).iter().filter(|text| whole.contains(**text) != wanted) {
            out.push(format!("`{text}` should{} be in the report", if wanted { "" } else { " not" }));
        }
    }
    out
}

#[test]
fn unseen_failures_are_found_and_noise_is_not() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (mut cases, mut noise, mut known, mut wrong) = (0, 0, Vec::new(), Vec::new());
    let mut paths: Vec<_> = fs::read_dir(folder).expect("tests/corpus").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        let text = fs::read_to_string(path).expect("a corpus file");
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in table["case"].as_array().expect("cases").iter().filter_map(toml::Value::as_table) {
            cases += 1;
            noise += usize::from(!case.contains_key("finding"));
            let name = format!(
                "{}: {}",
                path.file_name().expect("a name").to_string_lossy(),
                case["name"].as_str().unwrap_or_default()
            );
            let log = bytes(case);
            let open = scan(&engine, &log, RedactionLevel::Secrets);
            let report = scan(&engine, &log, RedactionLevel::default());
            let problems = differences(case, &report, &open).join("\n    ");
            match (case.get("known").and_then(toml::Value::as_str), problems.is_empty()) {
                (None, true) => {}
                (None, false) => wrong.push(format!("{name}\n    {problems}")),
                (Some(_), true) => wrong.push(format!("{name}\n    is right now: take `known` out")),
                (Some(why), false) => known.push(format!("{name} ({why})\n    {problems}")),
            }
        }
    }
    println!("known to be wrong:\n{}", known.join("\n"));
    println!("{cases} cases, {noise} of them noise, {} wrong, {} known to be wrong", wrong.len(), known.len());
    assert!(cases >= 550 && noise >= 200, "the corpus has become smaller: {cases} cases, {noise} of them noise");
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
