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

#[path = "src/doctor/guide"]
mod guide {
    pub mod format;
    pub mod validate;
}

fn main() {
    if let Err(error) = embed().and_then(|()| embed_settings()).and_then(|()| embed_texts()).and_then(|()| count()) {
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
    let checks = checks_of_the_doctor()?;
    check_references(&entries, &checks)?;
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let parts = write_entries(&entries)?;
    let mut source = String::new();
    // Without the path of this folder: the compiler puts a checksum of this file into the program.
    let included = |variable, path: &str| format!("(concat!(env!({variable:?}), {:?}))", format!("/{path}"));
    writeln!(source, "static ENTRIES: &[&[u8]] = &[")?;
    for name in parts {
        writeln!(source, "    include_bytes!{},", included("OUT_DIR", &format!("{name}.packed")))?;
    }
    writeln!(source, "];")?;
    writeln!(
        source,
        "static CODES: &str = include_str!{};",
        included("CARGO_MANIFEST_DIR", "patterns/codes/microsoft.tsv")
    )?;
    writeln!(source, "static CHECKS: &[&str] = &{checks:?};")?;
    writeln!(source, "static FILES: &[(&str, &str)] = &[")?;
    for (name, _) in &files {
        writeln!(source, "    ({name:?}, include_str!{}),", included("CARGO_MANIFEST_DIR", name))?;
    }
    writeln!(source, "];")?;
    fs::write(out.join("builtin_catalogue.rs"), source)?;
    Ok(())
}

/// The checks of `oauthsift doctor`.
const CHECKS: &str = "patterns/settings/checks.toml";

/// The entries are unpacked and read in parts of about so many bytes: their memory is in use again soon.
const PART_BYTES: usize = 50_000;

/// Writes the entries as JSON, packed, and returns the names of the files.
fn write_entries(entries: &[catalogue::pattern::Pattern]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut parts = vec![Vec::new()];
    let mut bytes = 0;
    for entry in entries {
        let entry = serde_json::to_string(entry)?;
        if bytes > PART_BYTES {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += entry.len();
        parts.last_mut().expect("there is one").push(entry);
    }
    let mut names = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let name = format!("entries-{number}.json");
        write_packed(&name, format!("[{}]", part.join(",")).as_bytes())?;
        names.push(name);
    }
    Ok(names)
}

/// Writes a text that the program embeds, packed as `src/model/packed.rs` unpacks it.
fn write_packed(name: &str, text: &[u8]) -> Result<(), Box<dyn Error>> {
    let web = env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family.split(',').any(|name| name == "wasm"));
    let packed = if web { text.to_vec() } else { lz4_flex::block::compress_prepend_size(text) };
    if !web && lz4_flex::block::decompress_size_prepended(&packed)? != text {
        return Err(format!("{name} is not the same when it is unpacked").into());
    }
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join(format!("{name}.packed")), packed)?)
}

/// Packs the reports' schemas and the style and script of their pages.
fn embed_texts() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let texts =
        ["docs/report.schema.json", "docs/doctor.schema.json", "src/render/page/page.css", "src/render/page/page.js"];
    for path in texts {
        println!("cargo::rerun-if-changed={path}");
        let name = path.rsplit('/').next().unwrap_or(path);
        write_packed(name, &fs::read(Path::new(&root).join(path))?)?;
    }
    Ok(())
}

/// The ids of the checks that entries may refer to.
fn checks_of_the_doctor() -> Result<Vec<String>, Box<dyn Error>> {
    let path = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(CHECKS);
    let list: guide::format::CheckList = guide::validate::read(CHECKS, &fs::read_to_string(path)?)?;
    Ok(list.check.into_iter().map(|check| check.id).collect())
}

/// Refuses an entry that refers to a check that does not exist.
fn check_references(entries: &[catalogue::pattern::Pattern], checks: &[String]) -> Result<(), Box<dyn Error>> {
    let unknown: Vec<String> = entries
        .iter()
        .flat_map(|entry| entry.doctor.iter().map(move |id| (entry, id)))
        .filter(|(_, id)| !checks.contains(id))
        .map(|(entry, id)| format!("{}: key `doctor`: {CHECKS} has no check `{id}`", entry.id))
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(unknown.join("\n").into()) }
}

/// Validates `patterns/settings/` (what is right, and the list of checks that the catalogue refers to), and writes each file
/// as JSON: reading TOML into these types takes more code.
fn embed_settings() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/doctor/guide");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("patterns/settings");
    let read = |name: &str| {
        let text = fs::read_to_string(folder.join(name))?;
        let path = format!("patterns/settings/{name}");
        let table: toml::Table = guide::validate::read(&path, &text)?;
        write_packed(&name.replace(".toml", ".json"), serde_json::to_string(&table)?.as_bytes())?;
        Ok::<_, Box<dyn Error>>((path, text))
    };
    let mut faults = Vec::new();
    let mut add =
        |name: &str, more: Vec<String>| faults.extend(more.into_iter().map(|fault| format!("{name}: {fault}")));
    for name in ["microsoft.toml", "google.toml"] {
        let (name, text) = read(name)?;
        add(&name, guide::validate::faults_of_provider(&guide::validate::read(&name, &text)?));
    }
    let (name, text) = read("jira.toml")?;
    add(&name, guide::validate::faults_of_jira(&guide::validate::read(&name, &text)?));
    let (name, text) = read("checks.toml")?;
    add(&name, guide::validate::faults_of_checks(&guide::validate::read(&name, &text)?));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Counts the corpus of ordinary log lines for the searches, which look for what is rare in it.
fn count() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/search/corpus.rs");
    println!("cargo::rerun-if-changed=src/search/corpus.txt");
    let lines = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("src/search/corpus.txt");
    let lines = fs::read(lines)?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("corpus.counts"), corpus::count_ngrams(&lines))?;
    Ok(fs::write(Path::new(&out).join("corpus.common"), corpus::common_texts(&lines))?)
}
