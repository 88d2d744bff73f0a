//! Validates entries. Reports all faults at once, each with file, entry, key and remedy.

mod rule;

use std::collections::HashMap;

use super::{
    fault::CatalogueFault,
    pattern::{Pattern, Role, Status},
};

/// Ids that were used in the past and must not return with another meaning.
const RETIRED: [&str; 0] = [];

const MAX_TITLE_CHARS: usize = 60;
const MAX_CAUSE_CHARS: usize = 500;
const MAX_STEP_CHARS: usize = 200;
const MAX_FIX_CHARS: usize = 160;

/// Checks entries, each with the file that it came from. `known` are the entries of the catalogue that these
/// are added to: they may be referenced and replaced.
#[must_use]
pub fn check(entries: &[(String, Pattern)], known: &[Pattern]) -> Vec<CatalogueFault> {
    let mut faults = Vec::new();
    for (file, pattern) in entries {
        Check { file, pattern, faults: &mut faults }.run();
    }
    across(entries, known, &mut faults);
    faults
}

/// Checks across entries: unique ids, codes claimed by one entry, references to existing entries.
fn across(entries: &[(String, Pattern)], known: &[Pattern], faults: &mut Vec<CatalogueFault>) {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (file, pattern) in entries {
        if let Some(first) = owners.insert(&pattern.id, file) {
            faults.push(CatalogueFault::of_key(
                file,
                &pattern.id,
                "id",
                format!("is used twice, first in {first}"),
                "Rename one of the entries.",
            ));
        }
    }
    let exists = |id: &str| owners.contains_key(id) || known.iter().any(|pattern| pattern.id == id);
    let mut claims: HashMap<String, &str> = known
        .iter()
        .filter(|pattern| !owners.contains_key(pattern.id.as_str()))
        .flat_map(|pattern| claimed(pattern).into_iter().map(|code| (code, pattern.id.as_str())))
        .collect();
    for (file, pattern) in entries {
        if let Some(id) = &pattern.replaced_by {
            let successor = entries.iter().map(|(_, other)| other).chain(known).find(|other| other.id == *id);
            let problem = match (pattern.status, successor) {
                (Status::Preview | Status::Stable, _) => Some("is set in an entry that is in use"),
                (_, None) => Some("names an entry that does not exist"),
                (_, Some(other)) if other.id == pattern.id => Some("names the entry itself"),
                (_, Some(other)) if other.status == Status::Removed => Some("names a removed entry"),
                _ => None,
            };
            if let Some(problem) = problem {
                let way_out = "Name the entry that replaced it, and use status \"removed\" or \"deprecated\".";
                faults.push(CatalogueFault::of_key(file, &pattern.id, "replaced_by", problem.to_owned(), way_out));
            }
        }
        for id in pattern.see_also.iter().chain(pattern.follows.iter().flat_map(|follows| &follows.from)) {
            if let Some((_, gone)) =
                entries.iter().find(|(_, other)| other.id == *id && other.status == Status::Removed)
            {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "see_also",
                    format!("`{id}` was removed"),
                    &format!("Name `{}`.", gone.replaced_by.as_deref().unwrap_or("another entry")),
                ));
            }
        }
        for id in &pattern.see_also {
            if *id == pattern.id {
                faults.push(CatalogueFault::of_key(
                    file,
                    id,
                    "see_also",
                    "refers to the entry itself".to_owned(),
                    "List only other entries.",
                ));
            } else if !exists(id) {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "see_also",
                    format!("`{id}` does not exist"),
                    "Use the id of an existing entry, or remove it.",
                ));
            }
        }
        for id in pattern.follows.iter().flat_map(|follows| &follows.from) {
            if !exists(id) {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "follows.from",
                    format!("`{id}` does not exist"),
                    "Use the id of an existing entry, or remove it.",
                ));
            }
        }
        for id in pattern.counters.iter().filter_map(|counter| counter.is.as_ref()) {
            if !exists(id) {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "counter.is",
                    format!("`{id}` does not exist"),
                    "Use the id of an existing entry, or omit `is`.",
                ));
            }
        }
        for code in claimed(pattern) {
            match claims.insert(code.clone(), &pattern.id) {
                Some(other) if other != pattern.id => faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "match",
                    format!("{code} is also claimed by `{other}`"),
                    "Add another condition to one of the two (`any`, `all`, `regex`), or use the id of the other to replace it.",
                )),
                _ => {}
            }
        }
    }
}

