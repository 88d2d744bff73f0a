//! Width, colour, links and characters of text for a terminal.

use anstyle::{AnsiColor, Style};

use crate::model::Severity;

/// The width of a text in columns, and whether it may hold colour codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    width: usize,
    color: bool,
    links: bool,
    ascii: bool,
}

/// Prose wider than this is hard to read. Columns.
pub(super) const MAX_TEXT_WIDTH: usize = 100;
/// Labels and ids need this much. Columns.
const MIN_WIDTH: usize = 40;

impl TextStyle {
    /// A text of `width` columns (at least 40), with colour codes or without.
    #[must_use]
    pub fn new(width: usize, color: bool) -> Self {
        Self { width: width.max(MIN_WIDTH), color, links: false, ascii: false }
    }

    /// The same, with hyperlinks (OSC 8) in place of a list of URLs, or without. Default: without.
    #[must_use]
    pub fn with_links(self, links: bool) -> Self {
        Self { links, ..self }
    }

    /// The same, for a terminal that shows no block characters: bars are drawn in ASCII. Default: in Unicode.
    #[must_use]
    pub fn with_ascii_bars(self, ascii: bool) -> Self {
        Self { ascii, ..self }
    }

    /// True when pages are hyperlinks.
    pub(super) fn has_links(&self) -> bool {
        self.links
    }

    /// True when bars are drawn in ASCII.
    pub(super) fn has_ascii_bars(&self) -> bool {
        self.ascii
    }

    /// A hyperlink (OSC 8). Control characters of a URL would end it, so a URL with any is not linked.
    pub(super) fn link(&self, text: &str, url: &str) -> String {
        if self.links && !url.contains(|c: char| c.is_control() || !c.is_ascii()) {
            format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\")
        } else {
            text.to_owned()
        }
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Bold text.
    #[doc(hidden)]
    #[must_use]
    pub fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// Less prominent text.
    #[doc(hidden)]
    #[must_use]
    pub fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Text in the colour of a severity.
    #[doc(hidden)]
    #[must_use]
    pub fn severity(&self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::Critical => AnsiColor::BrightRed,
            Severity::Error => AnsiColor::Red,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Info => AnsiColor::Cyan,
        };
        self.paint(Style::new().bold().fg_color(Some(color.into())), text)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Prose with a label to the left of its first line, every line starting at column `indent`:
    /// `   Why  text text`.
    #[doc(hidden)]
    #[must_use]
    pub fn hang(&self, label: &str, indent: usize, text: &str) -> String {
        let width = self.width.min(MAX_TEXT_WIDTH);
        let first = format!("{label:indent$}");
        let rest = " ".repeat(indent);
        let options = textwrap::Options::new(width)
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let mut out = textwrap::fill(text, options);
        out.push('\n');
        out
    }
}

impl Default for TextStyle {
    /// 80 columns without colour.
    fn default() -> Self {
        Self::new(80, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_indented_after_its_label() {
        let style = TextStyle::new(40, false);
        assert_eq!(
            style.hang("   Why", 9, "one two three four five six seven"),
            "   Why   one two three four five six\n         seven\n"
        );
    }
}
