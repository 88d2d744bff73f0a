//! A record as what is the same in all equal records, and what differs: ids, times, numbers.

use std::{
    hash::{BuildHasher, Hasher},
    net::Ipv4Addr,
    ops::Range,
};

use crate::{
    extract::{GUID_BYTES, callback_ids, is_guid},
    model::{Header, ISO_TIME_BYTES, parse_iso_time},
    record,
    search::{Literal, leading_digits},
};

/// Longer records have no shape.
const MAX_RECORD_BYTES: usize = 16 << 10;
/// In a longer record the numbers of frames count: it may be cut off after a number of bytes.
const MAX_UNCUT_BYTES: usize = 3000;
/// Records with more variables have no shape.
const MAX_VARIABLES: usize = 400;
/// A list of so many client addresses at most is one variable.
const MAX_LISTED_ADDRESSES: usize = 2;
/// Of these, ids and times: each is compared with the others.
const MAX_IDS: usize = 64;

/// Where equal records may differ.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordShape {
    pub(super) variables: Vec<Variable>,
    /// Equal for equal records.
    pub(super) key: u64,
    /// The lengths of the variables are equal, too.
    pub(super) fixed_len: bool,
}

/// A part in which equal records may differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    start: u16,
    end: u16,
    pub(super) kind: VariableKind,
    /// The index of the first id or time with the same text, or its own.
    pub(super) first_like: u16,
}

/// What is between the fixed parts of a record. None of it is ever a secret by itself, nor a person but an address,
/// which is hidden wherever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VariableKind {
    /// A GUID in small letters.
    Guid,
    /// The last part of a redirect URL of Jira.
    CallbackId,
    /// A date and a time, the header's with milliseconds.
    Time,
    /// The header's time with a masked date, which is no time of the finding.
    MaskedTime,
    /// The number of a thread.
    Thread,
    /// The line number of a stack frame.
    Frame,
    /// The request id of the header.
    Request,
    /// The hash of a session id in the header.
    Session,
    /// A client address in the header.
    Address,
    /// One or two client addresses in the header, as a list: a proxy adds its own to that of a client.
    Addresses,
}

/// How the client addresses of a header are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    /// A short list is one variable: records are equal whether they have one address or two.
    AsOne,
    /// Each address is a variable.
    Apart,
}

impl Variable {
    pub(super) fn place(self) -> Range<usize> {
        self.start.into()..self.end.into()
    }
}

impl RecordShape {
    /// Reads the shape of a record that starts with its header. False for a record that has none.
    pub(super) fn read(&mut self, raw: &[u8], header: &Header<'_>, listing: Listing) -> bool {
        self.variables.clear();
        if !(header.timestamp.is_some() || record::starts_with_masked_time(raw)) || raw.len() > MAX_RECORD_BYTES {
            return false;
        }
        self.fixed_len = raw.len() > MAX_UNCUT_BYTES;
        let Some(in_header) = self.read_header(raw, header, listing) else { return false };
        self.read_ids(raw, in_header);
        callback_ids(raw).for_each(|place| self.push(place, VariableKind::CallbackId));
        if !self.fixed_len {
            self.read_frames(raw, header.message_at);
        }
        self.variables.sort_unstable_by_key(|variable| variable.start);
        let overlap = self.variables.windows(2).any(|two| two[1].start < two[0].end);
        if overlap || self.variables.len() > MAX_VARIABLES || !self.compare_ids(raw) {
            return false;
        }
        self.key = self.hash(raw);
        true
    }

    /// True when a record and another with its shape are equal but for their variables.
    pub(super) fn is_same(&self, raw: &[u8], other: &Self, other_raw: &[u8]) -> bool {
        (self.key, self.fixed_len) == (other.key, other.fixed_len)
            && self.variables.len() == other.variables.len()
            && self.variables.iter().zip(&other.variables).all(|(one, other)| {
                one.kind == other.kind
                    && one.first_like == other.first_like
                    && (!self.fixed_len || one.place().len() == other.place().len())
            })
            && self.fixed(raw).eq(other.fixed(other_raw))
    }

