use std::{ops::Range, sync::LazyLock};

use super::{
    forms::{Forms, MAX_BYTES},
    *,
};
use crate::{
    catalogue::Catalogue,
    engine::Engine,
    model::Finding,
    pipeline::options::{OutputMode, ScanOptions},
    record,
};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

/// The line number, and the rest of the finding as JSON.
struct LineAndJson;

impl FindingEncoder for LineAndJson {
    fn encode(&self, finding: &Finding, out: &mut Vec<u8>) -> Range<usize> {
        let start = out.len();
        out.extend_from_slice(finding.line.to_string().as_bytes());
        let line = start..out.len();
        serde_json::to_writer(out, &Finding { line: 0, ..finding.clone() }).expect("written");
        line
    }

    fn encode_text(&self, text: &str, out: &mut Vec<u8>) {
        let written = serde_json::to_string(text).expect("written");
        out.extend_from_slice(&written.as_bytes()[1..written.len() - 1]);
    }
}

/// The values in which the records of a test differ.
struct Logged<'l> {
    time: &'l str,
    thread: u32,
    request: &'l str,
    session: &'l str,
    address: &'l str,
    ids: [&'l str; 2],
    frame: u32,
}

const FIRST: Logged<'static> = Logged {
    time: "2026-01-05 20:34:03",
    thread: 7,
    request: "1234x57x2",
    session: "1i8mi5a",
    address: "203.0.113.8",
    ids: ["8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101", "0f0e0d0c-1b2d-4c3e-9f40-7a6b5c4d0202"],
    frame: 92,
};
const OTHER: Logged<'static> = Logged {
    time: "2027-11-30 09:00:59",
    thread: 131,
    request: "1x2x30",
    session: "zz9xk3",
    address: "198.51.100.77",
    ids: ["11111111-2222-3333-4444-555555555555", "deadbeef-0000-1111-2222-333344445555"],
    frame: 1092,
};

fn record(logged: &Logged<'_>, text: &str) -> String {
    let Logged { time, thread, request, session, address, ids: [trace, secret], frame } = logged;
    format!(
        "{time},014+0000 http-nio-8080-exec-{thread} ERROR hvoss77 {request} {session} {address} /rest/x [c.a.o.c.X] \
         The error message is: AADSTS7000215: Invalid client secret provided. {text}\n    Trace ID: {trace}\n    \
         Timestamp: {time}Z\n\tat com.example.Y.z(Y.java:{frame})\n"
    )
    .replace("{id}", secret)
}

/// Whether a record is recalled after another one; and as what.
fn recalled(first: &str, second: &str) -> (bool, EncodedPart, EncodedPart) {
    let options = ScanOptions::new(&ENGINE);
    let job = Job { options: &options, mode: OutputMode::Stream, source: "a.log", node: None, encodes: true };
    let mut recall = FindingRecall::default();
    let own = written(&job, first.as_bytes(), 5, &LineAndJson).expect("a finding");
    ENGINE.scan(first.as_bytes(), 5, false, |hit| recall.remember(&job, hit, &LineAndJson, &own));
    let header = record::plain_header(second.as_bytes()).expect("a header");
    let mut part = EncodedPart::default();
    let known = recall.write(&job, second.as_bytes(), &header, (7, 1), &LineAndJson, &mut part);
    (known, part, written(&job, second.as_bytes(), 7, &LineAndJson).expect("a finding"))
}

#[test]
fn a_record_with_other_values_is_recalled_after_one_of_them() {
    let (first, second) = (record(&FIRST, ""), record(&OTHER, ""));
    let (known, part, written) = recalled(&first, &second);
    assert!(known);
    assert_eq!(String::from_utf8_lossy(&part.bytes), String::from_utf8_lossy(&written.bytes));
    assert_eq!(part, written);
    assert!(part.texts.contains(OTHER.address), "{}", part.texts);
}

#[test]
fn a_record_is_recalled_whether_its_request_came_through_a_proxy_or_not() {
    let lists = ["203.0.113.8", "198.51.100.77,203.0.113.9", "203.0.113.8,203.0.113.8", "127.0.0.1,10.0.0.1"];
    for (first, second) in lists.iter().flat_map(|first| lists.map(|second| (first, second))) {
        for text in ["", "of 203.0.113.8", "password: hunter2hunter2"] {
            let of = |logged: &Logged<'_>, address| record(&Logged { address, ..*logged }, text);
            let (known, part, written) = recalled(&of(&FIRST, first), &of(&OTHER, second));
            assert!(known, "{second} after {first}");
            assert_eq!(part, written, "{second} after {first}");
        }
    }
    let of = |logged: &Logged<'_>, address| record(&Logged { address, ..*logged }, "");
    let many = "203.0.113.8,198.51.100.77,203.0.113.9";
    assert!(recalled(&of(&FIRST, many), &of(&OTHER, many)).0);
    assert!(!recalled(&of(&FIRST, many), &of(&OTHER, lists[1])).0);
}

