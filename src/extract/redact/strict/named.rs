//! Hosts of the customer that are a single word, known by what is beside them.

use std::sync::LazyLock;

use super::{
    super::{pii::PiiKind, place::Place, values::skip},
    providers::is_provider,
};
use crate::search::{Literal, PhraseSet};

/// What leads to a host.
static LEADS: LazyLock<PhraseSet<()>> = LazyLock::new(|| {
    let leads = [
        "UnknownHostException: ",
        "nknown host: ",
        "nknown host ",
        "proxyHost=",
        "roxy host: ",
        "ostname=",
        "ostname: ",
        "erver name: ",
        "host name: ",
        "onnect to ",
        "roxy=",
        "mailserver=",
        "orkstation=",
        "orkstation: ",
        "orkstationName: ",
        "orkstationName=",
        "orkstation Name: ",
        "orkstation Name:\t",
        "omputerName=",
    ];
    PhraseSet::new(leads.map(|lead| (lead, ())))
});
/// What leads to a part of a directory name.
static PARTS: [Literal; 2] = [Literal::new("dc="), Literal::new("DC=")];

/// What stands for no host.
const NOTHING: [&[u8]; 4] = [b"null", b"none", b"unknown", b"localhost"];

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    let leads = LEADS.find(text).map(|((), _, end)| end);
    let parts = PARTS.iter().flat_map(|part| part.find_iter(text).map(|at| at + part.len()));
    for end in leads.chain(parts) {
        let start = end + usize::from(matches!(text.get(end), Some(b'"' | b'\'' | b'[')));
        let verb = text[..end].ends_with(b"onnect to ");
        one(text, start, !verb, found);
    }
    // Of the two backslashes one is gone where escapes were undone.
    for at in memchr::memchr_iter(b'\\', text) {
        let edge = at.checked_sub(1).is_none_or(|i| !text[i].is_ascii_alphanumeric() && text[i] != b':');
        let end = skip(text, at + 1, 64, is_part);
        let share = text.get(end) == Some(&b'\\') && text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if edge && share && end - at > 4 {
            one(text, at + 1, false, found);
        }
    }
    // `jira01/198.51.100.77:8080` of Java.
    for at in memchr::memchr_iter(b'/', text) {
        let digits = skip(text, at + 1, 4, |byte| byte.is_ascii_digit()) - at - 1;
        let address = (1..=3).contains(&digits)
            && text.get(at + 1 + digits) == Some(&b'.')
            && text[at + 1..text.len().min(at + 16)].iter().filter(|byte| **byte == b'.').count() >= 3;
        let before = text[..at].iter().rev().take(64).take_while(|byte| is_part(**byte)).count();
        let start = at - before;
        let path = start.checked_sub(1).is_some_and(|i| b"/\\".contains(&text[i]));
        if address && before > 2 && !path && text[start].is_ascii_lowercase() {
            one(text, start, true, found);
        }
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

/// Takes the host that starts here, unless it is a provider's, an address or a plain word where words may be.
fn one(text: &[u8], start: usize, named: bool, found: &mut Vec<Place>) {
    let end = skip(text, start, 128, is_part);
    let end = end - text[start..end].iter().rev().take_while(|byte| b".-_".contains(byte)).count();
    let name = &text[start..end];
    let odd = name.iter().any(u8::is_ascii_digit) || name.contains(&b'-') || name.contains(&b'.');
    let address = name.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if name.len() >= 3
        && !address
        && (odd || named && name.iter().all(u8::is_ascii_lowercase))
        && !is_provider(name)
        && !NOTHING.contains(&name)
        && name[0].is_ascii_alphanumeric()
    {
        found.push(Place::person(start, end, PiiKind::Host));
    }
}
