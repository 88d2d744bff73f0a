//! Properties of named inputs: bytes, readers and random-access content give the report of the same paths.

use std::{
    fs,
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

#[cfg(feature = "archives")]
use oauthsift::{ArchiveLimits, ReadAt};
use oauthsift::{
    Catalogue, Engine, FaultKind, Filter, Input, Limits, Progress, Report, Scan, TimeBound, catalogue::builtin_samples,
    is_log_name,
};
use proptest::prelude::*;

#[cfg(feature = "archives")]
#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;

#[path = "support/contents.rs"]
mod contents;

use contents::{BadContent, CancellingReader, FAILURE, SlowContent};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

/// Samples with a header.
static RECORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let samples = builtin_samples().expect("patterns/ is valid").into_iter().flat_map(|pattern| pattern.samples);
    let logs = samples.map(|sample| format!("{}\n", sample.log.trim_end_matches('\n')));
    logs.filter(|log| log.starts_with("20")).collect()
});

fn log() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<prop::sample::Index>(), 1..12)
        .prop_map(|picks| picks.iter().map(|pick| pick.get(&RECORDS).as_str()).collect())
}

/// Files of one test: names within a folder, and their bytes.
type Files = Vec<(String, Vec<u8>)>;

/// The parts of a log, cut at any byte, the newest first: `atlassian-jira.log`, `atlassian-jira.log.1`, …
fn rotated(folder: &str, log: &str, cuts: &[prop::sample::Index]) -> Files {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(log.len())).chain([0, log.len()]).collect();
    at.sort_unstable();
    let parts = at.windows(2).map(|pair| &log.as_bytes()[pair[0]..pair[1]]).rev();
    let name = |i: usize| match i {
        0 => format!("{folder}/atlassian-jira.log"),
        i => format!("{folder}/atlassian-jira.log.{i}"),
    };
    parts.enumerate().map(|(i, part)| (name(i), part.to_vec())).collect()
}

fn write(folder: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
}

