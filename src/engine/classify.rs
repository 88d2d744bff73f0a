//! Which entry explains a record. The only place that knows precedence.

use std::{collections::HashMap, sync::Arc};

use memchr::memmem::Finder;

use super::{
    matcher::{CompiledRules, Rank, RecordFacts, RecordMatcher, Strength},
    prefilter::Prefilter,
};
use crate::{
    catalogue::{Catalogue, MatchRule, Role},
    extract::{CodeForm, Contexts, ProviderError, ProviderErrors},
};

/// The compiled catalogue, with its entries by code.
#[derive(Debug, Clone)]
pub(crate) struct Classifier {
    rules: CompiledRules,
    by_code: HashMap<u32, Vec<usize>>,
    by_related_code: HashMap<String, Vec<usize>>,
    /// The entry for all other AADSTS codes.
    other: Option<usize>,
    /// What surrounds the numbers in words of entries that match in any context: a text that contains one of
    /// these could match with other numbers.
    around_numbers: Vec<Finder<'static>>,
}

/// What the classifier decided about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Index of the entry.
    pub(crate) pattern: usize,
    /// Weaker matches, strongest first.
    pub(crate) also: Vec<usize>,
    /// The deciding number.
    pub(crate) code: Option<u32>,
    /// Index of the deciding provider error.
    pub(crate) deciding: Option<usize>,
    /// Position of the evidence in the text.
    pub(crate) at: usize,
    /// How the evidence is worded.
    pub(crate) form: CodeForm,
}

impl Classifier {
    pub(crate) fn new(catalogue: Arc<Catalogue>) -> Self {
        let mut by_code: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut by_related_code: HashMap<String, Vec<usize>> = HashMap::new();
        let mut other = None;
        for (i, pattern) in catalogue.patterns().iter().enumerate() {
            let rule = &pattern.rule;
            for code in &rule.aadsts {
                by_code.entry(*code).or_default().push(i);
            }
            for code in &rule.codes {
                by_related_code.entry(code.clone()).or_default().push(i);
            }
            if rule.aadsts_other {
                other = Some(i);
            }
        }
        let in_any_context = catalogue
            .patterns()
            .iter()
            .map(|pattern| &pattern.rule)
            .filter(|rule| !rule.by_code() && rule.context.is_empty());
        let words = in_any_context.flat_map(|rule| rule.any.iter().chain(&rule.all));
        let around_numbers =
            words.filter(|word| has_number(word)).map(|word| Finder::new(around_number(word)).into_owned());
        let around_numbers = around_numbers.collect();
        Self { rules: CompiledRules::new(catalogue), by_code, by_related_code, other, around_numbers }
    }

    /// The search for records that may match.
    pub(super) fn prefilter(&self) -> &Prefilter {
        &self.rules.prefilter
    }

    /// A matcher for one record.
    pub(super) fn matcher<'c, 'f>(&'c self, facts: &'f RecordFacts<'f>) -> RecordMatcher<'c, 'f> {
        RecordMatcher::new(&self.rules, facts)
    }

    fn rule(&self, i: usize) -> &MatchRule {
        &self.rules.catalogue.patterns()[i].rule
    }

