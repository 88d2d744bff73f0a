//! A last look at what is about to be handed on: does anything in it look like a secret or a person?

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::Read,
    ops::ControlFlow,
    path::Path,
    sync::{Arc, LazyLock},
};

use super::{scan_input::unreadable, surroundings::lines};
use crate::{catalogue::Catalogue, extract::redact, model::Fault, record, source};

/// A line that shows something. What it shows is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakedItem {
    /// The file, or the entry of an archive (`ticket.zip!/report.json`).
    pub source: String,
    /// The line, from 1.
    pub line: u64,
    /// `mail address`, `token`, …
    pub kind: String,
    /// How often in this line.
    pub count: u64,
}

/// How much of a line is looked at in one go.
const PART_BYTES: usize = 1 << 20;

/// Looks through a file or through every entry of an archive.
pub fn leaks(path: &Path, each: &mut dyn FnMut(LeakedItem)) -> Vec<Fault> {
    let mut look = BundleScan { each, faults: Vec::new() };
    let plan = source::plan(
        &[path.to_path_buf()],
        &Arc::default(),
        #[cfg(feature = "archives")]
        source::ArchiveLimits::default(),
        #[cfg(feature = "archives")]
        &mut look,
    );
    for volume in plan.volumes.iter().filter(|volume| volume.prescanned().is_none() && volume.duplicate_of.is_none()) {
        match volume.bytes() {
            Ok(mut bytes) => look.through(&volume.name, &mut *bytes),
            Err(error) => look.fault(&volume.name, &error),
        }
    }
    let mut faults = plan.faults;
    faults.extend(look.faults);
    faults
}

/// Titles of the catalogue that end in a word behind which a secret or a name could stand. The diagnosis
/// goes on behind a title: `Wrong user name or password: still failing`.
static TITLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let builtin = Catalogue::builtin();
    let titles = builtin.patterns().iter().map(|pattern| pattern.title.clone());
    titles.filter(|title| !redact::detect(format!("{title}: still").as_bytes()).is_empty()).collect()
});

/// A line without what is known to be a title.
fn without_titles(line: &[u8]) -> Cow<'_, [u8]> {
    let mut line = Cow::Borrowed(line);
    for title in TITLES.iter() {
        while let Some(at) = memchr::memmem::find(&line, title.as_bytes()) {
            line.to_mut().drain(at..at + title.len());
        }
    }
    line
}

struct BundleScan<'e> {
    each: &'e mut dyn FnMut(LeakedItem),
    faults: Vec<Fault>,
}

impl BundleScan<'_> {
    fn through(&mut self, name: &str, reader: &mut dyn Read) {
        let mut text = match source::decode_text(reader) {
            Ok((text, _)) => text,
            Err(error) => return self.fault(name, &error),
        };
        let read = lines(&mut text, PART_BYTES, &mut |number, line, _| {
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
        if let Err(error) = read {
            self.fault(name, &error);
        }
    }

    fn fault(&mut self, name: &str, error: &std::io::Error) {
        let (kind, message) = unreadable(error);
        self.faults.push(Fault { source: name.to_owned(), offset: None, kind, message });
    }
}

#[cfg(feature = "archives")]
impl source::EntryVisitor for BundleScan<'_> {
    /// Whatever an archive holds is handed on with it.
    fn wants(&self, _: &str) -> bool {
        true
    }

    fn log(&mut self, name: &str, _: bool, reader: &mut dyn Read) -> Option<usize> {
        self.through(name, reader);
        Some(0)
    }

    fn overlapped(&self) -> source::DecodeMode {
        super::prescan::alone
    }
}
