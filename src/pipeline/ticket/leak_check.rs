//! The check of a bundle before it is shared: does anything in it look like a secret or a person?

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::Read,
    ops::ControlFlow,
    sync::{Arc, LazyLock},
};

use super::line_reader::for_each_line;
use crate::{
    catalogue::Catalogue,
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

/// Bytes of a line that are searched at a time.
const MAX_SEARCHED_BYTES: usize = 1 << 20;

/// Searches a file, or every entry of an archive, for what redaction would remove. Returns what could not
/// be read.
pub fn leaks(input: impl Into<Input>, each: &mut dyn FnMut(LeakedItem)) -> Vec<Fault> {
    let mut check = LeakCheck { each, faults: Vec::new() };
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

/// Titles of the catalogue that end in a word that may announce a secret or a name. In a diagnosis text
/// follows a title: `Wrong user name or password: still failing`.
static TITLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let builtin = Catalogue::builtin();
    let titles = builtin.patterns().iter().map(|pattern| pattern.title.clone());
    titles.filter(|title| !redact::detect(format!("{title}: still").as_bytes()).is_empty()).collect()
});

/// A line without the titles in it.
fn without_titles(line: &[u8]) -> Cow<'_, [u8]> {
    let mut line = Cow::Borrowed(line);
    for title in TITLES.iter() {
        while let Some(at) = memchr::memmem::find(&line, title.as_bytes()) {
            line.to_mut().drain(at..at + title.len());
        }
    }
    line
}

struct LeakCheck<'e> {
    each: &'e mut dyn FnMut(LeakedItem),
    faults: Vec<Fault>,
}

impl LeakCheck<'_> {
    fn scan(&mut self, name: &str, reader: &mut dyn Read) {
        let mut text = match source::decode_text(reader) {
            Ok((text, _)) => text,
            Err(error) => return self.add_fault(name, &error),
        };
        let result = for_each_line(&mut text, MAX_SEARCHED_BYTES, &mut |number, line, _| {
            let mut found: BTreeMap<String, u64> = BTreeMap::new();
            for kind in redact::detect(&without_titles(line)) {
                *found.entry(kind).or_default() += 1;
            }
            if let Some(user) = record::read(line, &mut Vec::new()).header.and_then(|header| header.user)
                && redact::is_person(&redact::sanitize(user))
            {
                *found.entry("user name".to_owned()).or_default() += 1;
            }
            for (kind, count) in found {
                (self.each)(LeakedItem { source: name.to_owned(), line: number, kind, count });
            }
            ControlFlow::Continue(())
        });
        if let Err(error) = result {
            self.add_fault(name, &error);
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
