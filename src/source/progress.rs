//! How far a run has come, for a progress display.

use std::{
    fmt,
    io::{self, Read},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// How far a run has come. Several threads read; the listener is called from one of them at a time.
pub struct Progress {
    read: AtomicU64,
    total: AtomicU64,
    current: Mutex<String>,
    left_out: Mutex<LeftOut>,
    started: Stopwatch,
    /// When the listener was last called, in milliseconds since the start.
    notified_at: AtomicU64,
    listener: Option<Mutex<Listener>>,
    cancelled: AtomicBool,
}

/// Files and entries that are no logs by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The first of them, at most [`LeftOut::MAX_NAMES`].
    pub names: Vec<String>,
    /// How many there are.
    pub count: u64,
}

impl LeftOut {
    /// How many names are kept.
    pub const MAX_NAMES: usize = 1000;
}

type Listener = Box<dyn FnMut(&Progress) + Send>;

/// Minimum time between two calls of the listener, in milliseconds.
const MIN_INTERVAL_MS: u64 = 100;

impl Default for Progress {
    fn default() -> Self {
        Self {
            read: AtomicU64::new(0),
            total: AtomicU64::new(0),
            current: Mutex::default(),
            left_out: Mutex::default(),
            started: Stopwatch::start(),
            notified_at: AtomicU64::new(0),
            listener: None,
            cancelled: AtomicBool::new(false),
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("read", &self.read).field("total", &self.total).finish_non_exhaustive()
    }
}

impl Progress {
    /// Calls `listener` while bytes are read, at most every 100 ms. In a browser, where there is no
    /// clock, it is called after each read.
    #[must_use]
    pub fn with_listener(listener: impl FnMut(&Self) + Send + 'static) -> Self {
        Self { listener: Some(Mutex::new(Box::new(listener))), ..Self::default() }
    }

    /// Bytes read so far; of compressed files, the compressed ones. Never more than [`Progress::total`], although the
    /// start of a file is read twice: once to recognise its format.
    #[must_use]
    pub fn read(&self) -> u64 {
        let (read, total) = (self.read.load(Ordering::Relaxed), self.total());
        if total == 0 { read } else { read.min(total) }
    }

    /// Bytes of all inputs; 0 when no length is known, as with a pipe.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Ends the run soon: no more bytes are read, and every input that is not at its end gets a fault. The
    /// report of a cancelled run is incomplete.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// True once the run was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Called before each read.
    ///
    /// # Errors
    /// The run was cancelled.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.is_cancelled() { Err(io::Error::other("the run was cancelled")) } else { Ok(()) }
    }

    /// The file or archive entry that was started last.
    #[must_use]
    pub fn current(&self) -> String {
        self.current.lock().map_or_else(|_| String::new(), |name| name.clone())
    }

    /// Time since the run started; zero in a browser.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// What was left out of folders and archives, because its name is not that of a log.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out.lock().map_or_else(|_| LeftOut::default(), |left_out| left_out.clone())
    }

    /// Adds a file or an entry that is not read.
    pub(crate) fn add_left_out(&self, name: &str) {
        if let Ok(mut left_out) = self.left_out.lock() {
            left_out.count += 1;
            if left_out.names.len() < LeftOut::MAX_NAMES {
                left_out.names.push(name.to_owned());
            }
        }
    }

    /// Sets the file or entry that is being read.
    pub(crate) fn set_current(&self, name: &str) {
        if self.listener.is_some()
            && let Ok(mut current) = self.current.lock()
        {
            name.clone_into(&mut current);
        }
    }

    /// Adds bytes that are still to be read.
    pub(super) fn add_total(&self, bytes: u64) {
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds bytes that were read.
    pub(super) fn add(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        let Some(listener) = &self.listener else { return };
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if Stopwatch::RUNS && now < self.notified_at.load(Ordering::Relaxed) + MIN_INTERVAL_MS {
            return;
        }
        if let Ok(mut listener) = listener.try_lock() {
            self.notified_at.store(now, Ordering::Relaxed);
            listener(self);
        }
    }
}

/// The time since a start.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
struct Stopwatch(std::time::Instant);

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Stopwatch {
    const RUNS: bool = true;

    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// WebAssembly in a browser has no clock; to ask for the time would panic.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
struct Stopwatch;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl Stopwatch {
    const RUNS: bool = false;

    fn start() -> Self {
        Self
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Counts what is read of something whose length is unknown.
pub(super) struct CountingReader<R> {
    reader: R,
    progress: Arc<Progress>,
}

impl<R> CountingReader<R> {
    pub(super) fn new(reader: R, progress: &Arc<Progress>) -> Self {
        Self { reader, progress: Arc::clone(progress) }
    }
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.progress.check()?;
        let read = self.reader.read(buffer)?;
        self.progress.add(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_read_twice_do_not_exceed_the_total() {
        let progress = Progress::default();
        progress.add(700);
        assert_eq!(progress.read(), 700, "no length is known");
        progress.add_total(1000);
        progress.add(700);
        assert_eq!((progress.read(), progress.total()), (1000, 1000));
    }
}
