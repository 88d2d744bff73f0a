//! The written forms that are kept, for all workers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
};

use foldhash::fast::FixedState;

use super::{form::WrittenForm, shape::RecordShape};
use crate::pipeline::encoded::EncodedPart;

/// How many bytes of forms are kept, whatever the number of workers.
pub(super) const MAX_BYTES: usize = 10 << 20;
/// How many bytes of records that came once are kept.
const MAX_FIRST_BYTES: usize = 6 << 20;

/// The written forms that all workers recall.
#[derive(Debug, Default)]
pub(crate) struct SharedForms {
    forms: RwLock<Forms>,
    first: Mutex<FirstRecords>,
}

/// The records that came once, by their keys.
#[derive(Debug, Default)]
struct FirstRecords {
    records: HashMap<u64, FirstRecord, FixedState>,
    bytes: usize,
}

/// A record that came once.
#[derive(Debug)]
pub(super) struct FirstRecord {
    pub(super) input: Arc<InputName>,
    pub(super) raw: Vec<u8>,
    pub(super) shape: RecordShape,
    /// Its offset in the input.
    pub(super) offset: u64,
    /// Its finding, in line 1.
    pub(super) written: EncodedPart,
}

#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) known: HashMap<u64, Vec<KnownRecord>, FixedState>,
    pub(super) bytes: usize,
    /// There is no room for more forms of this input.
    pub(super) full_of: Option<Arc<InputName>>,
}

/// A record that came more than once.
#[derive(Debug)]
pub(super) struct KnownRecord {
    pub(super) input: Arc<InputName>,
    pub(super) raw: Vec<u8>,
    pub(super) shape: RecordShape,
    /// `None` when its finding depends on more than the values.
    pub(super) form: Option<WrittenForm>,
}

/// What a finding says of its input.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct InputName {
    pub(super) source: String,
    pub(super) node: Option<String>,
}

impl SharedForms {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Forms> {
        self.forms.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a record without a form.
    pub(super) fn remember(&self, key: u64, record: FirstRecord) {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.bytes + record.size() > MAX_FIRST_BYTES {
            *first = FirstRecords::default();
        }
        first.bytes += record.size();
        if let Some(replaced) = first.records.insert(key, record) {
            first.bytes -= replaced.size();
        }
    }

    /// The record that came first, for one worker: it learns the form.
    pub(super) fn take_first(
        &self,
        key: u64,
        input: &Arc<InputName>,
        raw: &[u8],
        shape: &RecordShape,
    ) -> Option<FirstRecord> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let known = first.records.get(&key)?;
        if known.input != *input || !shape.is_same(raw, &known.shape, &known.raw) {
            return None;
        }
        let known = first.records.remove(&key)?;
        first.bytes -= known.size();
        Some(known)
    }

    /// Adds a form. Where there is no room, the forms of other inputs go.
    pub(super) fn add(&self, key: u64, known: KnownRecord) {
        self.forms.write().unwrap_or_else(PoisonError::into_inner).add(key, known);
    }
}

impl Forms {
    pub(super) fn find(
        &self,
        key: u64,
        input: &Arc<InputName>,
        raw: &[u8],
        shape: &RecordShape,
    ) -> Option<&KnownRecord> {
        let is_same = |known: &&KnownRecord| known.input == *input && shape.is_same(raw, &known.shape, &known.raw);
        self.known.get(&key)?.iter().find(is_same)
    }

    /// Adds a form. Where there is no room, the forms of other inputs go.
    pub(super) fn add(&mut self, key: u64, known: KnownRecord) {
        if self.bytes + known.size() > MAX_BYTES {
            self.known.retain(|_, records| records.iter().any(|record| record.input == known.input));
            self.bytes = self.known.values().flatten().map(KnownRecord::size).sum();
            if self.bytes + known.size() > MAX_BYTES / 4 * 3 {
                self.full_of = Some(known.input);
                return;
            }
        }
        self.full_of = None;
        self.bytes += known.size();
        self.known.entry(key).or_default().push(known);
    }
}

impl FirstRecord {
    /// Bytes in memory.
    fn size(&self) -> usize {
        size_of::<Self>() + self.raw.len() + self.shape.size() + self.written.extent().size()
    }
}

impl KnownRecord {
    /// Bytes in memory.
    fn size(&self) -> usize {
        size_of::<Self>() + self.raw.len() + self.shape.size() + self.form.as_ref().map_or(0, WrittenForm::size)
    }
}
