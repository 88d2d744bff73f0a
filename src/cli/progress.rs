//! A line of progress on the terminal, for a run that takes longer than a second.

use std::{io::IsTerminal, time::Duration};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use oauthsift::Progress;

/// A run that is over by then needs no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// What stands before the name of the file, at most.
const NUMBERS: usize = 62;

/// Progress that shows itself on the terminal, if standard error is one; taken off when dropped.
pub(crate) struct Shown {
    bar: ProgressBar,
}

/// Progress for a run, and what shows it.
pub(crate) fn show() -> (Progress, Shown) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let shown = Shown { bar: bar.clone() };
    if !std::io::stderr().is_terminal() {
        return (Progress::default(), shown);
    }
    let mut visible = false;
    let progress = Progress::told_to(move |progress| {
        if progress.elapsed() < PATIENCE {
            return;
        }
        if !visible {
            visible = true;
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let known = progress.total() > 0;
        let template = if known { "{bar:20} {msg}" } else { "{spinner} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        if known {
            bar.set_length(progress.total().max(progress.read()));
            bar.set_position(progress.read());
        }
        let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
        bar.set_message(line(progress, width.saturating_sub(22)));
        bar.tick();
    });
    (progress, shown)
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `45 %  1.2 GiB of 2.6 GiB  610 MiB/s  3 s left  node1/atlassian-jira.log`, in `width` columns.
fn line(progress: &Progress, width: usize) -> String {
    let (read, total) = (progress.read(), progress.total());
    let seconds = progress.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rate = (read as f64 / seconds) as u64;
    let mut text = String::new();
    if total > 0 {
        let part = read.min(total);
        text.push_str(&format!("{:3} %  {} of {}", part * 100 / total, HumanBytes(part), HumanBytes(total)));
    } else {
        text.push_str(&HumanBytes(read).to_string());
    }
    text.push_str(&format!("  {}/s", HumanBytes(rate)));
    if total > read && rate > 0 {
        text.push_str(&format!("  {} s left", (total - read).div_ceil(rate)));
    }
    let room = width.saturating_sub(text.chars().count().max(if total > 0 { NUMBERS.min(width / 2) } else { 0 }) + 2);
    let name = visible(&progress.current());
    let name: Vec<char> = name.chars().collect();
    if room >= 8 {
        text.push_str("  ");
        if name.len() > room {
            text.push('…');
            text.extend(&name[name.len() + 1 - room..]);
        } else {
            text.extend(&name);
        }
    }
    text.chars().take(width).collect()
}

/// A name may hold anything; the terminal is not told of it.
fn visible(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
