//! The written forms that are kept, for all workers.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use foldhash::fast::FixedState;

use super::{form::WrittenForm, shape::RecordShape};

/// How many bytes of forms are kept, whatever the number of workers.
pub(super) const MAX_BYTES: usize = 10 << 20;
/// The written forms that all workers recall.
#[derive(Debug, Default)]
pub(crate) struct SharedForms(pub(super) RwLock<Forms>);

#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) known: HashMap<u64, Vec<KnownRecord>, FixedState>,
    pub(super) bytes: usize,
    /// There is no room for more forms of this input.
    pub(super) full_of: Option<Arc<InputName>>,
}

/// A record that came twice.
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

impl KnownRecord {
    /// Bytes in memory.
    fn size(&self) -> usize {
        size_of::<Self>() + self.raw.len() + self.shape.size() + self.form.as_ref().map_or(0, WrittenForm::size)
    }
}
