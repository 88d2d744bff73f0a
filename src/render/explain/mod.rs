//! A pattern or code as text, Markdown or JSON; the whole catalogue as a list or a page.
//!
//! ```
//! use oauthsift::{Catalogue, render::{TextStyle, explain}};
//!
//! let catalogue = Catalogue::builtin();
//! let topics = explain::find(&catalogue, "AADSTS7000222").expect("a known code");
//! let text = explain::text(&catalogue, &topics, &TextStyle::default());
//! assert!(text.contains("entra-client-secret-expired"));
//! ```

mod find;
mod search;

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use serde_json::{Value, json};

pub use find::{Found, find, look_up};
pub use search::search;

use super::{TextStyle, sentences::PREVIEW_NOTE};
use crate::{
    catalogue::{Catalogue, CodeInfo, Pattern, Reference, Relation, Status, Step},
    engine::{self, Explanation, lookup_url},
};

/// What can be explained.
#[derive(Debug, Clone, Copy)]
pub enum Topic<'c> {
    /// An entry of the catalogue, and the code by which it was found.
    Entry(&'c Pattern, Option<u32>),
    /// A code without its own entry.
    Code(u32),
}

impl Topic<'_> {
    /// True for the same entry, or the same code.
    fn is_about(&self, other: &Topic<'_>) -> bool {
        match (self, other) {
            (Topic::Entry(one, _), Topic::Entry(other, _)) => one.id == other.id,
            (Topic::Code(one), Topic::Code(other)) => one == other,
            _ => false,
        }
    }
}

/// Topics as text for a terminal.
#[must_use]
pub fn text(catalogue: &Catalogue, topics: &[Topic<'_>], style: &TextStyle) -> String {
    let mut out = String::new();
    for (i, topic) in topics.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        match topic {
            Topic::Entry(pattern, code) => entry(&mut out, catalogue, pattern, *code, style),
            Topic::Code(code) => bare_code(&mut out, catalogue, *code, style),
        }
    }
    out
}

fn entry(out: &mut String, catalogue: &Catalogue, pattern: &Pattern, code: Option<u32>, style: &TextStyle) {
    let _ = writeln!(
        out,
        "{}  {}",
        style.bold(&pattern.title),
        style.severity(pattern.severity, pattern.severity.as_str())
    );
    let _ = writeln!(
        out,
        "{}\n",
        style.dim(&format!("{}, stage {}, since {}", pattern.id, pattern.stage.as_str(), pattern.since))
    );
    if let Some(condition) = condition(pattern) {
        out.push_str(&style.hang("When", 6, &condition));
    }
    out.push_str(&style.hang("Why", 6, &pattern.open_cause()));
    if pattern.status == Status::Preview {
        out.push_str(&style.hang("", 6, &format!("({PREVIEW_NOTE})")));
    }
    for (i, step) in pattern.steps.iter().enumerate() {
        let label = format!("{:6}{}.", if i == 0 { "Fix" } else { "" }, i + 1);
        out.push_str(&style.hang(&label, 9, &step.labelled()));
    }
    references(out, &pattern.references, style);
    let codes = codes(pattern);
    if !codes.is_empty() {
        out.push_str(&style.hang("Codes", 6, &codes.join(", ")));
    }
    if let Some(info) = code.and_then(|code| catalogue.codes().get(code)) {
        out.push_str(&style.hang("", 6, &code_line(&info)));
    }
    if !pattern.see_also.is_empty() {
        out.push_str(&style.hang("Also", 6, &pattern.see_also.join(", ")));
    }
}

fn references(out: &mut String, references: &[Reference], style: &TextStyle) {
    for (i, reference) in references.iter().enumerate() {
        out.push_str(&style.hang(if i == 0 { "See" } else { "" }, 6, &reference.title));
        let _ = writeln!(out, "      {}", style.dim(&reference.url));
    }
}

