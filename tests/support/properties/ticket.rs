//! The check of a ticket before it is shared.

use oauthsift::{Input, LeakedItem, leaks};

use super::{is_encoded, redaction::plant};

fn check(name: &str, bytes: Vec<u8>) -> Vec<LeakedItem> {
    let mut found = Vec::new();
    leaks(Input::bytes(name, bytes), &mut |item| found.push(item));
    found
}

/// The check of any bytes ends, and names lines that exist.
pub(crate) fn the_check_names_lines_that_exist(input: &[u8]) {
    let found = check("ticket.txt", input.to_vec());
    let lines = input.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    for item in &found {
        assert!(item.count > 0 && !item.kind.is_empty(), "{item:?}");
        assert!(item.line > 0 && (is_encoded(input) || item.line <= lines), "{item:?} of {lines} lines");
    }
}

/// The check finds a secret that was planted in a text.
pub(crate) fn the_check_finds_a_planted_secret(input: &[u8]) {
    let (log, form) = plant(input);
    if is_encoded(&log) {
        return;
    }
    let text = String::from_utf8_lossy(&log).into_owned();
    assert!(!check("ticket.txt", log).is_empty(), "{form} is not found in\n{text}");
}
