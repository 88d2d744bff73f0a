//! Which parts of a message are a person's words?
//!
//! Jira logs subjects, summaries, descriptions, comments, searches and filter names as `label: value`,
//! `label="value"` or `mail "value"`. A code in such a value was typed or pasted by somebody and
//! reports nothing; what the record itself reports is outside these values.

use std::{borrow::Cow, ops::Range, sync::LazyLock};

use aho_corasick::AhoCorasick;
use memchr::{memchr, memmem, memrchr, memrchr2};
use regex::bytes::Regex;

use self::separator::Separator;
use crate::search::{Literal, PhraseSet};

mod separator;

/// Labels of fields with a person's words; an assignment or a quotation mark follows.
const FIELDS: [&str; 19] = [
    "subject",
    "summary",
    "description",
    "comment",
    "comments",
    "commentary",
    "jql",
    "query",
    "querystring",
    "filter",
    "search",
    "searchstring",
    "text",
    "title",
    "payload",
    "article",
    "transcript",
    "note",
    "displayname",
];
/// Words before a title in quotation marks: `issue created from mail "Fw: …"`.
const BEFORE_TITLES: [&str; 26] = [
    "user",
    "username",
    "login",
    "from",
    "mail",
    "email",
    "e-mail",
    "issue",
    "ticket",
    "request",
    "page",
    "conversation",
    "named",
    "called",
    "titled",
    "about",
    "for",
    "term",
    "like",
    "alert",
    "board",
    "dashboard",
    "gadget",
    "headline",
    "monitor",
    "topic",
];
/// Where messages are posted that somebody has written: `posted to Slack channel #ops: "…"`.
const BEFORE_POSTS: [&str; 1] = ["slack"];
/// Words before the name of a field in quotation marks: `invalid for field "Error message": …`.
const BEFORE_NAMES: [&str; 3] = ["field", "attribute", "column"];
/// How far before a label the words that make it a provider's are looked for, in bytes.
const LOOKBEHIND_BYTES: usize = 200;

static LABELS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(FIELDS.iter().chain(&BEFORE_TITLES).chain(&BEFORE_NAMES).chain(&BEFORE_POSTS))
        .expect("a small set of words")
});

/// Words before `description` and its like that make it a provider's.
static PROVIDERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix-u) (?:error|failure|fault|problem|exception|response|answer|reply|status|oauth2?|token)[\s_-]$
        | \b(?:error(?:\(s\)|s)?|code|suberror)["']?\s*[:=]\s*["'\[]?(?:[a-z]+_[a-z_]+|\d{4,7})\b [^\r\n]*$
        | OAuth\w*Exception\W [^\r\n]*$"#,
    )
    .expect("a valid expression")
});

