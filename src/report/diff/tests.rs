use super::*;

/// Pattern, code, mailbox, count, last time.
type IncidentFields<'t> = (&'t str, Option<u32>, Option<&'t str>, u64, &'t str);

/// A report whose logs end at `end`.
fn report(end: &str, incidents: &[IncidentFields<'_>]) -> Snapshot {
    let incidents: Vec<_> = incidents
        .iter()
        .map(|(pattern, code, mailbox, count, last)| {
            serde_json::json!({
                "pattern": pattern, "code": code, "title": pattern, "severity": "error", "count": count,
                "first_seen": "2026-01-01T00:00:00+00:00", "last_seen": last,
                "subject": { "app_id": null, "tenant": null, "mailbox": mailbox, "integration": null },
            })
        })
        .collect();
    let text = serde_json::json!({
        "schema": "oauthsift.report/1", "generated_at": "2026-02-01T00:00:00Z", "summary": { "findings": 1 },
        "inputs": [{ "first_timestamp": "2026-01-01T00:00:00+00:00", "last_timestamp": end }],
        "incidents": incidents,
    });
    Snapshot::read(text.to_string().as_bytes()).expect("a report")
}

const DAY_5: &str = "2026-01-05T00:00:00+00:00";
const DAY_9: &str = "2026-01-09T00:00:00+00:00";

fn kinds(comparison: &Comparison) -> Vec<(&str, &str)> {
    comparison.incidents.iter().map(|change| (change.pattern.as_str(), change.kind.as_str())).collect()
}

#[test]
fn incidents_are_new_still_failing_quiet_or_gone() {
    let old = report(DAY_5, &[("a", None, None, 3, DAY_5), ("b", None, None, 3, DAY_5), ("c", None, None, 1, DAY_5)]);
    let new = report(DAY_9, &[("a", None, None, 9, DAY_9), ("b", None, None, 3, DAY_5), ("d", None, None, 1, DAY_9)]);
    let found = compare(&old, &new);
    assert_eq!(kinds(&found), [("d", "new"), ("a", "still"), ("b", "quiet"), ("c", "gone")]);
    assert_eq!(found.counts, ChangeCounts { new: 1, still: 1, quiet: 1, gone: 1 });
    assert_eq!(found.verdict, Verdict::GoesOnAndOthersBegan);
    assert_eq!(found.summary, "Not fixed: 1 incident still occurs, and 1 is new; 2 have stopped.");
}

#[test]
fn a_fix_is_said_to_work_only_when_the_log_continues() {
    let old = report(DAY_5, &[("a", None, None, 3, DAY_5)]);
    let after = compare(&old, &report(DAY_9, &[("a", None, None, 3, DAY_5)]));
    assert_eq!(after.verdict, Verdict::Ended);
    assert!(after.summary.starts_with("The fix seems to work: 1 incident has not been seen again up to 2026-01-09"));
    assert_eq!(compare(&old, &report(DAY_9, &[])).verdict, Verdict::Ended);
    let same = compare(&old, &old);
    assert_eq!(same.verdict, Verdict::CannotTell);
    assert_eq!(compare(&report(DAY_5, &[]), &report(DAY_9, &[])).verdict, Verdict::Clean);
}

#[test]
fn what_only_older_logs_show_is_not_new() {
    let found = compare(&report(DAY_5, &[]), &report(DAY_9, &[("a", None, None, 1, "2026-01-02T00:00:00+00:00")]));
    assert_eq!(kinds(&found), [("a", "quiet")]);
}

#[test]
fn an_offset_does_not_make_a_failure_look_later() {
    let old = report(DAY_5, &[("a", None, None, 3, DAY_5)]);
    let new = report(DAY_9, &[("a", None, None, 3, "2026-01-05T02:00:00+02:00")]);
    assert_eq!(kinds(&compare(&old, &new)), [("a", "quiet")]);
}

#[test]
fn pseudonyms_are_not_compared_by_their_numbers() {
    let old = report(DAY_5, &[("a", None, Some("mailbox-1@…"), 3, DAY_5)]);
    let new = report(DAY_9, &[("a", None, Some("mailbox-7@…"), 3, DAY_9)]);
    let found = compare(&old, &new);
    assert_eq!(kinds(&found), [("a", "still")]);
    assert!(!found.incidents[0].unsure, "alone on both sides");
    // One of two: which one is new cannot be determined.
    let two = report(DAY_9, &[("a", None, Some("mailbox-7@…"), 3, DAY_9), ("a", None, Some("mailbox-8@…"), 1, DAY_9)]);
    let found = compare(&old, &two);
    assert_eq!(kinds(&found), [("a", "new"), ("a", "still")]);
    assert!(found.incidents.iter().any(|change| change.unsure));
    // Pseudonyms made with a key distinguish them.
    let old = report(DAY_5, &[("a", None, Some("mailbox-0a1b2c3d@…"), 3, DAY_5)]);
    let new = report(DAY_9, &[("a", None, Some("mailbox-ffffffff@…"), 3, DAY_9)]);
    assert_eq!(kinds(&compare(&old, &new)), [("a", "new"), ("a", "gone")]);
}

#[test]
fn another_first_code_of_the_same_pattern_is_the_same_incident() {
    let old = report(DAY_5, &[("a", Some(1), None, 3, DAY_5), ("u", Some(9), None, 1, DAY_5)]);
    let new = report(DAY_9, &[("a", Some(2), None, 3, DAY_9), ("u", Some(9), None, 1, DAY_9)]);
    assert_eq!(kinds(&compare(&old, &new)), [("a", "still"), ("u", "still")]);
    // Codes that are not in the catalogue share a pattern, but not a title.
    let report_with_title = |title: &str, end| {
        let mut report = report(end, &[("other", Some(title.len() as u32), None, 1, end)]);
        report.incidents[0].title = title.to_owned();
        report
    };
    let found = compare(&report_with_title("AADSTS1", DAY_5), &report_with_title("AADSTS22", DAY_9));
    assert_eq!(kinds(&found), [("other", "new"), ("other", "gone")]);
}

#[test]
fn the_keys_of_a_comparison_in_json_stay_as_they_are() {
    let old = report(DAY_5, &[("a", None, None, 3, DAY_5)]);
    let json = serde_json::to_value(compare(&old, &report(DAY_9, &[("a", None, None, 9, DAY_9)]))).expect("JSON");
    let keys = |value: &serde_json::Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&json), ["counts", "incidents", "new", "old", "schema", "told", "verdict"]);
    assert_eq!(keys(&json["old"]), ["findings", "from", "generated_at", "to"]);
    assert_eq!(keys(&json["counts"]), ["gone", "new", "quiet", "still"]);
    let incident = &json["incidents"][0];
    let expected = ["code", "fate", "new", "old", "pattern", "severity", "subject", "title", "unsure"];
    assert_eq!(keys(incident), expected);
    assert_eq!(keys(&incident["new"]), ["count", "first_seen", "last_seen"]);
    assert_eq!((&json["verdict"], &incident["fate"]), (&"goes-on".into(), &"still".into()));
}
