//! Archives of any content: no panic, within limits, the same for any number of threads.

use oauthsift::{ArchiveLimits, Input, Scan};

use super::{
    ENGINE, RECORD,
    archive_formats::{gz, stored_zip, tar, xz, zip, zst},
    parameters, position,
};

/// Small limits, so that a bomb is stopped early.
fn limits() -> ArchiveLimits {
    ArchiveLimits::default()
        .with_max_depth(4)
        .with_max_ratio(100)
        .with_ratio_exempt_bytes(1 << 16)
        .with_max_decoded_bytes(4 << 20)
        .with_max_held_bytes(1 << 20)
        .with_max_entries(1000)
}

/// No panic; the same findings and faults for 1, 2 and 4 threads; an input that was not read completely has a fault.
///
/// The last bytes say how the content is packed, and which byte of the archive is then changed: a fuzzer does not find
/// checksums by itself.
pub(crate) fn archives_give_the_same_with_every_number_of_threads(input: &[u8]) {
    let (content, [packing, low, high, flip]) = parameters(input);
    let mut archive = pack(content, packing);
    if packing > 0 && flip > 0 && !archive.is_empty() {
        let at = position(&archive, [low, high]).min(archive.len() - 1);
        match flip {
            1 => archive.truncate(at),
            flip => archive[at] ^= flip,
        }
    }
    let scan = |threads| {
        let input = Input::bytes("support.zip", archive.as_slice());
        Scan::new(&ENGINE).input(input).archive_limits(limits()).threads(threads).run()
    };
    let one = scan(1);
    for input in &one.inputs {
        assert!(input.complete || !one.faults.is_empty(), "{} is incomplete, and there is no fault", input.source);
    }
    for threads in [2, 4] {
        let several = scan(threads);
        assert_eq!(several.findings, one.findings, "{threads} threads, {}", archive.escape_ascii());
        assert_eq!(several.faults, one.faults, "{threads} threads, {}", archive.escape_ascii());
    }
}

/// The content as it is (0), or packed in one of a few ways.
fn pack(content: &[u8], packing: u8) -> Vec<u8> {
    let (first, second) = content.split_at(content.len() / 2);
    let entries = [
        ("a/atlassian-jira.log", content),
        ("a/atlassian-jira.log.1", RECORD.as_bytes()),
        ("b/atlassian-jira.log", second),
        ("a/notes.bin", first),
    ];
    match packing % 16 {
        0 => content.to_vec(),
        1 => gz(content),
        2 => zst(content),
        3 => xz(content),
        4 => [gz(first), gz(second), vec![0; 100]].concat(),
        5 => [zst(first), zst(second)].concat(),
        6 => zip(&entries),
        7 => stored_zip(&entries),
        8 => tar(&entries),
        9 => gz(&tar(&entries)),
        10 => zst(&tar(&entries)),
        11 => xz(&tar(&entries)),
        12 => zip(&[("node1.zip", &zip(&entries)), ("node2/atlassian-jira.log", content)]),
        13 => gz(&zip(&entries)),
        14 => tar(&[("node1.zip", &zip(&entries[..2])), ("x.gz", &gz(content))]),
        _ => gz(&tar(&[("node1.zip", &stored_zip(&entries)), ("atlassian-jira.log.1.gz", &gz(content))])),
    }
}
