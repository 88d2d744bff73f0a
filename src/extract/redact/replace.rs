//! From places to text: secrets are removed, people marked.

use std::ops::Range;

use super::{
    MIN_KNOWN_SECRET_BYTES, PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN,
    decode::{DecodedLayer, decoded_layers},
    frames, known_secrets,
    pii::PiiKind,
    place::{Place, What as Read},
    reader, repeated,
    secrets::SecretKind,
    stated_words::{is_plain_secret, is_said_of_passwords, is_term},
    strict, truncate,
};

/// So many secrets of a text are looked for where they come again in it.
const MAX_VALUES: usize = 64;

/// How a text is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scope<'s> {
    /// Hidden wherever it is a word.
    pub(super) user: Option<&'s str>,
    pub(super) people: bool,
    /// Strict redaction, with what is known to be harmless.
    pub(super) strict: Option<&'s strict::Known<'s>>,
    /// Secrets are marked with their hash, so that they are known in later texts.
    pub(super) remember: bool,
}

/// Bytes that must go.
#[derive(Debug, Clone)]
pub(super) struct Span {
    start: usize,
    end: usize,
    what: What,
    /// A secret within this one, which may come again without what is around it: `{client_secret=…, …}`.
    core: Option<(usize, usize)>,
}

#[derive(Debug, Clone)]
enum What {
    Secret(SecretKind),
    /// With the name as it reads when its escapes are undone.
    Person(PiiKind, String),
}

impl Span {
    pub(super) fn secret(start: usize, end: usize, kind: SecretKind) -> Self {
        Self { start, end, what: What::Secret(kind), core: None }
    }

    pub(super) fn is_secret(&self) -> bool {
        matches!(self.what, What::Secret(_))
    }
}

/// The spans of a text that lie in a part of it, as spans of that part.
pub(super) fn part(spans: &[Span], start: usize, end: usize) -> Vec<Span> {
    let within = spans.iter().filter(|span| span.start < end && start < span.end);
    let cut = within.map(|span| Span {
        start: span.start.max(start) - start,
        end: span.end.min(end) - start,
        what: span.what.clone(),
        core: span.core.filter(|core| start <= core.0 && core.1 <= end).map(|core| (core.0 - start, core.1 - start)),
    });
    cut.collect()
}

