//! A message with gaps: what may differ in another that says the same.

use std::ops::Range;

use memchr::memchr_iter;

use crate::search::newlines;

/// A message, and the places at which another may differ from it.
#[derive(Debug)]
pub(super) struct Template {
    /// The first bytes of the message, unless there is a gap in them: most other messages differ here.
    opening: Option<[u8; OPENING]>,
    message: Vec<u8>,
    /// Line breaks of the message: a gap holds none.
    newlines: u64,
    wildcards: Vec<Wildcard>,
    wildcard_set: WildcardSet,
    /// Ids that were the same must be the same again.
    ids_matter: bool,
}

/// What may differ, beside ids and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WildcardSet {
    /// Line numbers of stack frames.
    Frames,
    /// Every number, and which ids are the same.
    Numbers,
}

/// A part of a message that may differ.
#[derive(Debug, Clone)]
struct Wildcard {
    place: Range<usize>,
    kind: WildcardKind,
    /// May be longer or shorter: nothing behind it in its line tells whether a record starts there.
    moves: bool,
    /// The first gap that held the same, among ids and times.
    same_as: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WildcardKind {
    Guid,
    Time,
    /// Digits that belong to no name: as many, or as few as no code has.
    Number,
    /// Where in its source a stack frame stands.
    Frame,
}

/// So many first bytes are looked at before anything else.
const OPENING: usize = 8;
/// `8-4-4-4-12` hexadecimal digits.
const GUID: usize = 36;
/// `2026-01-05 20:34:03`
pub(super) const TIME: usize = 19;
/// Numbers of so many digits are no codes, whatever stands beside them.
const FEW_DIGITS: usize = 3;

/// Where the parts of a template stand in a message that fits it.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    /// Bytes of the message.
    pub(super) len: usize,
    /// Starts of the gaps.
    gaps: Vec<usize>,
    /// Behind this place of the template, the message is so much longer (wrapping, when it is shorter).
    shifts: Vec<(usize, usize)>,
}

impl Alignment {
    /// Where a place of the template stands.
    pub(super) fn place(&self, at: usize) -> usize {
        let shift = self.shifts.iter().rev().find(|(from, _)| *from <= at).map_or(0, |(_, shift)| *shift);
        at.wrapping_add(shift)
    }

    /// The place of the template that stands at a place of the message.
    pub(super) fn place_of(&self, at: usize) -> usize {
        let before = |(from, shift): &(usize, usize)| from.wrapping_add(*shift) <= at;
        let shift = self.shifts.iter().copied().rev().find(before).map_or(0, |(_, shift)| shift);
        at.wrapping_sub(shift)
    }
}

impl Template {
    /// `None` for a message in which a gap starts a line: what stands there tells where records start.
    pub(super) fn of(message: &[u8], freedom: WildcardSet, ids_tell: bool) -> Option<Self> {
        let gaps = find_wildcards(message, freedom);
        let starts_line = |gap: &Wildcard| gap.place.start == 0 || matches!(message[gap.place.start - 1], b'\n' | 0);
        if gaps.iter().any(|gap| gap.place.start > 0 && starts_line(gap)) {
            return None;
        }
        let fixed = gaps.first().map_or(message.len(), |gap| gap.place.start);
        let opening = message[..fixed].first_chunk().copied();
        Some(Self {
            opening,
            message: message.to_vec(),
            newlines: newlines(message),
            wildcards: gaps,
            wildcard_set: freedom,
            ids_matter: ids_tell,
        })
    }

    /// Line breaks of each message that fits.
    pub(super) fn newlines(&self) -> u64 {
        self.newlines
    }

    /// True when the same may differ.
    pub(super) fn has_same_wildcards(&self, freedom: WildcardSet, ids_tell: bool) -> bool {
        (self.wildcard_set, self.ids_matter) == (freedom, ids_tell)
    }

    /// True when `text` starts with a message that differs from this one in nothing but its gaps; how it
    /// lies there comes in `fit`.
    pub(super) fn fits(&self, text: &[u8], fit: &mut Alignment) -> bool {
        if self.opening.is_some_and(|opening| text.first_chunk() != Some(&opening)) {
            return false;
        }
        fit.gaps.clear();
        fit.shifts.clear();
        let (mut at, mut done) = (0, 0);
        for gap in &self.wildcards {
            let equal = gap.place.start - done;
            let Some(behind) = text.get(at..).filter(|text| starts_with(text, &self.message[done..][..equal])) else {
                return false;
            };
            let usual = gap.place.len();
            let len = gap.kind.len(&behind[equal..], usual).filter(|len| gap.moves || *len == usual);
            let Some(len) = len else { return false };
            at += equal;
            fit.gaps.push(at);
            at += len;
            done = gap.place.end;
            if len != usual {
                fit.shifts.push((done, at.wrapping_sub(done)));
            }
        }
        let rest = &self.message[done..];
        fit.len = at + rest.len();
        text.get(at..).is_some_and(|text| starts_with(text, rest))
            && (!self.ids_matter || self.same_are_same(text, fit))
    }

