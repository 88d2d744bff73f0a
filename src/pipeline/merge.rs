//! The logs of several nodes, merged by time.
//!
//! Each log is a lane with a thread of its own, which may be only so far ahead. The collector takes
//! the earliest of what the lanes offer. A record without a time, or with an earlier one than the
//! record before it in its log, stays behind that record. So a merge needs no more memory for ten
//! gigabytes than for one.

use std::{
    collections::VecDeque,
    ops::ControlFlow,
    sync::{
        Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

use chrono::{DateTime, Utc};

use super::{
    Scan,
    part::{Job, OutputMode, PartialResult},
    scan_input::{self, InputRanges, WorkerScratch},
    stitch::{PlacedPart, StitchContext, Stitcher},
    workers,
};
use crate::{model::Finding, source::Input};

/// How many parts a lane may be ahead.
const MAX_PARTS_AHEAD: usize = 4;

/// Bytes of text that all lanes together read at a time, and what a lane reads at least.
const MEMORY: usize = 4 << 20;
const MIN_PARTS_AHEAD: usize = 64 << 10;

/// What the collector takes of a merge.
pub(super) trait MergeSink {
    /// The counts and faults of a part, without its findings; gives the place of its first finding in
    /// the order of this taking over.
    fn counts(&mut self, gain: PlacedPart) -> usize;
    /// The next finding by time, of a volume, with its place in that other order.
    fn finding(&mut self, volume: usize, lines: u64, place: usize, finding: Finding) -> ControlFlow<()>;
}

/// Scans the logs of all nodes and hands what is found to `into`, the earliest first.
pub(super) fn scan(
    scan: &Scan<'_>,
    keep: OutputMode,
    volumes: &[Input],
    passed: &mut dyn FnMut(usize) -> Vec<PartialResult>,
    into: &mut dyn MergeSink,
) {
    // Many lanes share the memory of a few.
    let count = volumes.iter().map(|volume| volume.log).max().map_or(1, |last| last + 1);
    let mut scan = scan.clone();
    scan.limits.read_size = scan.limits.read_size.min((MEMORY / count).max(MIN_PARTS_AHEAD));
    let scan = &scan;
    let joining = StitchContext { scan, keep, volumes };
    let gate = Semaphore { free: Mutex::new(workers::threads(scan)), freed: Condvar::new() };
    let mut starts: Vec<usize> = Vec::new();
    for i in 0..volumes.len() {
        if i == 0 || volumes[i].log != volumes[i - 1].log {
            starts.push(i);
        }
    }
    thread::scope(|scope| {
        let mut lanes: Vec<MergeInput> = Vec::new();
        for (n, start) in starts.iter().enumerate() {
            let end = starts.get(n + 1).copied().unwrap_or(volumes.len());
            let (send, receive) = mpsc::sync_channel(MAX_PARTS_AHEAD);
            let held: Vec<(usize, Vec<PartialResult>)> =
                (*start..end).filter_map(|i| volumes[i].prescanned().map(|number| (i, passed(number)))).collect();
            let gate = &gate;
            let range = *start..end;
            scope.spawn(move || {
                let mut held = held.into_iter();
                gate.enter();
                for i in range {
                    let what = &volumes[i];
                    if what.duplicate_of.is_some() {
                        continue;
                    }
                    let mut gone = false;
                    let mut give = |part: PartialResult| {
                        gate.leave();
                        gone = send.send((i, part)).is_err();
                        gate.enter();
                        if gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                    };
                    match what.prescanned() {
                        Some(_) => {
                            for part in held.next().map(|(_, parts)| parts).unwrap_or_default() {
                                if give(part).is_break() {
                                    break;
                                }
                            }
                        }
                        None => volume_of(scan, keep, what, &mut give),
                    }
                    if gone {
                        break;
                    }
                }
                gate.leave();
            });
            lanes.push(MergeInput {
                receive,
                joint: Stitcher::default(),
                queue: VecDeque::new(),
                ended: false,
                time: DateTime::<Utc>::MIN_UTC,
            });
        }
        merge(&joining, lanes, into);
    });
}

/// Scans a volume in the order of its bytes.
fn volume_of(scan: &Scan<'_>, keep: OutputMode, what: &Input, give: scan_input::PartSink<'_>) {
    scan.progress.reading(&what.name);
    let job = Job { scan, keep, source: &what.name };
    match what.plain_len().map(|len| (len, InputRanges::open(what, scan))) {
        Some((len, Ok(Some(file)))) => {
            let mut tools = WorkerScratch::default();
            for (from, to) in workers::tasks_of(scan, keep, len) {
                if give(file.scan(&job, &mut tools, from, to)).is_break() {
                    return;
                }
            }
        }
        _ => scan_input::stream(&job, what, false, give),
    }
}

/// One log.
struct MergeInput {
    receive: Receiver<(usize, PartialResult)>,
    joint: Stitcher,
    queue: VecDeque<Offer>,
    ended: bool,
    time: DateTime<Utc>,
}

/// What a lane has next.
struct Offer {
    time: DateTime<Utc>,
    what: MergeItem,
}

enum MergeItem {
    /// A part; its findings follow.
    Part(Box<PlacedPart>),
    Finding {
        volume: usize,
        lines: u64,
        finding: Box<Finding>,
    },
}

impl MergeInput {
    /// Fills the queue, if the lane has anything left.
    fn fill(&mut self, joining: &StitchContext<'_>) {
        while self.queue.is_empty() && !self.ended {
            let gains = match self.receive.recv() {
                Ok((volume, part)) => self.joint.take(joining, volume, part),
                Err(_) => {
                    self.ended = true;
                    self.joint.finish(joining)
                }
            };
            gains.into_iter().for_each(|gain| self.offer(gain));
        }
    }

    fn offer(&mut self, mut gain: PlacedPart) {
        let (volume, lines) = (gain.volume, gain.lines);
        let findings = std::mem::take(&mut gain.part.findings);
        let times = std::mem::take(&mut gain.part.times);
        let first = times.first().copied().flatten().or(gain.part.first);
        if let Some(first) = first {
            self.time = self.time.max(first.instant());
        }
        gain.findings = findings.len();
        self.queue.push_back(Offer { time: self.time, what: MergeItem::Part(Box::new(gain)) });
        for (finding, time) in findings.into_iter().zip(times) {
            if let Some(time) = time {
                self.time = self.time.max(time.instant());
            }
            self.queue.push_back(Offer {
                time: self.time,
                what: MergeItem::Finding { volume, lines, finding: Box::new(finding) },
            });
        }
    }
}

fn merge(joining: &StitchContext<'_>, mut lanes: Vec<MergeInput>, into: &mut dyn MergeSink) {
    let mut places = vec![0; lanes.len()];
    loop {
        lanes.iter_mut().for_each(|lane| lane.fill(joining));
        let earliest =
            lanes.iter().enumerate().filter_map(|(i, lane)| lane.queue.front().map(|offer| (offer.time, i))).min();
        let Some((_, i)) = earliest else { return };
        match lanes[i].queue.pop_front().map(|offer| offer.what) {
            Some(MergeItem::Part(gain)) => places[i] = into.counts(*gain),
            Some(MergeItem::Finding { volume, lines, finding }) => {
                let place = places[i];
                places[i] += 1;
                if into.finding(volume, lines, place, *finding).is_break() {
                    return;
                }
            }
            None => {}
        }
    }
}

/// Lets only so many lanes work at once.
struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Semaphore {
    fn enter(&self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    fn leave(&self) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
    }
}
