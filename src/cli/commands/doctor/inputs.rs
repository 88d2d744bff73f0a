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
    doctor::{readers::SettingsReader, settings::Settings},
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
            let is_zip = path.is_file() && is_zip(path)?;
            let has_log_name = path.file_name().is_some_and(|name| oauthsift::is_log_name(&name.to_string_lossy()))
                || path.extension().is_some_and(|extension| extension == "log");
            if path.is_dir() || has_log_name && !is_zip {
                logs.push(path.clone());
                continue;
            }
            let name = path.display().to_string();
            let result = if path.as_os_str() == "-" {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .lock()
                    .take(MAX_STDIN_BYTES)
                    .read_to_end(&mut bytes)
                    .context("cannot read standard input")?;
                reader.read(&name, Cursor::new(bytes))
            } else {
                let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
                if is_zip {
                    logs.push(path.clone());
                }
                reader.read(&name, file)
            };
            if let Err(error) = result {
                // A zip may hold logs only.
                if logs.last() != Some(path) {
                    problems.push(error.to_string());
                }
            }
        }
        let settings = reader.finish();
        // An XML backup holds no logs.
        let is_backup = |path: &Path| {
            settings.sources.iter().any(|source| source.format == "XML backup" && Path::new(&source.name) == path)
        };
        logs.retain(|path| !is_backup(path));
        Ok(Self { settings, logs, problems })
    }
}

fn is_zip(path: &Path) -> anyhow::Result<bool> {
    let mut head = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.take(4).read_to_end(&mut head).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(head == b"PK\x03\x04")
}

/// Scans logs with the built-in catalogue.
pub(in crate::cli) fn scan_logs(inputs: &Inputs, quiet: bool) -> anyhow::Result<Report> {
    let engine = Engine::new(Arc::new(load(&[])?));
    let report = Scan::new(&engine).paths(&inputs.logs).summarize();
    // A support zip with settings need not hold logs.
    let has_settings = |name: &str| inputs.settings.sources.iter().any(|source| source.name == name);
    let faults: Vec<Fault> = report.faults.iter().filter(|fault| !has_settings(&fault.source)).cloned().collect();
    report_faults(&faults, quiet);
    Ok(report)
}
