//! Merges the logs of several nodes by time.
//!
//! Each log is scanned by its own thread, which may be only so far ahead; with one thread, a log is
//! scanned when the merge needs its next part. The earliest finding of all logs comes first. A record
//! without a time, or with an earlier one than the record before it in its log, stays after that record.
//! So memory does not grow with the size of the logs.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    ops::{ControlFlow, Range},
    sync::{
        Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

use chrono::{DateTime, Utc};

use super::{
    encoded::Emission,
    job::Job,
    options::{OutputMode, ScanOptions},
    part::PartialResult,
    scan_input::{InputParts, WorkerScratch},
    stitch::{PlacedPart, StitchContext, Stitcher},
};
use crate::source::PlannedInput;

/// How many parts a log may be ahead of the merge.
const MAX_PARTS_AHEAD: usize = 4;

/// Bytes of text that all logs together read at a time.
const TOTAL_READ_BYTES: usize = 4 << 20;
/// Bytes that one log reads at least.
const MIN_READ_BYTES: usize = 8 << 10;

/// How many logs have threads; more are scanned when the merge needs their next parts.
const MAX_LOG_THREADS: usize = 64;

/// What receives the merged parts and findings.
pub(super) trait MergeSink {
    /// Takes the counts and faults of a part without its findings. Returns the number of the part's first
    /// finding in the order of these calls.
    fn push_counts(&mut self, placed: PlacedPart) -> usize;
    /// Takes the next finding by time, with the index of its input, the line breaks before its part and
    /// its number in that other order.
    fn push_finding(&mut self, input: usize, lines: u64, number: usize, finding: Emission) -> ControlFlow<()>;
}

/// Scans the logs of all nodes and gives what is found to `sink`, the earliest first.
pub(super) fn scan(
    options: &ScanOptions<'_>,
    mode: OutputMode,
    inputs: &[PlannedInput],
    take_prescanned: &mut dyn FnMut(usize) -> Vec<PartialResult>,
    sink: &mut dyn MergeSink,
) {
    // Many logs share the memory of a few.
    let log_count = inputs.iter().map(|input| input.log).max().map_or(1, |last| last + 1);
    let mut options = options.clone();
    options.limits.read_bytes = options.limits.read_bytes.min((TOTAL_READ_BYTES / log_count).max(MIN_READ_BYTES));
    let options = &options;
    let context = StitchContext { options, mode, inputs };
    let logs: Vec<LogTask> =
        log_ranges(inputs).into_iter().map(|range| LogTask::new(range, inputs, take_prescanned)).collect();
    let threads = options.thread_count();
    if threads == 1 || logs.len() > MAX_LOG_THREADS {
        let logs = logs.into_iter().map(|log| PartSource::Inline(Box::new(LogParts::new(context, log))));
        merge(&context, logs.map(MergeInput::new).collect(), sink);
        return;
    }
    let semaphore = Semaphore { free: Mutex::new(threads), released: Condvar::new() };
    thread::scope(|scope| {
        let mut merge_inputs: Vec<MergeInput<'_>> = Vec::new();
        for log in logs {
            let (sender, receiver) = mpsc::sync_channel(MAX_PARTS_AHEAD);
            let semaphore = &semaphore;
            scope.spawn(move || {
                let (mut parts, mut scratch) = (LogParts::new(context, log), WorkerScratch::default());
                semaphore.acquire();
                while let Some(part) = parts.next(&mut scratch) {
                    semaphore.release();
                    let received = sender.send(part).is_ok();
                    semaphore.acquire();
                    if !received {
                        break;
                    }
                }
                semaphore.release();
            });
            merge_inputs.push(MergeInput::new(PartSource::Thread(receiver)));
        }
        merge(&context, merge_inputs, sink);
    });
}

/// The inputs of each log.
fn log_ranges(inputs: &[PlannedInput]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (i, input) in inputs.iter().enumerate() {
        match ranges.last_mut() {
            Some(range) if inputs[range.start].log == input.log => range.end = i + 1,
            _ => ranges.push(i..i + 1),
        }
    }
    ranges
}

/// One log to scan: its inputs, and the parts of those that were scanned while their archive was indexed.
struct LogTask {
    inputs: Range<usize>,
    prescanned: Vec<(usize, Vec<PartialResult>)>,
}

impl LogTask {
    fn new(
        range: Range<usize>,
        inputs: &[PlannedInput],
        take_prescanned: &mut dyn FnMut(usize) -> Vec<PartialResult>,
    ) -> Self {
        let prescanned =
            range.clone().filter_map(|i| inputs[i].prescanned().map(|number| (i, take_prescanned(number)))).collect();
        Self { inputs: range, prescanned }
    }
}

/// The parts of one log in order, scanned one at a time when they are asked for.
struct LogParts<'c> {
    context: StitchContext<'c>,
    inputs: Range<usize>,
    prescanned: VecDeque<(usize, Vec<PartialResult>)>,
    current: Option<(usize, InputParts)>,
}

impl<'c> LogParts<'c> {
    fn new(context: StitchContext<'c>, task: LogTask) -> Self {
        Self { context, inputs: task.inputs, prescanned: task.prescanned.into(), current: None }
    }

