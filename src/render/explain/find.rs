//! Finds what a name, a code or a pasted text refers to.

use std::sync::Arc;

use super::{Topic, search};
use crate::{
    catalogue::{Catalogue, Pattern, Role},
    engine::Engine,
    model::sort_by_key,
    selftest,
};

/// What is known about a name, a code or a question.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Found<'c> {
    /// What it refers to; of a question, the best entry.
    pub topics: Vec<Topic<'c>>,
    /// Other entries with the words of a question, best first.
    pub others: Vec<&'c Pattern>,
}

/// How many other entries are listed after the best match of a search.
const MAX_OTHERS: usize = 8;

/// What is known about a text: first what [`find`] finds, then what [`search`] does. `None` when nothing
/// matches; [`Catalogue::nearest`] then lists similar ids.
#[must_use]
pub fn look_up<'c>(catalogue: &'c Catalogue, text: &str) -> Option<Found<'c>> {
    let text = text.trim();
    if let Some(topics) = find(catalogue, text) {
        return Some(Found { topics, others: Vec::new() });
    }
    // A misspelled id is not searched for.
    if text.contains('-') && !text.contains(char::is_whitespace) {
        return None;
    }
    let mut found = search(catalogue, text).into_iter();
    let best = found.next()?;
    Some(Found { topics: vec![Topic::Entry(best, None)], others: found.take(MAX_OTHERS).collect() })
}

/// Finds what a name refers to: a code (`7000215`, `AADSTS7000215`, the URL that looks it up), a code of
/// another product (`AADB2C90081`), an OAuth error, an id of the catalogue, or the text of a failure.
/// Several entries may share a code. `None` when nothing matches.
#[must_use]
pub fn find<'c>(catalogue: &'c Catalogue, name: &str) -> Option<Vec<Topic<'c>>> {
    let name = name.trim().trim_matches(['\'', '"', '`']);
    by_name(catalogue, name).or_else(|| by_text(catalogue, name)).or_else(|| by_literal(catalogue, name))
}

/// The entry that the engine finds in a text, and those of other codes that the text names.
fn by_text<'c>(catalogue: &'c Catalogue, text: &str) -> Option<Vec<Topic<'c>>> {
    let mut topics = by_scan(catalogue, text).unwrap_or_default();
    let codes = text.match_indices("AADSTS").map(|(at, prefix)| &text[at + prefix.len()..]);
    for code in codes.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default()) {
        for topic in by_name(catalogue, code).unwrap_or_default() {
            if !topics.iter().any(|known| known.is_about(&topic)) {
                topics.push(topic);
            }
        }
    }
    (!topics.is_empty()).then_some(topics)
}

/// The entry that the engine finds in a text: a pasted sentence, a line of a log.
fn by_scan<'c>(catalogue: &'c Catalogue, text: &str) -> Option<Vec<Topic<'c>>> {
    let engine = Engine::new(Arc::new(catalogue.clone()));
    let findings = selftest::findings_of(&engine, text.as_bytes());
    let finding = findings.first()?;
    match finding.code.and_then(|code| by_name(catalogue, &code.to_string())) {
        Some(topics) if topics.len() == 1 => Some(topics),
        _ => Some(vec![Topic::Entry(catalogue.get(&finding.pattern)?, finding.code)]),
    }
}

/// The entry with the longest literal in the text. Whoever asks for an explanation means OAuth or mail,
/// so the context that the entry requires is not checked.
fn by_literal<'c>(catalogue: &'c Catalogue, text: &str) -> Option<Vec<Topic<'c>>> {
    let longest = |pattern: &Pattern| {
        let rule = &pattern.rule;
        let contained = |literal: &&String| text.contains(literal.as_str());
        let excluded =
            rule.by_code() || !rule.all.iter().all(|one| contained(&one)) || rule.not.iter().any(|one| contained(&one));
        let literals = rule.any.iter().chain(&rule.all).filter(contained);
        literals
            .map(String::len)
            .max()
            .filter(|_| !excluded && (rule.any.is_empty() || rule.any.iter().any(|one| contained(&one))))
    };
    let best = catalogue.patterns().iter().filter_map(|pattern| Some((pattern.rule.role, longest(pattern)?, pattern)));
    let (_, _, pattern) = best.max_by_key(|(role, length, _)| (*role, *length))?;
    Some(vec![Topic::Entry(pattern, None)])
}

fn by_name<'c>(catalogue: &'c Catalogue, name: &str) -> Option<Vec<Topic<'c>>> {
    if let Some(pattern) = catalogue.get(&name.to_lowercase()) {
        return Some(vec![Topic::Entry(pattern, None)]);
    }
    let upper = name.to_uppercase();
    let by_other_code: Vec<Topic<'c>> = catalogue
        .patterns()
        .iter()
        .filter(|pattern| pattern.rule.codes.contains(&upper))
        .map(|pattern| Topic::Entry(pattern, None))
        .collect();
    if !by_other_code.is_empty() {
        return Some(by_other_code);
    }
    let is_named = |error: &String| error.eq_ignore_ascii_case(name);
    let by_oauth_error: Vec<Topic<'c>> = catalogue
        .patterns()
        .iter()
        .filter(|pattern| pattern.rule.role == Role::Answer && pattern.rule.oauth_error.iter().any(is_named))
        .map(|pattern| Topic::Entry(pattern, None))
        .collect();
    if !by_oauth_error.is_empty() {
        return Some(by_oauth_error);
    }
    // `AADSTS50011`, `50011`, and with typing errors: `AADST 50011:`, `ADDSTS-50011`; `ACS50011` of the
    // predecessor; `https://login.microsoftonline.com/error?code=50011`.
    let digits = match upper.rsplit_once("ERROR?CODE=") {
        Some((_, after)) => after.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default(),
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
    // Entries that require only the code come first.
    sort_by_key(&mut claimed, |pattern| pattern.rule.narrowed());
    let mut topics: Vec<Topic<'c>> = claimed.into_iter().map(|pattern| Topic::Entry(pattern, Some(code))).collect();
    if topics.iter().all(|topic| matches!(topic, Topic::Entry(pattern, _) if pattern.rule.narrowed())) {
        topics.push(Topic::Code(code));
    }
    Some(topics)
}
