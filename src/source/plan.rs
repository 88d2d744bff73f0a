//! From what the user typed to the volumes of all logs, in the order in which they are read.
//!
//! The parts of a rotated log stand together, the oldest first. What was named twice, or holds the
//! bytes of another volume, is read once.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::{Arc, Mutex},
};

#[cfg(feature = "archives")]
use super::archive::{self, ArchiveIndexer, ArchiveLimits, DecodeBudget, EntryVisitor, Format, HEAD, Layer};
use super::{
    discover::{self, PathInput, PathKind, discover},
    file_slice::{FileSlice, Identity},
    input::{Input, InputBytes},
    progress::{CountingReader, Progress},
    rotation::{self, Age, rotated},
};
use crate::model::Fault;
#[cfg(feature = "archives")]
use crate::model::FaultKind;

/// All volumes of a run.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order in which they are read; the parts of one log stand together.
    pub volumes: Vec<Input>,
    /// What cannot be read at all.
    pub faults: Vec<Fault>,
}

/// Finds the volumes of some paths.
#[cfg_attr(not(feature = "archives"), allow(unused_variables))]
pub fn plan(
    paths: &[PathBuf],
    progress: &Arc<Progress>,
    #[cfg(feature = "archives")] bounds: ArchiveLimits,
    #[cfg(feature = "archives")] passing: &mut dyn EntryVisitor,
) -> Plan {
    let (inputs, faults) = discover(paths);
    let mut planner = Planner { progress, volumes: Vec::new(), faults, seen: HashMap::new() };
    #[cfg(feature = "archives")]
    let mut passing = Archives { bounds, passing };
    for input in inputs {
        let named = input.name.clone();
        let taken = planner.input(
            input,
            #[cfg(feature = "archives")]
            &mut passing,
        );
        if let Err(error) = taken {
            let fault = discover::refused(std::path::Path::new(&named), &error);
            planner.faults.push(fault);
        }
    }
    planner.finish()
}

/// How archives are surveyed.
#[cfg(feature = "archives")]
struct Archives<'p> {
    bounds: ArchiveLimits,
    passing: &'p mut dyn EntryVisitor,
}

struct Planner<'p> {
    progress: &'p Arc<Progress>,
    volumes: Vec<Input>,
    faults: Vec<Fault>,
    seen: HashMap<Identity, String>,
}

