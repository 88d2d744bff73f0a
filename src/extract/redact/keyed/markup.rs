//! Values that markup gives a name: elements, and pairs of `name` and `value`.

use super::super::{
    joints::joint,
    keys::Key,
    values::{Value, is_blank, skip, value},
};
use crate::search::Literal;

/// How far a `value` may be from the `name` it belongs to.
const MAX_PAIR_GAP: usize = 96;

static CDATA_END: Literal = Literal::new("]]>");
static NAME: Literal = Literal::new("name");
/// What the value beside a name is called, and where it starts within that word.
static VALUES: [(Literal, usize); 7] = [
    (Literal::new("value"), 5),
    (Literal::new("content"), 7),
    (Literal::new("string>"), 6),
    (Literal::new("text"), 4),
    (Literal::new("val\""), 3),
    (Literal::new("default"), 7),
    (Literal::new("data>"), 4),
];

/// `<password …>x</password>`: the content of an element that the key names.
pub(super) fn element(text: &[u8], key: &Key) -> Option<(usize, usize)> {
    let lead = text[..key.start].strip_suffix(b":").map_or(key.start, |before| {
        before.len() - before.iter().rev().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count()
    });
    // `<<<j_username=ann>>>` is none.
    if text[..lead].last() != Some(&b'<') || text.get(key.end) == Some(&b'=') {
        return None;
    }
    let close = memchr::memchr2(b'>', b'\n', &text[key.end..text.len().min(key.end + 256)]).map(|at| key.end + at)?;
    if text[close] != b'>' || text[close - 1] == b'/' {
        return None;
    }
    let mut start = close + 1;
    let inner = skip(text, start, 64, is_blank);
    if text[inner..].starts_with(b"<![CDATA[") {
        start = inner;
    }
    if text[start..].starts_with(b"<![CDATA[") {
        start += 9;
        let end = CDATA_END.find(&text[start..]).map_or(text.len(), |at| start + at);
        return Some((start, end));
    }
    // `<client_secret><value>x</value>`
    let inner = skip(text, start, 64, is_blank);
    if text.get(inner) == Some(&b'<')
        && text.get(inner + 1) != Some(&b'/')
        && let Some(at) = memchr::memchr(b'>', &text[inner..text.len().min(inner + 64)])
    {
        start = inner + at + 1;
    }
    let end = memchr::memchr(b'<', &text[start..]).map_or(text.len(), |at| start + at);
    Some((start, end))
}