    /// Names the pattern of a record; `None` when it contains no known failure. `also` is filled only when
    /// `want_also` is set.
    pub(super) fn classify(&self, matcher: &mut RecordMatcher<'_, '_>, want_also: bool) -> Option<Verdict> {
        let facts = matcher.facts;
        let decided = self.deciding_code(facts.provider_errors);
        let mut matches: Vec<(Strength, usize)> = Vec::new();
        if let Some((_, code)) = decided {
            let claimed = self.by_code.get(&code).map_or(&[][..], Vec::as_slice);
            matches.extend(claimed.iter().filter_map(|i| Some((matcher.strength(*i)?, *i))));
            if matches.is_empty()
                && let Some(other) = self.other
            {
                matches.push((Strength { rank: Rank::OtherCode, conditions: 0, literal: 0 }, other));
            }
        }
        for code in facts.provider_errors.related_codes.iter() {
            let claimed =
                self.by_related_code.get(&format!("{}{}", code.family, code.number)).map_or(&[][..], Vec::as_slice);
            matches.extend(claimed.iter().filter_map(|i| Some((matcher.strength(*i)?, *i))));
        }
        if matches.is_empty() || want_also {
            let entries = matcher.entries();
            matches.extend(entries.iter().filter_map(|i| Some((matcher.strength(*i)?, *i))));
        }
        // Strongest first. The order in the catalogue only breaks ties that no test has rejected.
        matches.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let (strength, pattern) = *matches.first()?;
        let by_aadsts = decided.filter(|_| strength.rank >= Rank::OtherCode && self.is_by_aadsts(pattern));
        let (at, form) = match by_aadsts {
            Some((deciding, code)) => {
                let error = &facts.provider_errors.list[deciding];
                // A code together with an OAuth error is part of the provider's response.
                let form = match matcher.response().error {
                    Some(_) => CodeForm::WithMessage,
                    None => form(facts.text, error, code),
                };
                (error.at, form)
            }
            None if strength.rank >= Rank::OtherCode => {
                (facts.provider_errors.related_at.unwrap_or(0), CodeForm::WithMessage)
            }
            None => (matcher.position_of_entry(pattern), CodeForm::WithMessage),
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
            deciding: by_aadsts.map(|(deciding, _)| deciding),
            at,
            form,
        })
    }

    /// True for a text without a code in which no entry whose words it contains is in its context: no entry matches it, and
    /// none matches a part of it.
    pub(super) fn is_out_of_context(&self, matcher: &mut RecordMatcher<'_, '_>) -> bool {
        let errors = matcher.facts.provider_errors;
        errors.list.is_empty()
            && errors.related_codes.is_empty()
            && matcher.entries().iter().all(|i| !matcher.has_context_of(*i))
    }

    /// True when a record that is not a failure would not be one with other numbers either: it contains no
    /// code, and is not in the context of any entry whose words it contains.
    pub(super) fn is_unrelated(&self, matcher: &mut RecordMatcher<'_, '_>) -> bool {
        let errors = matcher.facts.provider_errors;
        if !errors.list.is_empty() || !errors.related_codes.is_empty() {
            return false;
        }
        if self.around_numbers.iter().any(|words| words.find(matcher.facts.text).is_some()) {
            return false;
        }
        matcher.contexts() == Contexts::NONE && matcher.entries().iter().all(|i| !self.rule(*i).context.is_empty())
    }

    /// All matches of a record with their strength, strongest first: for the self-test, which rejects ties.
    pub(super) fn ranking(&self, facts: &RecordFacts<'_>) -> Vec<(Strength, usize)> {
        let mut matcher = self.matcher(facts);
        let mut matches: Vec<(Strength, usize)> = (0..self.rules.catalogue.patterns().len())
            .filter(|i| self.claims(facts, *i))
            .filter_map(|i| Some((matcher.strength(i)?, i)))
            .collect();
        matches.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
        matches
    }

    fn claims(&self, facts: &RecordFacts<'_>, i: usize) -> bool {
        let rule = self.rule(i);
        if !rule.aadsts.is_empty() {
            return self.deciding_code(facts.provider_errors).is_some_and(|(_, code)| rule.aadsts.contains(&code));
        }
        if !rule.codes.is_empty() {
            return facts
                .provider_errors
                .related_codes
                .iter()
                .any(|code| rule.codes.contains(&format!("{}{}", code.family, code.number)));
        }
        !rule.aadsts_other
    }

    fn is_by_aadsts(&self, pattern: usize) -> bool {
        let rule = self.rule(pattern);
        !rule.aadsts.is_empty() || rule.aadsts_other
    }

    /// The deciding provider error and number: of the innermost cause that has a code, the last error; in it
    /// the last number that is not just a wrapper.
    fn deciding_code(&self, errors: &ProviderErrors<'_>) -> Option<(usize, u32)> {
        let with_codes = || errors.list.iter().enumerate().filter(|(_, error)| !error.codes.is_empty());
        let depth = with_codes().map(|(_, error)| error.depth).max()?;
        let (i, error) = with_codes().rfind(|(_, error)| error.depth == depth)?;
        let code = error.codes.iter().rev().find(|code| !self.is_wrapper(**code)).or(error.codes.last())?;
        Some((i, *code))
    }

    fn is_wrapper(&self, code: u32) -> bool {
        self.by_code.get(&code).is_some_and(|entries| entries.iter().any(|i| self.rule(*i).role == Role::Wrapper))
    }
}

/// The longest part of a text without digits. Empty, which every text contains, if there are only digits.
fn around_number(text: &str) -> &str {
    text.split(|c: char| c.is_ascii_digit()).max_by_key(|part| part.len()).unwrap_or_default()
}

/// True when a text contains a number that is not part of a name such as `oauth2`.
fn has_number(text: &str) -> bool {
    let before = std::iter::once(b' ').chain(text.bytes());
    before.zip(text.bytes()).any(|(before, byte)| byte.is_ascii_digit() && !before.is_ascii_alphanumeric())
}

/// How a code is worded, by what follows it.
fn form(text: &[u8], error: &ProviderError<'_>, code: u32) -> CodeForm {
    if error.trace_id.is_some() || error.correlation_id.is_some() || error.codes.len() > 1 {
        return CodeForm::WithMessage;
    }
    let digits = code.to_string();
    let evidence = text.get(error.at..).unwrap_or_default();
    let Some(at) = memchr::memmem::find(evidence, digits.as_bytes()) else { return CodeForm::Bare };
    let rest = &evidence[at + digits.len()..];
    let words = rest.trim_ascii_start();
    let starts_sentence = |b: &u8| b.is_ascii_alphanumeric() || b".'\"*<".contains(b) || *b >= 0x80;
    match words.strip_prefix(b":") {
        Some(message) if message.trim_ascii_start().first().is_some_and(starts_sentence) => CodeForm::WithMessage,
        Some(_) => CodeForm::Bare,
        None if words.len() < rest.len() && words.first().is_some_and(starts_sentence) => CodeForm::WithWords,
        None => CodeForm::Bare,
    }
}
