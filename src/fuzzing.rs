//! What holds for any bytes in the layers that are not public: where records start, how a stream is cut into records,
//! what a header and an envelope contain. Each function panics when a property does not hold.
//!
//! The fuzz targets in `fuzz/` call these functions, and the tests below call them with random bytes. The last
//! bytes of the input choose sizes, so any log is a valid input.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use crate::{
    model::{Header, Layout, Record},
    record::{self, start},
    source::{Chunk, ChunkKind, Chunker, Limits, SparseRead},
};

/// The input without its last `N` bytes, and these bytes; zeros where it is shorter.
fn parameters<const N: usize>(input: &[u8]) -> (&[u8], [u8; N]) {
    let (text, last) = input.split_at(input.len().saturating_sub(N));
    let mut values = [0; N];
    values[..last.len()].copy_from_slice(last);
    (text, values)
}

/// All record starts after the start of `text`, judged line by line.
fn starts(text: &[u8]) -> Vec<usize> {
    memchr::memchr2_iter(b'\n', 0, text).map(|end| end + 1).filter(|at| start::is_start(&text[*at..])).collect()
}

/// Whether a line starts a record depends on its first bytes alone, and every search finds the same starts.
pub fn record_start(input: &[u8]) {
    let (text, [cut, from, to]) = parameters(input);
    let starts = starts(text);
    let at = usize::from(from) * (text.len() + 1) / 256;
    let end = usize::from(to) * (text.len() + 1) / 256;
    let next = starts.iter().copied().find(|next| *next > at).unwrap_or(text.len());
    assert_eq!(start::next_start(text, at), next, "next start after {at}");
    let before = starts.iter().copied().rfind(|start| *start <= at).unwrap_or(0);
    let newlines = memchr::memchr_iter(b'\n', &text[before..at]).count() as u64;
    assert_eq!(start::start_before(text, at, 0), (before, newlines), "start of the record around {at}");
    let last = starts.iter().copied().rfind(|start| *start < end && start::is_decidable(&text[*start..]));
    assert_eq!(start::last_start(text, 0, end), last, "last start before {end}");
    // What follows a line that is decidable makes no difference.
    let lines = std::iter::once(0).chain(memchr::memchr2_iter(b'\n', 0, text).map(|end| end + 1));
    for line in lines.map(|at| &text[at..]) {
        let known = &line[..line.len().min(1 + usize::from(cut))];
        if start::is_decidable(known) {
            assert_eq!(start::is_start(known), start::is_start(line), "{}", String::from_utf8_lossy(line));
        }
    }
}

/// A reader that returns a few bytes at a time, and may know where its zeros are.
struct SlowReader<'t> {
    text: &'t [u8],
    step: usize,
    sparse: bool,
}

impl Read for SlowReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.step.min(self.text.len()).min(buffer.len());
        buffer[..len].copy_from_slice(&self.text[..len]);
        self.text = &self.text[len..];
        Ok(len)
    }
}

impl SparseRead for SlowReader<'_> {
    fn zeros_at(&self, _: u64) -> u64 {
        let zeros = self.text.iter().take_while(|byte| **byte == 0).count();
        if self.sparse { zeros as u64 } else { 0 }
    }

    fn skip_zeros(&mut self, bytes: u64) {
        self.text = &self.text[bytes as usize..];
    }
}

