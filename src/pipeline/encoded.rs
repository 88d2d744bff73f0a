//! Findings that the worker which found them has written already.
//!
//! A finding is built, redacted and written as JSON or CSV by a worker. What depends on the order of all findings is
//! filled in by the collector: the line number, and the names of people and notes of secrets, for which the written
//! text has marks. A text in which a name or a secret occurs that an earlier finding has made known is written again.

use std::{io::Write, ops::Range, rc::Rc};

use crate::{
    extract::redact::{Pseudonyms, SettledText, each_part},
    model::{Finding, Timestamp},
};

/// Writes findings in one format. Workers write with it, so it has no state.
///
/// A text of a finding may contain characters from U+E000 on, of the private use area; they have to be written as they
/// are.
pub trait FindingEncoder: Sync {
    /// Appends a finding to `out`. Returns where in `out` the digits of its line number are.
    fn encode(&self, finding: &Finding, out: &mut Vec<u8>) -> Range<usize>;

    /// Appends what [`encode`](Self::encode) writes in the place of `x` if a text of the finding is `x`.
    fn encode_text(&self, text: &str, out: &mut Vec<u8>);
}

/// Stands for a text of the finding, and in a written text for a name or a note.
pub(super) const MARK: &str = "\u{E000}";
/// Ends the placeholder of a text of the finding.
const MARK_END: char = '\u{E001}';
const MARK_BYTES: usize = MARK.len();
/// The first byte of both.
const MARK_START_BYTE: u8 = 0xee;

/// The written findings of one part.
#[derive(Debug, Default)]
pub(super) struct EncodedPart {
    pub(super) bytes: Vec<u8>,
    /// Texts with the placeholders of people and secrets.
    pub(super) texts: String,
    pub(super) findings: Vec<WrittenFinding>,
    pub(super) fields: Vec<WrittenText>,
    /// Where the marks of written texts are in `bytes`.
    pub(super) marks: Vec<usize>,
    scratch: Scratch,
}

impl PartialEq for EncodedPart {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
            && self.texts == other.texts
            && self.findings == other.findings
            && self.fields == other.fields
            && self.marks == other.marks
    }
}

/// The lengths of the buffers of a part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    bytes: usize,
    texts: usize,
    findings: usize,
    fields: usize,
    marks: usize,
}

impl Extent {
    /// Bytes in memory.
    pub(super) fn size(self) -> usize {
        self.bytes
            + self.texts
            + self.findings * size_of::<WrittenFinding>()
            + self.fields * size_of::<WrittenText>()
            + self.marks * size_of::<usize>()
    }
}

#[derive(Debug, PartialEq)]
pub(super) enum WrittenFinding {
    Written {
        /// In `bytes`.
        start: usize,
        end: usize,
        /// The digits of the line number.
        line_at: Range<usize>,
        line: u64,
        /// In `fields`.
        fields: Range<usize>,
    },
    /// One with its own marks, as a name of an input or a title may have them.
    Plain(Box<Finding>),
}

/// A text of a finding.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WrittenText {
    /// In `bytes`.
    pub(super) place: Range<usize>,
    /// In `texts`.
    pub(super) text: Range<usize>,
    /// In `marks`.
    pub(super) marks: Range<usize>,
}

#[derive(Debug, Default)]
struct Scratch {
    finding: Vec<u8>,
    text: String,
}

