//! The value after a key, in every syntax: where it starts, where it ends.

/// Where a value is, without its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In quotation marks or brackets.
    pub(super) enclosed: bool,
}

/// Bytes between a key and its value that are looked at.
pub(super) const MAX_GAP: usize = 24;
/// A text in quotation marks or brackets ends within so many bytes.
const MAX_ENCLOSED: usize = 16 << 10;

/// A quotation mark within a value is believed if another one follows within so many bytes.
const MAX_BEYOND_QUOTE: usize = 256;

/// The longest reference to a variable, or command in `$(…)`.
const MAX_REFERENCE_BYTES: usize = 200;

pub(super) fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

pub(super) fn skip(text: &[u8], at: usize, most: usize, what: impl Fn(u8) -> bool) -> usize {
    let at = at.min(text.len());
    at + text[at..].iter().take(most).take_while(|byte| what(**byte)).count()
}

/// A macro of Jira's markup around text: `{noformat}`, `{code:java}`.
pub(super) fn macro_len(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"{")?;
    let name = [&b"noformat"[..], b"code", b"quote", b"monospaced"].into_iter().find(|name| rest.starts_with(name))?;
    let end = skip(rest, name.len(), 24, |byte| byte.is_ascii_alphanumeric() || b":=|".contains(&byte));
    (rest.get(end) == Some(&b'}')).then_some(end + 2)
}

/// The position after a tag or an anchor of YAML: `!!str x`, `&pw x`.
pub(super) fn skip_tag(text: &[u8], at: usize) -> usize {
    if !matches!(text.get(at), Some(b'!' | b'&')) {
        return at;
    }
    let end = skip(text, at + 1, 32, |byte| byte.is_ascii_alphabetic() || b"!_-".contains(&byte));
    let next = skip(text, end, 4, |byte| byte == b' ');
    if next > end && text.get(next).is_some_and(|byte| !is_blank(*byte)) { next } else { at }
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
    // Quotation marks of languages: “ ” „ ‘ ’ « ».
    if let Some(len) = wide_quote(&text[at..]) {
        let start = at + len;
        let line = start + text[start..].iter().take(MAX_ENCLOSED).take_while(|byte| **byte != b'\n').count();
        let end = (start..line).find(|at| wide_quote(&text[*at..]).is_some());
        return Value { start, end: end.unwrap_or_else(|| end_of_token(text, start, spaces)), enclosed: true };
    }
    // A text of several lines: `|`, `>-` of YAML, `<<EOF` of a shell, `"""`.
    if let Some(start) = block_start(text, at) {
        // Of YAML the whole line.
        let line = matches!(text[at], b'|' | b'>');
        let end =
            if line { skip(text, start, MAX_ENCLOSED, |byte| byte != b'\n') } else { end_of_token(text, start, false) };
        return Value { start, end, enclosed: true };
    }
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
            // `$(cat /run/secrets/db)`
            let end = end_of_token(text, reference_end(text, at).unwrap_or(at), spaces);
            let name = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
            // `AccessToken[value=…]`, `Secret(…)`, `DefaultToken{…}`.
            let class = || {
                !super::wordlike::looks_random(&text[at..name], 8)
                    && !text.get(name + 1).is_some_and(|byte| b"\\\r\n".contains(byte))
            };
            if name > at
                && text[at].is_ascii_uppercase()
                && matches!(text.get(name), Some(b'[' | b'{' | b'('))
                && macro_len(&text[name..]).is_none()
                && skip_colour(text, name) == name
                && class()
            {
                return Value { start: name + 1, end: end_of_brackets(text, name, text[name]), enclosed: true };
            }
            Value { start: at, end, enclosed: false }
        }
    }
}

/// What begins the code of a colour: as it is, as it is shown, or gone.
const ESCAPES: [&[u8]; 6] = [b"\x1b[", b"\\x1b[", b"\\e[", b"\\033[", b"\\u001b[", b"["];

/// The position after the code of a colour that terminals read: `[0m`.
pub(super) fn skip_colour(text: &[u8], at: usize) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    let Some(rest) = ESCAPES.iter().find_map(|escape| tail.strip_prefix(*escape)) else { return at };
    let len = rest.iter().take(8).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    // `[m, a, r]` is an array of characters.
    let code = rest.get(len) == Some(&b'm') && rest.get(len + 1) != Some(&b',');
    if code { text.len() - rest.len() + len + 1 } else { at }
}

/// A quotation mark beyond ASCII: how many bytes it has.
pub(super) fn wide_quote(text: &[u8]) -> Option<usize> {
    match text {
        [0xe2, 0x80, 0x98..=0x9f | 0xb9..=0xba, ..] => Some(3),
        [0xc2, 0xab | 0xbb, ..] => Some(2),
        _ => None,
    }
}

