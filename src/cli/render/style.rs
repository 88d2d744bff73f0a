//! Width and colour.

use anstyle::{AnsiColor, Style};
use oauthsift::Severity;

use crate::cli::args::ColorChoice;

/// How wide, and whether in colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextStyle {
    /// Columns.
    pub(crate) width: usize,
    color: bool,
}

/// Prose wider than this is hard to read.
const MAX_TEXT_WIDTH: usize = 100;

impl TextStyle {
    /// The look for an output; asked once a run.
    pub(crate) fn of(choice: ColorChoice, terminal: bool) -> Self {
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let columns = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok().filter(|columns| *columns > 0);
        let width = match terminal_size::terminal_size() {
            Some((terminal_size::Width(width), _)) if terminal => usize::from(width),
            _ => columns().unwrap_or(80),
        };
        Self { width: width.max(40), color }
    }

    /// Plain text of a given width.
    #[cfg(test)]
    pub(crate) fn plain(width: usize) -> Self {
        Self { width, color: false }
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    pub(crate) fn severity(&self, severity: Severity, text: &str) -> String {
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

    /// Prose behind a label that hangs left of it: `   Why  text text` and its further lines below.
    pub(crate) fn hang(&self, label: &str, indent: usize, text: &str) -> String {
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