/// A text that was read in all its layers.
pub(super) struct Reading<'t> {
    layers: Vec<DecodedLayer<'t>>,
    /// Of the last layer.
    blocks: Vec<(usize, usize)>,
    places: Vec<Vec<Place>>,
    people: bool,
}

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str, user: Option<&str>, people: bool) -> Self {
        let layers = decoded_layers(text);
        let mut blocks = Vec::new();
        let mut places = Vec::with_capacity(layers.len());
        for layer in &layers {
            blocks = frames::blocks(&layer.text);
            places.push(reader::read(&layer.text, &blocks, user));
        }
        Self { layers, blocks, places, people }
    }

    /// The secrets as they are plain, and as they are written.
    pub(super) fn values(&self, text: &str) -> Vec<(String, SecretKind)> {
        let mut values: Vec<(String, SecretKind)> = Vec::new();
        for (layer, places) in self.layers.iter().zip(&self.places) {
            for place in places {
                let Read::Secret(kind) = place.what else { continue };
                let (from, to) = layer.source_range(place.start, place.end);
                values.push((String::from_utf8_lossy(&layer.text[place.start..place.end]).into_owned(), kind));
                values.extend(text.get(from..to).map(|written| (written.to_owned(), kind)));
            }
        }
        values.sort_unstable();
        values.dedup_by(|a, b| a.0 == b.0);
        values
    }

    /// Of these values, those that are long and random enough to be looked for where their key is missing.
    pub(super) fn known(values: &[(String, SecretKind)]) -> Vec<(String, SecretKind)> {
        let mut known = values.to_vec();
        // As an address writes it.
        let encoded: Vec<_> =
            known.iter().filter_map(|(secret, kind)| Some((percent_encoded(secret)?, *kind))).collect();
        // Nothing else reads like this.
        let unlike: Vec<_> =
            encoded.iter().filter(|(secret, _)| secret.len() >= 12 && !secret.contains("%20")).cloned().collect();
        known.extend(encoded);
        // A word is looked for where a parser quotes what it has refused.
        let plain = |secret: &str| {
            let word = secret.as_bytes();
            is_plain_secret(word) && word.iter().all(u8::is_ascii_alphanumeric) && is_no_term(secret)
        };
        let quoted: Vec<_> = known
            .iter()
            .filter(|(secret, _)| plain(secret))
            .flat_map(|(secret, kind)| [(format!("'{secret}'"), *kind), (format!("\"{secret}\""), *kind)])
            .collect();
        known.retain(|(secret, _)| {
            secret.len() >= MIN_KNOWN_SECRET_BYTES && known_secrets::is_telling(secret.as_bytes())
        });
        // Typed again with the key for capitals.
        let capitals: Vec<_> = known
            .iter()
            .take(MAX_VALUES)
            .flat_map(|(secret, kind)| [(secret.to_ascii_uppercase(), *kind), (secret.to_ascii_lowercase(), *kind)])
            .collect();
        known.extend(capitals);
        known.extend(quoted);
        known.extend(unlike);
        known.sort_unstable();
        known.dedup_by(|a, b| a.0 == b.0);
        known
    }

    /// Of these values, words that are looked for without quotation marks: as people choose them, with a capital or a digit.
    pub(super) fn bare(values: &[(String, SecretKind)]) -> Vec<(String, SecretKind)> {
        let chosen = |(secret, kind): &&(String, SecretKind)| {
            let word = secret.as_bytes();
            matches!(kind, SecretKind::Password | SecretKind::ClientSecret | SecretKind::Secret)
                && word.len() >= 6
                && word.iter().all(u8::is_ascii_alphanumeric)
                && word.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
                && is_plain_secret(word)
                && is_no_term(secret)
        };
        values.iter().filter(chosen).cloned().collect()
    }

    /// What must go by labels and shapes, and `known`, in the order of the text.
    pub(super) fn spans(&self, known: Vec<Span>) -> Vec<Span> {
        let mut spans = known;
        for (layer, places) in self.layers.iter().zip(&self.places) {
            for place in places {
                let (start, end) = layer.source_range(place.start, place.end);
                match place.what {
                    Read::Secret(kind) => spans.push(Span::secret(start, end, kind)),
                    Read::Person(kind) if self.people => {
                        let name = String::from_utf8_lossy(&layer.text[place.start..place.end]).into_owned();
                        spans.push(Span { start, end, what: What::Person(kind, name), core: None });
                    }
                    Read::Person(_) | Read::Doubtful => {}
                }
            }
        }
        settled(spans)
    }

    /// The same with what strict redaction removes besides.
    pub(super) fn strict_spans(&self, standard: &[Span], known: &strict::Known<'_>) -> Vec<Span> {
        let mut spans = standard.to_vec();
        for (layer, places) in self.layers.iter().zip(&self.places) {
            let doubtful = places.iter().filter(|place| place.is_doubtful());
            let doubtful = doubtful.filter(|place| !known.has_read(&layer.text[place.start..place.end]));
            sticking_out(layer, doubtful.copied(), &mut spans);
        }
        if let Some(layer) = self.layers.last() {
            unknown(layer, &self.blocks, known, &mut spans);
        }
        settled(spans)
    }
}

/// True for what is no word of sentences about passwords.
pub(super) fn is_no_term(secret: &str) -> bool {
    !is_said_of_passwords(secret.as_bytes()) && !is_term(secret.as_bytes())
}

