//! The lines around the first record of each incident, from a second reading.
//!
//! Their positions are known by then, so a log is read line by line and only the wanted lines are kept.
//! The files of a rotated log are one text here, too. All lines are redacted: they are arbitrary text with
//! people in it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    io::Read,
    ops::ControlFlow,
};

use super::line_reader::for_each_line;
use crate::{
    extract::redact::{self, KnownUsers, Pseudonyms, RedactionLevel},
    pipeline::{options::ScanOptions, prescan::decode_in_place},
    record::{self, start},
    report::Report,
    source::{self, DecodeMode, EntryVisitor, Holder, Input, PlannedInput},
};

/// The first record of an incident with the lines before and after it.
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
    /// Number of lines at the end of the record that were left out.
    pub left_out: u64,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextLine {
    /// The input, as the report names it.
    pub source: String,
    /// Line number in the input, from 1.
    pub number: u64,
    /// The line belongs to the record.
    pub of_record: bool,
    /// The redacted text, without its line break.
    pub text: String,
}

/// Lines of a record that are kept: further lines of a stack trace are of no use.
const MAX_RECORD_LINES: u64 = 120;
/// Bytes of a line that are kept.
const MAX_LINE_BYTES: usize = 8 << 10;

/// The wanted lines of a log. Lines count from the start of its oldest file, from 1.
#[derive(Debug)]
struct LineWindow {
    incident: usize,
    /// The input in which the record starts.
    input: usize,
    log: usize,
    first: u64,
    record: u64,
    record_lines: u64,
    left_out: u64,
    last: u64,
    /// By line in the log: the input, the line in it, the bytes.
    lines: BTreeMap<u64, (usize, u64, Vec<u8>)>,
}

impl LineWindow {
    fn wants(&self, line: u64) -> bool {
        let left_out = self.record + self.record_lines;
        (self.first..=self.last).contains(&line) && !(left_out..left_out + self.left_out).contains(&line)
    }
}

/// Where an input is in its log.
#[derive(Debug, Clone, Copy)]
struct LogPosition {
    /// The first of the inputs that continue each other.
    log: usize,
    /// Lines of the log before it.
    lines_before: u64,
    lines: u64,
}

/// The positions of all inputs, whose lines were counted in the first reading.
fn log_positions(inputs: &[PlannedInput], report: &Report) -> Vec<LogPosition> {
    let mut positions: Vec<LogPosition> = Vec::new();
    let mut previous: Option<LogPosition> = None;
    for (i, (input, summary)) in inputs.iter().zip(&report.inputs).enumerate() {
        let alone = LogPosition { log: i, lines_before: 0, lines: summary.lines };
        let position = match previous {
            Some(previous) if input.continues_previous && input.duplicate_of.is_none() => {
                LogPosition { log: previous.log, lines_before: previous.lines_before + previous.lines, ..alone }
            }
            _ => alone,
        };
        if input.duplicate_of.is_none() {
            previous = Some(position);
        }
        positions.push(position);
    }
    positions
}

