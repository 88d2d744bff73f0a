//! From bytes to hits: look for the catalogue's rare words, find the record around one, read it,
//! name its pattern.

mod classify;
mod explain;
mod hit;
mod prefilter;
mod recall;
mod scan;
mod sighting;
mod write_up;

pub use explain::{Explanation, explain, lookup_url};
pub use hit::Hit;
pub use recall::VerdictCache;
pub use scan::{Engine, ScanCounts};
pub use sighting::HitSummary;
pub use write_up::build_finding;
