//! Several threads over all volumes, and their gains in order.
//!
//! A plain file is divided into stretches; a worker takes the next one, finds the first record start
//! in it and the first behind it by the rule that its neighbours use, and scans what lies between. An
//! encoded volume is one piece of work, for it can only be decoded from its front. The collector, in
//! the calling thread, takes the gains over in the order of the volumes. A worker may be only so far
//! ahead of the collector, so memory stays flat.

use std::{
    collections::BTreeMap,
    ops::{ControlFlow, RangeInclusive},
    sync::{
        Arc, Condvar, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread,
};

use super::{
    Scan,
    part::{Job, LocalFault, OutputMode, PartialResult},
    scan_input::{self, InputRanges, WorkerScratch, unreadable},
};
use crate::source::Input;

/// Bytes of a stretch, when findings are only counted: as many as are left for each worker, for each stretch
/// hands on its incidents; so they are few towards the end of a file, and the workers end together.
const COUNTING_RANGE_BYTES: RangeInclusive<u64> = 2 << 20..=128 << 20;
/// A stretch, when all findings are handed on: small, for they are held until it is their turn.
const STREAMING_RANGE_BYTES: u64 = 1 << 19;
/// How many pieces of work for each worker may be done before the collector has taken them over.
const MAX_TASKS_AHEAD: usize = 4;
/// How many parts with findings of one volume may wait for the collector.
const MAX_PENDING_PARTS: usize = 4;

/// Takes the parts of all volumes, in order, with the number of the volume.
pub(super) type PartSink<'t> = &'t mut dyn FnMut(usize, PartialResult) -> ControlFlow<()>;

/// One piece of work.
#[derive(Debug, Clone, Copy)]
struct Task {
    volume: usize,
    /// From and to, for a stretch of a plain file.
    stretch: Option<(u64, Option<u64>)>,
}

/// Scans volumes with `threads` workers (0: as many as run at once) and hands the gains to `take` in
/// the order of the volumes.
pub(super) fn scan(scan: &Scan<'_>, keep: OutputMode, volumes: &[Input], take: PartSink<'_>) {
    let work = work(scan, keep, volumes);
    let threads = threads(scan).min(work.len()).max(1);
    let desk = WorkerContext { scan, keep, volumes, open: volumes.iter().map(|_| Mutex::new(Weak::new())).collect() };
    if threads == 1 && !(self::threads(scan) > 1 && volumes.iter().any(Input::is_encoded)) {
        let mut tools = WorkerScratch::default();
        for one in work {
            let mut stopped = false;
            desk.run(one, &mut tools, false, &mut |part| {
                let flow = take(one.volume, part);
                stopped |= flow.is_break();
                flow
            });
            if stopped {
                return;
            }
        }
        return;
    }
    let (next, window) = (AtomicUsize::new(0), Backpressure::default());
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next, window, desk, work) = (send.clone(), &next, &window, &desk, &work[..]);
            scope.spawn(move || worker(desk, work, next, window, threads, &send));
        }
        drop(send);
        let mut waiting: BTreeMap<usize, (Vec<PartialResult>, bool)> = BTreeMap::new();
        let mut due = 0;
        for (i, part) in receive {
            let (parts, done) = waiting.entry(i).or_default();
            match part {
                Some(part) => parts.push(part),
                None => *done = true,
            }
            while let Some((parts, done)) = waiting.get_mut(&due) {
                for part in parts.drain(..) {
                    if take(work[due].volume, part).is_break() {
                        window.close();
                        return;
                    }
                }
                if !*done {
                    break;
                }
                waiting.remove(&due);
                due += 1;
                window.advance(due);
            }
        }
    });
}

/// How many workers the user wants.
pub(super) fn threads(scan: &Scan<'_>) -> usize {
    if scan.threads > 0 { scan.threads } else { thread::available_parallelism().map_or(1, usize::from) }
}

fn work(scan: &Scan<'_>, keep: OutputMode, volumes: &[Input]) -> Vec<Task> {
    let mut work = Vec::new();
    for (volume, what) in volumes.iter().enumerate() {
        match what.plain_len() {
            _ if what.duplicate_of.is_some() => {}
            Some(len) => {
                work.extend(tasks_of(scan, keep, len).map(|stretch| Task { volume, stretch: Some(stretch) }));
            }
            None => work.push(Task { volume, stretch: None }),
        }
    }
    work
}