fn shown(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

fn limits() -> Limits {
    Limits::default().with_read_bytes(700).with_range_bytes(1500)
}

fn json(mut report: Report) -> serde_json::Value {
    report.generated_at = String::new();
    serde_json::to_value(report).expect("JSON")
}

/// Holds files against the same files under their names: as bytes, as random-access content, and as readers.
fn check(files: &Files, threads: usize) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), files);
    let base = || Scan::new(&ENGINE).threads(threads).limits(limits());
    let paths = base().paths(files.iter().map(|(name, _)| folder.path().join(name)));
    let named = files.iter().map(|(name, bytes)| (shown(folder.path(), name), bytes.clone()));
    let bytes = base().inputs(named.clone().map(|(name, bytes)| Input::bytes(name, bytes)));
    let content =
        base().inputs(named.clone().map(|(name, bytes)| Input::random_access(name, SlowContent::new(bytes, 333))));
    let expected = json(paths.run());
    prop_assert_eq!(&json(bytes.run()), &expected);
    prop_assert_eq!(&json(content.run()), &expected);
    let expected = json(paths.summarize());
    prop_assert_eq!(&json(bytes.summarize()), &expected);
    prop_assert_eq!(&json(content.summarize()), &expected);
    let with_lines = |scan: &Scan<'_>| {
        let mut findings = Vec::new();
        let (report, contexts, _) = scan.with_context_lines(2, |finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        });
        (json(report), contexts, findings)
    };
    let expected = with_lines(&paths);
    prop_assert_eq!(&with_lines(&bytes), &expected);
    prop_assert_eq!(&with_lines(&content), &expected);
    // A reader is not compared with others, and the report calls it a stream.
    let readers = base().inputs(named.map(|(name, bytes)| Input::reader(name, io::Cursor::new(bytes)))).run();
    let expected = paths.run();
    if expected.inputs.iter().all(|input| input.duplicate_of.is_none()) {
        // Where times run backwards within a log, the order of a merge depends on what was read at a time.
        let sorted = |report: &Report| {
            let mut findings: Vec<_> = report.findings.iter().map(|f| (f.source.clone(), f.offset, f.code)).collect();
            findings.sort();
            findings
        };
        prop_assert_eq!(sorted(&readers), sorted(&expected));
        prop_assert_eq!(&readers.summary, &expected.summary);
        if expected.inputs.iter().all(|input| input.node.is_none()) {
            prop_assert_eq!(&readers.findings, &expected.findings);
            prop_assert_eq!(&readers.incidents, &expected.incidents);
            prop_assert_eq!(&readers.diagnosis, &expected.diagnosis);
        }
        let places = |report: &Report| -> Vec<_> {
            report.inputs.iter().map(|input| (input.source.clone(), input.bytes, input.lines)).collect()
        };
        prop_assert_eq!(places(&readers), places(&expected));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_rotated_log_gives_the_report_of_its_paths(
        log in log(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        threads in 1usize..4,
    ) {
        check(&rotated("log", &log, &cuts), threads)?;
    }

    #[test]
    fn the_logs_of_nodes_give_the_report_of_their_paths(
        logs in prop::collection::vec(log(), 2..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        threads in 1usize..4,
    ) {
        let files = logs.iter().enumerate().flat_map(|(i, log)| rotated(&format!("node{i}/log"), log, &cuts));
        check(&files.collect(), threads)?;
    }
}

#[cfg(feature = "archives")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn compressed_logs_and_archives_give_the_report_of_their_paths(
        log in log(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        threads in 1usize..4,
    ) {
        use archive::{gz, tar, zip};

        let parts = rotated("application-logs", &log, &cuts);
        let entries: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let (support_zip, support_tar) = (zip(&entries), tar(&entries));
        let compressed = parts.iter().map(|(name, bytes)| (format!("{name}.gz"), gz(bytes))).collect();
        let damaged = gz(&support_tar);
        let cluster = [("node1.zip", support_zip.as_slice()), ("node2.zip", &zip(&[("a/atlassian-jira.log", FAILURE.as_bytes())]))];
        let file = |name: &str, bytes: &[u8]| vec![(name.to_owned(), bytes.to_vec())];
        check(&compressed, threads)?;
        check(&file("support.zip", &support_zip), threads)?;
        check(&file("support.tar", &support_tar), threads)?;
        check(&file("support.tar.gz", &gz(&support_tar)), threads)?;
        check(&file("cluster.zip", &zip(&cluster)), threads)?;
        check(&file("cluster.tgz", &gz(&tar(&cluster))), threads)?;
        check(&file("damaged.tgz", &damaged[..damaged.len() - 9]), threads)?;
    }
}

#[test]
fn a_folder_is_the_same_as_its_files_by_name_in_any_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = FAILURE.repeat(9);
    let mut files = rotated("log", &log, &[]);
    files = vec![
        (files[0].0.clone(), log.as_bytes()[1000..].to_vec()),
        (format!("{}.1", files[0].0), log.as_bytes()[300..1000].to_vec()),
        (format!("{}.2", files[0].0), log.as_bytes()[..300].to_vec()),
        ("log/readme.txt".to_owned(), FAILURE.into()),
    ];
    write(folder.path(), &files);
    let expected = json(Scan::new(&ENGINE).paths([folder.path()]).run());
    assert_eq!(expected["findings"].as_array().map(Vec::len), Some(9));
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
        let logs = order.iter().map(|i| &files[*i]).filter(|(name, _)| is_log_name(name.rsplit('/').next().unwrap()));
        let inputs = logs.map(|(name, bytes)| Input::bytes(shown(folder.path(), name), bytes.clone()));
        assert_eq!(json(Scan::new(&ENGINE).inputs(inputs).run()), expected, "{order:?}");
    }
}