/// Reads the inputs again for the lines around the first record of every incident. Also returns all users
/// that are known by then, who are redacted in the report here.
pub(in crate::pipeline) fn read(
    options: &ScanOptions<'_>,
    given: &[Input],
    inputs: &[PlannedInput],
    report: &mut Report,
    lines_around: u64,
    pseudonyms: &mut Pseudonyms,
) -> (Vec<RecordContext>, KnownUsers) {
    let positions = log_positions(inputs, report);
    let mut windows: Vec<LineWindow> = Vec::new();
    for (i, incident) in report.incidents.iter().enumerate() {
        let Some(sample) = &incident.sample else { continue };
        let is_source = |input: &PlannedInput| input.name == sample.source && input.duplicate_of.is_none();
        let Some(input) = inputs.iter().position(is_source) else { continue };
        let Some(position) = positions.get(input) else { continue };
        let (lines, record) = (u64::from(sample.lines).max(1), position.lines_before + sample.line);
        windows.push(LineWindow {
            incident: i,
            input,
            log: position.log,
            first: record.saturating_sub(lines_around).max(1),
            record,
            record_lines: lines.min(MAX_RECORD_LINES),
            left_out: lines.saturating_sub(MAX_RECORD_LINES),
            last: record + lines - 1 + lines_around,
            lines: BTreeMap::new(),
        });
    }
    read_windows(options, given, inputs, &positions, &mut windows);
    // A user who is named in any header, and every secret that is recognised, is redacted in every line, also in those
    // before it.
    let level = options.redaction.of_excerpts();
    let texts: Vec<Vec<RedactedRecord>> = windows.iter().map(|window| redacted_records(window, level)).collect();
    texts.iter().flatten().for_each(|record| pseudonyms.learn(&record.text));
    let known_users = match options.redaction {
        RedactionLevel::Secrets => KnownUsers::new(BTreeSet::new(), &mut Pseudonyms::with_secrets_of(pseudonyms)),
        _ => KnownUsers::new(windows.iter().flat_map(|window| users(&text(window))).collect(), pseudonyms),
    };
    report.rename(&mut |text| {
        if let Cow::Owned(redacted) = known_users.redact(text) {
            *text = redacted;
        }
    });
    let contexts = windows
        .into_iter()
        .zip(texts)
        .map(|(window, texts)| RecordContext {
            incident: report.incidents[window.incident].id.clone(),
            source: inputs[window.input].name.clone(),
            record_line: window.record - positions[window.input].lines_before,
            left_out: window.left_out,
            lines: context_lines(&window, texts, inputs, &known_users, pseudonyms),
        })
        .collect();
    (contexts, known_users)
}

/// Reads the lines that the windows want.
fn read_windows(
    options: &ScanOptions<'_>,
    given: &[Input],
    inputs: &[PlannedInput],
    positions: &[LogPosition],
    windows: &mut [LineWindow],
) {
    let is_wanted = |position: &LogPosition, windows: &[LineWindow]| {
        let lines = position.lines_before + 1..=position.lines_before + position.lines;
        windows
            .iter()
            .any(|window| window.log == position.log && window.first <= *lines.end() && *lines.start() <= window.last)
    };
    let mut prescanned: Vec<usize> = Vec::new();
    for (i, input) in inputs.iter().enumerate().filter(|(_, input)| input.duplicate_of.is_none()) {
        let Some(position) = positions.get(i).filter(|position| is_wanted(position, windows)) else { continue };
        if input.prescanned().is_some() {
            prescanned.push(i);
        } else if let Ok(mut bytes) = input.open() {
            // What cannot be read now has a fault from the first reading, or its lines are missing.
            collect_lines(&mut *bytes, i, position, windows);
        }
    }
    if !prescanned.is_empty() {
        let mut visitor = RereadVisitor { inputs, positions, wanted: prescanned, windows, holder: options.holder };
        let _ = source::plan(given, &std::sync::Arc::default(), options.archive_limits, &mut visitor);
    }
}

/// Reads logs of a compressed tar once more, while it is indexed.
struct RereadVisitor<'w> {
    inputs: &'w [PlannedInput],
    positions: &'w [LogPosition],
    /// Inputs that were not read yet.
    wanted: Vec<usize>,
    windows: &'w mut [LineWindow],
    holder: Holder,
}

impl EntryVisitor for RereadVisitor<'_> {
    fn visit(&mut self, name: &str, _: bool, reader: &mut dyn Read) -> Option<usize> {
        // Of two entries with the same name the first is meant.
        if let Some(at) = self.wanted.iter().position(|input| self.inputs[*input].name == name) {
            let input = self.wanted.remove(at);
            collect_lines(reader, input, &self.positions[input], self.windows);
        }
        Some(0)
    }

    fn holder(&self) -> Holder {
        self.holder
    }

    fn decode_mode(&self) -> DecodeMode {
        decode_in_place
    }
}

