//! From what the caller gave to the log files of all logs, in the order in which they are read.
//!
//! The parts of a rotated log are next to each other, the oldest first. What was given twice, or holds
//! the bytes of another input, is read once.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    archive::{self, ArchiveIndexer, ArchiveLimits, DecodeBudget, EntryVisitor, Format, HEAD_BYTES, NESTED_HEAD_BYTES},
    discover::{self, PathInput, PathKind, discover},
    file_slice::{FileSlice, Identity},
    input::{Content, Input, ReadAt, SharedReader, path_name},
    not_text::NotText,
    planned_input::{InputBytes, PlannedInput},
    progress::{CountingReader, Progress},
    rotation::{self, Age, parse_name},
};
use crate::model::{Fault, FaultKind, sort_by_key};

/// All log files of a run.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// In the order in which they are read; the parts of one log are next to each other.
    pub inputs: Vec<PlannedInput>,
    /// What cannot be read at all.
    pub faults: Vec<Fault>,
}

/// Finds the log files of some inputs: lists folders, indexes archives, finds nodes and duplicates.
/// What cannot be opened becomes a fault. Touches the file system for paths only.
pub(crate) fn plan(
    inputs: &[Input],
    progress: &Arc<Progress>,
    limits: ArchiveLimits,
    visitor: &mut dyn EntryVisitor,
) -> Plan {
    let mut planner =
        Planner { progress, limits, visitor, inputs: Vec::new(), faults: Vec::new(), seen: HashMap::new() };
    // First all folders, so that their faults come first in the report.
    let mut listed = Vec::new();
    for input in inputs {
        match &input.content {
            Content::Path(path) => {
                let (files, faults) =
                    discover(std::slice::from_ref(path), &mut |left_out| progress.add_left_out(&path_name(left_out)));
                listed.extend(files.into_iter().map(Listed::Path));
                planner.faults.extend(faults);
            }
            Content::Folder(files) => {
                let logs =
                    discover::logs_of_folder(&input.name, files, &mut |left_out| progress.add_left_out(left_out));
                if logs.is_empty() {
                    planner.faults.push(discover::no_logs_fault(&input.name));
                }
                listed.extend(logs.into_iter().map(Listed::Content));
            }
            Content::RandomAccess(_) | Content::Reader(_) => listed.push(Listed::Content(input.clone())),
        }
    }
    for input in listed {
        let (name, added) = match input {
            Listed::Path(path) => (path.name.clone(), planner.add_path(path)),
            Listed::Content(input) => (input.name.clone(), planner.add_content(input)),
        };
        if let Err(error) = added {
            planner.faults.push(discover::open_fault(&name, &error));
        }
    }
    planner.finish()
}

/// One input after folders were listed.
enum Listed {
    Path(PathInput),
    Content(Input),
}

struct Planner<'p> {
    progress: &'p Arc<Progress>,
    limits: ArchiveLimits,
    visitor: &'p mut dyn EntryVisitor,
    inputs: Vec<PlannedInput>,
    faults: Vec<Fault>,
    /// What was given already, and under which name.
    seen: HashMap<Identity, String>,
}

