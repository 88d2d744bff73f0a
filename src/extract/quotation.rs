//! Does a record report a failure, or does it only quote one?
//!
//! Users search for codes, paste them into comments and use them in filter names, and Jira logs those texts
//! at every level. A record reports a failure when the logger itself says so, not when the words are part of
//! a user's text. This is the only place that decides.

use std::sync::LazyLock;

use memchr::memchr_iter;
use regex::bytes::Regex;

use super::{Contexts, user_field};
use crate::{
    model::{Level, Record},
    search::Literal,
};

/// How a record contains the evidence found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assertion {
    /// It reports a failure.
    Reported,
    /// It quotes somebody else's text.
    Quoted,
}

/// How far before the evidence words that introduce a user's text are searched for.
const LOOKBEHIND_BYTES: usize = 2048;

/// Words that introduce a user's text: searches, comments, issue fields, webhook bodies.
static USER_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix-u)
        \bjql\b | [a-z]\s*!?~\s*\\*["'] | \bsearch(?:ing|string|\.jspa|ed)?\b | \bquer(?:y|ies|ystring)\b | [?&](?:q|jql|text|query|searchstring)=
        | \bcomment(?:s|ed|ary)?\b | \b(?:issue|page)\s(?:description|summary|title|text)\b 
        | \bfilter\b | \bweb-?hook\b | \bpayload\b | \brequest\sbody\b | \battachment\b | \bindex(?:ing|ed)\b | \bpasted?\b | \bquot(?:e|ed|ing)\b
        | \baudit\b | \bknowledge\sbase\b | \barticle\b | \btranscript\b | \bchanged?\sfield\b | \bfield\s'
        | \bfield\s(?:summary|description|environment|comment)\b | \bindex\s(?:the\s)?(?:document|issue)\b
        | \benum\sconstant\b | \btranslat(?:e|ion)\b | \bretry\s(?:on|policy)\b | \bregex(?:p|es)?\b | \bdashboard\b
        | \bKey\s\([^)\r\n]{1,64}\)=\( | \b(?:mail|message)\sbody\b
        | \bselect\s[^;]+\sfrom\s | \binsert\s+into\s | \bupdate\s\S+\sset\s | \bdelete\s+from\s | \bi?like\s'
        "#,
    )
    .expect("the expression compiles")
});

/// A macro of Jira's wiki markup, which holds a user's text if it is in the message of a record; text that was pasted from
/// an issue has one around the record.
static MACRO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\{(?:code|noformat|quote|panel|color)\b[^{}\r\n]{0,80}\}").expect("the expression compiles")
});

/// Loggers whose lines contain users' text or failures of other systems.
static USER_TEXT_LOGGER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)search|jql|lucene|index|webhook|comment|macro|renderer|wiki|slow|audit|automation|analytics|notification|issue\.|plugin\.manager|access.?log").expect("the expression compiles")
});

/// Words directly before a reported code, at most [`MAX_GAP_BYTES`] other bytes away.
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
static ISSUE_KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b").expect("the expression compiles"));

/// How the evidence is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeForm {
    /// A code and nothing else.
    Bare,
    /// A code followed by words, but without a colon and without ids: a sentence, or a title.
    WithWords,
    /// A code with its message or its ids, or the exact words of a failure.
    WithMessage,
}

static ABORTED: Literal = Literal::new("ClientAbortException");
static CODE: Literal = Literal::new("AADSTS");
static EXCEPTION: Literal = Literal::new("Exception");
static HANDLERS: Literal = Literal::new(".mail.handlers.");
static POLICY: Literal = Literal::new("5.7.");
static REFUSED_ADDRESS: Literal = Literal::new("SMTPAddressFailedException: 5");
static URL: Literal = Literal::new("://");

