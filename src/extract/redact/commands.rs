//! Passwords in command lines: options of programs whose names say nothing (`-w`, `-k`, `-a`), pairs of a user and a
//! password, and arguments by their place.

use std::sync::LazyLock;

use super::{
    listings::is_service,
    masks::is_harmless,
    pii::{PiiKind, is_person},
    place::Place,
    programs::{ANYWHERE, PROGRAMS, Program},
    prose::is_prose,
    secrets::SecretKind,
    stated_words::is_plain_secret,
    values::{is_blank, skip},
};
use crate::search::PhraseSet;

/// Arguments of one call that are looked at.
const MAX_ARGUMENTS: usize = 48;

static NAMES: LazyLock<PhraseSet<usize>> =
    LazyLock::new(|| PhraseSet::new(PROGRAMS.iter().enumerate().map(|(i, one)| (one.name, i))));

/// The names, for the search for keys.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().map(|program| program.name)
}

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    for (program, start, end) in NAMES.find(text) {
        let called = start.checked_sub(1).is_none_or(|i| is_blank(text[i]) || b"\"'`/$(;&|+>=".contains(&text[i]));
        let program = &PROGRAMS[program];
        let sign = !program.name.as_bytes()[0].is_ascii_alphanumeric();
        if program.name.ends_with("setvariable ") {
            masked(text, end, found);
        } else if program.reads_input() {
            piped(text, start, end, found);
        } else if program.name.starts_with("send ") {
            // The quotation mark is a part of the name.
            if is_expected(text, start) {
                sent(text, end - 1, found);
            }
        } else if called || sign {
            call(text, program, end, found);
        }
    }
}

/// `echo x | passwd --stdin ann`, `echo "ann:x" | chpasswd`, `kinit ann <<< x`
fn piped(text: &[u8], at: usize, end: usize, found: &mut Vec<Place>) {
    let from = at.saturating_sub(160);
    let line = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |line| from + line + 1);
    let before = &text[line..at];
    // It is what the program reads, and not a command before.
    let pipe = memchr::memrchr(b'|', before);
    let echo = memchr::memmem::rfind(before, b"echo ").map(|echo| echo + 4);
    let echo = echo.or_else(|| memchr::memmem::rfind(before, b"printf ").map(|printf| printf + 6));
    if let Some(echo) = echo.filter(|echo| pipe.is_some_and(|pipe| pipe > *echo)) {
        let echo = skip(text, line + echo, 8, |byte| byte == b' ');
        let option = [&b"-n "[..], b"-e ", b"-ne "].into_iter().find(|option| text[echo..].starts_with(option));
        let first = argument(text, echo + option.map_or(0, <[u8]>::len));
        // `printf '%s\n' 'x'`
        let format = first.filter(|(start, end, _)| text[*start..*end].starts_with(b"%s"));
        let first = format.map_or(first, |(_, _, next)| argument(text, next));
        if let Some((start, end, _)) = first {
            let colon = memchr::memchr(b':', &text[start..end]).map_or(0, |colon| colon + 1);
            person(text, start, start + colon.saturating_sub(1), found);
            secret(text, start + colon, without_line_break(text, start, end), found);
        }
    }
    let rest = skip(text, end, 120, |byte| byte != b'\n');
    if let Some(here) = memchr::memmem::find(&text[end..rest], b"<<<")
        && let Some((start, end, _)) = argument(text, end + here + 3)
    {
        secret(text, start, end, found);
    } else if memchr::memmem::find(&text[end..rest], b"<<").is_some() {
        lines(text, rest + 1, found);
    }
}

/// The user before a password.
fn person(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    if std::str::from_utf8(&text[start..end]).is_ok_and(|name| name.len() > 1 && is_person(name)) {
        found.push(Place::person(start, end, PiiKind::User));
    }
}

/// Lines of `ann:x`, up to the first that is none.
fn lines(text: &[u8], at: usize, found: &mut Vec<Place>) {
    let mut at = at;
    while let Some((start, end, _)) = argument(text, at)
        && let Some(colon) = memchr::memchr(b':', &text[start..end])
    {
        secret(text, start + colon + 1, end, found);
        person(text, start, start + colon, found);
        at = skip(text, end, 512, |byte| byte != b'\n') + 1;
    }
}

/// `##vso[task.setvariable variable=x;issecret=true;isoutput=true]x` of Azure Pipelines
fn masked(text: &[u8], at: usize, found: &mut Vec<Place>) {
    let close = skip(text, at, 200, |byte| byte != b']' && byte != b'\n');
    let is_secret = memchr::memmem::find(&text[at..close].to_ascii_lowercase(), b"secret=true").is_some();
    if is_secret && let Some((start, end, _)) = argument(text, close + 1) {
        secret(text, start, end, found);
    }
}

