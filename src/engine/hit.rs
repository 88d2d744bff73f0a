//! A record that was recognised, with all that was read to recognise it.

use std::sync::LazyLock;

use super::{
    sighting::{FailureIds, HitSummary},
    verdict_cache::{self, CachedHit},
};
use crate::{
    catalogue::Pattern,
    extract::{self, Contexts, ProviderError, ProviderErrors, Subject},
    model::{Evidence, Header, Provider, Record, Stage},
    search::PhraseSet,
};

/// One finding before it is written up. Borrows from the chunk; nothing in it is redacted.
#[derive(Debug)]
pub struct Hit<'r> {
    /// The record.
    pub record: &'r Record<'r>,
    /// The record's message with its escapes undone.
    pub text: &'r [u8],
    /// The entry that explains it.
    pub pattern: &'r Pattern,
    /// Weaker matches, the strongest first.
    pub also: Vec<&'r Pattern>,
    /// What the provider stated.
    pub statements: &'r ProviderErrors<'r>,
    /// Which statement decides.
    pub(crate) statement: Option<usize>,
    /// The deciding AADSTS number.
    pub code: Option<u32>,
    /// Where the evidence stands in `text`.
    pub(crate) at: usize,
    /// Contexts of the header.
    pub(crate) header: Contexts,
    /// Byte offset of the record in its source.
    pub offset: u64,
    /// Line breaks before the record in its chunk.
    pub lines_before: u64,
    /// Lines of the record.
    pub lines: u32,
    /// The record was closed at the size limit.
    pub truncated: bool,
}

/// Words with which Jira, its mail handlers and libraries say that they were refreshing a token.
const REFRESH_PHRASES: &[&str] = &[
    "Refresh Token Failed",
    "refreshing OAuth token",
    "refreshing the OAuth token",
    "refreshing token",
    "refreshing the token",
    "refreshing access token",
    "refreshing the access token",
    "RecoverableTokenException",
    "to refresh token",
    "to refresh the token",
    "to refresh OAuth token",
    "to refresh the OAuth token",
    "to refresh access token",
    "to refresh the access token",
    "annot refresh the access token",
    "Token refresh failed",
    "token refresh failed",
];

static REFRESH_SEARCH: LazyLock<PhraseSet<()>> =
    LazyLock::new(|| PhraseSet::new(REFRESH_PHRASES.iter().map(|phrase| (*phrase, ()))));

impl<'r> Hit<'r> {
    /// The statement whose ids belong to the finding: the deciding one, or the only one with ids
    /// when no code decides.
    #[must_use]
    pub fn statement(&self) -> Option<&'r ProviderError<'r>> {
        match self.statement {
            Some(i) => self.statements.list.get(i),
            None => self.statements.list.last(),
        }
    }

