//! Templates of messages: which parts may differ in a message with the same meaning.

use std::ops::Range;

use memchr::memchr_iter;

use crate::{
    extract::{GUID_BYTES, is_guid},
    model::{ISO_TIME_BYTES, is_iso_time},
    search::count_newlines,
};

/// A message, and its wildcards: the places where an equal message may differ.
#[derive(Debug)]
pub(super) struct Template {
    message: Box<[u8]>,
    /// Newlines in the message. A wildcard contains none.
    newlines: u64,
    wildcards: Box<[Wildcard]>,
    wildcard_set: WildcardSet,
    /// Ids that are equal in the template must be equal in the message; empty if that does not matter.
    ids: Box<[Id]>,
    ids_matter: bool,
}

/// The first bytes of a message, and which of them a message that fits must have. Most other messages differ here, and the
/// heads of templates that are compared with one message are next to each other in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    bytes: [u64; HEAD_WORDS],
    /// Ones where a message must have the same bits.
    fixed: [u64; HEAD_WORDS],
}

/// Length of a head in words of eight bytes.
const HEAD_WORDS: usize = 8;

impl Head {
    fn of(message: &[u8], wildcards: &[Wildcard]) -> Self {
        let mut head = [0; HEAD_WORDS * 8];
        let mut fixed = [0; HEAD_WORDS * 8];
        for (slot, byte) in head.iter_mut().zip(message) {
            *slot = *byte;
        }
        // What follows a wildcard that may be longer is not at the same place in every message.
        let end = wildcards
            .iter()
            .find(|wildcard| wildcard.variable_len)
            .map_or(message.len(), |wildcard| wildcard.start.into());
        fixed.iter_mut().take(end).for_each(|byte| *byte = u8::MAX);
        for wildcard in wildcards {
            fixed.iter_mut().take(wildcard.end.into()).skip(wildcard.start.into()).for_each(|byte| *byte = 0);
        }
        Self { bytes: words(&head), fixed: words(&fixed) }
    }

    /// False for a text that starts with other bytes.
    #[inline]
    pub(super) fn may_fit(&self, text: &[u8]) -> bool {
        let Some(text) = text.first_chunk() else { return true };
        let text = words(text);
        (0..HEAD_WORDS).fold(0, |other, i| other | ((text[i] ^ self.bytes[i]) & self.fixed[i])) == 0
    }
}

#[inline]
fn words(bytes: &[u8; HEAD_WORDS * 8]) -> [u64; HEAD_WORDS] {
    let (words, _) = bytes.as_chunks();
    std::array::from_fn(|i| u64::from_ne_bytes(words[i]))
}

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
struct Wildcard {
    start: u16,
    end: u16,
    kind: WildcardKind,
    /// It may be longer or shorter, because the rest of its line does not decide whether a record starts there.
    variable_len: bool,
}

impl Wildcard {
    fn place(&self) -> Range<usize> {
        self.start.into()..self.end.into()
    }
}

/// An id or a time.
#[derive(Debug)]
struct Id {
    place: Range<usize>,
    /// Which of them is the first one with the same text.
    same_as: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WildcardKind {
    Guid,
    Time,
    /// Digits that are not part of a name: the same number of digits, or in both fewer than any code has.
    Number,
    /// The line number of a stack frame.
    Frame,
    /// The hash in the name of a table of Active Objects: `AO_60DB71_RAPIDVIEW`.
    TableHash,
}

/// Numbers of at most this many digits are not codes, whatever surrounds them.
const MAX_SHORT_DIGITS: usize = 3;

/// Where the parts of a template are in a message that fits it.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    /// Length of the message in bytes.
    pub(super) len: usize,
    /// From this position of the template on, the message is so much longer (wrapping when it is shorter).
    shifts: Vec<(usize, usize)>,
}