fn bare_code(out: &mut String, catalogue: &Catalogue, code: u32, style: &TextStyle) {
    let explanation = explain_code(catalogue, code);
    let _ = writeln!(out, "{}\n", style.bold(&explanation.title));
    out.push_str(&style.hang("Why", 6, &explanation.cause));
    for (i, step) in explanation.steps.iter().enumerate() {
        let label = format!("{:6}{}.", if i == 0 { "Fix" } else { "" }, i + 1);
        out.push_str(&style.hang(&label, 9, step));
    }
    references(out, &explanation.references, style);
}

/// The explanation of a code without an entry: the same text as in a report.
fn explain_code(catalogue: &Catalogue, code: u32) -> Explanation {
    match catalogue.patterns().iter().find(|pattern| pattern.rule.aadsts_other) {
        Some(other) => engine::explain(catalogue, other, Some(code), b""),
        None => Explanation {
            title: format!("AADSTS{code}"),
            cause: match catalogue.codes().relate(code) {
                Relation::Known(info) => info.meaning.to_owned(),
                _ => "This code is unknown.".to_owned(),
            },
            steps: Vec::new(),
            references: vec![Reference { title: "Microsoft".to_owned(), url: lookup_url(code, b"") }],
        },
    }
}

fn code_line(info: &CodeInfo<'_>) -> String {
    let name = info.name.map_or(String::new(), |name| format!(" ({name})"));
    format!("AADSTS{}{name}: {}", info.code, info.meaning)
}

fn codes(pattern: &Pattern) -> Vec<String> {
    let numbers = pattern.rule.aadsts.iter().map(|code| format!("AADSTS{code}"));
    numbers.chain(pattern.rule.codes.iter().cloned()).collect()
}

/// What a record must contain besides the code, in words.
fn condition(pattern: &Pattern) -> Option<String> {
    let quoted = |list: &[String], separator: &str| {
        list.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(separator)
    };
    let rule = &pattern.rule;
    let mut parts = Vec::new();
    if !rule.all.is_empty() {
        parts.push(format!("the record contains {}", quoted(&rule.all, " and ")));
    }
    if !rule.any.is_empty() {
        parts.push(format!("the record contains {}", quoted(&rule.any, " or ")));
    }
    if !rule.oauth_error.is_empty() {
        parts.push(format!("the OAuth error is {}", quoted(&rule.oauth_error, " or ")));
    }
    if !rule.http_status.is_empty() {
        parts.push(format!(
            "the HTTP status is {}",
            rule.http_status.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
        ));
    }
    if rule.request.is_some() {
        parts.push("the record is an error of a request of the OpenID Connect sign-in".to_owned());
    }
    if rule.unreachable.is_some() {
        parts.push("the connection failed at a proxy".to_owned());
    }
    if !rule.context.is_empty() {
        parts.push(format!("the context is {}", rule.context.join(" or ")));
    }
    (!parts.is_empty()).then(|| format!("{}.", parts.join(", and ")))
}

