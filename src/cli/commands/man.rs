//! `man`: the manual pages.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, bail};

use crate::cli::{ExitStatus, manual, output::AtomicFile};

pub(super) fn man(command: &[String], folder: Option<&Path>) -> anyhow::Result<ExitStatus> {
    let pages = manual::pages();
    if let Some(folder) = folder {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        for page in &pages {
            let path = folder.join(page.file_name());
            let mut file = AtomicFile::create(&path)?;
            page.write(&mut file).and_then(|()| file.persist()).with_context(|| path.display().to_string())?;
        }
        return Ok(ExitStatus::Done);
    }
    let name = ["oauthsift"].into_iter().chain(command.iter().map(String::as_str)).collect::<Vec<_>>().join("-");
    let Some(page) = pages.iter().find(|page| page.name() == name) else {
        let known: Vec<&str> = pages.iter().map(manual::Page::name).collect();
        bail!("there is no page `{name}`; the pages are {}", known.join(", "));
    };
    let mut text = Vec::new();
    page.write(&mut text)?;
    io::stdout().write_all(&text)?;
    Ok(ExitStatus::Done)
}
