//! Client addresses: IPv4 and IPv6 in every spelling, and names made of them.

use std::net::Ipv6Addr;

use super::{beside_addresses, pii::PiiKind, place::Place, values::skip};

/// Words before four numbers that make them a version.
const VERSIONED: [&[u8]; 21] = [
    b"version",
    b"plugin",
    b"release",
    b"build",
    b"v",
    b"ver",
    b"jira",
    b"java",
    b"tomcat",
    b"driver",
    b"library",
    b"bundle",
    b"client",
    b"server",
    b"add-on",
    b"app",
    b"postgresql",
    b"upgraded",
    b"section",
    b"chapter",
    b"clause",
];
/// Products that print `Name/1.2.3.4`.
const PRODUCTS: [&[u8]; 14] = [
    b"Chrome",
    b"Firefox",
    b"Safari",
    b"AppleWebKit",
    b"Version",
    b"Edg",
    b"OPR",
    b"Mozilla",
    b"Java",
    b"Tomcat",
    b"curl",
    b"okhttp",
    b"Apache-HttpClient",
    b"JIRA",
];

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    let digit_before = |at: usize| at > 0 && text[at - 1].is_ascii_digit();
    for dot in memchr::memchr_iter(b'.', text) {
        if digit_before(dot)
            && let Some((start, end)) = dotted(text, dot)
        {
            found.push(Place::person(start, end, PiiKind::Address));
            beside_addresses::find(text, start, end, found);
        }
    }
    let mut from = 0;
    for colon in memchr::memchr_iter(b':', text) {
        let goes_on = text.get(colon + 1).is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b':');
        if colon < from || !goes_on && text.get(colon + 1) != Some(&b'.') {
            continue;
        }
        if let Some((start, end)) = colons(text, colon) {
            found.push(Place::person(start, end, PiiKind::Address));
            beside_addresses::find(text, start, end, found);
            from = end;
        }
    }
    for dash in memchr::memchr_iter(b'-', text) {
        if dash >= from
            && digit_before(dash)
            && let Some((start, end)) = dashed(text, dash)
        {
            found.push(Place::person(start, end, PiiKind::Address));
            from = end;
        }
    }
}

/// Four numbers whose first dot is here.
fn dotted(text: &[u8], dot: usize) -> Option<(usize, usize)> {
    let digits = text[..dot].iter().rev().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let start = dot - digits;
    let mut end = dot;
    for _ in 0..3 {
        let stop = skip(text, end + 1, 4, |byte| byte.is_ascii_digit());
        if text.get(end) != Some(&b'.') || !(2..=4).contains(&(stop - end)) {
            return None;
        }
        end = stop;
    }
    let octets = text[start..end].split(|byte| *byte == b'.');
    let good =
        octets.clone().all(|octet| octet.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0')) <= 255);
    let before = start.checked_sub(1).map(|i| text[i]);
    let joined = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
    let lettered = text[..start].ends_with(b"ip") && !text[..start - 2].last().is_some_and(|byte| joined(*byte));
    let more = text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit);
    if !good
        || before.is_some_and(|byte| joined(byte) && !lettered || b".-".contains(&byte))
        || text.get(end).is_some_and(|byte| joined(*byte))
        || more
    {
        return None;
    }
    if is_version(text, start, end) {
        return None;
    }
    // `77.100.51.198.in-addr.arpa`
    let reverse = text[end..].starts_with(b".in-addr.arpa");
    Some((start, if reverse { end + 13 } else { end }))
}

