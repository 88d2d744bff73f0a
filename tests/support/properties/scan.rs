//! Every way to scan the same bytes gives the same report.

use std::io::Cursor;

use oauthsift::{Finding, Input, Limits, Report, Scan};
use serde_json::Value;

use super::{
    ENGINE,
    archive_formats::{gz, zst},
    is_encoded, parameters,
};

const NAME: &str = "log/atlassian-jira.log";
/// The longest message and excerpt of a finding, with what replaces removed texts.
const MAX_SHOWN_BYTES: usize = 16 << 10;

fn scan(input: Input, limits: Limits, threads: usize) -> Report {
    Scan::new(&ENGINE).input(input).limits(limits).threads(threads).run()
}

/// The report as JSON, without the time at which it was made.
fn json(mut report: Report) -> Value {
    report.generated_at.clear();
    serde_json::to_value(report).expect("JSON")
}

/// The findings, the messages of the faults and the counts, without the names of the inputs.
fn content(report: &Report) -> (Vec<Finding>, Vec<String>, Value) {
    let without_source = |finding: &Finding| {
        let mut finding = finding.clone();
        finding.source.clear();
        finding
    };
    let faults = report.faults.iter().map(|fault| format!("{:?} {:?} {}", fault.offset, fault.kind, fault.message));
    let summary = serde_json::to_value(&report.summary).expect("JSON");
    (report.findings.iter().map(without_source).collect(), faults.collect(), summary)
}

/// The same findings, counts and faults for any size of reads and ranges, any number of threads, read at once or as a
/// stream, plain or compressed, listed or only counted. No finding is larger than it may be.
pub(crate) fn every_way_to_scan_gives_the_same(input: &[u8]) {
    let (log, [read, range, record, threads]) = parameters(input);
    let shown = String::from_utf8_lossy(log);
    let limits = match record {
        0..64 => Limits::default(),
        _ => Limits::default().with_max_record_bytes(usize::from(record) * 4),
    };
    let bytes = || Input::bytes(NAME, log);
    let whole = scan(bytes(), limits, 1);
    let small = limits.with_read_bytes(1 + usize::from(read) * 3).with_range_bytes(1 + u64::from(range) * 5);
    let threads = 2 + usize::from(threads % 3);
    let report = json(whole.clone());
    assert_eq!(json(scan(bytes(), small, 1)), report, "{small:?} in\n{shown}");
    assert_eq!(json(scan(bytes(), small, threads)), report, "{small:?} and {threads} threads in\n{shown}");
    let counted = Scan::new(&ENGINE).input(bytes()).limits(limits).threads(1).summarize();
    assert_eq!(counted.summary, whole.summary, "counted, in\n{shown}");
    let found = content(&whole);
    let streamed = scan(Input::reader(NAME, Cursor::new(log.to_vec())), small, 1);
    assert_eq!(content(&streamed), found, "read as a stream:\n{shown}");
    if !log.is_empty() && !is_encoded(log) {
        for packed in [gz(log), zst(log)] {
            let packed = scan(Input::bytes(NAME, packed), small, threads);
            assert_eq!(content(&packed), found, "compressed:\n{shown}");
        }
    }
    for finding in &whole.findings {
        let longest = finding.excerpt.len().max(finding.message.len());
        assert!(longest <= MAX_SHOWN_BYTES, "{longest} bytes are shown of\n{shown}");
    }
}
