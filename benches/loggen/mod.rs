//! A deterministic generator of realistic Jira logs, with the list of failures they contain (their truth).
//!
//! Used by the benches, the tests and `examples/generate_log.rs`. The same recipe gives the same bytes.

// Each user of this module needs only a part of it.
#![allow(dead_code)]

mod failures;
mod jira;
mod noise;
mod rng;
mod shapes;
mod template;

use std::io::{self, Write};

/// Bytes that are buffered before they are written.
const WRITE_SIZE: usize = 256 << 10;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Recipe {
    /// Seed of the random numbers.
    pub(crate) seed: u64,
    /// Minimum size in bytes: the log ends with the record that reaches it.
    pub(crate) bytes: u64,
    /// Fraction of records that are failures, 0 to 1.
    pub(crate) failure_rate: f64,
    /// Fraction of records that only quote a code, 0 to 1.
    pub(crate) decoy_rate: f64,
    /// Each failure with a code names an application that no other names.
    pub(crate) own_applications: bool,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { seed: 7, bytes: 1 << 20, failure_rate: 0.01, decoy_rate: 0.003, own_applications: false }
    }
}

/// One failure of a generated log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    /// Byte offset at which its record starts.
    pub(crate) offset: u64,
    /// Line at which its record starts, from 1.
    pub(crate) line: u64,
    /// Number of lines of its record.
    pub(crate) lines: u32,
    /// The deciding AADSTS number.
    pub(crate) code: Option<u32>,
    /// Trace id.
    pub(crate) trace_id: Option<String>,
    /// Correlation id.
    pub(crate) correlation_id: Option<String>,
    /// Name of the form in which it is written.
    pub(crate) shape: &'static str,
    /// The catalogue id, if the text determines it.
    pub(crate) pattern: Option<&'static str>,
}

/// Totals of a generated log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Bytes.
    pub(crate) bytes: u64,
    /// Line breaks.
    pub(crate) lines: u64,
    /// Records.
    pub(crate) records: u64,
    /// Failures.
    pub(crate) failures: u64,
    /// Failures with an AADSTS code.
    pub(crate) with_code: u64,
    /// Records that only quote a code.
    pub(crate) decoys: u64,
}

/// Writes a log record by record.
#[derive(Debug, Clone)]
pub(crate) struct Generator {
    recipe: Recipe,
    jira: jira::Jira,
    failures: shapes::Failures,
    noise: noise::Noise,
    totals: Totals,
}

impl Generator {
    /// A generator at the start of its log.
    #[must_use]
    pub(crate) fn new(recipe: &Recipe) -> Self {
        let mut jira = jira::Jira::new(recipe.seed);
        let failures = shapes::Failures::new(&mut jira, recipe.own_applications);
        let noise = noise::Noise::new(&mut jira);
        Self { recipe: *recipe, jira, failures, noise, totals: Totals::default() }
    }

    /// Whether some records have CRLF between their lines (the default).
    #[must_use]
    pub(crate) fn crlf_inside(mut self, enabled: bool) -> Self {
        self.failures.set_crlf_inside(enabled);
        self
    }

    /// Whether the log has reached the size in the recipe.
    #[must_use]
    pub(crate) fn done(&self) -> bool {
        self.totals.bytes >= self.recipe.bytes
    }

    /// The totals so far.
    #[must_use]
    pub(crate) fn totals(&self) -> Totals {
        self.totals
    }

    /// Appends the next record including its final line break, and returns its truth if it is a failure. Does not stop
    /// at the size in the recipe: check [`done`](Self::done).
    pub(crate) fn next_record(&mut self, out: &mut Vec<u8>) -> Option<Truth> {
        let start = out.len();
        let chance = self.jira.rng.fraction();
        let mut truth = None;
        if chance < self.recipe.failure_rate {
            truth = Some(self.failures.write(&mut self.jira, out));
        } else if chance < self.recipe.failure_rate + self.recipe.decoy_rate {
            self.noise.decoy(&mut self.jira, out);
            self.totals.decoys += 1;
        } else {
            self.noise.ordinary(&mut self.jira, out);
        }
        let record = &out[start..];
        let lines = record.iter().filter(|byte| **byte == b'\n').count();
        if let Some(truth) = &mut truth {
            truth.offset = self.totals.bytes;
            truth.line = self.totals.lines + 1;
            truth.lines = lines as u32;
            self.totals.failures += 1;
            self.totals.with_code += u64::from(truth.code.is_some());
        }
        self.totals.records += 1;
        self.totals.bytes += record.len() as u64;
        self.totals.lines += lines as u64;
        truth
    }

    /// Writes all records up to the size in the recipe, and passes the failures to `on_truth` as they are written, in
    /// constant memory.
    ///
    /// # Errors
    /// Any error of the writer.
    pub(crate) fn write_to(mut self, out: &mut impl Write, mut on_truth: impl FnMut(Truth)) -> io::Result<Totals> {
        let mut block = Vec::with_capacity(WRITE_SIZE + (16 << 10));
        while !self.done() {
            if let Some(truth) = self.next_record(&mut block) {
                on_truth(truth);
            }
            if block.len() >= WRITE_SIZE {
                out.write_all(&block)?;
                block.clear();
            }
        }
        out.write_all(&block)?;
        Ok(self.totals)
    }
}