/// A record, or skipped bytes: offset, end, and what they are.
type Piece = (u64, u64, &'static str);

/// The records that a chunker returns.
fn pieces(text: &[u8], step: usize, sparse: bool, limits: Limits) -> Vec<Piece> {
    let mut chunker = Chunker::new(SlowReader { text, step, sparse }, 0, limits);
    let (mut pieces, mut at) = (Vec::<Piece>::new(), 0);
    while let Some(chunk) = chunker.next().expect("the reader never fails") {
        // Within the rest of a truncated record, a hole is passed over.
        if let Some((_, end, "skipped" | "truncated")) = pieces.last().copied().filter(|_| sparse && chunk.offset > at)
        {
            assert!(text[at as usize..chunk.offset as usize].iter().all(|byte| *byte == 0), "only zeros are left out");
            push_skipped(&mut pieces, end, chunk.offset);
            at = chunk.offset;
        }
        assert_eq!(chunk.offset, at, "chunks follow each other");
        if let ChunkKind::Zeros { records, record_bytes } = chunk.kind {
            for _ in 0..records {
                pieces.push((at, at + record_bytes, "truncated"));
                at += record_bytes;
            }
            continue;
        }
        let bytes = usize::try_from(at).ok().and_then(|at| text.get(at..at + chunk.bytes.len()));
        assert_eq!(Some(chunk.bytes), bytes, "chunks hold the bytes of the source");
        at += chunk.bytes.len() as u64;
        push_records(&mut pieces, &chunk);
    }
    assert_eq!(at, text.len() as u64, "nothing is lost");
    pieces
}

fn push_skipped(pieces: &mut Vec<Piece>, from: u64, to: u64) {
    match pieces.last_mut() {
        Some((_, last, "skipped")) => *last = to,
        _ => pieces.push((from, to, "skipped")),
    }
}

fn push_records(pieces: &mut Vec<Piece>, chunk: &Chunk<'_>) {
    let end = chunk.offset + chunk.bytes.len() as u64;
    let records_end = match chunk.kind {
        ChunkKind::Records => end,
        ChunkKind::Truncated => chunk.offset,
        ChunkKind::Zeros { .. } => end,
        ChunkKind::Skipped => return push_skipped(pieces, chunk.offset, end),
    };
    let records = &chunk.bytes[..(records_end - chunk.offset) as usize];
    let mut at = 0;
    while at < records.len() {
        let next = start::next_start(records, at);
        pieces.push((chunk.offset + at as u64, chunk.offset + next as u64, "record"));
        at = next;
    }
    if records_end < end {
        pieces.push((records_end, end, "truncated"));
    }
}

/// A stream is cut into the same records whatever the size of the reads, and whether holes are known; every byte is
/// returned once.
pub fn chunks(input: &[u8]) {
    let (text, [step, read, record]) = parameters(input);
    let max_record_bytes = if record < 64 { 1 << 20 } else { usize::from(record) * 4 };
    let limits = |read_bytes| Limits::default().with_read_bytes(read_bytes).with_max_record_bytes(max_record_bytes);
    let whole = pieces(text, usize::MAX, false, limits(8 << 10));
    let (step, read) = (1 + usize::from(step), 1 + usize::from(read) * 8);
    for sparse in [false, true] {
        let cut = pieces(text, step, sparse, limits(read));
        assert_eq!(cut, whole, "reads of {step} of {read} bytes, holes known: {sparse}");
    }
    if text.len() <= max_record_bytes {
        let starts = starts(text);
        assert!(whole.iter().skip(1).all(|(at, _, _)| starts.contains(&(*at as usize))), "records begin at starts");
    }
}

/// The fields of a header.
fn fields<'a>(header: &Header<'a>) -> impl Iterator<Item = &'a [u8]> {
    [
        header.thread,
        header.level_word,
        header.user,
        header.request_id,
        header.session_id,
        header.client_ip,
        header.url,
        header.logger,
        header.mail_server,
    ]
    .into_iter()
    .flatten()
}

fn check_header(record: &Record<'_>) {
    let Some(header) = &record.header else { return };
    assert!(header.message_at <= record.text.len(), "the message begins within the text");
    for field in fields(header) {
        assert!(!field.is_empty(), "an absent field is not an empty one: {header:?}");
        let within = record.text.as_ptr_range().contains(&field.as_ptr());
        assert!(header.layout == Layout::Json || within, "a field is part of the text: {header:?}");
        assert!(header.layout == Layout::Json || !field.contains(&b'\n'), "a header is one line: {header:?}");
    }
    if let Some(timestamp) = &header.timestamp {
        let shown = timestamp.to_rfc3339();
        assert!(!shown.is_empty() && timestamp.instant().timestamp_millis() != i64::MAX, "{shown}");
    }
}

/// The records of some text, one after the other.
fn records(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let next = (at < text.len()).then(|| start::next_start(text, at))?;
        let record = &text[at..next];
        at = next;
        Some(record)
    })
}

/// A header's fields are parts of the record, and the short way to a plain header reads the same.
pub fn header(input: &[u8]) {
    for raw in records(input) {
        let mut scratch = Vec::new();
        let record = record::read(raw, &mut scratch);
        check_header(&record);
        assert!(record.message().len() <= record.text.len());
        if start::is_start(raw)
            && let Some(plain) = record::plain_header(raw)
        {
            assert_eq!(Some(&plain), record.header.as_ref(), "{}", String::from_utf8_lossy(raw));
        }
    }
}

/// The most that undoing envelopes may lengthen a record: a byte that is not UTF-8 becomes three, and a stack
/// frame of a JSON event becomes a line.
const MAX_GROWTH: usize = 16;

/// Undoing an envelope ends, does not grow without bound, and gives back the record that a shipper wrapped.
pub fn envelope(input: &[u8]) {
    let (text, [shipper]) = parameters(input);
    for raw in records(text) {
        let mut scratch = Vec::new();
        let plain = record::read(raw, &mut scratch);
        check_header(&plain);
        assert!(plain.text.len() <= raw.len() * MAX_GROWTH + 64, "{} bytes became {}", raw.len(), plain.text.len());
        let is_plain = std::ptr::eq(plain.text, raw);
        let Some(wrapped) = wrap(raw, shipper).filter(|_| is_plain && start::is_start(raw)) else { continue };
        let shown = String::from_utf8_lossy(&wrapped);
        assert!(start::is_start(&wrapped), "a wrapped record starts a record: {shown}");
        let mut scratch = Vec::new();
        let unwrapped = record::read(&wrapped, &mut scratch);
        assert_eq!(lines(unwrapped.text), lines(plain.text), "{shown}");
        // Only a record that ends within its header has its message somewhere else.
        let header = |record: &Record<'_>| {
            format!("{:?}", record.header.clone().map(|header| Header { message_at: 0, ..header }))
        };
        assert_eq!(header(&unwrapped), header(&plain), "{shown}");
        assert_eq!(lines(unwrapped.message().trim_ascii()), lines(plain.message().trim_ascii()), "{shown}");
    }
}

