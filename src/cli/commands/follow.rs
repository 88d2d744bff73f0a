//! `follow`: signals, output, hook and metrics around the library's follow.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Write},
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use oauthsift::{
    Catalogue, Engine, Event, Follow, FollowCounts, FollowSummary, FollowedFinding, Incident, Notice, NoticeKind, Scan,
    Severity, StartPosition, render,
    report::{Diagnosis, Summary},
};
use serde::Serialize;
use signal_hook::{consts, flag};

use crate::cli::{
    ExitStatus,
    append_file::AppendFile,
    args::{FollowArgs, FollowFormat, FromChoice},
    cleanup::ignore_file_size_limit,
    common::load,
    hook::ExecHook,
    live::{Live, StatusLine},
    metrics::Metrics,
    output::{is_same_file, refuse_input, refuse_stream},
    terminal,
};

pub(super) fn follow(args: &FollowArgs) -> anyhow::Result<ExitStatus> {
    let catalogue = load(&args.patterns)?;
    let filter = args.filter.filter(&catalogue)?;
    let engine = Engine::new(Arc::new(catalogue));
    let files = Scan::new(&engine).paths(&args.paths).files();
    let outputs: Vec<&PathBuf> = [&args.state, &args.metrics, &args.output].into_iter().flatten().collect();
    for (i, output) in outputs.iter().enumerate() {
        refuse_input(output, &args.paths, &files)?;
        if outputs[..i].iter().any(|other| is_same_file(other, output)) {
            bail!("{} cannot serve two of --state, --metrics and --output", output.display());
        }
    }
    if let Some(metrics) = &args.metrics {
        refuse_stream(metrics)?;
    }
    ignore_file_size_limit()?;
    let start = match (args.tail, args.from) {
        (Some(records), _) => StartPosition::Records(records),
        (None, FromChoice::Start) => StartPosition::Start,
        (None, FromChoice::End) => StartPosition::End,
    };
    let follow = Follow::new(&engine)
        .paths(&args.paths)
        .filter(filter)
        .redaction(args.redaction.level())
        .pseudonym_key(args.redaction.key()?)
        .from(start)
        .poll(Duration::from_millis(args.poll_ms))
        .quiet(Duration::from_millis(args.quiet_ms))
        .grace(Duration::from_millis(args.grace_ms))
        .state(args.state.clone());
    let is_terminal = io::stdout().is_terminal() || io::stderr().is_terminal();
    let signals = Signals::handle(args.output.is_some() && !is_terminal).context("cannot handle signals")?;
    let output = args.output.as_deref().map(|path| AppendFile::open(path, Arc::clone(&signals.reopen))).transpose()?;
    let metrics = args.metrics.as_deref().map(Metrics::create).transpose()?;
    let end = args.run_for.map(|duration| Instant::now() + duration.0);
    let mut screen = Screen::new(args, engine.catalogue(), output, metrics);
    let shown_any = Cell::new(false);
    let summary = follow.run(
        || {
            signals.received() != 0
                || end.is_some_and(|end| Instant::now() >= end)
                || (args.until_first && shown_any.get())
        },
        |event| {
            let flow = screen.show(event);
            shown_any.set(screen.shown > 0);
            // With a state file, everything that was read must be shown: the next run starts after it.
            let enough = args.until_first && screen.shown > 0 && args.state.is_none();
            if enough { ControlFlow::Break(()) } else { flow }
        },
    )?;
    screen.finish(&summary)?;
    if let Ok(signal @ 1..) = u8::try_from(signals.received()) {
        return Ok(ExitStatus::Interrupted(signal));
    }
    if summary.counts.losses > 0 || summary.counts.troubled > 0 {
        return Ok(ExitStatus::Failed);
    }
    Ok(match args.fail_on.map(Severity::from) {
        Some(minimum) if screen.most_severe.is_some_and(|severity| severity >= minimum) => ExitStatus::Found,
        _ => ExitStatus::Done,
    })
}

