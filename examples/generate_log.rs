//! Writes a realistic log of any size, and the list of its failures (its truth), for measurements.
//!
//! `cargo run --release --example generate_log -- --bytes 1GiB --failures 0.01 --seed 7 --output big.log`

#[path = "../benches/loggen/mod.rs"]
mod loggen;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

const HELP: &str = "\
Writes a realistic Jira log.

Usage: generate_log --output FILE [--bytes SIZE] [--failures RATE] [--decoys RATE] [--own-applications]
                    [--seed N] [--truth FILE]

  --output FILE     output file; - is stdout
  --bytes SIZE      minimum size: 500000, 64MiB, 1GiB (default 64MiB)
  --failures RATE   fraction of records that are failures, 0 to 1 (default 0.01)
  --decoys RATE     fraction of records that only quote a code, 0 to 1 (default 0.003)
  --own-applications
                    each failure names an application that no other names
  --seed N          seed of the random numbers (default 7)
  --truth FILE      one JSON object per failure: offset, line, lines, code, trace_id, correlation_id, shape, pattern
  --help            print this text

The same options give the same bytes. Totals go to stderr.
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
        if name == "--own-applications" {
            recipe.own_applications = true;
            continue;
        }
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (name, None),
        };
        if !["--output", "--truth", "--failures", "--decoys", "--seed", "--bytes"].contains(&name.as_str()) {
            return Err(format!("unknown option {name}; see --help"));
        }
        let value = value.or_else(|| arguments.next()).ok_or(format!("{name} needs a value; see --help"))?;
        let invalid = |what: &str| format!("{name}: not {what}: {value}");
        match name.as_str() {
            "--output" => output = Some(value),
            "--truth" => truth = Some(value),
            "--failures" => recipe.failure_rate = fraction(&value).ok_or_else(|| invalid("a number from 0 to 1"))?,
            "--decoys" => recipe.decoy_rate = fraction(&value).ok_or_else(|| invalid("a number from 0 to 1"))?,
            "--seed" => recipe.seed = value.parse().map_err(|_| invalid("a whole number"))?,
            _ => recipe.bytes = size(&value).ok_or_else(|| invalid("a size such as 64MiB"))?,
        }
    }
    if recipe.failure_rate + recipe.decoy_rate > 1.0 {
        return Err("--failures and --decoys add up to more than 1".to_owned());
    }
    let output = output.ok_or("--output is missing; see --help")?;
    write(&recipe, &output, truth.as_deref())
}

fn fraction(text: &str) -> Option<f64> {
    text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction))
}

fn size(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let factor = match &text[digits..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

fn create(path: &str) -> Result<File, String> {
    File::create(path).map_err(|error| format!("{path}: {error}"))
}

fn write(recipe: &loggen::Recipe, output: &str, truth: Option<&str>) -> Result<(), String> {
    let mut out: Box<dyn Write> = if output == "-" { Box::new(io::stdout().lock()) } else { Box::new(create(output)?) };
    let mut truths = truth.map(create).transpose()?.map(BufWriter::new);
    let mut failed = Ok(());
    let totals = loggen::write_to(recipe, &mut out, |truth| {
        if let (Some(file), Ok(())) = (&mut truths, &failed) {
            failed = write_truth(file, &truth);
        }
    });
    let totals =
        totals.and_then(|totals| out.flush().map(|()| totals)).map_err(|error| format!("{output}: {error}"))?;
    failed
        .and_then(|()| truths.as_mut().map_or(Ok(()), Write::flush))
        .map_err(|error| format!("{}: {error}", truth.unwrap_or_default()))?;
    let loggen::Totals { bytes, lines, records, failures, with_code, decoys } = totals;
    eprintln!(
        "{output}: {bytes} bytes, {lines} lines, {records} records, {failures} failures ({with_code} with a code), {decoys} decoys"
    );
    Ok(())
}

/// Writes a failure as a JSON object on a line. Its texts need no escaping.
fn write_truth(out: &mut impl Write, truth: &loggen::Truth) -> io::Result<()> {
    let text = |value: Option<&str>| value.map_or("null".to_owned(), |value| format!("\"{value}\""));
    writeln!(
        out,
        r#"{{"offset":{},"line":{},"lines":{},"code":{},"trace_id":{},"correlation_id":{},"shape":{},"pattern":{}}}"#,
        truth.offset,
        truth.line,
        truth.lines,
        truth.code.map_or("null".to_owned(), |code| code.to_string()),
        text(truth.trace_id.as_deref()),
        text(truth.correlation_id.as_deref()),
        text(Some(truth.shape)),
        text(truth.pattern),
    )
}
