//! Tests one record against the match rules of the catalogue.

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
    extract::{self, Contexts, ProviderErrors},
    model::{Level, Record},
};

/// The match rules of a catalogue, with their literals numbered and shared.
#[derive(Debug, Clone)]
pub(super) struct CompiledRules {
    pub(super) catalogue: Arc<Catalogue>,
    /// Which entries without a code may match a text.
    pub(super) prefilter: Prefilter,
    rules: Vec<CompiledRule>,
    literals: Vec<Finder<'static>>,
}

/// A match rule; literals by their number.
#[derive(Debug, Clone)]
struct CompiledRule {
    any: Vec<usize>,
    all: Vec<usize>,
    not: Vec<usize>,
    /// Compiled for the first record that needs it.
    regex: OnceLock<Regex>,
    contexts: Contexts,
}

/// How strong a match is; larger wins. The order of the fields is the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Strength {
    pub(super) rank: Rank,
    pub(super) conditions: usize,
    pub(super) literal: usize,
}

/// (1) a vendor's code and a further condition, (2) a vendor's code, (3) a code that no entry claims,
/// then without a code: (4) an entry that names a cause, (5) a bare OAuth error, (6) a wrapper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Wrapper,
    Answer,
    Cause,
    OtherCode,
    Code,
    NarrowedCode,
}

/// What is known of a record before it is matched. Everything else is computed on demand.
#[derive(Clone, Copy)]
pub(crate) struct RecordFacts<'r> {
    pub(crate) record: &'r Record<'r>,
    /// The message without escapes.
    pub(crate) text: &'r [u8],
    pub(crate) provider_errors: &'r ProviderErrors<'r>,
    /// Contexts of the header.
    pub(crate) header: Contexts,
}

