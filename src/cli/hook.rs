//! The `--exec` hook: a command that runs for each new incident, with the finding as JSON on its
//! standard input.
//!
//! Following never waits for the command: its input is a temporary file without a name, and a running
//! command is only asked whether it has ended.

use std::{
    collections::{HashSet, VecDeque},
    fs::File,
    io::{self, Seek, Write},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use oauthsift::FollowedFinding;

/// A command that runs longer is killed.
const MAX_RUN_TIME: Duration = Duration::from_secs(60);
/// At the end of the run, waiting commands get this much time.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Incidents that wait for the command to end. Further ones are dropped and counted.
const MAX_WAITING: usize = 100;
/// Incidents that are remembered. Later ones do not run the command.
const MAX_KNOWN: usize = 10_000;

/// Runs a command for new incidents.
#[derive(Debug)]
pub(super) struct ExecHook {
    command: String,
    max_per_minute: usize,
    known: HashSet<[Option<String>; 6]>,
    /// Findings as JSON.
    waiting: VecDeque<Vec<u8>>,
    /// The running command, and when it was started.
    running: Option<(Child, Instant)>,
    /// Starts within the last minute.
    starts: VecDeque<Instant>,
    dropped: u64,
}

impl ExecHook {
    pub(super) fn new(command: &str, max_per_minute: u32) -> Self {
        Self {
            command: command.to_owned(),
            max_per_minute: usize::try_from(max_per_minute).unwrap_or(1),
            known: HashSet::new(),
            waiting: VecDeque::new(),
            running: None,
            starts: VecDeque::new(),
            dropped: 0,
        }
    }

    /// Takes a finding. If its incident is new, the command will run for it.
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

    /// Checks the running command, or starts the next one. Returns what went wrong, to follow `the command`.
    pub(super) fn poll(&mut self, now: Instant) -> Option<String> {
        if let Some((child, started)) = &mut self.running {
            match child.try_wait() {
                Ok(None) if now.saturating_duration_since(*started) > MAX_RUN_TIME => {
                    let _ = child.kill();
                    let _ = child.wait();
                    self.running = None;
                    return Some(format!("ran longer than {} seconds and was killed", MAX_RUN_TIME.as_secs()));
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
                    return Some(format!("cannot be checked: {error}"));
                }
            }
        }
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            return Some(format!("was not run for {dropped} incidents: too many at once"));
        }
        while self.starts.front().is_some_and(|at| now.saturating_duration_since(*at) > Duration::from_secs(60)) {
            self.starts.pop_front();
        }
        if self.starts.len() >= self.max_per_minute {
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

    /// Ends the run: gives waiting commands some time. Returns what went wrong.
    pub(super) fn finish(&mut self) -> Vec<String> {
        let (start, mut problems) = (Instant::now(), Vec::new());
        while (self.running.is_some() || !self.waiting.is_empty()) && start.elapsed() < SHUTDOWN_GRACE {
            problems.extend(self.poll(Instant::now()));
            if self.running.is_none() && self.starts.len() >= self.max_per_minute {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if !self.waiting.is_empty() {
            problems.push(format!("was not run for the last {} incidents: the run has ended", self.waiting.len()));
        }
        if self.running.is_some() {
            problems.push("is still running".to_owned());
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
            // Standard output is for findings.
            .stdout(Stdio::from(io::stderr()))
            .spawn()
    }
}
