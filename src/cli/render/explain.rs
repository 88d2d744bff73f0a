//! One pattern or code, as text, Markdown or JSON; the whole catalogue as a list or a page.

use std::fmt::Write as _;

use oauthsift::{
    Catalogue, Pattern,
    catalogue::{CodeInfo, Reference, Relation, Role, Status},
    lookup_url,
};
use serde_json::{Value, json};

use super::TextStyle;

/// What a name stands for.
pub(crate) enum Subject<'c> {
    /// An entry, and the code it was asked by.
    Entry(&'c Pattern, Option<u32>),
    /// A code without an entry of its own.
    Code(u32),
}

/// Finds what a name stands for: a code (`7000215`, `AADSTS7000215`, the address that looks it up), a
/// code of a relative (`AADB2C90081`), an OAuth error, an id, or the words of a failure. Several
/// entries may share a code.
pub(crate) fn find<'c>(catalogue: &'c Catalogue, name: &str) -> Option<Vec<Subject<'c>>> {
    let name = name.trim().trim_matches(['\'', '"', '`']);
    by_name(catalogue, name).or_else(|| by_words(catalogue, name)).or_else(|| by_literal(catalogue, name))
}

/// What the engine makes of the words: a pasted sentence, a line of a log.
fn by_words<'c>(catalogue: &'c Catalogue, words: &str) -> Option<Vec<Subject<'c>>> {
    let engine = oauthsift::Engine::new(std::sync::Arc::new(catalogue.clone()));
    let findings = oauthsift::scan_bytes(&engine, words.as_bytes());
    let finding = findings.first()?;
    match finding.code.and_then(|code| by_name(catalogue, &code.to_string())) {
        Some(subjects) if subjects.len() == 1 => Some(subjects),
        _ => Some(vec![Subject::Entry(catalogue.get(&finding.pattern)?, finding.code)]),
    }
}

/// The entry whose literal the words hold. Who asks for an explanation has said that it is about OAuth
/// or mail, so no context is asked for.
fn by_literal<'c>(catalogue: &'c Catalogue, words: &str) -> Option<Vec<Subject<'c>>> {
    let longest = |pattern: &Pattern| {
        let rule = &pattern.rule;
        let holds = |literal: &&String| words.contains(literal.as_str());
        let refused =
            rule.by_code() || !rule.all.iter().all(|one| holds(&one)) || rule.not.iter().any(|one| holds(&one));
        let literals = rule.any.iter().chain(&rule.all).filter(holds);
        literals
            .map(String::len)
            .max()
            .filter(|_| !refused && (rule.any.is_empty() || rule.any.iter().any(|one| holds(&one))))
    };
    let best = catalogue.patterns().iter().filter_map(|pattern| Some((pattern.rule.role, longest(pattern)?, pattern)));
    let (_, _, pattern) = best.max_by_key(|(role, length, _)| (*role, *length))?;
    Some(vec![Subject::Entry(pattern, None)])
}