/// The stretches of a plain file: from and to.
pub(super) fn tasks_of(scan: &Scan<'_>, keep: OutputMode, len: u64) -> impl Iterator<Item = (u64, Option<u64>)> {
    let workers = threads(scan).max(1) as u64;
    let given = scan.limits.range_size;
    let size = move |left: u64| match (given, keep) {
        (Some(size), _) => size.max(1),
        (None, OutputMode::Counts) => {
            (left / workers).clamp(*COUNTING_RANGE_BYTES.start(), *COUNTING_RANGE_BYTES.end())
        }
        (None, OutputMode::List | OutputMode::Stream) => STREAMING_RANGE_BYTES,
    };
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let from = next?;
        next = Some(from + size(len - from)).filter(|to| *to < len);
        Some((from, next))
    })
}

fn worker(
    desk: &WorkerContext<'_>,
    work: &[Task],
    next: &AtomicUsize,
    window: &Backpressure,
    threads: usize,
    send: &Sender<(usize, Option<PartialResult>)>,
) {
    let mut tools = WorkerScratch::default();
    loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        let Some(one) = work.get(i) else { return };
        if !window.wait(i, threads * MAX_TASKS_AHEAD) {
            return;
        }
        // Nobody else would use the core.
        let overlap = next.load(Ordering::Relaxed) >= work.len();
        let mut handed = 0;
        let mut gone = false;
        desk.run(*one, &mut tools, overlap, &mut |part| {
            handed += usize::from(!part.findings.is_empty());
            // Findings wait for their turn in small numbers only.
            let wanted = handed <= MAX_PENDING_PARTS || window.wait(i, 1);
            gone = !wanted || send.send((i, Some(part))).is_err();
            if gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if gone || send.send((i, None)).is_err() {
            return;
        }
    }
}

/// What all workers share.
struct WorkerContext<'d> {
    scan: &'d Scan<'d>,
    keep: OutputMode,
    volumes: &'d [Input],
    /// Plain files that somebody is reading.
    open: Vec<Mutex<Weak<InputRanges>>>,
}

impl WorkerContext<'_> {
    fn run(&self, work: Task, tools: &mut WorkerScratch, overlap: bool, give: scan_input::PartSink<'_>) {
        let what = &self.volumes[work.volume];
        let job = Job { scan: self.scan, keep: self.keep, source: &what.name };
        self.scan.progress.reading(&what.name);
        let Some((from, to)) = work.stretch else {
            scan_input::stream(&job, what, overlap && what.is_encoded(), give);
            return;
        };
        match self.stretches(work.volume) {
            Ok(Some(file)) => {
                let _ = give(file.scan(&job, tools, from, to));
            }
            // UTF-16 is read from its front, by whoever has its first stretch.
            Ok(None) if from == 0 => scan_input::stream(&job, what, false, give),
            Ok(None) => {}
            Err(error) => {
                let (kind, message) = unreadable(&error);
                let troubles = vec![LocalFault { offset: None, kind, message }];
                let _ = give(PartialResult { troubles, ..PartialResult::default() });
            }
        }
    }

    fn stretches(&self, volume: usize) -> std::io::Result<Option<Arc<InputRanges>>> {
        let mut open = self.open[volume].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.upgrade() {
            return Ok(Some(file));
        }
        let file = InputRanges::open(&self.volumes[volume], self.scan)?.map(Arc::new);
        if let Some(file) = &file {
            *open = Arc::downgrade(file);
        }
        Ok(file)
    }
}

/// Keeps workers from running away from the collector.
#[derive(Default)]
struct Backpressure {
    /// The work that the collector wants next; `None` when it wants no more.
    due: Mutex<Due>,
    moved: Condvar,
}

#[derive(Default)]
struct Due {
    next: usize,
    closed: bool,
}

impl Backpressure {
    /// Waits until piece `i` is less than `ahead` from the collector; false when nothing is wanted
    /// any more.
    fn wait(&self, i: usize, ahead: usize) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        while !due.closed && i >= due.next + ahead {
            due = self.moved.wait(due).unwrap_or_else(PoisonError::into_inner);
        }
        !due.closed
    }

    fn advance(&self, next: usize) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).next = next;
        self.moved.notify_all();
    }

    fn close(&self) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.moved.notify_all();
    }
}
