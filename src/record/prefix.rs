//! Prefixes that log shippers and other tools add to every line.
//!
//! Container engines and syslog print a time and a name before each line, including continuation lines;
//! mail programs quote with `> `; `grep` prints the name of the file. The prefix is not part of the record
//! and is removed before anything else reads the line.

use memchr::memrchr_iter;

use super::timestamp;
use crate::search::ByteSet;

/// Kind of a prefix. All lines of a record have the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// `> `, also repeated.
    Quote,
    /// `2026-11-23T10:00:00.123456789Z `, followed by `stdout F ` in CRI logs.
    Container,
    /// `Nov 23 10:00:00 host jira[123]: `, `<14>1 2026-11-23T10:00:00Z host app 1 - - `.
    Syslog,
    /// `2026-11-23T10:00:00+0100 host java[123]: `, as journalctl prints with ISO times.
    Journal,
    /// `jira-1  | `.
    Compose,
    /// `[pod/jira-0/jira] `, and as kubetail and kail print it: `[jira-0 jira] `, `atlassian/jira-0[jira]: `.
    Pod,
    /// `jira-0 jira `: pod and container, as stern prints them.
    PodContainer,
    /// `atlassian jira-0 jira `: the same with the namespace.
    NamespacePodContainer,
    /// `atlassian-jira.log:120:`.
    Grep,
    /// `120:`, `121-`, `   120 `: as `grep -n`, `less -N` and `cat -n` print for one file.
    LineNumber,
    /// A byte order mark where files were put together, a form feed, a record separator of JSON text sequences.
    Mark,
}

/// The longest prefix that is recognised.
const MAX_PREFIX_BYTES: usize = 256;

/// The prefix at the start of a line: its kind and length.
#[must_use]
pub(super) fn find(line: &[u8]) -> Option<(Prefix, usize)> {
    let head = &line[..line.len().min(MAX_PREFIX_BYTES)];
    let (kind, len) = match *head.first()? {
        b'>' => (Prefix::Quote, quote(head)?),
        // A space means the timestamp of the log itself; shippers print a `T`.
        b'0'..=b'9' if timestamp::looks_like_timestamp(head) && head[10] == b' ' => return None,
        b'0'..=b'9' => match (journal(head), container(head)) {
            (Some(len), _) => (Prefix::Journal, len),
            (None, Some(len)) => (Prefix::Container, len),
            (None, None) => (Prefix::LineNumber, line_number(head)?),
        },
        b' ' => (Prefix::LineNumber, line_number(head)?),
        b'<' => (Prefix::Syslog, syslog(head)?),
        b'[' => (Prefix::Pod, pod(head).filter(|len| head.starts_with(b"[pod/") || starts_event(&head[*len..]))?),
        0xef | b'\x0c' | b'\x1e' => (Prefix::Mark, mark(head)?),
        b'A'..=b'Z' if month_day(head) => (Prefix::Syslog, syslog(head)?),
        _ => match compose(head) {
            Some(len) => (Prefix::Compose, len),
            None => pod_name(head).or_else(|| Some((Prefix::Grep, grep(head)?)))?,
        },
    };
    Some((kind, len))
}

/// The length of a prefix of this kind at the start of a line; 0 when the line does not have it.
#[must_use]
pub(super) fn len_of(kind: Prefix, line: &[u8]) -> usize {
    let head = &line[..line.len().min(MAX_PREFIX_BYTES)];
    let len = match kind {
        Prefix::Quote => quote(head),
        Prefix::Container => container(head),
        Prefix::Syslog => syslog(head),
        Prefix::Journal => journal(head),
        Prefix::Compose => compose(head),
        Prefix::Pod => pod(head).or_else(|| kail(head)),
        Prefix::PodContainer => pod_words(head, 2),
        Prefix::NamespacePodContainer => pod_words(head, 3),
        Prefix::Grep => grep(head),
        Prefix::LineNumber => line_number(head),
        Prefix::Mark => mark(head),
    };
    len.unwrap_or(0)
}

