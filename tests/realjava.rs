//! Logs of real Java software against what their records mean, in every form in which they are stored. See
//! `tests/realjava/README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    ops::ControlFlow,
    path::Path,
    sync::LazyLock,
    thread,
    time::Duration,
};

use oauthsift::{Engine, Event, Follow, RedactionLevel, Scan, StartPosition};
use serde_json::Value;

#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;
#[path = "support/realjava.rs"]
mod logs;
#[path = "support/ratchet.rs"]
mod ratchet;
#[path = "support/truth.rs"]
mod truth;

use truth::{Found, Log, Score};

/// What the engine still judges wrongly. Lower a figure when it gets better; the aim is 0.
mod allowed {
    pub(crate) const MISSED: usize = 0;
    pub(crate) const OTHER_ID: usize = 0;
    pub(crate) const WRONG_FACTS: usize = 0;
    pub(crate) const FALSE_FINDINGS: usize = 0;
    /// `pat-iso` quotes whole log lines that nothing indents: they look like records.
    pub(crate) const STRAYS: usize = 1;
}

/// Ways that still lose or change findings: the test fails for one that does no longer.
const WRONG_WAYS: &[&str] = &[];

static ENGINE: LazyLock<Engine> = LazyLock::new(truth::engine);

static LOGS: LazyLock<Vec<Log>> = LazyLock::new(logs::logs);

/// The name under which Jira writes such a log.
fn jira_name(log: &Log) -> &str {
    &log.name[log.name.find("atlassian-jira").expect("a log of Jira")..]
}

/// Cuts a log where records start: bytes, and the byte and line at which they start.
fn parts(log: &Log, number: usize) -> Vec<(&[u8], u64, u64)> {
    let starts: Vec<usize> = (0..number)
        .map(|i| if i == 0 { 0 } else { usize::try_from(log.rows[i * log.rows.len() / number].offset).expect("small") })
        .chain([log.bytes.len()])
        .collect();
    starts
        .windows(2)
        .map(|pair| {
            let lines = log.bytes[..pair[0]].iter().filter(|byte| **byte == b'\n').count();
            (&log.bytes[pair[0]..pair[1]], pair[0] as u64, lines as u64)
        })
        .collect()
}

/// A finding without its source, at its place in the whole log.
fn placed(finding: &oauthsift::Finding, byte: u64, line: u64) -> Found {
    let mut value = serde_json::to_value(finding).expect("JSON");
    value["source"] = Value::Null;
    value["offset"] = (finding.offset + byte).into();
    value["line"] = (finding.line + line).into();
    (finding.offset + byte, value)
}

fn scan_one(path: &Path) -> Vec<Found> {
    let report = Scan::new(&ENGINE).paths([path]).redaction(RedactionLevel::Secrets).run();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    report.findings.iter().map(|finding| placed(finding, 0, 0)).collect()
}

/// Writes the parts under the names (oldest first) into a folder, and scans the folder.
fn scan_rotated(log: &Log, names: &[String], pack: bool) -> Vec<Found> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut places = BTreeMap::new();
    for ((bytes, byte, line), name) in parts(log, names.len()).into_iter().zip(names) {
        let packed = pack && name != jira_name(log);
        let name = if packed { format!("{name}.gz") } else { name.clone() };
        fs::write(folder.path().join(&name), if packed { archive::gz(bytes) } else { bytes.to_vec() })
            .expect("written");
        places.insert(name, (byte, line));
    }
    let report = Scan::new(&ENGINE).paths([folder.path()]).redaction(RedactionLevel::Secrets).run();
    report
        .findings
        .iter()
        .map(|finding| {
            let name = Path::new(&finding.source).file_name().expect("a name").to_string_lossy();
            let name = name.split_once("!/").map_or(&*name, |(file, _)| file);
            let (byte, line) = places[name];
            placed(finding, byte, line)
        })
        .collect()
}

/// Follows a log while it is written, in pieces that end anywhere, rotated by number on the way. The places of
/// findings count within each generation.
fn follow(log: &Log, rotations: usize) -> Vec<Found> {
    let folder = tempfile::tempdir().expect("a folder");
    let name = |number: usize| match number {
        0 => folder.path().join(jira_name(log)),
        _ => folder.path().join(format!("{}.{number}", jira_name(log))),
    };
    fs::write(name(0), "").expect("written");
    let follow = Follow::new(&ENGINE)
        .paths([name(0)])
        .from(StartPosition::Start)
        .quiet(Duration::from_secs(3600))
        .redaction(RedactionLevel::Secrets);
    let mut session = follow.begin().expect("no state");
    let mut found = Vec::new();
    let mut each = |event: Event<'_>| {
        if let Event::Finding(followed) = event {
            found.push(placed(&followed.finding, 0, 0));
        }
        ControlFlow::Continue(())
    };
    let mut now = Duration::ZERO;
    for (i, (bytes, ..)) in parts(log, rotations + 1).into_iter().enumerate() {
        if i > 0 {
            (0..i).rev().for_each(|old| fs::rename(name(old), name(old + 1)).expect("renamed"));
            fs::write(name(0), "").expect("written");
        }
        let (mut rest, mut sizes) = (bytes, [4093, 17, 9001, 16411, 311].into_iter().cycle());
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.len().min(sizes.next().expect("endless")));
            rest = more;
            let mut file = fs::OpenOptions::new().append(true).open(name(0)).expect("the log");
            file.write_all(piece).expect("written");
            now += Duration::from_millis(100);
            while session.poll(now, &mut each) == ControlFlow::Continue(true) {}
        }
    }
    session.close(false, now, &mut each);
    found
}

