//! `explain`: a code or pattern without a log.

use std::io::{self, IsTerminal, Write};

use anyhow::bail;
use oauthsift::render::explain::{find, json, markdown, text};

use crate::cli::{
    ExitStatus,
    args::{ExplainArgs, ExplainFormat},
    common::{did_you_mean, load},
    terminal,
};

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let catalogue = load(&args.patterns)?;
    let Some(topics) = find(&catalogue, &args.name) else {
        bail!("unknown code or pattern `{}`{}", args.name, did_you_mean(&catalogue.nearest(&args.name)));
    };
    let name = args.name.trim();
    if let Some(successor) = catalogue.successor(name) {
        terminal::message(format_args!("note: `{name}` is now part of `{successor}`"));
    }
    let text = match args.format {
        ExplainFormat::Text => text(&catalogue, &topics, &terminal::style(args.color, io::stdout().is_terminal())),
        ExplainFormat::Markdown => markdown(&catalogue, &topics),
        ExplainFormat::Json => json(&catalogue, &topics)?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Done)
}
