//! `settings`: what to enter where.

use std::io::{self, IsTerminal, Write};

use oauthsift::{
    doctor::guide::{Choice, Guide},
    render::doctor::{settings_markdown, settings_text},
};

use crate::cli::{
    ExitStatus,
    args::{SettingsArgs, SettingsFormat},
    pager, terminal,
};

pub(super) fn settings(args: &SettingsArgs) -> anyhow::Result<ExitStatus> {
    let choice = Choice {
        provider: args.provider.to_ascii_lowercase(),
        protocol: args.protocol.to_ascii_lowercase(),
        cloud: args.cloud.clone(),
        tenant: args.tenant.clone(),
        tenant_id: args.tenant_id.clone(),
        grant: Some(args.grant.clone()),
        jira: args.jira.clone(),
        base_url: args.base_url.clone(),
    };
    let recommended = Guide::builtin().recommend(&choice)?;
    let text = match args.format {
        SettingsFormat::Text => {
            let is_terminal = io::stdout().is_terminal();
            let text = settings_text(&recommended, &terminal::style(args.color, is_terminal));
            pager::print(&text, args.paging.choice(), is_terminal)?;
            return Ok(ExitStatus::Done);
        }
        SettingsFormat::Markdown => settings_markdown(&recommended),
        SettingsFormat::Json => recommended.to_json()?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Done)
}