/// After a prompt for a password in a script of `expect`.
fn is_expected(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(200)..at];
    [&b"assword"[..], b"assphrase", b"PIN"].iter().any(|word| memchr::memmem::find(near, word).is_some())
}

/// `send "x\\r"`
fn sent(text: &[u8], at: usize, found: &mut Vec<Place>) {
    if let Some((start, end, _)) = argument(text, at) {
        secret(text, start, without_line_break(text, start, end), found);
    }
}

fn without_line_break(text: &[u8], start: usize, end: usize) -> usize {
    let mut end = end;
    while end > start + 1 && text[end - 2] == b'\\' && b"nr".contains(&text[end - 1]) {
        end -= 2;
        end -= text[start..end].iter().rev().take_while(|byte| **byte == b'\\').count();
    }
    end
}

/// The arguments of one call.
fn call(text: &[u8], program: &Program, from: usize, found: &mut Vec<Place>) {
    let (mut at, mut place, mut due, mut last) = (from, 0, None, from..from);
    for _ in 0..MAX_ARGUMENTS {
        let Some((start, end, next)) = argument(text, at) else { return };
        at = next;
        match due.take() {
            Some(Due::Secret) => secret(text, start, end, found),
            // `'ann':'x'`
            Some(Due::Pair) if next > end && text.get(next) == Some(&b':') => {
                person(text, start, end, found);
                if let Some((start, end, after)) = argument(text, next + 1) {
                    secret(text, start, end, found);
                    at = after;
                }
            }
            Some(Due::Pair) => pair(text, start, end, program, found),
            Some(Due::File) => after_file(text, start, end, found),
            None => due = option(text, start, end, program, found),
        }
        let value = &text[start..end];
        // `-C 10`: a number that belongs to an option.
        let number = text[last.clone()].starts_with(b"-") && last.len() == 2 && value.iter().all(u8::is_ascii_digit);
        last = start..end;
        if number {
            continue;
        }
        // A path is no option.
        if value.starts_with(b"-") || value.starts_with(b"/") && !value[1..].contains(&b'/') || due.is_some() {
            // `htpasswd -nb ann x`: without a file.
            place += usize::from(program.name == "htpasswd " && value.contains(&b'n'));
            continue;
        }
        if program.pairs == ANYWHERE {
            let key = memchr::memchr(b'=', value).map_or(0, |sign| sign + 1);
            let is_pair = value.contains(&b'@') || value.iter().any(u8::is_ascii_digit);
            if is_pair {
                pair(text, start + key, end, program, found);
            }
        } else if program.person.is_some() {
            return named(text, start, end, found);
        } else if let Some(wanted) = program.at {
            // `net use \\host\share`, of which an escape may have been undone.
            if value.starts_with(b"\\") {
                place = wanted;
            } else if place == wanted && !is_pair(value) && !value.starts_with(b"*") {
                // Names with signs are words of no sentence.
                let sentence = program.name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
                if !(is_prose(value) || wanted == 0 && sentence && is_word_alone(text, start, end)) {
                    secret(text, start, end, found);
                }
                return;
            } else {
                place += 1;
            }
        }
    }
}

/// `key=value`; not the signs at the end of base64.
fn is_pair(value: &[u8]) -> bool {
    memchr::memchr(b'=', value).is_some_and(|sign| sign + 2 < value.len())
}

/// An option: what is joined to it, or what is due next.
fn option(text: &[u8], start: usize, end: usize, program: &Program, found: &mut Vec<Place>) -> Option<Due> {
    let value = &text[start..end];
    let lead = |names: &'static [&'static str]| {
        names
            .iter()
            .filter(|name| !name.is_empty())
            .find(|name| value.starts_with(name.as_bytes()))
            .map(|name| name.len())
    };
    // What is in quotation marks after an option goes up to the closing one.
    let joined_to = |len: usize| {
        let at = skip(text, start + len, 1, |byte| b"=:".contains(&byte));
        let quoted = matches!(text.get(at), Some(b'"' | b'\''));
        let value = if quoted { argument(text, at).map(|(start, end, _)| (start, end)) } else { Some((at, end)) };
        value.unwrap_or((at, end.max(at)))
    };
    if program.secrets.iter().any(|name| value == name.as_bytes()) {
        return Some(Due::Secret);
    }
    if program.pairs.iter().any(|name| !name.is_empty() && value == name.as_bytes()) && !b"\"'".contains(text.get(end)?)
    {
        return Some(Due::Pair);
    }
    if program.files.iter().any(|name| value == name.as_bytes()) {
        return Some(Due::File);
    }
    let assigned = lead(program.secrets).filter(|len| matches!(value.get(*len), Some(b'=' | b':')));
    if let Some(len) = assigned.or_else(|| lead(program.joined)) {
        let (start, end) = joined_to(len);
        secret(text, start, end, found);
    } else if let Some(len) = lead(program.files).filter(|len| value.get(*len) == Some(&b'=')) {
        let (start, end) = joined_to(len);
        after_file(text, start, end, found);
    } else if let Some(len) = lead(program.pairs) {
        let (start, end) = joined_to(len);
        pair(text, start, end, program, found);
    }
    None
}