/// Topics as Markdown: for an entry, its section of `docs/patterns.md`.
#[must_use]
pub fn markdown(catalogue: &Catalogue, topics: &[Topic<'_>]) -> String {
    let mut out = String::new();
    for topic in topics {
        match topic {
            Topic::Entry(pattern, _) => markdown_entry(&mut out, pattern),
            Topic::Code(code) => {
                let explanation = explain_code(catalogue, *code);
                let _ = writeln!(out, "### {}\n\n{}\n", explanation.title, explanation.cause);
                markdown_lists(&mut out, &explanation.steps, &explanation.references);
            }
        }
    }
    out
}

fn markdown_entry(out: &mut String, pattern: &Pattern) {
    let _ = writeln!(out, "### <a id=\"{0}\"></a>{0}\n", pattern.id);
    let _ = writeln!(
        out,
        "**{}** ({}, stage {}, {}, since {})\n",
        pattern.title,
        pattern.severity.as_str(),
        pattern.stage.as_str(),
        pattern.status.as_str(),
        pattern.since
    );
    let _ = writeln!(out, "{}\n", pattern.open_cause());
    let steps: Vec<String> = pattern.steps.iter().map(Step::labelled).collect();
    markdown_lists(out, &steps, &pattern.references);
    let codes = codes(pattern);
    if !codes.is_empty() {
        let _ = writeln!(out, "Codes: {}\n", codes.join(", "));
    }
    if let Some(condition) = condition(pattern) {
        let _ = writeln!(out, "Matches when {condition}\n");
    }
    if !pattern.see_also.is_empty() {
        let links: Vec<String> = pattern.see_also.iter().map(|id| format!("[{id}](#{id})")).collect();
        let _ = writeln!(out, "See also: {}\n", links.join(", "));
    }
}

fn markdown_lists(out: &mut String, steps: &[String], references: &[Reference]) {
    for (i, step) in steps.iter().enumerate() {
        let _ = writeln!(out, "{}. {step}", i + 1);
    }
    out.push('\n');
    for reference in references {
        let _ = writeln!(out, "- [{}]({})", reference.title, reference.url);
    }
    out.push('\n');
}

/// Topics as JSON: an array with one object for each.
///
/// # Errors
/// None in practice: an entry consists of text and numbers.
pub fn json(catalogue: &Catalogue, topics: &[Topic<'_>]) -> serde_json::Result<String> {
    let list: Vec<Value> = topics
        .iter()
        .map(|topic| match topic {
            Topic::Entry(pattern, code) => json!({
                "pattern": pattern.id,
                "code": code,
                "title": pattern.title,
                "severity": pattern.severity,
                "stage": pattern.stage,
                "status": pattern.status,
                "since": pattern.since,
                "verified": pattern.verified,
                "cause": pattern.open_cause(),
                "steps": pattern.steps.iter().map(Step::labelled).collect::<Vec<_>>(),
                "references": pattern.references,
                "codes": codes(pattern),
                "see_also": pattern.see_also,
            }),
            Topic::Code(code) => {
                let explanation = explain_code(catalogue, *code);
                json!({
                    "pattern": null,
                    "code": code,
                    "title": explanation.title,
                    "cause": explanation.cause,
                    "steps": explanation.steps,
                    "references": explanation.references,
                })
            }
        })
        .collect();
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}

/// The catalogue as a list: one line for each entry.
#[must_use]
pub fn list(catalogue: &Catalogue) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for pattern in catalogue.patterns() {
        let codes = codes(pattern).join(" ").replace("AADSTS", "");
        let codes = if codes.is_empty() { codes } else { format!("[{codes}]") };
        table.add_row([pattern.id.as_str(), pattern.severity.as_str(), pattern.title.as_str(), codes.as_str()]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut out = String::new();
    for line in table.lines() {
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out, "{} patterns, {} codes", catalogue.patterns().len(), catalogue.codes().len());
    out
}

/// All entries as JSON: id, severity, stage, title, codes, fix and status of each.
///
/// # Errors
/// None that is known: all keys are texts.
pub fn list_json(catalogue: &Catalogue) -> serde_json::Result<String> {
    let entry = |pattern: &Pattern| {
        json!({
            "pattern": pattern.id,
            "severity": pattern.severity,
            "stage": pattern.stage,
            "title": pattern.title,
            "codes": codes(pattern),
            "fix": pattern.fix,
            "status": pattern.status,
            "since": pattern.since,
        })
    };
    let list: Vec<Value> = catalogue.patterns().iter().map(entry).collect();
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}

/// The whole catalogue as a Markdown page: `docs/patterns.md`.
#[must_use]
pub fn docs(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "# Patterns\n\nThe failures that oauthsift detects, by family. Generated from `patterns/` by `oauthsift patterns docs`; do not edit.\n",
    );
    let mut family = "";
    for pattern in catalogue.patterns() {
        if pattern.family != family {
            family = &pattern.family;
            let _ = writeln!(out, "\n## {family}\n");
        }
        markdown_entry(&mut out, pattern);
    }
    let mut page = out.trim_end().to_owned();
    page.push('\n');
    page
}
