//! The command `follow`: signals, output, alarms and metrics around the library's follow.

use std::{
    io::{self, IsTerminal, Write},
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use oauthsift::{
    Catalogue, Engine, Event, Filter, Follow, FollowCounts, FollowSummary, FollowedFinding, Notice, NoticeKind,
    RedactionLevel, Severity, StartPosition,
};
use serde::Serialize;
use signal_hook::{consts, flag};

use super::{
    ExitStatus,
    args::{FollowArgs, FollowFormat, FromChoice},
    commands::{check_filter, load, pseudonym_key},
    hook::ExecHook,
    metrics::Metrics,
    render::{
        TextStyle,
        live::{Live, StatusLine},
    },
    time_arg::TimeArg,
};

pub(super) fn follow(args: &FollowArgs) -> anyhow::Result<ExitStatus> {
    let catalogue = load(&args.patterns)?;
    let patterns = check_filter(&catalogue, &args.pattern)?;
    let engine = Engine::new(Arc::new(catalogue));
    let beginning = match (args.tail, args.from) {
        (Some(records), _) => StartPosition::Records(records),
        (None, FromChoice::Start) => StartPosition::Start,
        (None, FromChoice::End) => StartPosition::End,
    };
    let follow = Follow::new(&engine)
        .paths(&args.paths)
        .filter(Filter {
            since: args.since.map(TimeArg::start),
            until: args.until.map(TimeArg::end),
            patterns,
            severity: args.severity.map(Severity::from),
        })
        .redaction(if args.no_redact { RedactionLevel::Secrets } else { RedactionLevel::SecretsAndPeople })
        .pseudonym_key(args.pseudonym_key.as_deref().map(pseudonym_key).transpose()?)
        .from(beginning)
        .poll(Duration::from_millis(args.poll_ms))
        .quiet(Duration::from_millis(args.quiet_ms))
        .grace(Duration::from_millis(args.grace_ms))
        .state(args.state.clone());
    let signal = signals().context("cannot listen for signals")?;
    let end = args.lasting.map(|span| Instant::now() + span.0);
    let mut screen = Screen::new(args, engine.catalogue());
    let found = std::cell::Cell::new(false);
    let wants_more = |screen: &Screen<'_>| !(args.until_first && screen.shown > 0);
    let closing = follow.run(
        || {
            signal.load(Ordering::SeqCst) != 0
                || end.is_some_and(|end| Instant::now() >= end)
                || (args.until_first && found.get())
        },
        |event| {
            let flow = screen.show(event);
            found.set(screen.shown > 0);
            // What was read and not shown would be lost to the next run: with a state all is shown.
            if flow.is_continue() && !wants_more(&screen) && args.state.is_none() {
                return ControlFlow::Break(());
            }
            flow
        },
    )?;
    screen.close(&closing)?;
    let signal = signal.load(Ordering::SeqCst);
    if let Ok(signal @ 1..) = u8::try_from(signal) {
        return Ok(ExitStatus::Interrupted(signal));
    }
    if closing.counts.losses > 0 || closing.counts.troubled > 0 {
        return Ok(ExitStatus::Failed);
    }
    Ok(match args.fail_on.map(Severity::from) {
        Some(least) if screen.gravest.is_some_and(|gravest| gravest >= least) => ExitStatus::Found,
        _ => ExitStatus::Done,
    })
}

/// The signal that asked to stop, 0 before. A second one ends the process at once.
fn signals() -> io::Result<Arc<AtomicUsize>> {
    let asked = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    let all = [consts::SIGINT, consts::SIGTERM, consts::SIGHUP];
    #[cfg(not(unix))]
    let all = [consts::SIGINT, consts::SIGTERM];
    for signal in all {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
        flag::register_usize(signal, Arc::clone(&asked), usize::try_from(signal).unwrap_or(1))?;
    }
    Ok(asked)
}

/// Where everything is shown.
struct Screen<'a> {
    args: &'a FollowArgs,
    catalogue: &'a Catalogue,
    live: Live,
    pulse: StatusLine,
    status: Status,
    status_at: Option<Duration>,
    alarm: Option<ExecHook>,
    metrics: Option<Metrics>,
    metrics_failed: bool,
    shown: u64,
    gravest: Option<Severity>,
    failed: Option<io::Error>,
}

/// The line below everything on a terminal.
struct Status {
    wanted: bool,
    /// As it stands there; empty when nothing does.
    line: String,
}

impl Status {
    /// Writes over the line in one go, and only when it has changed: nothing flickers.
    fn draw(&mut self, line: String) {
        if line != self.line {
            let _ = io::stderr().write_all(format!("\r{line}\x1b[K").as_bytes());
            self.line = line;
        }
    }

    /// Takes the line away and gives it back, to be drawn again.
    fn clear(&mut self) -> String {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
        line
    }
}

/// The status line is drawn at most so often.
const REDRAW: Duration = Duration::from_millis(200);

