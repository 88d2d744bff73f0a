//! Counts the bytes of ordinary logs, as the build script of the library does.

#[path = "../../src/search/corpus.rs"]
mod corpus;

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../src/search");
    println!("cargo::rerun-if-changed={}", folder.display());
    let text = fs::read(folder.join("corpus.txt"))?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("corpus.counts"), corpus::count_ngrams(&text))?;
    fs::write(Path::new(&out).join("corpus.common"), corpus::common_texts(&text))?;
    Ok(())
}
