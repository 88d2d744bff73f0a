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
        let choices = model::Choices::Bytes(std::fs::read(input).expect("an input").into());
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

/// Programs of the fuzz target for which `follow` once was wrong: what was, and the choices.
const ONCE_WRONG: [(&str, &[u8]); 4] = [
    (
        "a record that a killed run had read at the end of a rotated file came after those of newer files",
        &[
            145, 61, 161, 248, 223, 111, 143, 212, 117, 147, 132, 13, 83, 255, 255, 255, 255, 255, 255, 173, 15, 37,
            234, 213, 169, 142, 88, 74, 12, 203, 81, 103, 55, 10, 128, 190, 183, 220, 142, 249, 154, 131, 254, 42, 103,
            10, 78, 232, 234, 216, 91, 18, 70, 94, 26, 232, 22, 191, 105, 222, 149, 132, 206, 17, 49, 58, 97, 115, 133,
            63, 192, 225, 220, 90, 246, 109, 130, 28, 114, 152, 16, 167, 85, 223, 173, 105, 151, 25, 137, 243,
        ],
    ),
    (
        "a finding in the copy of a truncated file had another id, because the first line had been read in part",
        &[
            187, 21, 62, 151, 56, 15, 214, 239, 166, 54, 228, 100, 171, 202, 26, 199, 13, 204, 17, 10, 198, 208, 182,
            68, 30, 214, 119, 248, 226, 184, 150, 174, 203, 179, 227, 179, 79, 130, 151, 58, 246, 145, 191, 245, 158,
            177, 238, 51, 100, 177, 16, 74, 32, 61, 61, 61, 244, 4, 0, 0, 0, 0, 0, 0, 0, 0, 174, 187, 137, 235, 111,
            77, 175, 248, 169, 33, 124, 40, 65, 68, 83, 84, 88, 162, 253, 106, 223, 88, 140,
        ],
    ),
    (
        "a record that had been reported within a line was not replaced when it continued two runs later",
        &[
            229, 178, 42, 180, 56, 166, 47, 0, 248, 65, 85, 84, 72, 69, 78, 84, 73, 67, 65, 84, 69, 196, 91, 98, 111,
            233, 53, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229,
            229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229,
            229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229,
            229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229,
            229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 229, 0, 155, 205, 64, 233, 112, 65, 128, 205,
            15, 91, 10, 22, 244, 151, 168, 46, 206, 27, 249, 162, 182, 114, 40, 49, 223, 112, 78, 250, 230, 193, 170,
            157, 160, 152, 158, 208, 151, 11, 119, 187, 251, 141, 167, 235, 91, 27, 57, 158, 115, 33, 23, 157, 172,
            158, 159, 101, 119, 61, 115, 49, 225, 227, 5, 84, 227, 145, 30, 115, 33, 29, 157, 172, 158, 159, 101, 119,
            61, 115, 49, 225, 227, 5, 84, 227, 145, 30, 67, 37, 225, 239, 25,
        ],
    ),
    (
        "a copy came after the newer file from which it was made, when that file had been compressed meanwhile",
        &[
            216, 250, 50, 30, 191, 177, 129, 216, 37, 10, 78, 205, 226, 242, 241, 123, 215, 191, 223, 39, 147, 179,
            211, 185, 136, 209, 185, 137, 11, 64, 180, 117, 253, 50, 243, 196, 248, 139, 141, 80, 84, 64, 61, 103, 48,
            78, 1, 196, 145, 91, 94, 193, 88, 67, 65, 84, 69, 32, 102, 97, 105, 108, 101, 100, 23, 119, 31, 226, 81,
            223, 169, 178, 155, 158, 79, 8, 236, 149, 227, 90, 138, 99, 42, 245, 65, 99, 109, 30, 178, 32, 85, 182,
            141, 231, 162, 187, 57, 153, 65, 85, 84, 72, 69, 78, 84, 73, 67, 65, 84, 69, 32, 102, 97, 105, 108, 101,
            100, 23, 128, 31, 226, 81, 223, 169, 178, 155, 158, 79, 8, 236, 149, 227, 90, 138, 99, 88, 69, 59, 27, 32,
            96, 172, 47, 119, 192, 216, 69, 61, 23, 27, 180, 195, 88, 210, 249, 139, 169, 107, 126, 22, 91,
        ],
    ),
];

#[test]
fn programs_that_were_once_followed_wrongly_are_followed() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    for (what, choices) in ONCE_WRONG {
        let choices = model::Choices::Bytes(choices.iter().copied().collect());
        assert_eq!(model::run(&engine, choices, folder().path()), Ok(()), "{what}");
    }
}
