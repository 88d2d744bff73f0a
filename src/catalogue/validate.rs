//! What the catalogue refuses. All faults at once, each with file, entry, key and a way out.

use std::{collections::HashMap, fmt};

use super::pattern::{Pattern, Role, Status};

/// One thing that is wrong with a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueFault {
    /// The file.
    pub file: String,
    /// The entry's id, or its number when it has none.
    pub entry: Option<String>,
    /// The key.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub help: String,
}

impl CatalogueFault {
    pub(crate) fn of_file(file: &str, problem: String, way_out: &str) -> Self {
        Self { file: file.to_owned(), entry: None, key: None, problem, help: way_out.to_owned() }
    }

    pub(crate) fn of_key(file: &str, entry: &str, key: &str, problem: String, way_out: &str) -> Self {
        Self {
            file: file.to_owned(),
            entry: Some(entry.to_owned()),
            key: Some(key.to_owned()),
            problem,
            help: way_out.to_owned(),
        }
    }
}

impl fmt::Display for CatalogueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(entry) = &self.entry {
            write!(f, ", entry `{entry}`")?;
        }
        if let Some(key) = &self.key {
            write!(f, ", key `{key}`")?;
        }
        write!(f, ": {}. {}", self.problem.trim_end_matches('.'), self.help)
    }
}

/// Ids that were used once and must not come back with another meaning.
const RETIRED: [&str; 0] = [];

const MAX_TITLE_CHARS: usize = 60;
const MAX_CAUSE_CHARS: usize = 500;
const MAX_STEP_CHARS: usize = 200;
const MAX_FIX_CHARS: usize = 160;

/// Checks entries, each with the file it came from. `known` are the entries of a catalogue that these
/// are added to: they may be referred to, and replaced.
#[must_use]
pub fn check(entries: &[(String, Pattern)], known: &[Pattern]) -> Vec<CatalogueFault> {
    let mut faults = Vec::new();
    for (file, pattern) in entries {
        Check { file, pattern, faults: &mut faults }.run();
    }
    across(entries, known, &mut faults);
    faults
}

/// Rules that need all entries: ids once, codes claimed once, references to entries that exist.
fn across(entries: &[(String, Pattern)], known: &[Pattern], faults: &mut Vec<CatalogueFault>) {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (file, pattern) in entries {
        if let Some(first) = owners.insert(&pattern.id, file) {
            faults.push(CatalogueFault::of_key(
                file,
                &pattern.id,
                "id",
                format!("is used twice, first in {first}"),
                "Give one of the entries another name.",
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
                    "names the entry itself".to_owned(),
                    "Name its siblings only.",
                ));
            } else if !exists(id) {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "see_also",
                    format!("`{id}` does not exist"),
                    "Name an existing entry, or remove it.",
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
                    "Name an existing entry, or remove it.",
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
                    "Name an existing entry, or leave `is` out.",
                ));
            }
        }
        for code in claimed(pattern) {
            match claims.insert(code.clone(), &pattern.id) {
                Some(other) if other != pattern.id => faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "match",
                    format!("{code} is claimed by `{other}` too"),
                    "Give one of the two a further condition (`any`, `all`, `regex`), or replace the other by its id.",
                )),
                _ => {}
            }
        }
    }
}

