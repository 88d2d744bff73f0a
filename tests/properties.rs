//! What holds for any input, tried with a bounded number of them: pieces of samples, joined, cut and changed. The fuzz
//! targets in `fuzz/` look for inputs that break the same properties.

#[path = "support/properties/mod.rs"]
mod properties;

use std::{fmt, sync::LazyLock};

use oauthsift::catalogue::{builtin_files, builtin_samples};
use proptest::prelude::*;

use properties::{archive, catalogue, follow, redaction, report, scan, ticket};

/// Whole inputs of one kind.
type Seeds = LazyLock<Vec<Vec<u8>>>;

static LOGS: Seeds = LazyLock::new(|| {
    let samples = builtin_samples().expect("patterns/ is valid").into_iter().flat_map(|pattern| pattern.samples);
    samples.map(|sample| sample.log.into_bytes()).filter(|log| log.len() < 2000).collect()
});

static STATES: Seeds = LazyLock::new(|| vec![follow::state_file().into_bytes()]);

static REPORTS: Seeds = LazyLock::new(|| {
    let report = r#"{"schema":"oauthsift.report/1","generated_at":"2026-01-05T21:00:00Z","summary":{"findings":3},
        "inputs":[{"first_timestamp":"2026-01-05T20:34:03.014+00:00","last_timestamp":"2026-01-05T20:40:00.000+00:00"}],
        "incidents":[{"pattern":"entra-client-secret-invalid","code":7000215,"title":"Wrong client secret",
        "severity":"critical","count":3,"first_seen":"2026-01-05T20:34:03.014+00:00","last_seen":null,
        "subject":{"app_id":null,"tenant":"contoso","mailbox":"mailbox-1@\u2026","integration":null}}]}"#;
    let newer = report.replace("2026-01-05", "2026-01-06");
    vec![report.into(), [report, "\0", &newer].concat().into_bytes()]
});

static CATALOGUES: Seeds = LazyLock::new(|| {
    let entries = |(_, text): &(String, String)| {
        let (head, rest) = text.split_once("[[pattern]]").expect("an entry");
        let entry = |entry| format!("{head}[[pattern]]{entry}").into_bytes();
        rest.split("[[pattern]]").take(2).map(entry).collect::<Vec<_>>()
    };
    builtin_files().iter().flat_map(entries).collect()
});

/// Texts that mean something to one of the readers.
const WORDS: [&[u8]; 22] = [
    b"2026-01-05 20:34:03,014+0000 main ERROR admin [c.a.X] ",
    b"{\"log\":\"",
    b"\\n\",\"stream\":\"stdout\"}\n",
    b"AADSTS7000215: ",
    b"Trace ID: ",
    b"client_secret=",
    b"-----BEGIN PRIVATE KEY-----\n",
    b"A1 LOGIN {3}\n",
    b"334 UGFzc3dvcmQ6\n",
    b"<![CDATA[",
    b"&quot;",
    b"%22",
    b"\\u0022",
    b"=?utf-8?Q?",
    b"\n",
    b"\r\n",
    b"\0",
    b"\"",
    b"18446744073709551615",
    b"-1",
    b"null",
    b"\x1b[31m",
];

