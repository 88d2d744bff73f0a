//! Zeros in a log, as a crash or a truncation leaves them: the same findings and faults whether they are holes of a
//! sparse file, which are skipped, or stored, which are read; and no time for either.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{Arc, LazyLock},
    time::Instant,
};

use oauthsift::{Catalogue, Engine, FaultKind, Limits, Report, Scan};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

const FAILURE: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.\n";
const NOISE: &str =
    "2026-01-05 08:00:00,000+0000 Caesium-1-1 INFO      [c.a.jira.upgrade.UpgradeScheduler] nothing to do\n";
const PIECES: [&str; 6] = [
    FAILURE,
    NOISE,
    "text without a header\n",
    "2026-01-05 20:34:04,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /x [c.a.o.c.X] AADSTS7000",
    "[Contoso Mailbox] Caesium-1-3 anonymous Contoso A1 NO AUTHENTICATE failed.\n",
    "2026-01-05T20:34:05.014Z ",
];

/// Part of a log.
#[derive(Debug, Clone)]
enum Piece {
    Text(&'static str),
    Zeros(u64),
}

fn write(path: &Path, pieces: &[Piece], sparse: bool) {
    let mut file = File::create(path).expect("created");
    for piece in pieces {
        match piece {
            Piece::Text(text) => file.write_all(text.as_bytes()).expect("written"),
            Piece::Zeros(len) if sparse => {
                file.seek(SeekFrom::Current(i64::try_from(*len).expect("a length"))).expect("moved");
            }
            Piece::Zeros(len) => file.write_all(&vec![0; usize::try_from(*len).expect("a length")]).expect("written"),
        }
    }
    let len = file.stream_position().expect("a position");
    file.set_len(len).expect("set");
}

fn json(mut report: Report) -> serde_json::Value {
    report.generated_at = String::new();
    serde_json::to_value(report).expect("JSON")
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => prop::sample::select(&PIECES[..]).prop_map(Piece::Text),
        3 => (1u64..40_000).prop_map(Piece::Zeros),
        1 => Just(Piece::Zeros(1)),
        1 => (0u64..9).prop_map(|blocks| Piece::Zeros(blocks * 4096)),
        1 => (0u64..3).prop_map(|by| Piece::Zeros((64 << 10) + by)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_hole_gives_the_report_of_the_same_zeros(
        logs in prop::collection::vec(prop::collection::vec(piece(), 0..12), 1..3),
        max_record in prop::sample::select(&[200usize, 4096, 10_000, 1 << 20][..]),
        range in prop::option::of(1000u64..100_000),
        threads in 1usize..5,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let paths: Vec<_> = ["atlassian-jira.log.1", "atlassian-jira.log"].map(|name| folder.path().join(name)).into_iter().take(logs.len()).collect();
        let write_all = |sparse: bool| paths.iter().zip(&logs).for_each(|(path, pieces)| write(path, pieces, sparse));
        let limits = Limits::default().with_max_record_bytes(max_record);
        write_all(false);
        let stored = json(Scan::new(&ENGINE).paths(&paths).limits(limits).threads(1).run());
        write_all(true);
        let limits = limits.with_read_bytes(2000).with_range_bytes(range);
        for map in [false, true] {
            let scan = Scan::new(&ENGINE).paths(&paths).limits(limits).threads(threads).mmap(map);
            prop_assert_eq!(&json(scan.run()), &stored, "mapped: {}", map);
        }
    }
}

/// A log with a hole of a terabyte in it, unless the file system stores holes.
fn terabyte(pieces: &[Piece]) -> Option<tempfile::TempPath> {
    let path = tempfile::NamedTempFile::new().expect("a file").into_temp_path();
    write(&path, &[Piece::Text("x"), Piece::Zeros(1 << 30), Piece::Text("x")], true);
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(&path).expect("metadata")) > 1 << 10 {
        return None;
    }
    write(&path, pieces, true);
    cfg!(target_os = "linux").then_some(path)
}

#[test]
fn a_terabyte_of_hole_is_skipped() {
    let shapes: [&[Piece]; 4] = [
        &[Piece::Text(FAILURE), Piece::Zeros(1 << 40), Piece::Text(FAILURE)],
        &[Piece::Zeros(1 << 40)],
        &[Piece::Zeros(1 << 40), Piece::Text(FAILURE)],
        &[Piece::Text(FAILURE), Piece::Zeros(1 << 40)],
    ];
    for (pieces, findings) in shapes.into_iter().zip([2, 0, 1, 1]) {
        let Some(path) = terabyte(pieces) else { return };
        for (threads, map) in [(1, false), (2, false), (1, true)] {
            let before = Instant::now();
            let report = Scan::new(&ENGINE).paths([&path]).threads(threads).mmap(map).summarize();
            assert_eq!(report.summary.findings, findings, "{pieces:?}");
            assert!(report.inputs[0].bytes >= 1 << 40);
            let is_expected = |kind| matches!(kind, FaultKind::RecordTooLong | FaultKind::Hole);
            assert!(report.faults.iter().all(|fault| is_expected(fault.kind)), "{:?}", report.faults);
            assert!(!report.faults.is_empty() && report.faults.len() <= 1001, "{}", report.faults.len());
            // Reading the zeros takes minutes.
            assert!(before.elapsed().as_secs() < 20, "{pieces:?} {threads} {map} {:?}", before.elapsed());
        }
    }
}

#[test]
fn stored_zeros_are_passed_at_once() {
    let path = tempfile::NamedTempFile::new().expect("a file").into_temp_path();
    let pieces = [Piece::Text(FAILURE), Piece::Zeros(48 << 20), Piece::Text(FAILURE)];
    write(&path, &pieces, false);
    let before = Instant::now();
    assert_eq!(Scan::new(&ENGINE).paths([&path]).threads(1).summarize().summary.findings, 2);
    // Byte by byte it takes 50 seconds without optimization.
    assert!(before.elapsed().as_secs() < 8, "{:?}", before.elapsed());
}