fn by_name<'c>(catalogue: &'c Catalogue, name: &str) -> Option<Vec<Subject<'c>>> {
    if let Some(pattern) = catalogue.get(&name.to_lowercase()) {
        return Some(vec![Subject::Entry(pattern, None)]);
    }
    let upper = name.to_uppercase();
    let relatives: Vec<Subject<'c>> = catalogue
        .patterns()
        .iter()
        .filter(|pattern| pattern.rule.codes.contains(&upper))
        .map(|pattern| Subject::Entry(pattern, None))
        .collect();
    if !relatives.is_empty() {
        return Some(relatives);
    }
    let lower = name.to_lowercase();
    let answers: Vec<Subject<'c>> = catalogue
        .patterns()
        .iter()
        .filter(|pattern| pattern.rule.role == Role::Answer && pattern.rule.oauth_error.contains(&lower))
        .map(|pattern| Subject::Entry(pattern, None))
        .collect();
    if !answers.is_empty() {
        return Some(answers);
    }
    // `AADSTS50011`, `50011`, and what fingers make of it: `AADST 50011:`, `ADDSTS-50011`; the
    // predecessor's `ACS50011`; `https://login.microsoftonline.com/error?code=50011`.
    let digits = match upper.rsplit_once("ERROR?CODE=") {
        Some((_, behind)) => behind.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default(),
        None => upper
            .trim_end_matches([':', '.', ' '])
            .trim_start_matches(|c: char| c.is_ascii_alphabetic() && "ACDST".contains(c))
            .trim_start_matches([' ', ':', '-']),
    };
    if !(4..=8).contains(&digits.len()) {
        return None;
    }
    let code: u32 = digits.parse().ok()?;
    let mut claimed: Vec<&Pattern> =
        catalogue.patterns().iter().filter(|pattern| pattern.rule.aadsts.contains(&code)).collect();
    // The entry that needs nothing but the code first.
    claimed.sort_by_key(|pattern| pattern.rule.narrowed());
    let mut subjects: Vec<Subject<'c>> =
        claimed.into_iter().map(|pattern| Subject::Entry(pattern, Some(code))).collect();
    if subjects.iter().all(|subject| matches!(subject, Subject::Entry(pattern, _) if pattern.rule.narrowed())) {
        subjects.push(Subject::Code(code));
    }
    Some(subjects)
}

/// For a terminal.
pub(crate) fn text(catalogue: &Catalogue, subjects: &[Subject<'_>], look: &TextStyle) -> String {
    let mut out = String::new();
    for (i, subject) in subjects.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        match subject {
            Subject::Entry(pattern, code) => entry(&mut out, catalogue, pattern, *code, look),
            Subject::Code(code) => bare_code(&mut out, catalogue, *code, look),
        }
    }
    out
}

fn entry(out: &mut String, catalogue: &Catalogue, pattern: &Pattern, code: Option<u32>, look: &TextStyle) {
    let _ =
        writeln!(out, "{}  {}", look.bold(&pattern.title), look.severity(pattern.severity, pattern.severity.as_str()));
    let _ = writeln!(
        out,
        "{}\n",
        look.dim(&format!("{}, stage {}, since {}", pattern.id, pattern.stage.as_str(), pattern.since))
    );
    if let Some(condition) = condition(pattern) {
        out.push_str(&look.hang("When", 6, &condition));
    }
    out.push_str(&look.hang("Why", 6, &pattern.cause));
    if pattern.status == Status::Preview {
        out.push_str(&look.hang(
            "",
            6,
            "(Preview entry: rests on notes that are not confirmed by the vendor's pages.)",
        ));
    }
    for (i, step) in pattern.steps.iter().enumerate() {
        let label = format!("{:6}{}.", if i == 0 { "Do" } else { "" }, i + 1);
        out.push_str(&look.hang(&label, 9, step));
    }
    references(out, &pattern.references, look);
    let codes = codes(pattern);
    if !codes.is_empty() {
        out.push_str(&look.hang("Codes", 6, &codes.join(", ")));
    }
    if let Some(info) = code.and_then(|code| catalogue.codes().get(code)) {
        out.push_str(&look.hang("", 6, &code_line(&info)));
    }
    if !pattern.see_also.is_empty() {
        out.push_str(&look.hang("Also", 6, &pattern.see_also.join(", ")));
    }
}

fn references(out: &mut String, references: &[Reference], look: &TextStyle) {
    for (i, reference) in references.iter().enumerate() {
        out.push_str(&look.hang(if i == 0 { "See" } else { "" }, 6, &reference.title));
        let _ = writeln!(out, "      {}", look.dim(&reference.url));
    }
}

fn bare_code(out: &mut String, catalogue: &Catalogue, code: u32, look: &TextStyle) {
    let said = code_story(catalogue, code);
    let _ = writeln!(out, "{}\n", look.bold(&said.title));
    out.push_str(&look.hang("Why", 6, &said.cause));
    for (i, step) in said.steps.iter().enumerate() {
        let label = format!("{:6}{}.", if i == 0 { "Do" } else { "" }, i + 1);
        out.push_str(&look.hang(&label, 9, step));
    }
    references(out, &said.references, look);
}

