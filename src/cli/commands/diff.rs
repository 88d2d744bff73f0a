//! `diff`: compares two reports.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::Path,
};

use anyhow::Context;
use oauthsift::{
    render::diff::{json, markdown, text},
    report::{ChangeKind, Snapshot, compare},
};

use crate::cli::{
    ExitStatus,
    args::{ChangeArg, DiffArgs, DiffFormat},
    pager, terminal,
};

pub(super) fn diff(args: &DiffArgs) -> anyhow::Result<ExitStatus> {
    let comparison = compare(&read(&args.old)?, &read(&args.new)?);
    let text = match args.format {
        DiffFormat::Text => text(&comparison, &terminal::style(args.color, io::stdout().is_terminal())),
        DiffFormat::Json => json(&comparison)?,
        DiffFormat::Markdown => markdown(&comparison),
    };
    match args.format {
        DiffFormat::Text => pager::print(&text, args.paging.choice(), io::stdout().is_terminal())?,
        _ => io::stdout().write_all(text.as_bytes())?,
    }
    let occurs = |status: &ChangeArg| {
        let kind = match status {
            ChangeArg::New => ChangeKind::New,
            ChangeArg::Still => ChangeKind::Still,
        };
        comparison.incidents.iter().any(|change| change.kind == kind)
    };
    Ok(if args.fail_on.iter().any(occurs) { ExitStatus::Found } else { ExitStatus::Done })
}

fn read(path: &Path) -> anyhow::Result<Snapshot> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Snapshot::read(&text).with_context(|| path.display().to_string())
}
