//! Caches verdicts on messages.
//!
//! A failing integration fails every minute with the same message; only ids, times and the line numbers of
//! stack frames differ. The same is true of failures that are not relevant, which have long stack traces. So
//! an assessed message is kept as a template, together with what was found in it. A message that is equal to
//! the template everywhere else has the same verdict and the same end, and is not read again.
//!
//! Invariant: a template matches a message only when nothing that a verdict depends on can differ. Verdicts
//! depend on the level, logger and contexts of the header, on words, and on which ids are equal; never on the
//! digits of a GUID, of a time or of a frame. An entry whose expression reads ids turns the cache off.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use foldhash::fast::FixedState;

use self::{
    template::{Alignment, Head, Template},
    wildcards::{WildcardSet, may_match_callback_id, may_match_table_hash},
};
use super::failure_ids::FailureIds;
use crate::{
    catalogue::{Catalogue, MatchRule},
    extract::{self, Clouds, Contexts},
    model::{Header, ISO_TIME_BYTES, IdpTime, Level, parse_iso_time},
};

mod cache_key;
mod template;
mod wildcards;

pub(super) use self::{cache_key::CacheKey, wildcards::numbers};

/// The longest message that is kept.
const MAX_MESSAGE_BYTES: usize = 16 << 10;
/// How many bytes of failures are kept, and how many of other messages.
const MAX_TEMPLATE_BYTES: [usize; 2] = [2 << 20, 1 << 20];

/// How many messages with the same beginning are kept.
const MAX_TEMPLATES_PER_BUCKET: usize = 64;
/// If there are more, so many misses go by until the one that was found least often is replaced: most of these messages
/// contain a name of their own and do not come again.
const MISSES_PER_REPLACEMENT: u32 = 8;
/// After so many misses in a row, messages with this beginning are no longer compared.
const MAX_MISSES: u32 = 64;

/// So many names of loggers are shared by the templates.
const MAX_LOGGERS: usize = 512;

/// Templates of the messages that one worker has assessed.
#[derive(Debug, Default)]
pub(crate) struct VerdictCache {
    buckets: HashMap<u64, Bucket, FixedState>,
    /// The few loggers of nearly all messages: their names stay in the processor's cache.
    loggers: HashSet<Arc<[u8]>, FixedState>,
    /// Bytes of failures and of other messages.
    bytes: [usize; 2],
    alignment: Alignment,
}

/// The verdict on a message.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It reports a failure.
    Reported(CachedHit),
    /// It quotes a code.
    Mentioned {
        /// The same is true with other numbers of the same length.
        numbers_are_wildcards: bool,
    },
    /// It contains neither a failure nor a code.
    Silent {
        /// The same is true with other numbers.
        numbers_are_wildcards: bool,
    },
}

/// What was found in a message, with positions in the message.
#[derive(Debug, Clone)]
pub(super) struct CachedHit {
    /// Index of the entry.
    pub(super) pattern: usize,
    pub(super) code: Option<u32>,
    pub(super) ids: FailureIds<Place>,
    pub(super) idp_time: Option<Place>,
    pub(super) refreshing: bool,
    pub(super) clouds: Clouds,
}

/// A cached verdict, and how the message is aligned with its template.
#[derive(Debug, Clone, Copy)]
pub(super) struct CachedMatch<'c> {
    pub(super) verdict: &'c Verdict,
    /// Newlines in the message.
    pub(super) newlines: u64,
    alignment: &'c Alignment,
}

impl CachedMatch<'_> {
    /// Length of the message in bytes.
    pub(super) fn message_len(&self) -> usize {
        self.alignment.len
    }

    /// The text of the message at a place in the template.
    pub(super) fn text<'m>(&self, message: &'m [u8], (start, end): Place) -> Option<&'m [u8]> {
        message.get(self.alignment.in_message(start)..self.alignment.in_message(end))
    }
}

/// Formats of the provider's time in a message.
const TIME_FORMATS: [&str; 2] = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];

/// Where a message contains a time.
pub(super) fn place_of_time(message: &[u8], time: IdpTime) -> Option<Place> {
    TIME_FORMATS.iter().find_map(|format| {
        let start = memchr::memmem::find(message, time.format(format).to_string().as_bytes())?;
        Some((start, start + ISO_TIME_BYTES))
    })
}

/// Reads the provider's time.
pub(super) fn time_of(text: &[u8]) -> Option<IdpTime> {
    parse_iso_time(text).map(|time| time.and_utc())
}

/// Start and end in a message or template.
pub(super) type Place = (usize, usize);

