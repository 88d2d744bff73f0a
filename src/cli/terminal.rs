//! What is known about the terminal: its width, and whether to use colour.

use std::{
    env, fmt,
    io::{self, Write},
};

use oauthsift::{render::TextStyle, sanitize};
use terminal_size::Width;

use super::args::ColorChoice;

/// The width if it is unknown. Columns.
const DEFAULT_WIDTH: usize = 80;

/// The style for standard output, which is a terminal or not.
pub(crate) fn style(choice: ColorChoice, is_terminal: bool) -> TextStyle {
    let color = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let columns = || env::var("COLUMNS").ok()?.parse::<usize>().ok().filter(|columns| *columns > 0);
    let width = match terminal_size::terminal_size() {
        Some((Width(width), _)) if is_terminal => usize::from(width),
        _ => columns().unwrap_or(DEFAULT_WIDTH),
    };
    TextStyle::new(width, color)
}

/// Prints a message to standard error. It may quote file names, arguments and fields of files: nothing in
/// it reaches the terminal as a control character.
pub(crate) fn message(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "oauthsift: {}", sanitize(text.to_string().as_bytes()));
}

/// The columns of the terminal of standard error.
pub(crate) fn stderr_width() -> usize {
    terminal_size::terminal_size_of(io::stderr()).map_or(DEFAULT_WIDTH, |(Width(width), _)| usize::from(width))
}
