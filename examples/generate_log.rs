//! Writes a realistic log of any size, and its truth, so that anyone can time the program.
//!
//! `cargo run --release --example generate_log -- --bytes 1GiB --failures 0.01 --output big.log`

#[path = "../benches/loggen/mod.rs"]
mod loggen;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

const HELP: &str = "\
Writes a realistic Jira log.

Usage: generate_log --output FILE [--bytes N[KiB|MiB|GiB]] [--failures SHARE] [--decoys SHARE] [--seed N] [--truth FILE]

  --output FILE     where the log goes
  --bytes SIZE      how large, at least (default 64MiB)
  --failures SHARE  share of records that are failures (default 0.01)
  --decoys SHARE    share of records that only quote a code (default 0.003)
  --seed N          other seed, other log (default 7)
  --truth FILE      one JSON object a failure: offset, line, code, ids, pattern
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate_log: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let mut recipe = loggen::Recipe { bytes: 64 << 20, ..loggen::Recipe::default() };
    let (mut output, mut truth) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--help" || name == "-h" {
            print!("{HELP}");
            return Ok(());
        }
        let value = arguments.next().ok_or(format!("{name} wants a value; see --help"))?;
        let number = || value.parse::<f64>().map_err(|_| format!("{name}: not a number: {value}"));
        match name.as_str() {
            "--output" => output = Some(value),
            "--truth" => truth = Some(value),
            "--failures" => recipe.failure_rate = number()?,
            "--decoys" => recipe.decoy_rate = number()?,
            "--seed" => recipe.seed = value.parse().map_err(|_| format!("{name}: not a number: {value}"))?,
            "--bytes" => recipe.bytes = size(&value).ok_or(format!("{name}: not a size: {value}"))?,
            _ => return Err(format!("unknown option {name}; see --help")),
        }
    }
    let output = output.ok_or("--output is missing; see --help")?;
    write(&recipe, &output, truth.as_deref()).map_err(|error| format!("{output}: {error}"))
}

fn size(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let factor = match &text[digits..] {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

fn write(recipe: &loggen::Recipe, output: &str, truth: Option<&str>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(output)?);
    let mut truths = truth.map(File::create).transpose()?.map(BufWriter::new);
    let mut failed = None;
    let totals = loggen::write_to(recipe, &mut out, |truth| {
        if let Some(file) = &mut truths
            && let Err(error) = line(file, &truth)
        {
            failed.get_or_insert(error);
        }
    })?;
    out.flush()?;
    if let Some(mut file) = truths {
        file.flush()?;
    }
    eprintln!("{output}: {totals:?}");
    failed.map_or(Ok(()), Err)
}

fn line(out: &mut impl Write, truth: &loggen::Truth) -> io::Result<()> {
    let value = serde_json::json!({
        "offset": truth.offset,
        "line": truth.line,
        "lines": truth.lines,
        "code": truth.code,
        "trace_id": truth.trace_id,
        "correlation_id": truth.correlation_id,
        "shape": truth.shape,
        "pattern": truth.pattern,
    });
    writeln!(out, "{value}")
}
