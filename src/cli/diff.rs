//! `diff`: two reports to a comparison to an exit status.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
};

use anyhow::Context;
use oauthsift::report::{ChangeKind, Snapshot, compare};

use super::{
    ExitStatus,
    args::{ChangeArg, DiffArgs, DiffFormat},
    render::{self, TextStyle},
};

pub(crate) fn diff(args: &DiffArgs) -> anyhow::Result<ExitStatus> {
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let found = compare(&old, &new);
    let text = match args.format {
        DiffFormat::Text => render::diff::text(&found, &TextStyle::of(args.color, io::stdout().is_terminal())),
        DiffFormat::Json => serde_json::to_string_pretty(&found)? + "\n",
        DiffFormat::Markdown => render::diff::markdown(&found),
    };
    io::stdout().write_all(text.as_bytes())?;
    let unwanted = |fate: &ChangeArg| {
        let fate = match fate {
            ChangeArg::New => ChangeKind::New,
            ChangeArg::Still => ChangeKind::Still,
        };
        found.incidents.iter().any(|change| change.kind == fate)
    };
    Ok(if args.fail_on.iter().any(unwanted) { ExitStatus::Found } else { ExitStatus::Done })
}

fn read(path: &Path) -> anyhow::Result<Snapshot> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Snapshot::read(&text).with_context(|| path.display().to_string())
}
