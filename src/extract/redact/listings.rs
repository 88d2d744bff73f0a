//! Owners in the listings of systems: files (`ls -l`), processes (`ps`, `top`), sessions (`who`, `last`).

use super::{
    pii::{PiiKind, is_person},
    place::Place,
    values::{is_blank, skip},
};

/// Accounts of services, which are nobody.
const SERVICES: [&str; 22] = [
    "daemon",
    "nobody",
    "postgres",
    "mysql",
    "oracle",
    "tomcat",
    "nginx",
    "apache",
    "www-data",
    "httpd",
    "syslog",
    "messagebus",
    "systemd",
    "polkitd",
    "chrony",
    "sshd",
    "postfix",
    "dovecot",
    "ntp",
    "mail",
    "bin",
    "user",
];

/// Bytes of a line that are looked at before a terminal.
const MAX_FIELDS: usize = 160;

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        files(text, start, start + line.len(), found);
        processes(text, start, start + line.len(), found);
        accounts(text, start, start + line.len(), found);
        start += line.len();
    }
}

fn owner(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let Ok(name) = std::str::from_utf8(&text[start..end]) else { return };
    // A name that was too long for its column ends in a plus sign.
    let name = name.strip_suffix('+').unwrap_or(name);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@\\".contains(&byte));
    if plain && name.len() >= 2 && is_person(name) && !SERVICES.contains(&name) && !name.starts_with("systemd-") {
        found.push(Place::person(start, start + name.len(), PiiKind::User));
    }
}

fn blanks(text: &[u8], at: usize, end: usize) -> usize {
    skip(text, at, end.saturating_sub(at), |byte| byte == b' ' || byte == b'\t')
}

fn field(text: &[u8], at: usize, end: usize) -> usize {
    skip(text, at, end.saturating_sub(at), |byte| !is_blank(byte))
}

/// `-rw-r----- 1 ann staff 8192 Jan  5 20:34 x.log`
fn files(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    for dash in memchr::memchr2_iter(b'-', b'x', &text[from..to]).map(|at| from + at) {
        // The first triple of rights tells; the first sign is the kind of file.
        let Some(start) = dash.checked_sub(3).filter(|start| *start >= from) else { continue };
        let edge = start == from || !text[start - 1].is_ascii_alphanumeric() && text[start - 1] != b'-';
        let rights = text.get(start..start + 10).unwrap_or_default();
        let triple =
            |three: &[u8]| b"r-".contains(&three[0]) && b"w-".contains(&three[1]) && b"xsStT-".contains(&three[2]);
        if !edge
            || rights.len() < 10
            || !b"-dlbcps".contains(&rights[0])
            || !rights[1..].chunks(3).all(triple)
            || start + 10 >= to
        {
            continue;
        }
        let mark = skip(text, start + 10, 1, |byte| b".+@".contains(&byte));
        let links = blanks(text, mark, to);
        let after = skip(text, links, 8, |byte| byte.is_ascii_digit());
        let name = blanks(text, after, to);
        if links > mark && after > links && name > after {
            owner(text, name, field(text, name, to), found);
        }
        return;
    }
}

/// Lines with a terminal: `ann 4711 0.0 0.1 123456 7890 pts/0 S+ …`, `ann pts/0 2026-01-05 …`; and those of `top`.
fn processes(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    let line = &text[from..to];
    // Fields, the last of those before the terminal first.
    let before = |terminal: usize| {
        let start = terminal.saturating_sub(MAX_FIELDS).max(from);
        let mut fields = Vec::with_capacity(8);
        let mut end = terminal;
        while fields.len() < 7 {
            end -= text[start..end].iter().rev().take_while(|byte| is_blank(**byte)).count();
            let len = text[start..end].iter().rev().take_while(|byte| !is_blank(**byte)).count();
            if len == 0 {
                break;
            }
            fields.push((end - len, end));
            end -= len;
        }
        fields
    };
    let digits = |(start, end): (usize, usize)| text[start..end].iter().all(u8::is_ascii_digit);
    let share = |(start, end): (usize, usize)| {
        text[start..end].contains(&b'.') && text[start..end].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
    };
    for at in memchr::memchr3_iter(b'p', b't', b'?', line).map(|at| from + at) {
        let blank = |at: usize| text.get(at).is_none_or(|byte| is_blank(*byte));
        if at == from || !blank(at - 1) {
            continue;
        }
        let end = field(text, at, to);
        let name = &text[at..end];
        let numbered = |lead: &[u8]| {
            name.strip_prefix(lead).is_some_and(|number| {
                !number.is_empty() && number.len() < 4 && number.iter().all(u8::is_ascii_alphanumeric)
            })
        };
        if name != b"?" && !numbered(b"pts/") && !numbered(b"tty") {
            continue;
        }
        let fields = before(at);
        let one = match fields[..] {
            // USER PID %CPU %MEM VSZ RSS
            [rss, vsz, memory, processor, pid, user, ..]
                if digits(rss) && digits(vsz) && share(memory) && share(processor) && digits(pid) =>
            {
                Some(user)
            }
            // UID PID PPID C STIME
            [time, c, parent, pid, user, ..]
                if digits(c)
                    && digits(parent)
                    && digits(pid)
                    && text[time.0..time.1].iter().any(u8::is_ascii_digit) =>
            {
                Some(user)
            }
            // A session, and since when.
            [user, ..] if name != b"?" && !digits(user) && since(text, end, to) => Some(user),
            _ => None,
        };
        if let Some((start, stop)) = one {
            owner(text, start, stop, found);
        }
    }
    // PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND
    let fields: Vec<(usize, usize)> = {
        let (mut at, mut fields) = (from, Vec::new());
        while fields.len() < 10 {
            let start = blanks(text, at, to);
            at = field(text, start, to);
            if at == start {
                break;
            }
            fields.push((start, at));
        }
        fields
    };
    if let [pid, user, priority, nice, .., state, processor, memory] = fields[..]
        && fields.len() == 10
        && digits(pid)
        && text[priority.0..priority.1].iter().all(|byte| byte.is_ascii_digit() || b"rt-".contains(byte))
        && text[nice.0..nice.1].iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
        && state.1 - state.0 == 1
        && share(processor)
        && share(memory)
    {
        owner(text, user.0, user.1, found);
    }
}

/// What follows the terminal of a session: a date, a day of the week, or where it came from.
fn since(text: &[u8], at: usize, to: usize) -> bool {
    let start = blanks(text, at, to);
    let next = &text[start..field(text, start, to)];
    let days = [&b"Mon"[..], b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    days.contains(&next)
        || next.len() >= 7
            && next[0].is_ascii_digit()
            && next.iter().all(|byte| byte.is_ascii_digit() || b".-:/".contains(byte))
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
