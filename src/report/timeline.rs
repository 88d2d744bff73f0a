//! When something happened, in bounded memory: buckets that grow wider as the time span grows.

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::model::Timestamp;

/// Width of the narrowest bucket in milliseconds: five minutes.
const MIN_BUCKET_MILLIS: i64 = 300_000;
/// Buckets that are kept before all become twice as wide.
const MAX_BUCKETS: usize = 512;

/// Times, counted in buckets of one width.
///
/// The width is the narrowest power-of-two multiple of five minutes with which all times fit, so the
/// result depends on the times alone, not on their order or on how the log was cut into chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timeline {
    /// In milliseconds.
    width: i64,
    /// In order of time; none is empty.
    buckets: Vec<PackedBucket>,
}

/// The times within one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// The earliest of them.
    pub(crate) first: Timestamp,
    /// The latest of them.
    pub(crate) last: Timestamp,
    /// How many there are.
    pub(crate) count: u64,
}

/// A bucket as stored: a report can have hundreds of thousands.
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
    /// Means: no offset. Offsets are stored with [`BIAS`](Self::BIAS) added, so none of them is zero.
    const NO_OFFSET: i64 = 0;
    /// A day in minutes: every offset is less than a day away from zero.
    const BIAS: i64 = 1440;
    /// Times beyond this one, some 70,000 years away, are stored as this one.
    const MAX_MILLIS: i64 = i64::MAX >> Self::OFFSET_BITS;

    fn of(time: Timestamp) -> Self {
        let offset =
            time.offset.map_or(Self::NO_OFFSET, |offset| i64::from(offset.local_minus_utc() / 60) + Self::BIAS);
        let local = time.local.and_utc().timestamp_millis().clamp(-Self::MAX_MILLIS, Self::MAX_MILLIS);
        Self(local << Self::OFFSET_BITS | offset)
    }

    fn local(self) -> i64 {
        self.0 >> Self::OFFSET_BITS
    }

    fn offset(self) -> Option<i64> {
        let offset = self.0 & ((1 << Self::OFFSET_BITS) - 1);
        (offset != Self::NO_OFFSET).then_some(offset - Self::BIAS)
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
    fn merge(&mut self, other: Self) {
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
        Self { width: MIN_BUCKET_MILLIS, buckets: Vec::new() }
    }
}

impl Timeline {
    /// Counts a time.
    pub(crate) fn add(&mut self, time: Timestamp) {
        let packed = PackedTimestamp::of(time);
        self.add_bucket(PackedBucket { first: packed, last: packed, count: 1 });
    }

    /// Counts the times of another timeline.
    pub(crate) fn merge(&mut self, other: Self) {
        while self.width < other.width {
            self.widen();
        }
        other.buckets.into_iter().for_each(|bucket| self.add_bucket(bucket));
    }

