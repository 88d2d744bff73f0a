//! Wildcards of a message: its ids and times, and its numbers, the line numbers of its stack frames, or the hashes of tables.

use std::ops::Range;

use memchr::memchr_iter;

use crate::{
    extract::{CALLBACK_ID_BYTES, CALLBACK_PATH, GUID_BYTES, callback_ids, is_guid, starts_with_callback_id},
    model::{ISO_TIME_BYTES, is_iso_time},
    search::leading_digits,
};

/// What may differ in addition to ids and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WildcardSet {
    /// Line numbers of stack frames.
    Frames,
    /// Every number, the hashes of tables, and which ids are equal.
    Numbers,
    /// Every number, for another one with as many digits, and which ids are equal.
    NumbersOfSameLen,
}

/// A part of a message that may differ. Small, because a stack trace has many, and reading a log pushes them out of the
/// processor's cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wildcard {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) kind: WildcardKind,
    /// It may be longer or shorter, because the rest of its line does not decide whether a record starts there.
    pub(super) variable_len: bool,
}

impl Wildcard {
    pub(super) fn place(&self) -> Range<usize> {
        self.start.into()..self.end.into()
    }
}

/// An id or a time.
#[derive(Debug)]
pub(super) struct Id {
    pub(super) place: Range<usize>,
    /// Which of them is the first one with the same text.
    pub(super) same_as: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WildcardKind {
    Guid,
    Time,
    /// The last part of a redirect URL of Jira.
    CallbackId,
    /// Digits that are not part of a name: the same number of digits, or in both fewer than any code has.
    Number,
    /// The line number of a stack frame.
    Frame,
    /// The hash in the name of a table of Active Objects: `AO_60DB71_RAPIDVIEW`.
    TableHash,
}

/// Numbers of at most this many digits are not codes, whatever surrounds them.
const MAX_SHORT_DIGITS: usize = 3;

impl WildcardKind {
    /// Length of such a wildcard at the start of a text, when it has `template_len` bytes in the template.
    pub(super) fn len(self, text: &[u8], template_len: usize) -> Option<usize> {
        match self {
            Self::Guid => text.get(..GUID_BYTES).is_some_and(is_guid).then_some(GUID_BYTES),
            Self::Time => is_iso_time(text).then_some(ISO_TIME_BYTES),
            Self::CallbackId => starts_with_callback_id(text).then_some(CALLBACK_ID_BYTES),
            Self::TableHash => text
                .get(..template_len)
                .is_some_and(|hash| hash.iter().all(u8::is_ascii_hexdigit))
                .then_some(template_len),
            Self::Number | Self::Frame => {
                let digits = leading_digits(text);
                let short = |count: usize| (1..=MAX_SHORT_DIGITS).contains(&count);
                let fits = digits == template_len
                    || (short(digits) && short(template_len))
                    || (self == Self::Frame && digits > 0);
                fits.then_some(digits)
            }
        }
    }
}

/// The wildcards of a message: its ids and times, and its frames or numbers. `None` when the message is too long.
pub(super) fn find_wildcards(message: &[u8], wildcard_set: WildcardSet) -> Option<(Vec<Wildcard>, Vec<Id>)> {
    let mut ids = ids_and_times(message);
    ids.extend(callback_ids(message).map(|place| (WildcardKind::CallbackId, place)));
    let (kind, mut others) = match wildcard_set {
        WildcardSet::Numbers => {
            ids.extend(table_hashes(message));
            (WildcardKind::Number, numbers(message))
        }
        WildcardSet::NumbersOfSameLen => (WildcardKind::Number, numbers(message)),
        WildcardSet::Frames => (WildcardKind::Frame, frames(message)),
    };
    let overlaps = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    others.retain(|place| !ids.iter().any(|(_, id)| overlaps(id, place)));
    let wildcard = |place: &Range<usize>, kind, variable_len| {
        let (start, end) = (u16::try_from(place.start).ok()?, u16::try_from(place.end).ok()?);
        Some(Wildcard { start, end, kind, variable_len })
    };
    let of_others = others.iter().map(|place| {
        let variable_len = wildcard_set != WildcardSet::NumbersOfSameLen && starts_no_record(message, place.start);
        wildcard(place, kind, variable_len)
    });
    let of_ids = ids.iter().map(|(kind, place)| wildcard(place, *kind, false));
    let mut wildcards: Vec<Wildcard> = of_ids.chain(of_others).collect::<Option<_>>()?;
    wildcards.sort_by_key(|wildcard| wildcard.start);
    let text = |place: &Range<usize>| &message[place.clone()];
    let same_as = |i: usize| (0..i).find(|first| text(&ids[*first].1) == text(&ids[i].1)).unwrap_or(i);
    let ids = (0..ids.len()).map(|i| Id { place: ids[i].1.clone(), same_as: same_as(i) }).collect();
    Some((wildcards, ids))
}

/// True when no record can start at the line around `at`, whatever the rest of the line is: a stack frame, or the
/// first line, which a header precedes.
fn starts_no_record(message: &[u8], at: usize) -> bool {
    memchr::memrchr2(b'\n', 0, &message[..at]).is_none_or(|end| message[end + 1] == b'\t')
}

/// Sequences of digits that are not part of a name: they do not follow a letter, nor are they, as in `AO_27e67e9c_ENTRY`,
/// between an underscore and a letter.
pub(in crate::engine) fn numbers(message: &[u8]) -> Vec<Range<usize>> {
    let mut numbers: Vec<Range<usize>> = Vec::new();
    let mut before = b' ';
    for (i, byte) in message.iter().enumerate() {
        match numbers.last_mut() {
            Some(number) if number.end == i && byte.is_ascii_digit() => number.end = i + 1,
            _ if byte.is_ascii_digit() && !before.is_ascii_alphanumeric() => numbers.push(i..i + 1),
            _ => {}
        }
        before = *byte;
    }
    let follows_underscore = |start: usize| start > 0 && message[start - 1] == b'_';
    numbers.retain(|number| {
        !(follows_underscore(number.start) && message.get(number.end).is_some_and(u8::is_ascii_alphabetic))
    });
    numbers
}

/// The line numbers of frames such as `at com.example.Service.run(Service.java:92)`.
fn frames(message: &[u8]) -> Vec<Range<usize>> {
    let mut frames = Vec::new();
    for file in memchr::memmem::find_iter(message, b".java:") {
        let start = file + 6;
        let digits = leading_digits(&message[start..]);
        let end = start + digits;
        if digits > 0 && message.get(end) == Some(&b')') {
            frames.push(start..end);
        }
    }
    frames
}

/// What the names of all tables of Active Objects begin with.
const TABLE_PREFIX: &str = "AO_";
/// How many digits the hash after it has, and a text that counts as one.
const TABLE_HASH_DIGITS: std::ops::RangeInclusive<usize> = 6..=8;

/// The hashes in the names of tables, which say to which app a table belongs; the rest of the name is in capital letters.
fn table_hashes(message: &[u8]) -> Vec<(WildcardKind, Range<usize>)> {
    let hash = |prefix: usize| {
        let start = prefix + TABLE_PREFIX.len();
        let len = message[start..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let is_hash = TABLE_HASH_DIGITS.contains(&len) && follows_table_hash(&message[start + len..]);
        is_hash.then_some((WildcardKind::TableHash, start..start + len))
    };
    memchr::memmem::find_iter(message, TABLE_PREFIX).filter_map(hash).collect()
}

fn follows_table_hash(rest: &[u8]) -> bool {
    matches!(rest, [b'_', b'A'..=b'Z', ..])
}

/// True for a literal that may be found where the hash of a table is a part of it, so that its digits do matter.
pub(super) fn may_match_table_hash(literal: &str) -> bool {
    // From within the prefix or the hash on.
    let prefix = ["AO_", "O_", "_", ""].into_iter().find(|prefix| literal.starts_with(prefix));
    let from_prefix = &literal[prefix.map_or(0, str::len)..];
    let digits = from_prefix.bytes().take_while(u8::is_ascii_hexdigit).count();
    let rest = &from_prefix.as_bytes()[digits..];
    let within = digits > 0 && (rest.is_empty() || rest == b"_" || follows_table_hash(rest));
    within || literal.contains(TABLE_PREFIX)
}

/// True for a literal that may be found where the last part of a redirect URL is a part of it.
pub(super) fn may_match_callback_id(literal: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let ends = |text: &str| !text.starts_with(|next: char| next.is_ascii_alphanumeric());
    let from_within = digits(literal) > 0 && ends(&literal[digits(literal)..]);
    // From within the path before it on.
    let from_path = (0..CALLBACK_PATH.len()).any(|at| {
        let id = literal.split_once(&CALLBACK_PATH[at..]).filter(|(before, _)| at == 0 || before.is_empty());
        id.is_some_and(|(_, id)| (1..=CALLBACK_ID_BYTES).contains(&digits(id)) && ends(&id[digits(id)..]))
    });
    from_within || from_path
}

/// Ids and times, each found by its first hyphen.
fn ids_and_times(message: &[u8]) -> Vec<(WildcardKind, Range<usize>)> {
    let mut found = Vec::new();
    let mut last_end = 0;
    for hyphen in memchr_iter(b'-', message) {
        let id = [(WildcardKind::Guid, 8, GUID_BYTES), (WildcardKind::Time, 4, ISO_TIME_BYTES)].into_iter().find_map(
            |(kind, before, len)| {
                let start = hyphen.checked_sub(before).filter(|start| *start >= last_end)?;
                let place = start..start + len;
                let starts_word = start == 0 || !message[start - 1].is_ascii_alphanumeric();
                let ends_word =
                    kind == WildcardKind::Time || !message.get(place.end).is_some_and(u8::is_ascii_alphanumeric);
                let text = message.get(start..)?;
                (starts_word && ends_word && kind.len(text, len).is_some()).then_some((kind, place))
            },
        );
        if let Some((_, place)) = &id {
            last_end = place.end;
        }
        found.extend(id);
    }
    found
}
