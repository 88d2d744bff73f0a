//! What the provider stated: codes with the ids and the time that belong to them.
//!
//! A record may state several failures (a wrapper and its cause, two attempts, an outer and an inner
//! exception). Each [`Statement`] keeps its own ids; none borrows another's. Labels come in any
//! order: an error page prints the ids before the code.
//!
//! Forms: Jira's plain lines, one line, JSON, MSAL, error pages; see the module `plain` for escapes.

use chrono::{DateTime, NaiveDate, Utc};
use memchr::memchr;

use super::markers::{self, Marker};
use crate::model::{IdpTime, VendorCode};

/// One failure as the provider stated it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderError<'t> {
    /// AADSTS numbers in text order, each once.
    pub codes: Vec<u32>,
    /// Trace id as printed.
    pub trace_id: Option<&'t [u8]>,
    /// Correlation id as printed.
    pub correlation_id: Option<&'t [u8]>,
    /// The provider's time.
    pub time: Option<IdpTime>,
    /// Where its first mark stands.
    pub at: usize,
    /// How many `Caused by:` stand before it.
    pub depth: usize,
    /// An id of it is cut off.
    pub truncated_id: bool,
}

/// All that the provider stated in one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderErrors<'t> {
    /// In text order.
    pub list: Vec<ProviderError<'t>>,
    /// Codes of relatives of Entra ID, in text order.
    pub related_codes: Vec<VendorCode<'t>>,
    /// Where the first code of a relative stands.
    pub related_at: Option<usize>,
}

impl ProviderErrors<'_> {
    /// All AADSTS numbers in text order, each once.
    #[must_use]
    pub fn all_codes(&self) -> Vec<u32> {
        let mut all: Vec<u32> = Vec::with_capacity(self.list.len());
        for code in self.list.iter().flat_map(|statement| &statement.codes) {
            if !all.contains(code) {
                all.push(*code);
            }
        }
        all
    }
}

/// Reads the statements of a text whose escapes are undone.
#[must_use]
pub fn provider_errors(text: &[u8]) -> ProviderErrors<'_> {
    let mut reader = Reader { text, found: ProviderErrors::default(), current: None, depth: 0, beside_ids: None };
    for (label, start, end) in markers::find(text) {
        reader.take(label, start, end);
    }
    reader.close();
    reader.number_beside_ids();
    reader.found
}

struct Reader<'t> {
    text: &'t [u8],
    found: ProviderErrors<'t>,
    current: Option<ProviderError<'t>>,
    depth: usize,
    /// A number of a sign-in page, and where it stands.
    beside_ids: Option<(u32, usize)>,
}

impl<'t> Reader<'t> {
    fn take(&mut self, label: Marker, start: usize, end: usize) {
        match label {
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
                let fresh = start == 0 || !self.text[start - 1].is_ascii_alphanumeric();
                if let Some((number, 4..=6)) = whole_number(&self.text[end..]).filter(|_| fresh) {
                    let code = VendorCode { family, number };
                    self.found.related_at.get_or_insert(start);
                    if !self.found.related_codes.contains(&code) {
                        self.found.related_codes.push(code);
                    }
                    self.open(start);
                }
            }
            Marker::Trace => self.id(start, end, |statement| &mut statement.trace_id),
            Marker::Correlation => self.id(start, end, |statement| &mut statement.correlation_id),
            Marker::Time => {
                if let Some(time) = time(value(&self.text[end..])) {
                    let statement = self.open(start);
                    statement.time.get_or_insert(time);
                }
            }
            Marker::CausedBy => self.depth += 1,
        }
    }

    /// A code of the text itself. Another code behind the ids of the present one starts anew.
    fn code(&mut self, code: u32, start: usize) {
        if let Some(current) = &self.current {
            if current.codes.contains(&code) {
                return;
            }
            let complete = !current.codes.is_empty()
                && (current.trace_id.is_some() || current.correlation_id.is_some() || current.time.is_some());
            if complete || (!current.codes.is_empty() && self.depth > current.depth) {
                self.close();
                // The same failure told again further down (a cause repeats its wrapper's text).
                if let Some(known) = self.found.list.iter().position(|known| known.codes.contains(&code)) {
                    self.current = Some(self.found.list.remove(known));
                    return;
                }
            }
        }
        let depth = self.depth;
        let current = self.open(start);
        if current.codes.is_empty() {
            current.depth = depth;
        }
        current.codes.push(code);
    }

    /// A code repeated beside the text (`error_codes`, `error_uri`): never a new failure.
    fn listed_code(&mut self, code: u32, start: usize) {
        if self.found.list.iter().any(|known| known.codes.contains(&code)) {
            return;
        }
        let current = self.open(start);
        if !current.codes.contains(&code) {
            current.codes.push(code);
        }
    }

    /// A sign-in page's bare number is the code when the page's own ids stand by and no other code.
    fn number_beside_ids(&mut self) {
        let Some((code, start)) = self.beside_ids else { return };
        let bare = self.found.list.iter().all(|known| known.codes.is_empty());
        if let [page] = self.found.list.as_mut_slice()
            && bare
            && page.trace_id.is_some()
            && page.correlation_id.is_some()
        {
            page.codes.push(code);
            page.at = page.at.min(start);
        }
    }

    fn id(
        &mut self,
        start: usize,
        end: usize,
        slot: for<'s> fn(&'s mut ProviderError<'t>) -> &'s mut Option<&'t [u8]>,
    ) {
        let text = self.text;
        let id = match id(text, end) {
            Id::Whole(id) => id,
            Id::Cut => {
                self.open(start).truncated_id = true;
                return;
            }
            Id::None => return,
        };
        let differs = self.current.as_mut().is_some_and(|current| slot(current).is_some_and(|known| known != id));
        if differs {
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
        if let Some(statement) = self.current.take() {
            let place = self.found.list.partition_point(|known| known.at <= statement.at);
            self.found.list.insert(place, statement);
        }
    }
}

