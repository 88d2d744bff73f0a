//! Explains a failure: with the text of the entry or, when no entry claims the code, of the code table.

use std::borrow::Cow;

use crate::catalogue::{Catalogue, Pattern, Reference, Relation, Step};

/// Title, cause, steps and references of a failure, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Name of the failure.
    pub title: String,
    /// What happened and why.
    pub cause: String,
    /// How to fix it, one action per step.
    pub steps: Vec<String>,
    /// Pages that explain it.
    pub references: Vec<Reference>,
}

/// The vendor's lookup page for a code, in the worldwide cloud unless the text contains a host of another one.
#[must_use]
pub fn lookup_url(code: u32, text: &[u8]) -> String {
    let contains = |host: &[u8]| memchr::memmem::find(text, host).is_some();
    let host = if contains(b"microsoftonline.us") {
        "login.microsoftonline.us"
    } else if contains(b"partner.microsoftonline.cn") || contains(b"chinacloudapi.cn") {
        "login.partner.microsoftonline.cn"
    } else {
        "login.microsoftonline.com"
    };
    format!("https://{host}/error?code={code}")
}

/// The name of a failure: the title of the entry or, when no entry claims the code, of the code table.
#[must_use]
pub(super) fn title<'c>(catalogue: &Catalogue, pattern: &'c Pattern, code: Option<u32>) -> Cow<'c, str> {
    let Some(code) = code.filter(|_| pattern.rule.aadsts_other) else { return Cow::Borrowed(&pattern.title) };
    Cow::Owned(match catalogue.codes().relate(code) {
        Relation::Known(info) => {
            // When an entry explains the code together with other words, the code has two meanings, and its
            // name belongs to the other one.
            let ambiguous = catalogue.patterns().iter().any(|pattern| pattern.rule.aadsts.contains(&code));
            match info.name.filter(|_| !ambiguous) {
                Some(name) => format!("AADSTS{code} ({name})"),
                None => format!("AADSTS{code}"),
            }
        }
        Relation::Prefix(_) | Relation::Unknown => format!("AADSTS{code}, not in the catalogue"),
    })
}

/// Explains a failure of `pattern` with its deciding `code`, if any. `text` is the record's text. The steps are those of
/// all places: see [`steps_for`](super::steps_for) for those that fit a finding.
#[must_use]
pub fn explain(catalogue: &Catalogue, pattern: &Pattern, code: Option<u32>, text: &[u8]) -> Explanation {
    let mut explanation = Explanation {
        title: title(catalogue, pattern, code).into_owned(),
        cause: pattern.open_cause(),
        steps: pattern.steps.iter().map(Step::labelled).collect(),
        references: pattern.references.clone(),
    };
    let Some(code) = code else { return explanation };
    let lookup = Reference { title: format!("Microsoft: look up AADSTS{code}"), url: lookup_url(code, text) };
    if !pattern.rule.aadsts_other {
        // The articles of an entry are about its family of codes; this page is about this one.
        if !explanation.references.iter().any(|page| page.url == lookup.url) {
            explanation.references.push(lookup);
        }
        return explanation;
    }
    match catalogue.codes().relate(code) {
        Relation::Known(info) => explanation.cause = info.meaning.to_owned(),
        Relation::Prefix(info) => {
            explanation.cause = format!(
                "This code is not known here. Its first five digits are those of AADSTS{}, which may be related: {}",
                info.code, info.meaning
            );
        }
        Relation::Unknown => {}
    }
    explanation.references.insert(0, lookup);
    explanation
}