impl Alignment {
    /// The position in the message of a position in the template.
    pub(super) fn in_message(&self, at: usize) -> usize {
        let shift = self.shifts.iter().rev().find(|(from, _)| *from <= at).map_or(0, |(_, shift)| *shift);
        at.wrapping_add(shift)
    }

    /// The position in the template of a position in the message.
    pub(super) fn in_template(&self, at: usize) -> usize {
        let before = |(from, shift): &(usize, usize)| from.wrapping_add(*shift) <= at;
        let shift = self.shifts.iter().copied().rev().find(before).map_or(0, |(_, shift)| shift);
        at.wrapping_sub(shift)
    }
}

impl Template {
    /// The template and the head of a message. `None` when it is too long, or when a wildcard starts a line, because
    /// the start of a line decides where records start.
    pub(super) fn of(message: &[u8], wildcard_set: WildcardSet, ids_matter: bool) -> Option<(Self, Head)> {
        let (wildcards, ids) = find_wildcards(message, wildcard_set)?;
        let starts_line = |start: usize| start > 0 && matches!(message[start - 1], b'\n' | 0);
        if wildcards.iter().any(|wildcard| starts_line(wildcard.start.into())) {
            return None;
        }
        let head = Head::of(message, &wildcards);
        let template = Self {
            message: message.into(),
            newlines: count_newlines(message),
            wildcards: wildcards.into(),
            wildcard_set,
            ids: if ids_matter { ids.into() } else { Box::default() },
            ids_matter,
        };
        Some((template, head))
    }

    /// Length of the message in bytes.
    pub(super) fn len(&self) -> usize {
        self.message.len()
    }

    /// Newlines in each message that fits.
    pub(super) fn newlines(&self) -> u64 {
        self.newlines
    }

    /// True when the same parts may differ.
    pub(super) fn has_same_wildcards(&self, wildcard_set: WildcardSet, ids_matter: bool) -> bool {
        (self.wildcard_set, self.ids_matter) == (wildcard_set, ids_matter)
    }

    /// True when `text` starts with a message that differs from this one only in its wildcards. Sets
    /// `alignment`.
    pub(super) fn fits(&self, text: &[u8], alignment: &mut Alignment) -> bool {
        alignment.shifts.clear();
        // So far, the text and the template agree.
        let (mut at, mut done) = (0, 0);
        let mut wildcards = self.wildcards.iter();
        // A number at the end of the template may be longer in the text.
        let ends_open = self.wildcards.last().is_some_and(|wildcard| wildcard.place().end == self.message.len());
        loop {
            let differs = done + common_prefix_len(&text[at..], &self.message[done..]);
            if differs == self.message.len() && (!ends_open || wildcards.len() == 0) {
                alignment.len = at + differs - done;
                return self.equal_ids_are_equal(text, alignment);
            }
            // Wildcards before it have the same text in both.
            let wildcard = wildcards.find(|wildcard| wildcard.place().end >= differs);
            let Some(wildcard) = wildcard.filter(|wildcard| wildcard.place().start <= differs) else { return false };
            let place = wildcard.place();
            at += place.start - done;
            let len = wildcard.kind.len(&text[at..], place.len());
            let Some(len) = len.filter(|len| wildcard.variable_len || *len == place.len()) else { return false };
            at += len;
            done = place.end;
            if len != place.len() {
                alignment.shifts.push((done, at.wrapping_sub(done)));
            }
        }
    }

    /// True when the ids that are equal in the template are equal in the message, and different ones different.
    fn equal_ids_are_equal(&self, message: &[u8], alignment: &Alignment) -> bool {
        let text = |id: &Id| &message[alignment.in_message(id.place.start)..][..id.place.len()];
        self.ids.iter().enumerate().all(|(i, id)| match id.same_as {
            first if first < i => text(id) == text(&self.ids[first]),
            _ => self.ids[..i].iter().enumerate().all(|(n, earlier)| earlier.same_as != n || text(earlier) != text(id)),
        })
    }
}

