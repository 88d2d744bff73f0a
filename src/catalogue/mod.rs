//! The catalogue: known failures, as data.
//!
//! `toml_format` reads a file, `validate` reports all faults at once, `load` builds a [`Catalogue`] from files, and
//! `builtin` contains the project's own `patterns/`.

mod builtin;
mod codes;
mod editorial;
mod fault;
mod load;
mod pattern;
mod step;
mod toml_format;
mod validate;

pub use builtin::{builtin_files, builtin_samples};
pub use codes::{CodeInfo, CodeTable, Relation, check_table};
pub use editorial::{EditorialReview, review};
pub use fault::CatalogueFault;
pub use load::{Catalogue, CatalogueErrors, entries_of_folder, ids_of_folder};
pub use pattern::{AppliesTo, Counter, Follows, MatchRule, Pattern, Reference, Role, Sample, Sign, Status};
pub use step::{Place, SAMPLE_PROXY, Step, Target};
pub use validate::check;
