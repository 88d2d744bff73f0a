//! The provider's answer to a sign-in, in the URL of the request that a record belongs to: RFC 6749, section 4.1.2.1.

use memchr::memmem;

use super::{Contexts, context};
use crate::model::{Level, Record};

/// What a callback's URL says about a failure, as the error object that a token endpoint would have sent, after the
/// message of the record. `None` for a record that reports no failure itself, and for the URL of anything else: a search,
/// a page, a request with a parameter of that name.
#[must_use]
pub(crate) fn with_url_answer(record: &Record<'_>) -> Option<Vec<u8>> {
    let header = record.header.as_ref()?;
    let (path, query) = split_query(header.url?)?;
    let error = parameter(query, b"error")?;
    let is_callback = memmem::find(path, b"callback").is_some();
    let is_relevant = context::of_text(path).intersects(Contexts::OAUTH);
    if !is_callback || !is_relevant || !matches!(record.level(), Some(Level::Warn | Level::Error | Level::Fatal)) {
        return None;
    }
    let description = parameter(query, b"error_description").unwrap_or_default();
    let mut text = record.message().to_vec();
    for part in [&b"\nerror=\""[..], error, b"\"\nerror_description: ", description, b"\n"] {
        text.extend(part.iter().map(|b| if *b == b'+' { b' ' } else { *b }));
    }
    Some(text)
}

/// True when the URL may hold such an answer.
#[must_use]
pub(crate) fn may_have_url_answer(url: &[u8]) -> bool {
    split_query(url).is_some_and(|(_, query)| parameter(query, b"error").is_some())
}

fn split_query(url: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr2(b'?', b'#', url)?;
    Some((&url[..at], &url[at + 1..]))
}

fn parameter<'u>(query: &'u [u8], name: &[u8]) -> Option<&'u [u8]> {
    let parameters = query.split(|b| b"&#".contains(b));
    parameters.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix(b"=")).find(|value| !value.is_empty())
}
