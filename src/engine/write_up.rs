//! From a hit to a finding: owned text, free of secrets, people marked for their pseudonyms.

use super::{explain::explain, hit::Hit};
use crate::{
    catalogue::Catalogue,
    extract::{
        self, Cloud,
        redact::{self, Hide},
    },
    model::Finding,
};

/// A message is one line of at most so many characters.
const LONGEST_MESSAGE: usize = 500;
/// An excerpt is at most so many bytes of the log.
const LONGEST_EXCERPT: usize = 4096;

/// Writes a hit up. `source` is the input's name, `line` the record's first line in it, from 1.
///
/// People are marked, not yet named: see [`redact::Pseudonyms::settle`].
#[must_use]
pub fn write_up(hit: &Hit<'_>, catalogue: &Catalogue, source: &str, line: u64, hide: Hide) -> Finding {
    let evidence = hit.evidence();
    let clouds = extract::clouds(hit.text);
    let header = hit.record.header.as_ref();
    let logged = |slot: Option<&[u8]>| slot.map(redact::visible);
    // Identifiers and names are short; secrets are looked for in them all the same.
    let safe = |slot: Option<&[u8]>| logged(slot).map(|text| redact::scrub(&text, None, Hide::Secrets));
    let user = logged(header.and_then(|header| header.user));
    let prose = |bytes: &[u8]| redact::scrub(&redact::visible(bytes), user.as_deref(), hide);
    let header_text = |slot: Option<&[u8]>| logged(slot).map(|text| redact::scrub(&text, None, hide));
    Finding {
        pattern: hit.pattern.id.clone(),
        also: hit.also.iter().map(|pattern| pattern.id.clone()).collect(),
        title: explain(catalogue, hit.pattern, hit.code, hit.text).title,
        severity: hit.pattern.severity,
        stage: hit.stage(),
        source: source.to_owned(),
        offset: hit.offset,
        line,
        lines: hit.lines,
        truncated: hit.truncated,
        timestamp: header.and_then(|header| header.timestamp).map(|time| time.to_rfc3339()),
        level: logged(header.and_then(|header| header.level_word)),
        thread: header_text(header.and_then(|header| header.thread)),
        user: header_text(header.and_then(|header| header.user)),
        request_id: safe(header.and_then(|header| header.request_id)),
        session_id: safe(header.and_then(|header| header.session_id)),
        client_ip: logged(header.and_then(|header| header.client_ip)).map(|ip| redact::mark_addresses(&ip, hide)),
        url: header_text(header.and_then(|header| header.url)),
        logger: safe(header.and_then(|header| header.logger)),
        mail_server: header_text(header.and_then(|header| header.mail_server)),
        flow_id: safe(evidence.flow_id),
        provider: evidence.provider,
        aadsts: evidence.aadsts,
        code: evidence.code,
        oauth_error: safe(evidence.oauth_error),
        oauth_error_description: evidence.oauth_error_description.map(prose),
        trace_id: logged(evidence.trace_id),
        correlation_id: logged(evidence.correlation_id),
        idp_timestamp: evidence.idp_timestamp.map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        app_id: safe(evidence.app_id),
        tenant: header_text(evidence.tenant),
        mailbox: logged(evidence.mailbox).map(|address| redact::mark_mailbox(&address, hide)),
        host: safe(evidence.host),
        cloud: clouds.one().map(Cloud::as_str),
        notes: clouds.conflict().into_iter().collect(),
        http_status: evidence.http_status,
        exception: safe(evidence.exception),
        message: one_line(&prose(head(&evidence.sentence, LONGEST_EXCERPT))),
        excerpt: excerpt(hit, user.as_deref(), hide),
    }
}

/// The record as logged: its header as it stands, people in its message marked.
fn excerpt(hit: &Hit<'_>, user: Option<&str>, hide: Hide) -> String {
    let raw = head(hit.record.raw, LONGEST_EXCERPT);
    let at = match (hit.record.header.as_ref(), hit.record.raw.len() == hit.record.text.len()) {
        (Some(header), true) => header.message_at.min(raw.len()),
        _ => 0,
    };
    let mut text = redact::scrub(&redact::visible(&raw[..at]), None, hide);
    text.push_str(&redact::scrub(&redact::visible(&raw[at..]), user, hide));
    if raw.len() < hit.record.raw.len() {
        text.push_str(" …");
    }
    text.trim_end().to_owned()
}

/// At most `most` bytes, not cut within a character.
fn head(bytes: &[u8], most: usize) -> &[u8] {
    if bytes.len() <= most {
        return bytes;
    }
    let mut end = most;
    while end > most - 4 && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    &bytes[..end]
}

/// One line, blanks folded, at most [`LONGEST_MESSAGE`] characters; marks are never cut in two.
fn one_line(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.chars().count() <= LONGEST_MESSAGE {
        return folded;
    }
    let mut cut: String = folded.chars().take(LONGEST_MESSAGE - 1).collect();
    redact::drop_open_mark(&mut cut);
    cut.push('…');
    cut
}
