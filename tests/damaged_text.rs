//! Logs whose records are separated by something else than line feeds, or parts of which are no text: what can be read is
//! read, the rest is a fault, and both are the same for every size of reads and ranges, number of threads and way in.

use std::{
    fs,
    io::Write as _,
    ops::ControlFlow,
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

use oauthsift::{Catalogue, Engine, Event, FaultKind, Follow, Input, Limits, Report, Scan, StartPosition};
use proptest::prelude::*;

#[cfg(feature = "archives")]
#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

const FAILURE: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.";
const NOISE: &str =
    "2026-01-05 20:34:04,000+0000 Caesium-1-1 INFO      [c.a.jira.upgrade.UpgradeScheduler] nothing to do 10 %";
const EVENTS: [&str; 4] = [
    r#"{"@timestamp":"2026-01-05T20:34:03.014Z","log.level":"ERROR","message":"Refresh failed: {x} AADSTS7000215: Invalid client secret provided.","ecs.version":"1.2.0","log.logger":"com.atlassian.oauth2.client.X","labels":{"a":"}{"}}"#,
    r#"{"@timestamp":"2026-01-05T20:34:03.014Z","@version":"1","message":"Refresh failed: AADSTS7000215: Invalid client secret provided.","logger_name":"com.atlassian.oauth2.client.X","level":"ERROR"}"#,
    r#"{"instant":{"epochSecond":1767645243,"nanoOfSecond":14000000},"thread":"main","level":"ERROR","loggerName":"com.atlassian.oauth2.client.X","message":"Refresh failed: AADSTS7000215: Invalid client secret provided.","thrown":{"extendedStackTrace":[{"class":"a.B","line":1},{"class":"a.C","line":2}]}}"#,
    r#"{"log":"2026-01-05 20:34:03,014+0000 main ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] AADSTS7000215: Invalid client secret provided.\n","stream":"stdout"}"#,
];
/// An event over several lines, as log4j's JSON layout writes it.
const PRETTY_EVENT: &str = r#"{
  "instant" : {
    "epochSecond" : 1767645243
  },
  "level" : "ERROR",
  "loggerName" : "com.atlassian.oauth2.client.X",
  "message" : "Refresh failed: AADSTS7000215: Invalid client secret provided."
}"#;
/// What shippers put around each line.
const SHIPPERS: [(&str, &str); 6] = [
    ("", ""),
    ("2026-01-05T20:34:03.123456789Z stdout F ", ""),
    ("Jan  5 20:34:03 jira01 jira[7]: ", ""),
    ("[pod/jira-0/jira] ", ""),
    ("{\"log\":\"", "\\n\",\"stream\":\"stdout\"}"),
    ("{\"stream\":\"stdout\",\"log\":\"", "\\r\\n\"}"),
];
const LINE_BREAKS: [&str; 8] = ["\r", "\r\r\n", "\n\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}"];
const BETWEEN_EVENTS: [&str; 6] = ["", ",", ", ", " ", "\t", ",\r"];

#[derive(Debug, Clone)]
enum Piece {
    Failure,
    Noise,
    /// Lines with this end.
    Lines(&'static str),
    /// Events of this kind, with this between them, perhaps in an array.
    Events(usize, &'static str, bool),
    /// Events over several lines, line by line from this shipper.
    Shipped(usize),
    /// Text in UTF-16.
    Utf16 {
        big_endian: bool,
        mark: bool,
    },
    Zeros(usize),
}

impl Piece {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Failure => format!("{FAILURE}\n").into_bytes(),
            Self::Noise => format!("{NOISE}\n").into_bytes(),
            Self::Lines(end) => format!("{}\n", [FAILURE, "\tat a.B", NOISE, FAILURE, ""].join(end)).into_bytes(),
            Self::Events(kind, between, is_array) => {
                let events = [EVENTS[*kind]; 3].join(between);
                if *is_array { format!("[{events}]\n") } else { format!("{events}\n") }.into_bytes()
            }
            Self::Shipped(shipper) => {
                let (before, after) = SHIPPERS[*shipper];
                let escaped = |line: &str| match before.contains("log") {
                    true => line.replace('"', "\\\""),
                    false => line.to_owned(),
                };
                let lines = PRETTY_EVENT.lines().map(|line| format!("{before}{}{after}\n", escaped(line)));
                lines.collect::<String>().repeat(2).into_bytes()
            }
            Self::Utf16 { big_endian, mark } => {
                let bytes: fn(u16) -> [u8; 2] = if *big_endian { u16::to_be_bytes } else { u16::to_le_bytes };
                let text = format!("{}{FAILURE}\r\n{NOISE}\r\n", if *mark { "\u{feff}" } else { "" });
                text.encode_utf16().flat_map(bytes).collect()
            }
            Self::Zeros(len) => vec![0; *len],
        }
    }

