//! How far a run has come, for whoever shows it.

use std::{
    fmt,
    io::{self, Read},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How far a run has come. Reading goes on in several threads; whoever listens is called from one of
/// them, never from two at once.
pub struct Progress {
    read: AtomicU64,
    total: AtomicU64,
    current: Mutex<String>,
    started: Instant,
    /// When the listener was last called, in milliseconds from the start.
    told: AtomicU64,
    listener: Option<Mutex<Listener>>,
}

type Listener = Box<dyn FnMut(&Progress) + Send>;

/// How often the listener is called at most.
const MIN_INTERVAL: u64 = 100;

impl Default for Progress {
    fn default() -> Self {
        Self {
            read: AtomicU64::new(0),
            total: AtomicU64::new(0),
            current: Mutex::default(),
            started: Instant::now(),
            told: AtomicU64::new(0),
            listener: None,
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("read", &self.read).field("total", &self.total).finish_non_exhaustive()
    }
}

impl Progress {
    /// Progress that is told to `listener`, at most every 100 ms, as long as anything is read.
    #[must_use]
    pub fn with_listener(listener: impl FnMut(&Self) + Send + 'static) -> Self {
        Self { listener: Some(Mutex::new(Box::new(listener))), ..Self::default() }
    }

    /// Bytes read so far, as they lie on the disk: of compressed files, the compressed ones.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all files; 0 when that is not known, as with a pipe.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// The file or entry that was begun last.
    #[must_use]
    pub fn current(&self) -> String {
        self.current.lock().map_or_else(|_| String::new(), |name| name.clone())
    }

    /// Since the run began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Says which file or entry is being read.
    pub(crate) fn reading(&self, name: &str) {
        if self.listener.is_some()
            && let Ok(mut current) = self.current.lock()
        {
            name.clone_into(&mut current);
        }
    }

    /// So many bytes more will be read.
    pub(super) fn expect(&self, bytes: u64) {
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many bytes more were read.
    pub(super) fn add(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
        let Some(listener) = &self.listener else { return };
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now < self.told.load(Ordering::Relaxed) + MIN_INTERVAL {
            return;
        }
        if let Ok(mut listener) = listener.try_lock() {
            self.told.store(now, Ordering::Relaxed);
            listener(self);
        }
    }
}

/// Counts what is read of something that has no length.
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
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(into)?;
        self.progress.add(n);
        Ok(n)
    }
}