fn without_places(found: Vec<Found>) -> Vec<Found> {
    found
        .into_iter()
        .map(|(_, mut finding)| {
            (finding["offset"], finding["line"]) = (Value::Null, Value::Null);
            (0, finding)
        })
        .collect()
}

/// Names of rotated files, oldest first, the one that is written last.
fn rotated_names(log: &Log, form: &str) -> Vec<String> {
    let live = jira_name(log);
    let stem = live.trim_end_matches(".log");
    let old: [String; 4] = match form {
        "number" => ["4", "3", "2", "1"].map(|n| format!("{live}.{n}")),
        "day" => ["24", "25", "26", "27"].map(|day| format!("{live}.2026-11-{day}")),
        "day and number" => ["1", "2", "3", "4"].map(|n| format!("{live}.2026-11-28.{n}")),
        "month" => ["07", "08", "09", "10"].map(|month| format!("{live}.2026-{month}")),
        "week" => ["44", "45", "46", "47"].map(|week| format!("{live}.2026-{week}")),
        "half a day" => ["26-AM", "26-PM", "27-AM", "27-PM"].map(|half| format!("{live}.2026-11-{half}")),
        "hour" => ["14", "15", "16", "17"].map(|hour| format!("{live}.2026-11-28-{hour}")),
        "minute" => ["12", "13", "14", "15"].map(|minute| format!("{live}.2026-11-28-18-{minute}")),
        "day in the name" => ["24", "25", "26", "27"].map(|day| format!("{stem}-2026-11-{day}.log")),
        "day and number in the name" => ["1", "2", "3", "4"].map(|n| format!("{stem}-2026-11-28-{n}.log")),
        other => panic!("no form `{other}`"),
    };
    old.into_iter().chain([live.to_owned()]).collect()
}

#[test]
fn every_record_of_real_software_has_the_right_verdict() {
    let mut score = Score::default();
    for log in LOGS.iter() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(&log.name);
        fs::write(&path, &log.bytes).expect("written");
        score.judge(log, &scan_one(&path));
    }
    println!("{}", score.table());
    assert_eq!(score.must, 976, "the logs have changed");
    ratchet::hold(
        "`allowed` of tests/realjava.rs",
        &[
            ("missed", score.missed, allowed::MISSED),
            ("under another id", score.other_id, allowed::OTHER_ID),
            ("wrong facts", score.wrong_facts, allowed::WRONG_FACTS),
            ("false", score.false_findings, allowed::FALSE_FINDINGS),
            ("within other records", score.strays, allowed::STRAYS),
        ],
    );
}

/// Forms of rotated names. All are tried with Jira's own layouts, the first two with the others.
const FORMS: [&str; 10] = [
    "number",
    "day and number in the name",
    "day",
    "day and number",
    "month",
    "week",
    "half a day",
    "hour",
    "minute",
    "day in the name",
];

/// The records up to about 300 KB: enough to see whether a form of storage loses any.
fn beginning(log: &Log) -> Log {
    let end = log.rows.iter().map(|row| row.offset).take_while(|offset| *offset < 300_000).last().unwrap_or_default();
    let rows = log.rows.iter().take_while(|row| row.offset < end).cloned().collect();
    Log { name: log.name.clone(), bytes: log.bytes[..usize::try_from(end).expect("small")].to_vec(), rows }
}

/// What differs from the findings of the whole log: the way it came, and how.
fn wrong_ways(log: &Log) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("whole.log"), &log.bytes).expect("written");
    fs::write(path("whole.log.gz"), archive::gz(&log.bytes)).expect("written");
    let entry = format!("application-logs/{}", jira_name(log));
    fs::write(path("support.zip"), archive::zip(&[(&entry, &log.bytes)])).expect("written");
    let whole = scan_one(&path("whole.log"));
    assert!(!whole.is_empty(), "{}: nothing is found", log.name);
    let mut wrong = Vec::new();
    let mut compare = |way: &str, found: &[Found], whole: &[Found]| {
        if found != whole {
            let first = found.iter().zip(whole).position(|(a, b)| a != b).unwrap_or(found.len().min(whole.len()));
            let problem = format!(
                "{}: {} findings, {} of the whole, first difference at {first}",
                log.name,
                found.len(),
                whole.len()
            );
            wrong.push((way.to_owned(), problem));
        }
    };
    compare("gz", &scan_one(&path("whole.log.gz")), &whole);
    compare("zip", &scan_one(&path("support.zip")), &whole);
    for form in &FORMS[..if log.name.starts_with("l4j2") { FORMS.len() } else { 2 }] {
        compare(form, &scan_rotated(log, &rotated_names(log, form), false), &whole);
    }
    compare("number, gz", &scan_rotated(log, &rotated_names(log, "number"), true), &whole);
    compare("follow", &follow(log, 0), &whole);
    let whole = without_places(whole);
    compare("follow, rotated by number", &without_places(follow(log, 3)), &whole);
    wrong
}

#[test]
fn findings_do_not_depend_on_how_a_log_of_real_software_is_stored() {
    let wrong: Vec<(String, String)> = thread::scope(|scope| {
        let workers: Vec<_> = LOGS.iter().map(|log| scope.spawn(|| wrong_ways(&beginning(log)))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    });
    for (way, problem) in &wrong {
        println!("{way}: {problem}");
    }
    let ways: BTreeSet<&str> = wrong.iter().map(|(way, _)| way.as_str()).collect();
    let known: BTreeSet<&str> = WRONG_WAYS.iter().copied().collect();
    assert_eq!(ways, known, "left: the ways that are wrong; take those that are right out of WRONG_WAYS");
}
