//! The value after a key, in every syntax: what leads to it, where it starts, where it ends.

/// How a key and its value are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// `=`, `=>`, `->`, or any sign after a key in quotation marks.
    Firm,
    /// `: `, as prose has it too.
    Colon,
    /// The next column of a table.
    Pipe,
}

/// Where a value is, without its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In quotation marks or brackets.
    pub(super) enclosed: bool,
}

/// Bytes between a key and its value that are looked at.
const MAX_GAP: usize = 24;
/// A text in quotation marks or brackets ends within so many bytes.
const MAX_ENCLOSED: usize = 16 << 10;

pub(super) fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

pub(super) fn skip(text: &[u8], at: usize, most: usize, what: impl Fn(u8) -> bool) -> usize {
    let at = at.min(text.len());
    at + text[at..].iter().take(most).take_while(|byte| what(**byte)).count()
}

/// The sign between a key that ends at `end` and its value: how it joins, and where what follows starts.
pub(super) fn joint(text: &[u8], end: usize) -> Option<(Joint, usize)> {
    let closed = skip(text, end, 8, |byte| b"\\\"'`]*".contains(&byte));
    let quoted = text[end..closed].iter().any(|byte| b"\"'`".contains(byte));
    // Zero-width characters within a key.
    let closed = skip(text, closed, 6, |byte| byte >= 0x80);
    let at = skip(text, closed, MAX_GAP, is_blank);
    let (joint, at) = match &text[at..] {
        [b'=', b'>' | b'=', ..] | [b'-', b'>', ..] | [b':', b'=', ..] => (Joint::Firm, at + 2),
        [b'=', ..] => (Joint::Firm, at + 1),
        [b':', b':', ..] => return None,
        [b':', ..] if quoted => (Joint::Firm, at + 1),
        [b':', ..] => (Joint::Colon, at + 1),
        [b'|', ..] if !starts_cell(text, end) => return None,
        [b'|', ..] => (Joint::Pipe, at + 1 + usize::from(text[at..].starts_with(b"||"))),
        _ => return None,
    };
    let start = skip(text, at, MAX_GAP, is_blank);
    if joint == Joint::Pipe && text[at.min(start)..start].contains(&b'\n') {
        return None;
    }
    Some((joint, start))
}

/// A key that ends at `end` is the first thing in its cell of a table: not `Get-Mailbox -Identity x | fl`.
fn starts_cell(text: &[u8], end: usize) -> bool {
    let key =
        text[..end].iter().rev().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || b"_.- ".contains(byte));
    let before = &text[..end - key.count()];
    before.last().is_none_or(|byte| b"|\n".contains(byte)) || before.ends_with(b"| `") || before.ends_with(b"|*")
}

/// The value that starts at `at`; empty when there is none. `spaces` are part of one without quotation marks.
pub(super) fn value(text: &[u8], at: usize, spaces: bool) -> Value {
    let empty = Value { start: at, end: at, enclosed: false };
    let slashes = skip(text, at, 16, |byte| byte == b'\\');
    // `u'…'` and `b"…"` of Python, `Optional[…]`.
    let at = match &text[slashes..] {
        [b'u' | b'b' | b'r' | b'f' | b'N' | b'@', b'"' | b'\'', ..] => slashes + 1,
        _ => slashes,
    };
    match text.get(at) {
        None => empty,
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let start = at + 1;
            let escape = text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
            let end = end_of_quoted(text, start, *quote, escape).unwrap_or_else(|| end_of_token(text, start, spaces));
            Value { start, end, enclosed: true }
        }
        Some(open @ (b'[' | b'{' | b'(')) => {
            Value { start: at + 1, end: end_of_brackets(text, at, *open), enclosed: true }
        }
        Some(_) if slashes > at => empty,
        Some(_) => {
            let end = end_of_token(text, at, spaces);
            let name = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
            // `AccessToken[value=…]`, `Secret(…)`, `DefaultToken{…}`.
            if name > at && text[at].is_ascii_uppercase() && matches!(text.get(name), Some(b'[' | b'{' | b'(')) {
                return Value { start: name + 1, end: end_of_brackets(text, name, text[name]), enclosed: true };
            }
            Value { start: at, end, enclosed: false }
        }
    }
}

/// The closing quotation mark with as many backslashes as the opening one, on the same line.
fn end_of_quoted(text: &[u8], start: usize, quote: u8, escape: usize) -> Option<usize> {
    let most = text.len().min(start + MAX_ENCLOSED);
    let line = memchr::memchr(b'\n', &text[start..most]).map_or(most, |at| start + at);
    memchr::memchr_iter(quote, &text[start..line]).find_map(|at| {
        let slashes = text[start..start + at].iter().rev().take_while(|byte| **byte == b'\\').count();
        // An odd number more than at the opening escapes it; `''` is SQL's quotation mark.
        let closes = slashes <= escape || (slashes - escape).is_multiple_of(2);
        let doubled = quote == b'\'' && at > 0 && text.get(start + at + 1) == Some(&b'\'');
        (closes && !doubled).then_some(start + at - slashes.min(escape))
    })
}

