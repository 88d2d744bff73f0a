//! Which entry explains a record. The one place that knows precedence.

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
    sync::{Arc, OnceLock},
};

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::prefilter::Prefilter;
use crate::{
    catalogue::{Catalogue, Role},
    extract::{self, CodeForm, Contexts, ProviderError, ProviderErrors},
    model::Record,
};

/// The catalogue, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Classifier {
    catalogue: Arc<Catalogue>,
    rules: Vec<Rule>,
    by_code: HashMap<u32, Vec<usize>>,
    by_related_code: HashMap<String, Vec<usize>>,
    other: Option<usize>,
    /// Which entries without a code a text may be a case of.
    prefilter: Prefilter,
    literals: Vec<Finder<'static>>,
    /// No word of an entry that fits anywhere is a number.
    numbers_are_wildcards: bool,
}

/// A match rule with its literals numbered and its expression compiled.
#[derive(Debug, Clone)]
struct Rule {
    any: Vec<usize>,
    all: Vec<usize>,
    not: Vec<usize>,
    /// Compiled when the first record asks.
    regex: OnceLock<Option<Regex>>,
    contexts: Contexts,
}

/// How strong a match is; larger wins. The order of the fields is the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Strength {
    rank: Rank,
    conditions: usize,
    literal: usize,
}

/// (1) a vendor's code and a further condition, (2) a vendor's code, (3) a code that no entry claims,
/// then without a code: (4) an entry that names a cause, (5) a bare OAuth error, (6) a wrapper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Wrapper,
    Answer,
    Cause,
    OtherCode,
    Code,
    NarrowedCode,
}

/// What the classifier says of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Index of the entry.
    pub(crate) pattern: usize,
    /// Weaker matches, the strongest first.
    pub(crate) also: Vec<usize>,
    /// The deciding number.
    pub(crate) code: Option<u32>,
    /// Index of the statement that decides.
    pub(crate) statement: Option<usize>,
    /// Where the evidence stands in the text.
    pub(crate) at: usize,
    /// How it is worded.
    pub(crate) form: CodeForm,
}

/// What is known of a record before it is classified. The costly parts are worked out when asked.
pub(crate) struct RecordFacts<'r> {
    pub(crate) record: &'r Record<'r>,
    pub(crate) text: &'r [u8],
    pub(crate) statements: &'r ProviderErrors<'r>,
    pub(crate) header: Contexts,
}

impl Classifier {
    pub(crate) fn new(catalogue: Arc<Catalogue>) -> Self {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut number = |literal: &String| {
            let next = numbers.len();
            *numbers.entry(literal.clone()).or_insert(next)
        };
        let mut by_code: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut by_relative: HashMap<String, Vec<usize>> = HashMap::new();
        let (mut other, mut rules) = (None, Vec::new());
        for (i, pattern) in catalogue.patterns().iter().enumerate() {
            let rule = &pattern.rule;
            rules.push(Rule {
                any: rule.any.iter().map(&mut number).collect(),
                all: rule.all.iter().map(&mut number).collect(),
                not: rule.not.iter().map(&mut number).collect(),
                regex: OnceLock::new(),
                contexts: rule
                    .context
                    .iter()
                    .filter_map(|name| Contexts::named(name))
                    .fold(Contexts::NONE, Contexts::with),
            });
            for code in &rule.aadsts {
                by_code.entry(*code).or_default().push(i);
            }
            for code in &rule.codes {
                by_relative.entry(code.clone()).or_default().push(i);
            }
            if rule.aadsts_other {
                other = Some(i);
            }
        }
        let mut literals: Vec<Finder<'static>> = vec![Finder::new(b""); numbers.len()];
        for (literal, number) in numbers {
            literals[number] = Finder::new(&literal).into_owned();
        }
        let numbers_are_free = catalogue.patterns().iter().all(|pattern| {
            let rule = &pattern.rule;
            rule.by_code() || !rule.context.is_empty() || !rule.any.iter().chain(&rule.all).any(|word| has_number(word))
        });
        let prefilter = Prefilter::new(&catalogue);
        Self {
            prefilter,
            catalogue,
            rules,
            by_code,
            by_related_code: by_relative,
            other,
            literals,
            numbers_are_wildcards: numbers_are_free,
        }
    }

