//! The catalogue: what a code or a message means.

use oauthsift::{
    Catalogue, Pattern,
    render::explain::{self, Found},
};
use serde::Serialize;
use serde_json::Value;

use crate::Engines;

/// What is known at the start.
#[derive(Debug, Serialize)]
pub(crate) struct Started<'c> {
    version: &'static str,
    codes: usize,
    /// For the filter.
    patterns: Vec<Name<'c>>,
}

/// An entry of the catalogue.
#[derive(Debug, Serialize)]
struct Name<'c> {
    id: &'c str,
    title: &'c str,
    severity: &'static str,
}

/// The catalogue's entries and size; everything is prepared for the first scan.
pub(crate) fn start(engines: &Engines) -> Started<'_> {
    let catalogue = engines.catalogue();
    Started {
        version: env!("CARGO_PKG_VERSION"),
        codes: catalogue.codes().len(),
        patterns: catalogue.patterns().iter().map(Name::of).collect(),
    }
}

impl<'c> Name<'c> {
    fn of(pattern: &'c Pattern) -> Self {
        Self { id: &pattern.id, title: &pattern.title, severity: pattern.severity.as_str() }
    }
}

/// What a code, an id, some words or a pasted text refers to.
#[derive(Debug, Serialize)]
pub(crate) struct Answer<'c> {
    /// As `explain --format json` prints them.
    topics: Vec<Value>,
    /// Other entries with the same words.
    others: Vec<Name<'c>>,
    /// If nothing was found: similar ids.
    nearest: Vec<Name<'c>>,
}

/// Looks a text up.
///
/// # Errors
/// None that is known: an entry consists of text and numbers.
pub(crate) fn look_up<'c>(catalogue: &'c Catalogue, text: &str) -> serde_json::Result<Answer<'c>> {
    let Some(Found { topics, others, .. }) = explain::look_up(catalogue, text) else {
        let nearest = catalogue.nearest(text).into_iter().filter_map(|id| catalogue.get(id)).map(Name::of).collect();
        return Ok(Answer { topics: Vec::new(), others: Vec::new(), nearest });
    };
    let topics = serde_json::from_str(&explain::json(catalogue, &topics)?)?;
    Ok(Answer { topics, others: others.into_iter().map(Name::of).collect(), nearest: Vec::new() })
}