/// The fields with a person's words, each from its label to the end of its value, in the order of the
/// text. They do not overlap.
#[must_use]
pub(crate) fn user_fields(text: &[u8]) -> Vec<Range<usize>> {
    // Frames of a stack trace hold no fields.
    static FRAME: Literal = Literal::new("\n\tat ");
    let text = &text[..FRAME.find(text).unwrap_or(text.len())];
    let last_mark = memrchr2(b'"', b'\'', text);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut sentence = ProvidersSentence::default();
    for label in LABELS.find_iter(text) {
        let (start, end) = (label.start(), label.end());
        let titles = FIELDS.len() + BEFORE_TITLES.len();
        if label.pattern().as_usize() >= titles {
            let from = found.last().map_or(0, |last| last.end);
            let is_name = label.pattern().as_usize() < titles + BEFORE_NAMES.len();
            let value = if is_name { named_field(text, start..end) } else { post(text, start..end) };
            found.extend(value.filter(|field| field.start >= from));
            continue;
        }
        let inside = found.last().is_some_and(|last| start < last.end);
        if inside || !is_word(text, start, end) {
            continue;
        }
        let field = label.pattern().as_usize() < FIELDS.len();
        // What the expression would find in vain: no separator follows, or no mark for a title.
        let follows = text.get(end).is_some_and(|b| b.is_ascii_whitespace() || b"\x0b\\\"'!~:=".contains(b));
        if !follows || !field && last_mark.is_none_or(|last| last < end) {
            continue;
        }
        if !field && sentence.holds(text, found.last().map_or(0, |last| last.end), start) {
            continue;
        }
        let separator = Separator::of(&text[end..]);
        let value = end + separator.len;
        if text[value..].starts_with(b"http") {
            continue;
        }
        // The body of an answer, whatever it is called.
        if text[start..end].eq_ignore_ascii_case(b"payload") && text[value..].starts_with(b"{\"error") {
            continue;
        }
        let range = match separator.mark {
            Some(mark) => value..quoted_end(text, value, mark),
            None if field && (separator.assigns || is_bare_title(text, start, value)) => value..plain_end(text, value),
            None => continue,
        };
        if field && PROVIDERS.is_match(&text[start.saturating_sub(LOOKBEHIND_BYTES)..start]) {
            continue;
        }
        if !range.is_empty() {
            found.push(start..range.end);
        }
    }
    found.extend(mail_texts(text, &found));
    found.sort_unstable_by_key(|field| field.start);
    found
}

/// Texts of mails without a label: a title after the mark of a reply or a bounce, a quoted body, a message id. None of them
/// overlaps `known`.
fn mail_texts(text: &[u8], known: &[Range<usize>]) -> Vec<Range<usize>> {
    static START: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?x-u)
            (["'\[]) (?:(?:Re|RE|Fwd?|FWD?|AW|WG|Undeliverable|Unzustellbar):\s)+
            | :\s (?: (?:Undeliverable|Unzustellbar):\s
                   | (?:(?:Re|RE|Fwd?|FWD?|AW|WG):\s)+ (?:AADSTS\d | [45]\d\d[\x20-] | [a-z]+\.[a-z.]+\.[A-Z]\w+(?:Exception|Error)\b) )
            | \w:\s>\s
            | Message-I[Dd][:=]?\s?<[^<>\s]{1,200}>"#,
        )
        .expect("a valid expression")
    });
    static MARKS: LazyLock<PhraseSet<()>> = LazyLock::new(|| {
        let marks = ["Re: ", "RE: ", "Fwd: ", "FWD: ", "Fw: ", "FW: ", "AW: ", "WG: "];
        let others = ["Undeliverable: ", "Unzustellbar: ", ": > ", "Message-I"];
        PhraseSet::new(marks.into_iter().chain(others).map(|mark| (mark, ())))
    });
    let mut found: Vec<Range<usize>> = Vec::new();
    if !MARKS.is_match(text) {
        return found;
    }
    for captures in START.captures_iter(text) {
        let Some(start) = captures.get(0) else { continue };
        let from = start.start();
        // Both lists are in order and do not overlap: only the last field that begins before may reach so far.
        let next = known.partition_point(|field| field.start < from);
        let before = [next.checked_sub(1).map(|last| &known[last]), found.last()];
        if before.into_iter().flatten().any(|field| from < field.end) {
            continue;
        }
        let end = match captures.get(1).map(|mark| mark.as_bytes()[0]) {
            Some(b'[') => memchr(b']', &text[from..line_end(text, from)]).map_or(from, |len| from + len),
            Some(mark) => quoted_end(text, from + 1, mark),
            None if start.as_bytes().starts_with(b"Message") => start.end(),
            None => line_end(text, from),
        };
        if from < end && known.get(next).is_none_or(|field| field.start >= end) {
            found.push(from..end);
        }
    }
    found
}