/// The codes that an entry claims without any other condition.
fn claimed(pattern: &Pattern) -> Vec<String> {
    let rule = &pattern.rule;
    if rule.narrowed() || pattern.status == Status::Removed {
        return Vec::new();
    }
    let others = rule.aadsts_other.then(|| "every other AADSTS code".to_owned());
    rule.aadsts.iter().map(|code| format!("AADSTS{code}")).chain(rule.codes.iter().cloned()).chain(others).collect()
}

struct Check<'a> {
    file: &'a str,
    pattern: &'a Pattern,
    faults: &'a mut Vec<CatalogueFault>,
}

impl Check<'_> {
    fn fault(&mut self, key: &str, problem: impl Into<String>, help: &str) {
        self.faults.push(CatalogueFault::of_key(self.file, &self.pattern.id, key, problem.into(), help));
    }

    fn run(&mut self) {
        self.name();
        self.prose();
        rule::check(self.file, self.pattern, self.faults);
        self.proof();
    }

    fn name(&mut self) {
        let id = &self.pattern.id;
        let kebab = !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && id.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && !id.ends_with('-')
            && !id.contains("--");
        if !kebab {
            self.fault("id", "is not kebab-case", "Use lower-case words separated by `-`, such as `net-timeout`.");
        }
        if RETIRED.contains(&id.as_str()) {
            self.fault("id", "was retired and must not be reused", "Choose another id.");
        }
    }

    fn prose(&mut self) {
        let pattern = self.pattern;
        let removed = pattern.status == Status::Removed;
        let pages = pattern.references.iter().flat_map(|page| [("references", &page.title), ("references", &page.url)]);
        let prose = [("title", &pattern.title), ("cause", &pattern.cause), ("since", &pattern.since)]
            .into_iter()
            .chain(pattern.follows.iter().filter_map(|follows| Some(("follows", follows.unless_found.as_ref()?))))
            .chain(pattern.steps.iter().map(|step| ("steps", &step.text)))
            .chain(pages);
        for (key, text) in prose {
            if text.contains(char::is_control) {
                self.fault(
                    key,
                    "contains a newline or another control character",
                    "Write it as plain text on one line.",
                );
            }
        }
        if !pattern.since.is_empty() && !is_version(&pattern.since) {
            self.fault(
                "since",
                format!("`{}` is not a version", pattern.since),
                "Enter the first version with this entry, such as \"0.1.0\".",
            );
        }
        if !pattern.verified.is_empty() && !is_date(&pattern.verified) {
            self.fault("verified", format!("`{}` is not a date", pattern.verified), "Use the format 2026-11-23.");
        }
        let bounds = [("applies_to.jira", &pattern.applies_to.jira), ("applies_to.jsm", &pattern.applies_to.jsm)];
        for (key, range) in bounds.into_iter().filter_map(|(key, range)| Some((key, range.as_ref()?))) {
            if !is_range(range) {
                self.fault(
                    key,
                    format!("`{range}` is not a version range"),
                    "Use a range such as \">=8.22\" or \">=8.10, <8.22\".",
                );
            }
        }
        let long = |text: &str, max_chars: usize| text.chars().count() > max_chars;
        if pattern.title.trim().is_empty() || long(&pattern.title, MAX_TITLE_CHARS) {
            self.fault("title", format!("is empty or longer than {MAX_TITLE_CHARS} characters"), "Use a short title.");
        }
        if pattern.cause.trim().is_empty() && !removed {
            self.fault("cause", "is empty", "Explain in one or two plain sentences what happened and why.");
        }
        if long(&pattern.open_cause(), MAX_CAUSE_CHARS) {
            self.fault(
                "cause",
                format!("is longer than {MAX_CAUSE_CHARS} characters"),
                "Shorten it, and link to a page for the details.",
            );
        }
        if pattern.steps.is_empty() && !removed {
            self.fault("steps", "has no steps", "Say what to do, one action per step.");
        }
        for (i, step) in pattern.steps.iter().enumerate() {
            if step.text.trim().is_empty() || long(&step.text, MAX_STEP_CHARS) {
                self.fault(
                    "steps",
                    format!("step {} is empty or longer than {MAX_STEP_CHARS} characters", i + 1),
                    "Use one action per step, and split long steps.",
                );
            }
        }
        if pattern.fix.as_ref().is_some_and(|fix| fix.trim().is_empty() || long(fix, MAX_FIX_CHARS)) {
            self.fault(
                "fix",
                format!("is empty or longer than {MAX_FIX_CHARS} characters"),
                "Summarize the fix in one short sentence, and put the details into `steps`.",
            );
        }
        if pattern.follows.as_ref().is_some_and(|follows| follows.from.is_empty() && follows.stages.is_empty()) {
            self.fault("follows", "contains no condition", "Add `from` (ids of entries), `stages`, or both.");
        }
        if pattern.references.is_empty() && !removed {
            self.fault("references", "is empty", "Add at least one page that confirms the entry.");
        }
        for reference in &pattern.references {
            if reference.title.trim().is_empty() {
                self.fault("references", "a page has no title", "Name the publisher and the topic of the page.");
            }
            let page = reference.url.strip_prefix("https://").unwrap_or_default();
            let host = page.split('/').next().unwrap_or_default();
            if !host.contains('.') || page.contains(|c: char| c.is_whitespace() || "\"<>`".contains(c)) {
                self.fault(
                    "references",
                    format!("`{}` is not an https URL", reference.url),
                    "Enter the https:// URL of the page.",
                );
            }
        }
    }

    fn proof(&mut self) {
        if self.pattern.status == Status::Removed {
            return;
        }
        if self.pattern.samples.iter().any(|sample| sample.log.trim().is_empty()) {
            self.fault("sample", "has an empty log", "Put a record into `log`.");
        }
        if self.pattern.counters.iter().any(|counter| counter.log.trim().is_empty()) {
            self.fault(
                "counter",
                "has an empty log",
                "Put a record into `log` that is similar, but a different failure.",
            );
        }
        if self.pattern.samples.is_empty() {
            self.fault("sample", "is missing", "Add a log that this entry must match: `[[pattern.sample]]`.");
        }
        // The entry for all other codes needs no counter-sample, because every other entry is one.
        if self.pattern.counters.is_empty()
            && !(self.pattern.rule.aadsts_other && self.pattern.rule.role == Role::Cause)
        {
            self.fault("counter", "is missing", "Add a log that this entry must not match: `[[pattern.counter]]`.");
        }
    }
}

/// `1.2.3`, two or three numbers.
fn is_version(text: &str) -> bool {
    (2..=3).contains(&text.split('.').count())
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `2026-11-23`.
fn is_date(text: &str) -> bool {
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    shape
        && number(0..4).is_some()
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day))
}

/// `>=8.22`, `>=8.10, <8.22`.
fn is_range(text: &str) -> bool {
    text.split(',').all(|bound| {
        let bound = bound.trim();
        let version = bound.trim_start_matches(['<', '>', '=']);
        ["<", "<=", ">", ">=", "="].contains(&&bound[..bound.len() - version.len()]) && is_version(version)
    })
}

/// The word in `known` that was probably meant.
#[must_use]
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (strsim::levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(word.len()) / 4)
        .min()
        .map(|(_, candidate)| candidate)
}
