//! Reports conform to `docs/report.schema.json`, and the program prints it. That it matches the types is a test of these.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(args: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift")).args(args).current_dir(root()).output().expect("runs");
    String::from_utf8(run.stdout).expect("UTF-8")
}

fn written() -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema"))
        .expect("JSON")
}

/// The schema without additional properties, so that a key that is not described is an error.
fn strict(mut schema: Value) -> Value {
    fn forbid_other_keys(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                    map.insert("additionalProperties".to_owned(), Value::Bool(false));
                }
                map.values_mut().for_each(forbid_other_keys);
            }
            Value::Array(list) => list.iter_mut().for_each(forbid_other_keys),
            _ => {}
        }
    }
    forbid_other_keys(&mut schema);
    schema
}

#[test]
fn the_program_prints_the_schema_file() {
    let printed: Value = serde_json::from_str(&run(&["schema"])).expect("JSON");
    assert!(printed == written());
}

#[test]
fn reports_conform_to_the_schema_and_have_no_other_keys() {
    let schema = jsonschema::validator_for(&strict(written())).expect("a schema");
    let mut reports = vec![
        run(&["scan", "--format", "json", "no-such-file.log"]),
        run(&["scan", "--format", "json", "--no-redact", "sample-logs"]),
    ];
    for folder in ["sample-logs", "tests/corpus", "tests/scenarios"] {
        let Ok(entries) = fs::read_dir(root().join(folder)) else { continue };
        for entry in entries.flatten() {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if !path.ends_with(".md") && !path.ends_with(".json") {
                reports.push(run(&["scan", "--format", "json", &path]));
            }
        }
    }
    let mut findings = 0;
    for report in reports {
        let report: Value = serde_json::from_str(&report).expect("JSON");
        let faults: Vec<String> =
            schema.iter_errors(&report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", report["inputs"]);
        findings += report["findings"].as_array().expect("findings").len();
    }
    assert!(findings > 100, "only {findings} findings were checked");
}

#[test]
fn a_report_with_a_missing_key_or_a_wrong_value_is_invalid() {
    let schema = jsonschema::validator_for(&written()).expect("a schema");
    let report: Value =
        serde_json::from_str(&run(&["scan", "--format", "json", "sample-logs/secret-id-pasted.log"])).expect("JSON");
    assert!(schema.is_valid(&report));
    let changed = |change: fn(&mut Value)| {
        let mut report = report.clone();
        change(&mut report);
        report
    };
    assert!(!schema.is_valid(&changed(|report| {
        report["findings"][0].as_object_mut().expect("a finding").remove("trace_id");
    })));
    assert!(!schema.is_valid(&changed(|report| report["findings"][0]["severity"] = "severe".into())));
    assert!(!schema.is_valid(&changed(|report| report["schema"] = "oauthsift.report/2".into())));
    assert!(schema.is_valid(&changed(|report| report["later"] = "a key of a later version".into())));
}
