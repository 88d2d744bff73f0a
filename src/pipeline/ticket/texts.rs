//! The texts of a bundle, each read alone, as redaction has read it.
//!
//! What a format writes next to a record is no part of it: a fence, the next record, the next field. Read as one text
//! it would look like the answer to a command or the value of a label at the end of the record.

use std::borrow::Cow;

use crate::record::start;

/// A text that is read alone.
#[derive(Debug)]
pub(super) struct Text<'t> {
    /// Its first line, from 0.
    pub(super) line: usize,
    /// Its lines are written as one, with escapes.
    pub(super) is_one_line: bool,
    pub(super) bytes: Cow<'t, [u8]>,
}

/// Keys of a report whose values are texts of a log.
const TEXT_KEYS: [&str; 2] = ["\"excerpt\":\"", "\"message\":\""];
/// The list of the texts in a page.
const TEXT_LIST: &str = "\"strings\":[\"";
/// What the page writes for signs that HTML has a meaning for, and around names of files.
const ENTITIES: [(&[u8], &[u8]); 8] = [
    (b"</pre>", b""),
    (b"&#38;", b"&"),
    (b"&#60;", b"<"),
    (b"&#62;", b">"),
    (b"&#34;", b"\""),
    (b"&#39;", b"'"),
    (b"<code>", b"`"),
    (b"</code>", b"`"),
];
/// Digits of a line number before a line of an excerpt.
const MAX_NUMBER_DIGITS: usize = 9;

/// The texts in a file of a bundle, or in any other. `is_program` tells lines of a page's own program.
pub(super) fn texts<'t>(name: &str, bytes: &'t [u8], is_program: impl Fn(usize) -> bool) -> Vec<Text<'t>> {
    let is_page = name.ends_with(".html");
    let is_excerpt = name.contains("excerpts/");
    let mut texts = Vec::new();
    let mut plain = Plain::default();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let data = line.trim_ascii_start();
        let closes = line.ends_with(b"</pre>");
        let mut line = Cow::Borrowed(line);
        if data.starts_with(b"{\"") || data.starts_with(b"<script type=\"application/json\"") {
            line = Cow::Owned(without_texts(&line, number, &mut texts));
        } else if is_page && !is_program(number) {
            line = without_entities(line);
        } else if is_excerpt {
            line = Cow::Owned(line[gutter(&line)..].to_vec());
        }
        let opens = line.starts_with(b"<pre");
        let fence = line.starts_with(b"```") || line.starts_with(b"{noformat}");
        if fence || opens || start::is_start(&line) {
            plain.cut(&mut texts, number);
        }
        plain.bytes.extend_from_slice(&line);
        plain.bytes.push(b'\n');
        if fence || closes {
            plain.cut(&mut texts, number + 1);
        }
    }
    plain.cut(&mut texts, 0);
    texts
}

/// The lines that were read since the last cut.
#[derive(Default)]
struct Plain {
    line: usize,
    bytes: Vec<u8>,
}

impl Plain {
    fn cut(&mut self, texts: &mut Vec<Text<'_>>, next: usize) {
        let bytes = std::mem::take(&mut self.bytes);
        if !bytes.is_empty() {
            texts.push(Text { line: self.line, is_one_line: false, bytes: Cow::Owned(bytes) });
        }
        self.line = next;
    }
}

/// A line of JSON without the texts of a log in it, which are handed over as they are without escapes.
fn without_texts(line: &[u8], number: usize, texts: &mut Vec<Text<'_>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    while let Some((start, is_list)) = next_text(line, at) {
        out.extend_from_slice(&line[at..start]);
        at = start;
        while let Some((text, end)) = string(line, at) {
            texts.push(Text { line: number, is_one_line: true, bytes: Cow::Owned(text.into_bytes()) });
            out.extend_from_slice(b"\"\"");
            at = end;
            if !is_list || !line[at..].starts_with(b",\"") {
                break;
            }
            out.push(b',');
            at += 1;
        }
        if at == start {
            // No string: it is read with the rest of the line.
            out.push(line[at]);
            at += 1;
        }
    }
    out.extend_from_slice(&line[at..]);
    out
}

