//! A written finding with gaps, into which the ids, times and numbers of an equal record are put.

use std::{borrow::Cow, ops::Range};

use super::super::encoded::{EncodedPart, MARK, WrittenFinding, WrittenText, marks};
use crate::{extract::redact::ADDRESS_PLACEHOLDER, model::ISO_TIME_BYTES, search::common_prefix_len};

/// The texts of a record that go into the gaps, and the offset of the record.
#[derive(Debug, Clone)]
pub(super) struct Values<'v> {
    pub(super) texts: Vec<&'v str>,
    pub(super) offset: String,
}

impl Values<'_> {
    fn get(&self, what: What) -> &str {
        match what {
            What::Offset => &self.offset,
            What::Text(i) => self.texts[usize::from(i)],
        }
    }
}

/// What is hidden is between these, with the text that it hides.
const PLACEHOLDER_OPEN: &[u8] = "\u{E000}".as_bytes();
const PLACEHOLDER_CLOSE: &[u8] = "\u{E001}".as_bytes();

/// A finding as bytes with gaps.
#[derive(Debug)]
pub(super) struct WrittenForm {
    bytes: Gapped,
    /// The texts with the placeholders of people and secrets.
    texts: Gapped,
    /// The digits of the line number.
    line_at: Range<usize>,
    fields: Vec<WrittenText>,
}

/// A text and its gaps, in order.
#[derive(Debug)]
struct Gapped {
    text: String,
    gaps: Vec<Gap>,
}

#[derive(Debug, Clone, Copy)]
struct Gap {
    start: u32,
    end: u32,
    what: What,
    writing: Writing,
}

/// How a text of the record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    AsLogged,
    /// A time as `2026-01-05T20:34:03.000`, whatever the log has between its parts.
    Iso,
    /// A list of addresses, each as a mark for its name.
    Marks,
    /// A list of addresses, each as a placeholder.
    Placeholders,
}

impl Writing {
    /// Passes the parts of a text, as it is written, to `push`.
    fn write<'v>(self, value: &'v str, mut push: impl FnMut(&'v str)) {
        match self {
            Self::AsLogged => push(value),
            Self::Iso => iso(value).into_iter().for_each(push),
            Self::Marks | Self::Placeholders => {
                for (i, address) in value.split(',').enumerate() {
                    if i > 0 {
                        push(",");
                    }
                    let [open, close] = ADDRESS_PLACEHOLDER;
                    let parts = if self == Self::Marks { [MARK, "", ""] } else { [open, address, close] };
                    parts.into_iter().for_each(&mut push);
                }
            }
        }
    }

    fn written(self, value: &str) -> Cow<'_, str> {
        if self == Self::AsLogged {
            return Cow::Borrowed(value);
        }
        let mut text = String::new();
        self.write(value, |part| text.push_str(part));
        Cow::Owned(text)
    }
}

