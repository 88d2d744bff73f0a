//! Removes secrets, and replaces people with pseudonyms.
//!
//! A [`Redactor`] works on the texts of one record and does not know the others: it removes secrets and
//! replaces people with placeholders. [`Pseudonyms::apply`] turns the placeholders into pseudonyms, numbered
//! in the order of the report, so that a person has the same pseudonym in the whole report, whichever thread
//! redacted the texts.
//!
//! `secrets` and `pii` find what must go in plain text; `decode` undoes escapes and keeps track of positions,
//! so that both work in every encoding.
//!
//! All expressions are built in and `expect` to compile: redaction never fails open.

mod counts;
mod decode;
mod detect;
mod known_users;
mod pii;
mod prefilter;
mod pseudonyms;
mod secrets;

pub(crate) use counts::RedactionCounts;
pub(crate) use detect::detect;
pub use known_users::KnownUsers;
pub(crate) use pii::{is_person, is_pseudonym};
pub(crate) use pseudonyms::Pseudonyms;
pub use pseudonyms::{KeyError, PseudonymKey};

use super::subject::mail_addresses;
pub(crate) use crate::model::sanitize;
use decode::decoded_layers;
use pii::PiiKind;
use secrets::SecretKind;

/// Opens a placeholder. [`sanitize`] escapes the private-use characters of the log itself.
const PLACEHOLDER_OPEN: char = '\u{E000}';
/// Closes a placeholder.
const PLACEHOLDER_CLOSE: char = '\u{E001}';

/// The longest text of a record that is shown.
const MAX_FIELD_BYTES: usize = 4096;
/// So many bytes after its end are searched too, because a secret that is cut off there must go.
const LOOKAHEAD_BYTES: usize = 2048;

/// A shorter secret is not removed where it occurs without its key.
const MIN_KNOWN_SECRET_BYTES: usize = 6;

/// What redaction hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedactionLevel {
    /// Secrets and people: the default. The user in the header is kept.
    SecretsAndPeople,
    /// Secrets and people, including the user in the header: for files that are given to others.
    SecretsAndEverybody,
    /// Only secrets (`--no-redact`).
    Secrets,
}

impl RedactionLevel {
    /// True when people are hidden.
    #[must_use]
    pub(crate) fn people(self) -> bool {
        self != Self::Secrets
    }
}

/// Redacts the texts of one record.
#[derive(Debug)]
pub(crate) struct Redactor {
    level: RedactionLevel,
    user: Option<String>,
    known: Vec<(String, SecretKind)>,
}

impl Redactor {
    /// A redactor for a record as logged, of which the first few thousand bytes are read; `user` is the user in
    /// its header.
    ///
    /// A secret that is recognised anywhere in the record is removed everywhere, also when the key that
    /// revealed it is in another field.
    #[must_use]
    pub(crate) fn new(raw: &[u8], user: Option<&str>, level: RedactionLevel) -> Self {
        let text = sanitize(&raw[..raw.len().min(MAX_FIELD_BYTES + LOOKAHEAD_BYTES)]);
        let mut known: Vec<(String, SecretKind)> = Vec::new();
        for layer in decoded_layers(&text) {
            for (start, end, kind) in secrets::find(&layer.text) {
                let (from, to) = layer.source_range(start, end);
                let plain = String::from_utf8_lossy(&layer.text[start..end]).into_owned();
                known.push((plain, kind));
                known.extend(text.get(from..to).map(|escaped| (escaped.to_owned(), kind)));
            }
        }
        known.retain(|(secret, _)| secret.len() >= MIN_KNOWN_SECRET_BYTES && secrets::is_random(secret.as_bytes()));
        known.sort_unstable();
        known.dedup_by(|a, b| a.0 == b.0);
        Self { level, user: user.map(str::to_owned), known }
    }

    /// Redacts a text of the record, or its first 4 KiB. The user in the header is replaced wherever the name
    /// occurs as a word.
    #[must_use]
    pub(crate) fn redact_text(&self, bytes: &[u8]) -> String {
        self.redact_prefix(bytes, MAX_FIELD_BYTES)
    }

