//! Lines in which a sign says where a user is: of lists of accounts, `sudo`, `cron`, `finger` and others.

use super::{
    listings::{blanks, field, owner},
    login::with_next_names,
    pii::PiiKind,
    place::Place,
    secrets::SecretKind,
    values::{is_blank, skip},
};

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        accounts(text, start, start + line.len(), found);
        other_lines(text, start, start + line.len(), found);
        start += line.len();
    }
}

/// `ann:x:1001:1001:Ann Example:/home/ann:/bin/bash`
fn accounts(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    let Some(at) = memchr::memmem::find(&text[from..to], b":x:").map(|at| from + at) else { return };
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(*byte);
    let start = at - text[from..at].iter().rev().take(40).take_while(part).count();
    let (mut fields, mut next) = ([(0, 0); 3], at + 3);
    for field in &mut fields {
        let end = skip(text, next, to - next.min(to), |byte| byte != b':' && byte != b'\n');
        if text.get(end) != Some(&b':') {
            return;
        }
        (*field, next) = ((next, end), end + 1);
    }
    let [user, group, comment] = fields.map(|(start, end)| &text[start..end]);
    let number = |field: &[u8]| !field.is_empty() && field.iter().all(u8::is_ascii_digit);
    if number(user) && number(group) {
        owner(text, start, at, found);
        if comment.contains(&b' ') {
            found.push(Place::person(fields[2].0, fields[2].1, PiiKind::User));
        }
    }
}

/// Lines in which one sign tells where a user is: of `sudo`, `su`, `cron`, `crontab`, `stat`, `query user`, `lsof` and
/// `svn log`.
fn other_lines(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    let line = &text[from..to];
    let find = |sign: &[u8]| find_in(line, sign);
    let word_before = |end: usize| {
        let end = end - line[..end].iter().rev().take_while(|byte| **byte == b' ').count();
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(*byte);
        (end - line[..end].iter().rev().take(40).take_while(part).count(), end)
    };
    let mut person = |(start, end): (usize, usize)| owner(text, from + start, from + end, found);
    if let Some(at) = find(b" : TTY=") {
        person(word_before(at));
    }
    if let Some(at) = find(b") CMD (") {
        person(word_before(at));
    }
    if let Some(at) = find(b"(to ") {
        let name = at + 4;
        let close = skip(line, name, 40, |byte| byte != b')');
        let next = skip(line, close + 1, 2, |byte| byte == b' ');
        let end = field(line, next, line.len());
        if line[end..].starts_with(b" on ") {
            person((name, close));
            person((next, end));
        }
    }
    if let Some(at) = find(b"id: (") {
        let slash = skip(line, at + 5, 16, |byte| byte.is_ascii_digit() || byte == b' ');
        let start = skip(line, slash, 8, |byte| b"/ ".contains(&byte));
        if slash < start {
            person((start, skip(line, start, 40, |byte| byte != b')')));
        }
    }
    if let Some(at) = find(b" | 20") {
        let (start, end) = word_before(at);
        let before = line[..start].strip_suffix(b" | ").unwrap_or_default();
        let digits = before.iter().rev().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        let revision = digits > 0 && before[..before.len() - digits].ends_with(b"r");
        if revision {
            person((start, end));
        }
    }
    // `# ann, People, contoso.example` over an entry of `ldapsearch`
    if let Some(at) = find(b"# ") {
        let mut parts = line[at + 2..].trim_ascii_end().split(|byte| *byte == b',');
        let name = parts.next().unwrap_or_default();
        let unit = parts.next().unwrap_or_default().trim_ascii();
        let people = [&b"people"[..], b"users"].iter().any(|one| unit.eq_ignore_ascii_case(one));
        if people && parts.next_back().is_some_and(|host| host.contains(&b'.')) && !name.contains(&b'=') {
            found.push(Place::person(from + at + 2, from + at + 2 + name.len(), PiiKind::User));
        }
    }
    // `Login incorrect: [ann/x] (from client …)` of FreeRADIUS, `[ann] Peer Connection Initiated` of OpenVPN
    let close = find_in(line, b"] (from client ").or_else(|| find_in(line, b"] Peer Connection"));
    if let Some(close) = close
        && let Some(open) = memchr::memrchr(b'[', &line[..close])
    {
        let slash = skip(line, open + 1, close - open - 1, |byte| byte != b'/');
        owner(text, from + open + 1, from + slash, found);
        if slash + 1 < close && line[slash + 1] != b'<' {
            found.push(Place::secret(from + slash + 1, from + close, SecretKind::Password));
        }
    }
    // `… GET http://x/ ann HIER_DIRECT/192.0.2.1 text/html` of Squid, `[ann] OK LOGIN: …` of vsftpd
    let hierarchy =
        [&b" HIER_"[..], b" DIRECT/", b"_PARENT/", b" NONE/", b" CARP/"].iter().find_map(|sign| find_in(line, sign));
    if let Some(at) = hierarchy.filter(|_| find_in(line, b"TCP_").is_some()) {
        let name = |end: usize| end - line[..end].iter().rev().take(64).take_while(|byte| !is_blank(**byte)).count();
        // `FIRSTUP_PARENT/`
        let at = if line[at] == b' ' { at } else { name(at).saturating_sub(1) };
        owner(text, from + name(at), from + at, found);
    }
    let transfer = [&b"] FAIL LOGIN"[..], b"] OK LOGIN", b"] OK UPLOAD", b"] OK DOWNLOAD"];
    if let Some(close) = transfer.iter().find_map(|sign| find_in(line, sign))
        && let Some(open) = memchr::memrchr(b'[', &line[..close])
    {
        owner(text, from + open + 1, from + close, found);
    }
    finger(text, from, to, found);
    open_files(text, from, to, found);
    crontab(text, from, to, found);
}