impl EncodedPart {
    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }

    /// How much was written.
    pub(super) fn extent(&self) -> Extent {
        Extent {
            bytes: self.bytes.len(),
            texts: self.texts.len(),
            findings: self.findings.len(),
            fields: self.fields.len(),
            marks: self.marks.len(),
        }
    }

    /// Bytes in memory.
    pub(super) fn held_bytes(&self) -> usize {
        let extent = Extent {
            bytes: self.bytes.capacity(),
            texts: self.texts.capacity(),
            findings: self.findings.capacity(),
            fields: self.fields.capacity(),
            marks: self.marks.capacity(),
        };
        extent.size()
    }

    /// Removes the findings; their memory is kept.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.texts.clear();
        self.findings.clear();
        self.fields.clear();
        self.marks.clear();
    }

    /// Makes room for so much.
    pub(super) fn reserve(&mut self, extent: Extent) {
        self.bytes.reserve(extent.bytes);
        self.texts.reserve(extent.texts);
        self.findings.reserve(extent.findings);
        self.fields.reserve(extent.fields);
        self.marks.reserve(extent.marks);
    }

    /// Writes a finding whose texts have placeholders.
    pub(super) fn push(&mut self, mut finding: Finding, encoder: &dyn FindingEncoder) {
        let texts: Vec<String> = finding
            .texts()
            .enumerate()
            .map(|(i, text)| std::mem::replace(text, format!("{MARK}{i}{MARK_END}")))
            .collect();
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.finding.clear();
        let line = encoder.encode(&finding, &mut scratch.finding);
        match text_places(&scratch.finding, texts.len()) {
            Some(places) if line.end <= places.first().map_or(scratch.finding.len(), |place| place.start) => {
                self.write(&finding, &scratch.finding, line, &texts, &places, encoder, &mut scratch.text);
            }
            _ => {
                finding.texts().zip(texts).for_each(|(field, text)| *field = text);
                self.findings.push(WrittenFinding::Plain(Box::new(finding)));
            }
        }
        self.scratch = scratch;
    }

    /// The last finding as the only one of a part, in line 1. `None` when it has its own marks.
    pub(super) fn last_alone(&self) -> Option<Self> {
        const LINE: u64 = 1;
        let WrittenFinding::Written { start, end, line_at, fields, .. } = self.findings.last()? else { return None };
        let mut alone = Self::default();
        alone.bytes.extend_from_slice(&self.bytes[*start..line_at.start]);
        alone.bytes.extend_from_slice(LINE.to_string().as_bytes());
        let line_end = alone.bytes.len();
        alone.bytes.extend_from_slice(&self.bytes[line_at.end..*end]);
        // All texts come after the line number.
        let moved = |at: usize| at - line_at.end + line_end;
        let fields = &self.fields[fields.clone()];
        let (text_from, mark_from) = fields.first().map_or((0, 0), |first| (first.text.start, first.marks.start));
        alone.texts.push_str(&self.texts[text_from..]);
        alone.marks.extend(self.marks[mark_from..].iter().map(|mark| moved(*mark)));
        alone.fields.extend(fields.iter().map(|field| WrittenText {
            place: moved(field.place.start)..moved(field.place.end),
            text: field.text.start - text_from..field.text.end - text_from,
            marks: field.marks.start - mark_from..field.marks.end - mark_from,
        }));
        alone.findings.push(WrittenFinding::Written {
            start: 0,
            end: alone.bytes.len(),
            line_at: line_at.start - start..line_end,
            line: LINE,
            fields: 0..alone.fields.len(),
        });
        Some(alone)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a finding, each in its own buffer")]
    fn write(
        &mut self,
        finding: &Finding,
        written: &[u8],
        line: Range<usize>,
        texts: &[String],
        places: &[Range<usize>],
        encoder: &dyn FindingEncoder,
        plain: &mut String,
    ) {
        let start = self.bytes.len();
        let first_field = self.fields.len();
        let mut at = 0;
        for (text, place) in texts.iter().zip(places) {
            self.bytes.extend_from_slice(&written[at..place.start]);
            at = place.end;
            plain.clear();
            each_part(text, |part, placeholder| {
                plain.push_str(part);
                plain.extend(placeholder.map(|_| MARK));
            });
            let (from, text_from, marks_from) = (self.bytes.len(), self.texts.len(), self.marks.len());
            encoder.encode_text(plain, &mut self.bytes);
            let marks = marks(&self.bytes[from..]).map(|mark| from + mark);
            self.marks.extend(marks);
            self.texts.push_str(text);
            self.fields.push(WrittenText {
                place: from..self.bytes.len(),
                text: text_from..self.texts.len(),
                marks: marks_from..self.marks.len(),
            });
        }
        self.bytes.extend_from_slice(&written[at..]);
        self.findings.push(WrittenFinding::Written {
            start,
            end: self.bytes.len(),
            line_at: start + line.start..start + line.end,
            line: finding.line,
            fields: first_field..self.fields.len(),
        });
    }
}

