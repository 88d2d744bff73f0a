//! Suppressed exceptions in a Java stack trace.
//!
//! `Suppressed:` introduces an exception that was thrown while another one was being handled, for example
//! when a connection was closed. It never is the reason of the failure.

use std::ops::Range;

use crate::search::Literal;

/// The blocks of suppressed exceptions: each from its `Suppressed:` to the last line that is indented deeper.
#[must_use]
pub(crate) fn suppressed(text: &[u8]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    static SUPPRESSED: Literal = Literal::new("Suppressed: ");
    for at in SUPPRESSED.find_iter(text) {
        if blocks.last().is_some_and(|block| at < block.end) {
            continue;
        }
        let start = text[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        if !text[start..at].iter().all(u8::is_ascii_whitespace) || start == at {
            continue;
        }
        let indent = at - start;
        let mut end = line_end(text, at);
        while end < text.len() {
            let line = &text[end + 1..line_end(text, end + 1)];
            let depth = line.iter().take_while(|b| b.is_ascii_whitespace()).count();
            if depth <= indent && !line[depth..].starts_with(b"Caused by: ") || depth < indent {
                break;
            }
            end += 1 + line.len();
        }
        blocks.push(at..end);
    }
    blocks
}

fn line_end(text: &[u8], from: usize) -> usize {
    memchr::memchr(b'\n', &text[from.min(text.len())..]).map_or(text.len(), |i| from + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppressed_exception_ends_where_the_indentation_does() {
        let text = b"x: y\n\tat a.B.c(B.java:1)\n\tSuppressed: n.P: z\n\t\tat d.E.f(E.java:1)\n\t\t... 2 more\nCaused by: q.R: s";
        let blocks = suppressed(text);
        assert_eq!(blocks.len(), 1);
        assert_eq!(&text[blocks[0].clone()], b"Suppressed: n.P: z\n\t\tat d.E.f(E.java:1)\n\t\t... 2 more".as_slice());
        assert!(suppressed(b"the mail was Suppressed: spam").is_empty());
    }
}
