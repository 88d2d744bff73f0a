//! What one record reports, quotes, or is unrelated to.

use super::{
    candidate::RecordLocation,
    compiled::Engine,
    hit::Hit,
    matcher::{RecordFacts, Strength},
};
use crate::{
    catalogue::Role,
    extract::{self, Contexts, ProviderErrors},
    model::Record,
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
    /// The text before its message contains a code, its message does not.
    MentionsInHead,
    /// It is not relevant.
    Silent,
    /// It is not relevant, whatever numbers it contains.
    Unrelated,
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
        if let Some(outcome) = self.assess_unrelated(record, &text, header, for_cache) {
            return outcome;
        }
        // A user's words are quoted, whatever they say; the record's own report is outside them.
        let user_fields = extract::user_fields(&text);
        let mut unreported = user_fields.clone();
        unreported.extend(extract::suppressed(&text));
        let reported = extract::without_fields(&text, &unreported);
        let provider_errors = extract::provider_errors(&reported);
        let facts = RecordFacts { record, text: &reported, provider_errors: &provider_errors, header };
        let mut matcher = self.classifier.matcher(&facts);
        let patterns = self.catalogue.patterns();
        let verdict = self.classifier.classify(&mut matcher, self.want_also);
        let only_mentioned =
            verdict.as_ref().is_some_and(|verdict| patterns[verdict.pattern].rule.role == Role::Mention);
        let verdict = verdict.filter(|verdict| {
            !only_mentioned
                && extract::assess(record, header, &reported, verdict.at, verdict.form) == extract::Assertion::Reported
        });
        let Some(verdict) = verdict else {
            let mentions = only_mentioned
                || has_code(&provider_errors)
                || !user_fields.is_empty() && has_code(&extract::provider_errors(&text));
            return match mentions {
                true => Outcome::Mentions,
                false if self.head_has_code(head(record)) => Outcome::MentionsInHead,
                false if for_cache && self.classifier.is_unrelated(&mut matcher) => Outcome::Unrelated,
                false => Outcome::Silent,
            };
        };
        sink(&Hit {
            record,
            text: &text,
            reported: &reported,
            pattern: &patterns[verdict.pattern],
            also: verdict.also.iter().map(|i| &patterns[*i]).collect(),
            provider_errors: &provider_errors,
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

    /// The outcome for a text that no entry can match, whoever wrote which part of it: most failures in a log are those
    /// of other systems.
    fn assess_unrelated(&self, record: &Record<'_>, text: &[u8], header: Contexts, for_cache: bool) -> Option<Outcome> {
        let provider_errors = extract::provider_errors(text);
        let facts = RecordFacts { record, text, provider_errors: &provider_errors, header };
        let mut matcher = self.classifier.matcher(&facts);
        self.classifier.is_out_of_context(&mut matcher).then(|| match self.head_has_code(head(record)) {
            true => Outcome::MentionsInHead,
            false if for_cache && self.classifier.is_unrelated(&mut matcher) => Outcome::Unrelated,
            false => Outcome::Silent,
        })
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