/// An input; shown as text when a property does not hold.
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A change of an input, at some place of it.
#[derive(Debug, Clone)]
enum Change {
    Insert(&'static [u8]),
    Replace(u8),
    Remove(usize),
    Cut,
    Repeat(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => prop::sample::select(WORDS.to_vec()).prop_map(Change::Insert),
        2 => any::<u8>().prop_map(Change::Replace),
        2 => (1usize..40).prop_map(Change::Remove),
        1 => Just(Change::Cut),
        1 => (1usize..80).prop_map(Change::Repeat),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change, place: prop::sample::Index) {
    let at = place.index(bytes.len() + 1);
    let end = |len: usize| (at + len).min(bytes.len());
    match change {
        Change::Insert(word) => drop(bytes.splice(at..at, word.iter().copied())),
        Change::Replace(byte) => drop(bytes.splice(at..end(1), [*byte])),
        Change::Remove(len) => drop(bytes.drain(at..end(*len))),
        Change::Cut => bytes.truncate(at),
        Change::Repeat(len) => {
            let part = bytes[at..end(*len)].to_vec();
            bytes.splice(at..at, part);
        }
    }
}

/// One to three seeds, changed; the last bytes, which choose sizes, are random.
fn input(seeds: &'static Seeds) -> impl Strategy<Value = Bytes> {
    let picks = prop::collection::vec(any::<prop::sample::Index>(), 1..4);
    let changes = prop::collection::vec((change(), any::<prop::sample::Index>()), 0..8);
    (picks, changes, any::<[u8; 4]>()).prop_map(move |(picks, changes, last)| {
        let mut bytes = picks.iter().map(|pick| pick.get(seeds).as_slice()).collect::<Vec<_>>().join(&b'\n');
        changes.iter().for_each(|(change, place)| apply(&mut bytes, change, *place));
        bytes.extend(last);
        Bytes(bytes)
    })
}

/// One seed, changed.
fn changed(seeds: &'static Seeds) -> impl Strategy<Value = Bytes> {
    let changes = prop::collection::vec((change(), any::<prop::sample::Index>()), 0..6);
    (any::<prop::sample::Index>(), changes).prop_map(move |(pick, changes)| {
        let mut bytes = pick.get(seeds).clone();
        changes.iter().for_each(|(change, place)| apply(&mut bytes, change, *place));
        Bytes(bytes)
    })
}

/// So many inputs for each property: all of them together take seconds in a debug build.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn every_way_to_scan_a_log_gives_the_same_report(log in input(&LOGS)) {
        scan::every_way_to_scan_gives_the_same(&log.0);
    }

    #[test]
    fn damaged_archives_of_a_log_give_the_same_for_any_number_of_threads(log in input(&LOGS)) {
        archive::archives_give_the_same_with_every_number_of_threads(&log.0);
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_secret_is_not_shown_whatever_is_around_it(log in input(&LOGS)) {
        redaction::a_planted_secret_is_not_shown(&log.0);
    }

    #[test]
    fn following_a_log_that_is_written_in_pieces_gives_the_findings_of_a_scan(log in input(&LOGS)) {
        follow::following_gives_the_findings_of_a_scan(&log.0);
    }

    #[test]
    fn a_state_file_is_used_or_refused(state in changed(&STATES)) {
        follow::any_state_file_is_used_or_refused(&state.0);
    }

    #[test]
    fn reports_are_compared_or_refused(reports in changed(&REPORTS)) {
        report::reports_are_compared_or_refused(&reports.0);
    }

    #[test]
    fn catalogue_files_are_refused_or_usable(entries in changed(&CATALOGUES)) {
        catalogue::entries_are_refused_or_usable(&entries.0);
    }

    #[test]
    fn the_check_of_a_ticket_names_lines_that_exist(text in input(&LOGS)) {
        ticket::the_check_names_lines_that_exist(&text.0);
    }

    #[test]
    fn the_check_of_a_ticket_finds_a_planted_secret(text in input(&LOGS)) {
        ticket::the_check_finds_a_planted_secret(&text.0);
    }
}

/// Found by fuzzing: the last time of an input was looked for in all that follows a record, not in the record.
#[test]
fn the_last_time_of_a_log_is_that_of_a_record_whatever_follows() {
    let time = r#"
  "instant": {
    "epochSecond": 1770106848,
    "nanoOfSecond": 257833336
  },
  "thread": "http-nio-1",
  "level": "ERROR",
"#;
    let message = r#"  "loggerName": "com.atlassian.oauth2.client.rest.resource.ClientConfigurationResource",
  "message": "Error occurred while authorizing an integration. The error message is: AADSTS700082: x."
}
"#;
    let event = format!("{{{time}{message}");
    // The second one is cut off, and goes on with the number of seconds; in the last one a line was written into another.
    let (rest, cut) = (&event[event.find(": 1770106848").expect("a time")..], &message[..message.len() - 37]);
    let log = format!("{event}{{{time} {rest}{{{time}{cut}{message}");
    scan::every_way_to_scan_gives_the_same(&[log.as_bytes(), b"\xa8\xac\xb0\x03"].concat());
}