/// `chown ann:staff x`: a person by place.
fn named(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let end = skip(text, start, end - start, |byte| !b":.".contains(&byte));
    let plain = text[start..end].iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
    let name = std::str::from_utf8(&text[start..end]).unwrap_or_default();
    if plain && name.len() >= 3 && is_person(name) && !is_prose(name.as_bytes()) && !is_service(name) {
        found.push(Place::person(start, end, PiiKind::User));
    }
}

/// After `requirepass` and its like a word of letters alone may be one of a sentence.
fn is_word_alone(text: &[u8], start: usize, end: usize) -> bool {
    let value = &text[start..end];
    let quoted = start > 0 && b"\"'".contains(&text[start - 1]);
    // A line of nothing but these is no sentence.
    let near = start.saturating_sub(40);
    let line = memchr::memrchr(b'\n', &text[near..start]).map(|line| &text[near + line + 1..start]);
    let directive = line.is_some_and(|line| line.trim_ascii().split(|byte| is_blank(*byte)).count() == 1)
        && text.get(end).is_none_or(|byte| b"\n\"".contains(byte));
    // The last word of a line, which is nothing that is said of a password.
    let last = text.get(end).is_none_or(|byte| b"\n\"".contains(byte)) && is_plain_secret(value);
    !quoted && !directive && !last && value.iter().all(|byte| byte.is_ascii_lowercase() || b".,:;".contains(byte))
}

enum Due {
    Secret,
    Pair,
    File,
}

/// The next argument, without its quotation marks, and where the one after it may start. None at the end of the call.
fn argument(text: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let start = skip(text, at, 64, |byte| b" \t,".contains(&byte));
    let slashes = skip(text, start, 4, |byte| byte == b'\\');
    match text.get(slashes)? {
        b'\n' | b'\r' | b'|' | b';' => None,
        quote @ (b'"' | b'\'') => {
            let inner = slashes + 1;
            let len = text[inner..].iter().take(256).position(|byte| byte == quote || *byte == b'\n')?;
            let end = inner + len - text[inner..inner + len].iter().rev().take_while(|byte| **byte == b'\\').count();
            (text[inner + len] == *quote).then_some((inner, end, inner + len + 1))
        }
        _ => {
            let end = skip(text, start, 512, |byte| !is_blank(byte) && !b"\"'`|;<>".contains(&byte));
            (end > start).then_some((start, end, end))
        }
    }
}

fn secret(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let scheme = [&b"env:"[..], b"file:", b"fd:", b"stdin"].iter().any(|lead| text[start..end].starts_with(lead));
    let start = start + if text[start..end].starts_with(b"pass:") { 5 } else { 0 };
    let value = &text[start..end];
    if !value.is_empty() && !scheme && !value.starts_with(b"-") && !value.starts_with(b"$") && !is_harmless(value) {
        found.push(Place::secret(start, end, SecretKind::Password));
    }
}

/// `client.pem:x`; in `C:\client.pem` the colon is of a drive.
fn after_file(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    if let Some(colon) = memchr::memrchr(b':', &text[start..end]).filter(|colon| *colon > 1) {
        secret(text, start + colon + 1, end, found);
    }
}

/// `user:password`, with the sign of the program; `user/password@database`.
fn pair(text: &[u8], start: usize, end: usize, program: &Program, found: &mut Vec<Place>) {
    let value = &text[start.min(end)..end];
    let Some(sign) = memchr::memchr(program.sign, value).filter(|sign| *sign > 0) else { return };
    if value[sign + 1..].starts_with(b"//") || value[..sign].contains(&b'.') && program.sign == b'/' {
        return;
    }
    let stop = if program.sign == b'/' { memchr::memrchr(b'@', value).unwrap_or(value.len()) } else { value.len() };
    // `"jira/x as sysdba"`
    let stop = value[..stop].iter().position(|byte| is_blank(*byte)).unwrap_or(stop);
    if program.sign != b'=' && std::str::from_utf8(&value[..sign]).is_ok_and(is_person) {
        found.push(Place::person(start, start + sign, PiiKind::User));
    }
    if stop > sign {
        secret(text, start + sign + 1, start + stop, found);
    }
}
