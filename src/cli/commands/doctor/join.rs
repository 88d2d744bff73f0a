//! `scan --settings`: what the settings have to do with the incidents.

use std::{path::PathBuf, sync::Arc};

use anyhow::bail;
use oauthsift::{
    Catalogue, Report,
    doctor::{checks, settings::Settings},
};

use super::{clock, inputs::Inputs};

/// The settings of a scan; none, if none were given.
#[derive(Debug)]
pub(in crate::cli) struct SettingsOfScan {
    settings: Option<Settings>,
    catalogue: Arc<Catalogue>,
}

impl SettingsOfScan {
    /// Reads settings before the scan begins.
    ///
    /// # Errors
    /// The first file that cannot be read: nothing is scanned then.
    pub(in crate::cli) fn read(paths: &[PathBuf], catalogue: Arc<Catalogue>) -> anyhow::Result<Self> {
        if paths.is_empty() {
            return Ok(Self { settings: None, catalogue });
        }
        let inputs = Inputs::read(paths)?;
        if let Some(problem) = inputs.problems.first() {
            bail!("--settings {problem}");
        }
        Ok(Self { settings: Some(inputs.settings), catalogue })
    }

    /// The report, with what the settings say about its incidents.
    pub(in crate::cli) fn join(&self, mut report: Report) -> Report {
        if let Some(settings) = &self.settings {
            let now = clock::now();
            let checks = checks::check(settings, now);
            checks::join(&mut report, settings, &checks, &self.catalogue, now);
        }
        report
    }
}
