//! Opens `tests/realjava/logs.tar.xz`. Its user has the module `truth`.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use super::truth::{Log, Row};

/// The logs with their truth, by name.
pub(crate) fn logs() -> Vec<Log> {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/realjava/logs.tar.xz");
    let packed = fs::File::open(packed).expect("tests/realjava/logs.tar.xz");
    let mut archive = tar::Archive::new(lzma_rust2::XzReader::new(packed, false));
    let mut files = BTreeMap::new();
    for entry in archive.entries().expect("a tar archive") {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a name").to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("an entry");
        files.insert(name, bytes);
    }
    let truth = files.remove("truth.json").expect("truth.json");
    let mut rows: BTreeMap<String, Vec<Row>> = serde_json::from_slice(&truth).expect("truth.json");
    files
        .into_iter()
        .map(|(name, bytes)| {
            let rows = rows.remove(&name).unwrap_or_else(|| panic!("{name} has no truth"));
            Log { name, bytes, rows }
        })
        .collect()
}
