//! When something happened, in bounded memory: buckets that grow wider as time goes on.

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::model::Timestamp;

/// Milliseconds of the narrowest bucket.
const MIN_BUCKET_SECONDS: i64 = 300_000;
/// How many buckets are kept before all become twice as wide.
const MAX_BUCKETS: usize = 512;

/// Moments, counted in buckets of one width.
///
/// The width is the narrowest power-of-two multiple of five minutes with which all moments fit, so
/// the result depends on the moments alone, not on their order or on how the log was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    width: i64,
    /// In the order of time.
    buckets: Vec<PackedBucket>,
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

/// A bucket as it is kept: a report has hundreds of thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PackedBucket {
    first: PackedTimestamp,
    last: PackedTimestamp,
    count: u64,
}

/// A timestamp in eight bytes: local milliseconds, and in the lowest bits the minutes of its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PackedTimestamp(i64);

impl PackedTimestamp {
    const OFFSET_BITS: u32 = 12;
    /// What stands for no offset. Others are less than a day away from zero, and stand as if counted from
    /// a day before.
    const NONE: i64 = 0;
    const DAY: i64 = 1440;
    /// A time so far away, some 70,000 years, is no time of a log: all beyond stand there.
    const FARTHEST: i64 = i64::MAX >> Self::OFFSET_BITS;

    fn of(time: Timestamp) -> Self {
        let offset = time.offset.map_or(Self::NONE, |offset| i64::from(offset.local_minus_utc() / 60) + Self::DAY);
        let local = time.local.and_utc().timestamp_millis().clamp(-Self::FARTHEST, Self::FARTHEST);
        Self(local << Self::OFFSET_BITS | offset)
    }

    fn local(self) -> i64 {
        self.0 >> Self::OFFSET_BITS
    }

    fn offset(self) -> Option<i64> {
        let offset = self.0 & ((1 << Self::OFFSET_BITS) - 1);
        (offset != Self::NONE).then_some(offset - Self::DAY)
    }

    /// Milliseconds since 1970; see [`Timestamp::instant`].
    fn instant(self) -> i64 {
        self.local() - self.offset().unwrap_or(0) * 60_000
    }

    fn timestamp(self) -> Timestamp {
        let offset = self.offset().and_then(|minutes| FixedOffset::east_opt(i32::try_from(minutes * 60).ok()?));
        let local = DateTime::from_timestamp_millis(self.local()).unwrap_or_default();
        Timestamp { local: local.naive_utc(), offset }
    }
}

impl PackedBucket {
    fn join(&mut self, other: Self) {
        if other.first.instant() < self.first.instant() {
            self.first = other.first;
        }
        if other.last.instant() >= self.last.instant() {
            self.last = other.last;
        }
        self.count += other.count;
    }

    fn bucket(self) -> Bucket {
        Bucket { first: self.first.timestamp(), last: self.last.timestamp(), count: self.count }
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Self { width: MIN_BUCKET_SECONDS, buckets: Vec::new() }
    }
}

impl Timeline {
    /// Counts a moment.
    pub fn add(&mut self, time: Timestamp) {
        let moment = PackedTimestamp::of(time);
        self.put(PackedBucket { first: moment, last: moment, count: 1 });
    }

    /// Counts the moments of another.
    pub fn merge(&mut self, other: Self) {
        while self.width < other.width {
            self.widen();
        }
        other.buckets.into_iter().for_each(|bucket| self.put(bucket));
    }

