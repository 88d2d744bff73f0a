//! What an archive may cost.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What an archive may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Archives within archives.
    pub depth: usize,
    /// Decoded bytes for each encoded byte.
    pub ratio: u64,
    /// Decoded bytes below which the ratio tells nothing: a log of one repeated line compresses well.
    pub ratio_from: u64,
    /// Decoded bytes of one log, over all layers, and of all entries of one zip by its directory.
    pub bytes: u64,
    /// Bytes of all zips within other archives, which are held in memory.
    pub nested: u64,
    /// Entries of one archive.
    pub entries: usize,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self { depth: 4, ratio: 1000, ratio_from: 64 << 20, bytes: 64 << 30, nested: 256 << 20, entries: 1_000_000 }
    }
}

/// Counts what is decoded, over all layers.
#[derive(Debug, Clone, Default)]
pub(in crate::source) struct DecodeBudget {
    pub(in crate::source) bounds: ArchiveLimits,
    /// Bytes of the input, when that is known.
    input: Option<u64>,
    decoded: Arc<AtomicU64>,
    held: Arc<AtomicU64>,
}

impl DecodeBudget {
    pub(in crate::source) fn new(bounds: ArchiveLimits, input: Option<u64>) -> Self {
        Self { bounds, input, ..Self::default() }
    }

    /// How many bytes of zips may still be held in memory.
    pub(super) fn may_hold(&self) -> u64 {
        self.bounds.nested.saturating_sub(self.held.load(Ordering::Relaxed))
    }

    pub(super) fn hold(&self, bytes: u64) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Watches what a decoder gives; `encoded` counts what it was given.
    pub(super) fn watch<R>(&self, reader: R, encoded: Arc<AtomicU64>) -> BudgetedReader<R> {
        BudgetedReader { reader, encoded, own: 0, meter: self.clone() }
    }
}

/// A decoder that ends with an error when it gives too much.
pub(super) struct BudgetedReader<R> {
    reader: R,
    encoded: Arc<AtomicU64>,
    own: u64,
    meter: DecodeBudget,
}

impl<R: Read> Read for BudgetedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(into)?;
        let bounds = &self.meter.bounds;
        self.own += n as u64;
        let all = self.meter.decoded.fetch_add(n as u64, Ordering::Relaxed) + n as u64;
        let grows = |decoded: u64, encoded: u64| decoded > bounds.ratio_from && decoded / encoded.max(1) > bounds.ratio;
        // Each layer by itself, and all of them together: small steps make a long way, too.
        if grows(self.own, self.encoded.load(Ordering::Relaxed))
            || self.meter.input.is_some_and(|input| grows(all, input))
        {
            return Err(io::Error::other(format!(
                "it grows to more than {} times its size, as a decompression bomb does (--max-ratio allows more)",
                bounds.ratio
            )));
        }
        if all > bounds.bytes {
            return Err(io::Error::other(format!(
                "it decodes to more than {} MiB (--max-decoded allows more)",
                bounds.bytes >> 20
            )));
        }
        Ok(n)
    }
}

/// Counts what is read.
pub(super) struct CountingReader<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R> CountingReader<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, count: Arc::default() }
    }

    pub(super) fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(into)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
