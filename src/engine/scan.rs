//! The hot path: whole records in, hits out.

use std::sync::Arc;

use super::{
    classify::{Classifier, RecordFacts, Strength},
    hit::Hit,
    prefilter::Prefilter,
    sighting::HitSummary,
    verdict_cache::{self, CacheKey, CachedHit, CachedMatch, Verdict, VerdictCache},
};
use crate::{
    catalogue::{Catalogue, Pattern},
    extract::{self, Contexts, ProviderErrors},
    model::{Header, Record, SignInEvent},
    record::{self, start},
    search::newlines,
};

/// The catalogue, ready to scan. A clone shares nothing that is written to.
#[derive(Debug, Clone)]
pub struct Engine {
    catalogue: Arc<Catalogue>,
    classifier: Classifier,
    want_also: bool,
    /// Verdicts of equal messages can be recalled.
    recalls: bool,
}

/// What was counted in a chunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Line breaks.
    pub newlines: u64,
    /// Records that only quote a code.
    pub mentions: u64,
}

impl Engine {
    /// An engine for a catalogue.
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            classifier: Classifier::new(Arc::clone(&catalogue)),
            recalls: VerdictCache::supports(&catalogue),
            catalogue,
            want_also: true,
        }
    }

    /// The same engine without weaker matches in its hits: cheaper, for summaries.
    #[must_use]
    pub fn without_also(mut self) -> Self {
        self.want_also = false;
        self
    }

    /// The catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// Scans a chunk of whole records that starts at byte `offset` of its source, and hands each
    /// failing record to `sink`. `truncated` says that the last record was closed at the size limit.
    pub fn scan(&self, bytes: &[u8], offset: u64, truncated: bool, sink: impl FnMut(&Hit<'_>)) -> ScanCounts {
        self.scan_noting(bytes, offset, truncated, None, sink)
    }

    /// The same; the starts of authorization flows, which Jira logs at DEBUG alone, go to `starts`,
    /// where they are wanted.
    pub(crate) fn scan_noting(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        starts: Option<&mut Vec<SignInEvent>>,
        mut sink: impl FnMut(&Hit<'_>),
    ) -> ScanCounts {
        self.each_candidate(bytes, offset, truncated, starts, |candidate| {
            let (raw, place) = candidate.whole();
            let mut scratch = Vec::new();
            let record = record::read(raw, &mut scratch);
            let contexts = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
            RecordOutcome::of(self.judge_record(&record, contexts, place, false, |hit| sink(hit)), raw)
        })
    }

    /// The same for a reader that only counts: a message that differs from an earlier one in nothing
    /// but ids and times is recalled, not read again.
    pub fn count(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        recall: &mut VerdictCache,
        starts: Option<&mut Vec<SignInEvent>>,
        mut sink: impl FnMut(&HitSummary<'_>),
    ) -> ScanCounts {
        let patterns = self.catalogue.patterns();
        self.each_candidate(bytes, offset, truncated, starts, |candidate| {
            let key = self.recalls.then(|| CacheKey::of(candidate.bytes, candidate.found));
            let known = key.filter(|key| recall.contains(*key));
            let plain = known.and_then(|key| Some((key, record::plain_header(candidate.rest())?)));
            if let Some((key, header)) = &plain
                && let Some(recalled) = candidate.recalled(*key, header, recall)
            {
                let raw = &candidate.rest()[..header.message_at + recalled.message_len()];
                let (head, message) = raw.split_at(header.message_at);
                // The first of the lines with a word: none stands in those before.
                let head_is_clear = memchr::memchr(b'\n', &raw[..candidate.found - candidate.start]).is_some();
                let seen =
                    CachedRecord { raw, head, head_is_clear, message, header, place: candidate.place(raw.len()) };
                let stance = self.replay(&recalled, &seen, &mut sink);
                return RecordOutcome { stance, len: raw.len(), newlines: recalled.newlines };
            }
            let (raw, place) = candidate.whole();
            let mut scratch = Vec::new();
            let record = record::read(raw, &mut scratch);
            let message = record.message();
            if let (Some(key), None, Some(header)) = (known, &plain, &record.header)
                && let Some(recalled) = recall.lookup(key, header, message, |len| len == message.len())
            {
                let seen = CachedRecord { raw, head: head(&record), head_is_clear: false, message, header, place };
                return RecordOutcome::of(self.replay(&recalled, &seen, &mut sink), raw);
            }
            let contexts = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
            let mut found = None;
            let stance = self.judge_record(&record, contexts, place, true, |hit| {
                let sighting = hit.summary();
                sink(&sighting);
                found = recall.has_room().then(|| hit.found(&sighting, patterns)).flatten();
            });
            let verdict = match stance {
                Outcome::Silent => Some(Verdict::Silent { numbers_are_free: false }),
                Outcome::Unrelated => Some(Verdict::Silent { numbers_are_free: true }),
                _ => found.map(Verdict::Reported),
            };
            if let (Some(key), Some(header), Some(verdict), false) = (key, &record.header, verdict, place.truncated) {
                recall.insert(key, header, contexts, message, verdict);
            }
            RecordOutcome::of(stance, raw)
        })
    }

    /// A record whose message was judged before: the same verdict.
    fn replay(
        &self,
        recalled: &CachedMatch<'_>,
        seen: &CachedRecord<'_>,
        sink: &mut impl FnMut(&HitSummary<'_>),
    ) -> Outcome {
        match recalled.verdict {
            Verdict::Reported(found) => {
                sink(&seen.sighting(recalled, found, &self.catalogue.patterns()[found.pattern]));
                Outcome::Reported
            }
            Verdict::Silent { .. } if !seen.head_is_clear && self.names_a_code(seen.head) => Outcome::Mentions,
            Verdict::Silent { .. } => Outcome::Silent,
        }
    }

    /// Hands each record that holds one of the catalogue's words to `judge`.
    /// Those that hold nothing but the start of a flow are noted.
    fn each_candidate(
        &self,
        bytes: &[u8],
        offset: u64,
        truncated: bool,
        mut starts: Option<&mut Vec<SignInEvent>>,
        mut judge: impl FnMut(&Candidate<'_>) -> RecordOutcome,
    ) -> ScanCounts {
        let mut mentions = 0;
        let mut walk = CandidateCursor { prefilter: self.classifier.prefilter(), bytes, counted: 0, newlines: 0 };
        let mut from = 0;
        let mut next = walk.next(from);
        while let Some(found) = next {
            let starts_flow = walk.prefilter.is_start_of_flow(&bytes[found..]);
            if starts_flow && starts.is_none() {
                // Nothing of ours, unless the record holds another word.
                next = walk.next(found + 1);
                continue;
            }
            let (start, newlines) = start::start_before(bytes, found, from);
            let lines_before = walk.newlines - newlines;
            let candidate = Candidate { bytes, start, found, offset, lines_before, truncated };
            if starts_flow {
                from = start::next_start(bytes, found);
                next = walk.next(found + 1);
                if next.is_none_or(|next| next >= from) {
                    if let Some(starts) = starts.as_deref_mut() {
                        starts.extend(start_of_flow(&bytes[start..from]));
                    }
                    continue;
                }
            }
            let judged = judge(&candidate);
            mentions += u64::from(judged.stance == Outcome::Mentions);
            from = start + judged.len;
            walk.skip_to(from, lines_before + judged.newlines);
            next = walk.next(from);
        }
        ScanCounts { newlines: walk.newlines, mentions }
    }

    /// True when a code stands in a header: in a thread's name or a URL.
    fn names_a_code(&self, header: &[u8]) -> bool {
        self.classifier.prefilter().first(header, 0).at.is_some()
            && names_a_code(&extract::provider_errors(&extract::undo_escapes(header)))
    }

    /// Reads one record and decides: finding, mention, or nothing of ours.
    /// Whether it would be the same with other numbers is asked only when `recalled`.
    fn judge_record(
        &self,
        record: &Record<'_>,
        header: Contexts,
        place: Place,
        recalled: bool,
        sink: impl FnOnce(&Hit<'_>),
    ) -> Outcome {
        let text = extract::undo_escapes(record.message());
        let statements = extract::provider_errors(&text);
        let facts = RecordFacts { record, text: &text, statements: &statements, header };
        let mut reading = self.classifier.reading(&facts);
        let verdict = self.classifier.classify(&mut reading, self.want_also).filter(|verdict| {
            extract::assess(record, header, &text, verdict.at, verdict.form) == extract::Assertion::Reported
        });
        let Some(verdict) = verdict else {
            let named = names_a_code(&statements) || self.names_a_code(head(record));
            return match named {
                true => Outcome::Mentions,
                false if recalled && self.classifier.is_unrelated(&mut reading) => Outcome::Unrelated,
                false => Outcome::Silent,
            };
        };
        let patterns = self.catalogue.patterns();
        sink(&Hit {
            record,
            text: &text,
            pattern: &patterns[verdict.pattern],
            also: verdict.also.iter().map(|i| &patterns[*i]).collect(),
            statements: &statements,
            statement: verdict.statement,
            code: verdict.code,
            at: verdict.at,
            header,
            offset: place.offset,
            lines_before: place.lines_before,
            lines: line_count(record.raw),
            truncated: place.truncated,
        });
        Outcome::Reported
    }

    /// Ids of all entries that claim a text, strongest first, with their strength: for the tests that
    /// refuse ties.
    pub(crate) fn ranking(&self, raw: &[u8]) -> Vec<(Strength, &str)> {
        let mut scratch = Vec::new();
        let record = record::read(raw, &mut scratch);
        let text = extract::undo_escapes(record.message());
        let statements = extract::provider_errors(&text);
        let header = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
        let facts = RecordFacts { record: &record, text: &text, statements: &statements, header };
        self.classifier
            .ranking(&facts)
            .into_iter()
            .map(|(strength, i)| (strength, self.catalogue.patterns()[i].id.as_str()))
            .collect()
    }
}

fn names_a_code(statements: &ProviderErrors<'_>) -> bool {
    statements.list.iter().any(|statement| !statement.codes.is_empty())
}

/// What stands before the message.
fn head<'r>(record: &Record<'r>) -> &'r [u8] {
    &record.text[..record.text.len() - record.message().len()]
}

/// A record, as far as it is read when its message is recalled.
struct CachedRecord<'s> {
    raw: &'s [u8],
    head: &'s [u8],
    /// No word of the catalogue stands in the head: it need not be asked for a code.
    head_is_clear: bool,
    message: &'s [u8],
    header: &'s Header<'s>,
    place: Place,
}

impl<'s> CachedRecord<'s> {
    fn sighting(&self, recalled: &CachedMatch<'_>, found: &CachedHit, pattern: &'s Pattern) -> HitSummary<'s> {
        HitSummary {
            pattern,
            code: found.code,
            header: Some(self.header),
            traits: found.traits.try_map(|place| recalled.text(self.message, place)).unwrap_or_default(),
            idp_time: found.idp_time.and_then(|place| verdict_cache::time_of(recalled.text(self.message, place)?)),
            refreshing: found.refreshing,
            clouds: found.clouds,
            raw: self.raw,
            offset: self.place.offset,
            lines_before: self.place.lines_before,
            truncated: self.place.truncated,
        }
    }
}

/// What a record is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It reports a failure.
    Reported,
    /// A code stands in it, and no failure.
    Mentions,
    /// Nothing of ours.
    Silent,
    /// Nothing of ours, whatever numbers stand in it.
    Unrelated,
}

