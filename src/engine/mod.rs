//! From bytes to hits: look for the catalogue's rare words, find the record around one, read it,
//! name its pattern.

mod classify;
mod explain;
mod finding;
mod hit;
mod prefilter;
mod scan;
mod sighting;
mod verdict_cache;

pub use explain::{Explanation, explain, lookup_url};
pub use finding::build_finding;
pub use hit::Hit;
pub use scan::{Engine, ScanCounts};
pub use sighting::HitSummary;
pub use verdict_cache::VerdictCache;
