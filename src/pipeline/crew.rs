//! Several threads over one file, and its gains in order.
//!
//! The file is divided into stretches; a worker takes the next one, finds the first record start in
//! it and the first behind it by the rule that its neighbours use, and scans what lies between. The
//! collector, in the calling thread, takes the gains over in the order of the file. A worker may be
//! only so far ahead of the collector, so memory stays flat.

use std::{
    collections::BTreeMap,
    io,
    ops::ControlFlow,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use super::{
    Scan,
    collector::unreadable,
    part::{Job, Keep, Part, Trouble},
};
#[cfg(feature = "mmap")]
use crate::source;
use crate::{
    engine::Recall,
    source::{Cutter, RangeFile},
};

/// A stretch, when findings are only counted: large, for there is little to hand on.
const COUNTED: u64 = 4 << 20;
/// A stretch, when all findings are handed on: small, for they are held until it is their turn.
const HANDED_ON: u64 = 1 << 20;
/// How many stretches for each worker may be done before the collector has taken them over.
const AHEAD: u64 = 2;

/// Scans a file with `threads` workers (0: as many as run at once) and hands the gains to `take` in
/// the order of the file.
pub(super) fn scan(job: &Job<'_>, file: &RangeFile, threads: usize, take: &mut dyn FnMut(Part) -> ControlFlow<()>) {
    let usual = if job.keep == Keep::Counts { COUNTED } else { HANDED_ON };
    let stretch = job.scan.limits.stretch.unwrap_or(usual).max(1);
    let stretches = file.len().div_ceil(stretch).max(1);
    let available = || thread::available_parallelism().map_or(1, usize::from);
    let threads = if threads == 0 { available() } else { threads };
    let threads = u64::try_from(threads).unwrap_or(1).clamp(1, stretches);
    let place = |i: u64| (i * stretch, (i + 1 < stretches).then_some((i + 1) * stretch));
    let bytes = Bytes::of(file, job.scan);
    if threads == 1 {
        let mut desk = Desk::default();
        for i in 0..stretches {
            if take(bytes.read(job, &mut desk, place(i))).is_break() {
                return;
            }
        }
        return;
    }
    let (next, window) = (AtomicU64::new(0), Window::default());
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next, window, place, bytes) = (send.clone(), &next, &window, &place, &bytes);
            scope.spawn(move || {
                let mut desk = Desk::default();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= stretches || !window.wait(i, threads * AHEAD) {
                        return;
                    }
                    if send.send((i, bytes.read(job, &mut desk, place(i)))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (i, part) in receive {
            waiting.insert(i, part);
            while let Some(part) = waiting.remove(&due) {
                due += 1;
                window.advance(due);
                if take(part).is_break() {
                    window.close();
                    return;
                }
            }
        }
    });
}

/// Where the bytes of a file come from.
struct Bytes<'f> {
    file: &'f RangeFile,
    #[cfg(feature = "mmap")]
    map: Option<source::Map>,
}

impl<'f> Bytes<'f> {
    /// Positional reads, or a map when the user wants one and the system gives it.
    #[cfg_attr(not(feature = "mmap"), allow(unused_variables))]
    fn of(file: &'f RangeFile, scan: &Scan<'_>) -> Self {
        Self {
            file,
            #[cfg(feature = "mmap")]
            map: scan.map.then(|| file.map().ok()).flatten(),
        }
    }

    /// Scans one stretch.
    fn read(&self, job: &Job<'_>, desk: &mut Desk, (from, to): (u64, Option<u64>)) -> Part {
        let start = self.file.start(from);
        #[cfg(feature = "mmap")]
        if let Some(map) = &self.map {
            let bytes = usize::try_from(start).ok().and_then(|start| map.get(start..)).unwrap_or_default();
            return cut(job, desk, Cutter::given(bytes, start, to, job.scan.limits), from);
        }
        cut(job, desk, Cutter::until(self.file.reader(from, to), start, to, job.scan.limits), from)
    }
}

/// What a worker keeps from stretch to stretch.
#[derive(Default)]
struct Desk {
    buffer: Vec<u8>,
    recall: Recall,
}

fn cut<R: io::Read>(job: &Job<'_>, desk: &mut Desk, cutter: Cutter<'_, R>, from: u64) -> Part {
    let mut cutter = cutter.with_buffer(std::mem::take(&mut desk.buffer));
    let mut part = Part::default();
    if from > 0
        && let Err(error) = cutter.skip_to_start()
    {
        part.troubles.push(trouble(&error, cutter.read_to()));
        cutter.finish();
    } else {
        feed(job, &mut part, &mut cutter, &mut desk.recall);
    }
    desk.buffer = cutter.into_buffer();
    part
}

fn feed<R: io::Read>(job: &Job<'_>, part: &mut Part, cutter: &mut Cutter<'_, R>, recall: &mut Recall) {
    loop {
        match cutter.next() {
            Ok(Some(piece)) => part.feed(job, recall, &piece),
            Ok(None) => return,
            Err(error) => {
                part.troubles.push(trouble(&error, cutter.read_to()));
                cutter.finish();
            }
        }
    }
}

fn trouble(error: &io::Error, at: u64) -> Trouble {
    let (kind, message) = unreadable(error);
    Trouble { offset: Some(at), kind, message }
}

/// Keeps workers from running away from the collector.
#[derive(Default)]
struct Window {
    /// The stretch that the collector wants next; `None` when it wants no more.
    due: Mutex<Due>,
    moved: Condvar,
}

#[derive(Default)]
struct Due {
    next: u64,
    closed: bool,
}

impl Window {
    /// Waits until stretch `i` is less than `ahead` from the collector; false when nothing is wanted
    /// any more.
    fn wait(&self, i: u64, ahead: u64) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        while !due.closed && i >= due.next + ahead {
            due = self.moved.wait(due).unwrap_or_else(PoisonError::into_inner);
        }
        !due.closed
    }

    fn advance(&self, next: u64) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).next = next;
        self.moved.notify_all();
    }

    fn close(&self) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.moved.notify_all();
    }
}
