//! When something happened, in bounded memory: buckets that grow wider as time goes on.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::Timestamp;

/// Seconds of the narrowest bucket.
const NARROWEST: i64 = 300;
/// How many buckets are kept before all become twice as wide.
const MOST: usize = 512;

/// Moments, counted in buckets of one width.
///
/// The width is the narrowest power-of-two multiple of five minutes with which all moments fit, so
/// the result depends on the moments alone, not on their order or on how the log was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    width: i64,
    buckets: BTreeMap<i64, Bucket>,
}

/// The moments of one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The first of them.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// How many.
    pub count: u64,
}

impl Bucket {
    fn join(&mut self, other: Self) {
        if other.first.instant() < self.first.instant() {
            self.first = other.first;
        }
        if other.last.instant() >= self.last.instant() {
            self.last = other.last;
        }
        self.count += other.count;
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Self { width: NARROWEST, buckets: BTreeMap::new() }
    }
}

impl Timeline {
    /// Counts a moment.
    pub fn add(&mut self, time: Timestamp) {
        self.put(Bucket { first: time, last: time, count: 1 });
        self.fit();
    }

    /// Counts the moments of another.
    pub fn absorb(&mut self, other: Self) {
        while self.width < other.width {
            self.widen();
        }
        other.buckets.into_values().for_each(|bucket| self.put(bucket));
        self.fit();
    }

    /// The buckets that hold something, in the order of time.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = &Bucket> {
        self.buckets.values()
    }

    /// The earliest moment.
    #[must_use]
    pub fn first(&self) -> Option<Timestamp> {
        self.buckets.values().next().map(|bucket| bucket.first)
    }

    /// The latest moment.
    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.buckets.values().next_back().map(|bucket| bucket.last)
    }

    /// How many moments.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.values().map(|bucket| bucket.count).sum()
    }

    /// The usual distance between two moments: the median. `None` below two.
    #[must_use]
    pub fn usual_gap(&self) -> Option<TimeDelta> {
        let mut gaps: Vec<(TimeDelta, u64)> = Vec::new();
        let mut before: Option<Timestamp> = None;
        for bucket in self.buckets.values() {
            if let Some(before) = before {
                gaps.push((bucket.first.instant() - before.instant(), 1));
            }
            if let Some(inner) = i32::try_from(bucket.count - 1).ok().filter(|inner| *inner > 0) {
                gaps.push(((bucket.last.instant() - bucket.first.instant()) / inner, bucket.count - 1));
            }
            before = Some(bucket.last);
        }
        gaps.sort_unstable();
        let half = gaps.iter().map(|(_, weight)| weight).sum::<u64>().div_ceil(2);
        let mut seen = 0;
        gaps.into_iter()
            .find(|(_, weight)| {
                seen += weight;
                seen >= half
            })
            .map(|(gap, _)| gap)
    }

    /// The stretches between which nothing happened for longer than `pause`.
    #[must_use]
    pub fn runs(&self, pause: TimeDelta) -> Vec<Bucket> {
        let mut runs: Vec<Bucket> = Vec::new();
        for bucket in self.buckets.values() {
            match runs.last_mut() {
                Some(run) if bucket.first.instant() - run.last.instant() <= pause => run.join(*bucket),
                _ => runs.push(*bucket),
            }
        }
        runs
    }

    fn put(&mut self, bucket: Bucket) {
        let key = bucket.first.instant().timestamp().div_euclid(self.width);
        self.buckets.entry(key).and_modify(|mine| mine.join(bucket)).or_insert(bucket);
    }

    fn fit(&mut self) {
        while self.buckets.len() > MOST {
            self.widen();
        }
    }

    fn widen(&mut self) {
        self.width *= 2;
        let narrow = std::mem::take(&mut self.buckets);
        narrow.into_values().for_each(|bucket| self.put(bucket));
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, FixedOffset};
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        let local = DateTime::from_timestamp(1_767_225_600 + seconds, 0).expect("a date").naive_utc();
        Timestamp { local, offset: FixedOffset::east_opt(0) }
    }

    fn of(moments: &[i64]) -> Timeline {
        let mut line = Timeline::default();
        moments.iter().for_each(|second| line.add(at(*second)));
        line
    }

    #[test]
    fn runs_are_what_pauses_part() {
        let line = of(&[0, 60, 120, 8000, 8060]);
        assert_eq!(line.usual_gap(), Some(TimeDelta::seconds(60)));
        let runs: Vec<u64> = line.runs(TimeDelta::hours(1)).iter().map(|run| run.count).collect();
        assert_eq!(runs, [3, 2]);
        assert_eq!(of(&[5]).usual_gap(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
        #[test]
        fn a_timeline_is_the_same_in_any_order_and_cut(moments in prop::collection::vec(0i64..3_000_000, 0..1500), cut: prop::sample::Index) {
            let whole = of(&moments);
            let cut = if moments.is_empty() { 0 } else { cut.index(moments.len()) };
            let mut joined = of(&moments[cut..]);
            joined.absorb(of(&moments[..cut]));
            prop_assert_eq!(&joined, &whole);
            prop_assert!(whole.buckets().count() <= MOST);
            prop_assert_eq!(whole.count(), moments.len() as u64);
        }
    }
}
