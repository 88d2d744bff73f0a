//! Runs the samples of a catalogue through the engine: for `patterns test` and for the tests.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    catalogue::{Catalogue, Pattern, Role},
    engine::{self, Engine},
    extract::redact::{self, Pseudonyms, RedactionLevel},
    model::Finding,
};

/// A sample with an unexpected result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Id of the entry.
    pub pattern: String,
    /// Which of its samples: `sample 1`, `counter 2`.
    pub which: String,
    /// What happened instead.
    pub problem: String,
}

/// The findings of a text, redacted and with pseudonyms, as in a report.
#[must_use]
pub fn findings_of(engine: &Engine, log: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = Pseudonyms::default();
    engine.scan(log, 0, false, |hit| {
        let mut finding =
            engine::build_finding(hit, engine.catalogue(), "sample", hit.lines_before + 1, RedactionLevel::default());
        names.apply_to_finding(&mut finding);
        findings.push(finding);
    });
    findings
}

/// Tests entries against a catalogue that contains them. Returns how many samples ran, and the failures.
#[must_use]
pub fn test(catalogue: &Arc<Catalogue>, entries: &[Pattern]) -> (usize, Vec<Failure>) {
    let engine = Engine::new(Arc::clone(catalogue));
    let (mut ran, mut failures) = (0, Vec::new());
    for pattern in entries {
        let mut fail = |which: String, problem: String| {
            failures.push(Failure { pattern: pattern.id.clone(), which, problem });
        };
        for (i, sample) in pattern.samples.iter().enumerate() {
            ran += 1;
            let which = format!("sample {}", i + 1);
            if pattern.rule.role == Role::Mention {
                if let Some(problem) = no_mention(&engine, sample.log.as_bytes(), &pattern.id) {
                    fail(which, problem);
                }
                continue;
            }
            let found = findings_of(&engine, sample.log.as_bytes());
            match found.iter().find(|finding| finding.pattern == pattern.id) {
                None => fail(which.clone(), not_matched(&found)),
                Some(finding) => {
                    for problem in differences(finding, &sample.expect) {
                        fail(which.clone(), problem);
                    }
                }
            }
            if let Some(problem) = tie(&engine, sample.log.as_bytes()) {
                fail(which.clone(), problem);
            }
            if let Some(problem) = has_secret(&sample.log) {
                fail(which, problem);
            }
        }
        for (i, counter) in pattern.counters.iter().enumerate() {
            ran += 1;
            let which = format!("counter {}", i + 1);
            let found = findings_of(&engine, counter.log.as_bytes());
            if found.iter().any(|finding| finding.pattern == pattern.id) {
                fail(which.clone(), format!("matched, but should not: {}", counter.why));
            }
            if let Some(is) = &counter.is
                && !found.iter().any(|finding| finding.pattern == *is)
            {
                fail(which, format!("should be `{is}`: {}", not_matched(&found)));
            }
        }
    }
    (ran, failures)
}

/// What is wrong with the sample of an entry whose records are mentions.
fn no_mention(engine: &Engine, log: &[u8], id: &str) -> Option<String> {
    let counts = engine.scan(log, 0, false, |_| {});
    let claimed = engine.ranking(log).first().is_some_and(|(_, first)| *first == id);
    (counts.mentions == 0 || !claimed).then(|| "is no mention of this entry".to_owned())
}

fn not_matched(found: &[Finding]) -> String {
    match found {
        [] => "no finding".to_owned(),
        found => {
            let ids: Vec<&str> = found.iter().map(|finding| finding.pattern.as_str()).collect();
            format!("found {} instead", ids.join(", "))
        }
    }
}

fn differences(finding: &Finding, expect: &std::collections::BTreeMap<String, Value>) -> Vec<String> {
    let shown = serde_json::to_value(finding).unwrap_or_default();
    expect
        .iter()
        .filter(|(key, value)| shown.get(key.as_str()) != Some(value))
        .map(|(key, value)| match shown.get(key.as_str()) {
            Some(found) => format!("`{key}` is {found}, expected {value}"),
            None => format!("`{key}` is not a key of a finding"),
        })
        .collect()
}

/// Two entries match a record equally strongly: the catalogue must decide which one wins.
fn tie(engine: &Engine, log: &[u8]) -> Option<String> {
    let ranking = engine.ranking(log);
    match ranking.as_slice() {
        [first, second, ..] if first.0 == second.0 => {
            Some(format!("`{}` and `{}` match equally: add another condition to one of them", first.1, second.1))
        }
        _ => None,
    }
}

/// Samples are made up; one that contains a secret was copied from a real log.
fn has_secret(log: &str) -> Option<String> {
    let redacted = redact::redact(log, None, RedactionLevel::Secrets);
    (redacted.contains("[removed") && !log.contains("[removed"))
        .then(|| "contains something that looks like a secret: replace it with a short, made-up word".to_owned())
}
