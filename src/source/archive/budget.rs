//! Counts what is decoded, over all layers, and stops it at the limits.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    decode_error::{explained, of_input},
    limits::ArchiveLimits,
};

/// What may still be decoded of one input; clones share it.
#[derive(Debug, Clone, Default)]
pub(in crate::source) struct DecodeBudget {
    limits: ArchiveLimits,
    /// Encoded bytes of the input, when that is known.
    input_bytes: Option<u64>,
    decoded: Arc<AtomicU64>,
    held: Arc<AtomicU64>,
}

impl DecodeBudget {
    pub(in crate::source) fn new(limits: ArchiveLimits, input_bytes: Option<u64>) -> Self {
        Self { limits, input_bytes, ..Self::default() }
    }

    /// How many bytes of zips may still be kept.
    pub(super) fn holdable_bytes(&self) -> u64 {
        self.limits.max_held_bytes.saturating_sub(self.held.load(Ordering::Relaxed))
    }

    pub(super) fn add_held(&self, bytes: u64) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Limits what a decoder returns; `encoded` counts what it has read.
    pub(super) fn limit<R>(&self, decoder: R, encoded: Arc<AtomicU64>) -> BudgetedReader<R> {
        BudgetedReader { decoder, encoded, decoded: 0, budget: self.clone() }
    }
}

/// A decoder that fails when it returns too much.
pub(super) struct BudgetedReader<R> {
    decoder: R,
    encoded: Arc<AtomicU64>,
    /// Bytes that this layer has returned.
    decoded: u64,
    budget: DecodeBudget,
}

impl<R: Read> Read for BudgetedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer).map_err(explained)?;
        let limits = &self.budget.limits;
        self.decoded += read as u64;
        let total = self.budget.decoded.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        let exceeds_ratio = |decoded: u64, encoded: u64| {
            decoded > limits.ratio_exempt_bytes && decoded / encoded.max(1) > limits.max_ratio
        };
        // Each layer alone, and all of them together: small ratios multiply.
        if exceeds_ratio(self.decoded, self.encoded.load(Ordering::Relaxed))
            || self.budget.input_bytes.is_some_and(|input| exceeds_ratio(total, input))
        {
            return Err(io::Error::other(format!(
                "it expands to more than {} times its size, as a decompression bomb does (--max-ratio allows more)",
                limits.max_ratio
            )));
        }
        if total > limits.max_decoded_bytes {
            return Err(io::Error::other(format!(
                "it decodes to more than {} MiB (--max-decoded allows more)",
                limits.max_decoded_bytes >> 20
            )));
        }
        Ok(read)
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
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer).map_err(of_input)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