/// Assesses the evidence at `at` in `text`: the record's message without escapes, in which the fields with a
/// user's words are blank (see [`user_field`]). `header` contains the contexts of the record's header alone.
#[must_use]
pub(crate) fn assess(record: &Record<'_>, header: Contexts, text: &[u8], at: usize, form: CodeForm) -> Assertion {
    if ABORTED.is_in(text) && !CODE.is_in(text) {
        // The browser left; nothing of the flow has failed.
        return Assertion::Quoted;
    }
    if is_unknown_recipient(text) {
        return Assertion::Quoted;
    }
    let at = at.min(text.len());
    if is_compared_in_test(text, at) {
        return Assertion::Quoted;
    }
    if record.level().is_none() && (is_after_request(text, at) || is_in_histogram(user_field::line_before(text, at)))
        || is_counted(&text[at..])
    {
        return Assertion::Quoted;
    }
    let report_word = ends_in_report_word(last(&text[..at], 80));
    let object = error_object(text, at);
    let reporting = report_word || object.is_some();
    let relevant = header.intersects(Contexts::OAUTH.with(Contexts::MAIL));
    let line = user_field::line_before(text, at);
    // A logger of an OAuth or mail flow quotes on the line itself; others may quote over many lines.
    let before = last(if relevant { line } else { &text[..at] }, LOOKBEHIND_BYTES);
    // Outside the object that holds the evidence, for that has its own quotation marks.
    let around = object.map_or(before, |start| &before[..before.len() - (at - start).min(before.len())]);
    let quotation = open_quotation(around);
    let in_user_text = USER_TEXT.is_match(before) || record.header.is_some() && MACRO.is_match(before);
    let in_quotes = quotation.is_some();
    // The quotation is an answer and nothing else: `from this: '{"error":…}'`.
    let is_answer = object.is_some() && quotation.is_some_and(|quotation| quotation.trim_ascii().is_empty());
    // An issue key in the quotation: the summary of the issue follows.
    let in_summary = quotation.is_some_and(|quotation| ISSUE_KEY.is_match(quotation));
    let worded = form != CodeForm::Bare;
    // A logger that signs in nowhere, and a handler of mails that were fetched already.
    let handles_mail = logger_of(record).is_some_and(|logger| HANDLERS.is_in(logger));
    let quotes_others = handles_mail || !relevant && record.header.is_some();
    let is_quoted = match (in_user_text, in_quotes) {
        (true, true) => in_summary || !(reporting && relevant),
        (true, false) => !(relevant || reporting),
        // A name or a title in quotation marks.
        (false, true) => {
            in_summary
                || form != CodeForm::WithMessage && !reporting
                || quotes_others && !introduced_as_report(around, quotation) && !(is_answer && EXCEPTION.is_in(text))
        }
        (false, false) => false,
    };
    if is_quoted || (!relevant && record.header.is_some() && in_unrelated_url(text, at)) {
        return Assertion::Quoted;
    }
    let logger = logger_of(record);
    let logs_user_text = !relevant && logger.is_some_and(|logger| USER_TEXT_LOGGER.is_match(logger));
    // What a server has answered in a dialogue after the line of a record is nothing that the record says.
    let level = record.level().filter(|_| !is_reply_in_dialogue(text, at));
    let reported = match level {
        Some(Level::Trace | Level::Debug) => false,
        // An error object alone may be part of a mail that the record describes.
        Some(Level::Info) => relevant && worded && !in_user_text && report_word,
        Some(_) if logs_user_text => worded && !in_user_text && EXCEPTION.is_in(text),
        Some(_) => (worded || relevant || reporting) && (relevant || !in_user_text),
        None if record.header.is_some() => worded && !in_user_text || relevant && reporting,
        None => !in_user_text || worded && reporting,
    };
    if reported { Assertion::Reported } else { Assertion::Quoted }
}

fn logger_of<'r>(record: &Record<'r>) -> Option<&'r [u8]> {
    record.header.as_ref().and_then(|header| header.logger)
}

