//! `explain`: a code or pattern without a log.

use std::io::{self, IsTerminal, Read, Write};

use anyhow::{Context, bail};
use oauthsift::{
    Pattern,
    render::explain::{Found, json, look_up, markdown, text},
};

use crate::cli::{
    ExitStatus,
    args::{ExplainArgs, ExplainFormat},
    common::{did_you_mean, load},
    pager, terminal,
};

/// So much of standard input is read.
const MAX_TEXT_BYTES: u64 = 1 << 20;

pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let catalogue = load(&args.patterns)?;
    let name = text_of(args)?;
    let name = name.trim();
    let Some(Found { topics, others, .. }) = look_up(&catalogue, name) else {
        bail!("unknown code or pattern `{name}`{}", did_you_mean(&catalogue.nearest(name)));
    };
    if let Some(successor) = catalogue.successor(name) {
        terminal::message(format_args!("note: `{name}` is now part of `{successor}`"));
    }
    let is_terminal = io::stdout().is_terminal();
    let text = match args.format {
        ExplainFormat::Text => {
            let text = text(&catalogue, &topics, &terminal::style(args.color, is_terminal)) + &others_as_text(&others);
            pager::print(&text, args.paging.choice(), is_terminal)?;
            return Ok(ExitStatus::Done);
        }
        ExplainFormat::Markdown => markdown(&catalogue, &topics),
        ExplainFormat::Json => json(&catalogue, &topics)?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

/// What else holds the words of a search.
fn others_as_text(others: &[&Pattern]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let width = others.iter().map(|pattern| pattern.id.len()).max().unwrap_or_default();
    let lines = others.iter().map(|pattern| format!("  {:width$}  {}\n", pattern.id, pattern.title));
    format!("\nOther entries with these words (`oauthsift explain ID`):\n{}", lines.collect::<String>())
}

/// The words that were given, or standard input.
fn text_of(args: &ExplainArgs) -> anyhow::Result<String> {
    let text = args.text.join(" ");
    if text != "-" {
        return Ok(text);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_TEXT_BYTES).read_to_end(&mut bytes).context("cannot read standard input")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
