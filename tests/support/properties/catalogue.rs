//! Catalogue entries that somebody else wrote.

use std::{fs, sync::Arc};

use oauthsift::{Catalogue, Engine, scan_bytes};

use super::{RECORD, follow::folder};

/// A user's file of entries is refused with all its faults, or can be used: an engine is made from it, and a scan ends.
pub(crate) fn entries_are_refused_or_usable(input: &[u8]) {
    let folder = folder();
    fs::write(folder.path().join("entries.toml"), input).expect("written");
    let mut catalogue = Catalogue::builtin();
    match catalogue.add_folder(folder.path()) {
        Ok(()) => {
            let own: Vec<_> = catalogue.patterns().iter().filter(|pattern| catalogue.is_users(&pattern.id)).collect();
            let samples = own.iter().flat_map(|pattern| &pattern.samples);
            let logs: Vec<String> = samples.map(|sample| sample.log.clone()).chain([RECORD.to_owned()]).collect();
            let engine = Engine::new(Arc::new(catalogue));
            for finding in logs.iter().flat_map(|log| scan_bytes(&engine, log.as_bytes())) {
                assert!(!finding.title.is_empty() && !finding.title.contains('\u{1b}'), "{finding:?}");
            }
        }
        Err(errors) => {
            assert!(!errors.0.is_empty(), "a reason is given");
            let shown = errors.to_string();
            assert!(!shown.contains('\u{1b}'), "control characters are shown as escapes: {shown:?}");
        }
    }
}
