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
        sessions(text, start, start + line.len(), found);
        start += line.len();
    }
}

/// An account of a service.
pub(super) fn is_service(name: &str) -> bool {
    SERVICES.contains(&name)
}

pub(super) fn owner(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let Ok(name) = std::str::from_utf8(&text[start..end]) else { return };
    // A name that was too long for its column ends in a plus sign; what precedes it may be a key or a quotation mark.
    let name = name.strip_suffix('+').unwrap_or(name);
    let lead = name.rfind(['"', '\'', '=', ':', '>', '(']).map_or(0, |at| at + 1);
    let (start, name) = (start + lead, &name[lead..]);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@\\".contains(&byte));
    if plain && name.len() >= 2 && is_person(name) && !SERVICES.contains(&name) && !name.starts_with("systemd-") {
        found.push(Place::person(start, start + name.len(), PiiKind::User));
    }
}

pub(super) fn blanks(text: &[u8], at: usize, end: usize) -> usize {
    skip(text, at, end.saturating_sub(at), |byte| byte == b' ' || byte == b'\t')
}

pub(super) fn field(text: &[u8], at: usize, end: usize) -> usize {
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
        // `-rw-r--r-- ann/staff 120 2026-01-05 20:34 x.log` of `tar -tv`
        let slash = skip(text, links, 40, |byte| !is_blank(byte) && byte != b'/');
        if links > mark && text.get(slash) == Some(&b'/') && !text[links].is_ascii_digit() {
            owner(text, links, slash, found);
            return;
        }
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
    // USER PID %CPU %MEM VSZ RSS
    for row in fields(text, from, to).windows(6) {
        if let [user, pid, processor, memory, vsz, rss] = *row
            && [pid, vsz, rss].into_iter().all(digits)
            && share(memory)
            && share(processor)
        {
            owner(text, user.0, user.1, found);
        }
    }
    // PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND
    for row in fields(text, from, to).windows(10) {
        if let [pid, user, priority, nice, .., state, processor, memory] = *row
            && text[pid.0..pid.1].last().is_some_and(u8::is_ascii_digit)
            && text[priority.0..priority.1].iter().all(|byte| byte.is_ascii_digit() || b"rt-".contains(byte))
            && text[nice.0..nice.1].iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
            && state.1 - state.0 == 1
            && share(processor)
            && share(memory)
        {
            owner(text, user.0, user.1, found);
        }
    }
}

/// The words of a line.
fn fields(text: &[u8], from: usize, to: usize) -> Vec<(usize, usize)> {
    let (mut at, mut fields) = (from, Vec::new());
    while fields.len() < 64 {
        let start = blanks(text, at, to);
        at = field(text, start, to);
        if at == start {
            break;
        }
        fields.push((start, at));
    }
    fields
}

/// What follows the terminal of a session: a date, a day of the week, a time, or where it came from and one of these.
fn since(text: &[u8], at: usize, to: usize) -> bool {
    let mut at = at;
    for _ in 0..2 {
        let start = blanks(text, at, to);
        at = field(text, start, to);
        let next = &text[start..at];
        const DAYS: &[u8] = b"Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
        let named = DAYS.split(|byte| *byte == b' ').any(|day| day == next);
        let dated = next.len() >= 5
            && next[0].is_ascii_digit()
            && next.iter().all(|byte| byte.is_ascii_digit() || b".-:/".contains(byte));
        // `05Jan26`, `Mon09` of `w`
        let digits = next.iter().filter(|byte| byte.is_ascii_digit()).count();
        let short = (5..=7).contains(&next.len()) && digits >= 2 && digits + 3 == next.len();
        if named || dated || short {
            return true;
        }
    }
    false
}

/// ` ann  rdp-tcp#12  3  Active  5  1/5/2026 8:01 AM` of `query user`, ` rdp-tcp#12  ann  3  Active` of `qwinsta`.
fn sessions(text: &[u8], from: usize, to: usize, found: &mut Vec<Place>) {
    const STATES: [&[u8]; 7] = [b"Active", b"Disc", b"Conn", b"Aktiv", b"Getr.", b"Actif", "Déco".as_bytes()];
    let all = fields(text, from, to);
    let word = |(start, end): (usize, usize)| {
        let lead = text[start..end].iter().take_while(|byte| b"\"'=>".contains(byte)).count();
        &text[start + lead..end]
    };
    let is_session =
        |field| [&b"console"[..], b"rdp-tcp", b"services", b"ica-tcp"].iter().any(|one| word(field).starts_with(one));
    for (at, row) in all.windows(3).enumerate() {
        let [last, id, state] = *row else { continue };
        let number = (1..=5).contains(&word(id).len()) && word(id).iter().all(u8::is_ascii_digit);
        let apart = text[last.1..id.0].len() > 1 && text[id.1..state.0].len() > 1;
        let is_state = STATES.iter().any(|one| {
            word(state).strip_prefix(*one).is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphabetic))
        });
        if number && apart && is_state {
            let user = if is_session(last) { at.checked_sub(1).map_or(last, |before| all[before]) } else { last };
            owner(text, user.0, user.1, found);
        }
    }
}

/// `hvoss 634x123x1 1i8mi5a /rest/…`: the user before the id of a request, as in the names of Jira's threads.
pub(super) fn user_of_request(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let mut parts = text[start..end].split(|byte| *byte == b'x');
    let number = |part: Option<&[u8]>| {
        part.is_some_and(|part| !part.is_empty() && part.len() <= 9 && part.iter().all(u8::is_ascii_digit))
    };
    let is_request = number(parts.next()) && number(parts.next()) && number(parts.next()) && parts.next().is_none();
    if !is_request || text[..start].last() != Some(&b' ') {
        return;
    }
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._@-".contains(*byte);
    let stop = start - 1;
    let from = stop - text[..stop].iter().rev().take(64).take_while(part).count();
    let thread =
        text[..from].ends_with(b" ") && memchr::memmem::find(&text[from.saturating_sub(80)..from], b"exec-").is_some();
    // An address is found by its sign.
    if thread && !text[from..stop].contains(&b'@') && std::str::from_utf8(&text[from..stop]).is_ok_and(is_person) {
        found.push(Place::person(from, stop, PiiKind::User));
    }
}
