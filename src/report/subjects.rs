//! Which subjects of a report have incidents of their own.
//!
//! The first subjects of each pattern do; all others share one incident. The aggregator decides, in the
//! order of the log. Once a choice is final it is published, so that the threads that scan later parts of
//! the log merge the others at once instead of keeping each until its part is due.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use foldhash::fast::FixedState;

use super::bounds::{MAX_CODES, MAX_INCIDENTS, MAX_SUBJECTS};

/// Application id, tenant, mailbox, mail server.
pub(super) type SubjectParts = [Option<Vec<u8>>; 4];

/// The incident in which a finding is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// The one of its subject.
    Own,
    /// The one that the surplus subjects of its pattern and this code share.
    Shared { code: Option<u32> },
}

/// The subjects that have incidents of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct SubjectIndex {
    patterns: HashMap<String, HashMap<Option<u32>, Vec<OwnSubject>, FixedState>, FixedState>,
    incidents: usize,
}

#[derive(Debug, Clone)]
struct OwnSubject {
    hash: u64,
    parts: SubjectParts,
}

impl SubjectIndex {
    /// Where a subject is counted. A subject that shares an incident does so for good; one that is not in
    /// the index has its own incident only if it is added before others fill the index.
    pub(super) fn place(
        &self,
        pattern: &str,
        code: Option<u32>,
        hash: u64,
        is_subject: impl Fn(&SubjectParts) -> bool,
    ) -> Placement {
        let full = self.incidents >= MAX_INCIDENTS;
        let codes = self.patterns.get(pattern);
        match codes.and_then(|codes| codes.get(&code)) {
            Some(own) if own.iter().any(|own| own.hash == hash && is_subject(&own.parts)) => Placement::Own,
            Some(own) if full || own.len() >= MAX_SUBJECTS => Placement::Shared { code },
            None if full || codes.is_some_and(|codes| codes.len() >= MAX_CODES) => Placement::Shared { code: None },
            _ => Placement::Own,
        }
    }

    /// Adds a subject that [`SubjectIndex::place`] gave its own incident. True when that makes the
    /// choice final for others.
    pub(super) fn add(&mut self, pattern: &str, code: Option<u32>, hash: u64, parts: &SubjectParts) -> bool {
        self.incidents += 1;
        if !self.patterns.contains_key(pattern) {
            self.patterns.insert(pattern.to_owned(), HashMap::default());
        }
        let Some(codes) = self.patterns.get_mut(pattern) else { return false };
        let own = codes.entry(code).or_default();
        own.push(OwnSubject { hash, parts: parts.clone() });
        own.len() == MAX_SUBJECTS || codes.len() == MAX_CODES || self.incidents == MAX_INCIDENTS
    }
}

/// The index as the aggregator has published it last.
#[derive(Debug, Default)]
pub(crate) struct SharedSubjects {
    version: AtomicU64,
    index: Mutex<Arc<SubjectIndex>>,
}

impl SharedSubjects {
    pub(super) fn publish(&self, index: &SubjectIndex) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(index.clone());
        self.version.fetch_add(1, Ordering::Release);
    }

    /// The index, unless it is still that of `version`, which is updated.
    pub(super) fn newer_than(&self, version: &mut u64) -> Option<Arc<SubjectIndex>> {
        let current = self.version.load(Ordering::Acquire);
        if current == *version {
            return None;
        }
        *version = current;
        Some(Arc::clone(&self.index.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