impl Gap {
    fn place(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Offset,
    Text(u16),
}

impl WrittenForm {
    /// The form of a finding that was written twice, with values of which the first ones occur nowhere else. `None` when both
    /// differ in more than these, or when a value is part of what is hidden, for which `is_hidden` does not say that each of
    /// its kind is. The form gives the first one; whether it gives the second one is to be tested.
    pub(super) fn of(
        first: &EncodedPart,
        second: &EncodedPart,
        values: &[Values<'_>; 2],
        is_hidden: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let [WrittenFinding::Written { start: 0, end, line_at, fields, .. }] = &first.findings[..] else { return None };
        (*end == first.bytes.len() && *fields == (0..first.fields.len())).then_some(())?;
        let shown = Filling::all(values, &[Writing::AsLogged, Writing::Iso]);
        let gapped = |first, second, hidden| Gapped::of(first, second, [&shown[..], &Filling::all(values, &[hidden])]);
        let [texts, other_texts] = [first, second].map(|part| part.texts.as_bytes());
        Some(Self {
            bytes: gapped(&first.bytes, &second.bytes, Writing::Marks)?,
            texts: gapped(texts, other_texts, Writing::Placeholders)?.shown_or(is_hidden)?,
            line_at: line_at.clone(),
            fields: first.fields.clone(),
        })
    }

    /// Bytes in memory.
    pub(super) fn size(&self) -> usize {
        let gaps = self.bytes.gaps.len() + self.texts.gaps.len();
        self.bytes.text.len() + self.texts.text.len() + gaps * size_of::<Gap>()
    }

    /// Appends the finding with the values of an equal record to a part.
    pub(super) fn write(&self, values: &Values<'_>, line: u64, part: &mut EncodedPart, moved: &mut Moved) {
        let (start, first_field) = (part.bytes.len(), part.fields.len());
        let Moved { bytes, texts } = moved;
        self.bytes.fill(values, start, bytes, |text| part.bytes.extend_from_slice(text.as_bytes()));
        let texts_start = part.texts.len();
        self.texts.fill(values, texts_start, texts, |text| part.texts.push_str(text));
        for field in &self.fields {
            let (place, first_mark) = (bytes.range(&field.place), part.marks.len());
            part.marks.extend(marks(&part.bytes[place.clone()]).map(|mark| place.start + mark));
            let marks = first_mark..part.marks.len();
            part.fields.push(WrittenText { place, text: texts.range(&field.text), marks });
        }
        part.findings.push(WrittenFinding::Written {
            start,
            end: part.bytes.len(),
            line_at: bytes.range(&self.line_at),
            line,
            fields: first_field..part.fields.len(),
        });
    }
}

impl Gapped {
    fn of(first: &[u8], second: &[u8], fillings: [&[Filling<'_>]; 2]) -> Option<Self> {
        let mut gaps: Vec<Gap> = Vec::new();
        // So far, both are the same but for the gaps.
        let (mut at, mut at_in_second) = (0, 0);
        loop {
            let same = common_prefix_len(&first[at..], &second[at_in_second..]);
            if at + same == first.len() && at_in_second + same == second.len() {
                break;
            }
            let rest = [&first[at..], &second[at_in_second..]];
            let (filling, start) =
                fillings.into_iter().flatten().find_map(|filling| Some((filling, filling.start(rest, same)?)))?;
            let [len, len_in_second] = filling.texts.each_ref().map(|text| text.len());
            gaps.push(filling.gap(at + start)?);
            (at, at_in_second) = (at + start + len, at_in_second + start + len_in_second);
        }
        gaps.shrink_to_fit();
        Some(Self { text: String::from_utf8(first.to_vec()).ok()?, gaps })
    }

    /// The same if nothing in a gap is hidden, but what always is.
    fn shown_or(self, is_hidden: impl Fn(usize) -> bool) -> Option<Self> {
        let allowed = |gap: &Gap| matches!(gap.what, What::Text(i) if is_hidden(usize::from(i)));
        let (mut at, mut in_placeholder) = (0, false);
        for gap in &self.gaps {
            in_placeholder =
                ends_in_placeholder(&self.text.as_bytes()[at..gap.place().start]).unwrap_or(in_placeholder);
            if in_placeholder && !allowed(gap) {
                return None;
            }
            at = gap.place().start;
        }
        Some(self)
    }

    /// Passes the text with its gaps filled to `push`. Sets where the positions of the text are then, when it begins at `start`.
    fn fill(&self, values: &Values<'_>, start: usize, positions: &mut Positions, mut push: impl FnMut(&str)) {
        positions.start = start;
        positions.shifts.clear();
        let mut at = 0;
        let mut shift = 0_usize;
        for gap in &self.gaps {
            push(self.fixed(at..gap.place().start));
            let mut len = 0;
            gap.writing.write(values.get(gap.what), |part| {
                len += part.len();
                push(part);
            });
            at = gap.place().end;
            if len != gap.place().len() {
                shift = shift.wrapping_add(len).wrapping_sub(gap.place().len());
                positions.shifts.push((at, shift));
            }
        }
        push(self.fixed(at..self.text.len()));
    }

    /// The text between two gaps, which are of whole characters: values are ASCII.
    fn fixed(&self, place: Range<usize>) -> &str {
        self.text.get(place).unwrap_or_default()
    }
}

/// Whether a part of a text ends within a placeholder; `None` when none begins or ends in it.
fn ends_in_placeholder(text: &[u8]) -> Option<bool> {
    memchr::memrchr_iter(PLACEHOLDER_OPEN[0], text).find_map(|at| {
        let opens = text[at..].starts_with(PLACEHOLDER_OPEN);
        (opens || text[at..].starts_with(PLACEHOLDER_CLOSE)).then_some(opens)
    })
}

/// What a gap may have been filled with when a text was written twice.
struct Filling<'v> {
    what: What,
    writing: Writing,
    texts: [Cow<'v, str>; 2],
    /// Where both first differ.
    differs: usize,
}

impl<'v> Filling<'v> {
    /// The fillings with texts that are written in these ways.
    fn all(values: &'v [Values<'v>; 2], writings: &[Writing]) -> Vec<Self> {
        let texts = (0..u16::try_from(values[0].texts.len()).unwrap_or(u16::MAX)).map(What::Text);
        let all = std::iter::once(What::Offset).chain(texts);
        let all = all.flat_map(|what| writings.iter().map(move |writing| (what, *writing)));
        all.filter_map(|(what, writing)| {
            let logged = values.each_ref().map(|values| values.get(what));
            // The first is made up.
            let fits = match writing {
                Writing::AsLogged => true,
                Writing::Iso => logged[0].len() >= ISO_TIME_BYTES && logged[0].as_bytes()[4] == b'-',
                Writing::Marks | Writing::Placeholders => logged[0].contains(','),
            };
            if !fits {
                return None;
            }
            let texts = logged.map(|text| writing.written(text));
            if writing == Writing::Iso && texts.iter().zip(logged).any(|(text, logged)| text == logged) {
                return None;
            }
            let differs = common_prefix_len(texts[0].as_bytes(), texts[1].as_bytes());
            (texts[0] != texts[1]).then_some(Self { what, writing, texts, differs })
        })
        .collect()
    }

    /// Where this is in two texts that differ after so many bytes, when they differ in it.
    fn start(&self, texts: [&[u8]; 2], same: usize) -> Option<usize> {
        let start = same.checked_sub(self.differs)?;
        let has = |i: usize| texts[i][start..].starts_with(self.texts[i].as_bytes());
        (has(0) && has(1)).then_some(start)
    }

    /// The gap for this at a position of the first text.
    fn gap(&self, start: usize) -> Option<Gap> {
        let [start, end] = [start, start + self.texts[0].len()].map(u32::try_from);
        Some(Gap { start: start.ok()?, end: end.ok()?, what: self.what, writing: self.writing })
    }
}

/// A time as RFC 3339 writes it, in parts.
fn iso(time: &str) -> [&str; 5] {
    let part = |range: Range<usize>| time.get(range).unwrap_or_default();
    let millis = if time.len() > ISO_TIME_BYTES { "." } else { "" };
    [part(0..10), "T", part(11..ISO_TIME_BYTES), millis, part(ISO_TIME_BYTES + 1..time.len())]
}

/// Where the positions of both texts of a form are when their gaps are filled. Its memory serves for each finding.
#[derive(Debug, Default)]
pub(super) struct Moved {
    bytes: Positions,
    texts: Positions,
}

/// Where the positions of a text are when its gaps are filled.
#[derive(Debug, Default)]
struct Positions {
    start: usize,
    /// From this position on, the text is so much longer (wrapping when it is shorter).
    shifts: Vec<(usize, usize)>,
}

impl Positions {
    fn at(&self, position: usize) -> usize {
        let next = self.shifts.partition_point(|(from, _)| *from <= position);
        let shift = next.checked_sub(1).map_or(0, |last| self.shifts[last].1);
        self.start.wrapping_add(position).wrapping_add(shift)
    }

    fn range(&self, range: &Range<usize>) -> Range<usize> {
        self.at(range.start)..self.at(range.end)
    }
}