#[test]
fn names_need_no_file_and_mix_with_paths() {
    let folder = tempfile::tempdir().expect("a folder");
    let older = folder.path().join("atlassian-jira.log.1");
    fs::write(&older, &FAILURE[..120]).expect("written");
    let report = Scan::new(&ENGINE)
        .input(Input::reader(shown(folder.path(), "atlassian-jira.log"), io::Cursor::new(FAILURE[120..].to_owned())))
        .paths([&older])
        .input(Input::bytes("C:\\logs\\other\x1b.log", FAILURE))
        .run();
    let sources: Vec<&str> = report.findings.iter().map(|finding| finding.source.as_str()).collect();
    assert_eq!(sources, [older.display().to_string().as_str(), "C:\\logs\\other\\x1b.log"]);
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let kinds: Vec<&str> = report.inputs.iter().map(|input| input.kind).collect();
    assert_eq!(kinds, ["file", "stream", "file"]);
}

#[test]
fn what_is_given_twice_is_read_once() {
    let input = Input::bytes("a.log", FAILURE);
    let report = Scan::new(&ENGINE).inputs([input.clone(), input, Input::bytes("b.log", FAILURE)]).run();
    assert_eq!(report.findings.len(), 1);
    let duplicates: Vec<Option<&str>> = report.inputs.iter().map(|input| input.duplicate_of.as_deref()).collect();
    assert_eq!(duplicates, [None, Some("a.log"), Some("a.log")]);
}

#[cfg(feature = "archives")]
#[test]
fn zips_within_compressed_archives_are_kept_where_the_caller_wants_them() {
    static KEPT: AtomicUsize = AtomicUsize::new(0);
    fn keep(zip: &mut dyn Read) -> io::Result<Arc<dyn ReadAt>> {
        let mut bytes = Vec::new();
        KEPT.fetch_add(zip.read_to_end(&mut bytes)?, Ordering::Relaxed);
        Ok(Arc::new(bytes))
    }
    let node = archive::zip(&[("atlassian-jira.log", FAILURE.as_bytes())]);
    let archives = [archive::zip(&[("node.zip", &node)]), archive::gz(&archive::tar(&[("node.zip", &node)]))];
    for outer in archives {
        KEPT.store(0, Ordering::Relaxed);
        let scan = Scan::new(&ENGINE).input(Input::bytes("nodes", outer.clone()));
        let usual = json(scan.run());
        assert_eq!(KEPT.load(Ordering::Relaxed), 0);
        assert_eq!(json(scan.hold_zips(keep).run()), usual);
        assert_eq!(KEPT.load(Ordering::Relaxed), node.len());
        let limits = ArchiveLimits::default().with_max_held_bytes(64);
        let report =
            Scan::new(&ENGINE).input(Input::bytes("nodes", outer)).archive_limits(limits).hold_zips(keep).run();
        assert!(report.findings.is_empty() && report.faults.len() == 1, "{:?}", report.faults);
    }
}

#[test]
fn a_reader_can_be_read_once() {
    let scan = Scan::new(&ENGINE).input(Input::reader("a.log", FAILURE.as_bytes()));
    assert_eq!(scan.run().findings.len(), 1);
    let again = scan.run();
    assert!(again.findings.is_empty());
    assert_eq!(again.faults.len(), 1);
    assert!(again.faults[0].message.contains("earlier scan"), "{}", again.faults[0].message);
}

