//! What takes the place of the decoders in a build without the feature `archives`: compressed files and
//! archives are recognised and refused.

use std::io::{self, Read};

use super::{
    format::{Format, sniff},
    limits::ArchiveLimits,
    visitor::EntryVisitor,
};
use crate::{
    model::{Fault, FaultKind},
    source::file_slice::FileSlice,
};

/// A layer of encoding: there is none in this build.
#[derive(Debug, Clone, Copy)]
pub(in crate::source) enum Layer {}

/// Nothing is decoded in this build.
#[derive(Debug, Clone)]
pub(in crate::source) struct DecodeBudget;

impl DecodeBudget {
    pub(in crate::source) fn new(_: ArchiveLimits, _: Option<u64>) -> Self {
        Self
    }
}

pub(in crate::source) type Bytes<'r> = Box<dyn Read + 'r>;

pub(in crate::source) fn open(slice: &FileSlice, _: &[Layer], _: &DecodeBudget) -> io::Result<Bytes<'static>> {
    Ok(Box::new(slice.open()?))
}

pub(in crate::source) fn decode<'r>(layer: Layer, _: Bytes<'r>, _: &DecodeBudget) -> io::Result<Bytes<'r>> {
    match layer {}
}

#[allow(clippy::unnecessary_wraps)]
pub(in crate::source) fn decoded_len(slice: &FileSlice, _: &[Layer]) -> Option<u64> {
    Some(slice.len())
}

pub(in crate::source) fn sniff_layers(first: &[u8], _: &ArchiveLimits, _: &DecodeBudget) -> (Vec<Layer>, Format) {
    (Vec::new(), sniff(first))
}

/// A log in an archive: never made in this build.
#[derive(Debug)]
pub(in crate::source) struct ArchiveEntry {
    pub(in crate::source) name: String,
    pub(in crate::source) kind: &'static str,
    pub(in crate::source) slice: FileSlice,
    pub(in crate::source) layers: Vec<Layer>,
    pub(in crate::source) prescanned: Option<usize>,
}

/// Refuses every archive.
pub(in crate::source) struct ArchiveIndexer<'v> {
    faults: Vec<Fault>,
    _visitor: std::marker::PhantomData<&'v ()>,
}

impl<'v> ArchiveIndexer<'v> {
    pub(in crate::source) fn new(_: DecodeBudget, _: ArchiveLimits, _: &'v mut dyn EntryVisitor) -> Self {
        Self { faults: Vec::new(), _visitor: std::marker::PhantomData }
    }

    pub(in crate::source) fn index_file(&mut self, _: &FileSlice, name: &str) {
        self.refuse(name);
    }

    pub(in crate::source) fn index_stream(&mut self, _: &mut dyn Read, name: &str, _: &'static str) {
        self.refuse(name);
    }

    pub(in crate::source) fn finish(self) -> (Vec<ArchiveEntry>, Vec<Fault>) {
        (Vec::new(), self.faults)
    }

    fn refuse(&mut self, name: &str) {
        self.faults.push(Fault {
            source: name.to_owned(),
            offset: None,
            kind: FaultKind::Damaged,
            message: "compressed files and archives are not supported by this build: extract it first".to_owned(),
        });
    }
}
