//! Values under the name of a column: tables with a header line, and SQL.

use super::super::{
    keys::{Class, Key},
    values::{is_blank, skip},
};

/// After the name of a person's column, one that names a thing instead: `Mail server`, `User agent`.
const THINGS: [&[u8]; 20] = [
    b"agent",
    b"agents",
    b"count",
    b"date",
    b"directory",
    b"folder",
    b"folders",
    b"group",
    b"groups",
    b"handler",
    b"host",
    b"limit",
    b"port",
    b"protocol",
    b"queue",
    b"server",
    b"servers",
    b"status",
    b"time",
    b"type",
];

/// The fields under a column: of lines after a header line, or of `VALUES (…)`.
pub(super) fn table(text: &[u8], key: &Key) -> Option<Vec<(usize, usize)>> {
    let open = key.start - text[..key.start].iter().rev().take_while(|byte| b"\"'`".contains(byte)).count();
    let close = skip(text, key.end, 2, |byte| b"\"'`".contains(&byte));
    let is_name = |field: &[u8]| {
        let field = field.trim_ascii();
        !field.is_empty()
            && field.len() < 48
            && field.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-. \"'`".contains(byte))
            && !field.contains(&b'=')
    };
    // SQL: from the bracket before the key to the one after it.
    let from = text[..open].iter().rposition(|byte| *byte == b'(' || *byte == b'\n').map(|at| at + 1);
    if let Some(from) = from.filter(|from| text[from - 1] == b'(' && open - from < 1024) {
        let to = close + memchr::memchr2(b')', b'\n', &text[close..text.len().min(close + 1024)])?;
        let column = memchr::memchr_iter(b',', &text[from..open]).count();
        let rest = skip(text, to + 1, 8, is_blank);
        if text[to] != b')'
            || !text[from..to].split(|byte| *byte == b',').all(is_name)
            || !text.get(rest..rest + 6)?.eq_ignore_ascii_case(b"values")
        {
            return None;
        }
        let mut fields = Vec::new();
        let mut at = skip(text, rest + 6, 8, is_blank);
        while text.get(at) == Some(&b'(') {
            let (start, end, stop) = field(text, at + 1, b',', column, b')')?;
            fields.push((start, end));
            at = skip(text, stop + 1, 8, |byte| is_blank(byte) || byte == b',');
        }
        return Some(fields);
    }
    let is_secret = matches!(key.class, Class::Password | Class::Secret(_) | Class::Weak(_));
    let next = skip(text, close, 8, is_blank);
    let word = &text[next..skip(text, next, 16, |byte| byte.is_ascii_alphabetic())];
    if !is_secret && next > close && THINGS.iter().any(|thing| word.eq_ignore_ascii_case(thing)) {
        return None;
    }
    let line_start = text[..open].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line_end = close + memchr::memchr(b'\n', &text[close..])?;
    let next = skip(text, close, 8, |byte| byte == b' ');
    let last = text[line_start..open].trim_ascii_end().last();
    // `||user||password||` of Jira over `|ann|x|`
    if text[next..].starts_with(b"||") && (text[line_start..open].trim_ascii_end().ends_with(b"||")) {
        let column = memchr::memmem::find_iter(&text[line_start..open], b"||").count();
        return rows(text, line_end + 1, |at, _| {
            if text[at] != b'|' {
                return Some(None);
            }
            field(text, at, b'|', column, b'\n').map(|(start, end, _)| Some((start, end)))
        });
    }
    let separator = [b',', b';', b'\t', b'|'].into_iter().find(|separator| {
        let beside = if *separator == b'|' { text.get(next) } else { text.get(close) };
        let before = if *separator == b'|' { last } else { text[line_start..open].last() };
        beside == Some(separator) || before == Some(separator)
    })?;
    // What precedes the first name, such as a header, is not a field: columns count from the end as well.
    let header = &text[line_start..line_end];
    let column = memchr::memchr_iter(separator, &text[line_start..open]).count();
    let fields: Vec<&[u8]> = header.split(|byte| *byte == separator).collect();
    let after = fields.len() - 1 - column.min(fields.len() - 1);
    let beside = fields.iter().skip(column.saturating_sub(1).max(1));
    if fields.len() < 2
        || !beside
            .clone()
            .all(|field| is_name(field) || field.trim_ascii().is_empty() || column > 0 && *field == fields[column - 1])
    {
        return None;
    }
    rows(text, line_end + 1, |at, end| {
        let here = memchr::memchr_iter(separator, &text[at..end]).count() + 1;
        if here < 2 || here <= after {
            return Some(None);
        }
        let column = if here >= fields.len() { column } else { here - 1 - after };
        field(text, at, separator, column, b'\n').map(|(start, stop, _)| Some((start, stop)))
    })
}

