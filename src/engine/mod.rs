//! From bytes to hits: search for the rare words of the catalogue, find the record around a match, parse it,
//! and name its pattern.

mod assess;
mod candidate;
mod classify;
mod compiled;
mod damage;
mod damage_words;
mod explain;
mod failure_ids;
mod finding;
mod hit;
mod matcher;
mod place;
mod prefilter;
mod scan;
mod verdict_cache;

pub use compiled::Engine;
pub(crate) use damage::Damage;
pub use explain::{Explanation, explain, lookup_url};
pub(crate) use finding::build_finding;
pub(crate) use hit::{Hit, HitSummary};
pub use place::steps_for;
pub(crate) use scan::Failure;
pub use scan::ScanCounts;
pub(crate) use verdict_cache::VerdictCache;
