//! Complete logs, each with the diagnosis that a senior support engineer would write: `tests/scenarios/NAME/` contains
//! the log with its rotated files, and `expected.json` with the statements. No cause can be concluded from the logs in
//! folders whose names start with `open-`.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use oauthsift::{
    Catalogue, Engine, Filter, Limits, Report, Scan,
    report::{Certainty, Diagnosis, StatementKind},
};
use serde_json::Value;

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).expect("tests/scenarios").flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn scan<'e>(engine: &'e Engine, path: &Path) -> Scan<'e> {
    // Before all deadlines.
    Scan::new(engine).paths([path]).generated_at(chrono::DateTime::UNIX_EPOCH)
}

/// The parts of a report that a scenario checks.
fn checked_parts(report: &Report) -> Value {
    let report = serde_json::to_value(report).expect("JSON");
    let list = |list: &Value, keys: &[&str]| -> Value {
        let keep = |item: &Value| -> Value {
            let object = item.as_object().expect("an object");
            object
                .iter()
                .filter(|(key, value)| keys.contains(&key.as_str()) && !value.is_null())
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        list.as_array().expect("a list").iter().map(keep).collect()
    };
    let diagnosis = &report["diagnosis"];
    serde_json::json!({
        "headline": diagnosis["headline"],
        "actions": list(&diagnosis["actions"], &["text", "incident", "incidents", "affected", "because", "before", "passed"]),
        "statements": list(&diagnosis["statements"], &["kind", "certainty", "text", "incidents", "at"]),
        "incidents": list(&report["incidents"], &["id", "pattern", "count", "caused_by", "state", "nodes"]),
    })
}

#[test]
fn each_scenario_gives_its_expected_diagnosis() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let mut tried = 0;
    for path in scenarios() {
        let found = checked_parts(&scan(&engine, &path).run());
        let expected_path = path.join("expected.json");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::write(&expected_path, format!("{found:#}\n")).expect("written");
        }
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(&expected_path).expect("expected.json")).expect("JSON");
        for part in ["incidents", "statements", "actions"] {
            let list = |report: &Value| report[part].as_array().expect("a list").clone();
            let (found, expected) = (list(&found), list(&expected));
            for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "{}: {part} {}", name(&path), i + 1);
            }
            assert_eq!(found.len(), expected.len(), "{}: number of {part}", name(&path));
        }
        assert_eq!(found["headline"], expected["headline"], "{}", name(&path));
        tried += 1;
    }
    assert!(tried >= 16, "{tried}");
}

#[test]
fn the_report_says_so_if_no_cause_can_be_concluded() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let open: Vec<PathBuf> = scenarios().into_iter().filter(|path| name(path).starts_with("open-")).collect();
    assert!(open.len() >= 3);
    for path in open {
        let diagnosis = scan(&engine, &path).run().diagnosis;
        let has = |kind| diagnosis.statements.iter().any(|statement| statement.kind == kind);
        assert!(has(StatementKind::Inconclusive) && !has(StatementKind::Cause), "{}", name(&path));
        assert!(diagnosis.headline.contains("cannot be determined"), "{}: {}", name(&path), diagnosis.headline);
    }
}

#[test]
fn a_diagnosis_does_not_depend_on_output_mode_ranges_or_threads() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let without_findings = |mut diagnosis: Diagnosis| {
        diagnosis.statements.iter_mut().for_each(|statement| statement.findings.clear());
        diagnosis
    };
    for path in scenarios() {
        let whole = scan(&engine, &path).threads(1).run();
        assert_eq!(
            without_findings(scan(&engine, &path).summarize().diagnosis),
            without_findings(whole.diagnosis.clone()),
            "{}",
            name(&path)
        );
        let limits = Limits::default().with_read_bytes(700).with_range_bytes(1500);
        let cut = scan(&engine, &path).threads(4).limits(limits).run();
        assert_eq!(cut.diagnosis, whole.diagnosis, "{}", name(&path));
        assert_eq!(cut.incidents, whole.incidents, "{}", name(&path));
    }
}

#[test]
fn the_findings_of_a_statement_belong_to_its_incidents() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    for path in scenarios() {
        let report = scan(&engine, &path).run();
        for statement in &report.diagnosis.statements {
            let text = &statement.text;
            assert!(!statement.findings.is_empty() && statement.findings.len() <= 6, "{}: {text}", name(&path));
            for finding in &statement.findings {
                let owner = report.incidents.iter().find(|incident| incident.findings.contains(finding));
                let owner = owner.expect("every finding is in an incident");
                assert!(statement.incidents.contains(&owner.id), "{}: {text}", name(&path));
            }
            let hedged = [
                "likely",
                "may ",
                "Possibly",
                "possib",
                "either",
                "Either",
                "cannot",
                "does not",
                "or chance",
                "usual",
            ];
            let is_hedged = hedged.iter().any(|word| text.contains(word));
            assert!(statement.certainty != Certainty::Possible || is_hedged, "{}: too certain: {text}", name(&path));
        }
        for action in &report.diagnosis.actions {
            assert!(report.incidents.iter().any(|incident| incident.id == action.incident), "{}", name(&path));
        }
    }
}

#[test]
fn a_cause_that_was_filtered_out_is_not_reported_as_missing_from_the_logs() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/secret-expired-then-lost");
    let filter = Filter::default().with_patterns(["jira-token-unrecoverable"]);
    let diagnosis = scan(&engine, &path).filter(filter).run().diagnosis;
    for text in [&diagnosis.headline, &diagnosis.statements[0].text, &diagnosis.actions[0].text] {
        assert!(text.contains("run again without --since") && !text.contains("older"), "{text}");
    }
}