    /// Application, tenant, mailbox.
    #[must_use]
    pub fn subject(&self) -> Subject<'r> {
        extract::subject(self.text)
    }

    /// Who answered, as far as codes, hosts and the entry tell.
    #[must_use]
    pub fn provider(&self) -> Option<Provider> {
        if !self.statements.list.iter().all(|statement| statement.codes.is_empty())
            || !self.statements.related_codes.is_empty()
        {
            return Some(Provider::Microsoft);
        }
        if let Some(provider) = self.pattern.applies_to.provider {
            return Some(provider);
        }
        let contexts = self.header.with(extract::of_text(self.text));
        match (contexts.meets(Contexts::MICROSOFT), contexts.meets(Contexts::GOOGLE)) {
            (true, false) => Some(Provider::Microsoft),
            (false, true) => Some(Provider::Google),
            _ => None,
        }
    }

    /// True when the record says that a token was being refreshed, whatever failed in it.
    #[must_use]
    pub fn is_refreshing(&self) -> bool {
        REFRESH_SEARCH.is_match(self.text)
    }

    /// The step that failed: what the record tells, else what the entry usually means.
    #[must_use]
    pub fn stage(&self) -> Stage {
        let says = |words: &[&str]| words.iter().any(|word| memchr::memmem::find(self.text, word.as_bytes()).is_some());
        let movable = matches!(self.pattern.stage, Stage::Authorize | Stage::Token | Stage::Refresh | Stage::Unknown);
        if !movable {
            return self.pattern.stage;
        }
        if self.is_refreshing() {
            return Stage::Refresh;
        }
        if says(&["Error when fetching authorization response"]) {
            return Stage::Authorize;
        }
        let url = self.record.header.as_ref().and_then(|header| header.url);
        if url.is_some_and(|url| memchr::memmem::find(url, b"/config/flow").is_some())
            && matches!(self.pattern.stage, Stage::Refresh | Stage::Unknown)
        {
            return Stage::Token;
        }
        // Nobody signs in on a mail thread: what needs the provider there is a refresh.
        let unattended =
            |header: &Header<'_>| header.url.is_none_or(|url| !url.starts_with(b"/")) && header.request_id.is_none();
        if self.record.header.as_ref().is_some_and(unattended) && self.header.meets(Contexts::MAIL) {
            return Stage::Refresh;
        }
        self.pattern.stage
    }

    /// The hit, as far as counting wants to know it.
    #[must_use]
    pub fn summary(&self) -> HitSummary<'_> {
        let statement = self.statement();
        let subject = self.subject();
        HitSummary {
            pattern: self.pattern,
            code: self.code,
            header: self.record.header.as_ref(),
            traits: FailureIds {
                trace_id: statement.and_then(|statement| statement.trace_id),
                correlation_id: statement.and_then(|statement| statement.correlation_id),
                app_id: subject.app_id,
                tenant: subject.tenant,
                mailbox: subject.mailbox,
                truncated_id: statement.is_some_and(|statement| statement.truncated_id),
            },
            idp_time: statement.and_then(|statement| statement.time),
            refreshing: self.is_refreshing(),
            clouds: extract::clouds(self.text),
            raw: self.record.raw,
            offset: self.offset,
            lines_before: self.lines_before,
            truncated: self.truncated,
        }
    }

    /// What can be recalled for an equal message; `None` when a trait does not stand in the message as
    /// it stands in the text.
    pub(super) fn found(&self, sighting: &HitSummary<'_>, patterns: &[Pattern]) -> Option<CachedHit> {
        let message = self.record.message();
        let place = |value: &[u8]| {
            // Mostly the text is the message itself.
            let start = (value.as_ptr() as usize).wrapping_sub(message.as_ptr() as usize);
            let there = message.get(start..start.saturating_add(value.len())) == Some(value);
            let start = if there { start } else { memchr::memmem::find(message, value)? };
            Some((start, start + value.len()))
        };
        Some(CachedHit {
            pattern: patterns.iter().position(|pattern| std::ptr::eq(pattern, self.pattern))?,
            code: self.code,
            traits: sighting.traits.try_map(place)?,
            idp_time: match sighting.idp_time {
                Some(time) => Some(verdict_cache::place_of_time(message, time)?),
                None => None,
            },
            refreshing: sighting.refreshing,
            clouds: sighting.clouds,
        })
    }

    /// All that the text tells.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'r> {
        let statement = self.statement();
        let answer = extract::parse_oauth_response(self.text);
        let subject = self.subject();
        let by_code = self.statement.is_some() || self.statements.related_at.is_some();
        Evidence {
            aadsts: self.statements.all_codes(),
            code: self.code,
            oauth_error: answer.error,
            oauth_error_description: answer.description,
            trace_id: statement.and_then(|statement| statement.trace_id),
            correlation_id: statement.and_then(|statement| statement.correlation_id),
            idp_timestamp: statement.and_then(|statement| statement.time),
            app_id: subject.app_id,
            tenant: subject.tenant,
            mailbox: subject.mailbox,
            host: extract::failing_host(self.text),
            http_status: extract::http_status(self.text),
            exception: extract::outermost(self.text),
            flow_id: self
                .record
                .header
                .as_ref()
                .and_then(|header| header.url)
                .and_then(extract::flow_id)
                .or_else(|| extract::flow_id(self.text)),
            provider: self.provider(),
            sentence: extract::failing_sentence(self.text, self.at, !by_code).into(),
        }
    }
}