impl Planner<'_> {
    fn add(&mut self, name: String, kind: &'static str, place: InputBytes) {
        let volume = Input {
            name,
            kind,
            node: None,
            log: 0,
            continues_previous: false,
            continues_in_next: false,
            duplicate_of: None,
            place,
        };
        self.volumes.push(volume);
    }

    fn input(&mut self, input: PathInput, #[cfg(feature = "archives")] archives: &mut Archives<'_>) -> io::Result<()> {
        if input.kind == PathKind::Stdin {
            return self.once(
                input.name,
                "stdin",
                Box::new(CountingReader::new(io::stdin(), self.progress)),
                #[cfg(feature = "archives")]
                archives,
            );
        }
        let file = File::open(&input.path)?;
        let found = file.metadata()?;
        // What has no length may still have bytes, as the files of /proc have.
        if !found.is_file() || found.len() == 0 {
            return self.once(
                input.name,
                "file",
                Box::new(CountingReader::new(file, self.progress)),
                #[cfg(feature = "archives")]
                archives,
            );
        }
        let window = FileSlice::of_file(file, &input.path, self.progress)?;
        if let Some(identity) = Identity::of(&found)
            && let Some(twin) = self.seen.insert(identity, input.name.clone())
        {
            self.seen.insert(identity, twin.clone());
            self.add(input.name, "file", plain(window));
            if let Some(volume) = self.volumes.last_mut() {
                volume.duplicate_of = Some(twin);
            }
            return Ok(());
        }
        self.progress.expect(found.len());
        #[cfg(feature = "archives")]
        if archive::sniff(&head(&mut window.open()?, HEAD)?) != Format::Plain {
            self.archive(&window, &input.name, archives);
            return Ok(());
        }
        self.add(input.name, "file", plain(window));
        Ok(())
    }

    /// Something that can only be read once.
    fn once(
        &mut self,
        name: String,
        kind: &'static str,
        rest: Box<dyn Read + Send>,
        #[cfg(feature = "archives")] archives: &mut Archives<'_>,
    ) -> io::Result<()> {
        #[cfg(feature = "archives")]
        {
            let mut rest = rest;
            let meter = DecodeBudget::new(archives.bounds, None);
            let mut head = head(&mut rest, HEAD)?;
            let mut layers = Vec::new();
            if archive::sniff(&head) != Format::Plain {
                // Enough to see through several layers.
                head.extend(self::head(&mut rest, SNIFF_BYTES)?);
                if through(&head, &mut layers, &meter) != Format::Plain {
                    self.index(meter, archives, &name, |survey| {
                        survey.stream(&mut io::Cursor::new(head).chain(rest), &name);
                    });
                    return Ok(());
                }
            }
            self.add(name, kind, InputBytes::Once { head, rest: Mutex::new(Some(rest)), layers, meter });
        }
        #[cfg(not(feature = "archives"))]
        self.add(name, kind, InputBytes::Once { head: Vec::new(), rest: Mutex::new(Some(rest)) });
        Ok(())
    }

    #[cfg(feature = "archives")]
    fn archive(&mut self, window: &FileSlice, name: &str, archives: &mut Archives<'_>) {
        self.progress.reading(name);
        let meter = DecodeBudget::new(archives.bounds, Some(window.len()));
        self.index(meter, archives, name, |survey| survey.file(window, name));
    }

    #[cfg(feature = "archives")]
    fn index(
        &mut self,
        meter: DecodeBudget,
        archives: &mut Archives<'_>,
        name: &str,
        run: impl FnOnce(&mut ArchiveIndexer<'_>),
    ) {
        let bounds = archives.bounds;
        let mut survey = ArchiveIndexer { meter, passing: archives.passing, found: Vec::new(), faults: Vec::new() };
        run(&mut survey);
        let ArchiveIndexer { found, faults, .. } = survey;
        if found.is_empty() && faults.is_empty() {
            self.faults.push(Fault {
                source: name.to_owned(),
                offset: None,
                kind: FaultKind::NoLogs,
                message: "no Jira log in this archive (atlassian-jira*.log, atlassian-servicedesk*.log, catalina*): unpack it and name the file itself".to_owned(),
            });
        }
        self.faults.extend(faults);
        for found in found {
            let place = match found.passed {
                Some(number) => InputBytes::Prescanned(number),
                None => InputBytes::Slice { window: found.window, layers: found.layers, bounds },
            };
            self.add(found.name, found.kind, place);
        }
    }

    /// Puts the parts of each log together, oldest first, and finds nodes and twins.
    fn finish(mut self) -> Plan {
        find_duplicates(&mut self.volumes);
        // A copy makes no node.
        let read = self.volumes.iter().filter(|volume| volume.duplicate_of.is_none());
        let names: Vec<&str> = read.map(|volume| volume.name.as_str()).collect();
        let mut nodes = rotation::nodes(&names).into_iter();
        let mut logs: HashMap<(String, String), usize> = HashMap::new();
        let mut placed: Vec<(usize, Age, Input)> = Vec::new();
        for mut volume in self.volumes {
            let (folders, file) = rotation::folders(&volume.name);
            let rotated = rotated(file);
            let fresh = logs.len();
            volume.log = match volume.name.as_str() {
                "-" => *logs.entry((String::new(), format!("-{fresh}"))).or_insert(fresh),
                _ => *logs.entry((folders.join("/"), rotated.log)).or_insert(fresh),
            };
            volume.node = if volume.duplicate_of.is_none() { nodes.next().flatten() } else { None };
            placed.push((volume.log, rotated.age, volume));
        }
        placed.sort_by_key(|(log, age, _)| (*log, *age));
        let ages: Vec<Age> = placed.iter().map(|(_, age, _)| *age).collect();
        let mut volumes: Vec<Input> = placed.into_iter().map(|(_, _, volume)| volume).collect();
        let mut before: Option<usize> = None;
        for i in 0..volumes.len() {
            if volumes[i].duplicate_of.is_some() {
                continue;
            }
            if let Some(before) = before
                && volumes[before].log == volumes[i].log
                && ages[i].follows(ages[before])
            {
                volumes[before].continues_in_next = true;
                volumes[i].continues_previous = true;
            }
            before = Some(i);
        }
        Plan { volumes, faults: self.faults }
    }
}

fn plain(window: FileSlice) -> InputBytes {
    InputBytes::Slice {
        window,
        #[cfg(feature = "archives")]
        layers: Vec::new(),
        #[cfg(feature = "archives")]
        bounds: ArchiveLimits::default(),
    }
}

/// How many first bytes of a compressed stream tell what is in it.
#[cfg(feature = "archives")]
const SNIFF_BYTES: usize = 64 << 10;

/// At most `most` first bytes of a stream.
#[cfg(feature = "archives")]
fn head(reader: &mut dyn Read, most: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    match reader.take(most as u64).read_to_end(&mut head) {
        // What came before the trouble is text all the same; the trouble shows again.
        Err(error) if head.is_empty() => Err(error),
        _ => Ok(head),
    }
}

/// Looks through the layers of a stream of which only the head is there.
#[cfg(feature = "archives")]
fn through(first: &[u8], layers: &mut Vec<Layer>, meter: &DecodeBudget) -> Format {
    loop {
        let bytes = layers
            .iter()
            .try_fold(Box::new(first) as Box<dyn Read + '_>, |bytes, layer| archive::decode(*layer, bytes, meter));
        let Ok(start) = bytes.and_then(|mut bytes| head(&mut *bytes, HEAD)) else { return Format::Plain };
        match Layer::of(archive::sniff(&start)) {
            Some((layer, _)) if layers.len() < meter.bounds.depth => layers.push(layer),
            _ => return archive::sniff(&start),
        }
    }
}

/// Finds volumes that hold the same bytes. Only those of the same length are compared.
fn find_duplicates(volumes: &mut [Input]) {
    let mut by_len: HashMap<u64, Vec<usize>> = HashMap::new();
    for i in 0..volumes.len() {
        let Some(len) = volumes[i].decoded_len().filter(|len| *len > 0 && volumes[i].duplicate_of.is_none()) else {
            continue;
        };
        let same = by_len.entry(len).or_default();
        let twin = same.iter().copied().find(|other| volumes[*other].same_bytes(&volumes[i]));
        match twin {
            Some(twin) => volumes[i].duplicate_of = Some(volumes[twin].name.clone()),
            None => same.push(i),
        }
    }
}