    fn findings(&self) -> usize {
        match self {
            Self::Failure => 1,
            Self::Lines(_) | Self::Shipped(_) => 2,
            Self::Events(..) => 3,
            _ => 0,
        }
    }

    fn fault(&self) -> Option<FaultKind> {
        match self {
            Self::Utf16 { .. } => Some(FaultKind::OtherEncoding),
            Self::Zeros(_) => Some(FaultKind::Hole),
            _ => None,
        }
    }
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        2 => Just(Piece::Failure),
        2 => Just(Piece::Noise),
        2 => prop::sample::select(&LINE_BREAKS[..]).prop_map(Piece::Lines),
        // An array may begin a log, but nothing follows a text record on its next line.
        2 => (0..EVENTS.len(), prop::sample::select(&BETWEEN_EVENTS[..]))
            .prop_map(|(kind, between)| Piece::Events(kind, between, false)),
        2 => (0..SHIPPERS.len()).prop_map(Piece::Shipped),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(big_endian, mark)| Piece::Utf16 { big_endian, mark }),
        1 => (512usize..9000).prop_map(Piece::Zeros),
    ]
}

fn bytes(pieces: &[Piece]) -> Vec<u8> {
    pieces.iter().flat_map(Piece::bytes).collect()
}

/// Byte, line and code.
type FindingPlace = (u64, u64, Option<u32>);
/// Byte, kind and message.
type FaultPlace = (Option<u64>, FaultKind, String);

/// What does not depend on the way in.
fn result(report: &Report) -> (Vec<FindingPlace>, Vec<FaultPlace>) {
    let findings = report.findings.iter().map(|finding| (finding.offset, finding.line, finding.code)).collect();
    let faults = report.faults.iter().map(|fault| (fault.offset, fault.kind, fault.message.clone())).collect();
    (findings, faults)
}

fn scan(path: &Path) -> Report {
    Scan::new(&ENGINE).paths([path]).threads(1).run()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_reported_and_the_rest_read_whatever_is_read_at_a_time(
        pieces in prop::collection::vec(piece(), 1..12),
        read in 1usize..4000,
        range in 200u64..6000,
        threads in 1usize..5,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("atlassian-jira.log");
        // What begins with UTF-16 or zeros is another case.
        let log = [format!("{NOISE}\n").into_bytes(), bytes(&pieces)].concat();
        fs::write(&path, &log).expect("written");
        let alone = result(&scan(&path));
        prop_assert_eq!(alone.0.len(), pieces.iter().map(Piece::findings).sum::<usize>());
        for kind in [FaultKind::Hole, FaultKind::OtherEncoding] {
            let is_expected = pieces.iter().any(|piece| piece.fault() == Some(kind));
            prop_assert_eq!(alone.1.iter().any(|fault| fault.1 == kind), is_expected, "{:?}", kind);
        }
        let limits = Limits::default().with_read_bytes(read).with_range_bytes(Some(range));
        for map in [false, true] {
            let report = Scan::new(&ENGINE).paths([&path]).threads(threads).limits(limits).mmap(map).run();
            prop_assert_eq!(&result(&report), &alone);
        }
        let named = Scan::new(&ENGINE).inputs([Input::bytes("a.log", log)]).limits(limits).run();
        prop_assert_eq!(&result(&named), &alone);
    }
}

/// The findings and faults of a run of `follow`.
fn followed(path: &Path) -> (usize, usize) {
    let follow = Follow::new(&ENGINE).paths([path]).from(StartPosition::Start).quiet(Duration::from_secs(3600));
    let mut session = follow.begin().expect("no state");
    let (mut findings, mut notices) = (0, 0);
    let mut on_event = |event: Event<'_>| {
        match event {
            Event::Finding(_) => findings += 1,
            Event::Notice(notice) if notice.byte_from.is_some() => notices += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    };
    while session.poll(Duration::ZERO, &mut on_event) == ControlFlow::Continue(true) {}
    session.close(false, Duration::ZERO, &mut on_event);
    (findings, notices)
}

