//! The check of a bundle before it is shared: does anything in it look like a secret or a person?

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
    io::Read,
    ops::Range,
    sync::{Arc, LazyLock},
};

use aho_corasick::{AhoCorasick, MatchKind};

use super::texts::texts;
use crate::{
    catalogue::{Catalogue, Place, Target},
    extract::redact,
    model::Fault,
    pipeline::{faults::read_fault, prescan::decode_in_place},
    record,
    source::{self, ArchiveLimits, DecodeMode, EntryVisitor, Input},
};

/// A line with something that should not be shared. The text itself is not included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakedItem {
    /// The file, or the entry of an archive (`ticket.zip!/report.json`).
    pub source: String,
    /// Line number, from 1.
    pub line: u64,
    /// `mail address`, `token`, …
    pub kind: String,
    /// How often it occurs in this line.
    pub count: u64,
}

/// A header ends within so many bytes.
const MAX_HEADER_BYTES: usize = 4 << 10;
/// A text is looked at in parts of about so many bytes, cut at a line.
const PART_BYTES: usize = 4 << 20;
/// So much of a part is looked at once more with the next: a secret may lie across the cut.
const OVERLAP_BYTES: usize = 16 << 10;

/// Keys of a report whose values are ids that the parser has read.
const ID_KEYS: [&str; 12] = [
    "\"trace_id",
    "\"correlation_id",
    "\"app_id",
    "\"tenant",
    "\"flow_id",
    "\"request_id",
    "\"session_id",
    "\"trace_ids",
    "\"correlation_ids",
    "\"logger",
    "\"exception",
    "\"oauth_error",
];
/// How many of them are remembered.
const MAX_IDS: usize = 100_000;
/// A list of ids ends within so many bytes.
const MAX_ID_LIST: usize = 64 << 10;

/// The lines of a page's scripts, styles and drawings, from 0. Data in it is none.
fn program_lines(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let line_of = |at: usize| memchr::memchr_iter(b'\n', &text[..at]).count();
    for (open, close) in [(&b"<script>"[..], &b"</script>"[..]), (b"<style>", b"</style>"), (b"<svg class=", b"</svg>")]
    {
        for at in memchr::memmem::find_iter(text, open).take(100) {
            let end = memchr::memmem::find(&text[at..], close).map_or(text.len(), |end| at + end);
            found.push(line_of(at)..line_of(end) + 1);
        }
    }
    found
}

/// Searches a file, or every entry of an archive, for what redaction would remove. Returns what could not
/// be read.
pub fn leaks(input: impl Into<Input>, each: &mut dyn FnMut(LeakedItem)) -> Vec<Fault> {
    let mut check = LeakCheck { each, faults: Vec::new(), ids: HashSet::new() };
    let plan = source::plan(&[input.into()], &Arc::default(), ArchiveLimits::default(), &mut check);
    for input in plan.inputs.iter().filter(|input| input.prescanned().is_none() && input.duplicate_of.is_none()) {
        match input.open() {
            Ok(mut bytes) => check.scan(&input.name, &mut *bytes),
            Err(error) => check.add_fault(&input.name, &error),
        }
    }
    let mut faults = plan.faults;
    faults.extend(check.faults);
    faults
}

/// The texts of the catalogue as the formats write them: they are in every bundle and nobody's. Each is left out as a
/// whole, because what a format writes next to it can look like its continuation: the next step after `an old
/// password.`, a statement after `Wrong user name or password:`, an address after the title of a page.
static CATALOGUE_TEXTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let written: BTreeSet<String> = catalogue_texts().iter().flat_map(|text| as_written(text)).collect();
    let texts = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(written);
    texts.expect("the texts of the catalogue fit")
});

/// Everything that the built-in catalogue says, with its sample servers. The step of a report that names another
/// server is read like any text.
fn catalogue_texts() -> Vec<String> {
    let builtin = Catalogue::builtin();
    let texts = builtin.patterns().iter().flat_map(|pattern| {
        let references = pattern.references.iter().flat_map(|reference| [&reference.url, &reference.title]);
        let open = pattern.follows.as_ref().and_then(|follows| follows.unless_found.as_ref());
        let texts = references.chain([&pattern.cause, &pattern.title]).chain(pattern.fix.as_ref()).chain(open).cloned();
        let steps = pattern.steps.iter().flat_map(|step| Place::ALL.map(|place| step.filled(&Target::sample(place))));
        texts.chain(steps).collect::<Vec<_>>()
    });
    texts.collect()
}

/// A text as it is, in JSON, in HTML and in wiki markup.
fn as_written(text: &str) -> [String; 4] {
    let json = serde_json::Value::from(text).to_string();
    let html = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
    let html = html.replace('"', "&#34;").replace('\'', "&#39;");
    let spans = html.split('`').enumerate();
    let html =
        spans.map(|(i, span)| if i % 2 == 1 { format!("<code>{span}</code>") } else { span.to_owned() }).collect();
    let wiki = text.chars().flat_map(|c| "*_^~+{}[]!|#".contains(c).then_some('\\').into_iter().chain([c])).collect();
    [text.to_owned(), json.trim_matches('"').to_owned(), html, wiki]
}