/// Messages with the same beginning.
#[derive(Debug, Default)]
struct Bucket {
    templates: Vec<CachedTemplate>,
    /// The head of each of them.
    heads: Vec<Head>,
    /// How many messages in a row matched none of them.
    misses: u32,
    /// The last one matched a template that has no verdict for its kind of header.
    is_of_other_kind: bool,
    /// How many messages were not added because there are too many.
    refused: u32,
}

impl Bucket {
    /// Messages with this beginning do not repeat.
    fn is_hopeless(&self) -> bool {
        self.misses >= MAX_MISSES && self.templates.len() >= MAX_TEMPLATES_PER_BUCKET
    }
}

/// A message, and its verdict for each kind of header that it had.
#[derive(Debug)]
struct CachedTemplate {
    template: Template,
    first: (HeaderKind, Verdict),
    others: Vec<(HeaderKind, Verdict)>,
}

/// What a verdict depends on in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeaderKind {
    level: Option<Level>,
    contexts: Contexts,
    /// The contexts of the logger alone.
    of_logger: Contexts,
    logger: Arc<[u8]>,
}

impl VerdictCache {
    /// True when verdicts with this catalogue can be cached: no entry of the user's own has an expression, which could
    /// read ids, or a literal that could be part of one.
    pub(super) fn supports(catalogue: &Catalogue) -> bool {
        let users = catalogue.patterns().iter().filter(|pattern| catalogue.is_users(&pattern.id));
        users
            .map(|pattern| &pattern.rule)
            .all(|rule| rule.regex.is_none() && !reads_table_hashes(rule) && !reads_callback_ids(rule))
    }

    /// True when a message with this key may be in the cache.
    pub(super) fn contains(&self, key: CacheKey) -> bool {
        self.buckets.get(&key.0).is_some_and(|bucket| !bucket.is_hopeless())
    }

    /// The verdict on an equal message. `text` may continue after the message; `ends` says whether a message of
    /// that length ends there, because a short message may be the beginning of a longer one.
    pub(super) fn lookup(
        &mut self,
        key: CacheKey,
        header: &Header<'_>,
        text: &[u8],
        ends: impl Fn(usize) -> bool,
    ) -> Option<CachedMatch<'_>> {
        let Bucket { templates, heads, misses, is_of_other_kind, .. } = self.buckets.get_mut(&key.0)?;
        let logger = header.logger.unwrap_or_default();
        let mut of_request = None;
        *misses = misses.saturating_add(1);
        *is_of_other_kind = false;
        let is_alone = templates.len() == 1;
        let (at, verdict) = templates.iter().enumerate().find_map(|(at, known)| {
            if !is_alone && !heads[at].may_fit(text) {
                return None;
            }
            if !known.template.fits(text, &mut self.alignment) || !ends(self.alignment.len) {
                return None;
            }
            *is_of_other_kind = true;
            let kind = known.verdicts().position(|(kind, _)| {
                kind.level == header.level
                    && *kind.logger == *logger
                    && kind.contexts
                        == kind.of_logger.with(*of_request.get_or_insert_with(|| extract::of_request(header)))
            })?;
            Some((at, kind))
        })?;
        *misses = 0;
        // Frequent messages move to the front.
        if at > 0 {
            templates.swap(at, at / 2);
            heads.swap(at, at / 2);
        }
        let known = &templates[at / 2];
        Some(CachedMatch {
            verdict: &known.verdicts().nth(verdict)?.1,
            newlines: known.template.newlines(),
            alignment: &self.alignment,
        })
    }

    /// True while failures can still be added.
    pub(super) fn has_room(&self) -> bool {
        self.bytes[0] < MAX_TEMPLATE_BYTES[0]
    }

    /// Adds the verdict on a message, unless the cache is full.
    pub(super) fn insert(
        &mut self,
        key: CacheKey,
        header: &Header<'_>,
        contexts: Contexts,
        message: &[u8],
        mut verdict: Verdict,
    ) {
        let pool = pool_of(&verdict);
        if message.len() > MAX_MESSAGE_BYTES || self.bytes[pool] >= MAX_TEMPLATE_BYTES[pool] {
            return;
        }
        let (wildcards, ids_matter) = match verdict {
            Verdict::Reported(_) => (WildcardSet::Frames, true),
            Verdict::Silent { numbers_are_wildcards: true } => (WildcardSet::Numbers, false),
            Verdict::Mentioned { numbers_are_wildcards: true } => (WildcardSet::NumbersOfSameLen, false),
            Verdict::Silent { .. } | Verdict::Mentioned { .. } => (WildcardSet::Frames, false),
        };
        let loggers = &mut self.loggers;
        let mut kind = || HeaderKind {
            level: header.level,
            contexts,
            of_logger: extract::of_logger(header),
            logger: shared(loggers, header.logger.unwrap_or_default()),
        };
        let bucket = self.buckets.entry(key.0).or_default();
        if bucket.is_hopeless() {
            return;
        }
        let alignment = &mut self.alignment;
        let mut known = bucket.templates.iter_mut().filter(|_| bucket.is_of_other_kind);
        let same = known.find(|known| {
            known.template.has_same_wildcards(wildcards, ids_matter)
                && known.template.fits(message, alignment)
                && alignment.len == message.len()
        });
        if let Some(known) = same {
            let kind = kind();
            let moved = |(start, end): Place| Some((alignment.in_template(start), alignment.in_template(end)));
            if let Verdict::Reported(hit) = &mut verdict {
                hit.ids = hit.ids.try_map(moved).unwrap_or_default();
                hit.idp_time = hit.idp_time.and_then(moved);
            }
            self.bytes[pool] += size_of::<(HeaderKind, Verdict)>() + kind.logger.len();
            known.others.push((kind, verdict));
            return;
        }
        if bucket.templates.len() >= MAX_TEMPLATES_PER_BUCKET {
            bucket.refused += 1;
            if !bucket.refused.is_multiple_of(MISSES_PER_REPLACEMENT) {
                return;
            }
            // Frequent messages have moved to the front.
            bucket.heads.pop();
            if let Some(last) = bucket.templates.pop() {
                self.bytes[last.pool()] -= last.bytes();
            }
        }
        if let Some((template, head)) = Template::of(message, wildcards, ids_matter) {
            bucket.heads.push(head);
            let added = CachedTemplate { template, first: (kind(), verdict), others: Vec::new() };
            self.bytes[pool] += added.bytes();
            bucket.templates.push(added);
        }
    }
}