/// The codes that an entry claims for itself alone.
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
    fn fault(&mut self, key: &str, problem: impl Into<String>, way_out: &str) {
        self.faults.push(CatalogueFault::of_key(self.file, &self.pattern.id, key, problem.into(), way_out));
    }

    fn run(&mut self) {
        self.name();
        self.prose();
        super::rule::check(self.file, self.pattern, self.faults);
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
            self.fault("id", "is not kebab-case", "Use lower-case words with `-` between, such as `net-timeout`.");
        }
        if RETIRED.contains(&id.as_str()) {
            self.fault("id", "was retired and must not come back", "Choose another name.");
        }
    }

    fn prose(&mut self) {
        let pattern = self.pattern;
        let removed = pattern.status == Status::Removed;
        let pages = pattern.references.iter().flat_map(|page| [("references", &page.title), ("references", &page.url)]);
        let prose = [("title", &pattern.title), ("cause", &pattern.cause), ("since", &pattern.since)]
            .into_iter()
            .chain(pattern.steps.iter().map(|step| ("steps", step)))
            .chain(pages);
        for (key, text) in prose {
            if text.contains(char::is_control) {
                self.fault(
                    key,
                    "holds a line break or another control character",
                    "Write it on one line, as plain text.",
                );
            }
        }
        if !pattern.since.is_empty() && !is_version(&pattern.since) {
            self.fault(
                "since",
                format!("`{}` is not a version", pattern.since),
                "Give the version that had it first, such as \"0.1.0\".",
            );
        }
        if !pattern.verified.is_empty() && !is_date(&pattern.verified) {
            self.fault("verified", format!("`{}` is not a date", pattern.verified), "Give it as 2026-11-23.");
        }
        let bounds = [("applies_to.jira", &pattern.applies_to.jira), ("applies_to.jsm", &pattern.applies_to.jsm)];
        for (key, range) in bounds.into_iter().filter_map(|(key, range)| Some((key, range.as_ref()?))) {
            if !is_range(range) {
                self.fault(
                    key,
                    format!("`{range}` is not a range of versions"),
                    "Write it as \">=8.22\" or \">=8.10, <8.22\".",
                );
            }
        }
        let long = |text: &str, most: usize| text.chars().count() > most;
        if pattern.title.trim().is_empty() || long(&pattern.title, MAX_TITLE_CHARS) {
            self.fault("title", format!("is empty or longer than {MAX_TITLE_CHARS} characters"), "Shorten it.");
        }
        if pattern.cause.trim().is_empty() && !removed {
            self.fault("cause", "is empty", "Say in one or two plain sentences what happened and why.");
        }
        if long(&pattern.cause, MAX_CAUSE_CHARS) {
            self.fault(
                "cause",
                format!("is longer than {MAX_CAUSE_CHARS} characters"),
                "Shorten it and link to a page for the rest.",
            );
        }
        if pattern.steps.is_empty() && !removed {
            self.fault("steps", "has no step", "Say what to do, one action each.");
        }
        for (i, step) in pattern.steps.iter().enumerate() {
            if step.trim().is_empty() || long(step, MAX_STEP_CHARS) {
                self.fault(
                    "steps",
                    format!("step {} is empty or longer than {MAX_STEP_CHARS} characters", i + 1),
                    "Split it into two steps.",
                );
            }
        }
        if pattern.fix.as_ref().is_some_and(|fix| fix.trim().is_empty() || long(fix, MAX_FIX_CHARS)) {
            self.fault(
                "fix",
                format!("is empty or longer than {MAX_FIX_CHARS} characters"),
                "Say the cure in one short sentence; the rest belongs into `steps`.",
            );
        }
        if pattern.follows.as_ref().is_some_and(|follows| follows.from.is_empty() && follows.stages.is_empty()) {
            self.fault("follows", "names no failure", "Give `from` (ids of entries), `stages`, or both.");
        }
        if pattern.references.is_empty() && !removed {
            self.fault("references", "has no page", "Name at least one page that says so.");
        }
        for reference in &pattern.references {
            if reference.title.trim().is_empty() {
                self.fault("references", "a page has no title", "Say whose page it is and what it tells.");
            }
            let page = reference.url.strip_prefix("https://").unwrap_or_default();
            let host = page.split('/').next().unwrap_or_default();
            if !host.contains('.') || page.contains(|c: char| c.is_whitespace() || "\"<>`".contains(c)) {
                self.fault(
                    "references",
                    format!("`{}` is not an https address", reference.url),
                    "Give the page's https:// address.",
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
            self.fault("counter", "has an empty log", "Put a record into `log` that is near, but another thing.");
        }
        if self.pattern.samples.is_empty() {
            self.fault("sample", "is missing", "Add a log that this entry must catch: `[[pattern.sample]]`.");
        }
        // A catch-all for codes has siblings by construction; every other entry needs a near miss.
        if self.pattern.counters.is_empty()
            && !(self.pattern.rule.aadsts_other && self.pattern.rule.role == Role::Cause)
        {
            self.fault("counter", "is missing", "Add a log that this entry must not catch: `[[pattern.counter]]`.");
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

/// The word of `known` that was probably meant.
#[must_use]
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(word.len()) / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
