//! What the workers are to do with a source.

use super::options::{OutputMode, ScanOptions};

/// What is scanned, and how: the same for all ranges of a source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'j> {
    pub(super) options: &'j ScanOptions<'j>,
    pub(super) mode: OutputMode,
    pub(super) source: &'j str,
    /// Cluster node of the source, if it is known.
    pub(super) node: Option<&'j str>,
    /// Findings are to be written: what they are otherwise, the collector writes.
    pub(super) encodes: bool,
}