/// True when a literal of the rule may be a part of what a template takes as the hash of a table. A template without codes
/// is all that has such a part, so rules about codes do not matter.
fn reads_table_hashes(rule: &MatchRule) -> bool {
    !rule.by_code() && literals(rule).any(may_match_table_hash)
}

/// True when a literal of the rule may be a part of what a template takes as the end of a redirect URL. Built-in entries
/// never mean its digits.
fn reads_callback_ids(rule: &MatchRule) -> bool {
    literals(rule).any(may_match_callback_id)
}

fn literals(rule: &MatchRule) -> impl Iterator<Item = &str> {
    [&rule.any, &rule.all, &rule.not, &rule.oauth_error].into_iter().flatten().map(String::as_str)
}

/// The name of a logger, which is shared unless there are too many.
fn shared(loggers: &mut HashSet<Arc<[u8]>, FixedState>, logger: &[u8]) -> Arc<[u8]> {
    if let Some(known) = loggers.get(logger) {
        return Arc::clone(known);
    }
    let new: Arc<[u8]> = logger.into();
    if loggers.len() < MAX_LOGGERS {
        loggers.insert(Arc::clone(&new));
    }
    new
}

/// Where the bytes of messages with such a verdict are counted.
fn pool_of(verdict: &Verdict) -> usize {
    usize::from(!matches!(verdict, Verdict::Reported(_)))
}

impl CachedTemplate {
    fn verdicts(&self) -> impl Iterator<Item = &(HeaderKind, Verdict)> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// All its verdicts are of one kind, because failures have wildcards of their own.
    fn pool(&self) -> usize {
        pool_of(&self.first.1)
    }

    /// How many bytes it is counted as.
    fn bytes(&self) -> usize {
        let others = self.others.iter().map(|(kind, _)| size_of::<(HeaderKind, Verdict)>() + kind.logger.len());
        let logger = self.first.0.logger.len();
        self.template.len() + size_of::<Self>() + size_of::<Head>() + logger + others.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_builtin_entry_depends_on_the_hash_of_a_table() {
        let catalogue = Catalogue::builtin();
        let reading = catalogue.patterns().iter().filter(|pattern| reads_table_hashes(&pattern.rule));
        assert_eq!(reading.map(|pattern| &pattern.id).collect::<Vec<_>>(), [""; 0]);
        assert!(VerdictCache::supports(&catalogue));
    }

    #[test]
    fn the_providers_time_is_found_and_read() {
        let time = time_of(b"2026-01-05T20:34:03").expect("a time");
        assert_eq!(time.to_rfc3339(), "2026-01-05T20:34:03+00:00");
        assert_eq!(place_of_time(b"at 2026-01-05 20:34:03Z", time), Some((3, 22)));
    }
}