/// True for a title without marks that starts with a code, perhaps after the marks of a reply: `a mail with subject Re: AADSTS…`.
fn is_bare_title(text: &[u8], label: usize, value: usize) -> bool {
    static TITLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i-u)(?:(?:re|fwd?|aw|wg|antw|tr|rv)\s?:\s*|\[[^\]\r\n]{1,30}\]\s*){0,4}AADSTS\d")
            .expect("a valid expression")
    });
    let before = text[..label].trim_ascii_end();
    let introduced =
        [&b"with"[..], b"with the", b"has", b"has the", b"had"].iter().any(|words| before.ends_with(words));
    introduced && TITLE.is_match(&text[value..])
}

/// A post in quotation marks after the name of a messenger, on the same line.
fn post(text: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    if !is_word(text, word.start, word.end) {
        return None;
    }
    let rest = &text[word.end..line_end(text, word.end)];
    let mark = memchr::memchr2(b'"', b'\'', &rest[..rest.len().min(MAX_POST_DISTANCE)])?;
    let value = word.end + mark + 1;
    let end = quoted_end(text, value, rest[mark]);
    (value < end).then_some(word.start..end)
}

/// How far after a messenger's name a post starts, in bytes.
const MAX_POST_DISTANCE: usize = 60;

/// The value of a field that is named in quotation marks after the word at `word`, as one that an administrator has added:
/// `invalid for field "Error message": …`. Parameters of a request to a provider are none of them.
fn named_field(text: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?ix-u) ^ \s (?:named\s|called\s)? \\*["'] ([^"'\\\r\n]{1,80}) \\*["']
            (?: \s (?:\([^()\r\n]{1,40}\)\s)? (?:(?:was|is|has|been|changed|the|new|now|with)\s){0,4} (?:set\sto|to|value(?:\sof)?|contains|equals) \b \s* [:=]? | \s* [:=] ) \s* \\*(["'])?"#,
        )
        .expect("a valid expression")
    });
    static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u)^(?:error|scope|code|state|nonce|audience|resource|response|token|[a-z]+_[a-z_]+)$")
            .expect("a valid expression")
    });
    let before = text[..word.start].trim_ascii_end();
    let before = if before.len() + 1 < word.start { &text[..word.start] } else { before };
    let custom = before.len().checked_sub(b"custom".len()).filter(|at| before[*at..].eq_ignore_ascii_case(b"custom"));
    let starts_word = |at: &usize| !text[..*at].last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let start = custom.filter(starts_word).or(Some(word.start).filter(starts_word))?;
    let field = NAMED.captures(&text[word.end..])?;
    let value = word.end + field.get(0)?.end();
    let end = match field.get(2) {
        Some(mark) => quoted_end(text, value, mark.as_bytes()[0]),
        None => plain_end(text, value),
    };
    (!PARAMETER.is_match(field.get(1)?.as_bytes()) && value < end).then_some(start..end)
}

/// The text with the given parts blank; every other byte stays in its place.
#[must_use]
pub(crate) fn without_fields<'t>(text: &'t [u8], values: &[Range<usize>]) -> Cow<'t, [u8]> {
    if values.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_vec();
    for value in values {
        out[value.clone()].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    }
    Cow::Owned(out)
}

/// True when the bytes before and after belong to no longer name: `error_description`, `com.x.search.Y`.
fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|i| text[i]);
    let after = text.get(end).copied();
    let joins = |b: u8| b.is_ascii_alphanumeric() || b"_.$-/".contains(&b);
    !before.is_some_and(joins) && !after.is_some_and(|b| b.is_ascii_alphanumeric() || b"_.$-/(".contains(&b))
}

/// Looks for a provider's sentence, which names applications and users in quotation marks. A text is read once, however
/// many labels it has.
#[derive(Default)]
struct ProvidersSentence {
    /// Up to here it has been read.
    read_to: usize,
    /// Where the line starts that is read.
    line: usize,
    /// Where the last code or exception starts.
    mark: Option<usize>,
}

