//! What was given: settings and logs, distinguished by their content.

use std::{
    fs::File,
    io::{Cursor, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use oauthsift::{
    Engine, Fault, Report, Scan,
    doctor::{InputKind, WrittenDoctorReport, is_backup, readers::SettingsReader, settings::Settings},
};

use crate::cli::common::{load, report_faults};

/// Standard input is held in memory up to this size.
const MAX_STDIN_BYTES: u64 = 64 << 20;

/// Settings and logs.
#[derive(Debug)]
pub(in crate::cli) struct Inputs {
    pub(in crate::cli) settings: Settings,
    /// Paths that hold logs, or may.
    pub(in crate::cli) logs: Vec<PathBuf>,
    /// Files of settings that could not be read.
    pub(in crate::cli) problems: Vec<String>,
}

impl Inputs {
    /// Reads the settings among the paths. What has the name of a log, or is a folder, is a log; a support zip is both.
    pub(in crate::cli) fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut reader = SettingsReader::new();
        let (mut logs, mut problems) = (Vec::new(), Vec::new());
        for path in paths {
            let name = path.display().to_string();
            let head = head(path)?;
            let kind = InputKind::of(&name, &head);
            if path.is_dir() || kind == InputKind::Log {
                logs.push(path.clone());
                continue;
            }
            if kind == InputKind::Settings && is_own_output(path, &head)? {
                problems.push(no_settings(&name));
                continue;
            }
            let result = if path.as_os_str() == "-" {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .lock()
                    .take(MAX_STDIN_BYTES)
                    .read_to_end(&mut bytes)
                    .context("cannot read standard input")?;
                if WrittenDoctorReport::is_start(&bytes) {
                    problems.push(no_settings(&name));
                    continue;
                }
                reader.read(&name, Cursor::new(bytes))
            } else {
                let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
                if kind == InputKind::Either {
                    logs.push(path.clone());
                }
                reader.read(&name, file)
            };
            if let Err(error) = result {
                // It may hold logs only.
                if logs.last() != Some(path) {
                    problems.push(error.to_string());
                }
            }
        }
        let settings = reader.finish();
        logs.retain(|path| !is_backup(&settings, &path.display().to_string()));
        Ok(Self { settings, logs, problems })
    }
}

/// The first bytes of a file; none of a folder, a pipe or standard input.
fn head(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut head = Vec::new();
    if path.is_file() {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        file.take(InputKind::HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(head)
}

/// Whether a file that starts with these bytes is a JSON report of this program: by its start, or whatever the order of its
/// keys if it is one of the doctor.
fn is_own_output(path: &Path, head: &[u8]) -> anyhow::Result<bool> {
    if WrittenDoctorReport::is_start(head) {
        return Ok(true);
    }
    if !head.trim_ascii_start().starts_with(b"{") {
        return Ok(false);
    }
    let report = File::open(path).and_then(WrittenDoctorReport::read);
    Ok(report.with_context(|| format!("cannot read {}", path.display()))?.is_ok())
}

/// What is said of such a file.
fn no_settings(name: &str) -> String {
    format!(
        "{name}: was written by oauthsift and holds no settings: give the settings themselves; \
         a ticket takes the JSON report of the doctor with `oauthsift ticket --doctor`"
    )
}

/// Scans logs with the built-in catalogue.
pub(in crate::cli) fn scan_logs(inputs: &Inputs, quiet: bool) -> anyhow::Result<Report> {
    let engine = Engine::new(Arc::new(load(&[])?));
    let report = Scan::new(&engine).paths(&inputs.logs).summarize();
    // What holds settings need not hold logs.
    let has_settings = |name: &str| inputs.settings.sources.iter().any(|source| source.name == name);
    let faults: Vec<Fault> = report.faults.iter().filter(|fault| !has_settings(&fault.source)).cloned().collect();
    report_faults(&faults, quiet);
    Ok(report)
}
