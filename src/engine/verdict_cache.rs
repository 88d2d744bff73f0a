//! What was judged before.
//!
//! A failing integration fails every minute in the same words; only ids, times and the line numbers of
//! stack frames differ. The same goes for trouble that is not ours, which comes with long stack traces.
//! So a judged message is kept as a template with what was found in it. A message that equals it
//! everywhere else has the same verdict and the same end, and is not read again.
//!
//! What must stay true: a template stands for a message only when nothing that a verdict rests on can
//! differ. Verdicts rest on the header's level, logger and contexts, on words, and on which ids are the
//! same; never on the digits of a GUID, of a time or of a frame. An entry that looks into ids turns
//! recall off.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use foldhash::fast::FixedState;

use self::template::{Alignment, TIME, Template, WildcardSet};
use super::sighting::FailureIds;
use crate::{
    catalogue::Catalogue,
    extract::{self, Clouds, Contexts},
    model::{Header, IdpTime, Level},
};

mod template;

/// The longest message that is kept.
const MAX_MESSAGE_BYTES: usize = 16 << 10;
/// How many bytes of failures are kept, and how many of others; the first ones of a log are the ones that
/// come again.
const MAX_TEMPLATES: [usize; 2] = [2 << 20, 1 << 20];

/// How many messages that begin alike are kept: where there are more, each differs in a word of its own and
/// none comes again.
const MAX_TEMPLATES_PER_BUCKET: usize = 24;
/// After so many others in a row that began alike, messages are no longer held against those that are kept.
const MAX_MISSES: u32 = 64;

/// Templates of the messages that one worker has judged.
#[derive(Debug, Default)]
pub struct VerdictCache {
    templates: HashMap<u64, Bucket, FixedState>,
    kept: [usize; 2],
    fit: Alignment,
}

/// What a message told.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// A failure.
    Reported(CachedHit),
    /// Neither a failure nor a code; with other numbers neither, where these are free.
    Silent {
        /// Numbers may differ.
        numbers_are_free: bool,
    },
}

/// What was found in a message; places count in it.
#[derive(Debug, Clone)]
pub(super) struct CachedHit {
    pub(super) pattern: usize,
    pub(super) code: Option<u32>,
    pub(super) traits: FailureIds<Place>,
    /// Where the provider's time stands.
    pub(super) idp_time: Option<Place>,
    pub(super) refreshing: bool,
    pub(super) clouds: Clouds,
}

/// A verdict on a message that was judged before, and how the message lies on its template.
#[derive(Debug, Clone, Copy)]
pub(super) struct CachedMatch<'r> {
    pub(super) verdict: &'r Verdict,
    /// Line breaks of the message.
    pub(super) newlines: u64,
    fit: &'r Alignment,
}

impl CachedMatch<'_> {
    /// Bytes of the message.
    pub(super) fn message_len(&self) -> usize {
        self.fit.len
    }

    /// What stands in the message at a place of the template.
    pub(super) fn text<'m>(&self, message: &'m [u8], (start, end): Place) -> Option<&'m [u8]> {
        message.get(self.fit.place(start)..self.fit.place(end))
    }
}

/// How a message may print the provider's time.
const TIME_SHAPES: [&str; 2] = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];

/// Where a time stands in a message.
pub(super) fn place_of_time(message: &[u8], time: IdpTime) -> Option<Place> {
    TIME_SHAPES.iter().find_map(|shape| {
        let start = memchr::memmem::find(message, time.format(shape).to_string().as_bytes())?;
        Some((start, start + TIME))
    })
}

/// The time that a text such as `2026-01-05 20:34:03` tells.
pub(super) fn time_of(text: &[u8]) -> Option<IdpTime> {
    let number = |place: std::ops::Range<usize>| {
        let digits = text.get(place)?;
        digits.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)?;
    let time: NaiveDateTime = date.and_hms_opt(number(11..13)?, number(14..16)?, number(17..19)?)?;
    Some(time.and_utc())
}

/// Start and end in a message.
pub(super) type Place = (usize, usize);

/// Messages that begin alike.
#[derive(Debug, Default)]
struct Bucket {
    known: Vec<CachedTemplate>,
    /// How many in a row were none of them.
    missed: u32,
}

impl Bucket {
    /// Nothing that begins so comes again.
    fn is_hopeless(&self) -> bool {
        self.missed >= MAX_MISSES && self.known.len() >= MAX_TEMPLATES_PER_BUCKET
    }
}

/// A message, and what it tells behind each kind of header that it came with.
#[derive(Debug)]
struct CachedTemplate {
    template: Template,
    verdicts: Vec<(HeaderKind, Verdict)>,
}

/// What a verdict takes from the header.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeaderKind {
    level: Option<Level>,
    contexts: Contexts,
    /// Those that the logger alone shows.
    of_logger: Contexts,
    logger: Vec<u8>,
}

/// Which templates a message is held against: those with the same text behind the word that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CacheKey(u64);

/// So many bytes from the word on count, if its line is as long.
const BEHIND: usize = 160;

impl CacheKey {
    /// Of the word at `found`. What ids and times are made of counts as the same.
    pub(super) fn of(bytes: &[u8], found: usize) -> Self {
        let mut window = [0; BEHIND];
        let line = &bytes[found..bytes.len().min(found + BEHIND)];
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
        for (slot, byte) in window.iter_mut().zip(line) {
            *slot = if byte.is_ascii_hexdigit() { b'0' } else { *byte };
        }
        let (words, _) = window.as_chunks::<8>();
        Self(words.iter().fold(0, |hash: u64, word| {
            (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x517c_c1b7_2722_0a95)
        }))
    }
}

