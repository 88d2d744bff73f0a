//! What one record reports, quotes, or is unrelated to.

use std::borrow::Cow;

use super::{
    candidate::RecordLocation,
    compiled::Engine,
    hit::Hit,
    matcher::{RecordFacts, RecordMatcher, Strength},
    verdict_cache::numbers,
};
use crate::{
    catalogue::Role,
    extract::{self, Contexts, ProviderErrors},
    model::{Record, Stage},
    record,
    search::count_newlines,
};

/// How a record was assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It reports a failure.
    Reported,
    /// Its message contains a code, but reports no failure.
    Mentions,
    /// The same, whatever other numbers it contains: all of its codes are a person's words.
    Quotes,
    /// The text before its message contains a code, its message does not.
    MentionsInHead,
    /// It is not relevant.
    Silent,
    /// It is not relevant, whatever numbers it contains.
    Unrelated,
}

impl Outcome {
    /// True when the record contains a code and reports no failure.
    pub(super) fn is_mention(self) -> bool {
        matches!(self, Self::Mentions | Self::Quotes | Self::MentionsInHead)
    }
}

impl Engine {
    /// True when a header contains a code: in a thread name or a URL.
    pub(super) fn head_has_code(&self, head: &[u8]) -> bool {
        self.classifier.prefilter().first(head, 0).at.is_some()
            && has_code(&extract::provider_errors(&extract::undo_escapes(head)))
    }

    /// Reads one record and decides: finding, mention, or not relevant. Whether it would be unrelated with other
    /// numbers, too, is tested only for a verdict that will be cached.
    pub(super) fn assess_record(
        &self,
        record: &Record<'_>,
        header: Contexts,
        location: RecordLocation,
        for_cache: bool,
        mut sink: impl FnMut(&Hit<'_>),
    ) -> Outcome {
        let outcome = self.assess_text(record, record.message(), header, location, for_cache, &mut sink);
        if outcome != Outcome::Reported
            && let Some(text) = extract::with_url_answer(record)
            && self.assess_text(record, &text, header, location, false, &mut sink) == Outcome::Reported
        {
            return Outcome::Reported;
        }
        outcome
    }

    /// The same for a text: the record's message, or what else it reports.
    fn assess_text(
        &self,
        record: &Record<'_>,
        message: &[u8],
        header: Contexts,
        location: RecordLocation,
        for_cache: bool,
        sink: &mut impl FnMut(&Hit<'_>),
    ) -> Outcome {
        let text = extract::undo_escapes(message);
        // A number within an escape is a character.
        let for_cache = for_cache && matches!(text, Cow::Borrowed(_));
        let all_errors = extract::provider_errors(&text);
        let facts = RecordFacts { record, text: &text, provider_errors: &all_errors, header };
        let mut matcher = self.classifier.matcher(&facts);
        // No entry can match, whoever wrote which part of the text: most failures in a log are those of other systems.
        if self.classifier.is_out_of_context(&mut matcher) {
            return self.assess_silent(record, &mut matcher, for_cache);
        }
        // A user's words are quoted, whatever they say; the record's own report is outside them.
        let user_fields = extract::user_fields(&text);
        let mut unreported = user_fields.clone();
        unreported.extend(extract::suppressed(&text));
        let reported = extract::without_fields(&text, &unreported);
        let (reported_errors, reported_facts);
        let (provider_errors, mut matcher) = match &reported {
            Cow::Borrowed(_) => (&all_errors, matcher),
            Cow::Owned(reported) => {
                reported_errors = extract::provider_errors(reported);
                reported_facts = RecordFacts { text: reported, provider_errors: &reported_errors, ..facts };
                (&reported_errors, self.classifier.matcher(&reported_facts))
            }
        };
        let patterns = self.catalogue.patterns();
        let verdict = self.classifier.classify(&mut matcher, self.want_also);
        let is_elsewhere = verdict.as_ref().is_some_and(|verdict| {
            patterns[verdict.pattern].stage == Stage::Transport && extract::failed_elsewhere(header, &reported)
        });
        let only_mentioned =
            verdict.as_ref().is_some_and(|verdict| patterns[verdict.pattern].rule.role == Role::Mention);
        let verdict = verdict.filter(|verdict| {
            !only_mentioned
                && !is_elsewhere
                && extract::assess(record, header, &reported, verdict.at, verdict.form) == extract::Assertion::Reported
        });
        let Some(verdict) = verdict else {
            if only_mentioned || has_code(provider_errors) {
                return Outcome::Mentions;
            }
            if user_fields.is_empty() || !has_code(&all_errors) {
                return self.assess_silent(record, &mut matcher, for_cache);
            }
            let whatever_numbers = for_cache
                && self.classifier.is_unrelated(&mut matcher)
                && has_code(&extract::provider_errors(&without_numbers(&text)));
            return if whatever_numbers { Outcome::Quotes } else { Outcome::Mentions };
        };
        sink(&Hit {
            record,
            text: &text,
            reported: &reported,
            pattern: &patterns[verdict.pattern],
            also: verdict.also.iter().map(|i| &patterns[*i]).collect(),
            provider_errors,
            deciding: verdict.deciding,
            code: verdict.code,
            at: verdict.at,
            header,
            subject: extract::subject(&text),
            clouds: extract::clouds(&text),
            refreshing: extract::is_refreshing(&text),
            offset: location.offset,
            lines_before: location.lines_before,
            lines: line_count(record.raw),
            truncated: location.truncated,
            from_url: !std::ptr::eq(message, record.message()),
        });
        Outcome::Reported
    }

    /// The outcome for a record whose message reports nothing and quotes no code.
    fn assess_silent(&self, record: &Record<'_>, matcher: &mut RecordMatcher<'_, '_>, for_cache: bool) -> Outcome {
        match self.head_has_code(head(record)) {
            true => Outcome::MentionsInHead,
            false if for_cache && self.classifier.is_unrelated(matcher) => Outcome::Unrelated,
            false => Outcome::Silent,
        }
    }

    /// Ids of all entries that match a record, strongest first, with their strength: for the self-test, which
    /// rejects ties.
    pub(crate) fn ranking(&self, raw: &[u8]) -> Vec<(Strength, &str)> {
        let mut scratch = Vec::new();
        let record = record::read(raw, &mut scratch);
        let text = extract::undo_escapes(record.message());
        let provider_errors = extract::provider_errors(&text);
        let header = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
        let facts = RecordFacts { record: &record, text: &text, provider_errors: &provider_errors, header };
        self.classifier
            .ranking(&facts)
            .into_iter()
            .map(|(strength, i)| (strength, self.catalogue.patterns()[i].id.as_str()))
            .collect()
    }
}

/// The text with zeros for each number that is not part of a name: what the cache takes as equal to any other number.
fn without_numbers(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    for number in numbers(&text) {
        text[number].fill(b'0');
    }
    text
}

fn has_code(provider_errors: &ProviderErrors<'_>) -> bool {
    provider_errors.list.iter().any(|error| !error.codes.is_empty())
}

/// The text before the message.
pub(super) fn head<'r>(record: &Record<'r>) -> &'r [u8] {
    &record.text[..record.text.len() - record.message().len()]
}

fn line_count(raw: &[u8]) -> u32 {
    let complete = count_newlines(raw);
    let partial = u64::from(!raw.is_empty() && !raw.ends_with(b"\n"));
    u32::try_from(complete + partial).unwrap_or(u32::MAX)
}