    /// The earliest time.
    #[must_use]
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.buckets.first().map(|bucket| bucket.first.timestamp())
    }

    /// The latest time.
    #[must_use]
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.buckets.last().map(|bucket| bucket.last.timestamp())
    }

    /// How many times were counted.
    #[must_use]
    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.count).sum()
    }

    /// The median gap between two successive times; `None` with fewer than two times.
    #[must_use]
    pub(crate) fn median_gap(&self) -> Option<TimeDelta> {
        let mut gaps: Vec<(i64, u64)> = Vec::with_capacity(2 * self.buckets.len());
        let mut previous: Option<PackedTimestamp> = None;
        for bucket in &self.buckets {
            if let Some(previous) = previous {
                gaps.push((bucket.first.instant() - previous.instant(), 1));
            }
            if let Some(inner) = i64::try_from(bucket.count - 1).ok().filter(|inner| *inner > 0) {
                gaps.push(((bucket.last.instant() - bucket.first.instant()) / inner, bucket.count - 1));
            }
            previous = Some(bucket.last);
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

    /// The periods that pauses longer than `pause` separate.
    #[must_use]
    pub(crate) fn periods(&self, pause: TimeDelta) -> Vec<Bucket> {
        let pause = pause.num_milliseconds();
        let mut periods: Vec<PackedBucket> = Vec::new();
        for bucket in &self.buckets {
            match periods.last_mut() {
                Some(period) if bucket.first.instant() - period.last.instant() <= pause => period.merge(*bucket),
                _ => periods.push(*bucket),
            }
        }
        periods.into_iter().map(PackedBucket::bucket).collect()
    }

    /// How many times lie in each of `parts` equal parts of the time from `first` to `last`. The times of a bucket
    /// that extends over several parts are spread over them.
    #[must_use]
    pub(crate) fn histogram(&self, first: Timestamp, last: Timestamp, parts: usize) -> Vec<u64> {
        let (start, end) = (PackedTimestamp::of(first).instant(), PackedTimestamp::of(last).instant());
        let span = i128::from(end.saturating_sub(start).max(1));
        let mut counts = vec![0; parts];
        let part_of = |time: i128| {
            let part = (time - i128::from(start)) * parts as i128 / span;
            usize::try_from(part.max(0)).unwrap_or(usize::MAX).min(parts.saturating_sub(1))
        };
        for bucket in &self.buckets {
            let (from, to) = (i128::from(bucket.first.instant()), i128::from(bucket.last.instant()));
            // As many points as can make a difference, evenly from the first time to the last.
            let points = i128::from(bucket.count).min(2 * parts as i128).max(1);
            for point in 0..points {
                let time = from + (to - from) * point / (points - 1).max(1);
                let share = |point: i128| i128::from(bucket.count) * point / points;
                let count = u64::try_from(share(point + 1) - share(point)).unwrap_or_default();
                if let Some(slot) = counts.get_mut(part_of(time)) {
                    *slot += count;
                }
            }
        }
        counts
    }

    fn key(&self, bucket: &PackedBucket) -> i64 {
        bucket.first.instant().div_euclid(self.width)
    }

    fn add_bucket(&mut self, bucket: PackedBucket) {
        loop {
            let key = self.key(&bucket);
            // Nearly always the latest bucket or a new one after it.
            let position = match self.buckets.last().map(|last| self.key(last)) {
                Some(last) if last == key => Ok(self.buckets.len() - 1),
                Some(last) if last > key => self.buckets.binary_search_by_key(&key, |mine| self.key(mine)),
                _ => Err(self.buckets.len()),
            };
            match position {
                Ok(at) => return self.buckets[at].merge(bucket),
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
                earlier.merge(*later);
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

    fn timeline_of(seconds: &[i64]) -> Timeline {
        let mut timeline = Timeline::default();
        seconds.iter().for_each(|second| timeline.add(at(*second)));
        timeline
    }

    #[test]
    fn periods_are_separated_by_pauses() {
        let timeline = timeline_of(&[0, 60, 120, 8000, 8060]);
        assert_eq!(timeline.median_gap(), Some(TimeDelta::seconds(60)));
        let counts: Vec<u64> = timeline.periods(TimeDelta::hours(1)).iter().map(|period| period.count).collect();
        assert_eq!(counts, [3, 2]);
        assert_eq!(timeline_of(&[5]).median_gap(), None);
    }

    #[test]
    fn a_timestamp_keeps_its_offset_in_a_bucket() {
        let local: NaiveDateTime = "2026-01-05T20:33:57.123".parse().expect("a time");
        for offset in [None, Some(0), Some(-12 * 3600), Some(14 * 3600), Some(5 * 3600 + 1800), Some(-3600)] {
            let time = Timestamp { local, offset: offset.and_then(FixedOffset::east_opt) };
            let mut timeline = Timeline::default();
            timeline.add(time);
            assert_eq!((timeline.first(), timeline.last()), (Some(time), Some(time)));
        }
        let early = Timestamp { local: "0001-01-01T00:00:00.001".parse().expect("a time"), offset: None };
        assert_eq!(PackedTimestamp::of(early).timestamp(), early);
        let beyond = [NaiveDateTime::MIN, local, NaiveDateTime::MAX];
        let instants = beyond.map(|local| PackedTimestamp::of(Timestamp { local, offset: None }).instant());
        assert!(instants.is_sorted(), "{instants:?}");
    }

    #[test]
    fn a_histogram_counts_every_time_where_it_was() {
        let timeline = timeline_of(&[0, 1, 2, 100, 700]);
        assert_eq!(timeline.histogram(at(0), at(800), 8), [3, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(timeline.histogram(at(300), at(300), 2), [4, 1]);
        assert!(timeline.histogram(at(0), at(1), 0).is_empty());
        let many: Vec<i64> = (0..1000).map(|i| i * 60).collect();
        assert_eq!(timeline_of(&many).histogram(at(0), at(60_000), 4), [250, 250, 250, 250]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
        #[test]
        fn a_timeline_is_the_same_in_any_order_and_cut(seconds in prop::collection::vec(0i64..3_000_000, 0..1500), cut: prop::sample::Index) {
            let whole = timeline_of(&seconds);
            let cut = if seconds.is_empty() { 0 } else { cut.index(seconds.len()) };
            let mut merged = timeline_of(&seconds[cut..]);
            merged.merge(timeline_of(&seconds[..cut]));
            prop_assert_eq!(&merged, &whole);
            prop_assert!(whole.buckets.len() <= MAX_BUCKETS);
            prop_assert_eq!(whole.count(), seconds.len() as u64);
        }
    }
}