/// The code whose prefix spans `start..end`: 4 to 8 digits, and no letter or digit before.
fn code_at(text: &[u8], start: usize, end: usize) -> Option<u32> {
    let glued = text[start].is_ascii_alphanumeric()
        && start > 0
        && (text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b'_');
    if glued {
        return None;
    }
    let (code, digits @ 4..=8) = whole_number(&text[end..])? else { return None };
    // `AADSTS50011handler` is somebody's name.
    let glued = text.get(end + digits).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    (!glued).then_some(code)
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

/// Numbers behind `error_codes` or `errorNo`: `":[70002,500133]`, `": [\n 9002313\n ]`, `":700082`.
fn code_list(text: &[u8]) -> impl Iterator<Item = u32> {
    let head = &text[..text.len().min(200)];
    let start = head.iter().take_while(|b| b"\"': \t\r\n[=".contains(b)).count();
    let end = head[start..].iter().take_while(|b| b.is_ascii_digit() || b", \t\r\n".contains(b)).count();
    head[start..start + end].split(|b| !b.is_ascii_digit()).filter_map(|digits| match whole_number(digits) {
        Some((code, 4..=8)) => Some(code),
        _ => None,
    })
}

/// What stands behind a label.
enum Id<'t> {
    Whole(&'t [u8]),
    Cut,
    None,
}

/// The value behind a label: quotes, colon, equals sign and blanks are passed over.
fn value(text: &[u8]) -> &[u8] {
    let skip = text.iter().take(8).take_while(|b| b"\"': =[\t".contains(b)).count();
    &text[skip..]
}

/// An id: a GUID, whole or masked. A GUID cut off by the end of the text is none, and said so.
fn id(text: &[u8], end: usize) -> Id<'_> {
    let token = value(&text[end..]);
    // Nearly always: a whole GUID and nothing glued to it.
    if let Some((guid, behind)) = token.split_at_checked(36)
        && is_guid(guid)
        && !behind.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-')
    {
        return Id::Whole(guid);
    }
    if token.first() == Some(&b'<') || token.first() == Some(&b'{') {
        let close = if token[0] == b'<' { b'>' } else { b'}' };
        return match memchr(close, &token[..token.len().min(48)]) {
            Some(i) if i > 1 && token[1..i].iter().all(|b| b.is_ascii_alphanumeric() || b"-_ ".contains(b)) => {
                Id::Whole(&token[..=i])
            }
            _ => Id::None,
        };
    }
    let len = token.iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || b"-*#".contains(b)).count();
    let (id, behind) = token.split_at(len);
    let ellipsis = behind.starts_with("…".as_bytes()) || behind.starts_with(b"...");
    let at_end = behind.trim_ascii().is_empty() && !behind.starts_with(b"\n") && !behind.starts_with(b"\r");
    let groups = id.split(|b| *b == b'-').count();
    let masked = id.len() >= 3 && id.iter().all(|b| b"xX*#-".contains(b));
    let hex = id.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    let guid = is_guid(id);
    if masked {
        let printed = if ellipsis && behind[0] != b'.' { len + "…".len() } else { len };
        Id::Whole(&token[..printed])
    } else if guid || (groups == 5 && !hex) || (groups == 1 && hex && len == 32) {
        Id::Whole(id)
    } else if (at_end || ellipsis) && id.len() >= 4 && is_guid_head(id) {
        Id::Cut
    } else if groups == 5 {
        Id::Whole(id)
    } else {
        Id::None
    }
}

fn is_guid(id: &[u8]) -> bool {
    let hex = |part: &[u8]| part.iter().all(u8::is_ascii_hexdigit);
    id.len() == 36
        && id[8] == b'-'
        && id[13] == b'-'
        && id[18] == b'-'
        && id[23] == b'-'
        && hex(&id[..8])
        && hex(&id[9..13])
        && hex(&id[14..18])
        && hex(&id[19..23])
        && hex(&id[24..])
}

fn is_guid_head(id: &[u8]) -> bool {
    id.len() < 36
        && id.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// `2022-04-29 22:14:59Z`, `2022-04-29T22:14:59.1234567Z`. The provider's clock is UTC; without the
/// `Z` it is not the provider's.
fn time(text: &[u8]) -> Option<DateTime<Utc>> {
    let head = text.get(..19)?;
    let shape = head[4] == b'-' && head[7] == b'-' && head[13] == b':' && head[16] == b':';
    if !shape || !(head[10] == b' ' || head[10] == b'T') {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = &head[from..to];
        digits.iter().all(u8::is_ascii_digit).then_some(())?;
        Some(digits.iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0')))
    };
    let mut zone = &text[19..];
    if zone.first() == Some(&b'.') {
        let digits = zone[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        zone = &zone[1 + digits..];
    }
    if !(zone.first() == Some(&b'Z') || zone.starts_with(b"+00:00") || zone.starts_with(b" UTC")) {
        return None;
    }
    let year = i32::try_from(number(0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    let time = date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests;
