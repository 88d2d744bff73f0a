//! `diff`: two reports to a comparison to an exit status.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
};

use anyhow::Context;
use oauthsift::report::{Fate, Snapshot, compare};

use super::{
    ExitStatus,
    args::{DiffArgs, DiffFormat, FateArg},
    render::{self, Look},
};

pub(crate) fn diff(args: &DiffArgs) -> anyhow::Result<ExitStatus> {
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let found = compare(&old, &new);
    let text = match args.format {
        DiffFormat::Text => render::comparison::text(&found, &Look::of(args.color, io::stdout().is_terminal())),
        DiffFormat::Json => serde_json::to_string_pretty(&found)? + "\n",
        DiffFormat::Markdown => render::comparison::markdown(&found),
    };
    io::stdout().write_all(text.as_bytes())?;
    let unwanted = |fate: &FateArg| {
        let fate = match fate {
            FateArg::New => Fate::New,
            FateArg::Still => Fate::Still,
        };
        found.incidents.iter().any(|change| change.fate == fate)
    };
    Ok(if args.fail_on.iter().any(unwanted) { ExitStatus::Found } else { ExitStatus::Done })
}

fn read(path: &Path) -> anyhow::Result<Snapshot> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Snapshot::read(&text).with_context(|| path.display().to_string())
}