#[test]
fn with_one_thread_everything_is_read_by_the_calling_one() {
    let log = FAILURE.repeat(40);
    let mut contents = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| contents.push((name.to_owned(), SlowContent::new(bytes, 1 << 20)));
    add("node1/atlassian-jira.log", log.clone().into_bytes());
    add("node2/atlassian-jira.log", format!("{log}{log}").into_bytes());
    #[cfg(feature = "archives")]
    {
        add("node1/atlassian-jira.log.1.gz", archive::gz(FAILURE.as_bytes()));
        add("node3.tgz", archive::gz(&archive::tar(&[("log/atlassian-jira.log", FAILURE.as_bytes())])));
    }
    let inputs = || contents.iter().map(|(name, content)| Input::random_access(name, content.clone()));
    let nodes = Scan::new(&ENGINE).inputs(inputs()).limits(limits()).threads(1);
    let alone = Scan::new(&ENGINE).inputs(inputs().skip(1).take(1)).limits(limits()).threads(1);
    let expected = json(Scan::new(&ENGINE).inputs(inputs()).limits(limits()).threads(3).run());
    contents.iter().for_each(|(_, content)| content.threads.lock().expect("no panic").clear());
    assert_eq!(json(nodes.run()), expected);
    let _ = (nodes.summarize(), alone.run(), alone.summarize());
    for (name, content) in &contents {
        let threads = content.threads.lock().expect("no panic");
        assert!(!threads.is_empty() && threads.iter().all(|id| *id == thread::current().id()), "{name}");
    }
}

#[test]
fn content_that_fails_is_a_fault_and_what_was_read_is_reported() {
    let two = FAILURE.len() * 2;
    let content = |size, readable, end| BadContent { size, readable, end, calls: AtomicUsize::new(0) };
    for (name, content, kind, findings) in [
        (
            "no size",
            content(Err(io::ErrorKind::PermissionDenied.into()), two, |_| Ok(0)),
            FaultKind::PermissionDenied,
            0,
        ),
        ("fails", content(Ok(two as u64), FAILURE.len(), |_| Err(io::Error::other("lost"))), FaultKind::Read, 1),
        ("shrinks", content(Ok(two as u64), FAILURE.len(), |_| Ok(0)), FaultKind::Shrunk, 1),
    ] {
        let report = Scan::new(&ENGINE)
            .input(Input::random_access("bad.log", content))
            .input(Input::bytes("good.log", format!("\n{FAILURE}")))
            .run();
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.source.as_str(), fault.kind)).collect();
        assert_eq!(faults, [("bad.log", kind)], "{name}");
        assert_eq!(report.findings.len(), findings + 1, "{name}");
    }
    // Never more than there is room for, whatever the content claims.
    let lies = content(Ok(two as u64 + 9), two, |buffer| {
        buffer.fill(b'\n');
        Ok(buffer.len() + 1000)
    });
    let report = Scan::new(&ENGINE).input(Input::random_access("bad.log", lies)).limits(limits()).threads(1);
    assert_eq!(report.for_each(|_| ControlFlow::Break(())).summary.mentions, 0);
}

#[test]
fn a_reader_that_fails_is_a_fault_at_its_byte() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let rest = FAILURE.as_bytes().get(self.0..).unwrap_or_default();
            if rest.is_empty() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            let len = rest.len().min(buffer.len()).min(50);
            buffer[..len].copy_from_slice(&rest[..len]);
            self.0 += len;
            Ok(len)
        }
    }
    let report = Scan::new(&ENGINE).input(Input::reader("pipe", Failing(0))).run();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.faults[0].kind, FaultKind::Read);
    assert_eq!(report.faults[0].offset, Some(FAILURE.len() as u64));
}

#[test]
fn lines_in_an_unknown_layout_are_a_fault_however_they_are_read() {
    let unknown: String = (10..60).map(|i| format!("03/04/2026 07:11:{i} ERROR something failed\n")).collect();
    let known: String = (10..60).map(|i| format!("2026/03/04 07:11:{i} ERROR something failed\n")).collect();
    for (text, expected) in [(&unknown, 1), (&known, 0), (&format!("{unknown}{known}"), 0)] {
        for scan in [Scan::new(&ENGINE), Scan::new(&ENGINE).limits(limits()).threads(3)] {
            let reader = Input::reader("reader.log", io::Cursor::new(format!("\u{feff}{text}")));
            let report = scan.input(Input::bytes("bytes.log", text.as_bytes())).input(reader).run();
            let kinds: Vec<FaultKind> = report.faults.iter().map(|fault| fault.kind).collect();
            assert_eq!(kinds, vec![FaultKind::UnknownLayout; expected * 2], "{text}");
        }
    }
}