/// True when the words before a quotation announce a failure: `last error was "…"`, `message: "…"`; or when the
/// quotation is the value of a key.
fn introduced_as_report(before: &[u8], quotation: Option<&[u8]>) -> bool {
    let mark = before.len() - quotation.map_or(0, |quotation| quotation.len() + 1).min(before.len());
    let words = &before[..mark];
    // A key, or a value after one, in JSON, in a map or in Python's `u'key': u'value'`.
    let key = words.strip_suffix(b"u").unwrap_or(words).trim_ascii_end();
    let is_value = [&b"="[..], b"\":", b"':", b"{", b"',"].iter().any(|end| key.ends_with(end)) && !names_a_search(key);
    is_value || ends_in_report_word(last(words, 80)) || EXCEPTION.is_in(last(words, 80))
}

/// True for a key whose value is what is searched for, not what was found: `pattern=`, `"regex":`.
fn names_a_search(key: &[u8]) -> bool {
    let name = &key[..key.len() - key.iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count()];
    [&b"pattern"[..], b"regex", b"rule", b"match", b"matches", b"expected"]
        .iter()
        .any(|word| last(name, word.len()).eq_ignore_ascii_case(word))
}

/// True for a refusal of a mail server on a line of its own among those of JavaMail's debug output, which has no headers.
fn is_reply_in_dialogue(text: &[u8], at: usize) -> bool {
    static REPLY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?-u)(?:[A-Z]{1,3}\d{1,5} (?:NO|BAD) |[45]\d\d[ -][45]\.|-ERR )")
            .expect("the expression compiles")
    });
    static DIALOGUE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\n(?-u)DEBUG (?:IMAP|POP3|SMTP)S?: ").expect("the expression compiles"));
    let Some(start) = memchr::memrchr(b'\n', &text[..at]) else { return false };
    REPLY.is_match(&text[start + 1..]) && DIALOGUE.is_match(&text[..start])
}

/// True for evidence that is the name of a counter: `AUTHENTICATE failed=0, …`, `"AADSTS50173": 1}`, `{code="AADSTS50173"} 1`.
/// A number that could be
/// the status of an answer is none.
fn is_counted(evidence: &[u8]) -> bool {
    static COUNTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"^(?-u)[A-Za-z0-9_ -]{4,48}(?:["']?\s?=\s?(\d{1,4})|["']\s?:\s?(\d{1,4})|\s?:\s?(0)|"[^{}\r\n]{0,200}\}\s(\d{1,15}))(?:[,;)}\]\r\n]|$)"#,
        )
        .expect("the expression compiles")
    });
    let Some(captures) = COUNTER.captures(evidence) else { return false };
    if captures.get(4).is_some() {
        return true;
    }
    let number = (1..=3).find_map(|group| captures.get(group)).map(|number| number.as_bytes());
    number.is_some_and(|number| number.len() != 3 || !(b'1'..=b'5').contains(&number[0]))
}

/// True for the class of a heap histogram, after its number, its instances and its bytes: ` 813:  10  240  `.
fn is_in_histogram(line: &[u8]) -> bool {
    static CELLS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?-u)\s{0,8}\d{1,7}:\s+\d{1,12}\s+\d{1,15}\s+[A-Za-z0-9_.$]{0,200}$")
            .expect("the expression compiles")
    });
    CELLS.is_match(line)
}

/// True when the evidence is part of a URL that is not about OAuth or mail: a page about an error, a search
/// for it.
fn in_unrelated_url(text: &[u8], at: usize) -> bool {
    let at = at.min(text.len());
    let start = text[..at].iter().rposition(u8::is_ascii_whitespace).map_or(0, |i| i + 1);
    let end = text[at..].iter().position(u8::is_ascii_whitespace).map_or(text.len(), |i| at + i);
    let contexts = Contexts::OAUTH.with(Contexts::MAIL);
    URL.is_in(&text[start..at]) && !super::context::of_text(&text[start..end]).intersects(contexts)
}

