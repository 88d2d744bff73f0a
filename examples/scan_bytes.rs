//! Scans bytes and writes an HTML page: `cargo run --example scan_bytes > report.html`.

use std::{
    error::Error,
    io::{self, Write},
    sync::Arc,
};

use oauthsift::{Catalogue, Engine, Scan, render};

const LOG: &[u8] = include_bytes!("../sample-logs/mail-stopped.log");

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    // Findings alone need no file.
    let findings = oauthsift::scan_bytes(&engine, LOG);
    eprintln!("{} findings, first: {}", findings.len(), findings.first().map_or("none", |first| &first.title));
    // A report reads files.
    let path = std::env::temp_dir().join(format!("oauthsift-example-{}.log", std::process::id()));
    std::fs::write(&path, LOG)?;
    let report = Scan::new(&engine).paths([&path]).run();
    std::fs::remove_file(&path)?;
    let mut page = Vec::new();
    render::html(&report, &mut page)?;
    io::stdout().write_all(&page)?;
    Ok(())
}
