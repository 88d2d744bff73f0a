//! Random programs of writes, rotations and restarts, compared with a small model of what a follower must find.
//!
//! A failure prints the seed and the program. `OAUTHSIFT_MODEL_SEED=n` runs one program,
//! `OAUTHSIFT_MODEL_INPUT=file` that of an input of the fuzz target;
//! `OAUTHSIFT_MODEL_PROGRAMS=n` sets the number of programs (2000 by default, 500 in a debug build), and
//! `OAUTHSIFT_MODEL_FIRST=n` the first seed.

#[path = "support/model/mod.rs"]
mod model;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use oauthsift::{Catalogue, Engine};

/// A temporary folder, in memory if possible: there are many programs.
fn folder() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_record_is_found_exactly_once_whatever_happens_to_the_log() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    if let Some(seed) = number("OAUTHSIFT_MODEL_SEED") {
        if let Err(problem) = model::run(&engine, model::Choices::Seed(seed), folder().path()) {
            panic!("{problem}");
        }
        return;
    }
    if let Some(input) = std::env::var_os("OAUTHSIFT_MODEL_INPUT") {
        let choices = model::Choices::Bytes(std::fs::read(input).expect("an input").into_iter());
        if let Err(problem) = model::run(&engine, choices, folder().path()) {
            panic!("{problem}");
        }
        return;
    }
    let programs = number("OAUTHSIFT_MODEL_PROGRAMS").unwrap_or(if cfg!(debug_assertions) { 500 } else { 2000 });
    let first = number("OAUTHSIFT_MODEL_FIRST").unwrap_or(1);
    println!("programs with the seeds {first} to {}", first + programs - 1);
    let next = AtomicU64::new(first);
    let problems: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| {
                let (engine, next) = (engine.clone(), &next);
                scope.spawn(move || {
                    let mut problems = Vec::new();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= first + programs || problems.len() >= 3 {
                            return problems;
                        }
                        problems.extend(model::run(&engine, model::Choices::Seed(seed), folder().path()).err());
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    });
    assert!(problems.is_empty(), "{} programs failed\n\n{}", problems.len(), problems.join("\n\n"));
}