/// The signals that came.
struct Signals {
    /// The one that ends the run; 0 before.
    last: Arc<AtomicUsize>,
    /// Set when the output is to be opened again.
    reopen: Arc<AtomicBool>,
}

impl Signals {
    /// Handles signals: the first one that ends the run is stored, a second one ends the process immediately. SIGHUP ends
    /// the run, or opens the output again if `reopens`.
    fn handle(reopens: bool) -> io::Result<Self> {
        let signals = Self { last: Arc::default(), reopen: Arc::default() };
        let again = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        let hangup = if reopens {
            flag::register(consts::SIGHUP, Arc::clone(&signals.reopen))?;
            None
        } else {
            Some(consts::SIGHUP)
        };
        // Other systems have no such signal.
        #[cfg(not(unix))]
        let (hangup, _) = (None, reopens);
        for signal in [consts::SIGINT, consts::SIGTERM].into_iter().chain(hangup) {
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
            flag::register_usize(signal, Arc::clone(&signals.last), usize::try_from(signal).unwrap_or(1))?;
        }
        Ok(signals)
    }

    fn received(&self) -> usize {
        self.last.load(Ordering::SeqCst)
    }
}

/// The output, the status line, and everything else that findings go to.
struct Screen<'a> {
    args: &'a FollowArgs,
    catalogue: &'a Catalogue,
    format: FollowFormat,
    /// Without one, findings go to standard output.
    output: Option<AppendFile>,
    live: Live,
    status_line: StatusLine,
    status: Status,
    /// When the status line was last drawn, on the clock of the run.
    drawn_at: Option<Duration>,
    hook: Option<ExecHook>,
    metrics: Option<Metrics>,
    metrics_reported: bool,
    /// Findings shown.
    shown: u64,
    most_severe: Option<Severity>,
    /// Why the output could not be written.
    failed: Option<io::Error>,
}

/// The last line on a terminal.
struct Status {
    enabled: bool,
    /// Its current text; empty when it is not shown.
    line: String,
}

impl Status {
    /// Overwrites the line at once, and only when it has changed, so that it does not flicker.
    fn draw(&mut self, line: String) {
        if line != self.line {
            let _ = io::stderr().write_all(format!("\r{line}\x1b[K").as_bytes());
            self.line = line;
        }
    }

    /// Removes the line and returns it, to be drawn again.
    fn clear(&mut self) -> String {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
        line
    }
}

/// Time between two updates of the status line.
const REDRAW_INTERVAL: Duration = Duration::from_millis(200);

impl<'a> Screen<'a> {
    fn new(
        args: &'a FollowArgs,
        catalogue: &'a Catalogue,
        output: Option<AppendFile>,
        metrics: Option<Metrics>,
    ) -> Self {
        let format = args.format();
        let is_terminal = output.is_none() && io::stdout().is_terminal();
        // Only for people at a terminal.
        let enabled = format == FollowFormat::Live && is_terminal && io::stderr().is_terminal();
        let status = Status { enabled, line: String::new() };
        let several_logs = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
        Self {
            args,
            catalogue,
            format,
            output,
            live: Live::new(terminal::style(args.color, is_terminal), several_logs),
            status_line: StatusLine::default(),
            status,
            drawn_at: None,
            hook: args.exec.as_deref().map(|command| ExecHook::new(command, args.exec_per_minute)),
            metrics,
            metrics_reported: false,
            shown: 0,
            most_severe: None,
            failed: None,
        }
    }

