//! Errors reported by the provider: codes with the ids and the time that belong to them.
//!
//! A record may contain several errors (a wrapper and its cause, two attempts, an outer and an inner
//! exception). Each [`ProviderError`] keeps its own ids and never takes those of another. Markers come in
//! any order: an error page prints the ids before the code.
//!
//! Forms: Jira's indented lines, one line, JSON, MSAL, error pages; see `unescape` for escapes.

mod ids;
mod labels;
mod unique_list;

use ids::{Id, id, value};
use unique_list::UniqueList;

use super::{
    guid::GUID_BYTES,
    markers::{self, Marker},
};
use crate::model::{ISO_TIME_BYTES, IdpTime, VendorCode, parse_iso_time};

/// One error as the provider reported it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProviderError<'t> {
    /// AADSTS numbers in text order, without duplicates.
    pub(crate) codes: UniqueList<u32>,
    /// Trace id as printed.
    pub(crate) trace_id: Option<&'t [u8]>,
    /// Correlation id as printed.
    pub(crate) correlation_id: Option<&'t [u8]>,
    /// The provider's time.
    pub(crate) time: Option<IdpTime>,
    /// Position of its first marker.
    pub(crate) at: usize,
    /// Number of `Caused by:` before it.
    pub(crate) depth: usize,
    /// One of its ids is cut off.
    pub(crate) truncated_id: bool,
}

/// All errors of the provider in one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProviderErrors<'t> {
    /// In text order.
    pub(crate) list: Vec<ProviderError<'t>>,
    /// Codes of products related to Entra ID, in text order.
    pub(crate) related_codes: UniqueList<VendorCode<'t>>,
    /// Position of the first of these codes.
    pub(crate) related_at: Option<usize>,
}

impl ProviderErrors<'_> {
    /// All AADSTS numbers in text order, each once.
    #[must_use]
    pub(crate) fn all_codes(&self) -> Vec<u32> {
        let mut all = UniqueList::default();
        self.list.iter().flat_map(|error| error.codes.iter()).for_each(|code| all.insert(*code));
        all.into_vec()
    }
}

/// Reads the errors in a text without escapes.
#[must_use]
pub(crate) fn provider_errors(text: &[u8]) -> ProviderErrors<'_> {
    let mut reader = Reader {
        text,
        found: ProviderErrors::default(),
        current: None,
        depth: 0,
        beside_ids: None,
        code_after_ids: None,
        seen: UniqueList::default(),
    };
    for (marker, start, end) in markers::find(text) {
        reader.read(marker, start, end);
    }
    reader.close();
    reader.number_beside_ids();
    reader.ids_with_other_labels();
    reader.found
}

struct Reader<'t> {
    text: &'t [u8],
    found: ProviderErrors<'t>,
    current: Option<ProviderError<'t>>,
    depth: usize,
    /// A number on a sign-in page, and its position.
    beside_ids: Option<(u32, usize)>,
    /// Where the code of the current error is, when ids came before it: an error page prints them in
    /// that order, but they may as well be the end of an earlier message.
    code_after_ids: Option<usize>,
    /// The codes of all errors so far.
    seen: UniqueList<u32>,
}

impl<'t> Reader<'t> {
    fn read(&mut self, marker: Marker, start: usize, end: usize) {
        match marker {
            Marker::Code => {
                if let Some(code) = code_at(self.text, start, end) {
                    self.code(code, start);
                }
            }
            Marker::CodeInAddress => {
                if let Some((code, _)) = whole_number(&self.text[end..]) {
                    self.listed_code(code, start);
                }
            }
            Marker::CodeInWords => {
                if let Some((code, 5..=7)) = whole_number(value(&self.text[end..])) {
                    self.listed_code(code, start);
                }
            }
            Marker::CodeBesideIds => {
                if let Some((code, 5..=7)) = whole_number(value(&self.text[end..])) {
                    self.beside_ids.get_or_insert((code, start));
                }
            }
            Marker::CodeList => {
                for code in code_list(&self.text[end..]) {
                    self.listed_code(code, start);
                }
            }
            Marker::RelatedCode(family) => {
                let starts_word = start == 0 || !self.text[start - 1].is_ascii_alphanumeric();
                if let Some((number, 4..=6)) = whole_number(&self.text[end..]).filter(|_| starts_word) {
                    let code = VendorCode { family, number };
                    self.found.related_at.get_or_insert(start);
                    self.found.related_codes.insert(code);
                    self.open(start);
                }
            }
            // Graph's own name for the id that the client chose: `client-request-id`.
            Marker::Trace if self.text[..start].ends_with(b"client-") => {}
            Marker::Trace if is_of_tracing(self.text, start, end) => {}
            Marker::Trace => self.id(start, end, |error| &mut error.trace_id),
            Marker::Correlation => self.id(start, end, |error| &mut error.correlation_id),
            Marker::Time => {
                if let Some(time) = time(value(&self.text[end..])) {
                    let error = self.open(start);
                    error.time.get_or_insert(time);
                }
            }
            Marker::CausedBy => self.depth += 1,
        }
    }

