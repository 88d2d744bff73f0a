//! A progress line on the terminal, for runs of more than a second.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oauthsift::{Progress, render::format::size};

use super::terminal;

/// Shorter runs show no progress.
const SHOW_DELAY: Duration = Duration::from_secs(1);
/// Columns of the bar and the space after it.
const BAR_WIDTH: usize = 12;

/// Removes the progress from the terminal when dropped.
pub(crate) struct ProgressGuard {
    bar: ProgressBar,
}

/// Progress for a run. It is shown while the guard exists, if standard error is a terminal.
pub(crate) fn show() -> (Progress, ProgressGuard) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let guard = ProgressGuard { bar: bar.clone() };
    if !std::io::stderr().is_terminal() {
        return (Progress::default(), guard);
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
        bar.set_message(line(progress, terminal::stderr_width().saturating_sub(BAR_WIDTH + 1)));
        bar.tick();
    });
    (progress, guard)
}

impl Drop for ProgressGuard {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `45 %  1.2 GiB of 2.6 GiB  610.0 MiB/s  3 s left  node1/atlassian-jira.log`: as many of these as fit
/// into `width` columns.
fn line(progress: &Progress, width: usize) -> String {
    let (read, total) = (progress.read(), progress.total());
    let millis = u64::try_from(progress.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = read.saturating_mul(1000) / millis;
    let mut parts = Vec::new();
    if total > 0 {
        let done = read.min(total);
        parts.push(format!("{:3} %", done * 100 / total));
        parts.push(format!("{} of {}", size(done), size(total)));
    } else {
        parts.push(size(read));
    }
    parts.push(format!("{}/s", size(rate)));
    if total > read && rate > 0 {
        parts.push(format!("{} s left", (total - read).div_ceil(rate)));
    }
    let mut text = String::new();
    for part in parts {
        if text.len() + part.len() + SEPARATOR.len() <= width {
            text.push_str(&part);
            text.push_str(SEPARATOR);
        }
    }
    let name: Vec<char> = sanitized(&progress.current()).chars().collect();
    let room = width.saturating_sub(text.len());
    if name.len() <= room {
        text.extend(name);
    } else if room >= MIN_NAME_WIDTH {
        // The end of a path is more useful than its start.
        text.push('…');
        text.extend(&name[name.len() + 1 - room..]);
    }
    text
}

const SEPARATOR: &str = "  ";
/// A name is not shortened further. Columns.
const MIN_NAME_WIDTH: usize = 12;

/// A name without control characters.
fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_into_its_width() {
        for width in 0..100 {
            assert!(line(&Progress::default(), width).chars().count() <= width);
        }
    }
}
