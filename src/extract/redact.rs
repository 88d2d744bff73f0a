//! What must not leave the house: secrets for good, people behind pseudonyms.
//!
//! A [`Scrubber`] works on the texts of one record without knowing the others: it removes secrets and
//! marks people. The marks become names in [`Pseudonyms::settle`], which numbers them in the order of
//! the report, so that a name is the same all over one report whoever scrubbed the texts.
//!
//! `secrets` and `people` say what to look for, in one plain text; `layers` undoes escapes and
//! remembers places, so that both find it in every encoding and remove it where it stands.

mod counts;
mod decode;
mod detect;
mod known_users;
mod pii;
mod prefilter;
mod pseudonyms;
mod secrets;

pub use counts::RedactionCounts;
pub use detect::detect;
pub use known_users::KnownUsers;
pub use pii::{is_person, is_pseudonym};
pub use pseudonyms::{KeyError, PseudonymKey, Pseudonyms};

use super::subject::mail_addresses;
pub use crate::model::sanitize;
use decode::decoded_layers;
use pii::PiiKind;
use secrets::SecretKind;

/// Opens a mark. Private-use characters of the log itself are escaped by [`visible`].
const PLACEHOLDER_OPEN: char = '\u{E000}';
/// Closes a mark.
const PLACEHOLDER_CLOSE: char = '\u{E001}';

/// A text of a record that is shown is at most so many bytes long.
const MAX_FIELD_CHARS: usize = 4096;
/// So many bytes behind its end are looked at: a secret that is cut there must go too.
pub const LOOKBEHIND_BYTES: usize = 2048;

/// A secret shorter than this is not looked for where it stands without its key.
const MIN_KNOWN_SECRET_BYTES: usize = 6;

/// What redaction shall hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedactionLevel {
    /// Secrets and people: the default. The header's user stays as logged.
    SecretsAndPeople,
    /// Secrets and people, the header's user as well: for what is handed to others.
    SecretsAndEverybody,
    /// Secrets alone (`--no-redact`).
    Secrets,
}

impl RedactionLevel {
    /// True when people are hidden.
    #[must_use]
    pub fn people(self) -> bool {
        self != Self::Secrets
    }
}

/// Cleans the texts of one record.
#[derive(Debug)]
pub struct Redactor {
    hide: RedactionLevel,
    user: Option<String>,
    known: Vec<(String, SecretKind)>,
}

impl Redactor {
    /// For a record as it was written, or the first few thousand bytes of it; `user` is its header's.
    ///
    /// A secret that is recognised anywhere in the record is removed everywhere, also where the word
    /// that gave it away stands in another field.
    #[must_use]
    pub fn new(raw: &[u8], user: Option<&str>, hide: RedactionLevel) -> Self {
        let text = sanitize(&raw[..raw.len().min(MAX_FIELD_CHARS + LOOKBEHIND_BYTES)]);
        let mut known: Vec<(String, SecretKind)> = Vec::new();
        for layer in decoded_layers(&text) {
            for (start, end, kind) in secrets::find(&layer.text) {
                let (from, to) = layer.source_range(start, end);
                let plain = String::from_utf8_lossy(&layer.text[start..end]).into_owned();
                known.push((plain, kind));
                known.extend(text.get(from..to).map(|given| (given.to_owned(), kind)));
            }
        }
        known.retain(|(secret, _)| secret.len() >= MIN_KNOWN_SECRET_BYTES && secrets::is_random(secret.as_bytes()));
        known.sort_unstable();
        known.dedup_by(|a, b| a.0 == b.0);
        Self { hide, user: user.map(str::to_owned), known }
    }

    /// A text of the record, or the first 4 KiB of it: secrets removed, people marked, the header's
    /// user wherever it stands as a word.
    #[must_use]
    pub fn redact_text(&self, bytes: &[u8]) -> String {
        self.redact_prefix(bytes, MAX_FIELD_CHARS)
    }

    /// The same of the first `most` bytes. A secret that reaches over that end goes whole: what stands
    /// behind it is looked at, not shown.
    #[must_use]
    pub fn redact_prefix(&self, bytes: &[u8], most: usize) -> String {
        let text = sanitize(&bytes[..bytes.len().min(most + LOOKBEHIND_BYTES)]);
        let most = if bytes.len() > most { most } else { text.len() };
        replace(&text, most, self.known(&text), self.user.as_deref(), self.hide)
    }

    /// A field of the header.
    #[must_use]
    pub fn redact_field(&self, bytes: &[u8]) -> String {
        let user = self.user.as_deref().filter(|_| self.hide == RedactionLevel::SecretsAndEverybody);
        self.clean(bytes, user, self.hide)
    }

    /// An id or a name of a thing, in which nobody is looked for.
    #[must_use]
    pub fn redact_id(&self, bytes: &[u8]) -> String {
        self.clean(bytes, None, RedactionLevel::Secrets)
    }

    /// The header's user.
    #[must_use]
    pub fn redact_user(&self, bytes: &[u8]) -> String {
        let name = self.redact_field(bytes);
        let hidden = self.hide == RedactionLevel::SecretsAndEverybody
            && !name.contains([PLACEHOLDER_OPEN, '['])
            && is_person(&name);
        if hidden { replace_user(&name, self.hide) } else { name }
    }

    /// A mail address.
    #[must_use]
    pub fn redact_mailbox(&self, bytes: &[u8]) -> String {
        replace_mailbox(&self.redact_id(bytes), self.hide)
    }