    /// Redacts the first `max_bytes` bytes of a text. A secret that extends over that end is removed
    /// completely: the bytes after it are searched, but not shown.
    #[must_use]
    pub(crate) fn redact_prefix(&self, bytes: &[u8], max_bytes: usize) -> String {
        let user = self.user.as_deref();
        self.redact_at(bytes, max_bytes, user, self.level)
    }

    /// Redacts a field of the header.
    #[must_use]
    pub(crate) fn redact_field(&self, bytes: &[u8]) -> String {
        let user = self.user.as_deref().filter(|_| self.level == RedactionLevel::SecretsAndEverybody);
        self.redact_at(bytes, MAX_FIELD_BYTES, user, self.level)
    }

    /// Redacts an id or the name of a thing, which contains no people.
    #[must_use]
    pub(crate) fn redact_id(&self, bytes: &[u8]) -> String {
        self.redact_at(bytes, MAX_FIELD_BYTES, None, RedactionLevel::Secrets)
    }

    /// Redacts the user in the header.
    #[must_use]
    pub(crate) fn redact_user(&self, bytes: &[u8]) -> String {
        let name = self.redact_field(bytes);
        let hidden = self.level == RedactionLevel::SecretsAndEverybody
            && !name.contains([PLACEHOLDER_OPEN, '['])
            && is_person(&name);
        if hidden { replace_user(&name, self.level) } else { name }
    }

    /// Redacts a mail address.
    #[must_use]
    pub(crate) fn redact_mailbox(&self, bytes: &[u8]) -> String {
        replace_mailbox(&self.redact_id(bytes), self.level)
    }

    /// Redacts client addresses, separated by commas.
    #[must_use]
    pub(crate) fn redact_addresses(&self, bytes: &[u8]) -> String {
        replace_addresses(&self.redact_id(bytes), self.level)
    }

    fn redact_at(&self, bytes: &[u8], max_bytes: usize, user: Option<&str>, level: RedactionLevel) -> String {
        let text = sanitize(&bytes[..bytes.len().min(max_bytes + LOOKAHEAD_BYTES)]);
        let max_bytes = if bytes.len() > max_bytes { max_bytes } else { text.len() };
        replace(&text, max_bytes, self.known(&text), user, level)
    }

    /// Where the known secrets occur in a text.
    fn known(&self, text: &str) -> Vec<Span> {
        let occurrences = |(secret, kind): &(String, SecretKind)| {
            let all = text.match_indices(secret.as_str()).map(|(at, found)| Span::secret(at, at + found.len(), *kind));
            all.collect::<Vec<_>>()
        };
        self.known.iter().flat_map(occurrences).collect()
    }
}

/// Removes secrets from `text` and replaces people with placeholders. `user` is replaced wherever it occurs as
/// a word.
#[must_use]
pub(crate) fn redact(text: &str, user: Option<&str>, level: RedactionLevel) -> String {
    replace(text, text.len(), Vec::new(), user, level)
}

/// A range that is replaced.
struct Span {
    start: usize,
    end: usize,
    what: What,
}

enum What {
    Secret(SecretKind),
    /// With the name without escapes.
    Person(PiiKind, String),
}

impl Span {
    fn secret(start: usize, end: usize, kind: SecretKind) -> Self {
        Self { start, end, what: What::Secret(kind) }
    }
}

