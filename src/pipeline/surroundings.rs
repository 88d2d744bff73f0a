//! The lines around the first record of each incident, from a second reading.
//!
//! The places are known by then, so a log is passed over line by line and only the lines that are
//! wanted are kept. The parts of a rotated log are one text here too. All lines go through redaction:
//! they are arbitrary text with people in it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    ops::ControlFlow,
};

use super::Scan;
use crate::{
    extract::redact::{self, KnownUsers, Pseudonyms, RedactionLevel},
    record::{self, start},
    report::Report,
    source::{self, Input},
};

/// An incident's first record with lines before and behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordContext {
    /// The incident's id.
    pub incident: String,
    /// The input in which the record starts, as the report names it.
    pub source: String,
    /// The line at which the record starts, from 1.
    pub record_line: u64,
    /// The lines, redacted; empty when the source could not be read again.
    pub lines: Vec<ContextLine>,
    /// Lines at the end of the record that were left out.
    pub left_out: u64,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextLine {
    /// The input, as the report names it.
    pub source: String,
    /// Its number there, from 1.
    pub number: u64,
    /// It belongs to the record.
    pub of_record: bool,
    /// What it says, redacted.
    pub text: String,
}

/// Lines of a record that are kept; more of a stack trace tells nobody more.
const MAX_RECORD_LINES: u64 = 120;
/// Bytes of a line that are kept.
const MAX_LINE_BYTES: usize = 8 << 10;

/// What is wanted of a log. Lines count from the start of its oldest part, from 1.
#[derive(Debug)]
struct Window {
    incident: usize,
    /// The volume in which the record starts.
    volume: usize,
    log: usize,
    from: u64,
    record: u64,
    record_lines: u64,
    left_out: u64,
    to: u64,
    /// By their place in the log: the volume, the number in it, the bytes.
    lines: BTreeMap<u64, (usize, u64, Vec<u8>)>,
}

impl Window {
    fn wants(&self, line: u64) -> bool {
        let kept = self.record + self.record_lines;
        (self.from..=self.to).contains(&line) && !(kept..kept + self.left_out).contains(&line)
    }
}

/// Where a volume stands in its log.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The first volume of those that go on with each other.
    log: usize,
    /// Lines of the log before it.
    before: u64,
    lines: u64,
}

/// The places of all volumes, whose lines were counted in the first reading.
fn places(volumes: &[Input], report: &Report) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut last: Option<Place> = None;
    for (i, (volume, input)) in volumes.iter().zip(&report.inputs).enumerate() {
        let own = Place { log: i, before: 0, lines: input.lines };
        let place = match last {
            Some(last) if volume.continues_previous && volume.duplicate_of.is_none() => {
                Place { log: last.log, before: last.before + last.lines, ..own }
            }
            _ => own,
        };
        if volume.duplicate_of.is_none() {
            last = Some(place);
        }
        places.push(place);
    }
    places
}

/// Reads the inputs again and gives the surroundings of every incident's first record, and everybody who
/// is known by then. In the report they are hidden already.
pub(super) fn read(
    scan: &Scan<'_>,
    volumes: &[Input],
    report: &mut Report,
    around: u64,
    names: &mut Pseudonyms,
) -> (Vec<RecordContext>, KnownUsers) {
    let places = places(volumes, report);
    let mut windows: Vec<Window> = Vec::new();
    for (i, incident) in report.incidents.iter().enumerate() {
        let Some(sample) = &incident.sample else { continue };
        let named = |volume: &Input| volume.name == sample.source && volume.duplicate_of.is_none();
        let Some(volume) = volumes.iter().position(named) else { continue };
        let Some(place) = places.get(volume) else { continue };
        let (lines, record) = (u64::from(sample.lines).max(1), place.before + sample.line);
        windows.push(Window {
            incident: i,
            volume,
            log: place.log,
            from: record.saturating_sub(around).max(1),
            record,
            record_lines: lines.min(MAX_RECORD_LINES),
            left_out: lines.saturating_sub(MAX_RECORD_LINES),
            to: record + lines - 1 + around,
            lines: BTreeMap::new(),
        });
    }
    again(scan, volumes, &places, &mut windows);
    // Everybody who is named in a header is hidden in every line, also before it.
    let known = match scan.redaction {
        RedactionLevel::Secrets => KnownUsers::default(),
        _ => KnownUsers::new(windows.iter().flat_map(|window| users(&text(window))).collect(), names),
    };
    report.rename(&mut |text| {
        if let Cow::Owned(hidden) = known.redact(text) {
            *text = hidden;
        }
    });
    let around = windows
        .into_iter()
        .map(|window| RecordContext {
            incident: report.incidents[window.incident].id.clone(),
            source: volumes[window.volume].name.clone(),
            record_line: window.record - places[window.volume].before,
            left_out: window.left_out,
            lines: redacted(&window, volumes, &known, scan.redaction, names),
        })
        .collect();
    (around, known)
}

