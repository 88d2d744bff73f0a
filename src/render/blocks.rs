//! The parts of a written report: blocks and lines, without markup.

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    /// Prose.
    Text(String),
    /// Emphasized prose.
    Strong(String),
    /// An id, a path, a literal of the log.
    Code(String),
    /// A link to a page.
    Link { title: String, url: String },
}

/// A line of spans.
pub(super) type Line = Vec<Span>;

/// A block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading, level 1 to 3.
    Heading(u8, Line),
    /// A paragraph.
    Para(Line),
    /// A highlighted box.
    Notice { title: &'static str, lines: Vec<Line> },
    /// A numbered list.
    Steps(Vec<Line>),
    /// A bulleted list.
    Bullets(Vec<Line>),
    /// A table; every row has as many cells as the head.
    Table { head: Vec<&'static str>, rows: Vec<Vec<Line>> },
    /// Log text, unchanged.
    Pre(String),
}

pub(super) fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

pub(super) fn strong(text: impl Into<String>) -> Span {
    Span::Strong(text.into())
}

pub(super) fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}

/// A text of the catalogue as a line: what is between backticks is code.
pub(super) fn marked(catalogue_text: &str) -> Line {
    spans_of(catalogue_text).into_iter().map(|(is_code, span)| if is_code { code(span) } else { text(span) }).collect()
}

/// The spans of a text of the catalogue, each with whether it is code (between backticks).
pub(super) fn spans_of(text: &str) -> Vec<(bool, &str)> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![(false, text)];
    }
    text.split('`').enumerate().map(|(i, span)| (i % 2 == 1, span)).filter(|(_, span)| !span.is_empty()).collect()
}

/// Prints blocks in order, an empty line between two.
pub(super) fn print(blocks: &[Block], print_block: impl Fn(&mut String, &Block)) -> String {
    let mut out = String::new();
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        print_block(&mut out, block);
    }
    out
}
