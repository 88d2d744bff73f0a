//! Several threads scan all inputs; their parts come out in order.
//!
//! Plain text is divided into ranges; a worker takes the next one, finds the first record start in it and
//! the first after it by the same rule as its neighbours, and scans what is between. An encoded input is
//! one task, because it can only be decoded from its front. The collector, in the calling thread, takes
//! the parts in the order of the inputs. A worker may be only so far ahead of the collector, so memory
//! stays bounded.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{
        Arc, Condvar, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, SyncSender},
    },
    thread,
};

use super::{
    faults::read_fault,
    job::Job,
    options::{OutputMode, ScanOptions},
    part::PartialResult,
    ranges::{Range, Ranges},
    scan_input::{self, InputRanges, RangeRest, WorkerScratch},
};
use crate::source::PlannedInput;

/// How many tasks for each worker may be finished before the collector has taken them.
const MAX_TASKS_AHEAD: usize = 4;
/// Bytes in parts that may wait for their turn, for all workers and for each: more than the findings of a range take when each
/// fifth record is a failure.
const MAX_WAITING_BYTES: (usize, usize) = (8 << 20, 3 << 20);
/// How many parts of each worker may be sent before the collector has received them.
const MAX_SENT_PARTS: usize = 8;

/// Takes the parts of all inputs, in order, with the index of the input.
pub(super) type IndexedPartSink<'t> = &'t mut dyn FnMut(usize, PartialResult) -> ControlFlow<()>;

/// What a worker does at a time.
#[derive(Debug, Clone, Copy)]
struct Task {
    input: usize,
    /// Start and end, for a range of plain text.
    range: Option<Range>,
}

/// What a worker tells the collector.
struct Message {
    task: usize,
    part: Option<PartialResult>,
    /// The task is done.
    is_last: bool,
}

/// Scans inputs and gives their parts to `sink` in the order of the inputs. With one thread everything
/// is done in the calling one.
pub(super) fn scan(options: &ScanOptions<'_>, mode: OutputMode, inputs: &[PlannedInput], sink: IndexedPartSink<'_>) {
    let tasks = tasks(options, mode, inputs);
    let threads = options.thread_count().min(tasks.len()).max(1);
    let context =
        WorkerContext { options, mode, inputs, open: inputs.iter().map(|_| Mutex::new(Weak::new())).collect() };
    let decodes_ahead = options.thread_count() > 1 && inputs.iter().any(PlannedInput::is_encoded);
    if threads == 1 && !decodes_ahead {
        let mut scratch = WorkerScratch::default();
        for task in tasks {
            let mut stopped = false;
            context.run(task, &mut scratch, false, &mut |part| {
                let flow = sink(task.input, part);
                stopped |= flow.is_break();
                flow
            });
            if stopped {
                return;
            }
        }
        return;
    }
    let (next, backpressure) = (AtomicUsize::new(0), Backpressure::new(threads));
    let (sender, receiver) = mpsc::sync_channel(MAX_SENT_PARTS * threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (next, backpressure, context, tasks) = (&next, &backpressure, &context, &tasks[..]);
            scope.spawn(move || worker(context, tasks, next, backpressure, threads, &sender));
        }
        drop(sender);
        let mut pending: BTreeMap<usize, (Vec<PartialResult>, bool)> = BTreeMap::new();
        let mut due = 0;
        for Message { task, part, is_last } in receiver {
            let (parts, finished) = pending.entry(task).or_default();
            parts.extend(part);
            *finished |= is_last;
            while let Some((parts, finished)) = pending.get_mut(&due) {
                for part in parts.drain(..) {
                    backpressure.subtract_waiting(part.held_bytes());
                    if sink(tasks[due].input, part).is_break() {
                        backpressure.close();
                        return;
                    }
                }
                if !*finished {
                    break;
                }
                pending.remove(&due);
                due += 1;
                backpressure.advance(due);
            }
        }
    });
}

fn tasks(options: &ScanOptions<'_>, mode: OutputMode, inputs: &[PlannedInput]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (i, input) in inputs.iter().enumerate().filter(|(_, input)| input.duplicate_of.is_none()) {
        match input.plain_len() {
            Some(len) => {
                tasks.extend(Ranges::new(options, mode, len).map(|range| Task { input: i, range: Some(range) }));
            }
            None => tasks.push(Task { input: i, range: None }),
        }
    }
    tasks
}

fn worker(
    context: &WorkerContext<'_>,
    tasks: &[Task],
    next: &AtomicUsize,
    backpressure: &Backpressure,
    threads: usize,
    sender: &SyncSender<Message>,
) {
    let mut scratch = WorkerScratch::default();
    loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        let Some(task) = tasks.get(i) else { return };
        if !backpressure.wait(i, threads * MAX_TASKS_AHEAD) {
            return;
        }
        // With no task left, a core is free for decoding.
        let decode_ahead = next.load(Ordering::Relaxed) >= tasks.len();
        let mut stopped = false;
        // The last part of a range says that it is the last one: a message wakes the collector.
        let mut last = None;
        context.run(*task, &mut scratch, decode_ahead, &mut |mut part| {
            part.counts.share(&context.options.subjects);
            backpressure.add_waiting(part.held_bytes());
            let wanted = if part.counts.is_full() { backpressure.wait(i, 1) } else { backpressure.wait_for_room(i) };
            let due = if task.range.is_some() { last.replace(part) } else { Some(part) };
            let fails = |part| sender.send(Message { task: i, part: Some(part), is_last: false }).is_err();
            stopped = !wanted || due.is_some_and(fails);
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if stopped || sender.send(Message { task: i, part: last, is_last: true }).is_err() {
            return;
        }
    }
}

/// What all workers share.
struct WorkerContext<'d> {
    options: &'d ScanOptions<'d>,
    mode: OutputMode,
    inputs: &'d [PlannedInput],
    /// The plain text that some worker is reading, for each input.
    open: Vec<Mutex<Weak<InputRanges>>>,
}

