//! What is between a key and its value: the sign that joins them.

use super::{
    typed::skip_type,
    values::{MAX_GAP, is_blank, macro_len, skip, skip_colour},
};

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

/// The sign between a key that ends at `end` and its value: how it joins, and where what follows starts.
pub(super) fn joint(text: &[u8], end: usize) -> Option<(Joint, usize)> {
    let dots = skip(text, end, 64, |byte| byte == b'.');
    if dots > end + 3 && text.get(dots).is_some_and(|byte| !is_blank(*byte)) {
        let sign = skip(text, dots, 3, |byte| b":= ".contains(&byte));
        return Some((Joint::Firm, sign));
    }
    let closed = skip(text, skip_colour(text, end), 8, |byte| b"\\\"'`]*".contains(&byte));
    let quoted = text[end..closed].iter().any(|byte| b"\"'`".contains(byte));
    // `Tel.: x`
    let closed = closed + usize::from(text[closed..].starts_with(b".:"));
    // `getPassword()`, and the code after a coloured word.
    let closed = closed + if text[closed..].starts_with(b"()") { 2 } else { 0 };
    let closed = skip_colour(text, closed);
    let at = skip(text, closed, MAX_GAP, is_blank);
    let at = if text[at..].starts_with(b"\\=") || text[at..].starts_with(b"\\:") { at + 1 } else { at };
    // `displayName;lang-de: x` of a directory
    let at = if text[at..].starts_with(b";lang-") || text[at..].starts_with(b";binary") {
        skip(text, at, 24, |byte| byte != b':' && byte != b'\n')
    } else {
        at
    };
    // `パスワードは「x」`: a particle, and a quotation mark that was made one of ASCII.
    if text[..end].last().is_some_and(|byte| *byte >= 0x80) {
        let mut particles = ["は", "を", "が", "："].into_iter();
        let particle = particles.find(|particle| text[end..].starts_with(particle.as_bytes()));
        let after = end + particle.map_or(0, str::len);
        if text.get(after) == Some(&b'"') {
            return Some((Joint::Firm, after));
        }
    }
    if let Some(after) = wide_sign(text, closed) {
        return Some((Joint::Firm, skip(text, after, MAX_GAP, is_blank)));
    }
    let (joint, at) = match &text[at..] {
        [b'=', b'>' | b'=', ..] | [b'!', b'=', ..] | [b'-', b'>', ..] | [b':', b'=', ..] | [b'<', b'-', ..] => {
            (Joint::Firm, at + 2)
        }
        // `ENV['SECRET'] ||= 'x'` of Ruby
        [b'|', b'|', b'=', ..] => (Joint::Firm, at + 3),
        [b'=', ..] => (Joint::Firm, at + 1),
        // `sn:: Vm9zcw==` of a directory
        [b':', b':', b' ', ..] if at == closed || text[end] == b';' => (Joint::Firm, at + 2),
        [b':', b':', ..] => return None,
        [b':', ..] if quoted => (Joint::Firm, at + 1),
        [b':', ..] => (Joint::Colon, at + 1),
        [b'|', ..] if at > closed && !starts_cell(text, end) => return None,
        [b'|', ..] => (Joint::Pipe, at + 1 + usize::from(text[at..].starts_with(b"||"))),
        // `password java.lang.String @ 0x76ab31f08 x` of a heap dump, `$1 = 0x602010 "x"` of a debugger
        [b'j' | b'(' | b'c' | b'b' | b'$' | b'R' | b'/' | b'-', ..] if at > closed && skip_type(text, at) > at => {
            (Joint::Firm, at)
        }
        _ => return None,
    };
    // `USER:[5] "x"` of Oracle, with its length
    let length = skip(text, at + 1, 4, |byte| byte.is_ascii_digit());
    let at = if joint == Joint::Colon
        && text.get(at) == Some(&b'[')
        && length > at + 1
        && matches!(text.get(length..length + 3), Some(b"] \"" | b"] '"))
    {
        length + 2
    } else {
        at
    };
    // `**password:** x`, `*password:* x`
    let at = if joint == Joint::Colon && text[at..].starts_with(b"**") {
        at + 2
    } else if joint == Joint::Colon && matches!(text.get(at..at + 2), Some(b"* " | b"_ ")) {
        at + 1
    } else {
        at
    };
    let at = at + macro_len(&text[at.min(text.len())..]).unwrap_or(0);
    let start = skip(text, skip_colour(text, at), MAX_GAP, is_blank);
    // A line of a file of properties that continues in the next.
    let start = if text[start..].starts_with(b"\\\n") { skip(text, start + 2, MAX_GAP, is_blank) } else { start };
    if joint == Joint::Pipe && text[at.min(start)..start].contains(&b'\n') {
        return None;
    }
    // `client_secret = = x`
    let start = if joint == Joint::Firm && text[start..].starts_with(b"= ") { start + 2 } else { start };
    let typed = skip_type(text, start);
    Some((if typed > start { Joint::Firm } else { joint }, typed))
}

/// A key that ends at `end` is the first thing in its cell of a table: not `Get-Mailbox -Identity x | fl`.
fn starts_cell(text: &[u8], end: usize) -> bool {
    let key =
        text[..end].iter().rev().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || b"_.- ".contains(byte));
    let before = &text[..end - key.count()];
    before.last().is_none_or(|byte| b"|\n".contains(byte)) || before.ends_with(b"| `") || before.ends_with(b"|*")
}

/// A sign beyond ASCII that joins, such as a full-width colon or an arrow, after characters that are not seen: where
/// it ends.
fn wide_sign(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..text.len().min(at + 2 * MAX_GAP)];
    let rest = match std::str::from_utf8(rest) {
        Ok(rest) => rest,
        Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
    };
    let unseen = |c: &char| c.is_whitespace() || !c.is_ascii() && !c.is_alphanumeric() && !is_wide_sign(*c);
    let sign = rest.trim_start_matches(|c: char| unseen(&c));
    let c = sign.chars().next()?;
    is_wide_sign(c).then(|| at + rest.len() - sign.len() + c.len_utf8())
}

fn is_wide_sign(c: char) -> bool {
    matches!(c, '\u{ff1a}' | '\u{ff1d}' | '\u{2190}'..='\u{21ff}' | '\u{2254}' | '\u{27f5}'..='\u{27ff}' | '\u{a789}')
}
