//! A recognised record with everything that was read to recognise it, and its summary for counting.

use super::{
    failure_ids::FailureIds,
    verdict_cache::{self, CachedHit},
};
use crate::{
    catalogue::Pattern,
    extract::{self, Clouds, Contexts, ProviderError, ProviderErrors, Subject},
    model::{Evidence, Header, IdpTime, Provider, Record, Stage, Timestamp},
    search::Literal,
};

/// A failing record before it becomes a finding. Borrows from the chunk; nothing in it is redacted.
#[derive(Debug)]
pub(crate) struct Hit<'r> {
    /// The record.
    pub(crate) record: &'r Record<'r>,
    /// The record's message without escapes.
    pub(crate) text: &'r [u8],
    /// The same with the fields of a user's words blank; every byte is at the same position.
    pub(crate) reported: &'r [u8],
    /// The entry that explains it.
    pub(crate) pattern: &'r Pattern,
    /// Weaker matches, strongest first.
    pub(crate) also: Vec<&'r Pattern>,
    /// The errors reported by the provider.
    pub(crate) provider_errors: &'r ProviderErrors<'r>,
    /// Index of the deciding provider error.
    pub(crate) deciding: Option<usize>,
    /// The deciding AADSTS number.
    pub(crate) code: Option<u32>,
    /// Position of the evidence in `text`.
    pub(crate) at: usize,
    /// Contexts of the header.
    pub(crate) header: Contexts,
    /// Application, tenant, mailbox.
    pub(crate) subject: Subject<'r>,
    /// Microsoft clouds of the hosts in the text.
    pub(crate) clouds: Clouds,
    /// The record says that a token was being refreshed.
    pub(crate) refreshing: bool,
    /// Byte offset of the record in its source.
    pub(crate) offset: u64,
    /// Newlines before the record in its chunk.
    pub(crate) lines_before: u64,
    /// Number of lines in the record.
    pub(crate) lines: u32,
    /// The record was cut off at the size limit.
    pub(crate) truncated: bool,
    /// The evidence is in the URL of the record's header, not in its message.
    pub(crate) from_url: bool,
}

/// What counting needs to know of a failing record. Borrows from the chunk; nothing in it is redacted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HitSummary<'r> {
    /// The entry that explains it.
    pub(crate) pattern: &'r Pattern,
    /// The deciding AADSTS number.
    pub(crate) code: Option<u32>,
    /// The record's header.
    pub(crate) header: Option<&'r Header<'r>>,
    /// The ids and names in the text.
    pub(crate) ids: FailureIds<&'r [u8]>,
    /// The provider's time.
    pub(crate) idp_time: Option<IdpTime>,
    /// The record says that a token was being refreshed.
    pub(crate) refreshing: bool,
    /// Microsoft clouds of the hosts in the text.
    pub(crate) clouds: Clouds,
    /// The record as logged.
    pub(crate) raw: &'r [u8],
    /// Byte offset of the record in its source.
    pub(crate) offset: u64,
    /// Newlines before the record in its chunk.
    pub(crate) lines_before: u64,
    /// The record was cut off at the size limit.
    pub(crate) truncated: bool,
}

impl HitSummary<'_> {
    /// The time of the record.
    #[must_use]
    pub(crate) fn time(&self) -> Option<Timestamp> {
        self.header.and_then(|header| header.timestamp)
    }
}

impl<'r> Hit<'r> {
    /// The provider error whose ids belong to the finding: the deciding one or, when no code decides, the last.
    fn provider_error(&self) -> Option<&'r ProviderError<'r>> {
        match self.deciding {
            Some(i) => self.provider_errors.list.get(i),
            None => self.provider_errors.list.last(),
        }
    }