    /// What tells the records that are worth being asked about.
    pub(super) fn prefilter(&self) -> &Prefilter {
        &self.prefilter
    }

    /// Begins to hold a record against the rules.
    pub(crate) fn reading<'c, 'f>(&'c self, facts: &'f RecordFacts<'f>) -> RecordMatcher<'c, 'f> {
        RecordMatcher::new(self, facts)
    }

    /// Names the pattern of a record; `None` when nothing in it is a known failure. `also` is filled
    /// only when `want_also` is set.
    pub(crate) fn classify(&self, reading: &mut RecordMatcher<'_, '_>, want_also: bool) -> Option<Verdict> {
        let facts = reading.facts;
        let decided = self.deciding_code(facts.statements);
        let mut matches: Vec<(Strength, usize)> = Vec::new();
        if let Some((_, code)) = decided {
            let claimed = self.by_code.get(&code).map_or(&[][..], Vec::as_slice);
            matches.extend(claimed.iter().filter_map(|i| Some((reading.strength(*i)?, *i))));
            if matches.is_empty()
                && let Some(other) = self.other
            {
                matches.push((Strength { rank: Rank::OtherCode, conditions: 0, literal: 0 }, other));
            }
        }
        for code in &facts.statements.related_codes {
            let claimed =
                self.by_related_code.get(&format!("{}{}", code.family, code.number)).map_or(&[][..], Vec::as_slice);
            matches.extend(claimed.iter().filter_map(|i| Some((reading.strength(*i)?, *i))));
        }
        if matches.is_empty() || want_also {
            let entries = reading.entries();
            matches.extend(entries.iter().filter_map(|i| Some((reading.strength(*i)?, *i))));
        }
        // The strongest first; entries that came earlier in the catalogue break no tie that a test
        // has not refused.
        matches.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let (strength, pattern) = *matches.first()?;
        let by_aadsts = decided.filter(|_| strength.rank >= Rank::OtherCode && self.is_by_aadsts(pattern));
        let (at, form) = match by_aadsts {
            Some((statement, code)) => {
                let statement = &facts.statements.list[statement];
                // A code beside an OAuth error is part of the provider's answer.
                let form = match reading.answer().error {
                    Some(_) => CodeForm::WithMessage,
                    None => form(facts.text, statement, code),
                };
                (statement.at, form)
            }
            None if strength.rank >= Rank::OtherCode => {
                (facts.statements.related_at.unwrap_or(0), CodeForm::WithMessage)
            }
            None => (reading.place(pattern), CodeForm::WithMessage),
        };
        let mut also: Vec<usize> = Vec::new();
        for (_, i) in &matches[1..] {
            if *i != pattern && !also.contains(i) {
                also.push(*i);
            }
        }
        Some(Verdict {
            pattern,
            also,
            code: by_aadsts.map(|(_, code)| code),
            statement: by_aadsts.map(|(statement, _)| statement),
            at,
            form,
        })
    }

    /// True when nothing in a record that is no failure could be one with other numbers in it: no code
    /// stands in it, and it is not placed where the entries belong whose words it holds.
    pub(crate) fn is_unrelated(&self, reading: &mut RecordMatcher<'_, '_>) -> bool {
        let facts = reading.facts;
        if !self.numbers_are_wildcards
            || !facts.statements.list.is_empty()
            || !facts.statements.related_codes.is_empty()
        {
            return false;
        }
        let rule = |i: usize| &self.catalogue.patterns()[i].rule;
        reading.contexts() == Contexts::NONE && reading.entries().iter().all(|i| !rule(*i).context.is_empty())
    }