impl CompiledRules {
    pub(super) fn new(catalogue: Arc<Catalogue>) -> Self {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut number = |literal: &String| {
            let next = numbers.len();
            *numbers.entry(literal.clone()).or_insert(next)
        };
        let mut rules = Vec::new();
        for pattern in catalogue.patterns() {
            let rule = &pattern.rule;
            rules.push(CompiledRule {
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
        }
        let mut literals: Vec<Finder<'static>> = vec![Finder::new(b""); numbers.len()];
        for (literal, number) in numbers {
            literals[number] = Finder::new(&literal).into_owned();
        }
        let prefilter = Prefilter::new(&catalogue);
        Self { catalogue, prefilter, rules, literals }
    }
}

/// Tests one record against the rules; each literal is searched for at most once.
pub(crate) struct RecordMatcher<'c, 'f> {
    compiled: &'c CompiledRules,
    pub(super) facts: &'f RecordFacts<'f>,
    /// First position of the literals that were needed so far, by number.
    positions: Vec<(usize, Option<usize>)>,
    response: Option<extract::OAuthResponse<'f>>,
    contexts: Option<Contexts>,
    status: Option<Option<u16>>,
    /// Entries without a code whose words are in the text.
    entries: Option<Rc<BTreeSet<usize>>>,
}

impl<'c, 'f> RecordMatcher<'c, 'f> {
    pub(super) fn new(compiled: &'c CompiledRules, facts: &'f RecordFacts<'f>) -> Self {
        Self { compiled, facts, positions: Vec::new(), response: None, contexts: None, status: None, entries: None }
    }

    /// Entries without a code whose words are in the text.
    pub(super) fn entries(&mut self) -> Rc<BTreeSet<usize>> {
        let (compiled, facts) = (self.compiled, self.facts);
        Rc::clone(self.entries.get_or_insert_with(|| {
            let signs_in = facts.header.intersects(Contexts::OIDC_REQUEST);
            Rc::new(compiled.prefilter.entries(facts.text, signs_in))
        }))
    }

    /// First position of a literal.
    fn position_of(&mut self, literal: usize) -> Option<usize> {
        if let Some((_, position)) = self.positions.iter().find(|(known, _)| *known == literal) {
            return *position;
        }
        let position = first_position(&self.compiled.literals[literal], self.facts.text);
        self.positions.push((literal, position));
        position
    }

    pub(super) fn contexts(&mut self) -> Contexts {
        let facts = self.facts;
        *self.contexts.get_or_insert_with(|| {
            let pasted = if facts.record.header.is_none() { extract::of_pasted(facts.text) } else { Contexts::NONE };
            facts.header.with(extract::of_text(facts.text)).with(pasted)
        })
    }

    pub(super) fn response(&mut self) -> extract::OAuthResponse<'f> {
        let facts = self.facts;
        *self.response.get_or_insert_with(|| extract::parse_oauth_response(facts.text))
    }

    /// Whether the record is in a context in which entry `i` can match.
    pub(super) fn has_context_of(&mut self, i: usize) -> bool {
        let compiled = self.compiled;
        compiled.catalogue.patterns()[i].rule.context.is_empty()
            || self.contexts().intersects(compiled.rules[i].contexts)
    }

    /// How strongly entry `i` matches, apart from its code; `None` when a condition is not met.
    pub(super) fn strength(&mut self, i: usize) -> Option<Strength> {
        let compiled = self.compiled;
        let (rule, literals) = (&compiled.catalogue.patterns()[i].rule, &compiled.rules[i]);
        // The context first: it is cheap, and most failures in a log are not relevant.
        if !self.has_context_of(i) {
            return None;
        }
        if rule.request.is_some() && !self.is_failed_sign_in() {
            return None;
        }
        let length = |n: usize| compiled.literals[n].needle().len();
        if !literals.all.iter().all(|n| self.position_of(*n).is_some())
            || literals.not.iter().any(|n| self.position_of(*n).is_some())
        {
            return None;
        }
        let longest = literals.any.iter().filter(|n| self.position_of(**n).is_some()).map(|n| length(*n)).max();
        if !literals.any.is_empty() && longest.is_none() {
            return None;
        }
        let literal = longest.unwrap_or(0) + literals.all.iter().map(|n| length(*n)).sum::<usize>();
        if !rule.oauth_error.is_empty() {
            let error = self.response().error?;
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
        if rule.unreachable.is_some() && extract::failed_proxy(self.facts.text).is_none() {
            return None;
        }
        if let Some(source) = &rule.regex {
            let compile = || RegexBuilder::new(source).unicode(false).build();
            let regex = literals.regex.get_or_init(|| compile().expect("checked when the catalogue was loaded"));
            if !regex.is_match(self.facts.text) {
                return None;
            }
        }
        let rank = match (rule.by_code(), rule.narrowed(), rule.role) {
            (true, true, _) => Rank::NarrowedCode,
            (true, false, _) => Rank::Code,
            (false, _, Role::Cause | Role::Mention) => Rank::Cause,
            (false, _, Role::Answer) => Rank::Answer,
            (false, _, Role::Wrapper) => Rank::Wrapper,
        };
        Some(Strength { rank, conditions: rule.conditions(), literal })
    }

    /// True for a record that itself says that a request of a sign-in with OpenID Connect failed.
    fn is_failed_sign_in(&self) -> bool {
        self.facts.header.intersects(Contexts::OIDC_REQUEST)
            && match self.facts.record.level() {
                Some(Level::Error | Level::Fatal) => true,
                Some(Level::Warn) => extract::outermost_exception(self.facts.text).is_some(),
                _ => false,
            }
    }

    /// Position of the words of an entry without a code.
    pub(super) fn position_of_entry(&mut self, i: usize) -> usize {
        let rule = &self.compiled.rules[i];
        let first = rule.any.iter().chain(&rule.all).filter_map(|n| self.position_of(*n)).min();
        first.or_else(|| self.response().error_at).unwrap_or(0)
    }
}

/// Where a literal is first in a text. A literal of digits is a code, so it matches a whole number only: the same digits
/// within an id or a longer number do not count.
fn first_position(literal: &Finder<'_>, text: &[u8]) -> Option<usize> {
    let digits = literal.needle();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return literal.find(text);
    }
    literal.find_iter(text).find(|at| {
        let (before, after) = (&text[..*at], &text[at + digits.len()..]);
        !after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && !before.last().is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_of_digits_matches_whole_numbers_only() {
        let position = |text: &str| first_position(&Finder::new("70002"), text.as_bytes());
        for (text, expected) in [
            ("AADSTS70002: Error validating credentials", Some(6)),
            ("\"error_codes\":[70002]", Some(15)),
            ("70002", Some(0)),
            ("error_code: 700025, then 70002", Some(25)),
            ("Trace ID: 70002abc-2222-4333-8444-555555555555", None),
            ("Trace ID: aaaaaaaa-2222-4333-8444-55570002aaaa", None),
            ("Trace ID: aaaaaaaa-2222-4333-8444-555555570002", None),
            ("state=70002_x", None),
            ("", None),
        ] {
            assert_eq!(position(text), expected, "{text}");
        }
        assert_eq!(first_position(&Finder::new(""), b"text"), Some(0));
    }
}