    /// The buckets that hold something, in the order of time.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = Bucket> + '_ {
        self.buckets.iter().map(|bucket| bucket.bucket())
    }

    /// The earliest moment.
    #[must_use]
    pub fn first(&self) -> Option<Timestamp> {
        self.buckets.first().map(|bucket| bucket.first.timestamp())
    }

    /// The latest moment.
    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.buckets.last().map(|bucket| bucket.last.timestamp())
    }

    /// How many moments.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.count).sum()
    }

    /// The usual distance between two moments: the median. `None` below two.
    #[must_use]
    pub fn usual_gap(&self) -> Option<TimeDelta> {
        let mut gaps: Vec<(i64, u64)> = Vec::with_capacity(2 * self.buckets.len());
        let mut before: Option<PackedTimestamp> = None;
        for bucket in &self.buckets {
            if let Some(before) = before {
                gaps.push((bucket.first.instant() - before.instant(), 1));
            }
            if let Some(inner) = i64::try_from(bucket.count - 1).ok().filter(|inner| *inner > 0) {
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
            .map(|(gap, _)| TimeDelta::milliseconds(gap))
    }

    /// The stretches between which nothing happened for longer than `pause`.
    #[must_use]
    pub fn runs(&self, pause: TimeDelta) -> Vec<Bucket> {
        let pause = pause.num_milliseconds();
        let mut runs: Vec<PackedBucket> = Vec::new();
        for bucket in &self.buckets {
            match runs.last_mut() {
                Some(run) if bucket.first.instant() - run.last.instant() <= pause => run.join(*bucket),
                _ => runs.push(*bucket),
            }
        }
        runs.into_iter().map(PackedBucket::bucket).collect()
    }

    fn key(&self, bucket: &PackedBucket) -> i64 {
        bucket.first.instant().div_euclid(self.width)
    }

    fn put(&mut self, bucket: PackedBucket) {
        loop {
            let key = self.key(&bucket);
            // Nearly always the latest or a new one.
            let place = match self.buckets.last().map(|last| self.key(last)) {
                Some(last) if last == key => Ok(self.buckets.len() - 1),
                Some(last) if last > key => self.buckets.binary_search_by_key(&key, |mine| self.key(mine)),
                _ => Err(self.buckets.len()),
            };
            match place {
                Ok(at) => return self.buckets[at].join(bucket),
                Err(at) if self.buckets.len() < MAX_BUCKETS => return self.buckets.insert(at, bucket),
                Err(_) => self.widen(),
            }
        }
    }

    fn widen(&mut self) {
        self.width *= 2;
        let width = self.width;
        let key = |bucket: &PackedBucket| bucket.first.instant().div_euclid(width);
        self.buckets.dedup_by(|later, earlier| {
            let same = key(later) == key(earlier);
            if same {
                earlier.join(*later);
            }
            same
        });
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;
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

    #[test]
    fn a_timestamp_keeps_its_offset_in_a_bucket() {
        let local: NaiveDateTime = "2026-01-05T20:33:57.123".parse().expect("a time");
        for offset in [None, Some(0), Some(-12 * 3600), Some(14 * 3600), Some(5 * 3600 + 1800), Some(-3600)] {
            let time = Timestamp { local, offset: offset.and_then(FixedOffset::east_opt) };
            let mut line = Timeline::default();
            line.add(time);
            assert_eq!((line.first(), line.last()), (Some(time), Some(time)));
        }
        let early = Timestamp { local: "0001-01-01T00:00:00.001".parse().expect("a time"), offset: None };
        assert_eq!(PackedTimestamp::of(early).timestamp(), early);
        let beyond = [NaiveDateTime::MIN, local, NaiveDateTime::MAX];
        let moments = beyond.map(|local| PackedTimestamp::of(Timestamp { local, offset: None }).instant());
        assert!(moments.is_sorted(), "{moments:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
        #[test]
        fn a_timeline_is_the_same_in_any_order_and_cut(moments in prop::collection::vec(0i64..3_000_000, 0..1500), cut: prop::sample::Index) {
            let whole = of(&moments);
            let cut = if moments.is_empty() { 0 } else { cut.index(moments.len()) };
            let mut joined = of(&moments[cut..]);
            joined.merge(of(&moments[..cut]));
            prop_assert_eq!(&joined, &whole);
            prop_assert!(whole.buckets().count() <= MAX_BUCKETS);
            prop_assert_eq!(whole.count(), moments.len() as u64);
        }
    }
}