/// `plugin 10.3.2.1`, `Chrome/120.0.0.0`, `10.3.2.1.jar`, `10.3.2.1-m12`.
fn is_version(text: &[u8], start: usize, end: usize) -> bool {
    if [&b".jar"[..], b"-m", b"-SNAPSHOT", b"-rc", b".zip", b"-beta"].iter().any(|tail| text[end..].starts_with(tail)) {
        return true;
    }
    let before = &text[..start];
    // `com.example.plugin:10.3.2.1`
    if let Some(before) = before.strip_suffix(b":") {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-_".contains(*byte);
        let key = &before[before.len() - before.iter().rev().take(120).take_while(part).count()..];
        let roots = [&b"com."[..], b"org.", b"net.", b"io.", b"de."];
        if roots.iter().any(|root| key.starts_with(root)) && key.iter().filter(|byte| **byte == b'.').count() >= 2 {
            return true;
        }
    }
    if let Some(before) = before.strip_suffix(b"/") {
        return PRODUCTS.contains(&last_word(before));
    }
    let before =
        &before[..before.len() - before.iter().rev().take(3).take_while(|byte| b" :='\"".contains(byte)).count()];
    let last = last_word(before);
    before.len() < start && VERSIONED.iter().any(|one| one.eq_ignore_ascii_case(last)) && {
        // `client 198.51.100.77` and `server 10.0.0.1` are addresses, where a version has small numbers.
        let last = last.to_ascii_lowercase();
        let large = text[start..end].split(|byte| *byte == b'.').filter(|octet| octet.len() > 2).count();
        large == 0 && last != b"client" && last != b"server"
            || large <= 1 && [&b"version"[..], b"plugin", b"release", b"build", b"v", b"ver"].contains(&&last[..])
    }
}

/// The letters and hyphens at the end of a text.
fn last_word(text: &[u8]) -> &[u8] {
    let len = text.iter().rev().take(24).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
    &text[text.len() - len..]
}

/// An IPv6 address around this colon, with its zone; IPv4 within it goes along.
fn colons(text: &[u8], colon: usize) -> Option<(usize, usize)> {
    let part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':' || *byte == b'.';
    let start = colon - text[..colon].iter().rev().take(40).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let mut end = skip(text, colon, 46, |byte| part(&byte));
    // `[IPv6:2001:db8::1]` of SMTP
    let literal = start >= 5 && text[start - 5..start].eq_ignore_ascii_case(b"ipv6:");
    if !literal && start.checked_sub(1).is_some_and(|i| text[i].is_ascii_alphanumeric() || b"_:.".contains(&text[i])) {
        return None;
    }
    while end > colon {
        let found = &text[start..end];
        let address = std::str::from_utf8(found).ok().and_then(|found| found.parse::<Ipv6Addr>().ok());
        if address.is_some() && found.iter().any(u8::is_ascii_digit) {
            // A fingerprint or a serial number: pairs of digits.
            if found.len() == 23 && found.split(|byte| *byte == b':').all(|group| group.len() == 2) {
                return None;
            }
            if text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                return None;
            }
            let zone = if text.get(end) == Some(&b'%') {
                skip(text, end + 1, 16, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            } else {
                end
            };
            return Some((start, zone));
        }
        // A full stop or a port after it.
        let tail = found.iter().rposition(|byte| b":.".contains(byte))?;
        if start + tail <= colon {
            return None;
        }
        end = start + tail;
    }
    None
}

/// `ip-10-1-2-3`, `77-100-51-198.dynamic.example.net`: four numbers whose first dash is here.
fn dashed(text: &[u8], dash: usize) -> Option<(usize, usize)> {
    let digits = text[..dash].iter().rev().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let start = dash - digits;
    let mut end = dash;
    for _ in 0..3 {
        let stop = skip(text, end + 1, 4, |byte| byte.is_ascii_digit());
        if text.get(end) != Some(&b'-') || !(2..=4).contains(&(stop - end)) {
            return None;
        }
        end = stop;
    }
    let good = text[start..end]
        .split(|byte| *byte == b'-')
        .all(|octet| octet.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0')) <= 255);
    let before = &text[..start];
    let named = [&b"ip-"[..], b"ec2-", b"host-", b"dyn-", b"static-", b"cpe-", b"dsl-"]
        .iter()
        .any(|lead| before.ends_with(lead));
    let host = text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_alphabetic);
    let large = text[start..end].split(|byte| *byte == b'-').filter(|octet| octet.len() > 1).count() >= 2;
    let apart = !text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    (good && apart && (named || host && large)).then_some((start, end))
}