/// A record that was looked at.
struct RecordOutcome {
    stance: Outcome,
    /// Bytes of it.
    len: usize,
    /// Line breaks in it.
    newlines: u64,
}

impl RecordOutcome {
    fn of(stance: Outcome, raw: &[u8]) -> Self {
        Self { stance, len: raw.len(), newlines: newlines(raw) }
    }
}

/// Who starts a flow, and when, of a record that says so.
fn start_of_flow(raw: &[u8]) -> Option<SignInEvent> {
    let mut scratch = Vec::new();
    let header = record::plain_header(raw).or_else(|| record::read(raw, &mut scratch).header)?;
    let text = |slot: Option<&[u8]>| slot.map(<[u8]>::to_vec);
    Some(SignInEvent { time: header.timestamp?, session: text(header.session_id), user: text(header.user) })
}

/// The way through a chunk, from word to word.
struct CandidateCursor<'w> {
    prefilter: &'w Prefilter,
    bytes: &'w [u8],
    /// The last word met, or the end.
    counted: usize,
    /// Line breaks before it.
    newlines: u64,
}

impl CandidateCursor<'_> {
    /// Goes on behind a record.
    fn skip_to(&mut self, end: usize, newlines: u64) {
        (self.counted, self.newlines) = (end, newlines);
    }

    /// Where the next word stands, at or behind `from`.
    fn next(&mut self, from: usize) -> Option<usize> {
        let met = self.prefilter.first(self.bytes, from);
        self.newlines += self.bytes.get(self.counted..from).map_or(0, newlines) + met.newlines;
        self.counted = met.at.unwrap_or(self.bytes.len());
        met.at
    }
}