    fn show(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let shown = match event {
            Event::Finding(followed) => self.finding(followed),
            Event::Notice(notice) => self.notice(notice),
            Event::Polled(counts) => {
                self.polled(counts);
                self.output.as_mut().map_or(Ok(()), AppendFile::reopen_if_asked)
            }
            Event::Saving => self.output.as_mut().map_or(Ok(()), AppendFile::sync),
            _ => Ok(()),
        };
        match shown {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn finding(&mut self, followed: &FollowedFinding) -> io::Result<()> {
        if let Some(hook) = &mut self.hook {
            hook.offer(followed);
        }
        if let Some(metrics) = &mut self.metrics {
            metrics.count(followed);
        }
        self.most_severe = self.most_severe.max(Some(followed.finding.severity));
        let mut text = match self.format {
            FollowFormat::Live => self.live.finding(followed, self.catalogue),
            FollowFormat::Jsonl => line("finding", followed)?,
        };
        if self.args.bell && followed.replaces.is_none() && io::stdout().is_terminal() {
            text.push('\x07');
        }
        self.shown += 1;
        if followed.replaces.is_none() {
            self.status_line.finding(self.drawn_at.unwrap_or_default());
        }
        self.print(&text)
    }

    fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        if self.format == FollowFormat::Jsonl {
            self.print(&line("notice", notice)?)?;
            if self.output.is_none() {
                return Ok(());
            }
        }
        let kind = match notice.kind {
            NoticeKind::Lost | NoticeKind::Unreadable | NoticeKind::StateNotSaved => "error",
            _ => "note",
        };
        self.print_note(&format!("{kind}: {}: {}", notice.source, notice.message));
        Ok(())
    }

    fn polled(&mut self, counts: &FollowCounts) {
        if let Some(problem) = self.hook.as_mut().and_then(|hook| hook.poll(Instant::now())) {
            self.print_note(&format!("error: --exec: the command {problem}"));
        }
        if let Some(error) = self.metrics.as_mut().and_then(|metrics| metrics.update(counts).err()) {
            self.metrics_failed(&error);
        }
        if self.drawn_at.is_none_or(|at| counts.now.saturating_sub(at) >= REDRAW_INTERVAL) {
            self.drawn_at = Some(counts.now);
            if self.status.enabled {
                self.status.draw(self.status_line.line(counts, terminal::stderr_width()));
            }
        }
    }

    fn metrics_failed(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.metrics_reported, true) {
            self.print_note(&format!("error: --metrics: {error}"));
        }
    }

    /// Writes to the output, without delay.
    fn print(&mut self, text: &str) -> io::Result<()> {
        if let Some(output) = &mut self.output {
            return output.write(text);
        }
        let line = self.status.clear();
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        self.status.draw(line);
        Ok(())
    }

    /// Prints a line to standard error.
    fn print_note(&mut self, text: &str) {
        let line = self.status.clear();
        terminal::message(text);
        self.status.draw(line);
    }

    fn finish(&mut self, summary: &FollowSummary) -> anyhow::Result<()> {
        self.status.clear();
        if let Some(error) = self.failed.take() {
            return Err(error).context("cannot write the findings");
        }
        if let Some(hook) = &mut self.hook {
            for problem in hook.finish() {
                self.print_note(&format!("error: --exec: the command {problem}"));
            }
        }
        if let Some(error) = self.metrics.as_mut().and_then(|metrics| metrics.write(&summary.counts).err()) {
            self.metrics_failed(&error);
        }
        let text = match self.format {
            FollowFormat::Live => self.live.summary(summary),
            FollowFormat::Jsonl => line("summary", &SummaryLine::new(summary))?,
        };
        self.print(&text).context("cannot write the summary")
    }
}

/// The last line of `--format jsonl`.
#[derive(Serialize)]
struct SummaryLine<'s> {
    summary: &'s Summary,
    diagnosis: &'s Diagnosis,
    incidents: &'s [Incident],
    bytes: u64,
    rotations: u64,
    truncations: u64,
    lost_bytes: u64,
}

impl<'s> SummaryLine<'s> {
    fn new(summary: &'s FollowSummary) -> Self {
        Self {
            summary: &summary.summary,
            diagnosis: &summary.diagnosis,
            incidents: &summary.incidents,
            bytes: summary.counts.bytes,
            rotations: summary.counts.rotations,
            truncations: summary.counts.truncations,
            lost_bytes: summary.counts.lost_bytes,
        }
    }
}

/// A line of JSON.
fn line(kind: &str, value: &impl Serialize) -> io::Result<String> {
    let mut line = Vec::new();
    render::json_line(&mut line, kind, value)?;
    String::from_utf8(line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
