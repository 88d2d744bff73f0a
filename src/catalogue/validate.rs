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
    pub way_out: String,
}

impl CatalogueFault {
    pub(crate) fn of_file(file: &str, problem: String, way_out: &str) -> Self {
        Self { file: file.to_owned(), entry: None, key: None, problem, way_out: way_out.to_owned() }
    }

    pub(crate) fn of_key(file: &str, entry: &str, key: &str, problem: String, way_out: &str) -> Self {
        Self {
            file: file.to_owned(),
            entry: Some(entry.to_owned()),
            key: Some(key.to_owned()),
            problem,
            way_out: way_out.to_owned(),
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
        write!(f, ": {}. {}", self.problem.trim_end_matches('.'), self.way_out)
    }
}

/// Ids that were used once and must not come back with another meaning.
const RETIRED: [&str; 0] = [];

/// Contexts that a rule may ask for.
const CONTEXTS: [&str; 5] = ["oauth", "mail", "microsoft", "google", "graph"];

/// Families of codes beside AADSTS.
const CODE_FAMILIES: [&str; 2] = ["AADB2C", "MSIS"];

const LONGEST_TITLE: usize = 60;
const LONGEST_CAUSE: usize = 500;
const LONGEST_STEP: usize = 200;
const SHORTEST_LITERAL: usize = 5;
const SHORTEST_LOOKED_FOR: usize = 7;

/// Checks entries, each with the file it came from. `known` are ids of a catalogue that these
/// entries are added to: they may be referred to, and replaced.
#[must_use]
pub fn check(entries: &[(String, Pattern)], known: &[&str]) -> Vec<CatalogueFault> {
    let mut faults = Vec::new();
    for (file, pattern) in entries {
        Check { file, pattern, faults: &mut faults }.run();
    }
    across(entries, known, &mut faults);
    faults
}

/// Rules that need all entries: ids once, codes claimed once, references to entries that exist.
fn across(entries: &[(String, Pattern)], known: &[&str], faults: &mut Vec<CatalogueFault>) {
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
    let exists = |id: &str| owners.contains_key(id) || known.contains(&id);
    let mut claims: HashMap<String, &str> = HashMap::new();
    for (file, pattern) in entries {
        for id in &pattern.see_also {
            if !exists(id) {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "see_also",
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
        if pattern.rule.narrowed() {
            continue;
        }
        let numbers = pattern.rule.aadsts.iter().map(|code| format!("AADSTS{code}"));
        for code in numbers.chain(pattern.rule.codes.iter().cloned()) {
            if let Some(other) = claims.insert(code.clone(), &pattern.id) {
                faults.push(CatalogueFault::of_key(
                    file,
                    &pattern.id,
                    "match",
                    format!("{code} is claimed by `{other}` too"),
                    "Give one of the two a further condition (`any`, `all`, `regex`).",
                ));
            }
        }
    }
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
        self.rule();
        self.regex();
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
        let long = |text: &str, most: usize| text.chars().count() > most;
        if pattern.title.trim().is_empty() || long(&pattern.title, LONGEST_TITLE) {
            self.fault("title", format!("is empty or longer than {LONGEST_TITLE} characters"), "Shorten it.");
        }
        if pattern.cause.trim().is_empty() {
            self.fault("cause", "is empty", "Say in one or two plain sentences what happened and why.");
        }
        if long(&pattern.cause, LONGEST_CAUSE) {
            self.fault(
                "cause",
                format!("is longer than {LONGEST_CAUSE} characters"),
                "Shorten it and link to a page for the rest.",
            );
        }
        if pattern.steps.is_empty() {
            self.fault("steps", "has no step", "Say what to do, one action each.");
        }
        for (i, step) in pattern.steps.iter().enumerate() {
            if step.trim().is_empty() || long(step, LONGEST_STEP) {
                self.fault(
                    "steps",
                    format!("step {} is empty or longer than {LONGEST_STEP} characters", i + 1),
                    "Split it into two steps.",
                );
            }
        }
        if pattern.references.is_empty() {
            self.fault("references", "has no page", "Name at least one page that says so.");
        }
        for reference in &pattern.references {
            if !reference.url.starts_with("https://") || reference.url.contains(char::is_whitespace) {
                self.fault(
                    "references",
                    format!("`{}` is not an https address", reference.url),
                    "Give the page's https:// address.",
                );
            }
        }
    }

    fn rule(&mut self) {
        let rule = &self.pattern.rule;
        let says = rule.by_code() || !rule.oauth_error.is_empty() || !rule.any.is_empty() || !rule.all.is_empty();
        match (self.pattern.status, says) {
            (Status::Removed, true) => {
                self.fault("match", "a removed entry still has a rule", "Empty the rule; the id stays reserved.");
            }
            (Status::Removed, false) => return,
            (_, false) => self.fault(
                "match",
                "has no condition that finds a record",
                "Give at least one of aadsts, codes, oauth_error, any, all.",
            ),
            _ => {}
        }
        for code in rule.aadsts.clone() {
            if !(1_000..=99_999_999).contains(&code) {
                self.fault(
                    "match.aadsts",
                    format!("{code} is not a code of 4 to 8 digits"),
                    "Give the number behind AADSTS.",
                );
            }
        }
        for code in rule.codes.clone() {
            let family = CODE_FAMILIES.iter().find_map(|family| code.strip_prefix(family));
            if !family
                .is_some_and(|digits| (4..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
            {
                self.fault(
                    "match.codes",
                    format!("`{code}` is not a code"),
                    "Write AADB2C or MSIS and the digits; AADSTS numbers go into `aadsts`.",
                );
            }
        }
        for context in rule.context.clone() {
            if !CONTEXTS.contains(&context.as_str()) {
                self.fault(
                    "match.context",
                    format!("`{context}` is not a context"),
                    "Use oauth, mail, microsoft, google or graph.",
                );
            }
        }
        let literals = rule.any.iter().chain(&rule.all).chain(&rule.not).cloned().collect::<Vec<_>>();
        for literal in literals {
            if literal.len() < SHORTEST_LITERAL {
                self.fault(
                    "match",
                    format!("the literal `{literal}` is shorter than {SHORTEST_LITERAL} bytes"),
                    "Use a longer, rarer phrase.",
                );
            }
        }
        for word in self.looked_for() {
            if (SHORTEST_LITERAL..SHORTEST_LOOKED_FOR).contains(&word.len()) {
                self.fault(
                    "match",
                    format!("`{word}` is looked for in the whole log and shorter than {SHORTEST_LOOKED_FOR} bytes"),
                    "Use a longer, rarer phrase, or put one into `all`.",
                );
            }
        }
    }

    /// Of an entry without codes, the words of which one must stand in every record that it explains.
    fn looked_for(&self) -> Vec<String> {
        let rule = &self.pattern.rule;
        if rule.by_code() {
            return Vec::new();
        }
        match rule.all.iter().max_by_key(|literal| literal.len()) {
            Some(longest) => vec![longest.clone()],
            None if !rule.any.is_empty() => rule.any.clone(),
            None => rule.oauth_error.clone(),
        }
    }

    fn regex(&mut self) {
        let rule = &self.pattern.rule;
        let Some(regex) = &rule.regex else { return };
        if rule.any.is_empty() && rule.all.is_empty() && !rule.by_code() {
            self.fault(
                "match.regex",
                "stands without a literal",
                "Add `any` or `all` with a phrase that the expression needs.",
            );
        }
        let built = regex::bytes::RegexBuilder::new(regex).unicode(false).size_limit(1 << 20).build();
        if let Err(error) = built {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            self.fault(
                "match.regex",
                format!("does not compile: {reason}"),
                "Correct the expression; it works on bytes, without Unicode classes.",
            );
        }
    }

    fn proof(&mut self) {
        if self.pattern.status == Status::Removed {
            return;
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
