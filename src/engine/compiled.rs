//! The compiled catalogue.

use std::sync::Arc;

use super::{classify::Classifier, verdict_cache::VerdictCache};
use crate::catalogue::Catalogue;

/// The compiled catalogue, ready to scan. Clones share nothing that is written to.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) classifier: Classifier,
    pub(super) want_also: bool,
    /// Verdicts on equal messages may be reused.
    pub(super) caches: bool,
}

impl Engine {
    /// An engine for a catalogue.
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            classifier: Classifier::new(Arc::clone(&catalogue)),
            caches: VerdictCache::supports(&catalogue),
            catalogue,
            want_also: true,
        }
    }

    /// The same engine without weaker matches in its hits: faster, for summaries.
    #[must_use]
    pub fn without_also(mut self) -> Self {
        self.want_also = false;
        self
    }

    /// The catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }
}