/// The key is itself the value of `name`: `<param name="k"><value>x`, `{"name":"k","value":"x"}`,
/// `[name=k, value=x]`, `name="k"` of a multipart body with an empty line after it.
pub(super) fn paired(text: &[u8], key: &Key) -> Option<Value> {
    let open = text[..key.start].iter().rev().take_while(|byte| b"\"'\\ /".contains(byte)).count();
    let before = &text[..key.start - open];
    // `variable "smtp_password" { default = "x" }` of Terraform
    let declared = open > 1 && before.ends_with(b"variable");
    let before = before
        .strip_suffix(b"=")
        .or_else(|| before.strip_suffix(b":"))
        .or_else(|| before.strip_suffix(b">"))
        .or(declared.then_some(before))?;
    let before = &before[..before.len() - before.iter().rev().take(2).take_while(|byte| **byte == b' ').count()];
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let before = &before[..before.len() - before.iter().rev().take_while(|byte| **byte == b'\\').count()];
    let names =
        [&b"name"[..], b"key", b"id", b"property", b"field", b"header", b"param", b"type", b"variable", b"path"];
    let named = names
        .iter()
        .any(|name| before.len() >= name.len() && before[before.len() - name.len()..].eq_ignore_ascii_case(name));
    if !named {
        return None;
    }
    // `::set-output name=token::x`
    if text[key.end..].starts_with(b"::") {
        return Some(value(text, key.end + 2, false));
    }
    let after = skip(text, key.end, 4, |byte| b"\"'\\".contains(&byte));
    // multipart/form-data: after the name nothing but further parameters, then an empty line.
    let line = skip(text, after, 160, |byte| byte != b'\n' && byte != b'\r');
    let alone = text[after..line].trim_ascii().is_empty() || text[after..line].starts_with(b";");
    let breaks = skip(text, line, 4, |byte| byte == b'\n' || byte == b'\r');
    let mut newlines = text[line..breaks].iter().filter(|byte| **byte == b'\n').count();
    let mut breaks = breaks;
    // Further headers of the part.
    while newlines == 1 && alone && text[breaks..].starts_with(b"Content-") {
        let line = skip(text, breaks, 160, |byte| byte != b'\n' && byte != b'\r');
        breaks = skip(text, line, 4, |byte| byte == b'\n' || byte == b'\r');
        newlines = text[line..breaks].iter().filter(|byte| **byte == b'\n').count();
    }
    if open > 0 && alone && newlines >= 2 {
        let end = memchr::memchr(b'\n', &text[breaks..]).map_or(text.len(), |at| breaks + at);
        return Some(Value { start: breaks, end, enclosed: true });
    }
    if let Some(value) = content(text, after) {
        return Some(value);
    }
    let window = &text[after..text.len().min(after + MAX_PAIR_GAP)];
    let lower = window.to_ascii_lowercase();
    let found = VALUES
        .iter()
        .find_map(|(word, len)| {
            // `"valueFrom":null,"value":"x"`
            let whole = |at: &usize| !lower.get(at + len).is_some_and(u8::is_ascii_alphanumeric);
            word.find_iter(&lower).find(whole).map(|at| (at, *len))
        })
        // Nothing but signs and further attributes in between.
        .filter(|(at, _)| {
            let between = &lower[..*at];
            let lines = between.contains(&b'\n') && !(declared && between.starts_with(b" {"));
            let apart = lines && !between.contains(&b'<') && !between.iter().all(|byte| is_blank(*byte));
            // `<param-name>password</param-name><param-value>`, `<input type="password" name="p" value="x">`
            let closed = between.strip_prefix(b"</").and_then(|rest| rest.splitn(2, |byte| *byte == b'>').nth(1));
            let typed = before.len() >= 4 && before[before.len() - 4..].eq_ignore_ascii_case(b"type");
            !apart && (typed || !NAME.is_in(closed.unwrap_or(between)))
        });
    let Some((at, len)) = found else { return value_before(text, key) };
    let end = after + at + len;
    // `<AttributeValue type="string">x</AttributeValue>`
    let tag = skip(text, end, 64, |byte| !b"<>\n".contains(&byte));
    let end =
        if text.get(end) == Some(&b' ') && text.get(tag) == Some(&b'>') && text[..end].ends_with(b"AttributeValue") {
            tag
        } else {
            end
        };
    if text[end..].starts_with(b"><![CDATA[") {
        let start = end + 10;
        let stop = CDATA_END.find(&text[start..]).map_or(text.len(), |at| start + at);
        return Some(Value { start, end: stop, enclosed: true });
    }
    if text.get(end) == Some(&b'>') {
        let stop = memchr::memchr(b'<', &text[end..]).map_or(text.len(), |at| end + at);
        return Some(Value { start: end + 1, end: stop, enclosed: true });
    }
    let (_, start) = joint(text, end)?;
    Some(value(text, start, false))
}

/// `<entry key="k">x</entry>`: the content of the element whose attribute is the key.
fn content(text: &[u8], after: usize) -> Option<Value> {
    let close = skip(text, after, MAX_PAIR_GAP, |byte| byte != b'>' && byte != b'<' && byte != b'\n');
    if text.get(close) != Some(&b'>') || b"/-=".contains(&text[close - 1]) {
        return None;
    }
    let start = close + 1;
    let end = skip(text, start, 1024, |byte| byte != b'<');
    let enclosed = text[end..].starts_with(b"</") && end > start;
    enclosed.then_some(Value { start, end, enclosed })
}

/// `{"value":"x","name":"k"}`, `<add value="x" key="k"/>`: the value before the name, in the same object or tag.
fn value_before(text: &[u8], key: &Key) -> Option<Value> {
    let from = key.start.saturating_sub(4 * MAX_PAIR_GAP);
    let open = text[from..key.start].iter().rposition(|byte| b"{<[\n".contains(byte)).map(|at| from + at)?;
    let lower = text[open..key.start].to_ascii_lowercase();
    let at = open + memchr::memmem::rfind(&lower, b"value")?;
    let (_, start) = joint(text, at + 5)?;
    let value = value(text, start, false);
    (value.enclosed && value.end < key.start).then_some(value)
}

/// `[GenericEntity:MailServer][mailpassword,x]`: the field of an entity, as Jira's own entity engine prints it.
pub(super) fn entity_field(text: &[u8], key: &Key) -> Option<(usize, usize)> {
    if text.get(key.end) != Some(&b',') || !text[..key.start].ends_with(b"][") {
        return None;
    }
    let end = skip(text, key.end + 1, 256, |byte| !b"]\n".contains(&byte));
    let empty = matches!(&text[key.end + 1..end], b"null" | b"");
    (text.get(end) == Some(&b']') && !empty).then_some((key.end + 1, end))
}
