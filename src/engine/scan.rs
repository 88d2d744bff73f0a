//! The hot path: whole records in, hits out.

use super::{
    assess::{Outcome, head},
    candidate::{Candidate, CandidateCursor, RecordLocation},
    compiled::Engine,
    damage::{Damage, DamageFinder},
    damage_words,
    hit::{Hit, HitSummary},
    verdict_cache::{self, CacheKey, CachedHit, CachedMatch, Verdict, VerdictCache},
};
use crate::{
    catalogue::Pattern,
    extract::{self, Contexts},
    model::{Header, Record, SignInEvent},
    record::{self, inner, start},
    search::count_newlines,
};

/// A failing record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Failure<'f> {
    /// Its message equals an earlier one but for ids and times.
    Known(&'f HitSummary<'f>),
    /// It was read as a whole.
    New(&'f Hit<'f>, &'f HitSummary<'f>),
}

impl<'f> Failure<'f> {
    /// What counting needs to know.
    pub(crate) fn summary(&self) -> &'f HitSummary<'f> {
        match self {
            Self::Known(summary) | Self::New(_, summary) => summary,
        }
    }
}

/// What was counted in a chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Newlines.
    pub newlines: u64,
    /// Records that only quote a code.
    pub mentions: u64,
    /// What is no text, by its position in the chunk.
    pub(crate) damage: Vec<(usize, Damage)>,
}

impl Engine {
    /// Scans whole records and only counts: an entry point for the benchmarks, without any output.
    #[doc(hidden)]
    pub fn scan_for_benchmark(&self, bytes: &[u8]) -> ScanCounts {
        self.scan(bytes, 0, false, |_| {})
    }