impl Planner<'_> {
    fn add(&mut self, name: String, kind: &'static str, bytes: InputBytes) {
        self.inputs.push(PlannedInput {
            name,
            kind,
            node: None,
            log: 0,
            continues_previous: false,
            continues_in_next: false,
            duplicate_of: None,
            bytes,
        });
    }

    fn add_path(&mut self, input: PathInput) -> io::Result<()> {
        if input.kind == PathKind::Stdin {
            return self.add_stream(input.name, "stdin", Box::new(CountingReader::new(io::stdin(), self.progress)));
        }
        let file = File::open(&input.path)?;
        let metadata = file.metadata()?;
        // What has no length may still have bytes, as the files of /proc have.
        if !metadata.is_file() || metadata.len() == 0 {
            return self.add_stream(input.name, "file", Box::new(CountingReader::new(file, self.progress)));
        }
        let slice = FileSlice::of_file(file, &input.path, self.progress)?;
        self.add_slice(input.name, slice, Identity::of_file(&metadata))
    }

    fn add_content(&mut self, Input { name, content }: Input) -> io::Result<()> {
        match content {
            Content::RandomAccess(content) => self.add_random_access(&name, &content),
            Content::Reader(reader) => self.add_reader(&name, &reader),
            // Paths and folders were listed.
            Content::Path(_) | Content::Folder(_) => Ok(()),
        }
    }

    fn add_random_access(&mut self, name: &str, content: &Arc<dyn ReadAt>) -> io::Result<()> {
        let slice = FileSlice::of_content(Arc::clone(content), content.size()?, self.progress);
        self.add_slice(name.to_owned(), slice, Some(Identity::of_content(content)))
    }

    fn add_reader(&mut self, name: &str, reader: &SharedReader) -> io::Result<()> {
        let reader = reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        let reader = reader.ok_or_else(|| io::Error::other("this reader was read by an earlier scan"))?;
        self.add_stream(name.to_owned(), "stream", Box::new(CountingReader::new(reader, self.progress)))
    }

    /// Adds something that can be read at any offset: a plain log, or what an archive holds.
    fn add_slice(&mut self, name: String, slice: FileSlice, identity: Option<Identity>) -> io::Result<()> {
        if let Some(identity) = identity {
            if let Some(first) = self.seen.get(&identity).cloned() {
                self.add(name, "file", plain(slice));
                if let Some(input) = self.inputs.last_mut() {
                    input.duplicate_of = Some(first);
                }
                return Ok(());
            }
            self.seen.insert(identity, name.clone());
        }
        self.progress.add_total(slice.len());
        let head = head(&mut slice.open()?, HEAD_BYTES)?;
        if archive::sniff(&head) == Format::Plain {
            if self.is_readable(&name, &head) {
                self.add(name, "file", plain(slice));
            }
            return Ok(());
        }
        self.progress.set_current(&name);
        let budget = DecodeBudget::new(self.limits, Some(slice.len()));
        self.index(budget, &name, |indexer| indexer.index_file(&slice, &name));
        Ok(())
    }

    /// Adds something that can be read once.
    fn add_stream(&mut self, name: String, kind: &'static str, mut rest: Box<dyn Read + Send>) -> io::Result<()> {
        let budget = DecodeBudget::new(self.limits, None);
        let mut head = head(&mut rest, HEAD_BYTES)?;
        let mut layers = Vec::new();
        if archive::sniff(&head) != Format::Plain {
            // Enough bytes to recognise the format within several layers.
            head.extend(self::head(&mut rest, NESTED_HEAD_BYTES)?);
            let (found, format) = archive::sniff_layers(&head, &self.limits, &budget);
            if format != Format::Plain {
                self.index(budget, &name, |indexer| {
                    indexer.index_stream(&mut io::Cursor::new(head).chain(rest), &name, kind);
                });
                return Ok(());
            }
            layers = found;
        } else if !self.is_readable(&name, &head) {
            return Ok(());
        }
        self.add(name, kind, InputBytes::Once { head, rest: Mutex::new(Some(rest)), layers, budget });
        Ok(())
    }

    /// Reports an input that begins with something else than text. False when there is nothing to scan in
    /// it.
    fn is_readable(&mut self, name: &str, head: &[u8]) -> bool {
        let Some(problem) = NotText::of(name, head) else { return true };
        self.faults.push(Fault {
            source: name.to_owned(),
            offset: None,
            kind: FaultKind::Damaged,
            message: problem.message(),
        });
        problem.is_scanned()
    }

    /// Adds the logs of an archive.
    fn index(&mut self, budget: DecodeBudget, name: &str, run: impl FnOnce(&mut ArchiveIndexer<'_>)) {
        let limits = self.limits;
        let mut indexer = ArchiveIndexer::new(budget, limits, self.visitor);
        run(&mut indexer);
        let (found, faults) = indexer.finish();
        if found.is_empty() && faults.is_empty() {
            self.faults.push(Fault {
                source: name.to_owned(),
                offset: None,
                kind: FaultKind::NoLogs,
                message: "no Jira logs in this archive (atlassian-jira*.log, atlassian-servicedesk*.log, catalina*): extract it and name the log file itself".to_owned(),
            });
        }
        self.faults.extend(faults);
        for found in found {
            let bytes = match found.prescanned {
                Some(number) => InputBytes::Prescanned(number),
                None => InputBytes::Slice { slice: found.slice, layers: found.layers, limits },
            };
            self.add(found.name, found.kind, bytes);
        }
    }

    /// Puts the parts of each log next to each other, oldest first, and finds nodes and duplicates.
    fn finish(mut self) -> Plan {
        find_duplicates(&mut self.inputs);
        // A duplicate is no evidence of another node.
        let distinct = self.inputs.iter().filter(|input| input.duplicate_of.is_none());
        let names: Vec<&str> = distinct.map(|input| input.name.as_str()).collect();
        let mut nodes = rotation::nodes(&names).into_iter();
        let mut logs: HashMap<(String, String), usize> = HashMap::new();
        let mut placed: Vec<(usize, Age, PlannedInput)> = Vec::new();
        for mut input in self.inputs {
            let (folders, file) = rotation::folders(&input.name);
            let parsed = parse_name(file);
            let next_log = logs.len();
            input.log = match input.name.as_str() {
                "-" => *logs.entry((String::new(), format!("-{next_log}"))).or_insert(next_log),
                _ => *logs.entry((folders.join("/"), parsed.log)).or_insert(next_log),
            };
            input.node = if input.duplicate_of.is_none() { nodes.next().flatten() } else { None };
            placed.push((input.log, parsed.age, input));
        }
        sort_by_key(&mut placed, |(log, age, _)| (*log, *age));
        let ages: Vec<Age> = placed.iter().map(|(_, age, _)| *age).collect();
        let mut inputs: Vec<PlannedInput> = placed.into_iter().map(|(_, _, input)| input).collect();
        let mut previous: Option<usize> = None;
        for i in 0..inputs.len() {
            if inputs[i].duplicate_of.is_some() {
                continue;
            }
            if let Some(previous) = previous
                && inputs[previous].log == inputs[i].log
                && ages[i].follows(ages[previous])
            {
                inputs[previous].continues_in_next = true;
                inputs[i].continues_previous = true;
            }
            previous = Some(i);
        }
        Plan { inputs, faults: self.faults }
    }
}

