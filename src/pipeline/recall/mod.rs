//! Written findings that are recalled for equal records.
//!
//! A failing integration logs the same failure again and again; only ids, times, the numbers of threads and frames, and
//! the request differ. Such a finding is not built, redacted and written again: the written form of an earlier one is
//! copied, with the values of the new record in its gaps.
//!
//! The form is learned when the second such record comes, by writing the first one with made-up values of the same kinds, as
//! long as they can be (`markers`). Where that differs from the finding of the first record is a gap. The form is used only if
//! it also gives, byte for byte, that finding and the one of a record with other values, the shortest ones, and if no value is
//! part of what is hidden, but for the addresses of the header, which always are. So the fixed text of a record is shown
//! only where the same text was shown for other records, whatever their values, and a value only where redaction shows each
//! value of its kind: a form shows nothing that redaction would hide. What is known from other records is hidden by the
//! collector, in recalled findings as in all others.

mod form;
pub(super) mod forms;
mod markers;
mod shape;

use std::{hash::BuildHasher, sync::Arc};

use foldhash::fast::FixedState;

use self::{
    form::{Moved, Values, WrittenForm},
    forms::{FirstRecord, InputName, KnownRecord},
    markers::Side,
    shape::{Listing, RecordShape, VariableKind},
};
use super::{
    encoded::{EncodedPart, Extent, FindingEncoder},
    job::Job,
};
use crate::{
    engine::{self, Hit},
    model::Header,
};

/// One worker's access to the forms.
#[derive(Debug, Default)]
pub(super) struct FindingRecall {
    input: Arc<InputName>,
    shape: RecordShape,
    /// How much the last part had: the next one will not have much more or less.
    extent: Extent,
    moved: Moved,
    listing: Option<Listing>,
}

impl FindingRecall {
    /// Appends the finding of a record to a part, if it is recalled.
    pub(super) fn write(
        &mut self,
        job: &Job<'_>,
        raw: &[u8],
        header: &Header<'_>,
        (offset, line): (u64, u64),
        encoder: &dyn FindingEncoder,
        part: &mut EncodedPart,
    ) -> bool {
        self.set_input(job);
        let listing = self.listing(encoder);
        if !self.shape.read(raw, header, listing) {
            return false;
        }
        let (key, shared) = (self.key(), &job.options.forms);
        let Some(values) = logged_values(&self.shape, raw, offset) else { return false };
        if part.len() == 0 {
            part.reserve(self.extent);
        }
        let Self { extent, moved, .. } = self;
        let write = |form: &WrittenForm| {
            form.write(&values, line, part, moved);
            *extent = part.extent();
        };
        if let Some(known) = shared.read().find(key, &self.input, raw, &self.shape) {
            return known.form.as_ref().map(write).is_some();
        }
        let Some(first) = shared.take_first(key, &self.input, raw, &self.shape) else { return false };
        let form = learned(job, &first, encoder);
        let is_written = form.as_ref().map(write).is_some();
        shared.add(key, KnownRecord { input: first.input, raw: first.raw, shape: first.shape, form });
        is_written
    }

    /// Remembers how the finding of a hit was written, unless its form is known. It is the last one of `part`.
    pub(super) fn remember(&mut self, job: &Job<'_>, hit: &Hit<'_>, encoder: &dyn FindingEncoder, part: &EncodedPart) {
        self.set_input(job);
        let raw = hit.record.raw;
        let header = hit.record.header.as_ref().filter(|_| !hit.truncated);
        let listing = self.listing(encoder);
        if !header.is_some_and(|header| self.shape.read(raw, header, listing)) {
            return;
        }
        let (key, shared) = (self.key(), &job.options.forms);
        {
            let forms = shared.read();
            if forms.full_of.as_ref() == Some(&self.input) || forms.find(key, &self.input, raw, &self.shape).is_some() {
                return;
            }
        }
        if let Some(written) = part.last_alone() {
            let (input, shape) = (Arc::clone(&self.input), self.shape.clone());
            shared.remember(key, FirstRecord { input, raw: raw.to_vec(), shape, offset: hit.offset, written });
        }
    }

    /// CSV has quotation marks around several addresses, and none around one.
    fn listing(&mut self, encoder: &dyn FindingEncoder) -> Listing {
        *self.listing.get_or_insert_with(|| {
            let mut comma = Vec::new();
            encoder.encode_text(",", &mut comma);
            if comma == b"," { Listing::AsOne } else { Listing::Apart }
        })
    }

    fn set_input(&mut self, job: &Job<'_>) {
        if self.input.source != job.source || self.input.node.as_deref() != job.node {
            self.input = Arc::new(InputName { source: job.source.to_owned(), node: job.node.map(str::to_owned) });
        }
    }

    fn key(&self) -> u64 {
        FixedState::default().hash_one((self.shape.key, &*self.input))
    }
}

/// The values of a record.
fn logged_values<'v>(shape: &RecordShape, raw: &'v [u8], offset: u64) -> Option<Values<'v>> {
    let places = shape.variables.iter().map(|variable| variable.place());
    let texts: Option<Vec<&str>> = match std::str::from_utf8(raw) {
        Ok(text) => places.map(|place| text.get(place)).collect(),
        Err(_) => places.map(|place| std::str::from_utf8(&raw[place]).ok()).collect(),
    };
    Some(Values { texts: texts?, offset: offset.to_string() })
}

/// The form of the finding of a record, if other values change nothing else.
fn learned(job: &Job<'_>, record: &FirstRecord, encoder: &dyn FindingEncoder) -> Option<WrittenForm> {
    let FirstRecord { raw, shape, written: own, .. } = record;
    let write = |side: Side| {
        let texts = markers::texts(shape, raw, side)?;
        let record = shape.replace(raw, texts.iter().map(Vec::as_slice));
        Some((texts, written(job, &record, markers::offset(side), encoder)?))
    };
    let logged = logged_values(shape, raw, record.offset)?;
    let (long_texts, long) = write(Side::Long)?;
    let is_address = |i: usize| shape.variables[i].kind == VariableKind::Address;
    let form = WrittenForm::of(&long, own, &[marker_values(&long_texts, Side::Long)?, logged.clone()], is_address)?;
    let gives = |values: &Values<'_>, expected: &EncodedPart| {
        let mut recalled = EncodedPart::default();
        recalled.reserve(expected.extent());
        form.write(values, 1, &mut recalled, &mut Moved::default());
        recalled == *expected
    };
    if !gives(&logged, own) {
        return None;
    }
    let (texts, other) = write(Side::Other)?;
    gives(&marker_values(&texts, Side::Other)?, &other).then_some(form)
}

fn marker_values(texts: &[Vec<u8>], side: Side) -> Option<Values<'_>> {
    let texts: Result<Vec<&str>, _> = texts.iter().map(|text| std::str::from_utf8(text)).collect();
    Some(Values { texts: texts.ok()?, offset: markers::offset(side).to_string() })
}

/// The finding of a whole record, written as the only one of its part.
fn written(job: &Job<'_>, record: &[u8], offset: u64, encoder: &dyn FindingEncoder) -> Option<EncodedPart> {
    let mut part = EncodedPart::default();
    job.options.engine.scan(record, offset, false, |hit| {
        if hit.record.raw.len() == record.len() {
            let catalogue = job.options.engine.catalogue();
            let mut finding = engine::build_finding(hit, catalogue, job.source, 1, job.options.redaction);
            finding.node = job.node.map(str::to_owned);
            part.push(finding, encoder);
        }
    });
    (part.len() == 1).then_some(part)
}

#[cfg(test)]
mod tests;