fn find_in(line: &[u8], sign: &[u8]) -> Option<usize> {
    memchr::memmem::find(line, sign)
}

/// `Login: ann              Name: Ann Example` of `finger`
fn finger(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    let find = |sign: &[u8]| memchr::memmem::find(&text[from..to], sign).map(|at| from + at + sign.len());
    if let (Some(login), Some(name)) = (find(b"Login: "), find(b"Name: "))
        && login < name
    {
        let end = field(text, login, to);
        let apart = end < name - 6 && text[end..name - 6].iter().all(|byte| is_blank(*byte));
        let first = field(text, name, to);
        if apart && first > name {
            owner(text, login, end, found);
            found.push(Place::person(name, with_next_names(text, name, first), PiiKind::User));
        }
    }
}

/// `java 4711 ann 123r REG 253,0 …` of `lsof`.
fn open_files(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    let line = &text[from..to];
    let kinds = [&b" REG "[..], b" DIR ", b" IPv4 ", b" IPv6 ", b" CHR ", b" FIFO "];
    let Some(kind) = kinds.iter().find_map(|kind| memchr::memmem::find(line, kind)) else { return };
    let (mut end, mut fields) = (kind, [(0, 0); 3]);
    for one in &mut fields {
        end -= line[..end].iter().rev().take_while(|byte| **byte == b' ').count();
        let start = end - line[..end].iter().rev().take_while(|byte| !is_blank(**byte)).count();
        (*one, end) = ((start, end), start);
    }
    let [handle, user, process] = fields;
    let handle = &line[handle.0..handle.1];
    let numbered = handle.iter().filter(|byte| byte.is_ascii_digit()).count() + 1 == handle.len()
        && handle.last().is_some_and(|byte| b"rwu".contains(byte));
    let digits = process.1 > process.0 && line[process.0..process.1].iter().all(u8::is_ascii_digit);
    if digits && (numbered || [&b"cwd"[..], b"txt", b"mem", b"rtd"].contains(&handle)) {
        owner(text, from + user.0, from + user.1, found);
    }
}

/// `5 4 * * * ann /usr/bin/backup`
fn crontab(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    let Some(star) = memchr::memmem::find(&text[from..to], b" * ").map(|at| from + at) else { return };
    let time = |byte: u8| byte.is_ascii_digit() || b"*,/-".contains(&byte);
    // On to the last of the five fields.
    let mut at = star;
    while text.get(at) == Some(&b' ') && at < to {
        let end = skip(text, at + 1, 12, time);
        if end == at + 1 {
            break;
        }
        at = end;
    }
    let fields = text[from..at].rsplit(|byte| *byte == b' ').take(5);
    if fields.filter(|field| !field.is_empty() && field.iter().all(|byte| time(*byte))).count() < 5 {
        return;
    }
    let name = blanks(text, at, to);
    let end = field(text, name, to);
    if text[blanks(text, end, to)..to].starts_with(b"/") {
        owner(text, name, end, found);
    }
}