#[test]
fn every_way_in_gives_the_same_findings_and_faults() {
    let mut cases: Vec<Vec<Piece>> = LINE_BREAKS.iter().map(|end| vec![Piece::Lines(end)]).collect();
    for between in BETWEEN_EVENTS {
        cases.extend((0..EVENTS.len()).map(|kind| vec![Piece::Events(kind, between, between == ",")]));
    }
    cases.extend((0..SHIPPERS.len()).map(|shipper| vec![Piece::Noise, Piece::Shipped(shipper), Piece::Failure]));
    for (big_endian, mark) in [(false, false), (false, true), (true, false), (true, true)] {
        cases.push(vec![Piece::Failure, Piece::Utf16 { big_endian, mark }, Piece::Failure]);
    }
    cases.push(vec![Piece::Failure, Piece::Zeros(4096), Piece::Failure]);
    let folder = tempfile::tempdir().expect("a folder");
    for pieces in cases {
        let log = bytes(&pieces);
        let path = folder.path().join("atlassian-jira.log");
        fs::write(&path, &log).expect("written");
        let report = scan(&path);
        let (findings, faults) = result(&report);
        let expected = pieces.iter().map(Piece::findings).sum::<usize>();
        assert_eq!(findings.len(), expected, "{pieces:?}");
        assert_eq!(faults.len(), pieces.iter().filter_map(Piece::fault).count(), "{pieces:?}");
        assert_eq!(followed(&path), (expected, faults.len()), "{pieces:?}");
        #[cfg(feature = "archives")]
        for (name, content) in [
            ("a.log.gz", archive::gz(&log)),
            ("a.zip", archive::zip(&[("atlassian-jira.log", &log)])),
            ("a.tar", archive::tar(&[("atlassian-jira.log", &log)])),
            ("a.tar.gz", archive::gz(&archive::tar(&[("atlassian-jira.log", &log)]))),
        ] {
            let path = folder.path().join(name);
            fs::File::create(&path).and_then(|mut file| file.write_all(&content)).expect("written");
            assert_eq!(result(&scan(&path)), (findings.clone(), faults.clone()), "{name} {pieces:?}");
            fs::remove_file(&path).expect("removed");
        }
    }
}

#[test]
fn zeros_at_an_end_of_a_log_are_reported_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("atlassian-jira.log");
    for pieces in [[Piece::Zeros(4096), Piece::Failure], [Piece::Failure, Piece::Zeros(4096)]] {
        fs::write(&path, bytes(&pieces)).expect("written");
        let (findings, faults) = result(&scan(&path));
        assert_eq!((findings.len(), faults.len()), (1, 1), "{pieces:?}");
    }
}

#[cfg(feature = "archives")]
#[test]
fn entries_behind_zeros_within_a_tar_are_read_or_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tar");
    let log = format!("{FAILURE}\n{NOISE}\n");
    let whole = archive::tar(&[("atlassian-jira.log", log.as_bytes()), ("atlassian-jira.log.1", FAILURE.as_bytes())]);
    // Two tars, one after the other.
    fs::write(&path, [&whole[..], &whole[..]].concat()).expect("written");
    assert!(scan(&path).summary.findings >= 2);
    assert!(scan(&path).faults.is_empty());
    let mut damaged = whole;
    let second = damaged.windows(20).rposition(|name| name == b"atlassian-jira.log.1").expect("a header");
    damaged[second..second + 512].fill(0);
    for (name, content) in [("a.tar", damaged.clone()), ("a.tar.gz", archive::gz(&damaged))] {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        let report = scan(&path);
        assert_eq!(report.summary.findings, 1, "{name}");
        assert!(report.faults.iter().any(|fault| fault.kind == FaultKind::Damaged), "{name}");
    }
}

#[cfg(feature = "archives")]
#[test]
fn a_log_that_tar_stored_without_its_holes_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = format!("{FAILURE}\n");
    let tar = archive::tar(&[("a/atlassian-jira.log", log.as_bytes()), ("b/atlassian-jira.log", log.as_bytes())]);
    let mut gnu = tar.clone();
    // The kind of the entry, one part of data, the length with holes, and the checksum of the header.
    gnu[156] = b'S';
    for (at, number) in [(386, 0), (398, log.len()), (483, log.len())] {
        gnu[at..at + 12].copy_from_slice(format!("{number:011o}\0").as_bytes());
    }
    gnu[148..156].fill(b' ');
    let sum: u32 = gnu[..512].iter().map(|b| u32::from(*b)).sum();
    gnu[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let posix = archive::tar(&[("a/GNUSparseFile.7/atlassian-jira.log", log.as_bytes()), ("b/x.log", log.as_bytes())]);
    for (content, sparse) in [(tar, false), (gnu, true), (posix, true)] {
        for (name, content) in [("a.tar", content.clone()), ("a.tar.gz", archive::gz(&content))] {
            let path = folder.path().join(name);
            fs::write(&path, content).expect("written");
            let report = scan(&path);
            assert_eq!(report.faults.iter().any(|fault| fault.message.contains("sparse file")), sparse, "{name}");
            assert!(report.summary.findings >= 1, "{name}");
        }
    }
}
