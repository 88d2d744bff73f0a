//! `patterns`: list, check and test the catalogue.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use anyhow::bail;
use oauthsift::{
    Catalogue, Pattern,
    catalogue::{CatalogueErrors, entries_of_folder, ids_of_folder, review},
    render::explain::{docs, list, list_json},
    sanitize, selftest,
};

use crate::cli::{
    ExitStatus,
    args::{ListFormat, PatternsCommand},
    common::load,
    terminal,
};

pub(super) fn patterns(command: &PatternsCommand) -> anyhow::Result<ExitStatus> {
    let mut out = io::stdout().lock();
    match command {
        PatternsCommand::List { format, patterns } => {
            let catalogue = load(patterns)?;
            let text = match format {
                ListFormat::Text => list(&catalogue),
                ListFormat::Json => list_json(&catalogue)?,
            };
            out.write_all(text.as_bytes())?;
        }
        PatternsCommand::Check { dir } => {
            let entries = entries_of_folder(dir, &with_folder(dir)?)?;
            let today =
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs() / 86_400);
            let review = review(&entries, i64::try_from(today).unwrap_or(i64::MAX));
            for warning in &review.warnings {
                terminal::message(format_args!("warning: {warning}"));
            }
            if !review.faults.is_empty() {
                bail!(CatalogueErrors(review.faults).list());
            }
            let dir = sanitize(dir.to_string_lossy().as_bytes());
            writeln!(out, "{dir}: {} entries, no faults", entries.len())?;
        }
        PatternsCommand::Test { dir } => {
            let catalogue = Arc::new(with_folder(dir)?);
            let (samples, failures) = selftest::test(&catalogue, &entries_of(&catalogue, dir)?);
            for failure in &failures {
                writeln!(out, "{}, {}: {}", failure.pattern, failure.which, failure.problem)?;
            }
            writeln!(out, "{samples} samples, {} failed", failures.len())?;
            if !failures.is_empty() {
                return Ok(ExitStatus::Failed);
            }
        }
        PatternsCommand::Docs => out.write_all(docs(&Catalogue::builtin()).as_bytes())?,
    }
    Ok(ExitStatus::Done)
}

/// The built-in catalogue with a folder added.
fn with_folder(dir: &Path) -> anyhow::Result<Catalogue> {
    let mut catalogue = Catalogue::builtin();
    catalogue.add_folder(dir)?;
    Ok(catalogue)
}

/// The entries of a folder, with their samples.
fn entries_of(catalogue: &Catalogue, dir: &Path) -> anyhow::Result<Vec<Pattern>> {
    let ids = ids_of_folder(dir, catalogue)?;
    Ok(ids.iter().filter_map(|id| catalogue.get(id)).cloned().collect())
}
