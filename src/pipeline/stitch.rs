//! Joins the parts of a rotated log: a record that rotation has cut is judged as one.
//!
//! Each volume is scanned by itself, but for two ends: the bytes before its first record start, and
//! its last record. The last record of one volume and the front of the next are judged here, as one
//! text. A record stands where it starts: in the older file.

use super::{
    Scan,
    part::{Fragment, Job, OutputMode, PartialResult},
};
use crate::{
    engine::VerdictCache,
    record::start,
    search::count_newlines,
    source::{Chunker, Input},
};

/// A part with its place.
#[derive(Debug)]
pub(super) struct PlacedPart {
    /// The number of its volume.
    pub(super) volume: usize,
    /// Line breaks before it in its volume.
    pub(super) lines: u64,
    /// It was judged when its volume had been read: its lines are counted already.
    pub(super) joined: bool,
    /// How many findings it has, when they were taken out of the part.
    pub(super) findings: usize,
    pub(super) part: PartialResult,
}

/// What is under way in one log.
#[derive(Debug, Default)]
pub(super) struct Stitcher {
    volume: Option<usize>,
    lines: u64,
    broken: Option<SplitRecord>,
}

/// Bytes of which the end is still to come.
#[derive(Debug, Default)]
struct SplitRecord {
    bytes: Vec<u8>,
    pieces: Vec<RecordFragment>,
    /// They belong to a record that was closed at the size limit.
    skipped: bool,
}

/// The piece of one volume in them.
#[derive(Debug, Clone, Copy)]
struct RecordFragment {
    volume: usize,
    /// Where it starts in the bytes, in its volume, and in lines.
    at: usize,
    offset: u64,
    lines: u64,
}

impl Stitcher {
    /// Takes the next part of a log, gives all that can be told now.
    pub(super) fn take(&mut self, job: &StitchContext<'_>, volume: usize, mut part: PartialResult) -> Vec<PlacedPart> {
        let mut gains = Vec::new();
        if self.volume != Some(volume) {
            (self.volume, self.lines) = (Some(volume), 0);
            let head = part.head.take();
            if head.is_none() || !job.volumes[volume].continues_previous {
                gains.extend(self.finish(job));
            }
            if let Some(head) = head {
                self.go_on(job, volume, &head, &mut gains);
            }
        }
        let tail = part.tail.take();
        let lines = self.lines;
        self.lines += part.lines;
        gains.push(PlacedPart { volume, lines, joined: false, findings: 0, part });
        if let Some(tail) = tail {
            gains.extend(self.finish(job));
            let piece = RecordFragment { volume, at: 0, offset: tail.offset, lines: lines + tail.lines };
            self.broken = Some(SplitRecord { bytes: tail.bytes, pieces: vec![piece], skipped: tail.open });
        }
        gains
    }

    /// The front of a volume belongs to what the volume before has broken off.
    fn go_on(&mut self, job: &StitchContext<'_>, volume: usize, head: &Fragment, gains: &mut Vec<PlacedPart>) {
        let broken = self.broken.get_or_insert_with(SplitRecord::default);
        broken.pieces.push(RecordFragment { volume, at: broken.bytes.len(), offset: head.offset, lines: head.lines });
        broken.bytes.extend_from_slice(&head.bytes);
        let goes_on = head.open && job.volumes[volume].continues_in_next;
        if !goes_on || broken.bytes.len() > job.scan.limits.max_record.saturating_mul(2) {
            gains.extend(self.finish(job));
        }
    }

    /// Judges what is there: nothing more comes.
    pub(super) fn finish(&mut self, job: &StitchContext<'_>) -> Vec<PlacedPart> {
        self.broken.take().map_or_else(Vec::new, |broken| broken.judge(job))
    }
}

/// What judging needs.
#[derive(Clone, Copy)]
pub(super) struct StitchContext<'j> {
    pub(super) scan: &'j Scan<'j>,
    pub(super) keep: OutputMode,
    pub(super) volumes: &'j [Input],
}

impl SplitRecord {
    fn judge(self, job: &StitchContext<'_>) -> Vec<PlacedPart> {
        let mut gains = Vec::new();
        let mut skipped = self.skipped;
        let mut start = 0;
        for (i, piece) in self.pieces.iter().enumerate() {
            // The records that start in this piece.
            let end = match self.pieces.get(i + 1) {
                Some(next) if next.at > 0 => start::next_start(&self.bytes, next.at - 1),
                Some(_) => 0,
                None => self.bytes.len(),
            };
            if end <= start {
                continue;
            }
            let bytes = &self.bytes[start..end];
            let within = start - piece.at.min(start);
            let breaks = count_newlines(&self.bytes[piece.at.min(start)..start]);
            let what = Job { scan: job.scan, keep: job.keep, source: &job.volumes[piece.volume].name };
            let part = scan(&what, bytes, piece.offset + within as u64, std::mem::take(&mut skipped));
            gains.push(PlacedPart {
                volume: piece.volume,
                lines: piece.lines + breaks,
                joined: true,
                findings: 0,
                part,
            });
            start = end;
        }
        gains
    }
}

fn scan(job: &Job<'_>, bytes: &[u8], offset: u64, skipped: bool) -> PartialResult {
    let mut part = PartialResult::default();
    let mut recall = VerdictCache::default();
    let mut cutter = Chunker::new(bytes, offset, job.scan.limits);
    if skipped && cutter.skip_to_start().is_err() {
        return part;
    }
    part.lines = count_newlines(&bytes[..usize::try_from(cutter.offset() - offset).unwrap_or(0)]);
    while let Ok(Some(piece)) = cutter.next() {
        part.feed(job, &mut recall, &piece);
    }
    part
}
