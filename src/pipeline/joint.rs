//! Joins the parts of a rotated log: a record that rotation has cut is judged as one.
//!
//! Each volume is scanned by itself, but for two ends: the bytes before its first record start, and
//! its last record. The last record of one volume and the front of the next are judged here, as one
//! text. A record stands where it starts: in the older file.

use super::{
    Scan,
    part::{Edge, Job, Keep, Part},
};
use crate::{
    engine::Recall,
    record::boundary,
    search::newlines,
    source::{Cutter, Volume},
};

/// A part with its place.
#[derive(Debug)]
pub(super) struct Gain {
    /// The number of its volume.
    pub(super) volume: usize,
    /// Line breaks before it in its volume.
    pub(super) lines: u64,
    /// It was judged when its volume had been read: its lines are counted already.
    pub(super) joined: bool,
    /// How many findings it has, when they were taken out of the part.
    pub(super) findings: usize,
    pub(super) part: Part,
}

/// What is under way in one log.
#[derive(Debug, Default)]
pub(super) struct Joint {
    volume: Option<usize>,
    lines: u64,
    broken: Option<Broken>,
}

/// Bytes of which the end is still to come.
#[derive(Debug, Default)]
struct Broken {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
    /// They belong to a record that was closed at the size limit.
    skipped: bool,
}

/// The piece of one volume in them.
#[derive(Debug, Clone, Copy)]
struct Piece {
    volume: usize,
    /// Where it starts in the bytes, in its volume, and in lines.
    at: usize,
    offset: u64,
    lines: u64,
}

impl Joint {
    /// Takes the next part of a log, gives all that can be told now.
    pub(super) fn take(&mut self, job: &Joining<'_>, volume: usize, mut part: Part) -> Vec<Gain> {
        let mut gains = Vec::new();
        if self.volume != Some(volume) {
            (self.volume, self.lines) = (Some(volume), 0);
            let head = part.head.take();
            if head.is_none() || !job.volumes[volume].continues {
                gains.extend(self.finish(job));
            }
            if let Some(head) = head {
                self.go_on(job, volume, &head, &mut gains);
            }
        }
        let tail = part.tail.take();
        let lines = self.lines;
        self.lines += part.lines;
        gains.push(Gain { volume, lines, joined: false, findings: 0, part });
        if let Some(tail) = tail {
            gains.extend(self.finish(job));
            let piece = Piece { volume, at: 0, offset: tail.offset, lines: lines + tail.lines };
            self.broken = Some(Broken { bytes: tail.bytes, pieces: vec![piece], skipped: tail.open });
        }
        gains
    }

    /// The front of a volume belongs to what the volume before has broken off.
    fn go_on(&mut self, job: &Joining<'_>, volume: usize, head: &Edge, gains: &mut Vec<Gain>) {
        let broken = self.broken.get_or_insert_with(Broken::default);
        broken.pieces.push(Piece { volume, at: broken.bytes.len(), offset: head.offset, lines: head.lines });
        broken.bytes.extend_from_slice(&head.bytes);
        let goes_on = head.open && job.volumes[volume].continued;
        if !goes_on || broken.bytes.len() > job.scan.limits.record.saturating_mul(2) {
            gains.extend(self.finish(job));
        }
    }

    /// Judges what is there: nothing more comes.
    pub(super) fn finish(&mut self, job: &Joining<'_>) -> Vec<Gain> {
        self.broken.take().map_or_else(Vec::new, |broken| broken.judge(job))
    }
}

/// What judging needs.
#[derive(Clone, Copy)]
pub(super) struct Joining<'j> {
    pub(super) scan: &'j Scan<'j>,
    pub(super) keep: Keep,
    pub(super) volumes: &'j [Volume],
}

impl Broken {
    fn judge(self, job: &Joining<'_>) -> Vec<Gain> {
        let mut gains = Vec::new();
        let mut skipped = self.skipped;
        let mut start = 0;
        for (i, piece) in self.pieces.iter().enumerate() {
            // The records that start in this piece.
            let end = match self.pieces.get(i + 1) {
                Some(next) if next.at > 0 => boundary::next(&self.bytes, next.at - 1),
                Some(_) => 0,
                None => self.bytes.len(),
            };
            if end <= start {
                continue;
            }
            let bytes = &self.bytes[start..end];
            let within = start - piece.at.min(start);
            let breaks = newlines(&self.bytes[piece.at.min(start)..start]);
            let what = Job { scan: job.scan, keep: job.keep, source: &job.volumes[piece.volume].name };
            let part = scan(&what, bytes, piece.offset + within as u64, std::mem::take(&mut skipped));
            gains.push(Gain { volume: piece.volume, lines: piece.lines + breaks, joined: true, findings: 0, part });
            start = end;
        }
        gains
    }
}

fn scan(job: &Job<'_>, bytes: &[u8], offset: u64, skipped: bool) -> Part {
    let mut part = Part::default();
    let mut recall = Recall::default();
    let mut cutter = Cutter::new(bytes, offset, job.scan.limits);
    if skipped && cutter.skip_to_start().is_err() {
        return part;
    }
    part.lines = newlines(&bytes[..usize::try_from(cutter.offset() - offset).unwrap_or(0)]);
    while let Ok(Some(piece)) = cutter.next() {
        part.feed(job, &mut recall, &piece);
    }
    part
}
