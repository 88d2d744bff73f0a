//! The embedded catalogue of the project.
//!
//! The build script validates `patterns/` with [`super::validate`] and writes the entries in a format that loads
//! fast. The source files are embedded as well: `patterns test` needs their samples, a scan does not.

use super::{
    codes::CodeTable,
    load::{self, Catalogue, CatalogueErrors},
    pattern::Pattern,
};
use crate::model::unpacked_text;

include!(concat!(env!("OUT_DIR"), "/builtin_catalogue.rs"));

impl Catalogue {
    /// The built-in catalogue.
    ///
    /// # Panics
    /// Never in a tested build: the build script writes the data, and a test reads it.
    #[must_use]
    pub fn builtin() -> Self {
        let mut patterns: Vec<Pattern> = Vec::new();
        for part in ENTRIES {
            let part: Vec<Pattern> =
                serde_json::from_str(&unpacked_text(part)).expect("the build script writes valid entries");
            patterns.extend(part);
        }
        Self::of(patterns, CodeTable::new(CODES)).with_checks(CHECKS)
    }
}

/// Name and text of every file under `patterns/`.
#[must_use]
pub fn builtin_files() -> Vec<(String, String)> {
    FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// The built-in entries with their samples and counter-samples.
///
/// # Errors
/// The faults of the files; there are none in a tested build.
pub fn builtin_samples() -> Result<Vec<Pattern>, CatalogueErrors> {
    Ok(load::read_all(&builtin_files(), &[])?.into_iter().map(|(_, pattern)| pattern).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Status;

    #[test]
    fn the_embedded_entries_are_those_of_the_files() {
        let mut samples = builtin_samples().expect("patterns/ is valid");
        samples.retain(|pattern| pattern.status != Status::Removed);
        for pattern in &mut samples {
            pattern.samples.clear();
            pattern.counters.clear();
        }
        assert_eq!(Catalogue::builtin().patterns(), samples);
        assert!(!samples.is_empty());
    }

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/patterns");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("patterns/")
            .filter_map(|entry| entry.ok().and_then(|entry| entry.file_name().into_string().ok()))
            .filter(|name| name.ends_with(".toml"))
            .map(|name| format!("patterns/{name}"))
            .collect();
        names.sort();
        let embedded: Vec<String> = builtin_files().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, embedded);
    }
}