/// Finds and replaces. Secrets that overlap go as one; a person within a secret goes with it.
pub(super) fn replace(text: &str, scope: Scope<'_>) -> String {
    write(text, text.len(), find(text, scope), scope.remember)
}

/// What must go of a text, in its order.
fn find(text: &str, scope: Scope<'_>) -> Vec<Span> {
    let reading = Reading::new(text, scope.user, scope.people);
    let mut values = reading.values(text);
    values.truncate(MAX_VALUES);
    let spans = reading.spans(repeated(&values, &Reading::known(&values), text));
    match scope.strict {
        Some(known) => reading.strict_spans(&spans, known),
        None => spans,
    }
}

/// A secret with signs that an address cannot hold, as an address has it.
fn percent_encoded(secret: &str) -> Option<String> {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if secret.len() > 512 || secret.bytes().all(kept) {
        return None;
    }
    let mut out = String::with_capacity(secret.len() * 2);
    for byte in secret.bytes() {
        if kept(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(out)
}

/// Overlapping secrets as one, and the people outside of them, in the order of the text.
fn settled(spans: Vec<Span>) -> Vec<Span> {
    if spans.is_empty() {
        return spans;
    }
    let (secrets, people): (Vec<Span>, Vec<Span>) =
        spans.into_iter().partition(|span| matches!(span.what, What::Secret(_)));
    let secrets = joined(secrets);
    // Both are in order: each name is compared with the first secret that ends after its start.
    let free = |span: &Span| {
        let next = secrets.partition_point(|secret| secret.end <= span.start);
        secrets.get(next).is_none_or(|secret| secret.start >= span.end)
    };
    let mut spans: Vec<Span> = people.into_iter().filter(free).collect();
    spans.extend(secrets);
    spans.sort_by_key(|span| (span.start, usize::MAX - span.end));
    // A name that several readers know is one.
    spans.dedup_by_key(|span| (span.start, span.end));
    spans
}

/// What redaction would remove from a text: where it is, and its kind. Pseudonyms are nothing to remove.
pub(super) fn detect(text: &str, scope: Scope<'_>) -> Vec<(Range<usize>, &'static str)> {
    let spans = find(text, scope);
    let kinds = spans.into_iter().filter_map(|span| match span.what {
        What::Secret(kind) => Some((span.start..span.end, kind.as_str())),
        // `user-1…`: the text was cut there.
        What::Person(_, name) if super::is_pseudonym(name.trim_end_matches('…')) => None,
        What::Person(kind, _) => Some((span.start..span.end, kind.as_str())),
    });
    kinds.collect()
}

/// Adds what strict redaction removes, as far as nothing else hides it.
fn unknown(layer: &DecodedLayer<'_>, blocks: &[(usize, usize)], known: &strict::Known<'_>, spans: &mut Vec<Span>) {
    let (people, secrets): (Vec<Place>, Vec<Place>) =
        strict::find(&layer.text, blocks, known).into_iter().partition(|place| matches!(place.what, Read::Person(_)));
    let named = occupied(spans);
    for place in people {
        let (start, end) = layer.source_range(place.start, place.end);
        let next = named.partition_point(|(_, to)| *to <= start);
        let free = named.get(next).is_none_or(|(from, _)| *from >= end);
        // A mail address is hidden as a whole, and so is a host whose name holds an address: `host-192-0-2-1.example.net`.
        if let Read::Person(kind) = place.what
            && (free || kind == PiiKind::Host && take_addresses(spans, start, end))
        {
            let name = String::from_utf8_lossy(&layer.text[place.start..place.end]).into_owned();
            spans.push(Span { start, end, what: What::Person(kind, name), core: None });
        }
    }
    sticking_out(layer, secrets, spans);
}

/// Removes the addresses within the name of a host from what is hidden. False, and nothing removed, if something else is
/// there.
fn take_addresses(spans: &mut Vec<Span>, start: usize, end: usize) -> bool {
    let overlaps = |span: &&Span| span.start < end && start < span.end;
    let address =
        |span: &Span| matches!(span.what, What::Person(PiiKind::Address, _)) && start <= span.start && span.end <= end;
    let taken = spans.iter().filter(overlaps).all(address);
    if taken {
        spans.retain(|span| !overlaps(&span));
    }
    taken
}

/// Adds secrets as far as nothing else hides them: what sticks out of a name or a secret that has a name of its own.
fn sticking_out(layer: &DecodedLayer<'_>, secrets: impl IntoIterator<Item = Place>, spans: &mut Vec<Span>) {
    let mut secrets = secrets.into_iter().peekable();
    // Most texts hold none.
    if secrets.peek().is_none() {
        return;
    }
    let named = occupied(spans);
    for place in secrets {
        let (mut at, end) = layer.source_range(place.start, place.end);
        let mut next = named.partition_point(|(_, to)| *to <= at);
        while at < end {
            let (from, to) = named.get(next).copied().unwrap_or((end, end));
            let stop = from.min(end);
            if stop > at && stop - at >= MIN_KNOWN_SECRET_BYTES {
                spans.push(Span::secret(at, stop, SecretKind::Unknown));
            }
            at = to.max(at + 1);
            next += 1;
        }
    }
}

/// Where something is hidden, in order and without overlaps, so that ends are in order too.
fn occupied(spans: &[Span]) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = spans.iter().map(|span| (span.start, span.end)).collect();
    places.sort_unstable();
    places.dedup_by(|next, last| {
        let overlaps = next.0 <= last.1;
        last.1 = if overlaps { last.1.max(next.1) } else { last.1 };
        overlaps
    });
    places
}

/// Overlapping secrets as one; the kind is that of the first, and a known one's before an unknown one's.
fn joined(mut secrets: Vec<Span>) -> Vec<Span> {
    secrets.sort_by_key(|span| (span.start, usize::MAX - span.end));
    let mut out: Vec<Span> = Vec::new();
    for span in secrets {
        match out.last_mut() {
            Some(last) if span.start < last.end => {
                if span.end <= last.end && (span.start, span.end) != (last.start, last.end) {
                    last.core.get_or_insert((span.start, span.end));
                }
                last.end = last.end.max(span.end);
                if matches!(last.what, What::Secret(SecretKind::Unknown)) {
                    last.what = span.what;
                }
            }
            _ => out.push(span),
        }
    }
    out
}

/// The first `most` bytes of a text without what must go. A span that extends beyond that end is removed whole.
pub(super) fn write(text: &str, most: usize, spans: Vec<Span>, remember: bool) -> String {
    if spans.is_empty() {
        return truncate(text, most).0.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for span in spans.into_iter().filter(|span| span.start < most) {
        // Ends lie on characters by construction; what does not is widened, never shown in part.
        let (mut start, mut end) = (span.start, span.end.min(text.len()));
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        if start < at {
            // Two names that overlap: the rest of the second goes too.
            at = at.max(end);
            continue;
        }
        out.push_str(&text[at..start]);
        match span.what {
            What::Secret(kind) if remember => {
                out.extend([PLACEHOLDER_OPEN, known_secrets::MARK]);
                let core = span.core.and_then(|(start, end)| text.as_bytes().get(start..end));
                let secret = core.filter(|core| known_secrets::is_telling(core));
                out.push_str(&known_secrets::mark(kind, secret.unwrap_or(&text.as_bytes()[start..end])));
                out.push(PLACEHOLDER_CLOSE);
            }
            What::Secret(kind) => out.push_str(kind.note()),
            What::Person(who, name) => {
                out.extend([PLACEHOLDER_OPEN, who.letter()]);
                out.push_str(&name);
                out.push(PLACEHOLDER_CLOSE);
            }
        }
        at = end;
    }
    out.push_str(truncate(&text[at.min(text.len())..], most.saturating_sub(at)).0);
    out
}
