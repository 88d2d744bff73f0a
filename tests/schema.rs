//! `docs/report.schema.json` is what the types say, and what reports keep to.

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

/// The schema with the door for later keys closed: an undescribed key of ours is an error.
fn closed(mut schema: Value) -> Value {
    fn close(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                    map.insert("additionalProperties".to_owned(), Value::Bool(false));
                }
                map.values_mut().for_each(close);
            }
            Value::Array(list) => list.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

#[test]
fn the_written_schema_is_that_of_the_types() {
    let printed: Value = serde_json::from_str(&run(&["schema"])).expect("JSON");
    assert!(printed == written(), "docs/report.schema.json is stale: cargo run -- schema > docs/report.schema.json");
}

#[test]
fn reports_keep_to_the_schema_and_say_nothing_beside_it() {
    let schema = jsonschema::validator_for(&closed(written())).expect("a schema");
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
    assert!(findings > 100, "only {findings} findings were held against the schema");
}

#[test]
fn a_report_with_a_key_too_few_or_a_wrong_word_is_refused() {
    let schema = jsonschema::validator_for(&written()).expect("a schema");
    let report: Value =
        serde_json::from_str(&run(&["scan", "--format", "json", "sample-logs/secret-id-pasted.log"])).expect("JSON");
    assert!(schema.is_valid(&report));
    let spoilt = |spoil: fn(&mut Value)| {
        let mut report = report.clone();
        spoil(&mut report);
        report
    };
    assert!(!schema.is_valid(&spoilt(|report| {
        report["findings"][0].as_object_mut().expect("a finding").remove("trace_id");
    })));
    assert!(!schema.is_valid(&spoilt(|report| report["findings"][0]["severity"] = "grave".into())));
    assert!(!schema.is_valid(&spoilt(|report| report["schema"] = "oauthsift.report/2".into())));
    assert!(schema.is_valid(&spoilt(|report| report["later"] = "a key of a later version".into())));
}