    /// All matches of a record with their strength, strongest first: for the tests that refuse ties.
    pub(crate) fn ranking(&self, facts: &RecordFacts<'_>) -> Vec<(Strength, usize)> {
        let mut reading = RecordMatcher::new(self, facts);
        let mut matches: Vec<(Strength, usize)> = (0..self.rules.len())
            .filter(|i| self.claims(facts, *i))
            .filter_map(|i| Some((reading.strength(i)?, i)))
            .collect();
        matches.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
        matches
    }

    fn claims(&self, facts: &RecordFacts<'_>, i: usize) -> bool {
        let rule = &self.catalogue.patterns()[i].rule;
        if !rule.aadsts.is_empty() {
            return self.deciding_code(facts.statements).is_some_and(|(_, code)| rule.aadsts.contains(&code));
        }
        if !rule.codes.is_empty() {
            return facts
                .statements
                .related_codes
                .iter()
                .any(|code| rule.codes.contains(&format!("{}{}", code.family, code.number)));
        }
        !rule.aadsts_other
    }

    fn is_by_aadsts(&self, pattern: usize) -> bool {
        let rule = &self.catalogue.patterns()[pattern].rule;
        !rule.aadsts.is_empty() || rule.aadsts_other
    }

    /// The deciding statement and number: of the innermost cause that has a code, the last
    /// statement; in it the last number that is not a mere wrapper.
    fn deciding_code(&self, statements: &ProviderErrors<'_>) -> Option<(usize, u32)> {
        let with_codes = || statements.list.iter().enumerate().filter(|(_, s)| !s.codes.is_empty());
        let depth = with_codes().map(|(_, s)| s.depth).max()?;
        let (i, statement) = with_codes().rfind(|(_, s)| s.depth == depth)?;
        let code = statement.codes.iter().rev().find(|code| !self.is_wrapper(**code)).or(statement.codes.last())?;
        Some((i, *code))
    }

    fn is_wrapper(&self, code: u32) -> bool {
        self.by_code
            .get(&code)
            .is_some_and(|entries| entries.iter().any(|i| self.catalogue.patterns()[*i].rule.role == Role::Wrapper))
    }
}

/// True when a digit stands in a word that belongs to no name: not `oauth2`.
fn has_number(word: &str) -> bool {
    let before = std::iter::once(b' ').chain(word.bytes());
    before.zip(word.bytes()).any(|(before, byte)| byte.is_ascii_digit() && !before.is_ascii_alphanumeric())
}

/// How a code is worded: what stands right behind it.
fn form(text: &[u8], statement: &ProviderError<'_>, code: u32) -> CodeForm {
    if statement.trace_id.is_some() || statement.correlation_id.is_some() || statement.codes.len() > 1 {
        return CodeForm::WithMessage;
    }
    let digits = code.to_string();
    let behind = text.get(statement.at..).unwrap_or_default();
    let Some(at) = memchr::memmem::find(behind, digits.as_bytes()) else { return CodeForm::Bare };
    let rest = &behind[at + digits.len()..];
    let words = rest.trim_ascii_start();
    let starts_sentence = |b: &u8| b.is_ascii_alphanumeric() || b".'\"*<".contains(b) || *b >= 0x80;
    match words.strip_prefix(b":") {
        Some(said) if said.trim_ascii_start().first().is_some_and(starts_sentence) => CodeForm::WithMessage,
        Some(_) => CodeForm::Bare,
        None if words.len() < rest.len() && words.first().is_some_and(starts_sentence) => CodeForm::WithWords,
        None => CodeForm::Bare,
    }
}

/// One record being held against the rules; literals are looked for once, when the first rule asks.
pub(crate) struct RecordMatcher<'c, 'f> {
    classifier: &'c Classifier,
    facts: &'f RecordFacts<'f>,
    /// First places of the literals that were asked for, by number.
    places: Vec<(usize, Option<usize>)>,
    answer: Option<extract::OAuthResponse<'f>>,
    contexts: Option<Contexts>,
    status: Option<Option<u16>>,
    /// Entries without a code whose words stand in the text.
    entries: Option<Rc<BTreeSet<usize>>>,
}