/// Where the marks of so many texts are, in their order; `None` when there are others.
fn text_places(written: &[u8], count: usize) -> Option<Vec<Range<usize>>> {
    let mut places = Vec::with_capacity(count);
    let mut starts = marks(written);
    for i in 0..count {
        let start = starts.next()?;
        let mark = format!("{MARK}{i}{MARK_END}");
        written[start..].starts_with(mark.as_bytes()).then_some(())?;
        places.push(start..start + mark.len());
    }
    starts.next().is_none().then_some(places)
}

/// Where marks are.
pub(super) fn marks(written: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(MARK_START_BYTE, written).filter(|at| written[*at..].starts_with(MARK.as_bytes()))
}

/// A finding on its way to the output.
#[derive(Debug)]
pub(super) enum Emission {
    Finding(Box<Finding>),
    /// The finding with this index of a part, and its time.
    Encoded(
        Rc<EncodedPart>,
        usize,
        #[cfg_attr(not(feature = "render"), expect(dead_code, reason = "only a page has a list that can be full"))]
        Option<Timestamp>,
    ),
    /// Only the time of a finding, when no more is wanted.
    #[cfg_attr(not(feature = "render"), expect(dead_code, reason = "only a page has a list that can be full"))]
    Time(Option<Timestamp>),
}

/// What the collector needs to complete written findings.
#[derive(Debug, Default)]
pub(super) struct Completion {
    settled: SettledText,
    out: Vec<u8>,
}

impl Completion {
    /// The bytes of a finding; `lines` are the lines before its part, `node` is that of its input.
    pub(super) fn complete(
        &mut self,
        emission: Emission,
        lines: u64,
        node: Option<&str>,
        pseudonyms: &mut Pseudonyms,
        encoder: &dyn FindingEncoder,
    ) -> &[u8] {
        self.out.clear();
        match emission {
            Emission::Finding(finding) => self.encode(*finding, lines, node, pseudonyms, encoder),
            Emission::Time(_) => {}
            Emission::Encoded(part, i, _) => match &part.findings[i] {
                WrittenFinding::Plain(finding) => {
                    self.encode(Finding::clone(finding), lines, node, pseudonyms, encoder);
                }
                WrittenFinding::Written { start, end, line_at, line, fields } => {
                    self.out.extend_from_slice(&part.bytes[*start..line_at.start]);
                    // Writing to memory does not fail.
                    let _ = write!(self.out, "{}", line + lines);
                    let mut at = line_at.end;
                    for field in &part.fields[fields.clone()] {
                        self.out.extend_from_slice(&part.bytes[at..field.place.start]);
                        self.field(&part, field, pseudonyms, encoder);
                        at = field.place.end;
                    }
                    self.out.extend_from_slice(&part.bytes[at..*end]);
                }
            },
        }
        &self.out
    }

    fn encode(
        &mut self,
        mut finding: Finding,
        lines: u64,
        node: Option<&str>,
        pseudonyms: &mut Pseudonyms,
        encoder: &dyn FindingEncoder,
    ) {
        finding.line += lines;
        finding.node = node.map(str::to_owned);
        pseudonyms.apply_to_finding(&mut finding);
        encoder.encode(&finding, &mut self.out);
    }

    fn field(
        &mut self,
        part: &EncodedPart,
        field: &WrittenText,
        pseudonyms: &mut Pseudonyms,
        encoder: &dyn FindingEncoder,
    ) {
        pseudonyms.settle(&part.texts[field.text.clone()], &mut self.settled);
        let marks = &part.marks[field.marks.clone()];
        // What was known before was found, or a placeholder was cut.
        if self.settled.is_rewritten() || self.settled.labels().count() != marks.len() {
            encoder.encode_text(self.settled.text(), &mut self.out);
            return;
        }
        let mut at = field.place.start;
        for (mark, label) in marks.iter().zip(self.settled.labels()) {
            self.out.extend_from_slice(&part.bytes[at..*mark]);
            self.out.extend_from_slice(label.as_bytes());
            at = mark + MARK_BYTES;
        }
        self.out.extend_from_slice(&part.bytes[at..field.place.end]);
    }
}
