//! The catalogue: what is known of failures, as data.
//!
//! `file` is the TOML shape, `validate` refuses what is wrong with it, all faults at once,
//! `load` makes a [`Catalogue`] of files, `builtin` holds the project's own `patterns/`.

mod builtin;
mod codes;
mod editorial;
mod load;
mod pattern;
mod rule;
mod toml_format;
mod validate;

pub use builtin::{builtin_files, builtin_samples};
pub use codes::{CodeInfo, CodeTable, Relation, check_table};
pub use editorial::{EditorialReview, review};
pub use load::{Catalogue, CatalogueErrors, entries_of_folder, ids_of_folder};
pub use pattern::{AppliesTo, Counter, Follows, MatchRule, Pattern, Reference, Role, Sample, Sign, Status};
pub use validate::{CatalogueFault, check};