#[test]
fn a_text_without_records_is_a_fault_unless_it_reports_or_quotes_a_failure() {
    let document = "Dear all,\nthe mail server moves on Monday.\n".repeat(40);
    let excerpt = "invalid_client: AADSTS7000215: Invalid client secret provided.\n";
    let quote = "http://jira.example/issues/?jql=text ~ \"AADSTS7000215\"\n";
    for (text, expected) in [(&document[..], 1), (excerpt, 0), (quote, 0), ("", 0), ("\n \n\0\0", 0), (FAILURE, 0)] {
        for scan in [Scan::new(&ENGINE), Scan::new(&ENGINE).limits(limits()).threads(3)] {
            let reader = Input::reader("reader.log", io::Cursor::new(format!("\u{feff}{text}")));
            let report = scan.input(Input::bytes("bytes.log", text.as_bytes())).input(reader).run();
            let kinds: Vec<FaultKind> = report.faults.iter().map(|fault| fault.kind).collect();
            assert_eq!(kinds, vec![FaultKind::NoRecords; expected * 2], "{text}");
        }
    }
}

#[test]
fn failures_that_a_filter_excludes_are_counted_by_condition() {
    let other = FAILURE.replace("2026-01-05", "2026-02-05");
    let log = format!("{FAILURE}{other}{other}{}", FAILURE.replace("AADSTS7000215", "AADSTS65004"));
    let day = |day: u32| Some(TimeBound::Local(chrono::NaiveDate::from_ymd_opt(2026, 1, day)?.and_hms_opt(0, 0, 0)?));
    let excluded = |filter: Filter| {
        let scan = || Scan::new(&ENGINE).input(Input::bytes("bytes.log", log.as_bytes())).filter(filter.clone());
        let report = scan().run();
        assert_eq!(scan().summarize().summary, report.summary);
        let sum: u64 = report.summary.excluded.values().sum();
        assert_eq!(report.summary.findings + sum, 4);
        report.summary.excluded.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(excluded(Filter::default()), []);
    assert_eq!(excluded(Filter::default().with_since(day(6))), [("since", 2)]);
    assert_eq!(excluded(Filter::default().with_until(day(6))), [("until", 2)]);
    let one = Filter::default().with_patterns(["entra-consent-declined"]).with_since(day(6));
    assert_eq!(excluded(one), [("pattern", 3), ("since", 1)]);
}

#[test]
fn the_time_of_a_record_after_zeros_in_the_last_line_is_the_last_time() {
    let log = format!("2026-03-04 07:0\u{6} x\0\0\0\0{}", FAILURE.trim_end());
    for scan in [Scan::new(&ENGINE), Scan::new(&ENGINE).limits(limits()).threads(3)] {
        let report = scan.input(Input::bytes("bytes.log", log.as_bytes())).run();
        assert_eq!(report.inputs[0].last_timestamp, report.findings[0].timestamp);
        assert!(report.findings[0].timestamp.is_some());
    }
}

#[test]
fn a_cancelled_run_stops_reading_and_says_so() {
    let (reads, progress) = (Arc::new(AtomicUsize::new(0)), Arc::new(Progress::default()));
    let endless = CancellingReader { reads: Arc::clone(&reads), progress: Arc::clone(&progress) };
    let report = Scan::new(&ENGINE)
        .input(Input::reader("atlassian-jira.log", endless))
        .input(Input::bytes("atlassian-jira-incoming-mail.log", FAILURE))
        .progress(Arc::clone(&progress))
        .run();
    assert!(progress.is_cancelled());
    assert_eq!(reads.load(Ordering::Relaxed), 2);
    assert!(report.faults.iter().any(|fault| fault.message.contains("cancelled")), "{:?}", report.faults);
}