/// Reads what the windows want.
fn again(scan: &Scan<'_>, volumes: &[Input], places: &[Place], windows: &mut [Window]) {
    let wanted = |place: &Place, windows: &[Window]| {
        let own = place.before + 1..=place.before + place.lines;
        windows.iter().any(|window| window.log == place.log && window.from <= *own.end() && *own.start() <= window.to)
    };
    let mut passed: Vec<usize> = Vec::new();
    for (i, volume) in volumes.iter().enumerate().filter(|(_, volume)| volume.duplicate_of.is_none()) {
        let Some(place) = places.get(i).filter(|place| wanted(place, windows)) else { continue };
        if volume.prescanned().is_some() {
            passed.push(i);
        } else if let Ok(mut bytes) = volume.bytes() {
            // What cannot be read now has a fault from the first reading, or is told by its absence.
            collect(&mut *bytes, i, place, windows);
        }
    }
    #[cfg(feature = "archives")]
    if !passed.is_empty() {
        let progress = std::sync::Arc::default();
        let _ = source::plan(&scan.paths, &progress, scan.bounds, &mut Again { volumes, places, passed, windows });
    }
    #[cfg(not(feature = "archives"))]
    let _ = scan;
}

/// Logs of a compressed tar, which pass by once more.
#[cfg(feature = "archives")]
struct Again<'w> {
    volumes: &'w [Input],
    places: &'w [Place],
    /// Those that are still wanted.
    passed: Vec<usize>,
    windows: &'w mut [Window],
}

#[cfg(feature = "archives")]
impl source::EntryVisitor for Again<'_> {
    fn log(&mut self, name: &str, _: bool, reader: &mut dyn Read) -> Option<usize> {
        // Of two entries of one name the first has it.
        if let Some(at) = self.passed.iter().position(|volume| self.volumes[*volume].name == name) {
            let volume = self.passed.remove(at);
            collect(reader, volume, &self.places[volume], self.windows);
        }
        Some(0)
    }

    fn overlapped(&self) -> source::DecodeMode {
        super::prescan::alone
    }
}