/// Keeps the lines that the windows want, as far as they can be read; stops after the last of them.
fn collect_lines(reader: &mut dyn Read, input: usize, position: &LogPosition, windows: &mut [LineWindow]) {
    let mut windows: Vec<&mut LineWindow> = windows.iter_mut().filter(|window| window.log == position.log).collect();
    let last = windows.iter().map(|window| window.last).max().unwrap_or(0);
    let Ok((mut text, _)) = source::decode_text(reader) else { return };
    let _ = for_each_line(&mut text, MAX_LINE_BYTES, &mut |number, line, continues| {
        let log_line = position.lines_before + number;
        if !continues {
            for window in windows.iter_mut().filter(|window| window.wants(log_line)) {
                window.lines.insert(log_line, (input, number, line.to_vec()));
            }
        }
        // Lines beyond those counted were written since; the next file of the log may not follow them.
        if log_line > last || number > position.lines { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
}

/// The lines of a window as one text.
fn text(window: &LineWindow) -> Vec<u8> {
    window.lines.values().map(|(_, _, line)| line.as_slice()).collect::<Vec<_>>().join(&b'\n')
}

/// A record of a window.
pub(in crate::pipeline) struct WindowRecord<'t> {
    bytes: &'t [u8],
    pub(in crate::pipeline) user: Option<String>,
    /// What the parser has read from its header.
    read: Vec<Vec<u8>>,
}

/// The records in some text. Text before the first header is one too.
pub(in crate::pipeline) fn records(text: &[u8]) -> Vec<WindowRecord<'_>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let next = start::next_start(text, at);
        let mut scratch = Vec::new();
        let header = record::read(&text[at..next], &mut scratch).header;
        let user = header.as_ref().and_then(|header| header.user).map(redact::sanitize);
        let read =
            header.map(|header| [header.request_id, header.session_id, header.logger]).into_iter().flatten().flatten();
        let read = read.map(<[u8]>::to_vec).collect();
        found.push(WindowRecord { bytes: &text[at..next], user: user.filter(|user| redact::is_person(user)), read });
        at = next;
    }
    found
}

/// The users of all headers in some text.
fn users(text: &[u8]) -> BTreeSet<String> {
    records(text).into_iter().filter_map(|record| record.user).collect()
}

/// A record that was redacted; people and secrets in it are marked.
struct RedactedRecord {
    text: String,
    /// How many lines it had.
    lines: usize,
}

/// A record, redacted; people and secrets in it are marked.
pub(in crate::pipeline) fn redact_window_record(record: &WindowRecord<'_>, level: RedactionLevel) -> String {
    redact::redact_record(&redact::sanitize(record.bytes), record.user.as_deref(), &record.read, level)
}

/// The records of a window, redacted.
fn redacted_records(window: &LineWindow, level: RedactionLevel) -> Vec<RedactedRecord> {
    let whole = text(window);
    let redacted = records(&whole).into_iter().map(|record| {
        // A line break at the end belongs to the line before it.
        let ends = record.bytes.ends_with(b"\n");
        let lines = memchr::memchr_iter(b'\n', record.bytes).count() + usize::from(!ends);
        let text = redact_window_record(&record, level);
        RedactedRecord { text, lines }
    });
    redacted.collect()
}

/// The lines of a window as they are shown.
fn context_lines(
    window: &LineWindow,
    texts: Vec<RedactedRecord>,
    inputs: &[PlannedInput],
    known_users: &KnownUsers,
    pseudonyms: &mut Pseudonyms,
) -> Vec<ContextLine> {
    let mut places = window.lines.iter();
    let mut out = Vec::new();
    for RedactedRecord { mut text, lines } in texts {
        pseudonyms.apply(&mut text);
        let text = known_users.redact(&text);
        // A secret of several lines is removed as one: then there are fewer.
        let mut shown = text.strip_suffix('\n').unwrap_or(&text).split('\n');
        for (at, (input, number, _)) in places.by_ref().take(lines) {
            let Some(text) = shown.next() else { continue };
            out.push(ContextLine {
                source: inputs[*input].name.clone(),
                number: *number,
                of_record: (window.record..window.record + window.record_lines).contains(at),
                text: text.to_owned(),
            });
        }
    }
    out
}