/// The lines of a text that are not empty, without their ends.
fn lines(text: &[u8]) -> Vec<Cow<'_, str>> {
    text.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(String::from_utf8_lossy).collect()
}

/// The record as a shipper would send it, line by line; `None` for what a shipper would not send.
fn wrap(record: &[u8], shipper: u8) -> Option<Vec<u8>> {
    let record = std::str::from_utf8(record).ok().filter(|text| !text.contains('\0'))?;
    // Quotation marks of the record and those of a quotation look the same.
    let shipper = if record.contains("\n>") { 0 } else { shipper };
    let prefix = match shipper % 5 {
        0 => "",
        1 => "2026-01-05T19:34:03.123456789Z stdout F ",
        2 => "> ",
        3 => "jira-1  | ",
        _ => "[pod/jira-0/jira] ",
    };
    let line = |line: &str| match prefix {
        "" => format!("{}\n", serde_json::json!({ "log": format!("{line}\n"), "stream": "stdout" })),
        prefix => format!("{prefix}{line}\n"),
    };
    Some(record.trim_end_matches('\n').split('\n').map(line).collect::<String>().into_bytes())
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use proptest::prelude::*;

    use super::{chunks, envelope, header, record_start};

    /// Texts that headers, prefixes and envelopes consist of.
    const WORDS: [&str; 40] = [
        "2026-01-05 20:34:03,014+0000 ",
        "2026-01-05 20:34:03 ",
        "2026-01-05T20:34:03.123456789Z ",
        "2026-01-05T20:34:03+0100 ",
        "2022-xx-xx 20:34:03,014+0000 ",
        "05-Jan-2026 20:34:03.014 ",
        "Jan  5 20:34:03 jira01 jira[7]: ",
        "<11>1 2026-01-05T20:34:03.1Z jira01 jira 7 - - ",
        "http-nio-8080-exec-3 ",
        "Caesium-1-4 ",
        "url: /x; user: bob ",
        "ERROR ",
        "WARN ",
        "SEVERE ",
        "admin ",
        "ServiceRunner ",
        "1234x5727202x3 ",
        "1i8mi5a ",
        "203.0.113.9,0:0:0:0:0:0:0:1 ",
        "/rest/oauth2-client/latest/config/flow/1 ",
        "[c.a.o.c.X] ",
        "[] ",
        "[Contoso Mailbox] ",
        "[pod/jira-0/jira] ",
        "jira-1  | ",
        "stdout F ",
        "stdout P ",
        "> ",
        "120:",
        "{\"log\":\"",
        "{\"message\":\"",
        "\\n\",\"stream\":\"stdout\"}",
        "{\n",
        "{\"@timestamp\":\"2026-01-05T20:34:03Z\",\"level\":\"ERROR\",\"message\":\"x\"}",
        "AADSTS7000215: Invalid client secret provided.",
        "    Trace ID: ",
        "\tat com.example.A.run(A.java:1)",
        "Caused by: ",
        "\r\n",
        "\n",
    ];

    struct Input(Vec<u8>);

    impl fmt::Debug for Input {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "b\"{}\"", self.0.escape_ascii())
        }
    }

    /// Log-like bytes: words, line ends and arbitrary bytes.
    fn input() -> impl Strategy<Value = Input> {
        let part = prop_oneof![
            6 => prop::sample::select(WORDS.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
            2 => Just(b"\n".to_vec()),
            1 => (1usize..600).prop_map(|zeros| vec![0; zeros]),
            1 => prop::collection::vec(any::<u8>(), 1..6),
        ];
        prop::collection::vec(part, 0..40).prop_map(|parts| Input(parts.concat()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_search_finds_the_same_record_starts(input in input()) {
            record_start(&input.0);
        }

        #[test]
        fn a_stream_is_cut_into_the_same_records_for_any_size_of_reads(input in input()) {
            chunks(&input.0);
        }

        #[test]
        fn the_fields_of_a_header_are_parts_of_the_record(input in input()) {
            header(&input.0);
        }

        #[test]
        fn an_envelope_is_undone_to_the_record_that_was_wrapped(input in input()) {
            envelope(&input.0);
        }
    }
}
