//! Alarms: a command is run for each new incident, with the finding as JSON on its standard input.
//!
//! Nothing here waits: the finding lies in a file that has no name, which the command reads as its
//! input, and a command that runs is only asked whether it is done.

use std::{
    collections::{HashSet, VecDeque},
    fs::File,
    io::{self, Seek, Write},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use oauthsift::FollowedFinding;

/// A command may run so long.
const MAX_RUN_TIME: Duration = Duration::from_secs(60);
/// At the end of a run, what is still to be told may take so long.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// So many incidents wait at most.
const MAX_WAITING: usize = 100;
/// So many incidents are remembered.
const MAX_KNOWN: usize = 10_000;

/// Runs a command for new incidents.
#[derive(Debug)]
pub(super) struct ExecHook {
    command: String,
    a_minute: usize,
    known: HashSet<[Option<String>; 6]>,
    waiting: VecDeque<Vec<u8>>,
    running: Option<(Child, Instant)>,
    starts: VecDeque<Instant>,
    dropped: u64,
}

impl ExecHook {
    pub(super) fn new(command: &str, a_minute: u32) -> Self {
        Self {
            command: command.to_owned(),
            a_minute: usize::try_from(a_minute).unwrap_or(1),
            known: HashSet::new(),
            waiting: VecDeque::new(),
            running: None,
            starts: VecDeque::new(),
            dropped: 0,
        }
    }

    /// A finding: its incident may be new.
    pub(super) fn offer(&mut self, followed: &FollowedFinding) {
        let finding = &followed.finding;
        let incident = [
            Some(finding.pattern.clone()),
            finding.code.map(|code| code.to_string()),
            finding.app_id.clone(),
            finding.tenant.clone(),
            finding.mailbox.clone(),
            finding.mail_server.clone(),
        ];
        if self.known.len() >= MAX_KNOWN || !self.known.insert(incident) {
            return;
        }
        let Ok(mut json) = serde_json::to_vec(followed) else { return };
        json.push(b'\n');
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push_back(json);
        } else {
            self.dropped += 1;
        }
    }

    /// Sees to the command that runs, and starts the next. What went wrong comes back in words.
    pub(super) fn poll(&mut self, now: Instant) -> Option<String> {
        if let Some((child, since)) = &mut self.running {
            match child.try_wait() {
                Ok(None) if now.saturating_duration_since(*since) > MAX_RUN_TIME => {
                    let _ = child.kill();
                    let _ = child.wait();
                    self.running = None;
                    return Some(format!("ran longer than {} seconds and was ended", MAX_RUN_TIME.as_secs()));
                }
                Ok(None) => return None,
                Ok(Some(status)) => {
                    self.running = None;
                    if !status.success() {
                        return Some(format!("failed: {status}"));
                    }
                }
                Err(error) => {
                    self.running = None;
                    return Some(format!("cannot be waited for: {error}"));
                }
            }
        }
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            return Some(format!("too many incidents at once: it was not run for {dropped}"));
        }
        while self.starts.front().is_some_and(|at| now.saturating_duration_since(*at) > Duration::from_secs(60)) {
            self.starts.pop_front();
        }
        if self.starts.len() >= self.a_minute {
            return None;
        }
        let json = self.waiting.pop_front()?;
        self.starts.push_back(now);
        match self.start(&json) {
            Ok(child) => {
                self.running = Some((child, now));
                None
            }
            Err(error) => Some(format!("cannot be started: {error}")),
        }
    }

    /// The end: gives the last alarms a little time.
    pub(super) fn finish(&mut self) -> Vec<String> {
        let (start, mut problems) = (Instant::now(), Vec::new());
        while (self.running.is_some() || !self.waiting.is_empty()) && start.elapsed() < SHUTDOWN_GRACE {
            problems.extend(self.poll(Instant::now()));
            if self.running.is_none() && self.starts.len() >= self.a_minute {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if !self.waiting.is_empty() {
            problems.push(format!("was not run any more for the last incidents, {} of them", self.waiting.len()));
        }
        if self.running.is_some() {
            problems.push("still runs; it is not waited for".to_owned());
        }
        problems
    }

    fn start(&self, json: &[u8]) -> io::Result<Child> {
        let mut file: File = tempfile::tempfile()?;
        file.write_all(json)?;
        file.rewind()?;
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        Command::new(shell)
            .arg(flag)
            .arg(&self.command)
            .stdin(Stdio::from(file))
            // Standard output is ours: findings stand there.
            .stdout(Stdio::from(io::stderr()))
            .spawn()
    }
}
