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

pub use explain::{Explanation, explain, look_up_address};
pub use hit::Hit;
pub use recall::Recall;
pub use scan::{Engine, Tally};
pub use sighting::Sighting;
pub use write_up::write_up;
