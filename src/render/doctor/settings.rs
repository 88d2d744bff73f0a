//! What to enter where, as text and Markdown.

use std::fmt::Write as _;

use crate::{
    doctor::guide::Recommendation,
    render::{
        TextStyle,
        blocks::{Block, code, strong, text as plain},
        markdown::print,
    },
};

/// Values are under each other in this column.
const MAX_LABEL_WIDTH: usize = 28;

fn title(one: &Recommendation) -> String {
    let grant = if one.grant == "code" { "authorization code" } else { "client credentials" };
    format!("{}, {}, {}: {grant}", one.provider_name, one.cloud_name, one.protocol_name)
}

/// What to enter where, as text for a terminal.
#[must_use]
pub fn text(one: &Recommendation, style: &TextStyle) -> String {
    let mut out = format!("{}\n", style.bold(&title(one)));
    for note in &one.notes {
        out.push_str(&style.hang("Note:", 6, note));
    }
    for (i, screen) in one.screens.iter().enumerate() {
        let _ = writeln!(out, "\n{}", style.bold(&format!("{}. {}", i + 1, screen.place)));
        out.push_str(&style.hang("", 3, &screen.path));
        let width = screen.fields.iter().map(|field| field.name.len()).max().unwrap_or_default().min(MAX_LABEL_WIDTH);
        for field in &screen.fields {
            let values = match field.name.as_str() {
                "Scopes" if one.scopes.len() > 1 && field.value == one.scopes.join(" ") => one.scopes.clone(),
                "Permissions" => one.permissions.clone(),
                _ => vec![field.value.clone()],
            };
            for (line, value) in values.iter().enumerate() {
                let name = if line == 0 { field.name.as_str() } else { "" };
                let _ = writeln!(out, "   {name:width$}  {value}");
            }
        }
    }
    out.push('\n');
    out.push_str(&style.hang("", 0, &one.client_secret));
    out
}

/// What to enter where, as Markdown.
#[must_use]
pub fn markdown(one: &Recommendation) -> String {
    let mut blocks = vec![Block::Heading(1, vec![plain(title(one))])];
    for note in &one.notes {
        blocks.push(Block::Para(vec![strong("Note:"), plain(format!(" {note}"))]));
    }
    for (i, screen) in one.screens.iter().enumerate() {
        blocks.push(Block::Heading(2, vec![plain(format!("{}. {}", i + 1, screen.place))]));
        blocks.push(Block::Para(vec![plain(screen.path.clone())]));
        let rows =
            screen.fields.iter().map(|field| vec![vec![plain(field.name.clone())], vec![code(field.value.clone())]]);
        blocks.push(Block::Table { head: vec!["Field", "Value"], rows: rows.collect() });
    }
    blocks.push(Block::Para(vec![plain(one.client_secret.clone())]));
    print(&blocks)
}