impl<'a> Screen<'a> {
    fn new(args: &'a FollowArgs, catalogue: &'a Catalogue) -> Self {
        let terminal = io::stdout().is_terminal();
        // Between findings on a terminal; a pipe or a file never sees it.
        let wanted = args.format == FollowFormat::Live && terminal && io::stderr().is_terminal();
        let status = Status { wanted, line: String::new() };
        let several = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
        Self {
            args,
            catalogue,
            live: Live::new(TextStyle::of(args.color, terminal), several),
            pulse: StatusLine::default(),
            status,
            status_at: None,
            alarm: args.exec.as_deref().map(|command| ExecHook::new(command, args.exec_per_minute)),
            metrics: args.metrics.as_deref().map(Metrics::new),
            metrics_failed: false,
            shown: 0,
            gravest: None,
            failed: None,
        }
    }

    fn show(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let shown = match event {
            Event::Finding(followed) => self.finding(followed),
            Event::Notice(notice) => self.notice(notice),
            Event::Polled(counts) => {
                self.looked(counts);
                Ok(())
            }
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
        if let Some(alarm) = &mut self.alarm {
            alarm.offer(followed);
        }
        if let Some(metrics) = &mut self.metrics {
            metrics.count(followed);
        }
        self.gravest = self.gravest.max(Some(followed.finding.severity));
        let mut text = match self.args.format {
            FollowFormat::Live => self.live.finding(followed, self.catalogue),
            FollowFormat::Jsonl => json(followed)?,
        };
        if self.args.bell && followed.replaces.is_none() && io::stdout().is_terminal() {
            text.push('\x07');
        }
        self.shown += 1;
        if followed.replaces.is_none() {
            let now = self.pulse_now();
            self.pulse.finding(now);
        }
        self.print(&text)
    }

    fn pulse_now(&self) -> Duration {
        self.status_at.unwrap_or_default()
    }

    fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        if self.args.format == FollowFormat::Jsonl {
            return self.print(&json(notice)?);
        }
        let weight = match notice.kind {
            NoticeKind::Lost | NoticeKind::Unreadable | NoticeKind::StateNotSaved => "error",
            _ => "note",
        };
        self.tell(&format!("{weight}: {}: {}", notice.source, notice.message));
        Ok(())
    }

    fn looked(&mut self, counts: &FollowCounts) {
        if let Some(problem) = self.alarm.as_mut().and_then(|alarm| alarm.poll(Instant::now())) {
            self.tell(&format!("error: --exec: the command {problem}"));
        }
        if let Some(error) = self.metrics.as_mut().and_then(|metrics| metrics.keep(counts).err()) {
            self.metrics_trouble(&error);
        }
        if self.status_at.is_none_or(|at| counts.now.saturating_sub(at) >= REDRAW) {
            self.status_at = Some(counts.now);
            if self.status.wanted {
                let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
                self.status.draw(self.pulse.line(counts, width));
            }
        }
    }

    fn metrics_trouble(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.metrics_failed, true) {
            let place = self.args.metrics.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
            self.tell(&format!("error: {place}: the metrics cannot be written: {error}"));
        }
    }

    /// To standard output, at once.
    fn print(&mut self, text: &str) -> io::Result<()> {
        let line = self.status.clear();
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        self.status.draw(line);
        Ok(())
    }

    /// To standard error.
    fn tell(&mut self, text: &str) {
        let line = self.status.clear();
        let _ = writeln!(io::stderr(), "oauthsift: {text}");
        self.status.draw(line);
    }

    fn close(&mut self, closing: &FollowSummary) -> anyhow::Result<()> {
        self.status.clear();
        if let Some(error) = self.failed.take() {
            return Err(error).context("writing the findings");
        }
        if let Some(alarm) = &mut self.alarm {
            for problem in alarm.finish() {
                self.tell(&format!("error: --exec: the command {problem}"));
            }
        }
        if let Some(error) = self.metrics.as_mut().and_then(|metrics| metrics.write(&closing.counts).err()) {
            self.metrics_trouble(&error);
        }
        let text = match self.args.format {
            FollowFormat::Live => self.live.closing(closing),
            FollowFormat::Jsonl => json(&Last::of(closing))?,
        };
        self.print(&text).context("writing the summary")
    }
}

/// The last line of `--format jsonl`.
#[derive(Serialize)]
struct Last<'c> {
    summary: &'c oauthsift::report::Summary,
    diagnosis: &'c oauthsift::report::Diagnosis,
    incidents: &'c [oauthsift::Incident],
    bytes: u64,
    rotations: u64,
    truncations: u64,
    lost_bytes: u64,
}

impl<'c> Last<'c> {
    fn of(closing: &'c FollowSummary) -> Self {
        Self {
            summary: &closing.summary,
            diagnosis: &closing.diagnosis,
            incidents: &closing.incidents,
            bytes: closing.counts.bytes,
            rotations: closing.counts.rotations,
            truncations: closing.counts.truncations,
            lost_bytes: closing.counts.lost_bytes,
        }
    }
}

fn json(value: &impl Serialize) -> io::Result<String> {
    let mut text = serde_json::to_string(value)?;
    text.push('\n');
    Ok(text)
}
