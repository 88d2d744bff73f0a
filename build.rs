//! Validates and embeds `patterns/`, and counts the bytes of ordinary logs.
//!
//! The code that loads a user's folder reads the built-in files here, so a broken catalogue does not build,
//! and a scan spends no time on validation.

#![allow(dead_code, unreachable_pub, unused_imports)]

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

#[path = "src/model"]
mod model {
    mod taxonomy;
    pub use taxonomy::{Provider, Severity, Stage};
}

#[path = "src/catalogue"]
mod catalogue {
    pub mod codes;
    pub mod fault;
    pub mod load;
    pub mod pattern;
    pub mod step;
    pub mod toml_format;
    pub mod validate;
}

#[path = "src/search/corpus.rs"]
mod corpus;

fn main() {
    if let Err(error) = embed().and_then(|()| count()) {
        // As a message for a person, not as a debug dump.
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=patterns");
    println!("cargo::rerun-if-changed=src/catalogue");
    println!("cargo::rerun-if-changed=src/model/taxonomy.rs");
    println!("cargo::rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let patterns = Path::new(&root).join("patterns");
    let files: Vec<(String, String)> = catalogue::load::read_folder(&patterns)?
        .into_iter()
        .map(|(path, text)| {
            let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
            (format!("patterns/{name}"), text)
        })
        .collect();
    let mut entries = catalogue::load::read_all(&files, &[])?;
    for (_, pattern) in &mut entries {
        pattern.samples.clear();
        pattern.counters.clear();
    }
    let entries: Vec<_> = entries.into_iter().map(|(_, pattern)| pattern).collect();
    let table = patterns.join("codes").join("microsoft.tsv");
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("entries.json"), serde_json::to_string(&entries)?)?;
    let mut source = String::new();
    writeln!(source, "static ENTRIES: &str = include_str!({:?});", out.join("entries.json"))?;
    writeln!(source, "static CODES: &str = include_str!({table:?});")?;
    writeln!(source, "static FILES: &[(&str, &str)] = &[")?;
    for (name, _) in &files {
        writeln!(source, "    ({name:?}, include_str!({:?})),", Path::new(&root).join(name))?;
    }
    writeln!(source, "];")?;
    fs::write(out.join("builtin_catalogue.rs"), source)?;
    Ok(())
}

/// Counts the corpus of ordinary log lines for the searches, which look for what is rare in it.
fn count() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/search/corpus.rs");
    println!("cargo::rerun-if-changed=src/search/corpus.txt");
    let lines = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("src/search/corpus.txt");
    let counts = corpus::count_ngrams(&fs::read(lines)?);
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("corpus.counts"), counts)?)
}