impl<'c, 'f> RecordMatcher<'c, 'f> {
    fn new(classifier: &'c Classifier, facts: &'f RecordFacts<'f>) -> Self {
        Self { classifier, facts, places: Vec::new(), answer: None, contexts: None, status: None, entries: None }
    }

    /// Entries without a code whose words stand in the text.
    fn entries(&mut self) -> Rc<BTreeSet<usize>> {
        let (classifier, facts) = (self.classifier, self.facts);
        Rc::clone(self.entries.get_or_insert_with(|| Rc::new(classifier.prefilter.entries(facts.text))))
    }

    /// Where a literal stands first.
    fn place_of(&mut self, literal: usize) -> Option<usize> {
        if let Some((_, place)) = self.places.iter().find(|(known, _)| *known == literal) {
            return *place;
        }
        let place = self.classifier.literals[literal].find(self.facts.text);
        self.places.push((literal, place));
        place
    }

    fn contexts(&mut self) -> Contexts {
        let facts = self.facts;
        *self.contexts.get_or_insert_with(|| facts.header.with(extract::of_text(facts.text)))
    }

    fn answer(&mut self) -> extract::OAuthResponse<'f> {
        let facts = self.facts;
        *self.answer.get_or_insert_with(|| extract::parse_oauth_response(facts.text))
    }

    /// How strongly entry `i` matches, beside its code; `None` when a condition fails.
    fn strength(&mut self, i: usize) -> Option<Strength> {
        let classifier = self.classifier;
        let pattern = &classifier.catalogue.patterns()[i];
        let (rule, compiled) = (&pattern.rule, &classifier.rules[i]);
        // The context first: it costs little, and most trouble in a log is not ours.
        if !rule.context.is_empty() && !self.contexts().meets(compiled.contexts) {
            return None;
        }
        let length = |n: usize| classifier.literals[n].needle().len();
        if !compiled.all.iter().all(|n| self.place_of(*n).is_some())
            || compiled.not.iter().any(|n| self.place_of(*n).is_some())
        {
            return None;
        }
        let longest = compiled.any.iter().filter(|n| self.place_of(**n).is_some()).map(|n| length(*n)).max();
        if !compiled.any.is_empty() && longest.is_none() {
            return None;
        }
        let literal = longest.unwrap_or(0) + compiled.all.iter().map(|n| length(*n)).sum::<usize>();
        if !rule.oauth_error.is_empty() {
            let error = self.answer().error?;
            if !rule.oauth_error.iter().any(|wanted| wanted.as_bytes() == error) {
                return None;
            }
        }
        if !rule.logger.is_empty() {
            let logger = self.facts.record.header.as_ref()?.logger?;
            let class = logger.rsplit(|b| *b == b'.').next().unwrap_or(logger);
            if !rule.logger.iter().any(|wanted| wanted.as_bytes() == class) {
                return None;
            }
        }
        if !rule.http_status.is_empty() {
            let text = self.facts.text;
            let status = (*self.status.get_or_insert_with(|| extract::http_status(text)))?;
            if !rule.http_status.contains(&status) {
                return None;
            }
        }
        if let Some(source) = &rule.regex {
            let regex = compiled.regex.get_or_init(|| RegexBuilder::new(source).unicode(false).build().ok());
            if !regex.as_ref()?.is_match(self.facts.text) {
                return None;
            }
        }
        let rank = match (rule.by_code(), rule.narrowed(), rule.role) {
            (true, true, _) => Rank::NarrowedCode,
            (true, false, _) => Rank::Code,
            (false, _, Role::Cause) => Rank::Cause,
            (false, _, Role::Answer) => Rank::Answer,
            (false, _, Role::Wrapper) => Rank::Wrapper,
        };
        Some(Strength { rank, conditions: rule.conditions(), literal })
    }

    /// Where the words of a code-less entry stand.
    fn place(&mut self, i: usize) -> usize {
        let compiled = &self.classifier.rules[i];
        let first = compiled.any.iter().chain(&compiled.all).filter_map(|n| self.place_of(*n)).min();
        first.or_else(|| self.answer().error_at).unwrap_or(0)
    }
}
