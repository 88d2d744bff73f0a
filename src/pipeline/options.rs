//! Options of a scan, apart from its inputs.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicBool},
    thread,
};

use chrono::{DateTime, Utc};

use super::{encoded::FindingEncoder, filter::Filter, recall::forms::SharedForms, spare_buffers::SpareBuffers};
use crate::{
    engine::Engine,
    extract::redact::{PseudonymKey, RedactionLevel},
    report::SharedSubjects,
    source::{ArchiveLimits, Holder, Limits, Progress, hold_in_memory},
};

/// How to scan.
#[derive(Debug, Clone)]
pub(super) struct ScanOptions<'e> {
    pub(super) engine: &'e Engine,
    pub(super) filter: Filter,
    pub(super) redaction: RedactionLevel,
    pub(super) key: Option<PseudonymKey>,
    pub(super) limits: Limits,
    pub(super) archive_limits: ArchiveLimits,
    /// Where zips within compressed archives are kept.
    pub(super) holder: Holder,
    /// 0 for as many as the machine runs at once.
    pub(super) threads: usize,
    #[cfg(feature = "mmap")]
    pub(super) mmap: bool,
    pub(super) user_patterns: bool,
    pub(super) generated_at: Option<DateTime<Utc>>,
    pub(super) progress: Arc<Progress>,
    /// Which subjects have incidents of their own, in this run.
    pub(super) subjects: Arc<SharedSubjects>,
    /// Workers write their findings with it.
    pub(super) encoder: Option<Encoder<'e>>,
    /// What they recall of what they wrote, in this run.
    pub(super) forms: Arc<SharedForms>,
    /// What they write to.
    pub(super) spare_buffers: Arc<SpareBuffers>,
    /// Of the findings that follow in this run only the times are wanted.
    pub(super) list_is_full: Arc<AtomicBool>,
}

/// How workers write findings.
#[derive(Clone, Copy)]
pub(super) struct Encoder<'e>(pub(super) &'e dyn FindingEncoder);

impl fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encoder")
    }
}

impl<'e> ScanOptions<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            filter: Filter::default(),
            redaction: RedactionLevel::default(),
            key: None,
            limits: Limits::default(),
            archive_limits: ArchiveLimits::default(),
            holder: hold_in_memory,
            threads: 0,
            #[cfg(feature = "mmap")]
            mmap: false,
            user_patterns: false,
            generated_at: None,
            progress: Arc::default(),
            subjects: Arc::default(),
            encoder: None,
            forms: Arc::default(),
            spare_buffers: Arc::default(),
            list_is_full: Arc::default(),
        }
    }

    /// Number of threads that scan. With 1 no thread is started.
    pub(super) fn thread_count(&self) -> usize {
        match self.threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

/// What is done with findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputMode {
    /// All are emitted and numbered.
    List,
    /// All are emitted.
    Stream,
    /// They are counted.
    Counts,
}
