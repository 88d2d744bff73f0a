//! A line of progress on the terminal, for a run that takes longer than a second.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oauthsift::Progress;

/// A run that is over by then needs no progress.
const SHOW_DELAY: Duration = Duration::from_secs(1);
/// Columns of the bar and the blank behind it.
const BAR: usize = 12;

/// Progress that shows itself on the terminal, if standard error is one; taken off when dropped.
pub(crate) struct ProgressGuard {
    bar: ProgressBar,
}

/// Progress for a run, and what shows it.
pub(crate) fn show() -> (Progress, ProgressGuard) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let shown = ProgressGuard { bar: bar.clone() };
    if !std::io::stderr().is_terminal() {
        return (Progress::default(), shown);
    }
    let mut visible = false;
    let progress = Progress::with_listener(move |progress| {
        if progress.elapsed() < SHOW_DELAY {
            return;
        }
        if !visible {
            visible = true;
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let known = progress.total() > 0;
        let template = if known { "{bar:11} {msg}" } else { "{spinner} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        if known {
            bar.set_length(progress.total().max(progress.read()));
            bar.set_position(progress.read());
        }
        let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
        bar.set_message(line(progress, width.saturating_sub(BAR + 1)));
        bar.tick();
    });
    (progress, shown)
}

impl Drop for ProgressGuard {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `45 %  1.2 GiB of 2.6 GiB  610 MiB/s  3 s left  node1/atlassian-jira.log`: as many of these as
/// have room in `width` columns.
fn line(progress: &Progress, width: usize) -> String {
    let (read, total) = (progress.read(), progress.total());
    let millis = u64::try_from(progress.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = read.saturating_mul(1000) / millis;
    let mut pieces = Vec::new();
    if total > 0 {
        let part = read.min(total);
        pieces.push(format!("{:3} %", part * 100 / total));
        pieces.push(format!("{} of {}", bytes(part), bytes(total)));
    } else {
        pieces.push(bytes(read));
    }
    pieces.push(format!("{}/s", bytes(rate)));
    if total > read && rate > 0 {
        pieces.push(format!("{} s left", (total - read).div_ceil(rate)));
    }
    let mut text = String::new();
    for piece in pieces {
        if text.len() + piece.len() + BETWEEN.len() <= width {
            text.push_str(&piece);
            text.push_str(BETWEEN);
        }
    }
    let name: Vec<char> = sanitized(&progress.current()).chars().collect();
    let room = width.saturating_sub(text.len());
    if name.len() <= room {
        text.extend(name);
    } else if room >= MIN_NAME_WIDTH {
        // The end of a path tells more than its start.
        text.push('…');
        text.extend(&name[name.len() + 1 - room..]);
    }
    text
}

const BETWEEN: &str = "  ";
/// A name is not cut shorter than this.
const MIN_NAME_WIDTH: usize = 12;

/// `940 KiB`, `3.4 MiB`, `34 MiB`.
fn bytes(count: u64) -> String {
    let (mut unit, mut scale) = ("KiB", 1 << 10);
    for next in ["MiB", "GiB", "TiB"] {
        if count >= scale << 10 {
            (unit, scale) = (next, scale << 10);
        }
    }
    match count / scale {
        whole if whole < 10 => format!("{whole}.{} {unit}", count % scale * 10 / scale),
        whole => format!("{whole} {unit}"),
    }
}

/// A name may hold anything; the terminal is not told of it.
fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (count, text) in
            [(0, "0.0 KiB"), (1000, "0.9 KiB"), (3_565_159, "3.4 MiB"), (35_651_584, "34 MiB"), (5 << 40, "5.0 TiB")]
        {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn a_line_never_grows_beyond_its_width() {
        for width in 0..100 {
            assert!(line(&Progress::default(), width).chars().count() <= width);
        }
    }
}