    /// Ids that were the same must be the same again, and different ones different.
    fn same_are_same(&self, message: &[u8], fit: &Alignment) -> bool {
        let text = |i: usize| &message[fit.gaps[i]..fit.gaps[i] + self.wildcards[i].place.len()];
        let firsts = |before: usize| (0..before).filter(|i| self.wildcards[*i].same_as == Some(*i));
        (0..self.wildcards.len()).all(|i| match self.wildcards[i].same_as {
            Some(first) if first < i => text(i) == text(first),
            Some(_) => firsts(i).all(|earlier| text(earlier) != text(i)),
            None => true,
        })
    }
}

fn starts_with(text: &[u8], wanted: &[u8]) -> bool {
    text.len() >= wanted.len() && text[..wanted.len()] == *wanted
}

impl WildcardKind {
    /// How long such a thing is at the start of a text, where a template has `usual` bytes of it.
    fn len(self, text: &[u8], usual: usize) -> Option<usize> {
        match self {
            Self::Guid => text.get(..GUID).is_some_and(is_guid).then_some(GUID),
            Self::Time => text.get(..TIME).is_some_and(is_time).then_some(TIME),
            Self::Number | Self::Frame => {
                let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let few = |count: usize| (1..=FEW_DIGITS).contains(&count);
                let alike = digits == usual || (few(digits) && few(usual)) || (self == Self::Frame && digits > 0);
                alike.then_some(digits)
            }
        }
    }
}

/// The ids and times of a message, and what else is free.
fn find_wildcards(message: &[u8], freedom: WildcardSet) -> Vec<Wildcard> {
    let mut gaps = ids_and_times(message);
    let (kind, mut free) = match freedom {
        WildcardSet::Numbers => (WildcardKind::Number, numbers(message)),
        WildcardSet::Frames => (WildcardKind::Frame, frames(message)),
    };
    free.retain(|number| !gaps.iter().any(|gap| gap.place.start < number.end && number.start < gap.place.end));
    gaps.extend(free.into_iter().map(|place| {
        let moves = starts_no_record(message, place.start);
        Wildcard { place, kind, moves, same_as: None }
    }));
    gaps.sort_by_key(|gap| gap.place.start);
    // Gaps are numbered by their order among ids and times until here.
    let old: Vec<usize> = (0..gaps.len()).filter(|i| gaps[*i].same_as.is_some()).collect();
    for gap in &mut gaps {
        gap.same_as = gap.same_as.and_then(|same| old.get(same).copied());
    }
    gaps
}

/// True when the line around `at` starts no record, whatever follows in it: a stack frame's, or the first,
/// which a header starts.
fn starts_no_record(message: &[u8], at: usize) -> bool {
    memchr::memrchr2(b'\n', 0, &message[..at]).is_none_or(|end| message[end + 1] == b'\t')
}

/// Runs of digits that no letter or digit stands before.
fn numbers(message: &[u8]) -> Vec<Range<usize>> {
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

/// Each is found by its first dash.
fn ids_and_times(message: &[u8]) -> Vec<Wildcard> {
    let mut gaps: Vec<Wildcard> = Vec::new();
    let mut free = 0;
    for dash in memchr_iter(b'-', message) {
        let found = [(WildcardKind::Guid, 8, GUID), (WildcardKind::Time, 4, TIME)].into_iter().find_map(
            |(kind, before, len)| {
                let start = dash.checked_sub(before).filter(|start| *start >= free)?;
                let place = start..start + len;
                let alone = start == 0 || !message[start - 1].is_ascii_alphanumeric();
                let ended =
                    kind == WildcardKind::Time || !message.get(place.end).is_some_and(u8::is_ascii_alphanumeric);
                let text = message.get(start..)?;
                (alone && ended && kind.len(text, len).is_some()).then_some((kind, place))
            },
        );
        let Some((kind, place)) = found else { continue };
        free = place.end;
        let text = &message[place.clone()];
        let same = gaps.iter().position(|gap| &message[gap.place.clone()] == text);
        let same_as = Some(same.unwrap_or(gaps.len()));
        gaps.push(Wildcard { place, kind, moves: false, same_as });
    }
    gaps
}

fn is_guid(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; GUID]>::try_from(text) else { return false };
    let other = |(i, byte): (usize, &u8)| match i {
        8 | 13 | 18 | 23 => *byte != b'-',
        _ => !byte.is_ascii_hexdigit(),
    };
    !text.iter().enumerate().fold(false, |any, place| any | other(place))
}

