//! Does a record report a failure, or does it only quote one?
//!
//! People search for codes, paste them into comments and put them into filter names; Jira logs those
//! texts at every level. A record asserts a failure when its own logger says so, not when the words
//! stand in somebody's text. This is the one place that decides.

use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};
use regex::bytes::Regex;

use super::Contexts;
use crate::model::{Level, Record};

/// What a record does with the evidence found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assertion {
    /// It reports a failure.
    Reported,
    /// It quotes.
    Quoted,
}

/// How far before the evidence the words that carry a quotation are looked for.
const LOOKBEHIND_BYTES: usize = 2048;

/// Words that carry people's text: searches, comments, issue fields, web hook bodies.
static USER_TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix-u)
        \bjql\b | [a-z]\s*!?~\s*\\*["'] | \bsearch(?:ing|string|\.jspa|ed)?\b | \bquer(?:y|ies|ystring)\b | [?&](?:q|jql|text|query|searchstring)=
        | \bcomment(?:s|ed|ary)?\b | \b(?:issue|page)\s(?:description|summary|title|text)\b | (?:^|[^_a-z])(?:description|summary|subject|body|title)(?:["']?\s*[:=]|\s["'])
        | \bfilter\b | \bweb-?hook\b | \bpayload\b | \brequest\sbody\b | \battachment\b | \bindex(?:ing|ed)\b | \bpasted?\b | \bquot(?:e|ed|ing)\b
        | \baudit\b | \bknowledge\sbase\b | \barticle\b | \btranscript\b | \bchanged?\sfield\b | \bfield\s'
        | \bselect\s[^;]+\sfrom\s | \binsert\s+into\s | \bupdate\s\S+\sset\s | \bdelete\s+from\s | \bi?like\s'
        "#,
    )
    .ok()
});

/// Loggers whose lines carry people's text or other systems' failures.
static USER_TEXT_LOGGER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)search|jql|lucene|index|webhook|comment|macro|renderer|wiki|slow|audit|automation|analytics|notification|issue\.|plugin\.manager|access.?log").ok()
});

/// What stands right before a code that is being reported, with no more than [`BETWEEN`] other bytes between.
const REPORTING: [&[u8]; 17] = [
    b"exception",
    b"error",
    b"failed",
    b"failure",
    b"denied",
    b"refused",
    b"rejected",
    b"reason",
    b"message",
    b"response",
    b"description",
    b"cause",
    b"code",
    b"unauthorized_client",
    b"interaction_required",
    b"consent_required",
    b"access_denied",
];
const MAX_GAP_BYTES: usize = 24;

/// The key of an issue: `HELP-9`.
static ISSUE_KEY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?-u)\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b").ok());

/// How the evidence is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeForm {
    /// A code and nothing else.
    Bare,
    /// A code with words behind it, but no colon between and no ids: a sentence, or a title.
    WithWords,
    /// A code with its sentence or its ids, or the exact words of a failure.
    WithMessage,
}

/// Judges the evidence at `at` of `text`, the record's message with its escapes undone.
/// `header` is the context of the record's header alone.
#[must_use]
pub fn assess(record: &Record<'_>, header: Contexts, text: &[u8], at: usize, form: CodeForm) -> Assertion {
    let before = &text[at.min(text.len()).saturating_sub(LOOKBEHIND_BYTES)..at.min(text.len())];
    let ours = header.meets(Contexts::OAUTH.with(Contexts::MAIL));
    let quotation = open_quotation(before);
    let (carried, quoted) = (is(&USER_TEXT, before), quotation.is_some());
    // An issue's key within the quotation: its summary follows.
    let titled = quotation.is_some_and(|quotation| is(&ISSUE_KEY, quotation));
    let reporting = reports(last(before, 80));
    let spoken = form != CodeForm::Bare;
    let somebodys_text = match (carried, quoted) {
        (true, true) => !(reporting && header.meets(Contexts::OAUTH)),
        (true, false) => !(ours || reporting),
        // A name or a title in quotation marks.
        (false, true) => titled || form != CodeForm::WithMessage && !reporting,
        (false, false) => false,
    };
    if somebodys_text || (!ours && record.header.is_some() && in_foreign_address(text, at)) {
        return Assertion::Quoted;
    }
    let logger_carries = !ours
        && record.header.as_ref().and_then(|header| header.logger).is_some_and(|logger| is(&USER_TEXT_LOGGER, logger));
    let asserts = match record.level() {
        Some(Level::Trace | Level::Debug) => false,
        Some(Level::Info) => ours && spoken && !carried && reporting,
        Some(_) if logger_carries => spoken && !carried && memmem::find(text, b"Exception").is_some(),
        Some(_) => (spoken || ours || reporting) && (ours || !carried),
        None if record.header.is_some() => spoken && !carried || ours && reporting,
        None => !carried || spoken && reporting,
    };
    if asserts { Assertion::Reported } else { Assertion::Quoted }
}

/// True when the evidence is part of a URL that has nothing to do with OAuth or mail: a page about
/// an error, a search for it.
fn in_foreign_address(text: &[u8], at: usize) -> bool {
    let at = at.min(text.len());
    let start = text[..at].iter().rposition(u8::is_ascii_whitespace).map_or(0, |i| i + 1);
    let end = text[at..].iter().position(u8::is_ascii_whitespace).map_or(text.len(), |i| at + i);
    let contexts = Contexts::OAUTH.with(Contexts::MAIL);
    memmem::find(&text[start..at], b"://").is_some() && !super::context::of_text(&text[start..end]).meets(contexts)
}

fn is(regex: &LazyLock<Option<Regex>>, text: &[u8]) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// True for a text that ends in a word that reports a code, blanks and signs behind it.
fn reports(before: &[u8]) -> bool {
    let words = before.len() - before.iter().rev().take_while(|b| !b.is_ascii_alphabetic()).take(MAX_GAP_BYTES).count();
    let before = &before[..words];
    let ends_in = |before: &[u8], word: &[u8]| last(before, word.len()).eq_ignore_ascii_case(word);
    let kind = before.len() - before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    REPORTING.iter().any(|word| ends_in(before, word)) || kind < before.len() && ends_in(&before[..kind], b"invalid_")
}

fn last(text: &[u8], n: usize) -> &[u8] {
    &text[text.len().saturating_sub(n)..]
}

/// The text behind a quotation mark that stands open before the evidence.
fn open_quotation(before: &[u8]) -> Option<&[u8]> {
    let double: Vec<usize> = memchr_iter(b'"', before).collect();
    let single: Vec<usize> = memchr_iter(b'\'', before)
        .filter(|i| {
            let left = i.checked_sub(1).and_then(|i| before.get(i)).copied().unwrap_or(b' ');
            let right = before.get(i + 1).copied().unwrap_or(b' ');
            // An apostrophe within a word is no quotation mark.
            !(left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric())
        })
        .collect();
    let open =
        [double, single].into_iter().filter(|marks| marks.len() % 2 == 1).filter_map(|marks| marks.last().copied());
    open.max().map(|at| &before[at + 1..])
}

#[cfg(test)]
mod tests;
