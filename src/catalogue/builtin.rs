//! The project's own catalogue, embedded.
//!
//! The build script reads `patterns/`, refuses it when [`super::validate`] does, and leaves the
//! entries in a shape that loads in no time. The texts themselves are embedded beside it: their
//! samples are wanted by `patterns test`, not by a scan.

use super::{
    codes::CodeTable,
    load::{self, Catalogue, CatalogueErrors},
    pattern::Pattern,
};

include!(concat!(env!("OUT_DIR"), "/builtin_catalogue.rs"));

impl Catalogue {
    /// The built-in catalogue.
    ///
    /// # Panics
    /// Never for a released build: the data is written by the build script and read by a test.
    #[must_use]
    pub fn builtin() -> Self {
        let patterns: Vec<Pattern> = serde_json::from_str(ENTRIES).unwrap_or_default();
        Self::of(patterns, CodeTable::new(CODES))
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
/// The faults of the files; none in a released build.
pub fn builtin_samples() -> Result<Vec<Pattern>, CatalogueErrors> {
    Ok(load::read_all(&builtin_files(), &[])?.into_iter().map(|(_, pattern)| pattern).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Status;

    #[test]
    fn the_embedded_entries_are_those_of_the_files() {
        let mut samples = builtin_samples().expect("patterns/ is sound");
        samples.retain(|pattern| pattern.status != Status::Removed);
        for pattern in &mut samples {
            pattern.samples.clear();
            pattern.counters.clear();
        }
        assert_eq!(Catalogue::builtin().patterns(), samples);
        assert!(!samples.is_empty());
    }

    #[test]
    fn no_file_of_the_folder_is_forgotten() {
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
