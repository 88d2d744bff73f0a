//! What a written report is made of: blocks and lines, in no markup.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    /// Prose.
    Text(String),
    /// Prose that stands out.
    Strong(String),
    /// An id, a path, a word of the log.
    Code(String),
    /// A page.
    Link { title: String, url: String },
}

/// A line of spans.
pub(crate) type Line = Vec<Span>;

/// A block of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading, 1 to 3.
    Heading(u8, Line),
    /// A paragraph.
    Para(Line),
    /// What must not be overlooked.
    Notice { title: &'static str, lines: Vec<Line> },
    /// Things in order.
    Steps(Vec<Line>),
    /// Things in no order.
    Bullets(Vec<Line>),
    /// A table; every row has as many cells as the head.
    Table { head: Vec<&'static str>, rows: Vec<Vec<Line>> },
    /// Log text as it stands.
    Pre(String),
}

pub(crate) fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

pub(crate) fn strong(text: impl Into<String>) -> Span {
    Span::Strong(text.into())
}

pub(crate) fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}

/// A text of the catalogue: what stands between backticks is code.
pub(super) fn marked(words: &str) -> Line {
    spans_of(words).into_iter().map(|(is_code, piece)| if is_code { code(piece) } else { text(piece) }).collect()
}

/// The pieces of a text of the catalogue: what stands between backticks is code.
pub(crate) fn spans_of(text: &str) -> Vec<(bool, &str)> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![(false, text)];
    }
    text.split('`').enumerate().map(|(i, piece)| (i % 2 == 1, piece)).filter(|(_, piece)| !piece.is_empty()).collect()
}

/// Prints blocks one after another, a blank line between.
pub(super) fn print(blocks: &[Block], one: impl Fn(&mut String, &Block)) -> String {
    let mut out = String::new();
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        one(&mut out, block);
    }
    out
}