/// Where the next text of a log starts, with its quotation mark, and whether it is the first of a list.
fn next_text(line: &[u8], at: usize) -> Option<(usize, bool)> {
    let find = |key: &str| memchr::memmem::find(&line[at..], key.as_bytes()).map(|found| at + found + key.len() - 1);
    let one = TEXT_KEYS.iter().filter_map(|key| find(key)).min();
    let list = find(TEXT_LIST);
    match (one, list) {
        (one, Some(list)) if one.is_none_or(|one| list < one) => Some((list, true)),
        (one, _) => one.map(|one| (one, false)),
    }
}

/// The string of JSON that starts at `at`, and where it ends.
fn string(line: &[u8], at: usize) -> Option<(String, usize)> {
    let mut values = serde_json::Deserializer::from_slice(&line[at..]).into_iter::<String>();
    let text = values.next()?.ok()?;
    Some((text, at + values.byte_offset()))
}

fn without_entities(line: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'&', b'<', &line).is_none() {
        return line;
    }
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        match ENTITIES.iter().find(|(written, _)| line[at..].starts_with(written)) {
            Some((written, sign)) => {
                out.extend_from_slice(sign);
                at += written.len();
            }
            None => {
                out.push(line[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// The mark and the number before a line of an excerpt: their length.
fn gutter(line: &[u8]) -> usize {
    if !matches!(line.first(), Some(b'>' | b' ')) {
        return 0;
    }
    let blanks = 1 + line[1..].iter().take_while(|byte| **byte == b' ').count();
    let digits = line[blanks..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = blanks + digits;
    let is_number = (1..=MAX_NUMBER_DIGITS).contains(&digits) && end >= MAX_NUMBER_DIGITS;
    match &line[end..] {
        [b' ', b' ', ..] if is_number => end + 2,
        [] if is_number => end,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Vec<(usize, String)> {
        let texts = texts(name, text.as_bytes(), |_| false);
        texts.into_iter().map(|text| (text.line, String::from_utf8_lossy(&text.bytes).into_owned())).collect()
    }

    #[test]
    fn every_line_of_a_log_is_read_with_its_record() {
        let text =
            "x\n2026-01-05 20:34:01,014+0000 main ERROR [c.a.X] a\nb\n2026-01-05 20:34:02,014+0000 main INFO [c.a.X] c";
        let found = read("a.log", text);
        assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [0, 1, 3]);
        assert_eq!(found.into_iter().map(|(_, text)| text).collect::<String>(), format!("{text}\n"));
    }

    #[test]
    fn the_numbers_before_the_lines_of_an_excerpt_are_no_part_of_them() {
        let found = read("t.zip!/excerpts/incident-1.txt", ">      12  A1 x\n       13  77 z\n  b.log:\n>  1 y");
        assert_eq!(found[0].1, "A1 x\n77 z\n  b.log:\n>  1 y\n");
    }

    #[test]
    fn texts_of_a_log_in_json_are_read_by_themselves_and_the_rest_is_read_too() {
        let found = read("report.json", "[\n    {\"a\":\"1\",\"message\":\"q\\nr\",\"excerpt\":\"s\",\"z\":2},\n");
        assert_eq!(found[0], (1, "q\nr".to_owned()));
        assert_eq!(found[1], (1, "s".to_owned()));
        assert_eq!(found[2], (0, "[\n    {\"a\":\"1\",\"message\":\"\",\"excerpt\":\"\",\"z\":2},\n\n".to_owned()));
        let page = read("report.html", "<script type=\"application/json\">{\"strings\":[\"a\",\"b\\u003c\"],\"c\":1}");
        assert_eq!(page[1], (0, "b<".to_owned()));
        let cut = read("report.json", "{\"message\":\"never closed");
        assert_eq!(cut, [(0, "{\"message\":\"never closed\n".to_owned())]);
    }

    #[test]
    fn the_entities_of_a_page_are_read_as_signs_and_its_records_end_where_they_are_closed() {
        let found = read("report.html", "<p>x\n<pre a>b=&#39;c&#39;\nd</pre>\n<h4>e</h4>");
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [0, 1, 3]);
        assert_eq!(found[1].1, "<pre a>b='c'\nd\n");
    }
}
