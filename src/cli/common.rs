//! What several commands do: load the catalogue, find the log, report faults, choose the exit status.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use oauthsift::{
    Catalogue, Fault, LeftOut, PseudonymKey, Report, Severity,
    render::format::{count, size},
    report::InputSummary,
};

use super::{ExitStatus, terminal};

/// Where Jira keeps its log on Linux.
const USUAL_LOG_FOLDER: &str = "/var/atlassian/application-data/jira/log";

/// The built-in catalogue with the pattern files of these folders.
pub(crate) fn load(folders: &[PathBuf]) -> anyhow::Result<Catalogue> {
    let mut catalogue = Catalogue::builtin();
    for folder in folders {
        catalogue.add_folder(folder)?;
    }
    for id in catalogue.replaced() {
        terminal::message(format_args!("note: your entry `{id}` replaces the built-in one"));
    }
    Ok(catalogue)
}

/// The ids of patterns to filter by. Refuses ids that are not in the catalogue.
pub(crate) fn catalogue_ids(catalogue: &Catalogue, ids: &[String]) -> anyhow::Result<Vec<String>> {
    let id_of = |id: &String| match catalogue.get(id) {
        Some(pattern) => Ok(pattern.id.clone()),
        None => bail!("unknown pattern `{id}`{}", did_you_mean(&catalogue.nearest(id))),
    };
    ids.iter().map(id_of).collect()
}

/// The end of a sentence about an unknown name.
pub(crate) fn did_you_mean(nearest: &[&str]) -> String {
    match nearest {
        [] => "; see `oauthsift patterns list`".to_owned(),
        nearest => format!("; did you mean {}?", nearest.join(", ")),
    }
}

/// Reads a key file. Its bytes are never shown.
pub(crate) fn pseudonym_key(path: &Path) -> anyhow::Result<PseudonymKey> {
    let bytes = fs::read(path).with_context(|| {
        format!("cannot read the key file {}; create one with `openssl rand -hex 32 > FILE`", path.display())
    })?;
    PseudonymKey::new(&bytes).with_context(|| format!("cannot use the key file {}", path.display()))
}

/// The folder where Jira keeps its log, for a command without a path. Prints which one is read.
///
/// # Errors
/// A message with the usage, when there is no such folder.
pub(crate) fn log_folder(command: &str, quiet: bool) -> anyhow::Result<PathBuf> {
    let home = env::var_os("JIRA_HOME").map(|home| PathBuf::from(home).join("log"));
    let Some(folder) = home.into_iter().chain([PathBuf::from(USUAL_LOG_FOLDER)]).find(|folder| folder.is_dir()) else {
        bail!(
            "no log given, and none found in $JIRA_HOME/log or {USUAL_LOG_FOLDER}\n\n\
             Usage: oauthsift {command} [OPTIONS] [PATH]...\n\nFor more information, try 'oauthsift {command} --help'."
        );
    };
    if !quiet {
        terminal::message(format_args!("no path given, reading {}", folder.display()));
    }
    Ok(folder)
}

/// Prints which inputs were not read because they duplicate another one.
pub(crate) fn report_duplicates(inputs: &[InputSummary]) {
    for input in inputs {
        if let Some(other) = &input.duplicate_of {
            terminal::message(format_args!("note: {} is identical to {other}: read once", input.source));
        }
    }
}

/// Prints what was read, and what was left out.
pub(crate) fn report_inputs(inputs: &[InputSummary], left_out: &LeftOut) {
    for input in inputs.iter().filter(|input| input.duplicate_of.is_none()) {
        let times = match (&input.first_timestamp, &input.last_timestamp) {
            (Some(first), Some(last)) => format!(", {first} to {last}"),
            _ => ", no times".to_owned(),
        };
        let node = input.node.as_ref().map_or_else(String::new, |node| format!(", node {node}"));
        let lines = count(input.lines, "line");
        terminal::message(format_args!(
            "read {}: {}, {}, {lines}{node}{times}",
            input.source,
            input.kind,
            size(input.bytes)
        ));
    }
    for name in &left_out.names {
        terminal::message(format_args!("left out {name}: not the name of a Jira log; name the file itself to read it"));
    }
    let more = left_out.count.saturating_sub(left_out.names.len() as u64);
    if more > 0 {
        terminal::message(format_args!("left out {} more", count(more, "file")));
    }
}

/// Prints faults; quietly, only those because of which something was not read.
pub(crate) fn report_faults(faults: &[Fault], quiet: bool) {
    for fault in faults.iter().filter(|fault| !quiet || fault.kind.is_failure()) {
        let place = fault.offset.map_or(String::new(), |offset| format!(": byte {offset}"));
        let kind = if fault.kind.is_failure() { "error" } else { "note" };
        terminal::message(format_args!("{kind}: {}{place}: {}", fault.source, fault.message));
    }
}

/// The exit status of a command that has made this report.
pub(crate) fn exit_status(report: &Report, fail_on: Option<Severity>) -> ExitStatus {
    if report.faults.iter().any(|fault| fault.kind.is_failure()) {
        return ExitStatus::Failed;
    }
    match fail_on {
        Some(minimum) if report.incidents.iter().any(|incident| incident.severity >= minimum) => ExitStatus::Found,
        _ => ExitStatus::Done,
    }
}
