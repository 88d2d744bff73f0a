//! Removes secrets, and replaces people with pseudonyms.
//!
//! A [`Redactor`] works on the texts of one record and does not know the others: it removes secrets and
//! replaces people with placeholders. [`Pseudonyms::apply`] turns the placeholders into pseudonyms, numbered
//! in the order of the report, so that a person has the same pseudonym in the whole report, whichever thread
//! redacted the texts.
//!
//! `reader` finds what must be removed from plain text: by key (`keys`, `values`, `keyed`), by shape (`shapes`,
//! `urls`, `blocks`, `base64`), in mail dialogues (`dialogue`), and people (`people`,
//! `correspondents`, `addresses`). `decode` undoes
//! escapes and keeps track of positions, so that all of them work in every encoding; `replace` removes what was found.
//! `strict` judges every token that is left.
//!
//! All tables are built in and `expect` to compile: redaction never fails open.

mod addresses;
mod answers;
mod base64;
mod beside_addresses;
mod blocks;
mod canonical;
mod commands;
mod correspondents;
mod counts;
mod decode;
mod detect;
mod dialogue;
mod directory;
mod domain_users;
mod encoded;
mod error_words;
mod frames;
mod given_names;
mod headed;
mod header_names;
mod homes;
mod initials;
mod joints;
mod keyed;
mod keys;
mod known_secrets;
mod known_users;
mod listed_lines;
mod listings;
mod login;
mod masks;
mod numbers;
mod people;
mod pii;
mod place;
mod programs;
mod prose;
mod pseudonyms;
mod random_keys;
mod reader;
mod recall;
mod replace;
mod secrets;
mod settled;
mod shapes;
mod stated_words;
mod strict;
mod typed;
mod urls;
mod values;
mod word_set;
mod wordlike;

pub(crate) use counts::RedactionCounts;
pub(crate) use detect::Detector;
pub use known_users::KnownUsers;
pub(crate) use pii::{is_person, is_pseudonym};
pub(crate) use pseudonyms::Pseudonyms;
pub use pseudonyms::{KeyError, PseudonymKey};
pub(crate) use settled::{SettledText, each_part};
pub use strict::{SHOWN, Shown};

use std::borrow::Cow;

use super::subject::mail_addresses;
pub(crate) use crate::model::{sanitize, sanitized};
use replace::{Reading, Scope, Span, replace, write};
use secrets::SecretKind;

/// Opens a placeholder. [`sanitize`] escapes the private-use characters of the log itself.
const PLACEHOLDER_OPEN: char = '\u{E000}';
/// Closes a placeholder.
const PLACEHOLDER_CLOSE: char = '\u{E001}';
/// What stands before and after the address of a client in its placeholder.
pub(crate) const ADDRESS_PLACEHOLDER: [&str; 2] = ["\u{E000}i", "\u{E001}"];

/// The longest text of a record that is shown.
const MAX_FIELD_BYTES: usize = 4096;
/// So many bytes after its end are searched too, because a secret that is cut off there must go.
const LOOKAHEAD_BYTES: usize = 2048;

/// A shorter secret is not removed where it occurs without its key.
const MIN_KNOWN_SECRET_BYTES: usize = 4;

/// What redaction hides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RedactionLevel {
    /// Secrets only (`--no-redact`).
    Secrets,
    /// Secrets and people, by labels and shapes.
    Standard,
    /// Standard, and excerpts strict: the default of reports.
    #[default]
    StrictExcerpts,
    /// Everything strict: a token is shown only when something says that it may be; the customer's hosts and tenants
    /// get pseudonyms. The default of what is handed to others.
    Strict,
}

impl RedactionLevel {
    /// True when people are hidden.
    #[must_use]
    pub(crate) fn people(self) -> bool {
        self != Self::Secrets
    }

    /// The level of an excerpt or a line of context.
    #[must_use]
    pub(crate) fn of_excerpts(self) -> Self {
        if self == Self::StrictExcerpts { Self::Strict } else { self }
    }
}

/// Redacts the texts of one record, which is read once: a field that is a part of it needs no reading of its own.
#[derive(Debug)]
pub(crate) struct Redactor<'r> {
    level: RedactionLevel,
    user: Option<&'r str>,
    known: Vec<(String, SecretKind)>,
    /// All secrets of the record, also words, but none that sentences about passwords have.
    values: Vec<(String, SecretKind)>,
    harmless: strict::Known<'r>,
    /// The record, or the first few thousand bytes of it.
    text: Cow<'r, str>,
    /// Where the bytes of `text` are in memory, when they are those of the record as logged.
    address: Option<usize>,
    /// What must go of it by labels and shapes.
    standard: Vec<Span>,
    /// What strict redaction removes from it; empty when the level needs none.
    strict: Vec<Span>,
}