/// What a prefix says of the node, the pod or the program that has printed the line, whatever its process number; `None`
/// when it names none.
#[must_use]
pub(super) fn source(kind: Prefix, prefix: &[u8]) -> Option<&[u8]> {
    let after_words = |text, words| {
        (0..words)
            .try_fold(text, |rest: &[u8], _| memchr::memchr(b' ', rest).map(|blank| rest[blank..].trim_ascii_start()))
    };
    match kind {
        Prefix::Pod | Prefix::PodContainer | Prefix::NamespacePodContainer | Prefix::Compose => {
            Some(prefix.trim_ascii_end()).filter(|source| !source.is_empty())
        }
        Prefix::Journal => after_words(prefix, 1).map(without_process),
        Prefix::Syslog => {
            let priority = memchr::memchr(b'>', &prefix[..prefix.len().min(5)]).map_or(0, |close| close + 1);
            let text = &prefix[priority..];
            if priority > 0 && text.starts_with(b"1 ") {
                // After the time: host, application, process.
                let host = after_words(text, 2)?;
                let rest = after_words(host, 2)?;
                return Some(host[..host.len() - rest.len()].trim_ascii_end());
            }
            after_words(text, 3).map(without_process)
        }
        Prefix::Quote | Prefix::Container | Prefix::Grep | Prefix::LineNumber | Prefix::Mark => None,
    }
}

/// `host java[123]: ` up to the number.
fn without_process(source: &[u8]) -> &[u8] {
    let end = memchr::memchr2(b'[', b':', source).unwrap_or(source.len());
    source[..end].trim_ascii_end()
}

fn mark(head: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match &head[at..] {
            [0xef, 0xbb, 0xbf, ..] => at += 3,
            [b'\x0c' | b'\x1e', ..] => at += 1,
            _ => return (at > 0).then_some(at),
        }
    }
}