    /// A code in the text itself. A different code after the ids of the current error starts a new error.
    fn code(&mut self, code: u32, start: usize) {
        let is_known = self.seen.has(&code);
        self.seen.insert(code);
        if let Some(current) = &self.current {
            if current.codes.has(&code) {
                return;
            }
            let complete = !current.codes.is_empty()
                && (current.trace_id.is_some() || current.correlation_id.is_some() || current.time.is_some());
            if complete || (!current.codes.is_empty() && self.depth > current.depth) {
                self.close();
                // The same error again (a cause repeats the text of its wrapper).
                let known = || self.found.list.iter().position(|known| known.codes.has(&code));
                if let Some(known) = is_known.then(known).flatten() {
                    self.current = Some(self.found.list.remove(known));
                    return;
                }
            }
        }
        if let Some(current) = &self.current
            && current.codes.is_empty()
            && (current.trace_id.is_some() || current.correlation_id.is_some())
        {
            if ends_a_sentence(self.text, current.at) {
                // `… must use multi-factor authentication. Trace ID: …`: the ids of an earlier message.
                self.close();
            } else {
                self.code_after_ids = Some(start);
            }
        }
        let depth = self.depth;
        let current = self.open(start);
        if current.codes.is_empty() {
            current.depth = depth;
        }
        current.codes.insert(code);
    }

    /// A code that is repeated outside the text (`error_codes`, `error_uri`): never a new error.
    fn listed_code(&mut self, code: u32, start: usize) {
        let is_known = self.seen.has(&code);
        self.seen.insert(code);
        if is_known && self.found.list.iter().any(|known| known.codes.has(&code)) {
            return;
        }
        let current = self.open(start);
        current.codes.insert(code);
    }

    /// A bare number on a sign-in page is the code when the page has ids and no other code.
    fn number_beside_ids(&mut self) {
        let Some((code, start)) = self.beside_ids else { return };
        let no_codes = self.found.list.iter().all(|known| known.codes.is_empty());
        if let [page] = self.found.list.as_mut_slice()
            && no_codes
            && page.trace_id.is_some()
            && page.correlation_id.is_some()
        {
            page.codes.insert(code);
            page.at = page.at.min(start);
        }
    }

    /// Errors with a code and without ids may have them under labels of another language.
    fn ids_with_other_labels(&mut self) {
        let list = &mut self.found.list;
        for i in 0..list.len() {
            let until = list.get(i + 1).map_or(self.text.len(), |next| next.at.max(list[i].at));
            let error = &mut list[i];
            let has_ids = error.trace_id.is_some() || error.correlation_id.is_some() || error.truncated_id;
            if error.codes.is_empty() || has_ids {
                continue;
            }
            if let Some(ids) = labels::ids_after(&self.text[error.at..until]) {
                (error.trace_id, error.correlation_id) = (Some(ids.trace_id), Some(ids.correlation_id));
                error.time.get_or_insert(ids.time);
            }
        }
    }

    fn id(
        &mut self,
        start: usize,
        end: usize,
        slot: for<'s> fn(&'s mut ProviderError<'t>) -> &'s mut Option<&'t [u8]>,
    ) {
        let text = self.text;
        let id = match id(text, start, end) {
            Id::Whole(id) => id,
            Id::Truncated => {
                self.open(start).truncated_id = true;
                return;
            }
            Id::None => return,
        };
        let differs = self.current.as_mut().is_some_and(|current| slot(current).is_some_and(|known| known != id));
        // A page's label: its ids lead, and another page may follow.
        let leads = text[start..].len() > 7 && text[start..start + 7].eq_ignore_ascii_case(b"request");
        if differs
            && !leads
            && let Some(at) = self.code_after_ids.take()
        {
            // The code has its own ids: those before it belong to something else.
            if let Some(mut orphan) = self.current.take() {
                let codes = std::mem::take(&mut orphan.codes);
                // An id of the other kind may have been read after the code: it stays with it.
                let after_code = |id: &mut &[u8]| (id.as_ptr() as usize) > (text[at..].as_ptr() as usize);
                let trace_id = orphan.trace_id.take_if(after_code);
                let correlation_id = orphan.correlation_id.take_if(after_code);
                let depth = orphan.depth;
                self.current =
                    Some(ProviderError { codes, trace_id, correlation_id, at, depth, ..ProviderError::default() });
                let place = self.found.list.partition_point(|known| known.at <= orphan.at);
                self.found.list.insert(place, orphan);
            }
        } else if differs {
            self.close();
            if let Some(known) =
                self.found.list.iter().position(|known| known.trace_id == Some(id) || known.correlation_id == Some(id))
            {
                self.current = Some(self.found.list.remove(known));
                return;
            }
        }
        *slot(self.open(start)) = Some(id);
    }