/// Writes a log, and passes its failures to `on_truth` as they are written, in constant memory.
///
/// # Errors
/// Any error of the writer.
pub(crate) fn write_to(recipe: &Recipe, out: &mut impl Write, on_truth: impl FnMut(Truth)) -> io::Result<Totals> {
    Generator::new(recipe).write_to(out, on_truth)
}

/// Generates a log in memory. Returns it with its failures.
#[must_use]
pub(crate) fn generate(recipe: &Recipe) -> (Vec<u8>, Vec<Truth>) {
    let mut generator = Generator::new(recipe);
    let (mut log, mut truths) = (Vec::new(), Vec::new());
    while !generator.done() {
        truths.extend(generator.next_record(&mut log));
    }
    (log, truths)
}

#[cfg(test)]
mod tests {
    // Bench targets compile this module, but not its tests.
    #![allow(unused_imports)]

    use std::collections::BTreeSet;

    use super::*;

    const MANY: Recipe =
        Recipe { seed: 11, bytes: 1 << 20, failure_rate: 0.2, decoy_rate: 0.01, own_applications: false };

    /// Byte offset and line number of every record start.
    fn starts(log: &[u8]) -> Vec<(u64, u64)> {
        let (mut offset, mut starts) = (0, Vec::new());
        for (i, line) in log.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if line.starts_with(b"2026-") {
                starts.push((offset, i as u64 + 1));
            }
            offset += line.len() as u64;
        }
        starts
    }

    #[test]
    fn every_truth_points_at_the_start_of_its_record() {
        let (log, truths) = generate(&MANY);
        let starts = starts(&log);
        for truth in &truths {
            let at = starts.binary_search(&(truth.offset, truth.line)).unwrap_or_else(|_| panic!("{truth:?}"));
            let next = starts.get(at + 1).map_or(log.len(), |start| start.0 as usize);
            let record = String::from_utf8_lossy(&log[truth.offset as usize..next]);
            assert_eq!(record.matches('\n').count(), truth.lines as usize, "{truth:?}");
            for id in truth.trace_id.iter().chain(&truth.correlation_id) {
                assert!(record.contains(id.as_str()), "{truth:?}\n{record}");
            }
            let code = truth.code.map(|code| format!("AADSTS{code}: "));
            assert_eq!(record.contains("AADSTS"), code.is_some());
            assert!(record.contains(&code.unwrap_or_default()), "{truth:?}\n{record}");
        }
    }

    #[test]
    fn totals_match_the_bytes() {
        let (mut log, mut truths) = (Vec::new(), Vec::new());
        let totals = write_to(&MANY, &mut log, |truth| truths.push(truth)).expect("memory");
        assert!(totals.bytes >= MANY.bytes);
        assert_eq!(totals.bytes, log.len() as u64);
        assert_eq!(totals.lines, log.iter().filter(|byte| **byte == b'\n').count() as u64);
        assert_eq!(totals.records, starts(&log).len() as u64);
        assert_eq!(totals.failures, truths.len() as u64);
        assert_eq!(totals.with_code, truths.iter().filter(|truth| truth.code.is_some()).count() as u64);
        assert_eq!((log, truths), generate(&MANY));
    }

    #[test]
    fn failure_rates_match_the_recipe() {
        let totals = write_to(&MANY, &mut io::sink(), |_| {}).expect("a sink");
        let rate = totals.failures as f64 / totals.records as f64;
        assert!((0.18..0.22).contains(&rate), "{rate}");
        let none = Recipe { failure_rate: 0.0, decoy_rate: 0.0, ..MANY };
        let (log, truths) = generate(&none);
        assert!(truths.is_empty() && !String::from_utf8_lossy(&log).contains("AADSTS"));
    }

    #[test]
    fn the_seed_determines_every_byte() {
        let recipe = Recipe::default();
        assert!(generate(&recipe) == generate(&recipe));
        assert!(generate(&recipe).0 != generate(&Recipe { seed: 8, ..recipe }).0);
        assert!(generate(&recipe).0 != generate(&Recipe { own_applications: true, ..recipe }).0);
    }

    #[test]
    fn all_shapes_and_codes_occur_and_ids_are_unique() {
        let (log, truths) = generate(&MANY);
        assert_eq!(truths.iter().map(|truth| truth.shape).collect::<BTreeSet<_>>().len(), 10);
        assert!(truths.iter().filter_map(|truth| truth.code).collect::<BTreeSet<_>>().len() >= 26);
        let ids: Vec<_> = truths.iter().flat_map(|truth| truth.trace_id.iter().chain(&truth.correlation_id)).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert!(log.windows(2).any(|pair| pair == b"\r\n"));
        let mut generator = Generator::new(&MANY).crlf_inside(false);
        let mut log = Vec::new();
        (0..500).for_each(|_| drop(generator.next_record(&mut log)));
        assert!(!log.contains(&b'\r'));
    }

    #[test]
    fn time_goes_forward_through_the_calendar() {
        let (log, _) = generate(&Recipe { failure_rate: 0.0, ..MANY });
        let timestamps: Vec<_> = starts(&log).iter().map(|start| &log[start.0 as usize..][..28]).collect();
        assert!(timestamps.is_sorted());
        assert!(timestamps[0].starts_with(b"2026-01-05 00:00:0") && timestamps[0].ends_with(b"+0000"));
        assert_eq!(jira::date_time(1_772_323_199), *b"2026-02-28 23:59:59");
        assert_eq!(jira::date_time(1_772_323_200), *b"2026-03-01 00:00:00");
    }
}