impl ProvidersSentence {
    /// True when there is a code or Graph's exception before `at` on its line, after `from`. `at` does not go back.
    fn holds(&mut self, text: &[u8], from: usize, at: usize) -> bool {
        static MARKS: [Literal; 2] = [Literal::new("AADSTS"), Literal::new(".ODataError: ")];
        self.line = memrchr(b'\n', &text[self.read_to..at]).map_or(self.line, |i| self.read_to + i + 1);
        for mark in &MARKS {
            // One may end here that started before.
            let start = self.read_to.saturating_sub(mark.len() - 1);
            let last = mark.find_iter(&text[start..at]).last().map(|i| start + i);
            self.mark = self.mark.max(last);
        }
        self.read_to = at;
        self.mark.is_some_and(|mark| mark >= from.max(self.line))
    }
}

/// Where a value in quotation marks ends. A mark between letters is an apostrophe; one that leaves an
/// odd number of marks on the line is one as well (`'Users' laptops'`). A JSON string may run over
/// lines, for its escapes are undone.
fn quoted_end(text: &[u8], start: usize, mark: u8) -> usize {
    let is_json = mark == b'"' && text[..start - 1].trim_ascii_end().ends_with(b":");
    if is_json {
        let mut from = start;
        while let Some(i) = memchr(b'"', &text[from..]) {
            let at = from + i;
            let next = text[at + 1..].trim_ascii_start().first();
            if next.is_none_or(|b| b",}]".contains(b)) && text[at - 1] != b'\\' {
                return at;
            }
            from = at + 1;
        }
    }
    let end = line_end(text, start);
    let (mut marks, mut depth) = (Vec::new(), 0_i32);
    for (at, byte) in (start..end).zip(&text[start..end]) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            // Marks within braces belong to a JSON object that the value quotes.
            b if *b == mark && depth <= 0 && !is_apostrophe(text, at) => marks.push(at),
            _ => {}
        }
    }
    for (n, at) in marks.iter().enumerate() {
        let opens = *at > start && b"{[,:=(".contains(&text[at - 1]);
        let rest = marks.len() - n - 1;
        if !opens && (mark == b'"' || rest.is_multiple_of(2)) {
            return *at;
        }
    }
    marks.last().copied().unwrap_or(end)
}

fn is_apostrophe(text: &[u8], at: usize) -> bool {
    let letter =
        |i: Option<usize>| i.and_then(|i| text.get(i)).is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
    letter(at.checked_sub(1)) && letter(at.checked_add(1))
}

/// Where a value without quotation marks ends: at the end of its line, at the next field, or where
/// the words of a record's own report begin (`… could not create comment: Refresh failed: …`).
fn plain_end(text: &[u8], start: usize) -> usize {
    let end = line_end(text, start);
    let first = text[start..end].iter().position(u8::is_ascii_whitespace).map_or(end, |len| start + len);
    if text[start..first].iter().any(|b| b"=&".contains(b)) {
        // The parameters of a request hold no blanks.
        return first;
    }
    let reported = REPORT.find(&text[start..end]).map(|found| start + found.start());
    [&b" | "[..], b"; ", b"\t"]
        .iter()
        .filter_map(|separator| memmem::find(&text[start..end], separator).map(|len| start + len))
        .chain(reported)
        .min()
        .unwrap_or(end)
}

/// Words with which a record's own report begins, after a field without quotation marks.
static REPORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:Refresh Token Failed|Reported Reason:|[a-z]+\.[a-z.]+\.[A-Z]\w*(?:Exception|Error)\b)")
        .expect("a valid expression")
});

fn line_end(text: &[u8], from: usize) -> usize {
    memchr(b'\n', &text[from..]).map_or(text.len(), |i| from + i)
}

/// The text of the line before `at`.
pub(super) fn line_before(text: &[u8], at: usize) -> &[u8] {
    &text[memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1)..at]
}

#[cfg(test)]
mod tests;