/// Digits and `:` (a matching line), `-` (a context line) or a space. A year is not excluded here:
/// the caller checks that a record starts after the prefix.
fn line_number(head: &[u8]) -> Option<usize> {
    let blanks = head.iter().take(8).take_while(|b| **b == b' ').count();
    let digits = head[blanks..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
    let end = blanks + digits;
    if !(1..10).contains(&digits) || timestamp::parse(head).is_some() {
        return None;
    }
    match head.get(end)? {
        b':' | b'-' | b'\t' | b' ' => Some(end + 1),
        _ => None,
    }
}

fn quote(head: &[u8]) -> Option<usize> {
    let mut at = 0;
    while head.get(at) == Some(&b'>') {
        at += 1;
        if head.get(at) == Some(&b' ') {
            at += 1;
        }
    }
    (at > 0).then_some(at)
}

fn container(head: &[u8]) -> Option<usize> {
    if head.get(10) != Some(&b'T') {
        return None;
    }
    let timestamp = timestamp::parse(head)?;
    if !timestamp.rfc3339 {
        return None;
    }
    if head.get(timestamp.len) == Some(&b'\t') {
        // fluentd's files: time, tag and event, separated by tabs.
        let tag = timestamp.len + 1;
        let end = tag + memchr::memchr(b'\t', &head[tag..])?;
        return (head.get(end + 1) == Some(&b'{')).then_some(end + 1);
    }
    let mut at = timestamp.len + blank(head, timestamp.len)?;
    for stream in [&b"stdout F "[..], b"stderr F ", b"stdout P ", b"stderr P "] {
        if head[at..].starts_with(stream) {
            at += stream.len();
            break;
        }
    }
    Some(at)
}

fn blank(head: &[u8], at: usize) -> Option<usize> {
    (head.get(at) == Some(&b' ')).then_some(1)
}

fn month_day(head: &[u8]) -> bool {
    const MONTHS: [&[u8]; 12] =
        [b"Jan ", b"Feb ", b"Mar ", b"Apr ", b"May ", b"Jun ", b"Jul ", b"Aug ", b"Sep ", b"Oct ", b"Nov ", b"Dec "];
    MONTHS.iter().any(|month| head.starts_with(month))
}

fn syslog(head: &[u8]) -> Option<usize> {
    let mut at = 0;
    if head.first() == Some(&b'<') {
        at = head.iter().take(5).position(|b| *b == b'>')? + 1;
        if head[at..].starts_with(b"1 ") {
            return syslog_structured(head, at + 2);
        }
    }
    if !month_day(&head[at..]) {
        return None;
    }
    // "Nov 23 10:00:00 " is 16 bytes, the day padded with a space.
    let clock = head.get(at + 7..at + 16)?;
    if clock[2] != b':' || clock[5] != b':' {
        return None;
    }
    at += 15;
    if head[at] == b'.' {
        at += 1 + head[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    }
    at += blank(head, at)?;
    let colon = at + memchr::memmem::find(&head[at..], b": ")?;
    let words = head[at..colon].split(|b| *b == b' ').count();
    (words == 2).then_some(colon + 2)
}

/// After `<14>1 `: time, host, application, process, message id, structured data.
fn syslog_structured(head: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..5 {
        at += memchr::memchr(b' ', &head[at..])? + 1;
    }
    if head.get(at) == Some(&b'[') {
        at += memchr::memmem::find(&head[at..], b"] ")? + 2;
    } else {
        at += memchr::memchr(b' ', &head[at..])? + 1;
    }
    // In RFC 5424, a byte order mark says that the message is UTF-8.
    if head[at..].starts_with("\u{feff}".as_bytes()) {
        at += 3;
    }
    Some(at)
}

/// After an ISO time: host, and a name with a process number, `java[123]: `.
fn journal(head: &[u8]) -> Option<usize> {
    let timestamp = timestamp::parse(head).filter(|timestamp| timestamp.rfc3339)?;
    let at = timestamp.len + blank(head, timestamp.len)?;
    let colon = at + memchr::memmem::find(&head[at..], b"]: ")?;
    let tag = &head[at..colon];
    let process = tag.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let named = process > 0 && tag.len() > process && tag[tag.len() - process - 1] == b'[';
    (named && tag.split(|b| *b == b' ').count() == 2).then_some(colon + 3)
}

fn pod(head: &[u8]) -> Option<usize> {
    let rest = head.strip_prefix(b"[")?;
    let name = &rest[..memchr::memchr(b']', rest)?];
    if !rest[name.len()..].starts_with(b"] ") {
        return None;
    }
    let is_name = || has_number(name) && name.split(|b| *b == b' ').all(is_pod_name) && !names_a_thread(name);
    (name.starts_with(b"pod/") || is_name()).then_some(name.len() + 3)
}

/// True for `http-nio-8080-exec-5`, `pool-3-thread-1`.
fn names_a_thread(name: &[u8]) -> bool {
    [&b"-exec-"[..], b"thread", b"pool"].iter().any(|word| memchr::memmem::find(name, word).is_some())
}

/// The longest name of a pod or a service, with those of its container and namespace.
const MAX_NAME_BYTES: usize = 128;

/// True for the name of a pod, a container or a namespace.
fn is_pod_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(b))
}

/// True for a name with a number or a hash after a hyphen, as that of a pod: `jira-0`, `jira-7d9f8b-x2k4z`.
fn has_number(name: &[u8]) -> bool {
    name.split(|b| *b == b'-').skip(1).any(|part| part.iter().any(u8::is_ascii_digit))
}