/// Finds and replaces in the first `max_bytes` bytes. Secrets that overlap are replaced together; a person
/// within a secret is removed with it.
fn replace(text: &str, max_bytes: usize, mut spans: Vec<Span>, user: Option<&str>, level: RedactionLevel) -> String {
    for layer in decoded_layers(text) {
        for (start, end, kind) in secrets::find(&layer.text) {
            let (start, end) = layer.source_range(start, end);
            spans.push(Span::secret(start, end, kind));
        }
        if level.people() {
            for (start, end, kind) in pii::find(&layer.text, user) {
                let name = String::from_utf8_lossy(&layer.text[start..end]).into_owned();
                let (start, end) = layer.source_range(start, end);
                spans.push(Span { start, end, what: What::Person(kind, name) });
            }
        }
    }
    spans.retain(|span| span.start < max_bytes);
    if spans.is_empty() {
        return truncate(text, max_bytes).0.to_owned();
    }
    let (secrets, people): (Vec<Span>, Vec<Span>) =
        spans.into_iter().partition(|span| matches!(span.what, What::Secret(_)));
    let secrets = merged(secrets);
    let outside = |span: &Span| !secrets.iter().any(|secret| span.start < secret.end && secret.start < span.end);
    let mut spans: Vec<Span> = people.into_iter().filter(outside).collect();
    spans.extend(secrets);
    spans.sort_by_key(|span| (span.start, usize::MAX - span.end));
    write(text, max_bytes, spans)
}

/// Merges secrets that overlap; the kind is that of the first.
fn merged(mut secrets: Vec<Span>) -> Vec<Span> {
    secrets.sort_by_key(|span| (span.start, usize::MAX - span.end));
    let mut out: Vec<Span> = Vec::new();
    for span in secrets {
        match out.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

fn write(text: &str, max_bytes: usize, spans: Vec<Span>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for span in spans {
        // Ends are on character boundaries by construction; other ranges are widened, never shown in part.
        let (mut start, mut end) = (span.start, span.end.min(text.len()));
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        if start < at {
            continue;
        }
        out.push_str(&text[at..start]);
        match span.what {
            What::Secret(kind) => out.push_str(&format!("[removed {}]", kind.as_str())),
            What::Person(kind, name) => {
                out.extend([PLACEHOLDER_OPEN, kind.letter()]);
                out.push_str(&name);
                out.push(PLACEHOLDER_CLOSE);
            }
        }
        at = end;
    }
    out.push_str(truncate(&text[at..], max_bytes.saturating_sub(at)).0);
    out
}

/// Replaces a whole value, a list of client addresses, with a placeholder for each address.
#[must_use]
pub(crate) fn replace_addresses(text: &str, level: RedactionLevel) -> String {
    if !level.people() || text.contains('[') {
        return text.to_owned();
    }
    text.split(',').map(|one| format!("{PLACEHOLDER_OPEN}i{one}{PLACEHOLDER_CLOSE}")).collect::<Vec<_>>().join(",")
}

/// Replaces a whole value, a mail address, with a placeholder.
#[must_use]
pub(crate) fn replace_mailbox(text: &str, level: RedactionLevel) -> String {
    if level.people() { format!("{PLACEHOLDER_OPEN}m{text}{PLACEHOLDER_CLOSE}") } else { text.to_owned() }
}

/// Replaces a whole value, a user name, with a placeholder: that of a mail address if it is one.
#[must_use]
pub(crate) fn replace_user(text: &str, level: RedactionLevel) -> String {
    if !level.people() {
        return text.to_owned();
    }
    if mail_addresses(text.as_bytes()).next() == Some((0, text.len())) {
        return replace_mailbox(text, level);
    }
    format!("{PLACEHOLDER_OPEN}u{text}{PLACEHOLDER_CLOSE}")
}

/// The first `max_bytes` bytes of a redacted text, never cut within a character, a placeholder or a
/// `[removed …]`. The flag says whether anything was cut off.
#[must_use]
pub(crate) fn truncate(text: &str, max_bytes: usize) -> (&str, bool) {
    if text.len() <= max_bytes {
        return (text, false);
    }
    let mut end = max_bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut prefix = &text[..end];
    for (open, close) in [(PLACEHOLDER_OPEN.to_string(), PLACEHOLDER_CLOSE), ("[removed ".to_owned(), ']')] {
        if let Some(at) = prefix.rfind(open.as_str())
            && !prefix[at..].contains(close)
        {
            prefix = &prefix[..at];
        }
    }
    (prefix, true)
}

#[cfg(test)]
mod tests;
