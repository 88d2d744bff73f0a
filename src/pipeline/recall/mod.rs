//! Written findings that are recalled for equal records.
//!
//! A failing integration logs the same failure again and again; only ids, times, the numbers of threads and frames, and
//! the request differ. Such a finding is not built, redacted and written again: the written form of an earlier one is
//! copied, with the values of the new record in its gaps.
//!
//! The form is learned from the second such record, by writing it with made-up values of the same kinds, as long as they
//! can be (`markers`). Where that differs from the finding of the record itself is a gap. The form is used only if it also
//! gives, byte for byte, the finding of the record itself and of one with other values, the shortest ones, and if no value
//! is part of what is hidden, but for the addresses of the header, which always are. So the fixed text of a record is shown
//! only where the same text was shown for other records, whatever their values, and a value only where redaction shows each
//! value of its kind: a form shows nothing that redaction would hide. What is known from other records is hidden by the
//! collector, in recalled findings as in all others.

mod form;
pub(super) mod forms;
mod markers;
mod shape;

use std::{
    collections::HashMap,
    hash::BuildHasher,
    sync::{Arc, PoisonError},
};

use foldhash::fast::FixedState;

use self::{
    form::{Values, WrittenForm},
    forms::{Forms, InputName, KnownRecord},
    markers::Side,
    shape::{RecordShape, VariableKind},
};
use super::{
    encoded::{EncodedPart, FindingEncoder},
    job::Job,
};
use crate::{
    engine::{self, Hit},
    model::Header,
};

/// How often a worker must meet such a record before its form is learned. That takes three times as long as writing a
/// finding, and many records occur only once.
const LEARNED_AT: u32 = 2;
/// How many records without a form each worker remembers.
const MAX_SEEN: usize = 1 << 13;

/// One worker's access to the forms.
#[derive(Debug, Default)]
pub(super) struct FindingRecall {
    seen: HashMap<u64, u32, FixedState>,
    input: Arc<InputName>,
    shape: RecordShape,
}

impl FindingRecall {
    /// Appends the finding of a record to a part, if it is recalled.
    pub(super) fn write(
        &mut self,
        job: &Job<'_>,
        raw: &[u8],
        header: &Header<'_>,
        (offset, line): (u64, u64),
        part: &mut EncodedPart,
    ) -> bool {
        self.set_input(job);
        if !self.shape.read(raw, header) {
            return false;
        }
        let forms = job.options.forms.0.read().unwrap_or_else(PoisonError::into_inner);
        let form = forms.find(self.key(), &self.input, raw, &self.shape).and_then(|known| known.form.as_ref());
        let Some((form, values)) = form.zip(values(self.shape.values(raw), offset)) else { return false };
        form.write(&values, line, part);
        true
    }

    /// Learns how the finding of a hit is written, if such a record came often enough. It is the last one of `part`.
    pub(super) fn learn(&mut self, job: &Job<'_>, hit: &Hit<'_>, encoder: &dyn FindingEncoder, part: &EncodedPart) {
        self.set_input(job);
        let raw = hit.record.raw;
        let header = hit.record.header.as_ref().filter(|_| !hit.truncated);
        if !header.is_some_and(|header| self.shape.read(raw, header)) {
            return;
        }
        let key = self.key();
        if self.seen.len() >= MAX_SEEN {
            self.seen.clear();
        }
        let forms = &job.options.forms.0;
        let is_needed = |forms: &Forms| {
            forms.full_of.as_ref() != Some(&self.input) && forms.find(key, &self.input, raw, &self.shape).is_none()
        };
        let times = self.seen.entry(key).or_default();
        *times += 1;
        if *times < LEARNED_AT || !is_needed(&forms.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let shape = self.shape.clone();
        let form = part.last_alone().and_then(|own| form(job, hit, &shape, encoder, &own));
        let known = KnownRecord { input: Arc::clone(&self.input), raw: raw.to_vec(), shape, form };
        forms.write().unwrap_or_else(PoisonError::into_inner).add(key, known);
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
fn values<'v>(texts: impl Iterator<Item = &'v [u8]>, offset: u64) -> Option<Values<'v>> {
    let texts = texts.map(|text| std::str::from_utf8(text).ok()).collect::<Option<_>>()?;
    Some(Values { texts, offset: offset.to_string() })
}

/// The form of a finding, which was written as `own`, if other values change nothing else.
fn form(
    job: &Job<'_>,
    hit: &Hit<'_>,
    shape: &RecordShape,
    encoder: &dyn FindingEncoder,
    own: &EncodedPart,
) -> Option<WrittenForm> {
    let raw = hit.record.raw;
    let write = |side: Side| {
        let texts = markers::texts(shape, raw, side)?;
        let record = shape.replace(raw, texts.iter().map(Vec::as_slice));
        Some((texts, written(job, &record, markers::offset(side), encoder)?))
    };
    let logged = values(shape.values(raw), hit.offset)?;
    let (long_texts, long) = write(Side::Long)?;
    let is_address = |i: usize| shape.variables[i].kind == VariableKind::Address;
    let form = WrittenForm::of(&long, own, &[marker_values(&long_texts, Side::Long)?, logged.clone()], is_address)?;
    let gives = |values: &Values<'_>, expected: &EncodedPart| {
        let mut recalled = EncodedPart::default();
        form.write(values, 1, &mut recalled);
        recalled == *expected
    };
    if !gives(&logged, own) {
        return None;
    }
    let (texts, other) = write(Side::Other)?;
    gives(&marker_values(&texts, Side::Other)?, &other).then_some(form)
}

fn marker_values(texts: &[Vec<u8>], side: Side) -> Option<Values<'_>> {
    values(texts.iter().map(Vec::as_slice), markers::offset(side))
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