/// True when only a recipient's address was refused (RFC 3463, codes 5.1.x and 5.2.x): Jira had signed in, so
/// nothing of OAuth has failed. Policy refusals (5.7.x) are another matter.
fn is_unknown_recipient(text: &[u8]) -> bool {
    REFUSED_ADDRESS.is_in(text) && !POLICY.is_in(text) && !CODE.is_in(text)
}

/// True for what follows the request in a line of an access log: the page from which somebody came here.
fn is_after_request(text: &[u8], at: usize) -> bool {
    static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?-u) HTTP/\d(?:\.\d)?" [1-5]\d\d [-\d][^"\n]*"[^"]*$"#).expect("the expression compiles")
    });
    // Over more than a line: parameters of a URL are lines of a text without escapes.
    REQUEST.is_match(last(&text[..at], LOOKBEHIND_BYTES))
}

/// True for what the assertion of a unit test compares: `expected:<AADSTS50011: …> but was:<null>`.
fn is_compared_in_test(text: &[u8], at: usize) -> bool {
    static FAILED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x-u) (?: \bAssertionError | \bAssertionFailedError | \bComparisonFailure ) :
| \b(?:[Ee]xpected|but\x20was):\x20?(?:[\w.]+(?:@[0-9a-f]+)?)?[<\[][^>\]]*$",
        )
        .expect("the expression compiles")
    });
    static CAUSE: Literal = Literal::new("Caused by: ");
    let before = last(&text[..at], LOOKBEHIND_BYTES);
    FAILED.find_iter(before).last().is_some_and(|failed| !CAUSE.is_in(&before[failed.end()..]))
}

/// Where the JSON object starts that contains `at` and has the `error` of RFC 6749, section 5.2.
fn error_object(text: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(MAX_OBJECT_BYTES);
    let open = from + memchr::memrchr(b'{', &text[from..at])?;
    let object = &text[open..text.len().min(at + MAX_OBJECT_BYTES)];
    ERROR_KEY.is_match(object).then_some(open)
}

/// How far before and after the evidence an error object is looked for.
const MAX_OBJECT_BYTES: usize = 1024;

/// `"error":"invalid_client"`, with or without spaces.
static ERROR_KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?-u)"error"\s*:\s*"[a-z]+_[a-z_]+""#).expect("the expression compiles"));

/// True for a text that ends in a word that reports a code, possibly followed by spaces and punctuation.
fn ends_in_report_word(before: &[u8]) -> bool {
    let words = before.len() - before.iter().rev().take_while(|b| !b.is_ascii_alphabetic()).take(MAX_GAP_BYTES).count();
    let before = &before[..words];
    let ends_in = |before: &[u8], word: &[u8]| last(before, word.len()).eq_ignore_ascii_case(word);
    let kind = before.len() - before.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    REPORTING.iter().any(|word| ends_in(before, word)) || kind < before.len() && ends_in(&before[..kind], b"invalid_")
}

fn last(text: &[u8], n: usize) -> &[u8] {
    &text[text.len().saturating_sub(n)..]
}

/// The text after a quotation mark that is still open before the evidence.
fn open_quotation(before: &[u8]) -> Option<&[u8]> {
    let double: Vec<usize> = memchr_iter(b'"', before).collect();
    let single: Vec<usize> = memchr_iter(b'\'', before)
        .filter(|i| {
            let left = i.checked_sub(1).and_then(|i| before.get(i)).copied().unwrap_or(b' ');
            let right = before.get(i + 1).copied().unwrap_or(b' ');
            // An apostrophe within a word is not a quotation mark; one after Python's `u` is.
            let after_prefix = left == b'u' && !i.checked_sub(2).is_some_and(|i| before[i].is_ascii_alphanumeric());
            after_prefix || !(left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric())
        })
        .collect();
    let open =
        [double, single].into_iter().filter(|marks| marks.len() % 2 == 1).filter_map(|marks| marks.last().copied());
    open.max().map(|at| &before[at + 1..])
}

#[cfg(test)]
mod tests;
