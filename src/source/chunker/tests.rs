use std::io::Read;

use super::*;

/// A reader that returns at most `step` bytes at a time.
struct SlowReader<'a>(&'a [u8], usize);

impl Read for SlowReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(self.0.len()).min(out.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

impl SparseRead for SlowReader<'_> {}

/// Chunks as (offset, text, kind); adjacent chunks of whole records joined.
fn chunks(data: &[u8], step: usize, record: usize) -> Vec<(u64, String, ChunkKind)> {
    let mut chunker =
        Chunker::new(SlowReader(data, step), 0, Limits::default().with_read_bytes(64).with_max_record_bytes(record));
    let mut out: Vec<(u64, String, ChunkKind)> = Vec::new();
    while let Some(chunk) = chunker.next().unwrap() {
        let text = String::from_utf8_lossy(chunk.bytes).into_owned();
        match out.last_mut() {
            Some((_, last, kind)) if *kind == chunk.kind && *kind != ChunkKind::Truncated => {
                last.push_str(&text);
            }
            _ => out.push((chunk.offset, text, chunk.kind)),
        }
    }
    out
}

const LOG: &str = "pasted head\nwithout header\n2026-01-05 20:34:03,014 a ERROR b\n  more\r\n\n2026-01-05 20:34:04,014 c INFO d\n2026-01-05 20:34:05,014 e WARN f";

#[test]
fn every_byte_is_returned_once_for_any_read_size() {
    for step in [1, 2, 3, 7, 33, 34, 64, 1000] {
        let found = chunks(LOG.as_bytes(), step, 1 << 20);
        assert_eq!(found, [(0, LOG.to_owned(), ChunkKind::Records)], "step {step}");
    }
}

#[test]
fn chunks_end_where_records_end() {
    let mut chunker = Chunker::new(
        SlowReader(LOG.as_bytes(), 70),
        0,
        Limits::default().with_read_bytes(70).with_max_record_bytes(1 << 20),
    );
    let mut starts = Vec::new();
    while let Some(chunk) = chunker.next().unwrap() {
        starts.push(chunk.offset as usize);
    }
    for start in starts {
        assert!(start == 0 || start::is_start(&LOG.as_bytes()[start..]), "{start}");
    }
}

#[test]
fn a_record_that_is_too_long_is_truncated_and_the_next_is_found() {
    let long = format!("2026-01-05 20:34:03,014 a ERROR {}\nmore\n2026-01-05 20:34:04,014 c INFO d\n", "x".repeat(500));
    let start = long.find("2026-01-05 20:34:04").unwrap() as u64;
    let reference = chunks(long.as_bytes(), 1000, 128);
    assert_eq!(reference[0].2, ChunkKind::Truncated);
    assert_eq!(reference[1].2, ChunkKind::Skipped);
    assert_eq!(reference[2].0, start);
    assert_eq!(reference[2].2, ChunkKind::Records);
    for step in [1, 5, 31, 64, 100] {
        assert_eq!(chunks(long.as_bytes(), step, 128), reference, "step {step}");
    }
}

#[test]
fn an_object_over_several_lines_is_found_after_a_record_that_is_too_long() {
    let long = format!("2026-01-05 20:34:03,014 a ERROR {}\n", "x".repeat(500));
    let object = "{  \n  \"severity\": \"critical\",\n  \"message\": \"d\"\n}\n";
    let log = [&long, "more\n", object].concat();
    let reference = chunks(log.as_bytes(), 1000, 128);
    assert_eq!(reference.last(), Some(&((log.len() - object.len()) as u64, object.to_owned(), ChunkKind::Records)));
    for step in 1..=64 {
        assert_eq!(chunks(log.as_bytes(), step, 128), reference, "step {step}");
    }
}

#[test]
fn long_text_without_any_header_is_read_in_chunks_and_nothing_is_skipped() {
    let text = "a line of text\n".repeat(40);
    let reference = chunks(text.as_bytes(), 1000, 128);
    assert!(reference.iter().all(|chunk| chunk.2 != ChunkKind::Skipped));
    assert_eq!(reference.iter().map(|chunk| chunk.1.len()).sum::<usize>(), text.len());
    for step in [1, 5, 31, 64] {
        assert_eq!(chunks(text.as_bytes(), step, 128), reference, "step {step}");
    }
}

#[test]
fn a_record_that_is_too_long_is_the_first_in_its_chunk() {
    // Of the second line, too little is left to see that it starts a record.
    let short = r#"{"log": "2026-01-05 20:34:03,014 a ERROR b\n", "stream": "stdout"}"#;
    let long = format!(
        r#"{{"stream": "stdout", "text": "{}", "log": "2026-01-05 20:34:04,014 c INFO d\n"}}"#,
        "x ".repeat(200)
    );
    let log = [short, &long, short].join("\n");
    for step in [1, 7, 64, 100, 1000] {
        let kinds: Vec<_> =
            chunks(log.as_bytes(), step, 200).into_iter().map(|(offset, _, kind)| (offset, kind)).collect();
        let starts = [0, short.len() as u64 + 1];
        assert_eq!(kinds[..2], [(starts[0], ChunkKind::Records), (starts[1], ChunkKind::Truncated)], "step {step}");
        assert_eq!(kinds.last().unwrap().1, ChunkKind::Records, "step {step}");
    }
}

#[test]
fn a_last_line_without_a_line_break_starts_a_record_after_long_text() {
    for before in [100, 137, 200, 300, 536] {
        let log = format!("{}\n2026-01-05 20:34:03,014 a ERROR {}", "x ".repeat(before / 2), "y ".repeat(40));
        let truncated = |step: usize| {
            let limits = Limits::default().with_read_bytes(step).with_max_record_bytes(200);
            let mut chunker = Chunker::new(SlowReader(log.as_bytes(), step), 0, limits);
            let mut offsets = Vec::new();
            while let Some(chunk) = chunker.next().unwrap() {
                offsets.extend((chunk.kind == ChunkKind::Truncated).then_some(chunk.offset));
            }
            offsets
        };
        for step in [7, 64, 1000] {
            assert_eq!(truncated(step), truncated(1), "{before} {step}");
        }
    }
}
