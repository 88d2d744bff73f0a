//! Joins the parts of a rotated log: a record that rotation has split is judged as one.
//!
//! Each input is scanned separately, except for its two ends: the bytes before its first record start, and
//! its last record. The last record of one input and the start of the next are judged here, as one text.
//! A record belongs to the file in which it starts: the older one.

use super::{
    faults::unrecognised_fault,
    job::Job,
    options::{OutputMode, ScanOptions},
    part::{Fragment, PartialResult, WorkerCaches},
};
use crate::{
    record::{self, start},
    search::count_newlines,
    source::{Chunker, PlannedInput},
};

/// A part and where it belongs.
#[derive(Debug)]
pub(super) struct PlacedPart {
    /// The index of its input.
    pub(super) input: usize,
    /// Line breaks before it in its input.
    pub(super) lines: u64,
    /// It comes from a split record: its lines are counted already.
    pub(super) stitched: bool,
    /// How many findings it had, when they were taken out of the part.
    pub(super) findings: usize,
    pub(super) part: PartialResult,
}

/// The state of one log.
#[derive(Debug, Default)]
pub(super) struct Stitcher {
    input: Option<usize>,
    /// Line breaks of the input so far.
    lines: u64,
    split_record: Option<SplitRecord>,
}

/// Bytes whose end is in an input still to come.
#[derive(Debug, Default)]
struct SplitRecord {
    bytes: Vec<u8>,
    fragments: Vec<FragmentPosition>,
    /// The bytes belong to a record that was truncated at the size limit.
    truncated: bool,
    /// They are the whole of an input that belongs to no rotated log.
    is_whole_log: bool,
}

/// Where the bytes of one input start.
#[derive(Debug, Clone, Copy)]
struct FragmentPosition {
    input: usize,
    /// In the bytes of the split record.
    start: usize,
    /// In the input.
    offset: u64,
    /// Line breaks before it in the input.
    lines: u64,
}

/// What judging a split record needs.
#[derive(Clone, Copy)]
pub(super) struct StitchContext<'j> {
    pub(super) options: &'j ScanOptions<'j>,
    pub(super) mode: OutputMode,
    pub(super) inputs: &'j [PlannedInput],
}

impl Stitcher {
    /// Takes the next part of a log; returns all parts that are final now.
    pub(super) fn push(
        &mut self,
        context: &StitchContext<'_>,
        input: usize,
        mut part: PartialResult,
    ) -> Vec<PlacedPart> {
        let mut placed = Vec::new();
        if self.input != Some(input) {
            (self.input, self.lines) = (Some(input), 0);
            let head = part.head.take();
            if head.is_none() || !context.inputs[input].continues_previous {
                placed.extend(self.finish(context));
            }
            if let Some(head) = head {
                self.append_head(context, input, &head, &mut placed);
            }
        }
        let tail = part.tail.take();
        let lines = self.lines;
        self.lines += part.lines;
        placed.push(PlacedPart { input, lines, stitched: false, findings: 0, part });
        if let Some(tail) = tail {
            placed.extend(self.finish(context));
            let position = FragmentPosition { input, start: 0, offset: tail.offset, lines: lines + tail.lines };
            self.split_record = Some(SplitRecord {
                bytes: tail.bytes,
                fragments: vec![position],
                truncated: tail.open,
                is_whole_log: false,
            });
        }
        placed
    }

    /// The start of an input belongs to the last record of the input before.
    fn append_head(
        &mut self,
        context: &StitchContext<'_>,
        input: usize,
        head: &Fragment,
        placed: &mut Vec<PlacedPart>,
    ) {
        let (planned, is_first) = (&context.inputs[input], self.split_record.is_none());
        let record = self.split_record.get_or_insert_with(SplitRecord::default);
        record.is_whole_log = is_first && head.open && !planned.continues_previous && !planned.continues_in_next;
        let position = FragmentPosition { input, start: record.bytes.len(), offset: head.offset, lines: head.lines };
        record.fragments.push(position);
        record.bytes.extend_from_slice(&head.bytes);
        let continues = head.open && context.inputs[input].continues_in_next;
        if !continues || record.bytes.len() > context.options.limits.max_record_bytes.saturating_mul(2) {
            placed.extend(self.finish(context));
        }
    }

    /// Judges the split record, if there is one: nothing more comes.
    pub(super) fn finish(&mut self, context: &StitchContext<'_>) -> Vec<PlacedPart> {
        self.split_record.take().map_or_else(Vec::new, |record| record.judge(context))
    }
}

impl SplitRecord {
    fn judge(self, context: &StitchContext<'_>) -> Vec<PlacedPart> {
        let mut placed = Vec::new();
        let mut truncated = self.truncated;
        let mut start = 0;
        for (i, fragment) in self.fragments.iter().enumerate() {
            // The records that start in this fragment.
            let end = match self.fragments.get(i + 1) {
                Some(next) if next.start > 0 => start::next_start(&self.bytes, next.start - 1),
                Some(_) => 0,
                None => self.bytes.len(),
            };
            if end <= start {
                continue;
            }
            let bytes = &self.bytes[start..end];
            let fragment_start = fragment.start.min(start);
            let lines = fragment.lines + count_newlines(&self.bytes[fragment_start..start]);
            let offset = fragment.offset + (start - fragment_start) as u64;
            let source = &context.inputs[fragment.input].name;
            let job = Job { options: context.options, mode: context.mode, source, node: None, encodes: false };
            let mut part = scan(&job, bytes, offset, std::mem::take(&mut truncated));
            if self.is_whole_log && part.is_silent() {
                part.faults.extend(record::unrecognised(bytes).map(unrecognised_fault));
            }
            placed.push(PlacedPart { input: fragment.input, lines, stitched: true, findings: 0, part });
            start = end;
        }
        placed
    }
}

fn scan(job: &Job<'_>, bytes: &[u8], offset: u64, truncated: bool) -> PartialResult {
    let mut part = PartialResult::default();
    let mut caches = WorkerCaches::default();
    let mut chunker = Chunker::new(bytes, offset, job.options.limits);
    if truncated && chunker.skip_to_start().is_err() {
        return part;
    }
    part.lines = count_newlines(&bytes[..usize::try_from(chunker.offset() - offset).unwrap_or(0)]);
    while let Ok(Some(chunk)) = chunker.next() {
        part.add_chunk(job, &mut caches, &chunk);
    }
    part
}