fn end_of_brackets(text: &[u8], open_at: usize, open: u8) -> usize {
    let close = match open {
        b'[' => b']',
        b'{' => b'}',
        _ => b')',
    };
    let mut depth = 0;
    for (i, byte) in text[open_at..].iter().take(MAX_ENCLOSED).enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return open_at + i;
            }
        }
    }
    end_of_token(text, open_at + 1, false)
}

/// The end of a value without quotation marks.
fn end_of_token(text: &[u8], start: usize, spaces: bool) -> usize {
    let mut open = [0_i32; 3];
    let mut at = start;
    while let Some(byte) = text.get(at) {
        let rest = &text[at..];
        let ends = match byte {
            b'\n' | b'\r' => true,
            b' ' | b'\t' | b'\x0b' | b'\x0c' => {
                !spaces || rest.get(1).is_none_or(|next| is_blank(*next)) || starts_pair(&rest[1..])
            }
            b'"' | b'`' => true,
            b'\'' => rest.get(1).is_none_or(|next| !next.is_ascii_alphanumeric()),
            b'\\' => rest.get(1).is_none_or(|next| b"\"'nr".contains(next)),
            b'&' => starts_pair(&rest[1..]) || entity(rest),
            b';' | b',' => {
                rest.get(1).is_none_or(|next| is_blank(*next) || b"\"'".contains(next)) || starts_pair(&rest[1..])
            }
            b'<' => {
                rest.get(1).is_some_and(|next| b"/!".contains(next))
                    || rest.get(1).is_some_and(u8::is_ascii_alphabetic)
                        && memchr::memchr(b'>', &rest[..rest.len().min(64)]).is_some()
            }
            b'>' => matches!(rest.get(1), None | Some(b'\n' | b'<' | b' ')),
            b'(' | b'[' | b'{' => {
                open[bracket(*byte)] += 1;
                false
            }
            b')' | b']' | b'}' => {
                open[bracket(*byte)] -= 1;
                open[bracket(*byte)] < 0 && rest.get(1).is_none_or(|next| !next.is_ascii_alphanumeric())
            }
            _ => false,
        };
        if ends {
            break;
        }
        at += 1;
    }
    at
}

fn bracket(byte: u8) -> usize {
    match byte {
        b'(' | b')' => 0,
        b'[' | b']' => 1,
        _ => 2,
    }
}

/// `name=` comes next.
fn starts_pair(text: &[u8]) -> bool {
    let text = &text[skip(text, 0, 4, is_blank)..];
    let name = skip(text, 0, 48, |byte| byte.is_ascii_alphanumeric() || b"_.-\"'[]".contains(&byte));
    name > 0 && matches!(text.get(name), Some(b'=' | b':'))
}

/// `&quot;` and its like end what stands in HTML.
fn entity(text: &[u8]) -> bool {
    [&b"&quot;"[..], b"&lt;", b"&gt;", b"&amp;", b"&apos;", b"&#34;", b"&#39;", b"&#x"]
        .iter()
        .any(|entity| text.starts_with(entity))
}

/// A long value that was broken into lines goes on: further lines of the same letters, without a space.
pub(super) fn wrapped_end(text: &[u8], start: usize, end: usize) -> usize {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(&byte);
    let mut end = end;
    if end - start < 16 {
        return end;
    }
    loop {
        let at = skip(text, end, 2, |byte| byte == b'\\' || byte == b'=');
        let breaks = skip(text, at, 2, |byte| byte == b'\r' || byte == b'\n');
        if breaks == at {
            return end;
        }
        let next = skip(text, breaks, 8, |byte| byte == b' ' || byte == b'\t');
        let stop = skip(text, next, usize::MAX, alphabet);
        if stop - next < 12 || !super::wordlike::looks_random(&text[next..stop], 12) {
            return end;
        }
        end = stop;
    }
}

/// Without quotation marks, CDATA and blanks around it.
pub(super) fn trimmed(text: &[u8], value: Value) -> Value {
    let (mut start, mut end) = (value.start, value.end.min(text.len()).max(value.start));
    for lead in [&b"<![CDATA["[..], b"&lt;![CDATA[", b"<value>", b"<string>"] {
        if text[start..end].starts_with(lead) {
            start += lead.len();
        }
    }
    while start < end && (is_blank(text[start]) || b"\"'\\".contains(&text[start])) {
        start += 1;
    }
    let closing: &[u8] = if value.enclosed { b"\"'\\" } else { b"\"'\\;," };
    while end > start && (is_blank(text[end - 1]) || closing.contains(&text[end - 1])) {
        end -= 1;
    }
    for tail in [&b"]]>"[..], b"]]&gt;"] {
        if text[start..end].ends_with(tail) {
            end -= tail.len();
        }
    }
    Value { start, end, enclosed: value.enclosed }
}

/// Nothing, a mask, a placeholder, or what redaction has put there.
pub(super) fn is_harmless(value: &[u8]) -> bool {
    value.is_empty()
        || value.iter().all(|byte| b"*xX#.<>-_?".contains(byte))
        || [&b"[removed"[..], b"removed ", b"${", b"{0}", b"%s", b"$(", b"<removed"]
            .iter()
            .any(|lead| value.starts_with(lead))
        || value.starts_with("\u{2022}".as_bytes())
}
