//! Findings that workers write are byte for byte those that are written in the order of the report: for any number of
//! threads and any size of ranges, for one log, a rotated one and several nodes, with and without a key.

use std::{
    fs,
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use oauthsift::{
    Catalogue, Engine, FindingEncoder, Limits, PseudonymKey, RedactionLevel, Report, Scan,
    catalogue::builtin_samples,
    render::{CsvEncoder, CsvWriter, JsonEncoder, JsonLinesEncoder, JsonLinesWriter, JsonWriter},
};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

/// Names and texts that a format must escape, that are known from other records, or that read like a pseudonym.
const USERS: [&str; 10] =
    ["hvoss77", "o'neil", "a\"b", "x,y", "back\\slash", "HVOSS77", "user-1", "ServiceRunner", "admin", "mrossi"];
const WORDS: [&str; 22] = [
    "hvoss77",
    "mrossi",
    "MRossi",
    "o'neil",
    "a\"b,c",
    "back\\slash",
    "tab\tand “quotes” …",
    "=1+1",
    "-cmd",
    "@SUM(A1)",
    "ann.example@contoso.example",
    "\"Ann, Example\" <ann.example@contoso.example>",
    "198.51.100.7",
    "client_secret=Zk3q8Rt1Vw5Xy7Bc9Df2",
    "Zk3q8Rt1Vw5Xy7Bc9Df2",
    "password: hunter2hunter2",
    "hunter2hunter2",
    "user 'mrossi'",
    "[removed token]",
    "\u{e000}u1\u{e001}",
    "\n\tat com.example.Y.z(Y.java:12)\n",
    "mailbox-1@…",
];
const MESSAGES: [&str; 6] = [
    "The error message is: AADSTS7000215: Invalid client secret provided.",
    "Refresh Token Failed. Reported Reason: AADSTS50173: The provided grant has expired.",
    "The error message is: AADSTS999999: Something new.",
    "javax.mail.AuthenticationFailedException: AUTHENTICATE failed.",
    "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70008: The refresh token has expired.\"}",
    "java.net.UnknownHostException: login.microsoftonline.com",
];

#[derive(Debug, Clone)]
struct Record {
    seconds: u32,
    user: usize,
    message: usize,
    words: Vec<usize>,
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let record = (0u32..3, 0..USERS.len(), 0..MESSAGES.len(), prop::collection::vec(0..WORDS.len(), 0..5))
        .prop_map(|(seconds, user, message, words)| Record { seconds, user, message, words });
    prop::collection::vec(record, 0..24)
}

fn log(records: &[Record], start: u32) -> String {
    let (mut log, mut time) = (String::new(), start);
    for Record { seconds, user, message, words } in records {
        time += seconds;
        let words: Vec<&str> = words.iter().map(|word| WORDS[*word]).collect();
        log += &format!(
            "2026-01-05 20:{:02}:{:02},014+0000 http-nio-8080-exec-3 ERROR {} 1x1x1 1i8mi5a 203.0.113.{} \
             /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] {} {}\n",
            time / 60,
            time % 60,
            USERS[*user],
            user + 1,
            MESSAGES[*message],
            words.join(" "),
        );
    }
    log
}

/// Records of few kinds, which differ in ids, times and numbers: their findings are recalled.
fn repeating_log(kinds: &[(usize, usize)], records: &[(usize, u64)]) -> String {
    let mut log = String::new();
    for (i, (kind, seed)) in records.iter().enumerate() {
        let (message, place) = kinds[kind % kinds.len()];
        let random = |n: u64| seed.wrapping_add(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7;
        let id = |n: u64| {
            let digits = format!("{:016x}{:016x}", random(n), random(n + 50));
            [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
        };
        // Ids where they are shown, where they are secrets and where they name a user.
        let text = [
            String::new(),
            format!("app '{}'", id(1)),
            format!("client_secret={}", id(1)),
            format!("user '{}' {}", id(1), id(1)),
            format!("Authorization: Bearer {}", id(1)),
            format!("the user {} in C:\\Users\\{}", id(2), id(1)),
            format!("password: hunter2hunter2 of {}", id(1)),
            format!("key={}{}", id(1), id(2)),
            format!("<{}@contoso.example> {}", id(1), "word ".repeat(90)),
            "at a.B.c(B.java:7) word ".repeat(25),
        ][place]
            .clone();
        log += &format!(
            "2026-01-05 20:{:02}:{:02},{:03}+0000 http-nio-8080-exec-{} ERROR {} {}x{}x{} {}{:05x} 203.0.113.{} \
             /rest/oauth2-client/latest/config/flow/{} [c.a.o.c.X] {} {text}\n    Trace ID: {}\n    Timestamp: \
             2026-01-05 20:{:02}:{:02}Z\n\tat com.example.Y.z(Y.java:{})\n",
            i / 60,
            i % 60,
            random(3) % 1000,
            random(4) % 300,
            ["admin", "hvoss77"][(random(5) % 8 == 0) as usize],
            random(6) % 1440,
            random(7) % 100_000,
            random(8) % 9 + 1,
            random(9) % 10,
            random(10) % (1 << 20),
            random(11) % 256,
            id(12),
            MESSAGES[message],
            if seed % 5 == 0 { id(1) } else { id(13) },
            random(14) % 60,
            random(15) % 60,
            random(16) % 2000,
        );
    }
    log
}

/// The logs of one server, of a rotated log, or of three nodes.
fn write_logs(folder: &Path, log: &str, kind: usize) -> Vec<PathBuf> {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(&path, text).expect("written");
        path
    };
    let cut = |part: usize| {
        let mut at = log.len() * part / 3;
        while !log.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let (one, two) = (cut(1), cut(2));
    match kind {
        0 => vec![file("atlassian-jira.log", log)],
        1 => {
            file("log/atlassian-jira.log.2", &log[..one]);
            file("log/atlassian-jira.log.1", &log[one..two]);
            file("log/atlassian-jira.log", &log[two..]);
            vec![folder.join("log")]
        }
        _ => {
            for node in 0..3 {
                let records: Vec<&str> = log.split_inclusive("\n2026-").collect();
                let text: String = records
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| i % 3 == node)
                    .map(|(i, record)| {
                        let record = record.strip_suffix("2026-").unwrap_or(record);
                        if i == 0 { record.to_owned() } else { format!("2026-{record}") }
                    })
                    .collect();
                file(&format!("node{node}/log/atlassian-jira.log"), &text);
            }
            vec![folder.to_owned()]
        }
    }
}

fn scan(paths: &[PathBuf], key: bool, level: RedactionLevel) -> Scan<'static> {
    let key = key.then(|| PseudonymKey::new(b"0123456789abcdef0123456789abcdef").expect("long enough"));
    let time = "2026-01-06T00:00:00Z".parse().expect("a time");
    Scan::new(&ENGINE).paths(paths).pseudonym_key(key).redaction(level).generated_at(time).threads(1)
}

fn written(encoder: &dyn FindingEncoder, scan: &Scan<'_>, indexed: bool) -> (Vec<Vec<u8>>, Report) {
    let mut rows = Vec::new();
    let each = |row: &[u8]| {
        rows.push(row.to_vec());
        ControlFlow::Continue(())
    };
    let report =
        if indexed { scan.for_each_written_indexed(encoder, each) } else { scan.for_each_written(encoder, each) };
    (rows, report)
}

/// The whole output of each format, written from findings.
fn expected(scan: &Scan<'_>) -> [Vec<u8>; 3] {
    let report = scan.run();
    let (mut json, mut jsonl, mut csv) = (Vec::new(), Vec::new(), Vec::new());
    oauthsift::render::json(&report, &mut json).expect("written");
    oauthsift::render::jsonl(&report, &mut jsonl).expect("written");
    oauthsift::render::csv(&report, &mut csv).expect("written");
    [json, jsonl, csv]
}

/// The same, written by workers.
fn found(scan: &Scan<'_>) -> [Vec<u8>; 3] {
    let (mut json, mut jsonl, mut csv) = (Vec::new(), Vec::new(), Vec::new());
    let mut writer = JsonWriter::new(&mut json).expect("written");
    let (rows, report) = written(&JsonEncoder, scan, true);
    rows.iter().for_each(|row| writer.written(row).expect("written"));
    writer.finish(&report).expect("written");
    let mut writer = JsonLinesWriter::new(&mut jsonl);
    let (rows, report) = written(&JsonLinesEncoder, scan, false);
    rows.iter().for_each(|row| writer.written(row).expect("written"));
    writer.finish(&report).expect("written");
    let mut writer = CsvWriter::new(&mut csv).expect("written");
    written(&CsvEncoder, scan, false).0.iter().for_each(|row| writer.written(row).expect("written"));
    writer.finish().expect("written");
    [json, jsonl, csv]
}

fn compare(paths: &[PathBuf], key: bool, level: RedactionLevel, range_size: u64, threads: usize) {
    let limits = Limits::default().with_range_bytes(range_size).with_read_bytes(200);
    // With several nodes, what a finding shows of names that a later one makes known depends on the ranges.
    let nodes = paths.len() == 1 && paths[0].join("node0").exists();
    let expected = expected(&scan(paths, key, level).limits(if nodes { limits } else { Limits::default() }));
    for threads in [1, threads] {
        let found = found(&scan(paths, key, level).threads(threads).limits(limits));
        for (found, expected) in found.iter().zip(&expected) {
            let same = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
            let near = |bytes: &[u8]| {
                String::from_utf8_lossy(&bytes[same.saturating_sub(300)..bytes.len().min(same + 300)]).into_owned()
            };
            assert!(found == expected, "{threads} threads:\n{}\ninstead of\n{}", near(found), near(expected));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn written_findings_are_those_of_the_report(
        records in records(),
        start in 0u32..600,
        kind in 0usize..3,
        key in any::<bool>(),
        level in 0usize..4,
        range_size in 1u64..3000,
        threads in 2usize..9,
    ) {
        use RedactionLevel::{Secrets, Standard, Strict, StrictExcerpts};
        let folder = tempfile::tempdir().expect("a folder");
        let paths = write_logs(folder.path(), &log(&records, start), kind);
        compare(&paths, key, [Secrets, Standard, StrictExcerpts, Strict][level], range_size, threads);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn recalled_findings_are_those_of_the_report(
        kinds in prop::collection::vec((0..MESSAGES.len(), 0usize..10), 1..3),
        records in prop::collection::vec((0usize..2, any::<u64>()), 12..50),
        form in 0usize..3,
        key in any::<bool>(),
        level in 0usize..4,
        range_size in 1u64..9000,
        threads in 2usize..9,
    ) {
        use RedactionLevel::{Secrets, Standard, Strict, StrictExcerpts};
        let folder = tempfile::tempdir().expect("a folder");
        let paths = write_logs(folder.path(), &repeating_log(&kinds, &records), form);
        compare(&paths, key, [Secrets, Standard, StrictExcerpts, Strict][level], range_size, threads);
    }
}

#[test]
fn the_samples_of_the_catalogue_are_written_the_same() {
    let mut log = String::new();
    for sample in builtin_samples().expect("patterns/ is valid").into_iter().flat_map(|pattern| pattern.samples) {
        log += sample.log.trim_end_matches('\n');
        log.push('\n');
    }
    // Many ranges, and one with so many findings that it is handed over in parts.
    for (kind, range_size) in [(0, 20_000), (1, 10_000_000)] {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = write_logs(folder.path(), &log, kind);
        compare(&paths, false, RedactionLevel::default(), range_size, 3);
    }
}

#[test]
fn the_incidents_of_several_nodes_are_the_same_whether_findings_are_written_or_listed() {
    let records: Vec<Record> = (0..240)
        .map(|i| Record { seconds: 1 + i % 3, user: 0, message: [0, 2, 5][i as usize % 3], words: vec![] })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let paths = write_logs(folder.path(), &log(&records, 0), 2);
    // An encoded input is read from its front, chunk by chunk.
    for node in 0..3 {
        let path = folder.path().join(format!("node{node}/log/atlassian-jira.log"));
        let text = fs::read(&path).expect("the log");
        let file = fs::File::create(path.with_extension("log.gz")).expect("created");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(&text).and_then(|()| encoder.finish().map(drop)).expect("written");
        fs::remove_file(path).expect("removed");
    }
    compare(&paths, false, RedactionLevel::default(), 5000, 2);
}

#[test]
fn a_user_or_secret_that_an_earlier_record_names_is_hidden_in_written_findings() {
    let record = |user: usize, word: usize| Record { seconds: 1, user, message: 0, words: vec![word] };
    // `mrossi` is a user of the second record, the secret has its key in the third.
    let log = log(&[record(0, 1), record(9, 2), record(8, 13), record(8, 14), record(8, 2)], 0);
    let folder = tempfile::tempdir().expect("a folder");
    let paths = write_logs(folder.path(), &log, 0);
    let (rows, _) = written(&JsonLinesEncoder, &scan(&paths, false, RedactionLevel::Standard).threads(3), false);
    let last: Vec<String> = rows[3..].iter().map(|row| String::from_utf8_lossy(row).into_owned()).collect();
    assert!(last.iter().all(|row| !row.contains("Zk3q8Rt1Vw5Xy7Bc9Df2") && !row.contains("MRossi")), "{last:?}");
}

#[test]
fn a_break_ends_the_scan() {
    let records = vec![Record { seconds: 1, user: 0, message: 0, words: vec![] }; 20];
    let folder = tempfile::tempdir().expect("a folder");
    let paths = write_logs(folder.path(), &log(&records, 0), 0);
    let mut count = 0;
    let report = scan(&paths, false, RedactionLevel::default()).for_each_written(&JsonLinesEncoder, |_| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(count, 3);
    assert!(report.inputs.iter().all(|input| !input.complete));
}