/// What the texts of the catalogue show by themselves: sample hosts and words of menus, with their kinds. They are
/// in every bundle and nobody's.
static CATALOGUE_WORDS: LazyLock<HashSet<(&'static str, String)>> = LazyLock::new(|| {
    catalogue_texts()
        .iter()
        .flat_map(|text| redact::Detector::new(&HashSet::new()).detect(text.as_bytes()))
        .map(|found| (found.kind, found.word))
        .collect()
});

/// A text without the texts of the catalogue; the number of its lines stays.
fn without_catalogue_texts(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut at = 0;
    for found in CATALOGUE_TEXTS.find_iter(text) {
        out.extend_from_slice(&text[at..found.start()]);
        at = found.end();
    }
    if at == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(&text[at..]);
    Cow::Owned(out)
}

struct LeakCheck<'e> {
    each: &'e mut dyn FnMut(LeakedItem),
    faults: Vec<Fault>,
    /// Ids that a report in the bundle lists: support needs them.
    ids: HashSet<Vec<u8>>,
}

impl LeakCheck<'_> {
    fn scan(&mut self, name: &str, reader: &mut dyn Read) {
        let mut text = match source::decode_text(reader) {
            Ok((text, _)) => text,
            Err(error) => return self.add_fault(name, &error),
        };
        let (mut held, mut first, mut block) = (Vec::new(), 1, vec![0; 64 << 10]);
        // Lines before this one were reported with the part before.
        let mut reported = 0;
        loop {
            let n = match text.read(&mut block) {
                Ok(n) => n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return self.add_fault(name, &error),
            };
            held.extend_from_slice(&block[..n]);
            if n == 0 {
                self.part(name, &held, first, reported);
                return;
            }
            if held.len() >= PART_BYTES {
                let end = memchr::memrchr(b'\n', &held).map_or(held.len(), |at| at + 1);
                self.part(name, &held[..end], first, reported);
                let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
                reported = first + lines(&held[..end]);
                let keep = end.saturating_sub(OVERLAP_BYTES);
                let keep = memchr::memchr(b'\n', &held[keep..end]).map_or(end, |at| keep + at + 1);
                first += lines(&held[..keep]);
                held.drain(..keep);
            }
        }
    }

    /// Looks at some lines, of which the first is number `first`; those before number `reported` are reported already.
    fn part(&mut self, name: &str, text: &[u8], first: u64, reported: u64) {
        let mut found: BTreeMap<(u64, String), u64> = BTreeMap::new();
        let text = &*without_catalogue_texts(text);
        self.learn_ids(text);
        let program = program_lines(text);
        let is_program = |line: usize| program.iter().any(|lines| lines.contains(&line));
        // The user of a header may be found by its place in the text, too.
        let mut users = HashSet::new();
        let detector = redact::Detector::new(&self.ids);
        for text in texts(name, text, is_program) {
            for one in detector.detect(&text.bytes) {
                let number = text.line + if text.is_one_line { 0 } else { one.line };
                // Of the page's own program only what is surely a secret counts.
                let code = is_program(number) && !text.is_one_line;
                if code && ["unknown value", "user name", "host name", "client address"].contains(&one.kind) {
                    continue;
                }
                let line = first + u64::try_from(number).unwrap_or(u64::MAX);
                let shown = (one.kind, one.word);
                if CATALOGUE_WORDS.contains(&shown) {
                    continue;
                }
                *found.entry((line, one.kind.to_owned())).or_default() += 1;
                users.insert((line, shown.1));
            }
        }
        for (i, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if let Some(user) = record::read(&line[..line.len().min(MAX_HEADER_BYTES)], &mut Vec::new())
                .header
                .and_then(|header| header.user)
            {
                let (line, user) = (first + i as u64, redact::sanitize(user));
                let is_known = redact::is_pseudonym(&user) || !redact::is_person(&user);
                if !is_known && users.insert((line, user)) {
                    *found.entry((line, "user name".to_owned())).or_default() += 1;
                }
            }
        }
        for ((line, kind), count) in found {
            if line >= reported {
                (self.each)(LeakedItem { source: name.to_owned(), line, kind, count });
            }
        }
    }

    /// Remembers the ids of a report.
    fn learn_ids(&mut self, text: &[u8]) {
        for key in ID_KEYS {
            for at in memchr::memmem::find_iter(text, key.as_bytes()) {
                let rest = &text[at + key.len()..text.len().min(at + key.len() + MAX_ID_LIST)];
                let Some(values) = rest.strip_prefix(b"\":") else { continue };
                let list = values.trim_ascii_start().starts_with(b"[");
                let end = values.iter().position(|byte| if list { *byte == b']' } else { b",\n}".contains(byte) });
                for value in values[..end.unwrap_or(values.len())].split(|byte| *byte == b'"').skip(1).step_by(2) {
                    if value.len() <= 200 && self.ids.len() < MAX_IDS {
                        self.ids.insert(value.to_vec());
                    }
                }
            }
        }
    }

    fn add_fault(&mut self, name: &str, error: &std::io::Error) {
        let (kind, message) = read_fault(error);
        self.faults.push(Fault { source: name.to_owned(), offset: None, kind, message });
    }
}

impl EntryVisitor for LeakCheck<'_> {
    /// Every entry of an archive is shared with it.
    fn wants(&self, _: &str) -> bool {
        true
    }

    fn visit(&mut self, name: &str, _: bool, reader: &mut dyn Read) -> Option<usize> {
        self.scan(name, reader);
        Some(0)
    }

    fn decode_mode(&self) -> DecodeMode {
        decode_in_place
    }
}
