//! What was judged before.
//!
//! A failing integration fails every minute in the same words; only ids and times differ. The same goes
//! for trouble that is not ours, which comes with long stack traces. So a judged message is kept as a
//! template: its bytes, the places of its ids and times, and what was found. A message that equals it
//! everywhere else has the same verdict, and is not read again.
//!
//! What must stay true: a template stands for a message only when nothing that a verdict rests on can
//! differ. Verdicts rest on the header's level, logger and contexts, on words, and on which ids are the
//! same; never on the digits of a GUID or of a time. An entry that looks into ids turns recall off.

use std::{collections::HashMap, ops::Range};

use chrono::NaiveDateTime;
use memchr::memchr_iter;

use super::sighting::Traits;
use crate::{
    catalogue::Catalogue,
    extract::{Clouds, Contexts},
    model::{IdpTime, Level, Record},
};

/// The longest message that is kept.
const LONGEST: usize = 16 << 10;
/// How many bytes of failures are kept, and how many of others; the first ones of a log are the ones that
/// come again.
const MOST: [usize; 2] = [2 << 20, 1 << 20];
/// How many bytes from a message's start tell templates apart before they are compared.
const HEAD: usize = 64;

/// Templates of the messages that one worker has judged.
#[derive(Debug, Default)]
pub struct Recall {
    templates: HashMap<u64, Vec<Template>>,
    kept: [usize; 2],
}

/// What a message told.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// A failure.
    Asserts(Found),
    /// Neither a failure nor a code; with other numbers neither, where these are free.
    Silent {
        /// Numbers may differ.
        numbers_are_free: bool,
    },
}

/// What was found in a message; places count in it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) pattern: usize,
    pub(super) code: Option<u32>,
    pub(super) traits: Traits<Place>,
    /// Where the provider's time stands.
    pub(super) idp_time: Option<Place>,
    pub(super) refreshing: bool,
    pub(super) clouds: Clouds,
}

/// How a message may print the provider's time.
const TIME_SHAPES: [&str; 2] = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];

/// Where a time stands in a message.
pub(super) fn place_of_time(message: &[u8], time: IdpTime) -> Option<Place> {
    TIME_SHAPES.iter().find_map(|shape| {
        let start = memchr::memmem::find(message, time.format(shape).to_string().as_bytes())?;
        Some((start, start + TIME))
    })
}

/// The time that stands at a place.
pub(super) fn time_at(message: &[u8], (start, end): Place) -> Option<IdpTime> {
    let text = std::str::from_utf8(message.get(start..end)?).ok()?;
    TIME_SHAPES.iter().find_map(|shape| Some(NaiveDateTime::parse_from_str(text, shape).ok()?.and_utc()))
}

/// Start and end in a message.
pub(super) type Place = (usize, usize);

#[derive(Debug)]
struct Template {
    header: HeaderKind,
    logger: Vec<u8>,
    message: Vec<u8>,
    gaps: Vec<Gap>,
    verdict: Verdict,
}

/// What a verdict takes from the header, beside the logger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HeaderKind {
    level: Option<Level>,
    present: bool,
    contexts: Contexts,
}

/// A part of a message that may differ.
#[derive(Debug, Clone)]
struct Gap {
    place: Range<usize>,
    kind: Kind,
    /// The first gap that held the same, among ids and times.
    same_as: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Guid,
    Time,
    /// Digits that belong to no name.
    Number,
}

/// `8-4-4-4-12` hexadecimal digits.
const GUID: usize = 36;
/// `2026-01-05 20:34:03`
const TIME: usize = 19;

impl Recall {
    /// True when verdicts by this catalogue can be recalled: no entry of the user's own looks into ids
    /// with an expression.
    pub(super) fn fits(catalogue: &Catalogue) -> bool {
        let builtin = |id: &str| !catalogue.is_users(id);
        catalogue.patterns().iter().all(|pattern| pattern.rule.regex.is_none() || builtin(&pattern.id))
    }

    /// What an equal message told.
    pub(super) fn find(&self, record: &Record<'_>, contexts: Contexts) -> Option<&Verdict> {
        let message = record.message();
        let header = HeaderKind::of(record, contexts);
        let templates = self.templates.get(&key(message))?;
        let logger = logger(record);
        let template = templates
            .iter()
            .find(|template| template.header == header && template.logger == logger && template.fits(message))?;
        Some(&template.verdict)
    }

    /// True while failures can still be kept.
    pub(super) fn has_room(&self) -> bool {
        self.kept[0] < MOST[0]
    }

    /// Keeps what a message told.
    pub(super) fn keep(&mut self, record: &Record<'_>, contexts: Contexts, verdict: Verdict) {
        let message = record.message();
        let sort = usize::from(matches!(verdict, Verdict::Silent { .. }));
        if message.len() > LONGEST || self.kept[sort] >= MOST[sort] {
            return;
        }
        self.kept[sort] += message.len() + size_of::<Template>();
        self.templates.entry(key(message)).or_default().push(Template {
            header: HeaderKind::of(record, contexts),
            logger: logger(record).to_vec(),
            message: message.to_vec(),
            gaps: gaps(message, matches!(verdict, Verdict::Silent { numbers_are_free: true })),
            verdict,
        });
    }
}

fn logger<'r>(record: &Record<'r>) -> &'r [u8] {
    record.header.as_ref().and_then(|header| header.logger).unwrap_or_default()
}

impl HeaderKind {
    fn of(record: &Record<'_>, contexts: Contexts) -> Self {
        Self { level: record.level(), present: record.header.is_some(), contexts }
    }
}