impl VerdictCache {
    /// True when verdicts by this catalogue can be recalled: no entry of the user's own looks into ids
    /// with an expression.
    pub(super) fn supports(catalogue: &Catalogue) -> bool {
        let builtin = |id: &str| !catalogue.is_users(id);
        catalogue.patterns().iter().all(|pattern| pattern.rule.regex.is_none() || builtin(&pattern.id))
    }

    /// True when a message with that key may be one that was kept.
    pub(super) fn contains(&self, key: CacheKey) -> bool {
        self.templates.get(&key.0).is_some_and(|alike| !alike.is_hopeless())
    }

    /// What an equal message told; `text` may go on behind the message, which must end where `ends` says
    /// that one can: a short message may be the front of a longer one.
    pub(super) fn lookup(
        &mut self,
        key: CacheKey,
        header: &Header<'_>,
        text: &[u8],
        ends: impl Fn(usize) -> bool,
    ) -> Option<CachedMatch<'_>> {
        let Bucket { known, missed } = self.templates.get_mut(&key.0)?;
        let logger = header.logger.unwrap_or_default();
        let mut of_request = None;
        *missed = missed.saturating_add(1);
        let (at, verdict) = known.iter().enumerate().find_map(|(at, known)| {
            if !known.template.fits(text, &mut self.fit) || !ends(self.fit.len) {
                return None;
            }
            let kind = known.verdicts.iter().position(|(kind, _)| {
                kind.level == header.level
                    && kind.logger == logger
                    && kind.contexts
                        == kind.of_logger.with(*of_request.get_or_insert_with(|| extract::of_request(header)))
            })?;
            Some((at, kind))
        })?;
        *missed = 0;
        // What comes often is found early.
        known.swap(at, at / 2);
        let known = &known[at / 2];
        Some(CachedMatch { verdict: &known.verdicts[verdict].1, newlines: known.template.newlines(), fit: &self.fit })
    }

    /// True while failures can still be kept.
    pub(super) fn has_room(&self) -> bool {
        self.kept[0] < MAX_TEMPLATES[0]
    }

    /// Keeps what a message told.
    pub(super) fn insert(
        &mut self,
        key: CacheKey,
        header: &Header<'_>,
        contexts: Contexts,
        message: &[u8],
        mut verdict: Verdict,
    ) {
        let sort = usize::from(matches!(verdict, Verdict::Silent { .. }));
        if message.len() > MAX_MESSAGE_BYTES || self.kept[sort] >= MAX_TEMPLATES[sort] {
            return;
        }
        let (freedom, ids_tell) = match verdict {
            Verdict::Reported(_) => (WildcardSet::Frames, true),
            Verdict::Silent { numbers_are_free: true } => (WildcardSet::Numbers, false),
            Verdict::Silent { numbers_are_free: false } => (WildcardSet::Frames, false),
        };
        let kind = HeaderKind {
            level: header.level,
            contexts,
            of_logger: extract::of_logger(header),
            logger: header.logger.unwrap_or_default().to_vec(),
        };
        let alike = self.templates.entry(key.0).or_default();
        if alike.is_hopeless() {
            return;
        }
        let fit = &mut self.fit;
        let same = alike.known.iter_mut().find(|known| {
            known.template.has_same_wildcards(freedom, ids_tell)
                && known.template.fits(message, fit)
                && fit.len == message.len()
        });
        if let Some(known) = same {
            let moved = |(start, end): Place| Some((self.fit.place_of(start), self.fit.place_of(end)));
            if let Verdict::Reported(found) = &mut verdict {
                found.traits = found.traits.try_map(moved).unwrap_or_default();
                found.idp_time = found.idp_time.and_then(moved);
            }
            self.kept[sort] += size_of::<(HeaderKind, Verdict)>() + kind.logger.len();
            known.verdicts.push((kind, verdict));
            return;
        }
        if alike.known.len() >= MAX_TEMPLATES_PER_BUCKET {
            return;
        }
        if let Some(template) = Template::of(message, freedom, ids_tell) {
            self.kept[sort] += message.len() + size_of::<CachedTemplate>();
            alike.known.push(CachedTemplate { template, verdicts: vec![(kind, verdict)] });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_words_apart_and_no_ids() {
        let key = |text: &str| CacheKey::of(text.as_bytes(), text.find("AADSTS").expect("a code"));
        let text = "app 'aaaaaaaa-2222-3333-4444-555555555555': AADSTS50011: x 1";
        assert_eq!(key(text), key(&text.replace("aaaaaaaa", "12345678").replace("x 1", "x 2")));
        assert_ne!(key(text), key(&text.replace("50011: x", "50011: y")));
        assert_eq!(CacheKey::of(b"AADSTS50011", 0), CacheKey::of(b"AADSTS50011", 0));
    }

    #[test]
    fn the_providers_time_is_read() {
        let time = time_of(b"2026-01-05T20:34:03").map(|time| time.to_rfc3339());
        assert_eq!(time.as_deref(), Some("2026-01-05T20:34:03+00:00"));
        assert_eq!(time_of(b"2026-13-05 20:34:03"), None);
    }
}
