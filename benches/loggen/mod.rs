//! A deterministic generator of realistic Jira logs, with their truth.
//!
//! Used by the benches, the tests and `examples/generate_log.rs`. Same recipe, same bytes.

#![allow(dead_code)]

mod failures;
mod noise;

use std::io::{self, Write};

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Other seed, other log.
    pub seed: u64,
    /// The log ends with the first record that reaches this size.
    pub bytes: u64,
    /// Share of records that are failures.
    pub failure_rate: f64,
    /// Share of records that only quote a code.
    pub decoy_rate: f64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { seed: 7, bytes: 1 << 20, failure_rate: 0.01, decoy_rate: 0.003 }
    }
}

/// One failure of a generated log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Byte at which its record starts.
    pub offset: u64,
    /// Line at which its record starts, from 1.
    pub line: u64,
    /// Lines of its record.
    pub lines: u32,
    /// The deciding AADSTS number.
    pub code: Option<u32>,
    /// Trace id.
    pub trace_id: Option<String>,
    /// Correlation id.
    pub correlation_id: Option<String>,
    /// How it is written.
    pub shape: &'static str,
    /// The catalogue id, where the text decides it.
    pub pattern: Option<&'static str>,
}

/// What a generated log holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Bytes.
    pub bytes: u64,
    /// Line breaks.
    pub lines: u64,
    /// Records.
    pub records: u64,
    /// Failures.
    pub failures: u64,
    /// Failures with an AADSTS code.
    pub with_code: u64,
    /// Records that only quote a code.
    pub decoys: u64,
}

/// Random numbers: SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }

    /// A GUID of version 4.
    pub(crate) fn guid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }
}

/// The log's clock.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    millis: u64,
}

impl Clock {
    /// `2026-01-05 08:00:00,000`, a little later at every call; after 25 days it starts again.
    pub(crate) fn stamp(&mut self, dice: &mut Dice, out: &mut Vec<u8>) {
        self.millis += dice.below(400);
        let seconds = self.millis / 1000;
        let (day, hour) = (5 + seconds / 86_400 % 25, seconds / 3600 % 24);
        let (minute, second) = (seconds / 60 % 60, seconds % 60);
        let _ = write!(out, "2026-01-{day:02} {hour:02}:{minute:02}:{second:02},{:03}", self.millis % 1000);
    }
}

/// Writes a log and tells its failures as they are written. Memory stays flat.
pub fn write_to(recipe: &Recipe, out: &mut impl Write, mut on_truth: impl FnMut(Truth)) -> io::Result<Totals> {
    let mut dice = Dice(recipe.seed);
    let mut clock = Clock { millis: 8 * 3_600_000 };
    let mut totals = Totals::default();
    let mut record = Vec::with_capacity(8192);
    while totals.bytes < recipe.bytes {
        record.clear();
        let chance = dice.share();
        let truth = if chance < recipe.failure_rate {
            Some(failures::write(&mut dice, &mut clock, &mut record))
        } else {
            if chance < recipe.failure_rate + recipe.decoy_rate {
                noise::decoy(&mut dice, &mut clock, &mut record);
                totals.decoys += 1;
            } else {
                noise::ordinary(&mut dice, &mut clock, &mut record);
            }
            None
        };
        let lines = record.iter().filter(|b| **b == b'\n').count();
        if let Some(truth) = truth {
            totals.failures += 1;
            totals.with_code += u64::from(truth.code.is_some());
            on_truth(Truth {
                offset: totals.bytes,
                line: totals.lines + 1,
                lines: u32::try_from(lines).unwrap_or(0),
                ..truth
            });
        }
        out.write_all(&record)?;
        totals.records += 1;
        totals.bytes += record.len() as u64;
        totals.lines += lines as u64;
    }
    Ok(totals)
}

/// A log in memory and its failures.
#[must_use]
pub fn generate(recipe: &Recipe) -> (Vec<u8>, Vec<Truth>) {
    let (mut log, mut truths) = (Vec::new(), Vec::new());
    // Writing to memory cannot fail.
    let _ = write_to(recipe, &mut log, |truth| truths.push(truth));
    (log, truths)
}
