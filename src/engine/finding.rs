//! From a hit to a finding: owned text without secrets, with placeholders for people.

use super::{explain::title, hit::Hit};
use crate::{
    catalogue::Catalogue,
    extract::{
        Cloud,
        redact::{self, RedactionLevel, Redactor},
    },
    model::{Finding, iso_time},
};

/// The longest message of a finding, which is one line.
const MAX_MESSAGE_CHARS: usize = 500;
/// The longest excerpt, in bytes of the log.
const MAX_EXCERPT_BYTES: usize = 4096;

/// Builds the finding of a hit. `source` is the name of the input, `line` the record's first line in it, from 1.
///
/// People are replaced with placeholders: see [`redact::Pseudonyms::apply`].
#[must_use]
pub(crate) fn build_finding(
    hit: &Hit<'_>,
    catalogue: &Catalogue,
    source: &str,
    line: u64,
    level: RedactionLevel,
) -> Finding {
    let evidence = hit.evidence();
    let clouds = hit.clouds;
    let header = hit.record.header.as_ref();
    let user = header.and_then(|header| header.user).map(redact::sanitized);
    // What the parser has read is shown wherever it is in the record.
    let shown = [
        evidence.trace_id,
        evidence.correlation_id,
        evidence.app_id,
        evidence.flow_id,
        evidence.oauth_error,
        evidence.exception,
        header.and_then(|header| header.request_id),
        header.and_then(|header| header.session_id),
        header.and_then(|header| header.logger),
    ];
    let redactor = Redactor::new(hit.record.raw, user.as_deref(), level, &shown);
    let id = |value: Option<&[u8]>| value.map(|bytes| redactor.redact_id(bytes));
    let field = |value: Option<&[u8]>| value.map(|bytes| redactor.redact_field(bytes));
    Finding {
        pattern: hit.pattern.id.clone(),
        also: hit.also.iter().map(|pattern| pattern.id.clone()).collect(),
        title: title(catalogue, hit.pattern, hit.code).into_owned(),
        fix: hit.pattern.fix.clone(),
        severity: hit.pattern.severity,
        stage: hit.stage(),
        source: source.to_owned(),
        node: None,
        offset: hit.offset,
        line,
        lines: hit.lines,
        truncated: hit.truncated,
        timestamp: header.and_then(|header| header.timestamp).map(|time| time.to_rfc3339()),
        level: id(header.and_then(|header| header.level_word)),
        thread: field(header.and_then(|header| header.thread)),
        user: header.and_then(|header| header.user).map(|user| redactor.redact_user(user)),
        request_id: id(header.and_then(|header| header.request_id)),
        session_id: id(header.and_then(|header| header.session_id)),
        client_ip: header.and_then(|header| header.client_ip).map(|list| redactor.redact_addresses(list)),
        url: field(header.and_then(|header| header.url)),
        logger: id(header.and_then(|header| header.logger)),
        mail_server: field(header.and_then(|header| header.mail_server)),
        flow_id: id(evidence.flow_id),
        provider: evidence.provider,
        aadsts: evidence.aadsts,
        code: evidence.code,
        oauth_error: id(evidence.oauth_error),
        oauth_error_description: evidence.oauth_error_description.map(|text| redactor.redact_text(text)),
        trace_id: evidence.trace_id.map(redact::sanitize),
        correlation_id: evidence.correlation_id.map(redact::sanitize),
        idp_timestamp: evidence.idp_timestamp.map(|time| iso_time(&time.naive_utc()) + "Z"),
        app_id: id(evidence.app_id),
        tenant: evidence.tenant.map(|tenant| redactor.redact_tenant(tenant)),
        mailbox: evidence.mailbox.map(|address| redactor.redact_mailbox(address)),
        host: evidence.host.map(|host| redactor.redact_host(host)),
        cloud: clouds.one().map(Cloud::as_str),
        notes: clouds.conflict().into_iter().collect(),
        http_status: evidence.http_status,
        exception: id(evidence.exception),
        message: one_line(&redactor.redact_text(&evidence.sentence)),
        excerpt: excerpt(hit, &redactor),
    }
}

/// The record as logged; people in its message are replaced with placeholders.
fn excerpt(hit: &Hit<'_>, redactor: &Redactor<'_>) -> String {
    let raw = hit.record.raw;
    let text = redactor.redact_prefix(raw, MAX_EXCERPT_BYTES);
    let (shown, cut) = redact::truncate(&text, MAX_EXCERPT_BYTES);
    let mut shown = shown.trim_end().to_owned();
    if cut || raw.len() > MAX_EXCERPT_BYTES {
        shown.push_str(" …");
    }
    shown
}

/// One line of at most [`MAX_MESSAGE_CHARS`] characters; placeholders are never cut in two.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_MESSAGE_CHARS {
        return line;
    }
    let max_bytes = line.char_indices().nth(MAX_MESSAGE_CHARS - 1).map_or(line.len(), |(at, _)| at);
    format!("{}…", redact::truncate(&line, max_bytes).0)
}