    /// Scans a chunk of whole records that starts at byte `offset` of its source, and passes each failing
    /// record to `sink`. `truncated` says that the last record was cut off at the size limit.
    pub(crate) fn scan(&self, bytes: &[u8], offset: u64, truncated: bool, sink: impl FnMut(&Hit<'_>)) -> ScanCounts {
        self.scan_with_starts(bytes, offset, truncated, None, sink)
    }

    /// The same; the starts of authorization flows, which Jira logs only at DEBUG level, are added to `starts`
    /// if it is given.
    pub(crate) fn scan_with_starts(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        starts: Option<&mut Vec<SignInEvent>>,
        mut sink: impl FnMut(&Hit<'_>),
    ) -> ScanCounts {
        self.each_candidate(bytes, offset, truncated, starts, |candidate| {
            let (raw, location) = candidate.record();
            let mut scratch = Vec::new();
            let record = record::read(raw, &mut scratch);
            let contexts = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
            RecordOutcome::of(self.assess_record(&record, contexts, location, false, |hit| sink(hit)), raw)
        })
    }

    /// The same for a caller that only counts.
    pub(crate) fn count(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        cache: &mut VerdictCache,
        starts: Option<&mut Vec<SignInEvent>>,
        mut sink: impl FnMut(&HitSummary<'_>),
    ) -> ScanCounts {
        self.scan_with_cache(bytes, offset, truncated, cache, starts, |failure| {
            sink(failure.summary());
            true
        })
    }

    /// The same with a cache: a message that differs from an earlier one only in ids and times gets its verdict from
    /// there. It is read again only if `sink` returns false for [`Failure::Known`].
    pub(crate) fn scan_with_cache(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        cache: &mut VerdictCache,
        starts: Option<&mut Vec<SignInEvent>>,
        mut sink: impl FnMut(Failure<'_>) -> bool,
    ) -> ScanCounts {
        let patterns = self.catalogue.patterns();
        self.each_candidate(bytes, offset, truncated, starts, |candidate| {
            let mut is_cached = false;
            let key = self.caches.then(|| CacheKey::of(candidate.bytes, candidate.start, candidate.found));
            let known = key.filter(|key| cache.contains(*key));
            let plain = known.and_then(|key| Some((key, record::plain_header(candidate.rest())?)));
            if let Some((key, header)) = &plain
                && let Some(cached) = candidate.lookup(*key, header, cache)
            {
                let raw = &candidate.rest()[..header.message_at + cached.message_len()];
                let (head, message) = raw.split_at(header.message_at);
                // The first line with a word was found, so the lines before it contain none.
                let head_is_clear = memchr::memchr(b'\n', &raw[..candidate.found - candidate.start]).is_some();
                let location = candidate.location(raw.len());
                let record = CachedRecord { raw, head, head_is_clear, message, header, location };
                if let Some(outcome) = self.replay(&cached, &record, &mut sink) {
                    return RecordOutcome { outcome, len: raw.len(), newlines: cached.newlines };
                }
                is_cached = true;
            }
            let (raw, location) = candidate.record();
            let mut scratch = Vec::new();
            let record = match &plain {
                Some((_, header)) => Record { raw, text: raw, header: Some(header.clone()) },
                None => record::read(raw, &mut scratch),
            };
            let message = record.message();
            if let (Some(key), None, Some(header)) = (known, &plain, &record.header)
                && let Some(cached) = cache.lookup(key, header, message, |len| len == message.len())
            {
                let record = CachedRecord { raw, head: head(&record), head_is_clear: false, message, header, location };
                if let Some(outcome) = self.replay(&cached, &record, &mut sink) {
                    return RecordOutcome::of(outcome, raw);
                }
                is_cached = true;
            }
            let contexts = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
            let mut found = None;
            let outcome = self.assess_record(&record, contexts, location, !is_cached, |hit| {
                let summary = hit.summary();
                sink(Failure::New(hit, &summary));
                let wanted = !is_cached && !hit.from_url && cache.has_room();
                found = wanted.then(|| hit.to_cached(&summary, patterns)).flatten();
            });
            let verdict = match outcome {
                Outcome::Silent => Some(Verdict::Silent { numbers_are_wildcards: false }),
                Outcome::Unrelated => Some(Verdict::Silent { numbers_are_wildcards: true }),
                Outcome::Mentions => Some(Verdict::Mentioned { numbers_are_wildcards: false }),
                Outcome::Quotes => Some(Verdict::Mentioned { numbers_are_wildcards: true }),
                _ => found.map(Verdict::Reported),
            };
            if let (Some(key), Some(header), Some(verdict), false) =
                (key, &record.header, verdict, location.truncated || is_cached)
            {
                cache.insert(key, header, contexts, message, verdict);
            }
            RecordOutcome::of(outcome, raw)
        })
    }

    /// Applies the verdict on an equal message to a record. `None` when `sink` needs more than that.
    fn replay(
        &self,
        cached: &CachedMatch<'_>,
        record: &CachedRecord<'_>,
        sink: &mut impl FnMut(Failure<'_>) -> bool,
    ) -> Option<Outcome> {
        match cached.verdict {
            Verdict::Reported(hit) => {
                let summary = record.summary(cached, hit, &self.catalogue.patterns()[hit.pattern]);
                sink(Failure::Known(&summary)).then_some(Outcome::Reported)
            }
            // The verdict is about the message.
            Verdict::Silent { .. } | Verdict::Mentioned { .. }
                if record.header.url.is_some_and(extract::may_have_url_answer) =>
            {
                None
            }
            Verdict::Silent { .. } if !record.head_is_clear && self.head_has_code(record.head) => {
                Some(Outcome::MentionsInHead)
            }
            Verdict::Silent { .. } => Some(Outcome::Silent),
            Verdict::Mentioned { .. } => Some(Outcome::Mentions),
        }
    }

    /// Passes each record that contains a word of the catalogue to `assess`. Records that contain only the start
    /// of a flow are added to `starts` instead.
    fn each_candidate(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        mut starts: Option<&mut Vec<SignInEvent>>,
        mut assess: impl FnMut(&Candidate<'_>) -> RecordOutcome,
    ) -> ScanCounts {
        let mut mentions = 0;
        let mut cursor = CandidateCursor::new(self.classifier.prefilter(), bytes);
        let mut damage = DamageFinder::default();
        let mut from = 0;
        let mut next = cursor.next(from);
        while let Some(found) = next {
            let starts_flow = cursor.prefilter.is_start_of_flow(&bytes[found..]);
            if starts_flow && starts.is_none() {
                // Not relevant, unless the record contains another word.
                next = cursor.next(found + 1);
                continue;
            }
            if damage_words::is_word(&bytes[found..]) {
                next = cursor.earlier(found);
                if next.is_none() {
                    if !damage.knows(found) {
                        let (start, _) = start::start_before(bytes, found, from);
                        damage.look(cursor.prefilter, bytes, start, start::next_start(bytes, found));
                    }
                    next = cursor.next(found + start::leading_zeros(&bytes[found..]).max(1));
                }
                continue;
            }
            let (outer, newlines) = start::start_before(bytes, found, from);
            let start = inner::start_before(bytes, outer, found);
            if start > outer
                && let Some(earlier) = cursor.earlier(start)
            {
                next = Some(earlier);
                continue;
            }
            let lines_before = cursor.newlines - newlines + count_newlines(&bytes[outer..start]);
            let candidate = Candidate { bytes, start, found, offset, lines_before, truncated };
            if starts_flow {
                from = start + candidate.record().0.len();
                next = cursor.next(found + 1);
                if next.is_none_or(|next| next >= from) {
                    if let Some(starts) = starts.as_deref_mut() {
                        starts.extend(start_of_flow(&bytes[start..from]));
                    }
                    continue;
                }
            }
            let assessed = assess(&candidate);
            mentions += u64::from(assessed.outcome.is_mention());
            from = start + assessed.len;
            damage.look(cursor.prefilter, bytes, outer, from);
            cursor.skip_to(from, lines_before + assessed.newlines);
            next = cursor.next(from);
        }
        ScanCounts { newlines: cursor.newlines, mentions, damage: damage.found }
    }
}

/// What is read of a record whose message is in the cache.
struct CachedRecord<'s> {
    raw: &'s [u8],
    /// The text before the message.
    head: &'s [u8],
    /// The head contains no word of the catalogue and need not be searched for a code.
    head_is_clear: bool,
    message: &'s [u8],
    header: &'s Header<'s>,
    location: RecordLocation,
}

impl<'s> CachedRecord<'s> {
    fn summary(&self, cached: &CachedMatch<'_>, hit: &CachedHit, pattern: &'s Pattern) -> HitSummary<'s> {
        HitSummary {
            pattern,
            code: hit.code,
            header: Some(self.header),
            ids: hit.ids.try_map(|place| cached.text(self.message, place)).unwrap_or_default(),
            idp_time: hit.idp_time.and_then(|place| verdict_cache::time_of(cached.text(self.message, place)?)),
            refreshing: hit.refreshing,
            clouds: hit.clouds,
            raw: self.raw,
            offset: self.location.offset,
            lines_before: self.location.lines_before,
            truncated: self.location.truncated,
        }
    }
}

/// An assessed record.
struct RecordOutcome {
    outcome: Outcome,
    /// Length of the record in bytes.
    len: usize,
    /// Newlines in the record.
    newlines: u64,
}

impl RecordOutcome {
    fn of(outcome: Outcome, raw: &[u8]) -> Self {
        Self { outcome, len: raw.len(), newlines: count_newlines(raw) }
    }
}

/// Reads who started a flow, and when.
fn start_of_flow(raw: &[u8]) -> Option<SignInEvent> {
    let mut scratch = Vec::new();
    let header = record::plain_header(raw).or_else(|| record::read(raw, &mut scratch).header)?;
    let text = |field: Option<&[u8]>| field.map(<[u8]>::to_vec);
    Some(SignInEvent { time: header.timestamp?, session: text(header.session_id), user: text(header.user) })
}