/// Keeps the lines that the windows want, as far as they can be read; stops behind the last of them.
fn collect(reader: &mut dyn Read, volume: usize, place: &Place, windows: &mut [Window]) {
    let mut windows: Vec<&mut Window> = windows.iter_mut().filter(|window| window.log == place.log).collect();
    let last = windows.iter().map(|window| window.to).max().unwrap_or(0);
    let Ok((mut text, _)) = source::decode_text(reader) else { return };
    let _ = lines(&mut text, MAX_LINE_BYTES, &mut |number, line, rest| {
        let at = place.before + number;
        if !rest {
            for window in windows.iter_mut().filter(|window| window.wants(at)) {
                window.lines.insert(at, (volume, number, line.to_vec()));
            }
        }
        // A line more than were counted is not known to stand before the next part.
        if at > last || number > place.lines { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
}

/// Takes a line's number, from 1, a part of it, and whether parts of it came before.
pub(super) type EachLine<'e> = dyn FnMut(u64, &[u8], bool) -> ControlFlow<()> + 'e;

/// Hands on line by line; one longer than `most` comes in parts, of which all but the first are rests.
/// Parts are cut at a blank where there is one.
pub(super) fn lines(reader: &mut dyn Read, most: usize, each: &mut EachLine<'_>) -> io::Result<()> {
    let mut held: Vec<u8> = Vec::new();
    let mut block = vec![0; 64 << 10];
    let (mut number, mut rest) = (1, false);
    loop {
        let n = match reader.read(&mut block) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        held.extend_from_slice(&block[..n]);
        let mut at = 0;
        while at < held.len() {
            let left = &held[at..];
            match memchr::memchr(b'\n', left) {
                Some(end) if end <= most => {
                    if each(number, &left[..end], rest).is_break() {
                        return Ok(());
                    }
                    (number, rest, at) = (number + 1, false, at + end + 1);
                }
                _ if left.len() > most => {
                    let cut = memchr::memrchr(b' ', &left[most / 2..most]).map_or(most, |i| most / 2 + i + 1);
                    if each(number, &left[..cut], rest).is_break() {
                        return Ok(());
                    }
                    (rest, at) = (true, at + cut);
                }
                _ if n == 0 => {
                    let _ = each(number, left, rest);
                    return Ok(());
                }
                _ => break,
            }
        }
        held.drain(..at);
        if n == 0 {
            return Ok(());
        }
    }
}

/// The lines of a window as one text.
fn text(window: &Window) -> Vec<u8> {
    window.lines.values().map(|(_, _, line)| line.as_slice()).collect::<Vec<_>>().join(&b'\n')
}

/// The records in some text, each with its header's user. What stands before the first header is one too.
fn records(text: &[u8]) -> Vec<(&[u8], Option<String>)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let next = start::next_start(text, at);
        let mut scratch = Vec::new();
        let header = record::read(&text[at..next], &mut scratch).header;
        let user = header.and_then(|header| header.user).map(redact::sanitize);
        found.push((&text[at..next], user.filter(|user| redact::is_person(user))));
        at = next;
    }
    found
}

/// The users of all headers in some text.
fn users(text: &[u8]) -> BTreeSet<String> {
    records(text).into_iter().filter_map(|(_, user)| user).collect()
}

/// The lines of a window, redacted record by record.
fn redacted(
    window: &Window,
    volumes: &[Input],
    known: &KnownUsers,
    hide: RedactionLevel,
    names: &mut Pseudonyms,
) -> Vec<ContextLine> {
    let whole = text(window);
    let mut places = window.lines.iter();
    let mut out = Vec::new();
    for (record, user) in records(&whole) {
        // A line break at the end belongs to the line before it.
        let ends = record.ends_with(b"\n");
        let count = memchr::memchr_iter(b'\n', record).count() + usize::from(!ends);
        let mut text = redact::redact(&redact::sanitize(record), user.as_deref(), hide);
        names.apply(&mut text);
        let text = known.redact(&text);
        // A secret of several lines is gone as one: then there are fewer.
        let mut shown = text.strip_suffix('\n').unwrap_or(&text).split('\n');
        for (at, (volume, number, _)) in places.by_ref().take(count) {
            let Some(text) = shown.next() else { continue };
            out.push(ContextLine {
                source: volumes[*volume].name.clone(),
                number: *number,
                of_record: (window.record..window.record + window.record_lines).contains(at),
                text: text.to_owned(),
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, most: usize) -> Vec<(u64, String, bool)> {
        let mut found = Vec::new();
        lines(&mut text.as_bytes(), most, &mut |number, line, rest| {
            found.push((number, String::from_utf8_lossy(line).into_owned(), rest));
            ControlFlow::Continue(())
        })
        .expect("a slice can be read");
        found
    }

    #[test]
    fn lines_are_numbered_and_long_ones_come_in_parts() {
        let whole = |number, text: &str| (number, text.to_owned(), false);
        assert_eq!(cut("a\n\nb", 100), [whole(1, "a"), whole(2, ""), whole(3, "b")]);
        assert_eq!(cut("a\n", 100), [whole(1, "a")]);
        assert_eq!(cut("aa bb cc\nd\n", 6), [whole(1, "aa bb "), (1, "cc".to_owned(), true), whole(2, "d")]);
        let long = cut(&"x".repeat(200_000), 65_536);
        assert_eq!(long.iter().map(|(_, text, _)| text.len()).sum::<usize>(), 200_000);
        assert!(long.iter().all(|(number, _, _)| *number == 1));
    }
}
