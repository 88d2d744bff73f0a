//! How plain text is divided into ranges.

use std::ops::RangeInclusive;

use super::options::{OutputMode, ScanOptions};

/// Bytes of a range when findings are only counted: the rest of the text divided by the number of
/// workers, because each range emits its incidents. So ranges are few, and smaller towards the end of a
/// file, so that the workers finish at the same time.
const COUNTING_RANGE_BYTES: RangeInclusive<u64> = 2 << 20..=128 << 20;
/// Bytes of a range when findings are emitted: smaller, because they are held until it is their turn. What a range has found is
/// counted once for each of its parts, so ranges are no smaller than that.
const STREAMING_RANGE_BYTES: RangeInclusive<u64> = 1 << 19..=2 << 20;

/// Start, and end or `None` for the last one.
pub(super) type Range = (u64, Option<u64>);

/// The ranges of a text of known length.
pub(super) struct Ranges {
    next: Option<u64>,
    len: u64,
    workers: u64,
    /// Bytes of every range, when the user has set them.
    fixed_bytes: Option<u64>,
    mode: OutputMode,
}

impl Ranges {
    pub(super) fn new(options: &ScanOptions<'_>, mode: OutputMode, len: u64) -> Self {
        let workers = options.thread_count().max(1) as u64;
        Self { next: Some(0), len, workers, fixed_bytes: options.limits.range_bytes, mode }
    }

    /// True when no range follows.
    pub(super) fn is_ended(&self) -> bool {
        self.next.is_none()
    }

    fn range_bytes(&self, rest: u64) -> u64 {
        match (self.fixed_bytes, self.mode) {
            (Some(bytes), _) => bytes.max(1),
            (None, OutputMode::Counts) => within(COUNTING_RANGE_BYTES, rest / self.workers),
            (None, OutputMode::List | OutputMode::Stream) => within(STREAMING_RANGE_BYTES, rest / self.workers / 2),
        }
    }
}

fn within(bounds: RangeInclusive<u64>, bytes: u64) -> u64 {
    bytes.clamp(*bounds.start(), *bounds.end())
}

impl Iterator for Ranges {
    type Item = Range;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next?;
        let end = start.saturating_add(self.range_bytes(self.len - start));
        self.next = Some(end).filter(|end| *end < self.len);
        Some((start, self.next))
    }
}
