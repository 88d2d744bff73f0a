//! Writes the JSON Schemas under `docs/`, which the program prints: `cargo run --features schema --example write_schemas`.

use std::{fs, path::Path};

use schemars::Schema;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let write = |name: &str, schema: &Schema| -> Result<(), Box<dyn std::error::Error>> {
        Ok(fs::write(docs.join(name), serde_json::to_string_pretty(schema)? + "\n")?)
    };
    write("report.schema.json", &oauthsift::report::schema())?;
    write("doctor.schema.json", &oauthsift::doctor::schema())
}
