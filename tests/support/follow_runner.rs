//! Runs `oauthsift follow` on a log in a temporary folder and collects its output.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long to wait for any event before a test fails.
const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) fn trace(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// A failure of four lines; `n` is part of its ids.
pub(crate) fn rec(n: u64) -> String {
    format!(
        "2026-01-05 20:34:{:02},{:03}+0000 http-nio-8080-exec-3 ERROR admin 1x{n}x1 abc12 /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.\n    Trace ID: {}\n    Correlation ID: 00000000-0000-4000-9000-{n:012}\n    Timestamp: 2026-01-05 20:33:57Z\n",
        n / 1000 % 60,
        n % 1000,
        trace(n),
    )
}

pub(crate) fn recs(from: u64, to: u64) -> String {
    (from..=to).map(rec).collect()
}

/// A record that is not a failure.
pub(crate) const INFO: &str = "2026-01-05 20:34:59,000+0000 main INFO      [c.a.j.X] nothing to see\n";

/// A temporary folder with a log.
pub(crate) struct LogFolder {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) log: PathBuf,
}

impl LogFolder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("jira.log");
        Self { folder, log }
    }

    pub(crate) fn with(text: &str) -> Self {
        let folder = Self::new();
        fs::write(&folder.log, text).expect("written");
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn append(&self, text: impl AsRef<[u8]>) {
        append(&self.log, text);
    }

    /// Renames `jira.log.1` to `.2`, `jira.log` to `.1`, and so on.
    pub(crate) fn rotate(&self) {
        for i in (1..9).rev() {
            let from = self.path(&format!("jira.log.{i}"));
            if from.exists() {
                fs::rename(from, self.path(&format!("jira.log.{}", i + 1))).expect("renamed");
            }
        }
        fs::rename(&self.log, self.path("jira.log.1")).expect("renamed");
    }

    pub(crate) fn truncate(&self) {
        OpenOptions::new().write(true).open(&self.log).expect("the log").set_len(0).expect("cut");
    }

    /// Follows the log with short intervals.
    pub(crate) fn follow(&self, options: &[&str]) -> Follow {
        self.follow_paths(options, &[&self.log])
    }

    pub(crate) fn follow_paths(&self, options: &[&str], paths: &[&Path]) -> Follow {
        Follow::start(self.command(options).args(paths), &self.path("ready.prom"))
    }

    pub(crate) fn command(&self, options: &[&str]) -> Command {
        let ready = self.path("ready.prom");
        let _ = fs::remove_file(&ready);
        let mut command = Command::new(env!("CARGO_BIN_EXE_oauthsift"));
        command.args(["follow", "--format", "jsonl", "--metrics"]).arg(&ready);
        for (name, value) in [("--poll-ms", "20"), ("--quiet-ms", "200"), ("--grace-ms", "1500")] {
            if !options.contains(&name) {
                command.args([name, value]);
            }
        }
        command.args(options);
        command
    }
}

pub(crate) fn append(path: &Path, text: impl AsRef<[u8]>) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("a log");
    file.write_all(text.as_ref()).expect("written");
}

pub(crate) fn pause(ms: u64) {
    thread::sleep(Duration::from_millis(ms));
}

/// A running `oauthsift follow`.
pub(crate) struct Follow {
    child: Child,
    lines: Arc<Mutex<Vec<(Instant, Value)>>>,
    errors: Arc<Mutex<String>>,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Follow {
    pub(crate) fn start(command: &mut Command, ready: &Path) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let (lines, errors) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(String::new())));
        let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let readers = vec![
            thread::spawn({
                let lines = Arc::clone(&lines);
                move || {
                    for line in BufReader::new(out).lines().map_while(Result::ok) {
                        let value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
                        lines.lock().expect("whole").push((Instant::now(), value));
                    }
                }
            }),
            thread::spawn({
                let errors = Arc::clone(&errors);
                move || {
                    for line in BufReader::new(err).lines().map_while(Result::ok) {
                        errors.lock().expect("whole").push_str(&format!("{line}\n"));
                    }
                }
            }),
        ];
        let mut follow = Self { child, lines, errors, readers };
        let start = Instant::now();
        while !ready.exists() && follow.is_alive() && start.elapsed() < TIMEOUT {
            pause(5);
        }
        follow
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.lines.lock().expect("whole").iter().map(|(_, value)| value.clone()).collect()
    }

    pub(crate) fn findings(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line.get("pattern").is_some()).collect()
    }

    /// The numbers of the records found, in the order in which they were reported.
    pub(crate) fn found(&self) -> Vec<u64> {
        self.findings().iter().map(number).collect()
    }

    /// When record `n` was reported.
    pub(crate) fn found_at(&self, n: u64) -> Option<Instant> {
        let lines = self.lines.lock().expect("whole");
        lines.iter().find(|(_, line)| line.get("pattern").is_some() && number(line) == n).map(|(at, _)| *at)
    }

    pub(crate) fn notices(&self, kind: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["notice"] == kind).collect()
    }

    pub(crate) fn errors(&self) -> String {
        self.errors.lock().expect("whole").clone()
    }

    pub(crate) fn wait_until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(self.is_alive(), "stopped before: {what}\n{}", self.transcript());
            assert!(start.elapsed() < TIMEOUT, "never: {what}\n{}", self.transcript());
            pause(5);
        }
    }

    /// Waits for exactly these records, and then briefly for any that should not be reported.
    pub(crate) fn expect(&mut self, numbers: &[u64]) {
        self.wait_until(&format!("{numbers:?}"), |follow| follow.found().len() >= numbers.len());
        pause(60);
        assert_eq!(self.found(), numbers, "{}", self.transcript());
    }

    fn transcript(&self) -> String {
        let lines: Vec<String> = self
            .lines()
            .iter()
            .map(
                |line| if line.get("pattern").is_some() { format!("found {}", number(line)) } else { line.to_string() },
            )
            .collect();
        format!("{}\n{}", lines.join("\n"), self.errors())
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.pid())]).status().expect("a shell");
        assert!(sent.success());
    }

    /// How many files it has open.
    pub(crate) fn open_files(&self) -> Option<usize> {
        Some(fs::read_dir(format!("/proc/{}/fd", self.pid())).ok()?.count())
    }

    /// Sends SIGTERM. The program must still be running, stop with its summary, and have reported nothing twice.
    pub(crate) fn stop(mut self) -> Vec<Value> {
        assert!(self.is_alive(), "died\n{}", self.transcript());
        self.signal("TERM");
        let status = self.wait();
        assert_eq!(status.code(), Some(143), "{}", self.transcript());
        let lines = self.lines();
        assert!(lines.last().is_some_and(|last| last.get("summary").is_some()), "{}", self.transcript());
        let mut ids: Vec<String> = self
            .findings()
            .iter()
            .filter(|finding| finding["replaces"].is_null())
            .map(|finding| finding["id"].to_string())
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "reported twice\n{}", self.transcript());
        lines
    }

    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().expect("killed");
        self.wait();
        self.lines()
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        while self.is_alive() {
            assert!(start.elapsed() < TIMEOUT, "does not stop\n{}", self.transcript());
            pause(5);
        }
        self.readers.drain(..).for_each(|reader| reader.join().expect("read"));
        self.child.wait().expect("ended")
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number of a reported record; 0 if its trace id is not one of [`trace`].
pub(crate) fn number(finding: &Value) -> u64 {
    finding["trace_id"].as_str().and_then(|id| id.strip_prefix("00000000-0000-4000-8000-")?.parse().ok()).unwrap_or(0)
}

/// A writer that keeps the file open across renames.
pub(crate) fn writer(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a log")
}
