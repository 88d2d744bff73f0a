//! Validates match rules.

use crate::catalogue::{
    fault::CatalogueFault,
    pattern::{MatchRule, Pattern, Status},
};

/// Contexts that a rule may require.
const CONTEXTS: [&str; 6] = ["oauth", "mail", "microsoft", "google", "graph", "oidc"];

/// Code families other than AADSTS.
const CODE_FAMILIES: [&str; 2] = ["AADB2C", "MSIS"];

/// A shorter literal occurs in too many texts.
const MIN_LITERAL_CHARS: usize = 5;

/// A whole log cannot be searched for a shorter word, because the engine may sample every sixth byte.
const MIN_NEEDLE_BYTES: usize = 7;

/// Checks the rule of `pattern` in `file`.
pub(super) fn check(file: &str, pattern: &Pattern, faults: &mut Vec<CatalogueFault>) {
    let mut check = Check { file, pattern, rule: &pattern.rule, faults };
    if check.has_a_condition() {
        check.codes();
        check.words();
        check.literals();
        check.regex();
    }
}

struct Check<'a> {
    file: &'a str,
    pattern: &'a Pattern,
    rule: &'a MatchRule,
    faults: &'a mut Vec<CatalogueFault>,
}

impl Check<'_> {
    fn fault(&mut self, key: &str, problem: impl Into<String>, help: &str) {
        self.faults.push(CatalogueFault::of_key(self.file, &self.pattern.id, key, problem.into(), help));
    }

    /// False when there is nothing else to check.
    fn has_a_condition(&mut self) -> bool {
        let rule = self.rule;
        let has_condition = rule.by_code()
            || !rule.oauth_error.is_empty()
            || !rule.any.is_empty()
            || !rule.all.is_empty()
            || rule.request.is_some();
        match (self.pattern.status, has_condition) {
            (Status::Removed, true) => {
                self.fault("match", "a removed entry still has a rule", "Empty the rule; the id remains reserved.");
            }
            (Status::Removed, false) => return false,
            (_, false) => self.fault(
                "match",
                "has no condition that selects records",
                "Add at least one of aadsts, codes, oauth_error, any, all, request.",
            ),
            _ => {}
        }
        true
    }

    fn codes(&mut self) {
        let rule = self.rule;
        for (i, code) in rule.aadsts.iter().enumerate() {
            if !(1_000..=99_999_999).contains(code) {
                self.fault(
                    "match.aadsts",
                    format!("{code} is not a code of 4 to 8 digits"),
                    "Enter the number after AADSTS.",
                );
            }
            if rule.aadsts[..i].contains(code) {
                self.fault("match.aadsts", format!("{code} is listed twice"), "Remove one of them.");
            }
        }
        for code in &rule.codes {
            let family = CODE_FAMILIES.iter().find_map(|family| code.strip_prefix(family));
            if !family
                .is_some_and(|digits| (4..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
            {
                self.fault(
                    "match.codes",
                    format!("`{code}` is not a code"),
                    "Use AADB2C or MSIS followed by the digits; AADSTS numbers go into `aadsts`.",
                );
            }
        }
    }

    fn words(&mut self) {
        let rule = self.rule;
        for context in &rule.context {
            if !CONTEXTS.contains(&context.as_str()) {
                self.fault(
                    "match.context",
                    format!("`{context}` is not a context"),
                    "Use oauth, mail, microsoft, google, graph or oidc.",
                );
            }
        }
        for error in &rule.oauth_error {
            let has_only = |is_letter: fn(&u8) -> bool| error.bytes().all(|b| is_letter(&b) || b == b'_');
            if !(MIN_LITERAL_CHARS..=48).contains(&error.len())
                || !(has_only(u8::is_ascii_lowercase) || has_only(u8::is_ascii_uppercase))
            {
                self.fault(
                    "match.oauth_error",
                    format!("`{error}` is not an OAuth error"),
                    "Use the value of the provider, such as `invalid_grant`: 5 to 48 letters of one case, and `_`.",
                );
            }
        }
        for class in &rule.logger {
            if class.is_empty() || !class.bytes().all(|b| b.is_ascii_alphanumeric() || b"_$".contains(&b)) {
                self.fault(
                    "match.logger",
                    format!("`{class}` is not a simple class name"),
                    "Use only the last part, such as `MailPullerWorker`, because logs abbreviate packages.",
                );
            }
        }
        for status in &rule.http_status {
            if !(100..=599).contains(status) {
                self.fault("match.http_status", format!("{status} is not an HTTP status"), "Use 100 to 599.");
            }
        }
    }

    /// Words of an entry without codes: every record that it explains contains one of them.
    fn required_words(&self) -> &[String] {
        let rule = self.rule;
        if rule.by_code() {
            return &[];
        }
        match rule.all.iter().enumerate().max_by_key(|(_, literal)| literal.len()) {
            Some((longest, _)) => &rule.all[longest..=longest],
            None if !rule.any.is_empty() => &rule.any,
            None => &rule.oauth_error,
        }
    }

    fn literals(&mut self) {
        let rule = self.rule;
        let literals = rule.any.iter().chain(&rule.all).chain(&rule.not);
        for literal in literals {
            if literal.len() < MIN_LITERAL_CHARS {
                self.fault(
                    "match",
                    format!("the literal `{literal}` is shorter than {MIN_LITERAL_CHARS} bytes"),
                    "Use a longer, rarer phrase.",
                );
            } else if literal.contains(|c: char| c.is_control()) {
                self.fault(
                    "match",
                    format!("the literal {literal:?} contains a newline or another control character"),
                    "Use a phrase on one line, and put a second one into `all`.",
                );
            }
        }
        for word in self.required_words().to_vec() {
            if (MIN_LITERAL_CHARS..MIN_NEEDLE_BYTES).contains(&word.len()) {
                self.fault(
                    "match",
                    format!("`{word}` is searched for in the whole log, but is shorter than {MIN_NEEDLE_BYTES} bytes"),
                    "Use a longer, rarer phrase, or add one to `all`.",
                );
            }
        }
        for literal in rule.any.iter().chain(&rule.all) {
            // Every text that contains it also contains the excluded one.
            if let Some(not) = rule.not.iter().find(|not| literal.contains(not.as_str())) {
                self.fault(
                    "match.not",
                    format!("`{not}` excludes what `{literal}` requires"),
                    "Remove one of the two, or make the excluded one longer.",
                );
            }
        }
    }

    fn regex(&mut self) {
        let rule = self.rule;
        let Some(regex) = &rule.regex else { return };
        if rule.any.is_empty() && rule.all.is_empty() && !rule.by_code() {
            self.fault(
                "match.regex",
                "is used without a literal",
                "Add `any` or `all` with a phrase that the expression requires.",
            );
        }
        match regex::bytes::RegexBuilder::new(regex).unicode(false).size_limit(1 << 20).build() {
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                self.fault(
                    "match.regex",
                    format!("does not compile: {reason}"),
                    "Correct the expression, which works on bytes, without Unicode classes.",
                );
            }
            Ok(regex) if regex.is_match(b"") => self.fault(
                "match.regex",
                "matches everything, even an empty text",
                "Make it require something, or omit it.",
            ),
            Ok(_) => {}
        }
    }
}
