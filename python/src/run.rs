//! A scan in a thread of its own. The caller waits without the GIL, and looks at signals and reports progress in
//! between: only the main thread of Python may handle signals.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use oauthsift::Progress;
use pyo3::{exceptions::PyRuntimeError, prelude::*};

/// How long the caller waits before it looks at signals.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);
/// Minimum time between two reports of progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// What a running scan sends.
pub(crate) enum Message<T> {
    /// A part of the result.
    Part(T),
    /// The end.
    Done(Box<oauthsift::Report>),
    /// The thread has panicked.
    Panicked(String),
}

/// A running scan. Dropping it cancels the scan.
pub(crate) struct Run<T> {
    receiver: Mutex<Receiver<Message<T>>>,
    progress: Arc<Progress>,
    /// Called with bytes read, bytes in total and the current input.
    listener: Option<Py<PyAny>>,
    notified: Mutex<Instant>,
}

impl<T: Send + 'static> Run<T> {
    /// Starts a scan; `work` sends its parts.
    pub(crate) fn start(
        listener: Option<Py<PyAny>>,
        work: impl FnOnce(Arc<Progress>, &SyncSender<Message<T>>) -> oauthsift::Report + Send + 'static,
    ) -> PyResult<Self> {
        // A progress with a listener remembers which input it is at.
        let progress = Arc::new(if listener.is_some() { Progress::with_listener(|_| ()) } else { Progress::default() });
        let (sender, receiver) = sync_channel(2);
        let for_work = Arc::clone(&progress);
        let body = move || {
            let message = match catch_unwind(AssertUnwindSafe(|| work(for_work, &sender))) {
                Ok(report) => Message::Done(Box::new(report)),
                Err(payload) => Message::Panicked(panic_text(&*payload)),
            };
            // Nobody listens when the run was dropped.
            let _ = sender.send(message);
        };
        thread::Builder::new().name("oauthsift".to_owned()).spawn(body)?;
        Ok(Self { receiver: Mutex::new(receiver), progress, listener, notified: Mutex::new(Instant::now()) })
    }

    /// Waits for the next message without the GIL, whether or not the calling thread holds it.
    ///
    /// # Errors
    /// What a signal handler or the listener raises; the scan is then cancelled.
    pub(crate) fn next(&self, py: Python<'_>) -> PyResult<Message<T>> {
        loop {
            // Locked without the GIL, so that two threads of Python may take turns.
            let received = py.detach(|| {
                let receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
                receiver.recv_timeout(SIGNAL_INTERVAL)
            });
            let looked = py.check_signals().and_then(|()| self.notify(py, matches!(received, Ok(Message::Done(_)))));
            if let Err(error) = looked {
                self.progress.cancel();
                return Err(error);
            }
            match received {
                Ok(message) => return Ok(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(PyRuntimeError::new_err("the scan has ended already"));
                }
            }
        }
    }

    fn notify(&self, py: Python<'_>, is_end: bool) -> PyResult<()> {
        let Some(listener) = &self.listener else { return Ok(()) };
        {
            let mut notified = self.notified.lock().unwrap_or_else(PoisonError::into_inner);
            if !is_end && notified.elapsed() < PROGRESS_INTERVAL {
                return Ok(());
            }
            *notified = Instant::now();
        }
        let (read, total) = (self.progress.read(), self.progress.total());
        // What is read twice, such as the start of a file, is counted twice.
        let read = if total > 0 { read.min(total) } else { read };
        listener.call1(py, (read, total, self.progress.current())).map(drop)
    }
}

impl<T> Drop for Run<T> {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// A defect of the program; the scan has no result.
pub(crate) fn panicked(text: &str) -> PyErr {
    PyRuntimeError::new_err(format!("the scan failed, please report this: {text}"))
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}