    fn open(&mut self, start: usize) -> &mut ProviderError<'t> {
        let depth = self.depth;
        self.current.get_or_insert_with(|| ProviderError { at: start, depth, ..ProviderError::default() })
    }

    fn close(&mut self) {
        self.code_after_ids = None;
        if let Some(error) = self.current.take() {
            let place = self.found.list.partition_point(|known| known.at <= error.at);
            self.found.list.insert(place, error);
        }
    }
}

/// True for the trace id of OpenTelemetry, which layouts and agents print as a key: 32 digits, or beside the id of a span.
fn is_of_tracing(text: &[u8], start: usize, end: usize) -> bool {
    let is_key = !text[start..end].contains(&b' ');
    let id = value(&text[end..]);
    let len = id.iter().take(GUID_BYTES).take_while(|b| b.is_ascii_hexdigit() || **b == b'-').count();
    let beside = |text: &[u8]| {
        [&b"span_id"[..], b"spanId", b"span-id"].iter().any(|key| memchr::memmem::find(text, key).is_some())
    };
    let after = &id[len..];
    let before = &text[start.saturating_sub(MAX_SPAN_BYTES)..start];
    is_key && (len == 32 && !id[..len].contains(&b'-') || beside(&after[..after.len().min(12)]) || beside(before))
}

/// How far before the key of a trace id that of its span is.
const MAX_SPAN_BYTES: usize = 28;

/// True when a sentence ends right before `at`, on the same line.
fn ends_a_sentence(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let bare = before.trim_ascii_end();
    bare.ends_with(b".") && !before[bare.len()..].contains(&b'\n')
}

/// The code whose prefix is `start..end`: 4 to 8 digits, and not preceded by a letter or digit.
fn code_at(text: &[u8], start: usize, end: usize) -> Option<u32> {
    let in_word = text[start].is_ascii_alphanumeric()
        && start > 0
        && (text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b'_');
    if in_word {
        return None;
    }
    let (code, digits @ 4..=8) = whole_number(&text[end..])? else { return None };
    // `AADSTS50011handler` is an identifier.
    let in_word = text.get(end + digits).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    (!in_word).then_some(code)
}

/// The number at the start of `text` and how many digits it has.
fn whole_number(text: &[u8]) -> Option<(u32, usize)> {
    let digits = text.iter().take(10).take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 9 {
        return None;
    }
    let number = text[..digits].iter().fold(0u32, |sum, b| sum * 10 + u32::from(b - b'0'));
    Some((number, digits))
}

/// Numbers after `error_codes` or `errorNo`: `":[70002,500133]`, `": [\n 9002313\n ]`, `":700082`.
fn code_list(text: &[u8]) -> impl Iterator<Item = u32> {
    let head = &text[..text.len().min(200)];
    let start = head.iter().take_while(|b| b"\"': \t\r\n[=".contains(b)).count();
    let end = head[start..].iter().take_while(|b| b.is_ascii_digit() || b", \t\r\n".contains(b)).count();
    head[start..start + end].split(|b| !b.is_ascii_digit()).filter_map(|digits| match whole_number(digits) {
        Some((code, 4..=8)) => Some(code),
        _ => None,
    })
}

/// `2022-04-29 22:14:59Z`, `2022-04-29T22:14:59.1234567Z`. The provider's clock is UTC; a time without the
/// `Z` is not the provider's.
fn time(text: &[u8]) -> Option<IdpTime> {
    let time = parse_iso_time(text)?;
    let mut zone = &text[ISO_TIME_BYTES..];
    if zone.first() == Some(&b'.') {
        let digits = zone[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        zone = &zone[1 + digits..];
    }
    let utc = zone.first() == Some(&b'Z') || zone.starts_with(b"+00:00") || zone.starts_with(b" UTC");
    utc.then(|| time.and_utc())
}

#[cfg(test)]
mod tests;
