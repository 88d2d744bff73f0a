//! Runs `oauthsift follow` while its log is rotated, truncated, deleted and replaced.
//!
//! Each test is a numbered scenario. Every test also checks that the program keeps running, prints its summary on
//! SIGTERM, and reports nothing twice (`Follow::stop`).
#![cfg(unix)]

#[path = "../support/follow_runner.rs"]
mod runner;

mod output;
mod paths;
mod records;
mod restart;
mod rotation;
mod start;

use std::{
    fs::{self, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use runner::{Follow, INFO, LogFolder, append, pause, rec, recs, writer};
use serde_json::Value;

fn all(from: u64, to: u64) -> Vec<u64> {
    (from..=to).collect()
}
