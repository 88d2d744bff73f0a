//! What each fuzz target checks. The properties are those of `tests/properties.rs` and of the model of a followed log,
//! from the same files.

#[path = "../../tests/support/model/mod.rs"]
mod model;
#[path = "../../tests/support/properties/mod.rs"]
mod properties;

/// Whether a line starts a record depends on its first bytes alone, and every search finds the same starts.
pub fn record_start(input: &[u8]) {
    oauthsift::fuzzing::record_start(input);
}

/// A stream is cut into the same records whatever the size of the reads; every byte is returned once.
pub fn chunks(input: &[u8]) {
    oauthsift::fuzzing::chunks(input);
}

/// A header's fields are parts of the record.
pub fn header(input: &[u8]) {
    oauthsift::fuzzing::header(input);
}

/// Envelopes are undone in bounded space, and to the record that a shipper wrapped.
pub fn envelope(input: &[u8]) {
    oauthsift::fuzzing::envelope(input);
}

/// A planted secret is not shown, with any level of redaction.
pub fn redaction(input: &[u8]) {
    properties::redaction::a_planted_secret_is_not_shown(input);
}

/// Chunked, threaded, streamed and compressed scans give the same findings and faults.
pub fn scan(input: &[u8]) {
    properties::scan::every_way_to_scan_gives_the_same(input);
}

/// Damaged archives: no panic, bounded memory and time, the same for any number of threads.
pub fn archives(input: &[u8]) {
    properties::archive::archives_give_the_same_with_every_number_of_threads(input);
}

/// A log that is written in pieces gives the findings of a scan.
pub fn follow_log(input: &[u8]) {
    properties::follow::following_gives_the_findings_of_a_scan(input);
}

/// Any state file is used or refused; no record is reported twice.
pub fn follow_state(input: &[u8]) {
    properties::follow::any_state_file_is_used_or_refused(input);
}

/// Any report is compared or refused; every incident is counted once.
pub fn report(input: &[u8]) {
    properties::report::reports_are_compared_or_refused(input);
}

/// Any catalogue file is refused with its faults, or usable.
pub fn catalogue(input: &[u8]) {
    properties::catalogue::entries_are_refused_or_usable(input);
}

/// The check of a ticket names lines that exist, and finds a planted secret.
pub fn ticket_check(input: &[u8]) {
    properties::ticket::the_check_names_lines_that_exist(input);
    properties::ticket::the_check_finds_a_planted_secret(input);
}

/// Writes, rotations, truncations, kills and restarts: every record is found once, or its loss is reported.
///
/// # Panics
/// The follower and the model disagree.
pub fn follow_model(input: &[u8]) {
    let choices = model::Choices::Bytes(input.iter().copied().collect());
    let folder = properties::follow::folder();
    if let Err(problem) = model::run(&properties::ENGINE, choices, folder.path()) {
        panic!("{problem}");
    }
}
