//! What to say of a failure: the entry's text, or the code table's where no entry claims the code.

use crate::catalogue::{Catalogue, Pattern, Reference, Relation};

/// Title, cause, steps and references, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What it is.
    pub title: String,
    /// Why it happens.
    pub cause: String,
    /// What ends it.
    pub steps: Vec<String>,
    /// Pages.
    pub references: Vec<Reference>,
}

/// The vendor's page for a code: worldwide cloud unless the text shows another.
#[must_use]
pub fn lookup_url(code: u32, text: &[u8]) -> String {
    let shows = |host: &[u8]| memchr::memmem::find(text, host).is_some();
    let host = if shows(b"microsoftonline.us") {
        "login.microsoftonline.us"
    } else if shows(b"partner.microsoftonline.cn") || shows(b"chinacloudapi.cn") {
        "login.partner.microsoftonline.cn"
    } else {
        "login.microsoftonline.com"
    };
    format!("https://{host}/error?code={code}")
}

/// Explains a failure of `pattern` with its deciding `code`, if any.
#[must_use]
pub fn explain(catalogue: &Catalogue, pattern: &Pattern, code: Option<u32>, text: &[u8]) -> Explanation {
    let mut explanation = Explanation {
        title: pattern.title.clone(),
        cause: pattern.cause.clone(),
        steps: pattern.steps.clone(),
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
        Relation::Known(info) => {
            // Where an entry explains the code, but not with these words, the code has two meanings and
            // its name belongs to the other one.
            let ambiguous = catalogue.patterns().iter().any(|pattern| pattern.rule.aadsts.contains(&code));
            explanation.title = match info.name.filter(|_| !ambiguous) {
                Some(name) => format!("AADSTS{code} ({name})"),
                None => format!("AADSTS{code}"),
            };
            explanation.cause = info.meaning.to_owned();
        }
        Relation::Prefix(info) => {
            explanation.title = format!("AADSTS{code}, not in the catalogue");
            explanation.cause = format!(
                "This code is not known here. Its first five digits are those of AADSTS{}, which may be related: {}",
                info.code, info.meaning
            );
        }
        Relation::Unknown => explanation.title = format!("AADSTS{code}, not in the catalogue"),
    }
    explanation.references.insert(0, lookup);
    explanation
}
