//! Scans a folder with a progress callback: `cargo run --example scan_folder [FOLDER]`.

use std::{env, sync::Arc};

use oauthsift::{
    Catalogue, Engine, Progress, Scan,
    render::{self, TextStyle},
};

fn main() {
    let folder = env::args().nth(1).unwrap_or_else(|| "tests/scenarios/one-node-of-three".to_owned());
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    // Called at most every 100 ms, from one of the scanning threads.
    let progress = Progress::with_listener(|progress| {
        eprintln!("{} of {} bytes, {}", progress.read(), progress.total(), progress.current());
    });
    let report = Scan::new(&engine).paths([folder]).progress(Arc::new(progress)).summarize();
    print!("{}", render::table(&report, &TextStyle::new(100, false)));
    for fault in &report.faults {
        eprintln!("{}: {}", fault.source, fault.message);
    }
}
