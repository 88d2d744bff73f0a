//! The ids of a provider's error after their labels: whole, masked, cut off, within markup.

use memchr::memchr;

use crate::extract::guid::{GUID_BYTES, is_guid, is_guid_prefix};

/// What follows the marker of an id.
pub(super) enum Id<'t> {
    Whole(&'t [u8]),
    Truncated,
    None,
}

/// The value after a marker: quotes, colon, equals sign, spaces and tabs are skipped.
pub(super) fn value(text: &[u8]) -> &[u8] {
    let skip = text.iter().take(8).take_while(|b| b"\"': =[\t".contains(b)).count();
    &text[skip..]
}

/// What follows the marker of an id, without the markup between: `Request Id: <b>…`, `<b>Request Id:</b> …`.
fn marked_up(text: &[u8]) -> &[u8] {
    let mut rest = value(text);
    for _ in 0..MAX_TAGS {
        let blank = rest.iter().take(8).take_while(|b| b" \t:".contains(b)).count();
        rest = &rest[blank..];
        if let Some(len) = tag_len(rest) {
            rest = &rest[len..];
        } else if let Some(after) = rest.strip_prefix(b"&nbsp;").or_else(|| rest.strip_prefix(b"\xc2\xa0")) {
            rest = after;
        } else {
            break;
        }
    }
    // `*…*`, `{…}`: signs around an id, which are the id itself only where one is masked.
    let signs = rest.iter().take(3).take_while(|b| b"*_`{".contains(b)).count();
    if rest[signs..].get(..GUID_BYTES).is_some_and(is_guid) { &rest[signs..] } else { rest }
}

/// The tags between a label and its id that are passed over.
const MAX_TAGS: usize = 4;
/// Elements around labels and ids on pages.
const ELEMENTS: [&[u8]; 14] =
    [b"b", b"strong", b"i", b"em", b"u", b"span", b"td", b"th", b"dt", b"dd", b"code", b"font", b"p", b"br"];

/// The length of an opening or closing tag of such an element at the start of a text.
fn tag_len(text: &[u8]) -> Option<usize> {
    let inside = text.strip_prefix(b"<")?;
    let close = memchr(b'>', &inside[..inside.len().min(80)])?;
    let name = inside[..close].strip_prefix(b"/").unwrap_or(&inside[..close]);
    let name = &name[..name.iter().take_while(|b| b.is_ascii_alphanumeric()).count()];
    ELEMENTS.iter().any(|element| name.eq_ignore_ascii_case(element)).then_some(close + 2)
}

/// An id: a GUID, whole or masked. A GUID that is cut off at the end of the text is `Truncated`.
pub(super) fn id(text: &[u8], start: usize, end: usize) -> Id<'_> {
    let token = marked_up(&text[end..]);
    // Almost always: a whole GUID that is not part of a longer word.
    if let Some((guid, rest)) = token.split_at_checked(GUID_BYTES)
        && is_guid(guid)
        && !rest.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-')
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
    let (id, rest) = token.split_at(len);
    let ellipsis = rest.starts_with("…".as_bytes()) || rest.starts_with(b"...");
    let at_end = rest.trim_ascii().is_empty() && !rest.starts_with(b"\n") && !rest.starts_with(b"\r");
    let groups = id.split(|b| *b == b'-').count();
    let masked = id.len() >= 3 && id.iter().all(|b| b"xX*#-".contains(b));
    let hex = id.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    let guid = is_guid(id);
    // Keys of layouts (`traceId=1a2b3c4d-5e`) have ids of other forms.
    let is_label = text[start..end].contains(&b' ') || text.get(end) == Some(&b'"');
    if masked {
        let printed = if ellipsis && rest[0] != b'.' { len + "…".len() } else { len };
        Id::Whole(&token[..printed])
    } else if id.get(..GUID_BYTES).is_some_and(is_guid) && is_label_start(&token[GUID_BYTES..]) {
        // Lines that were joined without a blank: `Trace ID: …Correlation ID: …`.
        Id::Whole(&id[..GUID_BYTES])
    } else if guid || (groups == 5 && !hex) || (groups == 1 && hex && len == 32) {
        Id::Whole(id)
    } else if is_guid_prefix(id) && (id.len() >= MIN_STUMP_BYTES && is_label || id.len() >= 4 && (at_end || ellipsis)) {
        // At the end of the text, or where a shipper has cut the record.
        Id::Truncated
    } else if groups == 5 {
        Id::Whole(id)
    } else {
        Id::None
    }
}

/// The shortest beginning of a GUID that is known as such wherever it is: its first group and the hyphen.
const MIN_STUMP_BYTES: usize = 9;

/// Whether the next label starts here.
fn is_label_start(text: &[u8]) -> bool {
    [&b"Correlation"[..], b"Trace", b"Timestamp", b"Request"].iter().any(|label| text.starts_with(label))
}