/// What can be said of a code without an entry: the same words as in a report.
fn code_story(catalogue: &Catalogue, code: u32) -> oauthsift::Explanation {
    match catalogue.patterns().iter().find(|pattern| pattern.rule.aadsts_other) {
        Some(other) => oauthsift::explain(catalogue, other, Some(code), b""),
        None => oauthsift::Explanation {
            title: format!("AADSTS{code}"),
            cause: match catalogue.codes().relate(code) {
                Relation::Known(info) => info.meaning.to_owned(),
                _ => "This code is not known here.".to_owned(),
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

/// In words, what a record must have beside its code.
fn condition(pattern: &Pattern) -> Option<String> {
    let quoted =
        |list: &[String], joint: &str| list.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(joint);
    let rule = &pattern.rule;
    let mut parts = Vec::new();
    if !rule.all.is_empty() {
        parts.push(format!("the record has {}", quoted(&rule.all, " and ")));
    }
    if !rule.any.is_empty() {
        parts.push(format!("the record has {}", quoted(&rule.any, " or ")));
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
    if !rule.context.is_empty() {
        parts.push(format!("the record speaks of {}", rule.context.join(" or ")));
    }
    (!parts.is_empty()).then(|| format!("{}.", parts.join(", and ")))
}

/// As Markdown: the text of `docs/patterns.md` for an entry.
pub(crate) fn markdown(catalogue: &Catalogue, subjects: &[Subject<'_>]) -> String {
    let mut out = String::new();
    for subject in subjects {
        match subject {
            Subject::Entry(pattern, _) => markdown_entry(&mut out, pattern),
            Subject::Code(code) => {
                let said = code_story(catalogue, *code);
                let _ = writeln!(out, "### {}\n\n{}\n", said.title, said.cause);
                markdown_lists(&mut out, &said.steps, &said.references);
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
    let _ = writeln!(out, "{}\n", pattern.cause);
    markdown_lists(out, &pattern.steps, &pattern.references);
    let codes = codes(pattern);
    if !codes.is_empty() {
        let _ = writeln!(out, "Codes: {}\n", codes.join(", "));
    }
    if let Some(condition) = condition(pattern) {
        let _ = writeln!(out, "Recognised when {condition}\n");
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

/// As JSON: one object a subject.
pub(crate) fn json(catalogue: &Catalogue, subjects: &[Subject<'_>]) -> serde_json::Result<String> {
    let list: Vec<Value> = subjects
        .iter()
        .map(|subject| match subject {
            Subject::Entry(pattern, code) => json!({
                "pattern": pattern.id,
                "code": code,
                "title": pattern.title,
                "severity": pattern.severity,
                "stage": pattern.stage,
                "status": pattern.status,
                "since": pattern.since,
                "verified": pattern.verified,
                "cause": pattern.cause,
                "steps": pattern.steps,
                "references": pattern.references,
                "codes": codes(pattern),
                "see_also": pattern.see_also,
            }),
            Subject::Code(code) => {
                let said = code_story(catalogue, *code);
                json!({
                    "pattern": null,
                    "code": code,
                    "title": said.title,
                    "cause": said.cause,
                    "steps": said.steps,
                    "references": said.references,
                })
            }
        })
        .collect();
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}

/// One line an entry.
pub(crate) fn list(catalogue: &Catalogue) -> String {
    let widest = catalogue.patterns().iter().map(|pattern| pattern.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for pattern in catalogue.patterns() {
        let codes = codes(pattern).join(" ").replace("AADSTS", "");
        let line = format!(
            "{:widest$}  {:8}  {}{}",
            pattern.id,
            pattern.severity.as_str(),
            pattern.title,
            if codes.is_empty() { String::new() } else { format!("  [{codes}]") }
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out, "{} patterns, {} codes", catalogue.patterns().len(), catalogue.codes().len());
    out
}

/// The whole catalogue as a page: `docs/patterns.md`.
pub(crate) fn docs(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "# Patterns\n\nWhat oauthsift knows, by family. Generated from `patterns/` by `oauthsift patterns docs`; do not edit.\n",
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
