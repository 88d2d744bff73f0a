//! Values that a shell offers after Tab: ids and codes of the built-in catalogue, numbers of incidents.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};
use oauthsift::Catalogue;

/// Incidents offered after `--details`. How many there are is known only after a scan.
const INCIDENTS: usize = 9;

/// Ids of patterns, with their titles.
pub(crate) fn pattern_ids(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(prefix) = current.to_str() else { return Vec::new() };
    let catalogue = Catalogue::builtin();
    let patterns = catalogue.patterns().iter().filter(|pattern| pattern.id.starts_with(prefix));
    patterns.map(|pattern| candidate(&pattern.id, &pattern.title)).collect()
}

/// What `explain` explains: ids of patterns and, from the first character on, codes.
pub(crate) fn topics(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut topics = pattern_ids(current);
    let Some(prefix) = current.to_str().filter(|prefix| !prefix.is_empty()) else { return topics };
    let catalogue = Catalogue::builtin();
    for info in catalogue.codes().iter() {
        let code = format!("AADSTS{}", info.code);
        if code.starts_with(prefix) {
            topics.push(candidate(&code, info.name.unwrap_or(info.meaning)));
        }
    }
    topics
}

/// Numbers of incidents.
pub(crate) fn incidents(current: &OsStr) -> Vec<CompletionCandidate> {
    let numbers = (1..=INCIDENTS).map(|number| number.to_string());
    let current = current.to_string_lossy();
    numbers.filter(|number| number.starts_with(&*current)).map(CompletionCandidate::new).collect()
}

/// The first word after the program's name, which can do without a command: a path to scan or something to explain.
pub(crate) fn first_word() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let mut candidates = PathCompleter::any().complete(current);
        if !current.is_empty() {
            candidates.extend(topics(current));
        }
        candidates
    })
}

fn candidate(value: &str, help: &str) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(help.to_owned().into()))
}