    /// Client addresses, comma between.
    #[must_use]
    pub fn redact_addresses(&self, bytes: &[u8]) -> String {
        replace_addresses(&self.redact_id(bytes), self.hide)
    }

    fn clean(&self, bytes: &[u8], user: Option<&str>, hide: RedactionLevel) -> String {
        let text = sanitize(&bytes[..bytes.len().min(MAX_FIELD_CHARS + LOOKBEHIND_BYTES)]);
        let most = if bytes.len() > MAX_FIELD_CHARS { MAX_FIELD_CHARS } else { text.len() };
        replace(&text, most, self.known(&text), user, hide)
    }

    fn known(&self, text: &str) -> Vec<Span> {
        let places = |(secret, kind): &(String, SecretKind)| {
            let all = text.match_indices(secret.as_str()).map(|(at, found)| Span::secret(at, at + found.len(), *kind));
            all.collect::<Vec<_>>()
        };
        self.known.iter().flat_map(places).collect()
    }
}

/// Removes secrets from `text` and marks people. `user` is hidden wherever it stands as a word.
#[must_use]
pub fn redact(text: &str, user: Option<&str>, hide: RedactionLevel) -> String {
    replace(text, text.len(), Vec::new(), user, hide)
}

/// A stretch that must go.
struct Span {
    start: usize,
    end: usize,
    what: What,
}

enum What {
    Secret(SecretKind),
    /// With the name as it reads when its escapes are undone.
    Person(PiiKind, String),
}

impl Span {
    fn secret(start: usize, end: usize, kind: SecretKind) -> Self {
        Self { start, end, what: What::Secret(kind) }
    }
}

/// Finds and replaces, in the first `most` bytes. Secrets that overlap go as one; a person within a secret goes with it.
fn replace(text: &str, most: usize, mut spans: Vec<Span>, user: Option<&str>, hide: RedactionLevel) -> String {
    for layer in decoded_layers(text) {
        for (start, end, kind) in secrets::find(&layer.text) {
            let (start, end) = layer.source_range(start, end);
            spans.push(Span::secret(start, end, kind));
        }
        if hide.people() {
            for (start, end, who) in pii::find(&layer.text, user) {
                let name = String::from_utf8_lossy(&layer.text[start..end]).into_owned();
                let (start, end) = layer.source_range(start, end);
                spans.push(Span { start, end, what: What::Person(who, name) });
            }
        }
    }
    spans.retain(|span| span.start < most);
    if spans.is_empty() {
        return head(text, most).0.to_owned();
    }
    let (secrets, people): (Vec<Span>, Vec<Span>) =
        spans.into_iter().partition(|span| matches!(span.what, What::Secret(_)));
    let secrets = joined(secrets);
    let free = |span: &Span| !secrets.iter().any(|secret| span.start < secret.end && secret.start < span.end);
    let mut spans: Vec<Span> = people.into_iter().filter(free).collect();
    spans.extend(secrets);
    spans.sort_by_key(|span| (span.start, usize::MAX - span.end));
    write(text, most, spans)
}

/// Overlapping secrets as one; the kind is that of the first.
fn joined(mut secrets: Vec<Span>) -> Vec<Span> {
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

fn write(text: &str, most: usize, spans: Vec<Span>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for span in spans {
        // Ends lie on characters by construction; what does not is widened, never shown in part.
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
            What::Person(who, name) => {
                out.extend([PLACEHOLDER_OPEN, who.letter()]);
                out.push_str(&name);
                out.push(PLACEHOLDER_CLOSE);
            }
        }
        at = end;
    }
    out.push_str(head(&text[at..], most.saturating_sub(at)).0);
    out
}

/// Marks a whole value as a client address list: each address by itself.
#[must_use]
pub fn replace_addresses(text: &str, hide: RedactionLevel) -> String {
    if !hide.people() || text.contains('[') {
        return text.to_owned();
    }
    text.split(',').map(|one| format!("{PLACEHOLDER_OPEN}i{one}{PLACEHOLDER_CLOSE}")).collect::<Vec<_>>().join(",")
}

/// Marks a whole value as a mail address.
#[must_use]
pub fn replace_mailbox(text: &str, hide: RedactionLevel) -> String {
    if hide.people() { format!("{PLACEHOLDER_OPEN}m{text}{PLACEHOLDER_CLOSE}") } else { text.to_owned() }
}

/// Marks a whole value as a user's name; one that is a mail address stays known as that.
#[must_use]
pub fn replace_user(text: &str, hide: RedactionLevel) -> String {
    if !hide.people() {
        return text.to_owned();
    }
    if mail_addresses(text.as_bytes()).next() == Some((0, text.len())) {
        return replace_mailbox(text, hide);
    }
    format!("{PLACEHOLDER_OPEN}u{text}{PLACEHOLDER_CLOSE}")
}

/// The first `most` bytes of a scrubbed text, not cut within a character, a mark or a note of removal.
/// The flag says whether anything was cut.
#[must_use]
pub fn head(text: &str, most: usize) -> (&str, bool) {
    if text.len() <= most {
        return (text, false);
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut head = &text[..end];
    for (open, close) in [(PLACEHOLDER_OPEN.to_string(), PLACEHOLDER_CLOSE), ("[removed ".to_owned(), ']')] {
        if let Some(at) = head.rfind(open.as_str())
            && !head[at..].contains(close)
        {
            head = &head[..at];
        }
    }
    (head, true)
}

#[cfg(test)]
mod tests;