fn plain(slice: FileSlice) -> InputBytes {
    InputBytes::Slice { slice, layers: Vec::new(), limits: ArchiveLimits::default() }
}

/// At most `max` first bytes of a stream.
fn head(reader: &mut dyn Read, max: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    match reader.take(max as u64).read_to_end(&mut head) {
        // The bytes before the error are still text; the error comes again.
        Err(error) if head.is_empty() => Err(error),
        _ => Ok(head),
    }
}

/// Finds inputs that hold the same bytes. Only those of the same length and the same first bytes are
/// compared, so that many different inputs of one length are each read once.
fn find_duplicates(inputs: &mut [PlannedInput]) {
    let mut by_len: HashMap<u64, Vec<usize>> = HashMap::new();
    for (i, input) in inputs.iter().enumerate().filter(|(_, input)| input.duplicate_of.is_none()) {
        if let Some(len) = input.decoded_len().filter(|len| *len > 0) {
            by_len.entry(len).or_default().push(i);
        }
    }
    for same_len in by_len.into_values().filter(|same_len| same_len.len() > 1) {
        let mut by_head: HashMap<Option<u64>, Vec<usize>> = HashMap::new();
        for i in same_len {
            by_head.entry(inputs[i].head_hash()).or_default().push(i);
        }
        // What cannot be read is no duplicate.
        by_head.remove(&None);
        for same_head in by_head.into_values() {
            match same_head.len() {
                1 => {}
                2 => mark_duplicates(inputs, same_head),
                _ => {
                    // Of many, each is read once more, so that few are compared.
                    let mut by_hash: HashMap<Option<u64>, Vec<usize>> = HashMap::new();
                    for i in same_head {
                        by_hash.entry(inputs[i].hash()).or_default().push(i);
                    }
                    by_hash.remove(&None);
                    by_hash.into_values().for_each(|same_hash| mark_duplicates(inputs, same_hash));
                }
            }
        }
    }
}

/// Compares each of some inputs with those before it.
fn mark_duplicates(inputs: &mut [PlannedInput], candidates: Vec<usize>) {
    let mut distinct: Vec<usize> = Vec::new();
    for i in candidates {
        let first = distinct.iter().copied().find(|other| inputs[*other].has_same_bytes(&inputs[i]));
        match first {
            Some(first) => inputs[i].duplicate_of = Some(inputs[first].name.clone()),
            None => distinct.push(i),
        }
    }
}