/// How many bytes two texts have in common at their start.
fn common_prefix_len(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let (blocks_of_a, blocks_of_b) = (a.as_chunks::<BLOCK>().0, b.as_chunks::<BLOCK>().0);
    let equal = BLOCK * blocks_of_a.iter().zip(blocks_of_b).take_while(|(a, b)| a == b).count();
    equal + a[equal..].iter().zip(&b[equal..]).take_while(|(a, b)| a == b).count()
}

impl WildcardKind {
    /// Length of such a wildcard at the start of a text, when it has `template_len` bytes in the template.
    fn len(self, text: &[u8], template_len: usize) -> Option<usize> {
        match self {
            Self::Guid => text.get(..GUID_BYTES).is_some_and(is_guid).then_some(GUID_BYTES),
            Self::Time => is_iso_time(text).then_some(ISO_TIME_BYTES),
            Self::TableHash => text
                .get(..template_len)
                .is_some_and(|hash| hash.iter().all(u8::is_ascii_hexdigit))
                .then_some(template_len),
            Self::Number | Self::Frame => {
                let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
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
fn find_wildcards(message: &[u8], wildcard_set: WildcardSet) -> Option<(Vec<Wildcard>, Vec<Id>)> {
    let mut ids = ids_and_times(message);
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
        let digits = message[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(template: &str, text: &str) -> bool {
        let (template, _) = Template::of(template.as_bytes(), WildcardSet::Frames, true).expect("a template");
        template.fits(text.as_bytes(), &mut Alignment::default())
    }

    #[test]
    fn ids_and_times_are_wildcards_and_numbers_are_not() {
        let text =
            b"AADSTS50011: app '11111111-2222-3333-4444-555555555555' Timestamp: 2026-01-05 20:33:57Z took 12345678";
        let (found, _) = find_wildcards(text, WildcardSet::Frames).expect("a short text");
        let found: Vec<_> = found.iter().map(|wildcard| (wildcard.place(), wildcard.kind)).collect();
        assert_eq!(found, [(18..54, WildcardKind::Guid), (67..86, WildcardKind::Time)]);
    }

    #[test]
    fn a_template_fits_other_ids_but_not_other_words() {
        let (a, b) = ("11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555");
        let template = format!("AADSTS50011: x {a} y {a} z");
        assert!(fits(&template, &format!("AADSTS50011: x {b} y {b} z")));
        assert!(!fits(&template, &format!("AADSTS50012: x {b} y {b} z")));
        assert!(!fits(&template, &format!("AADSTS50011: x {a} y {b} z")));
        assert!(!fits(&template, &format!("AADSTS50011: x {} y {a} z", a.replace('1', "g"))));
        let different = format!("AADSTS50011: x {a} y {b} z");
        assert!(!fits(&different, &format!("AADSTS50011: x {a} y {a} z")));
    }

    #[test]
    fn a_head_leaves_out_wildcards_and_what_follows_a_longer_one() {
        let may_fit = |template: &str, text: &str, wildcards| {
            let (_, head) = Template::of(template.as_bytes(), wildcards, false).expect("a template");
            head.may_fit(text.as_bytes())
        };
        let rest = "x".repeat(80);
        let template = format!("Unable to read AO_27e67e9c_ENTRY of 12345678-2222-3333-4444-555555555555 {rest}");
        assert!(may_fit(&template, &template.replace("12345678", "abcdefab"), WildcardSet::Frames));
        assert!(may_fit(&template, &template.replace("27e67e9c", "27e67e9d"), WildcardSet::Numbers));
        assert!(!may_fit(&template, &template.replace("27e67e9c", "27e67e9d"), WildcardSet::Frames));
        assert!(!may_fit(&template, &template.replace("ENTRY", "OTHER"), WildcardSet::Numbers));
        assert!(!may_fit(&template, &template.replace("Unable", "Unsure"), WildcardSet::Numbers));
        let template = format!("hook 31 of A {rest}");
        assert!(may_fit(&template, &template.replace("31 of A", "319 of A"), WildcardSet::Numbers));
        assert!(!may_fit(&template, &template.replace("31", "32"), WildcardSet::Frames));
        assert!(may_fit(&template, "hook", WildcardSet::Frames));
    }

    #[test]
    fn the_hash_of_a_table_is_a_wildcard_where_numbers_are() {
        let (template, _) = Template::of(b"no AO_60DB71_VIEW", WildcardSet::Numbers, false).expect("a template");
        let fits = |text: &[u8]| template.fits(text, &mut Alignment::default());
        assert!(fits(b"no AO_950DC3_VIEW"));
        for other in ["no AO_950DC3_TC", "no AO_950DC31_VIEW", "no AO_950DG3_VIEW", "no AO_950DC3_view"] {
            assert!(!fits(other.as_bytes()), "{other}");
        }
        assert!(!self::fits("no AO_60DB71_VIEW", "no AO_950DC3_VIEW"));
        for literal in ["no AO_60DB71", "71_VIEW", "71_", "C3", "O_9", "_95"] {
            assert!(may_match_table_hash(literal), "{literal}");
        }
        for literal in ["invalid_grant", "bad_certificate", "_VIEW"] {
            assert!(!may_match_table_hash(literal), "{literal}");
        }
    }

    #[test]
    fn a_number_is_not_part_of_a_name() {
        let found = |text: &str| numbers(text.as_bytes());
        assert_eq!(found("customfield_10012 took 7ms, 8"), [12..17, 23..24, 28..29]);
        assert_eq!(found("AO_27e67e9c a12 42x").len(), 1);
    }

    #[test]
    fn frames_may_have_other_line_numbers() {
        let template = "AADSTS50011: x\n\tat a.B.c(B.java:92)\n\tat a.D.e(D.java:7) at 2026-01-05 20:33:57 99\n";
        assert!(fits(template, &template.replace(":92)", ":1092)").replace(":7)", ":71)")));
        assert!(!fits(template, &template.replace(":92)", ":)")));
        assert!(!fits(template, &template.replace(" 99", " 98")));
        // With a longer number, the rest of such a line may make it a header.
        let header = "AADSTS50011: x\n05-Jan-2026 20:33:57 (B.java:92) y\n";
        assert!(fits(header, &header.replace(":92)", ":93)")));
        assert!(!fits(header, &header.replace(":92)", ":192)")));
    }

    #[test]
    fn positions_after_a_longer_number_are_shifted() {
        let (template, _) = Template::of(b"(B.java:92) x", WildcardSet::Frames, true).expect("a template");
        let mut alignment = Alignment::default();
        assert!(template.fits(b"(B.java:1092) x and more", &mut alignment));
        assert_eq!((alignment.len, alignment.in_message(2), alignment.in_message(12)), (15, 2, 14));
        assert!(template.fits(b"(B.java:2) x", &mut alignment));
        assert_eq!((alignment.len, alignment.in_message(12), alignment.in_template(11)), (12, 11, 12));
    }

    #[test]
    fn a_number_has_the_same_number_of_digits_or_too_few_for_a_code() {
        let (template, _) = Template::of(b"took 12 of 123456 ms", WildcardSet::Numbers, false).expect("a template");
        let fits = |text: &[u8]| template.fits(text, &mut Alignment::default());
        assert!(fits(b"took 123 of 654321 ms"));
        assert!(!fits(b"took 12345 of 123456 ms"));
        assert!(!fits(b"took 12 of 12345 ms"));
    }

    #[test]
    fn a_message_with_a_wildcard_at_the_start_of_a_line_has_no_template() {
        let of = |text: &str| Template::of(text.as_bytes(), WildcardSet::Frames, true).is_some();
        assert!(!of("x\n2026-01-05 20:33:57 y\n"));
        assert!(of("x\n 2026-01-05 20:33:57 y\n"));
    }
}