    /// The record with other texts for its variables.
    pub(super) fn replace<'v>(&self, raw: &[u8], values: impl Iterator<Item = &'v [u8]>) -> Vec<u8> {
        let mut out = Vec::with_capacity(raw.len() + 64);
        let mut values = values;
        for fixed in self.fixed(raw) {
            out.extend_from_slice(fixed);
            out.extend_from_slice(values.next().unwrap_or_default());
        }
        out
    }

    /// Bytes in memory.
    pub(super) fn size(&self) -> usize {
        self.variables.len() * size_of::<Variable>()
    }

    /// What is before each variable and after the last one.
    fn fixed<'r>(&self, raw: &'r [u8]) -> impl Iterator<Item = &'r [u8]> {
        let starts = std::iter::once(0).chain(self.variables.iter().map(|variable| variable.place().end));
        let ends = self.variables.iter().map(|variable| variable.place().start).chain([raw.len()]);
        starts.zip(ends).map(|(start, end)| &raw[start..end])
    }

    fn hash(&self, raw: &[u8]) -> u64 {
        let mut hasher = foldhash::fast::FixedState::default().build_hasher();
        self.fixed(raw).for_each(|fixed| hasher.write(fixed));
        for variable in &self.variables {
            let len = if self.fixed_len { variable.end - variable.start } else { 0 };
            hasher.write_u64(variable.kind as u64 | u64::from(variable.first_like) << 8 | u64::from(len) << 32);
        }
        hasher.finish()
    }

    fn push(&mut self, place: Range<usize>, kind: VariableKind) {
        // A record is not longer than `MAX_RECORD_BYTES`.
        let [start, end] = [place.start, place.end].map(|at| u16::try_from(at).unwrap_or(u16::MAX));
        self.variables.push(Variable { start, end, kind, first_like: 0 });
    }

    /// The header's time, thread, request, session and addresses. Returns the end of the time.
    fn read_header(&mut self, raw: &[u8], header: &Header<'_>, listing: Listing) -> Option<usize> {
        let place = |value: Option<&[u8]>| {
            let value = value?;
            let start = value.as_ptr().addr().checked_sub(raw.as_ptr().addr())?;
            (raw.get(start..start + value.len())? == value && start < header.message_at)
                .then(|| start..start + value.len())
        };
        let kind = match parse_iso_time(raw) {
            Some(_) => VariableKind::Time,
            None => record::starts_with_masked_time(raw).then_some(VariableKind::MaskedTime)?,
        };
        let millis = matches!(raw.get(ISO_TIME_BYTES)?, b',' | b'.')
            && raw[ISO_TIME_BYTES + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count() == 3;
        let end = if millis { ISO_TIME_BYTES + 4 } else { ISO_TIME_BYTES };
        self.push(0..end, kind);
        if let Some(thread) = place(header.thread) {
            self.read_thread(raw, thread);
        }
        if let Some(request) = place(header.request_id).filter(|place| is_request_id(&raw[place.clone()])) {
            self.push(request, VariableKind::Request);
        }
        if let Some(session) = place(header.session_id).filter(|place| is_session(&raw[place.clone()])) {
            self.push(session, VariableKind::Session);
        }
        if let Some(list) = place(header.client_ip) {
            self.read_addresses(raw, list, listing);
        }
        Some(end)
    }

    /// `http-nio-8080-exec-7`: a number at the end of a thread's name.
    fn read_thread(&mut self, raw: &[u8], thread: Range<usize>) {
        let name = &raw[thread.clone()];
        let name = &name[..memchr::memchr(b' ', name).unwrap_or(name.len())];
        let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let end = thread.start + name.len();
        if (1..=3).contains(&digits) && name[..name.len() - digits].ends_with(b"-") {
            self.push(end - digits..end, VariableKind::Thread);
        }
    }

    fn read_addresses(&mut self, raw: &[u8], list: Range<usize>, listing: Listing) {
        let is_address = |text: &[u8]| std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv4Addr>().is_ok());
        if !raw[list.clone()].split(|byte| *byte == b',').all(is_address) {
            return;
        }
        // The lengths of several could add up in different ways.
        let one = listing == Listing::AsOne && !self.fixed_len;
        if one && raw[list.clone()].split(|byte| *byte == b',').count() <= MAX_LISTED_ADDRESSES {
            return self.push(list, VariableKind::Addresses);
        }
        let mut start = list.start;
        for address in raw[list].split(|byte| *byte == b',') {
            self.push(start..start + address.len(), VariableKind::Address);
            start += address.len() + 1;
        }
    }

    /// GUIDs and times after `from`, each found by its first hyphen.
    fn read_ids(&mut self, raw: &[u8], from: usize) {
        let mut last_end = from;
        for hyphen in memchr::memchr_iter(b'-', &raw[from..]).map(|at| from + at) {
            let kinds = [(VariableKind::Guid, 8, GUID_BYTES), (VariableKind::Time, 4, ISO_TIME_BYTES)];
            let found = kinds.into_iter().find_map(|(kind, before, len)| {
                let start = hyphen.checked_sub(before).filter(|start| *start >= last_end)?;
                let text = raw.get(start..start + len)?;
                let edge = |byte: Option<&u8>| !byte.is_some_and(u8::is_ascii_alphanumeric);
                let fits = match kind {
                    VariableKind::Guid => is_guid(text) && !text.iter().any(u8::is_ascii_uppercase),
                    _ => parse_iso_time(text).is_some(),
                };
                let whole = edge(raw.get(start - 1)) && (kind == VariableKind::Time || edge(raw.get(start + len)));
                (fits && whole).then_some((start..start + len, kind))
            });
            if let Some((place, kind)) = found {
                last_end = place.end;
                self.push(place, kind);
            }
        }
    }

    /// The line numbers of frames such as `at com.example.Service.run(Service.java:92)`.
    fn read_frames(&mut self, raw: &[u8], from: usize) {
        static FILE: Literal = Literal::new(".java:");
        for file in FILE.find_iter(&raw[from..]) {
            let start = from + file + FILE.len();
            let digits = leading_digits(&raw[start..]);
            if (1..=5).contains(&digits) && raw.get(start + digits) == Some(&b')') {
                self.push(start..start + digits, VariableKind::Frame);
            }
        }
    }

    /// Finds out which ids and times are the same. False when there are too many.
    fn compare_ids(&mut self, raw: &[u8]) -> bool {
        let is_id = |kind| matches!(kind, VariableKind::Guid | VariableKind::CallbackId | VariableKind::Time);
        let (mut ids, mut count) = ([0_u16; MAX_IDS], 0);
        for i in 0..self.variables.len() {
            let text = |i: u16| &raw[self.variables[usize::from(i)].place()];
            let own = u16::try_from(i).unwrap_or(u16::MAX);
            let mut first = own;
            if is_id(self.variables[i].kind) {
                first = *ids[..count].iter().find(|earlier| text(**earlier) == text(own)).unwrap_or(&own);
                let Some(id) = ids.get_mut(count) else { return false };
                (*id, count) = (own, count + 1);
            }
            self.variables[i].first_like = first;
        }
        true
    }
}

/// `1234x5727202x3`
fn is_request_id(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'x');
    let mut number = |most: usize| {
        parts.next().is_some_and(|part| (1..=most).contains(&part.len()) && part.iter().all(u8::is_ascii_digit))
    };
    number(4) && number(10) && number(4) && parts.next().is_none()
}

/// A few small letters and digits, of both some.
fn is_session(text: &[u8]) -> bool {
    (6..=8).contains(&text.len())
        && text.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && text.iter().any(u8::is_ascii_digit)
}
