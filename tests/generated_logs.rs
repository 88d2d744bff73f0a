//! Compares the report on a generated log with what the generator wrote: every failure is found, nothing else is, and
//! all ids and positions are exact.

#[path = "../benches/loggen/mod.rs"]
mod loggen;

use std::{io::Write as _, sync::Arc};

use oauthsift::{Catalogue, Engine, Scan};

fn check(recipe: loggen::Recipe) {
    let (log, truths) = loggen::generate(&recipe);
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(&log).expect("written");
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let report = Scan::new(&engine).paths([file.path()]).run();
    for (truth, finding) in truths.iter().zip(&report.findings) {
        assert_eq!(
            (finding.offset, finding.line, finding.lines),
            (truth.offset, truth.line, truth.lines),
            "{truth:?}\n{finding:?}"
        );
        assert_eq!(finding.code, truth.code, "{truth:?}");
        assert_eq!(finding.trace_id, truth.trace_id, "{truth:?}");
        assert_eq!(finding.correlation_id, truth.correlation_id, "{truth:?}");
        if let Some(pattern) = truth.pattern {
            assert_eq!(finding.pattern, pattern, "{truth:?}");
        }
        let masked = truth.shape == "masked date";
        assert_eq!(finding.timestamp.is_none(), masked, "{truth:?}");
    }
    assert_eq!(report.findings.len(), truths.len());
    assert_eq!(report.inputs[0].lines, log.iter().filter(|b| **b == b'\n').count() as u64);
    let summary = Scan::new(&engine).paths([file.path()]).summarize().summary;
    assert_eq!(summary, report.summary);
}

#[test]
fn every_generated_failure_is_found_with_its_ids_and_position() {
    check(loggen::Recipe { seed: 1, bytes: 6 << 20, failure_rate: 0.05, ..loggen::Recipe::default() });
    check(loggen::Recipe { seed: 2, bytes: 1 << 20, failure_rate: 0.5, ..loggen::Recipe::default() });
    let own = loggen::Recipe { seed: 4, bytes: 1 << 20, own_applications: true, ..loggen::Recipe::default() };
    check(loggen::Recipe { failure_rate: 0.2, ..own });
}

#[test]
fn noise_and_decoys_give_no_finding() {
    check(loggen::Recipe { seed: 3, bytes: 6 << 20, failure_rate: 0.0, decoy_rate: 0.05, ..loggen::Recipe::default() });
}

#[test]
fn the_same_recipe_gives_the_same_log() {
    let recipe = loggen::Recipe::default();
    assert!(loggen::generate(&recipe) == loggen::generate(&recipe));
    assert!(loggen::generate(&recipe).0 != loggen::generate(&loggen::Recipe { seed: 8, ..recipe }).0);
}