/// A record that holds one of the catalogue's words; where it ends is not yet known.
struct Candidate<'b> {
    bytes: &'b [u8],
    start: usize,
    /// Where the word stands.
    found: usize,
    /// Of the bytes in their source.
    offset: u64,
    lines_before: u64,
    /// The last record of the bytes was closed at the size limit.
    truncated: bool,
}

impl<'b> Candidate<'b> {
    fn rest(&self) -> &'b [u8] {
        &self.bytes[self.start..]
    }

    fn whole(&self) -> (&'b [u8], Place) {
        let raw = &self.bytes[self.start..start::next_start(self.bytes, self.found)];
        (raw, self.place(raw.len()))
    }

    fn place(&self, len: usize) -> Place {
        Place {
            offset: self.offset + self.start as u64,
            lines_before: self.lines_before,
            truncated: self.truncated && self.start + len == self.bytes.len(),
        }
    }

    /// What an equal message told, when the record ends where that message does.
    fn recalled<'r>(
        &self,
        key: CacheKey,
        header: &Header<'_>,
        recall: &'r mut VerdictCache,
    ) -> Option<CachedMatch<'r>> {
        let text = &self.rest()[header.message_at..];
        recall.lookup(key, header, text, |len| match &text[len..] {
            [] => !self.truncated,
            behind => text[..len].ends_with(b"\n") && start::is_start(behind),
        })
    }
}

/// Where a record stands.
#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    lines_before: u64,
    truncated: bool,
}

fn line_count(raw: &[u8]) -> u32 {
    let whole = newlines(raw);
    let open = u64::from(!raw.is_empty() && !raw.ends_with(b"\n"));
    u32::try_from(whole + open).unwrap_or(u32::MAX)
}