/// The names of namespace, pod and container, if the line of a log follows: any words may be at the start of a line.
fn pod_name(head: &[u8]) -> Option<(Prefix, usize)> {
    if !head.first()?.is_ascii_lowercase() {
        return None;
    }
    // Most lines are decided by the end of their first word.
    let first = &head[..memchr::memchr(b' ', &head[..head.len().min(MAX_NAME_BYTES)])?];
    match first {
        [.., b']', b':'] => kail(head).map(|len| (Prefix::Pod, len)),
        [.., b'a'..=b'z' | b'0'..=b'9'] => {
            [(Prefix::PodContainer, 2), (Prefix::NamespacePodContainer, 3)].into_iter().find_map(|(kind, words)| {
                let len = pod_words(head, words)?;
                starts_event(&head[len..]).then_some((kind, len))
            })
        }
        _ => None,
    }
}

/// True for a text that starts with a time or an object.
fn starts_event(text: &[u8]) -> bool {
    text.starts_with(b"{") || timestamp::parse(text).is_some()
}

/// `jira-0 jira `, `atlassian jira-0 jira `: so many words, the last but one of which is the name of a pod.
fn pod_words(head: &[u8], words: usize) -> Option<usize> {
    let mut at = 0;
    for word in 1..=words {
        let len = memchr::memchr(b' ', &head[at..head.len().min(MAX_NAME_BYTES).max(at)])?;
        let name = &head[at..at + len];
        if !is_pod_name(name) || word + 1 == words && !has_number(name) {
            return None;
        }
        at += len + 1;
    }
    Some(at)
}

/// `atlassian/jira-0[jira]: `.
fn kail(head: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b']', &head[..head.len().min(MAX_NAME_BYTES)])?;
    if !head[colon..].starts_with(b"]: ") {
        return None;
    }
    let open = memchr::memchr(b'[', &head[..colon])?;
    let slash = memchr::memchr(b'/', &head[..open])?;
    let names = [&head[..slash], &head[slash + 1..open], &head[open + 1..colon]];
    names.into_iter().all(is_pod_name).then_some(colon + 3)
}

fn compose(head: &[u8]) -> Option<usize> {
    let name = IN_NAME.prefix_len(&head[..head.len().min(MAX_NAME_BYTES)]);
    if name == 0 {
        return None;
    }
    let blanks = head[name..].iter().take_while(|b| **b == b' ').count();
    let bar = name + blanks;
    (blanks > 0 && head[bar..].starts_with(b"| ")).then_some(bar + 2)
}

/// Bytes in the names of files and folders. A table, because most lines of a stack trace are tested.
const IN_PATH: ByteSet = ByteSet::with(b"_./-+@");
/// Bytes in the names of services; in a swarm the task and the node follow: `jira.1.x2k4z@node-a`.
const IN_NAME: ByteSet = ByteSet::with(b"_.-@");

fn grep(head: &[u8]) -> Option<usize> {
    // `C:\Program Files\…`: a drive, and spaces in its path.
    let drive = if head.get(1) == Some(&b':') && matches!(head.get(2), Some(b'\\' | b'/')) { 2 } else { 0 };
    let in_path = |b: &u8| IN_PATH.contains(*b) || drive > 0 && b" \\()".contains(b);
    let name = drive + head[drive..].iter().take_while(|b| in_path(b)).count();
    let path = &head[..name];
    // The separator before a context line is `-`, which the path above includes.
    let ending = |ending: &[u8]| memrchr_iter(b'.', path).find(|dot| path[*dot..].starts_with(ending));
    let log = ending(b".log").or_else(|| ending(b".out"))?;
    let mut at = log + 4;
    while head.get(at).is_some_and(|b| b.is_ascii_digit() || *b == b'.') {
        at += 1;
    }
    if !matches!(head.get(at), Some(b':' | b'-')) {
        return None;
    }
    at += 1;
    let digits = head[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    // A line number, unless these digits are the year of the record.
    if digits > 0 && matches!(head.get(at + digits), Some(b':' | b'-')) && timestamp::parse(&head[at..]).is_none() {
        at += digits + 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests;