#[test]
fn a_record_with_a_masked_date_is_recalled_with_its_own_date() {
    let masked = |logged: &Logged<'_>, date: &str| record(logged, "").replacen(&logged.time[..10], date, 1);
    let first = masked(&FIRST, "2026-xx-xx");
    for date in ["2026-xx-xx", "2027-0x-1x", "20XX-XX-XX"] {
        let (known, part, written) = recalled(&first, &masked(&OTHER, date));
        assert!(known && part == written && part.texts.contains(date), "{:?}", part.texts);
    }
    let (known, part, written) = recalled(&first, &record(&OTHER, ""));
    assert!(!known || part == written, "{:?}", part.texts);
    let (known, part, written) = recalled(&record(&FIRST, ""), &masked(&OTHER, "2026-xx-xx"));
    assert!(!known || part == written, "{:?}", part.texts);
}

#[test]
fn a_record_with_another_redirect_url_is_recalled_unless_it_ends_in_something_else() {
    let text = |id: &str| format!("The redirect URI 'https://x/oauth2/client/callback/{id}' and {id} do not match");
    let (known, part, written) = recalled(&record(&FIRST, &text("7c1e9a04")), &record(&OTHER, &text("0a1b2c3d")));
    assert!(!known || part == written, "{:?}", part.texts);
    let text = |id: &str| format!("The redirect URI 'https://x/oauth2/client/callback/{id}' does not match");
    let (known, part, written) = recalled(&record(&FIRST, &text("7c1e9a04")), &record(&OTHER, &text("0a1b2c3d")));
    assert!(known && part == written && part.texts.contains("callback/0a1b2c3d'"), "{:?}", part.texts);
    let (known, ..) = recalled(&record(&FIRST, &text("7c1e9a04")), &record(&OTHER, &text("hvoss77")));
    assert!(!known);
}

#[test]
fn the_last_finding_of_a_part_is_taken_as_if_it_were_alone() {
    let options = ScanOptions::new(&ENGINE);
    let job = Job { options: &options, mode: OutputMode::Stream, source: "a.log", node: None, encodes: true };
    let (first, second) = (record(&FIRST, ""), record(&OTHER, "of the user 'mrossi', password: hunter2hunter2"));
    let mut part = EncodedPart::default();
    for (record, line) in [(&first, 7), (&second, 1234)] {
        ENGINE.scan(record.as_bytes(), 5, false, |hit| {
            let finding = engine::build_finding(hit, ENGINE.catalogue(), "a.log", line, options.redaction);
            part.push(finding, &LineAndJson);
        });
    }
    assert_eq!(part.last_alone(), written(&job, second.as_bytes(), 5, &LineAndJson));
}

#[test]
fn other_words_are_not_recalled() {
    let first = record(&FIRST, "client_secret=hunter2hunter2");
    assert!(recalled(&first, &record(&OTHER, "client_secret=hunter2hunter2")).0);
    assert!(!recalled(&first, &record(&OTHER, "client_secret=hunter3hunter3")).0);
    assert!(!recalled(&first, &record(&OTHER, "client_secret=")).0);
    assert!(!recalled(&first, &record(&OTHER, "").replace("hvoss77", "mrossi")).0);
}

#[test]
fn a_secret_that_looks_like_an_id_is_hidden_or_not_recalled() {
    for text in ["client_secret={id}", "password: {id}", "Authorization: Bearer {id}", "{id} by user '{id}'"] {
        let (known, part, written) = recalled(&record(&FIRST, text), &record(&OTHER, text));
        assert!(!String::from_utf8_lossy(&written.bytes).contains(OTHER.ids[1]) || text.starts_with('{'), "{text}");
        assert!(!known || part == written, "{text}\n{:?}\n{:?}", part.texts, written.texts);
    }
}

#[test]
fn ids_that_are_the_same_and_ids_that_differ_are_distinguished() {
    let same = Logged { ids: [FIRST.ids[0]; 2], ..FIRST };
    let (known, part, written) = recalled(&record(&same, "app {id}"), &record(&OTHER, "app {id}"));
    assert!(!known, "{part:?} {written:?}");
}

#[test]
fn a_sentence_that_is_cut_off_after_some_characters_is_not_recalled_with_other_lengths() {
    let long = format!("at a.B.c(B.java:{}) {}", "1", "word ".repeat(120));
    let longer = long.replace(":1)", ":12345)");
    let (known, part, written) = recalled(&record(&FIRST, &long), &record(&OTHER, &longer));
    assert!(!known || part == written);
}

#[test]
fn the_forms_of_other_inputs_make_room() {
    let name = |source: &str| Arc::new(InputName { source: source.to_owned(), node: None });
    let known = |source: &str, bytes: usize| KnownRecord {
        input: name(source),
        raw: vec![0; bytes],
        shape: RecordShape::default(),
        form: None,
    };
    let mut forms = Forms::default();
    (0..4).for_each(|key| forms.add(key, known("a.log", MAX_BYTES / 5)));
    forms.add(4, known("b.log", MAX_BYTES / 2));
    assert_eq!(forms.known.len(), 1);
    forms.add(5, known("b.log", MAX_BYTES / 2));
    assert_eq!((forms.known.len(), &forms.full_of), (1, &Some(name("b.log"))));
    assert!(forms.bytes <= MAX_BYTES);
}
