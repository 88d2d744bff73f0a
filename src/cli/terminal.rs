//! What is known about the terminal: its width, and whether to use colour.

use std::{
    env, fmt,
    io::{self, Write},
};

use oauthsift::{render::TextStyle, sanitize};
use terminal_size::{Height, Width};

use super::args::ColorChoice;

/// The width if it is unknown. Columns.
const DEFAULT_WIDTH: usize = 80;

/// The style for standard output, which is a terminal or not.
pub(crate) fn style(choice: ColorChoice, is_terminal: bool) -> TextStyle {
    let color = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => auto_color(is_terminal, |name| env::var(name).ok().filter(|value| !value.is_empty())),
    };
    let color = color && (!is_terminal || shows_colors());
    let columns = || env::var("COLUMNS").ok()?.parse::<usize>().ok().filter(|columns| *columns > 0);
    let width = match terminal_size::terminal_size() {
        Some((Width(width), _)) if is_terminal => usize::from(width),
        _ => columns().unwrap_or(DEFAULT_WIDTH),
    };
    let has_links = is_terminal && color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    TextStyle::new(width, color).with_links(has_links).with_ascii_bars(is_terminal && !is_unicode())
}

/// Lets the console of Windows interpret colours; false if it cannot.
#[cfg(windows)]
fn shows_colors() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}

#[cfg(not(windows))]
fn shows_colors() -> bool {
    true
}

/// False when the locale says that the terminal shows another character set than UTF-8.
fn is_unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// The lines of the terminal of standard output.
pub(crate) fn height() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(_, Height(height))| usize::from(height))
}

/// Whether to use colour, by the variables that other programs know: `NO_COLOR` first, then those that force it, then
/// `CLICOLOR=0`.
fn auto_color(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let forces = |name: &str| variable(name).is_some_and(|value| value != "0" && value != "false");
    if variable("NO_COLOR").is_some() {
        return false;
    }
    forces("FORCE_COLOR")
        || forces("CLICOLOR_FORCE")
        || is_terminal && variable("CLICOLOR").is_none_or(|value| value != "0")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_force_and_forbid_colour() {
        let color = |is_terminal, set: &[(&str, &str)]| {
            auto_color(is_terminal, |name| {
                set.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(color(true, &[]) && !color(false, &[]));
        assert!(color(false, &[("FORCE_COLOR", "1")]) && color(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!color(false, &[("FORCE_COLOR", "0")]) && !color(true, &[("CLICOLOR", "0")]));
        assert!(!color(true, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
    }
}