/// Where a text of several lines starts, of which only a mark is on the line of the key.
fn block_start(text: &[u8], at: usize) -> Option<usize> {
    for quotes in [&b"\"\"\""[..], b"'''"] {
        if text[at..].starts_with(quotes) {
            let start = skip(text, at + 3, MAX_GAP, is_blank);
            return (text.get(start) != Some(&quotes[0])).then_some(start);
        }
    }
    let mark = match text.get(at..at + 2)? {
        [b'|' | b'>', b'\n' | b'-' | b'+'] => skip(text, at, 3, |byte| b"|>-+".contains(&byte)),
        b"<<" => skip(text, at + 2, 24, |byte| byte.is_ascii_alphanumeric() || b"-_'\"".contains(&byte)),
        _ => return None,
    };
    let start = skip(text, mark, MAX_GAP, is_blank);
    text[mark..start].contains(&b'\n').then_some(start)
}

/// The closing quotation mark with as many backslashes as the opening one, on the same line.
fn end_of_quoted(text: &[u8], start: usize, quote: u8, escape: usize) -> Option<usize> {
    let most = text.len().min(start + MAX_ENCLOSED);
    let line = memchr::memchr(b'\n', &text[start..most]).map_or(most, |at| start + at);
    let (mut first, mut second) = (None, None);
    for at in memchr::memchr_iter(quote, &text[start..line]) {
        // The second of two.
        if second.take() == Some(at) {
            continue;
        }
        let slashes = text[start..start + at].iter().rev().take_while(|byte| **byte == b'\\').count();
        // An odd number more than at the opening escapes it; `''` is SQL's quotation mark.
        let closes = slashes <= escape || (slashes - escape).is_multiple_of(2);
        let doubled = quote == b'\'' && at > 0 && text.get(start + at + 1) == Some(&b'\'');
        if first.is_some_and(|first| start + at > first + MAX_BEYOND_QUOTE) {
            break;
        }
        // `'it''s'`: where letters are on both sides, both belong to the text.
        let inner = doubled
            && text[start + at - 1].is_ascii_alphanumeric()
            && text.get(start + at + 2).is_some_and(u8::is_ascii_alphanumeric);
        second = inner.then_some(at + 1);
        if !closes || doubled {
            continue;
        }
        let end = start + at - slashes.min(escape);
        // `"ab"cd"`: a mark within the value, whose backslash was undone with others.
        let next = &text[start + at + 1..];
        if !next.first().is_some_and(u8::is_ascii_alphanumeric) || starts_pair(next) {
            return Some(end);
        }
        first = first.or(Some(end));
    }
    first
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
    while let Some(next) =
        text.get(at..).and_then(|rest| rest.iter().position(|byte| MAY_END_TOKEN[usize::from(*byte)]))
    {
        at += next;
        let rest = &text[at..];
        let ends = match &rest[0] {
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
            // `x[\r][\n]` of a log of what is on the wire.
            b'[' if matches!(&rest[1..], [b'\r' | b'\n', ..] | [b'\\', b'r' | b'n', b']', ..]) => true,
            b'{' if macro_len(rest).is_some() => true,
            b'(' | b'[' | b'{' => {
                open[bracket(rest[0])] += 1;
                false
            }
            b')' | b']' | b'}' => {
                open[bracket(rest[0])] -= 1;
                open[bracket(rest[0])] < 0 && rest.get(1).is_none_or(|next| !next.is_ascii_alphanumeric())
            }
            _ => false,
        };
        if ends {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// Bytes at which [`end_of_token`] has something to decide.
const MAY_END_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\n\r \t\x0b\x0c\"`'\\&;,<>()[]{}";
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
};

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

/// `&quot;` and its like end a value in HTML.
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

/// Where `${…}`, `$(…)` or `{{…}}` ends that starts at `at`, if it does on its line.
pub(super) fn reference_end(text: &[u8], at: usize) -> Option<usize> {
    let (open, close, from) = match text.get(at..)? {
        [b'$' | b'#', b'{', ..] => (b'{', b'}', at + 1),
        [b'{', b'{', ..] => (b'{', b'}', at),
        [b'$', b'(', ..] => (b'(', b')', at + 1),
        _ => return None,
    };
    let mut depth = 0_i32;
    for (i, byte) in text[from..].iter().take(MAX_REFERENCE_BYTES).take_while(|byte| **byte != b'\n').enumerate() {
        depth += i32::from(*byte == open) - i32::from(*byte == close);
        if depth == 0 {
            return Some(from + i + 1);
        }
    }
    None
}