fn is_time(text: &[u8]) -> bool {
    text.len() == TIME
        && text.iter().enumerate().all(|(i, byte)| match i {
            4 | 7 => *byte == b'-',
            10 => *byte == b' ' || *byte == b'T',
            13 | 16 => *byte == b':',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(template: &str, text: &str) -> bool {
        let template = Template::of(template.as_bytes(), WildcardSet::Frames, true).expect("a template");
        template.fits(text.as_bytes(), &mut Alignment::default())
    }

    #[test]
    fn ids_and_times_are_gaps_and_numbers_are_not() {
        let text =
            b"AADSTS50011: app '11111111-2222-3333-4444-555555555555' Timestamp: 2026-01-05 20:33:57Z took 12345678";
        let found: Vec<_> =
            find_wildcards(text, WildcardSet::Frames).iter().map(|gap| (gap.place.clone(), gap.kind)).collect();
        assert_eq!(found, [(18..54, WildcardKind::Guid), (67..86, WildcardKind::Time)]);
    }

    #[test]
    fn a_template_fits_other_ids_but_no_other_word() {
        let (a, b) = ("11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555");
        let kept = format!("AADSTS50011: x {a} y {a} z");
        assert!(fits(&kept, &format!("AADSTS50011: x {b} y {b} z")));
        assert!(!fits(&kept, &format!("AADSTS50012: x {b} y {b} z")));
        assert!(!fits(&kept, &format!("AADSTS50011: x {a} y {b} z")));
        assert!(!fits(&kept, &format!("AADSTS50011: x {} y {a} z", a.replace('1', "g"))));
        let apart = format!("AADSTS50011: x {a} y {b} z");
        assert!(!fits(&apart, &format!("AADSTS50011: x {a} y {a} z")));
    }

    #[test]
    fn frames_may_stand_at_other_lines() {
        let template = "AADSTS50011: x\n\tat a.B.c(B.java:92)\n\tat a.D.e(D.java:7) at 2026-01-05 20:33:57 99\n";
        assert!(fits(template, &template.replace(":92)", ":1092)").replace(":7)", ":71)")));
        assert!(!fits(template, &template.replace(":92)", ":)")));
        assert!(!fits(template, &template.replace(" 99", " 98")));
        // What stands behind a longer number in such a line may make it a header.
        let header = "AADSTS50011: x\n05-Jan-2026 20:33:57 (B.java:92) y\n";
        assert!(fits(header, &header.replace(":92)", ":93)")));
        assert!(!fits(header, &header.replace(":92)", ":192)")));
    }

    #[test]
    fn a_place_is_told_behind_a_longer_number() {
        let template = Template::of(b"(B.java:92) x", WildcardSet::Frames, true).expect("a template");
        let mut fit = Alignment::default();
        assert!(template.fits(b"(B.java:1092) x and more", &mut fit));
        assert_eq!((fit.len, fit.place(2), fit.place(12)), (15, 2, 14));
        assert!(template.fits(b"(B.java:2) x", &mut fit));
        assert_eq!((fit.len, fit.place(12), fit.place_of(11)), (12, 11, 12));
    }

    #[test]
    fn a_number_has_as_many_digits_or_too_few_for_a_code() {
        let template = Template::of(b"took 12 of 123456 ms", WildcardSet::Numbers, false).expect("a template");
        let fits = |text: &[u8]| template.fits(text, &mut Alignment::default());
        assert!(fits(b"took 123 of 654321 ms"));
        assert!(!fits(b"took 12345 of 123456 ms"));
        assert!(!fits(b"took 12 of 12345 ms"));
    }

    #[test]
    fn a_line_that_starts_with_a_gap_makes_no_template() {
        let of = |text: &str| Template::of(text.as_bytes(), WildcardSet::Frames, true).is_some();
        assert!(!of("x\n2026-01-05 20:33:57 y\n"));
        assert!(of("x\n 2026-01-05 20:33:57 y\n"));
    }
}