impl Template {
    fn fits(&self, message: &[u8]) -> bool {
        if message.len() != self.message.len() {
            return false;
        }
        let mut at = 0;
        for gap in &self.gaps {
            if message[at..gap.place.start] != self.message[at..gap.place.start] {
                return false;
            }
            at = gap.place.end;
        }
        message[at..] == self.message[at..]
            && self.gaps.iter().all(|gap| gap.kind.fits(&message[gap.place.clone()]))
            && (matches!(self.verdict, Verdict::Silent { .. }) || self.same_are_same(message))
    }

    /// Ids that were the same must be the same again, and different ones different.
    fn same_are_same(&self, message: &[u8]) -> bool {
        let text = |i: usize| &message[self.gaps[i].place.clone()];
        (0..self.gaps.len()).all(|i| {
            let Some(first) = self.gaps[i].same_as else { return true };
            if first < i { text(i) == text(first) } else { (0..i).all(|earlier| text(earlier) != text(i)) }
        })
    }
}

impl Kind {
    fn fits(self, text: &[u8]) -> bool {
        match self {
            Self::Guid => is_guid(text),
            Self::Time => is_time(text),
            Self::Number => text.iter().all(u8::is_ascii_digit),
        }
    }
}

/// The ids and times of a message, and its numbers when these are free.
fn gaps(message: &[u8], numbers: bool) -> Vec<Gap> {
    let mut gaps = ids_and_times(message);
    if numbers {
        let mut free = numbers_of(message);
        free.retain(|number| !gaps.iter().any(|gap| gap.place.start < number.end && number.start < gap.place.end));
        gaps.extend(free.into_iter().map(|place| Gap { place, kind: Kind::Number, same_as: None }));
        gaps.sort_by_key(|gap| gap.place.start);
    }
    gaps
}

/// Runs of digits that no letter or digit stands before.
fn numbers_of(message: &[u8]) -> Vec<Range<usize>> {
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

/// Each is found by its first dash.
fn ids_and_times(message: &[u8]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut free = 0;
    for dash in memchr_iter(b'-', message) {
        let found = [(Kind::Guid, 8, GUID), (Kind::Time, 4, TIME)].into_iter().find_map(|(kind, before, len)| {
            let start = dash.checked_sub(before).filter(|start| *start >= free)?;
            let place = start..start + len;
            let alone = start == 0 || !message[start - 1].is_ascii_alphanumeric();
            let ended = kind == Kind::Time || !message.get(place.end).is_some_and(u8::is_ascii_alphanumeric);
            (alone && ended && message.get(place.clone()).is_some_and(|text| kind.fits(text))).then_some((kind, place))
        });
        let Some((kind, place)) = found else { continue };
        free = place.end;
        let text = &message[place.clone()];
        let same = gaps.iter().position(|gap| &message[gap.place.clone()] == text);
        let same_as = Some(same.unwrap_or(gaps.len()));
        gaps.push(Gap { place, kind, same_as });
    }
    gaps
}

fn is_guid(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; GUID]>::try_from(text) else { return false };
    [8, 13, 18, 23].iter().all(|dash| text[*dash] == b'-')
        && [0..8, 9..13, 14..18, 19..23, 24..36].into_iter().all(|group| text[group].iter().all(u8::is_ascii_hexdigit))
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

/// Numbers count as any other number.
fn key(message: &[u8]) -> u64 {
    let mut head = [0; HEAD];
    for (byte, of) in head.iter_mut().zip(message) {
        *byte = if of.is_ascii_digit() { b'0' } else { *of };
    }
    let (words, _) = head.as_chunks::<8>();
    words.iter().fold(message.len() as u64, |hash, word| {
        (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x517c_c1b7_2722_0a95)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_are_gaps_and_numbers_are_not() {
        let text =
            b"AADSTS50011: app '11111111-2222-3333-4444-555555555555' Timestamp: 2026-01-05 20:33:57Z took 12345678";
        let found: Vec<_> = gaps(text, false).iter().map(|gap| (gap.place.clone(), gap.kind)).collect();
        assert_eq!(found, [(18..54, Kind::Guid), (67..86, Kind::Time)]);
    }

    #[test]
    fn a_template_fits_other_ids_but_no_other_word() {
        let template = |message: &[u8]| Template {
            header: HeaderKind { level: None, present: false, contexts: Contexts::NONE },
            logger: Vec::new(),
            message: message.to_vec(),
            gaps: gaps(message, false),
            verdict: Verdict::Asserts(Found {
                pattern: 0,
                code: None,
                traits: Traits::default(),
                idp_time: None,
                refreshing: false,
                clouds: Clouds::default(),
            }),
        };
        let (a, b) = ("11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555");
        let kept = template(format!("AADSTS50011: x {a} y {a} z").as_bytes());
        assert!(kept.fits(format!("AADSTS50011: x {b} y {b} z").as_bytes()));
        assert!(!kept.fits(format!("AADSTS50012: x {b} y {b} z").as_bytes()));
        assert!(!kept.fits(format!("AADSTS50011: x {a} y {b} z").as_bytes()));
        assert!(!kept.fits(format!("AADSTS50011: x {a} y {a} zz").as_bytes()));
        assert!(!kept.fits(format!("AADSTS50011: x {} y {a} z", a.replace('1', "g")).as_bytes()));
        let apart = template(format!("AADSTS50011: x {a} y {b} z").as_bytes());
        assert!(!apart.fits(format!("AADSTS50011: x {a} y {a} z").as_bytes()));
    }
}