impl WorkerContext<'_> {
    fn run(&self, task: Task, scratch: &mut WorkerScratch, decode_ahead: bool, sink: scan_input::PartSink<'_>) {
        let input = &self.inputs[task.input];
        let job = Job {
            options: self.options,
            mode: self.mode,
            source: &input.name,
            node: input.node.as_deref(),
            encodes: true,
        };
        self.options.progress.set_current(&input.name);
        let Some(range) = task.range else {
            scan_input::scan_stream(&job, input, decode_ahead && input.is_encoded(), sink);
            return;
        };
        match self.open_ranges(task.input) {
            Ok(Some(file)) => {
                let mut next = Some(RangeRest::from(range));
                while let Some(range) = next {
                    let part;
                    (part, next) = file.scan(&job, scratch, range);
                    if sink(part).is_break() {
                        return;
                    }
                }
            }
            // UTF-16 is read from its front, by the worker that has its first range.
            Ok(None) if range.0 == 0 => scan_input::scan_stream(&job, input, false, sink),
            Ok(None) => {}
            Err(error) => {
                let _ = sink(PartialResult::of_fault(None, read_fault(&error)));
            }
        }
    }

    fn open_ranges(&self, input: usize) -> std::io::Result<Option<Arc<InputRanges>>> {
        let mut open = self.open[input].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.upgrade() {
            return Ok(Some(file));
        }
        let file = InputRanges::open(&self.inputs[input], self.options)?.map(Arc::new);
        if let Some(file) = &file {
            *open = Arc::downgrade(file);
        }
        Ok(file)
    }
}

/// Keeps workers from being too far ahead of the collector.
struct Backpressure {
    due: Mutex<DueTask>,
    changed: Condvar,
    /// Bytes in the parts that the collector has not taken yet.
    waiting: AtomicUsize,
    /// With more than so many, only the task that is due goes on.
    max_waiting: usize,
}

#[derive(Default)]
struct DueTask {
    /// The task that the collector takes next.
    index: usize,
    /// The collector takes no more.
    closed: bool,
}

impl Backpressure {
    fn new(threads: usize) -> Self {
        let max_waiting = MAX_WAITING_BYTES.0 + threads * MAX_WAITING_BYTES.1;
        Self { due: Mutex::default(), changed: Condvar::new(), waiting: AtomicUsize::new(0), max_waiting }
    }

    /// Waits until task `i` is less than `max_ahead` ahead of the collector. False when the collector
    /// takes no more.
    fn wait(&self, i: usize, max_ahead: usize) -> bool {
        self.wait_while(|due| i >= due + max_ahead)
    }

    /// Waits until the parts that wait leave room for more, or until task `i` is due. False when the collector takes no more.
    fn wait_for_room(&self, i: usize) -> bool {
        !self.is_full() || self.wait_while(|due| i > due && self.is_full())
    }

    /// Waits while `must_wait` says so of the task that is due.
    fn wait_while(&self, must_wait: impl Fn(usize) -> bool) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        while !due.closed && must_wait(due.index) {
            due = self.changed.wait(due).unwrap_or_else(PoisonError::into_inner);
        }
        !due.closed
    }

    fn is_full(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > self.max_waiting
    }

    fn add_waiting(&self, bytes: usize) {
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
    }

    fn subtract_waiting(&self, bytes: usize) {
        let before = self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        if before > self.max_waiting && before - bytes <= self.max_waiting {
            // A worker that compares the old number holds the lock until it waits, so it is woken.
            drop(self.due.lock());
            self.changed.notify_all();
        }
    }

    fn advance(&self, index: usize) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).index = index;
        self.changed.notify_all();
    }

    fn close(&self) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(100);

    /// Lets task 1 ask for room while too much waits and task 0 is due; `then` has to make it go on.
    fn waits_until(then: impl FnOnce(&Backpressure), expected: bool) {
        let backpressure = Backpressure::new(2);
        backpressure.add_waiting(backpressure.max_waiting + 2);
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| sender.send(backpressure.wait_for_room(1)));
            let early = receiver.recv_timeout(SHORT);
            backpressure.subtract_waiting(1);
            let still_full = receiver.recv_timeout(SHORT);
            then(&backpressure);
            let late = receiver.recv_timeout(LONG);
            // Whatever the result, the thread ends.
            backpressure.close();
            assert!(early.is_err() && still_full.is_err(), "it went on while too much waited");
            assert_eq!(late, Ok(expected));
        });
    }

    #[test]
    fn a_worker_goes_on_when_what_waits_leaves_room() {
        waits_until(|backpressure| backpressure.subtract_waiting(1), true);
    }

    #[test]
    fn a_worker_goes_on_when_its_task_is_due() {
        waits_until(|backpressure| backpressure.advance(1), true);
    }

    #[test]
    fn a_worker_stops_when_no_more_is_taken() {
        waits_until(Backpressure::close, false);
    }

    #[test]
    fn the_task_that_is_due_never_waits_for_room() {
        let backpressure = Backpressure::new(1);
        backpressure.add_waiting(usize::MAX / 2);
        assert!(backpressure.wait_for_room(0));
    }
}
