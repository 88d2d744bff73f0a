//! Logs that were not used to write the catalogue: failures, and noise that looks like failures. See
//! `tests/corpus/README.md`.

use std::{fs, io::Write as _, path::Path, sync::Arc};

use oauthsift::{Catalogue, Engine, Report, Scan};
use serde_json::Value;

fn scan(engine: &Engine, log: &[u8]) -> Report {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(log).expect("written");
    Scan::new(engine).paths([file.path()]).run()
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

/// Where the result of the scan differs from the expectations of the case.
fn differences(case: &toml::Table, report: &Report) -> Vec<String> {
    let expected: Vec<&toml::Table> = case
        .get("finding")
        .and_then(toml::Value::as_array)
        .map(|list| list.iter().filter_map(toml::Value::as_table).collect())
        .unwrap_or_default();
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
        let found = serde_json::to_value(found).expect("a finding is JSON");
        for (key, value) in wanted.iter() {
            if key == "absent" {
                for key in value.as_array().into_iter().flatten().filter_map(toml::Value::as_str) {
                    if found[key] != Value::Null {
                        out.push(format!("finding {}: `{key}` should be null, is {}", i + 1, found[key]));
                    }
                }
                continue;
            }
            let value = serde_json::to_value(value).expect("TOML is JSON");
            if found[key] != value {
                out.push(format!("finding {}: `{key}` should be {value}, is {}", i + 1, found[key]));
            }
        }
    }
    out
}

#[test]
fn unseen_failures_are_found_and_noise_is_not() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (mut cases, mut noise, mut wrong) = (0, 0, Vec::new());
    let mut paths: Vec<_> = fs::read_dir(folder).expect("tests/corpus").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        let text = fs::read_to_string(path).expect("a corpus file");
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in table["case"].as_array().expect("cases").iter().filter_map(toml::Value::as_table) {
            cases += 1;
            noise += usize::from(!case.contains_key("finding"));
            let problems = differences(case, &scan(&engine, &bytes(case)));
            if !problems.is_empty() {
                let name = path.file_name().expect("a name").to_string_lossy();
                wrong.push(format!(
                    "{name}: {}\n    {}",
                    case["name"].as_str().unwrap_or_default(),
                    problems.join("\n    ")
                ));
            }
        }
    }
    println!("{cases} cases, {noise} of them noise, {} wrong", wrong.len());
    assert!(cases >= 500 && noise >= 200, "the corpus has become smaller: {cases} cases, {noise} of them noise");
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