    fn job(&self, input: usize) -> Job<'c> {
        let StitchContext { options, mode, inputs } = self.context;
        let PlannedInput { name, node, .. } = &inputs[input];
        Job { options, mode, source: name, node: node.as_deref(), encodes: true }
    }

    fn next(&mut self, scratch: &mut WorkerScratch) -> Option<(usize, PartialResult)> {
        loop {
            if let Some((input, mut parts)) = self.current.take()
                && let Some(part) = parts.next(&self.job(input), scratch)
            {
                // A file is closed with its last part: there may be thousands of logs.
                self.current = (!parts.is_ended()).then_some((input, parts));
                return Some((input, part));
            }
            let i = self.inputs.next()?;
            let input = &self.context.inputs[i];
            if input.duplicate_of.is_some() {
                continue;
            }
            let parts = match self.prescanned.front() {
                Some((prescanned, _)) if *prescanned == i => {
                    let parts = self.prescanned.pop_front().map(|(_, parts)| parts).unwrap_or_default();
                    InputParts::Scanned(parts.into_iter())
                }
                _ => {
                    self.context.options.progress.set_current(&input.name);
                    InputParts::open(&self.job(i), input)
                }
            };
            self.current = Some((i, parts));
        }
    }
}

/// Where the parts of a log come from.
enum PartSource<'c> {
    Thread(Receiver<(usize, PartialResult)>),
    Inline(Box<LogParts<'c>>),
}

/// One log in the merge.
struct MergeInput<'c> {
    source: PartSource<'c>,
    stitcher: Stitcher,
    queue: VecDeque<TimedItem>,
    ended: bool,
    /// Latest time so far.
    time: DateTime<Utc>,
}

/// What a log has next, and when.
struct TimedItem {
    time: DateTime<Utc>,
    item: MergeItem,
}

enum MergeItem {
    /// A part; its findings follow.
    Part(Box<PlacedPart>),
    Finding {
        input: usize,
        lines: u64,
        finding: Emission,
    },
}

impl<'c> MergeInput<'c> {
    fn new(source: PartSource<'c>) -> Self {
        Self {
            source,
            stitcher: Stitcher::default(),
            queue: VecDeque::new(),
            ended: false,
            time: DateTime::<Utc>::MIN_UTC,
        }
    }

    /// Fills the queue, if the log has anything left.
    fn fill(&mut self, context: &StitchContext<'_>, scratch: &mut WorkerScratch) {
        while self.queue.is_empty() && !self.ended {
            let next = match &mut self.source {
                PartSource::Thread(receiver) => receiver.recv().ok(),
                PartSource::Inline(parts) => parts.next(scratch),
            };
            let placed = match next {
                Some((input, part)) => self.stitcher.push(context, input, part),
                None => {
                    self.ended = true;
                    self.stitcher.finish(context)
                }
            };
            placed.into_iter().for_each(|placed| self.enqueue(placed));
        }
    }

    fn enqueue(&mut self, mut placed: PlacedPart) {
        let (input, lines) = (placed.input, placed.lines);
        placed.findings = placed.part.finding_count();
        let (findings, _) = placed.part.take_findings();
        let times = std::mem::take(&mut placed.part.times);
        let first = times.first().copied().flatten().or(placed.part.first);
        if let Some(first) = first {
            self.time = self.time.max(first.instant());
        }
        self.queue.push_back(TimedItem { time: self.time, item: MergeItem::Part(Box::new(placed)) });
        for (finding, time) in findings.zip(times) {
            if let Some(time) = time {
                self.time = self.time.max(time.instant());
            }
            let item = MergeItem::Finding { input, lines, finding };
            self.queue.push_back(TimedItem { time: self.time, item });
        }
    }
}

fn merge(context: &StitchContext<'_>, mut logs: Vec<MergeInput<'_>>, sink: &mut dyn MergeSink) {
    let mut next_numbers = vec![0; logs.len()];
    let mut scratch = WorkerScratch::default();
    // What each log has next, the earliest first.
    let mut queue = BinaryHeap::with_capacity(logs.len());
    let mut advance = |log: &mut MergeInput<'_>, i: usize, queue: &mut BinaryHeap<_>| {
        log.fill(context, &mut scratch);
        queue.extend(log.queue.front().map(|next| Reverse((next.time, i))));
    };
    for (i, log) in logs.iter_mut().enumerate() {
        advance(log, i, &mut queue);
    }
    while let Some(Reverse((_, i))) = queue.pop() {
        match logs[i].queue.pop_front().map(|next| next.item) {
            Some(MergeItem::Part(placed)) => next_numbers[i] = sink.push_counts(*placed),
            Some(MergeItem::Finding { input, lines, finding }) => {
                let number = next_numbers[i];
                next_numbers[i] += 1;
                if sink.push_finding(input, lines, number, finding).is_break() {
                    return;
                }
            }
            None => {}
        }
        advance(&mut logs[i], i, &mut queue);
    }
}

/// Lets only so many threads scan at once.
struct Semaphore {
    free: Mutex<usize>,
    released: Condvar,
}

impl Semaphore {
    fn acquire(&self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.released.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    fn release(&self) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.released.notify_one();
    }
}