    /// The host of a failed connection or login; elsewhere, counting needs none.
    fn counted_host(&self) -> Option<&'r [u8]> {
        let connects = matches!(self.pattern.stage, Stage::Transport | Stage::Mailbox);
        if connects { self.failing_host() } else { None }
    }

    /// The host that failed: of an entry about the proxy, the proxy.
    fn failing_host(&self) -> Option<&'r [u8]> {
        match self.pattern.rule.unreachable {
            Some(_) => extract::failed_proxy(self.reported),
            None => extract::failing_host(self.reported),
        }
    }

    /// The identity provider, as far as codes, hosts and the entry show it.
    fn provider(&self) -> Option<Provider> {
        if !self.provider_errors.list.iter().all(|error| error.codes.is_empty())
            || !self.provider_errors.related_codes.is_empty()
        {
            return Some(Provider::Microsoft);
        }
        if let Some(provider) = self.pattern.applies_to.provider {
            return Some(provider);
        }
        let contexts = self.header.with(extract::of_text(self.text));
        match (contexts.intersects(Contexts::MICROSOFT), contexts.intersects(Contexts::GOOGLE)) {
            (true, false) => Some(Provider::Microsoft),
            (false, true) => Some(Provider::Google),
            (false, false) if extract::has_other_provider(self.text) => Some(Provider::Other),
            _ => None,
        }
    }

    /// The failed step: what the record shows, otherwise the stage of the entry.
    #[must_use]
    pub(crate) fn stage(&self) -> Stage {
        let movable = matches!(self.pattern.stage, Stage::Authorize | Stage::Token | Stage::Refresh | Stage::Unknown);
        if !movable {
            return self.pattern.stage;
        }
        if self.refreshing {
            return Stage::Refresh;
        }
        static FETCHING: Literal = Literal::new("Error when fetching authorization response");
        static FLOW_URL: Literal = Literal::new("/config/flow");
        if FETCHING.is_in(self.text) {
            return Stage::Authorize;
        }
        let header = self.record.header.as_ref();
        let url = header.and_then(|header| header.url);
        if url.is_some_and(|url| FLOW_URL.is_in(url)) && matches!(self.pattern.stage, Stage::Refresh | Stage::Unknown) {
            return Stage::Token;
        }
        // No user signs in on a mail thread: it needs the provider only for a refresh.
        let unattended = |header: &Header<'_>| !extract::is_interactive(header) && header.request_id.is_none();
        if header.is_some_and(unattended) && self.header.intersects(Contexts::MAIL) {
            return Stage::Refresh;
        }
        self.pattern.stage
    }

    /// The summary for counting.
    #[must_use]
    pub(crate) fn summary(&self) -> HitSummary<'_> {
        let error = self.provider_error();
        let subject = self.subject;
        HitSummary {
            pattern: self.pattern,
            code: self.code,
            header: self.record.header.as_ref(),
            ids: FailureIds {
                trace_id: error.and_then(|error| error.trace_id),
                correlation_id: error.and_then(|error| error.correlation_id),
                app_id: subject.app_id,
                tenant: subject.tenant,
                mailbox: subject.mailbox,
                host: self.counted_host(),
                truncated_id: error.is_some_and(|error| error.truncated_id),
            },
            idp_time: error.and_then(|error| error.time),
            refreshing: self.refreshing,
            clouds: self.clouds,
            raw: self.record.raw,
            offset: self.offset,
            lines_before: self.lines_before,
            truncated: self.truncated,
        }
    }

    /// What the verdict cache keeps for equal messages; `None` when an id is not in the message as it is in
    /// the text without escapes.
    pub(super) fn to_cached(&self, summary: &HitSummary<'_>, patterns: &[Pattern]) -> Option<CachedHit> {
        let message = self.record.message();
        let place = |value: &[u8]| {
            // Usually the text is the message itself.
            let start = (value.as_ptr() as usize).wrapping_sub(message.as_ptr() as usize);
            let same = message.get(start..start.saturating_add(value.len())) == Some(value);
            let start = if same { start } else { memchr::memmem::find(message, value)? };
            Some((start, start + value.len()))
        };
        Some(CachedHit {
            pattern: patterns.iter().position(|pattern| std::ptr::eq(pattern, self.pattern))?,
            code: self.code,
            ids: summary.ids.try_map(place)?,
            idp_time: match summary.idp_time {
                Some(time) => Some(verdict_cache::place_of_time(message, time)?),
                None => None,
            },
            refreshing: summary.refreshing,
            clouds: summary.clouds,
        })
    }

    /// Everything that the text shows.
    #[must_use]
    pub(crate) fn evidence(&self) -> Evidence<'r> {
        let error = self.provider_error();
        let response = extract::parse_oauth_response(self.reported);
        let subject = self.subject;
        let by_code = self.deciding.is_some() || self.provider_errors.related_at.is_some();
        // A sign-in page prints the ids before the sentence.
        let at = self.code.map_or(self.at, |code| extract::code_position(self.reported, self.at, code));
        Evidence {
            aadsts: self.provider_errors.all_codes(),
            code: self.code,
            oauth_error: response.error,
            oauth_error_description: response.description,
            trace_id: error.and_then(|error| error.trace_id),
            correlation_id: error.and_then(|error| error.correlation_id),
            idp_timestamp: error.and_then(|error| error.time),
            app_id: subject.app_id,
            tenant: subject.tenant,
            mailbox: subject.mailbox,
            host: self.failing_host(),
            http_status: extract::http_status(self.reported),
            exception: extract::outermost_exception(self.reported),
            flow_id: self
                .record
                .header
                .as_ref()
                .and_then(|header| header.url)
                .and_then(extract::flow_id)
                .or_else(|| extract::flow_id(self.text)),
            provider: self.provider(),
            sentence: extract::failing_sentence(self.text, at, !by_code).into(),
        }
    }
}