impl<'r> Redactor<'r> {
    /// A redactor for a record as logged, of which the first few thousand bytes are read; `user` is the user in its
    /// header. `shown` are values that the parser has read from it (ids, codes, class names): strict redaction shows
    /// them.
    ///
    /// A secret that is recognised anywhere in the record is removed everywhere, also when the key that
    /// revealed it is in another field.
    #[must_use]
    pub(crate) fn new(raw: &'r [u8], user: Option<&'r str>, level: RedactionLevel, shown: &[Option<&'r [u8]>]) -> Self {
        let raw = &raw[..raw.len().min(MAX_FIELD_BYTES + LOOKAHEAD_BYTES)];
        let text = sanitized(raw);
        let address = (text.len() == raw.len() && text.as_bytes() == raw).then(|| raw.as_ptr().addr());
        let reading = Reading::new(&text, user, level.people());
        let mut values = reading.values(&text);
        let known = Reading::known(&values);
        values.retain(|(value, _)| value.len() >= MIN_KNOWN_SECRET_BYTES && replace::is_no_term(value));
        let is_secret = |value: &[u8]| known.iter().any(|(secret, _)| secret.as_bytes() == value);
        let harmless = strict::Known {
            values: shown.iter().flatten().filter(|value| !is_secret(value)).copied().collect(),
            // In an excerpt of a report the host of a redirect URI is shown: both sides must agree on it.
            redirect_hosts: level == RedactionLevel::StrictExcerpts,
            ..strict::Known::default()
        };
        let standard = reading.spans(repeated(&values, &known, &text));
        let is_strict = level.of_excerpts() == RedactionLevel::Strict;
        let strict = if is_strict { reading.strict_spans(&standard, &harmless) } else { Vec::new() };
        drop(reading);
        Self { level, user, known, values, harmless, text, address, standard, strict }
    }

    /// A text of the record, or the first 4 KiB of it: secrets removed, people marked, the header's
    /// user wherever it is a whole word.
    #[must_use]
    pub(crate) fn redact_text(&self, bytes: &[u8]) -> String {
        self.clean(bytes, MAX_FIELD_BYTES, self.level)
    }

    /// The first `max_bytes` bytes of an excerpt. A secret that extends beyond that end is removed whole: what
    /// follows is looked at, not shown.
    #[must_use]
    pub(crate) fn redact_prefix(&self, bytes: &[u8], max_bytes: usize) -> String {
        self.clean(bytes, max_bytes, self.level.of_excerpts())
    }

    /// A field of the header.
    #[must_use]
    pub(crate) fn redact_field(&self, bytes: &[u8]) -> String {
        self.clean(bytes, MAX_FIELD_BYTES, self.level)
    }

    /// An id or a name of a thing, in which nobody is looked for.
    #[must_use]
    pub(crate) fn redact_id(&self, bytes: &[u8]) -> String {
        self.clean(bytes, MAX_FIELD_BYTES, RedactionLevel::Secrets)
    }

    /// The header's user.
    #[must_use]
    pub(crate) fn redact_user(&self, bytes: &[u8]) -> String {
        let name = self.redact_id(bytes);
        // Longer than any name, or of other characters: a slot that a person's words have slid into.
        let odd = name.len() > 64 || name.contains([' ', '"', '<', '@']);
        let hidden = self.level.people()
            && SecretKind::note_len(name.as_bytes()) != Some(name.len())
            && (odd || is_person(&name));
        if hidden { replace_user(&name, self.level) } else { name }
    }

    /// A mail address.
    #[must_use]
    pub(crate) fn redact_mailbox(&self, bytes: &[u8]) -> String {
        replace_mailbox(&self.redact_id(bytes), self.level)
    }

    /// Client addresses, comma between.
    #[must_use]
    pub(crate) fn redact_addresses(&self, bytes: &[u8]) -> String {
        replace_addresses(&self.redact_id(bytes), self.level)
    }

    /// A host, shown but in strict redaction, where the customer's get pseudonyms.
    #[must_use]
    pub(crate) fn redact_host(&self, bytes: &[u8]) -> String {
        if self.level == RedactionLevel::Strict {
            self.clean(bytes, MAX_FIELD_BYTES, self.level)
        } else {
            self.redact_id(bytes)
        }
    }

    /// A tenant: ids are shown; in strict redaction a name gets a pseudonym.
    #[must_use]
    pub(crate) fn redact_tenant(&self, bytes: &[u8]) -> String {
        let name = self.redact_field(bytes);
        let hidden = self.level == RedactionLevel::Strict
            && !name.contains([PLACEHOLDER_OPEN, '['])
            && strict::is_tenant_name(bytes);
        if hidden { format!("{PLACEHOLDER_OPEN}t{name}{PLACEHOLDER_CLOSE}") } else { name }
    }

    fn clean(&self, bytes: &[u8], max_bytes: usize, level: RedactionLevel) -> String {
        let looked_at = &bytes[..bytes.len().min(max_bytes + LOOKAHEAD_BYTES)];
        let strict = level == RedactionLevel::Strict;
        let secrets_only = !level.people();
        // An id goes nowhere where its secrets could be looked for.
        let finish = |text: &str, spans: Vec<Span>| {
            let spans = spans.into_iter().filter(|span| !secrets_only || span.is_secret()).collect();
            write(text, if bytes.len() > max_bytes { max_bytes } else { text.len() }, spans, !secrets_only)
        };
        if let Some((at, text)) = self.part_of_record(looked_at) {
            let all = if strict { &self.strict } else { &self.standard };
            return finish(text, replace::part(all, at, at + text.len()));
        }
        let text = sanitized(looked_at);
        let reading = Reading::new(&text, self.user, level.people());
        // In the same record, but read in another way: what is hidden in the one is hidden in the other.
        let hidden = occurrences(&self.known, &text).into_iter().chain(words(&self.values, &text));
        let standard = reading.spans(hidden.collect());
        finish(&text, if strict { reading.strict_spans(&standard, &self.harmless) } else { standard })
    }

    /// Where bytes of the record are in its text, when they are the very same bytes.
    fn part_of_record(&self, bytes: &[u8]) -> Option<(usize, &str)> {
        let at = bytes.as_ptr().addr().checked_sub(self.address?)?;
        Some((at, self.text.get(at..at + bytes.len())?))
    }
}

/// Where the secrets of a text come again in it.
fn repeated(values: &[(String, SecretKind)], known: &[(String, SecretKind)], text: &str) -> Vec<Span> {
    let bare = Reading::bare(values);
    let mut spans = occurrences(known, text);
    spans.extend(words(&bare, text));
    spans
}

/// Where known secrets occur in a text.
fn occurrences(known: &[(String, SecretKind)], text: &str) -> Vec<Span> {
    let all = known.iter().flat_map(|(secret, kind)| {
        // Of a word that is looked for in quotation marks these are shown.
        let marks = usize::from(secret.len() > 2 && secret.starts_with(['\'', '"']) && secret.ends_with(['\'', '"']));
        text.match_indices(secret.as_str())
            .map(move |(at, found)| Span::secret(at + marks, at + found.len() - marks, *kind))
    });
    all.collect()
}

/// Where values occur in a text as whole words.
fn words<'v>(values: &'v [(String, SecretKind)], text: &'v str) -> impl Iterator<Item = Span> + 'v {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    values.iter().flat_map(move |(value, kind)| {
        let places = text.match_indices(value.as_str()).map(|(at, found)| (at, at + found.len()));
        let whole = places.filter(move |(start, end)| {
            let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            !is_part(before) && !is_part(text.as_bytes().get(*end))
        });
        whole.map(|(start, end)| Span::secret(start, end, *kind))
    })
}

/// Removes secrets from `text` and marks people. `user` is hidden wherever it stands as a word.
#[must_use]
pub(crate) fn redact(text: &str, user: Option<&str>, hide: RedactionLevel) -> String {
    let harmless = strict::Known::default();
    let strict = (hide == RedactionLevel::Strict).then_some(&harmless);
    replace(text, Scope { user, people: hide.people(), strict, remember: false })
}

/// The same of a record of which the parser has read `values`; secrets are marked, so that [`Pseudonyms`] knows them.
#[must_use]
pub(crate) fn redact_record(text: &str, user: Option<&str>, values: &[Vec<u8>], hide: RedactionLevel) -> String {
    let values = values.iter().map(Vec::as_slice).collect();
    let harmless = strict::Known { values, ..strict::Known::default() };
    let strict = (hide == RedactionLevel::Strict).then_some(&harmless);
    replace(text, Scope { user, people: hide.people(), strict, remember: true })
}

/// Replaces a whole value, a list of client addresses, with a placeholder for each address.
#[must_use]
pub(crate) fn replace_addresses(text: &str, level: RedactionLevel) -> String {
    if !level.people() || SecretKind::note_len(text.as_bytes()) == Some(text.len()) {
        return text.to_owned();
    }
    let [open, close] = ADDRESS_PLACEHOLDER;
    text.split(',').map(|one| format!("{open}{one}{close}")).collect::<Vec<_>>().join(",")
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
    format!("{PLACEHOLDER_OPEN}U{text}{PLACEHOLDER_CLOSE}")
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
    for (open, close) in [(PLACEHOLDER_OPEN.to_string(), PLACEHOLDER_CLOSE), ("[removed".to_owned(), ']')] {
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
