//! Makes text safe to show on a terminal and in every report format.

use std::borrow::Cow;

/// Converts bytes to text that is safe to show: invalid UTF-8 is replaced, control characters, direction
/// marks and private-use characters are escaped, CR LF becomes LF. Line feeds and tabs are kept.
#[must_use]
pub fn sanitize(bytes: &[u8]) -> String {
    sanitized(bytes).into_owned()
}

/// The same, without a copy when nothing has to be changed.
pub(crate) fn sanitized(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if !text.bytes().fold(false, |any, b| any | is_special(b)) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = &*text;
    while let Some(at) = rest.bytes().position(is_special) {
        out.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        match c {
            '\r' if rest.starts_with('\n') => {}
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{206a}'..='\u{206f}'
            | '\u{3164}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0100}'..='\u{e01ef}'
            | '\u{f0000}'..='\u{10ffff}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2064}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{e007f}' => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// True for every byte but printable ASCII, line feed and tab.
fn is_special(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte >= 0x7f
}

/// A path, or the name of an archive entry, on one line.
#[must_use]
pub(crate) fn sanitize_name(name: &str) -> String {
    sanitize(name.as_bytes()).replace('\n', "\\n").replace('\t', "\\t")
}