/// The fields under a column of a table whose names are separated by two blanks or more, in a comment by one. What is in
/// them may be anything: the lines may belong to no table.
pub(super) fn spaced_table(text: &[u8], key: &Key) -> Option<Vec<(usize, usize)>> {
    let from = key.start.saturating_sub(400);
    let line_start = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
    let line_end = key.end + memchr::memchr(b'\n', &text[key.end..text.len().min(key.end + 400)])?;
    let comment = memchr::memrchr(b'#', &text[line_start..key.start]).map(|at| line_start + at + 1);
    // Most words of a sentence end here.
    let rest = &text[key.end..];
    if comment.is_none() && !b"\t\r\n".contains(&rest[0]) && !rest.starts_with(b"  ") {
        return None;
    }
    let header = cells(text, comment.unwrap_or(line_start), line_end, comment.is_some());
    let column = header.iter().position(|(start, end)| *start <= key.start && key.end <= *end)?;
    // A log may have put something before the first.
    let is_name = |(start, end): &(usize, usize)| {
        let name = &text[*start..*end];
        name.len() <= 24
            && name.iter().all(|byte| byte.is_ascii_alphabetic() || b" _-".contains(byte))
            && name.iter().filter(|byte| **byte == b' ').count() <= 2
    };
    let plain = header.iter().skip(usize::from(comment.is_none())).all(is_name);
    if header.len() < 2 || !plain || comment.is_some() && header.len() < 3 {
        return None;
    }
    rows(text, line_end + 1, |at, end| {
        let row = cells(text, at, end, comment.is_some());
        Some((row.len() + 1 >= header.len()).then(|| row.get(column).copied()).flatten())
    })
}

/// The fields of a line, which two blanks or a tab separate; `narrow`: or a single blank.
fn cells(text: &[u8], from: usize, to: usize, narrow: bool) -> Vec<(usize, usize)> {
    let (mut cells, mut start, mut at) = (Vec::new(), from, from);
    while at < to && cells.len() < 16 {
        let gap = text[at..to].iter().take_while(|byte| is_blank(**byte)).count();
        if gap > 1 || gap == 1 && (narrow || text[at] == b'\t') || at == from && gap > 0 {
            if at > start {
                cells.push((start, at));
            }
            start = at + gap;
        }
        at += gap.max(1);
    }
    if start < to {
        cells.push((start, to));
    }
    cells
}

/// A field of a row; none after the last row.
type Field = Option<(usize, usize)>;

/// What `field` finds in each line from `at` on, up to the first in which it finds nothing. None when it is no table.
fn rows(text: &[u8], at: usize, field: impl Fn(usize, usize) -> Option<Field>) -> Option<Vec<(usize, usize)>> {
    let (mut found, mut at) = (Vec::new(), at);
    while at < text.len() && found.len() < 1000 {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        // `+-----+-----+` between the lines of a table.
        let frame = end > at && text[at..end].iter().all(|byte| b"+-=|: \r".contains(byte));
        if !frame {
            let Some(one) = field(at, end)? else { break };
            found.push(one);
        }
        at = end + 1;
    }
    (!found.is_empty()).then_some(found)
}

/// The field of a column, and where the row ends. Quotation marks hide separators.
fn field(text: &[u8], from: usize, separator: u8, column: usize, close: u8) -> Option<(usize, usize, usize)> {
    let (mut number, mut start, mut quote, mut found) = (0, from, None, None);
    for (i, byte) in text[from..].iter().enumerate().take(16 << 10) {
        let at = from + i;
        match quote {
            Some(open) if *byte == open => quote = None,
            Some(_) => {}
            None if b"\"'".contains(byte) => quote = Some(*byte),
            None if *byte == separator || *byte == close => {
                if number == column {
                    found = Some((start, at));
                }
                if *byte == close {
                    return found.map(|(start, end)| (start, end, at));
                }
                number += 1;
                start = at + 1;
            }
            None => {}
        }
    }
    match found {
        Some((start, end)) => Some((start, end, text.len())),
        None if number == column => Some((start, text.len(), text.len())),
        None => None,
    }
}
