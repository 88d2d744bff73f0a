//! Buffers of parts that were written out, for parts that follow.
//!
//! A worker fills them, the collector empties them. If each part had its own, one thread would allocate and another free
//! them, which costs time, and memory that is kept for each thread.

use std::{
    rc::Rc,
    sync::{Mutex, PoisonError},
};

use super::encoded::EncodedPart;

/// How many are kept.
const MAX_BUFFERS: usize = 32;

/// The buffers that are not in use.
#[derive(Debug, Default)]
pub(super) struct SpareBuffers(Mutex<Vec<EncodedPart>>);

impl SpareBuffers {
    /// An empty part, with buffers if there are any.
    pub(super) fn take(&self) -> EncodedPart {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Gives back the buffers of a part, unless something else still refers to it.
    pub(super) fn put(&self, part: Rc<EncodedPart>) {
        let Some(mut part) = Rc::into_inner(part).filter(|part| part.held_bytes() > 0) else { return };
        part.clear();
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < MAX_BUFFERS {
            spare.push(part);
        }
    }
}
