//! The header of `atlassian-jira.log` and of Jira's mail and security logs.
//!
//! Layouts (Jira's log4j conversion patterns):
//! `time thread LEVEL user request session addresses url [logger] message` and, for the mail logs,
//! `time LEVEL [mail server] thread user request session addresses url message`.

use memchr::memchr;
use nom::{IResult, Parser};

use super::{
    fields, foreign, layouts,
    lex::{blanks, bracketed, offset_of, word},
    mail_thread, start, timestamp,
};
use crate::{
    model::{Header, Layout, Level},
    search::{ByteSet, Literal},
};

/// Parses the header at the start of `text`; `None` when the text starts without one. A field without characters is absent.
#[must_use]
pub(super) fn parse(text: &[u8]) -> Option<Header<'_>> {
    let mut header = parse_layout(text)?;
    let fields = [
        &mut header.thread,
        &mut header.level_word,
        &mut header.user,
        &mut header.request_id,
        &mut header.session_id,
        &mut header.client_ip,
        &mut header.url,
        &mut header.logger,
        &mut header.mail_server,
    ];
    for field in fields {
        *field = field.filter(|field| !field.is_empty());
    }
    Some(header)
}

fn parse_layout(text: &[u8]) -> Option<Header<'_>> {
    let line = &text[..memchr(b'\n', text).unwrap_or(text.len())];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(stamp) = timestamp::parse(line) else {
        return match start::mail_debug(line) {
            Some((close, thread)) => Some(mail_debug(line, close, thread)),
            None => foreign(text, line),
        };
    };
    let mut header = empty(Layout::Jira);
    header.timestamp = stamp.time;
    let rest = &line[stamp.len..];
    if stamp.tomcat {
        layouts::catalina(&mut header, line, rest);
    } else if let Ok((rest, word)) = leading_level(rest) {
        header.level_word = Some(word);
        header.level = Level::from_word(word);
        level_first(&mut header, line, rest);
    } else if !layouts::pattern(&mut header, line, rest) {
        thread_first(&mut header, line, rest);
    }
    request_of_thread(&mut header);
    Some(header)
}

/// The header of another program's record.
fn foreign<'a>(text: &'a [u8], line: &'a [u8]) -> Option<Header<'a>> {
    let start = foreign::parse(line)?;
    let rest = &line[start.after..];
    let inner = &text[start.after + rest.len() - rest.trim_ascii_start().len()..];
    if start.may_wrap
        && let Some(header) = parse(inner)
    {
        return Some(Header { message_at: header.message_at + text.len() - inner.len(), ..header });
    }
    let mut header = empty(Layout::Pattern);
    header.timestamp = start.time;
    header.message_at = start.after;
    if let Some(level) = start.level {
        header.level_word = Some(&line[level.clone()]);
        header.level = Level::from_word(&line[level].to_ascii_uppercase());
        layouts::after_level(&mut header, line, rest);
        let [logger, thread] = start.names.map(|name| name.map(|name| &line[name]).filter(|name| !name.is_empty()));
        (header.logger, header.thread) = (logger.or(header.logger), thread.or(header.thread));
    } else if let Ok((rest, level)) = leading_level(rest) {
        header.level_word = Some(level);
        header.level = Level::from_word(level);
        layouts::after_level(&mut header, line, rest);
    } else if !layouts::pattern(&mut header, line, rest) {
        // java.util.logging starts its second line with the level.
        let second = &text[line.len()..];
        let second = second.strip_prefix(b"\r").unwrap_or(second);
        if let Some(second) = second.strip_prefix(b"\n")
            && let Some(colon) = second.iter().take(10).position(|b| *b == b':')
            && let Some(level) = Level::from_word(&second[..colon])
        {
            (header.level, header.level_word) = (Some(level), Some(&second[..colon]));
            header.logger = word(rest.trim_ascii_start()).ok().map(|(_, logger)| logger);
            header.message_at = offset_of(text, &second[colon + 1..]);
        }
    }
    let rest = &text[header.message_at..];
    header.message_at += rest.len() - rest.trim_ascii_start().len();
    Some(header)
}

/// What separates the URL from the user in the name of such a thread.
static USER_OF_THREAD: Literal = Literal::new("; user: ");

/// Jira names a thread after the request that it serves: `http-nio-8080-exec-7 url: /rest/x; user: admin`. In layouts
/// without fields of their own the request is nowhere else.
fn request_of_thread(header: &mut Header<'_>) {
    let Some(thread) = header.thread.filter(|_| header.url.is_none()) else { return };
    static URL: Literal = Literal::new(" url: /");
    let Some(at) = URL.find(thread) else { return };
    let url = &thread[at + URL.len() - 1..];
    let end = USER_OF_THREAD.find(url);
    header.url = Some(&url[..end.unwrap_or(url.len())]);
    if let (Some(end), None) = (end, header.user) {
        header.user = Some(&url[end + USER_OF_THREAD.len()..]);
    }
}

/// A header without any field.
fn empty<'a>(layout: Layout) -> Header<'a> {
    Header {
        layout,
        timestamp: None,
        thread: None,
        level: None,
        level_word: None,
        user: None,
        request_id: None,
        session_id: None,
        client_ip: None,
        url: None,
        logger: None,
        mail_server: None,
        message_at: 0,
    }
}

/// A level as the first word, as in the mail logs.
fn leading_level(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, (_, level)) = (blanks, word).parse(input)?;
    match Level::from_word(level) {
        Some(_) => Ok((rest, level)),
        None => Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Tag))),
    }
}

/// `time LEVEL …`: the mail logs, Confluence, Bitbucket.
fn level_first<'a>(header: &mut Header<'a>, line: &'a [u8], rest: &'a [u8]) {
    let sending = rest.trim_ascii_start().strip_prefix(b"[").and_then(mail_thread::split);
    let (bracket, next) = match (sending, (blanks, bracketed).parse(rest)) {
        // The subject of the mail may contain brackets.
        (Some((thread, next)), _) if next.first() == Some(&b']') => (thread, &next[1..]),
        (_, Ok((next, (_, bracket)))) => (bracket, next),
        (_, Err(_)) => return layouts::after_level(header, line, rest),
    };
    let next = next.trim_ascii_start();
    if next.starts_with(b"[") {
        layouts::confluence(header, line, bracket, next);
    } else if let Some((logger, message)) = layouts::logger_and_dash(next) {
        layouts::thread_in_brackets(header, line, bracket, logger, message);
    } else if is_thread(bracket) && !starts_with_thread(next) {
        layouts::bitbucket(header, line, bracket, next);
    } else if has_mail_fields(next) {
        mail(header, line, bracket, next);
    } else {
        layouts::after_level(header, line, rest);
    }
}

/// True for what follows the name of the mail server in Jira's mail logs: a thread, then a user or a request.
fn has_mail_fields(next: &[u8]) -> bool {
    let is_field =
        |token: &[u8]| [&b"ServiceRunner"[..], b"anonymous"].contains(&token) || fields::is_request_id(token);
    starts_with_thread(next) || fields::tokens(next).take(4).any(|token| is_field(token.text))
}

/// `[mail server] thread user request session addresses url message`, no logger.
fn mail<'a>(header: &mut Header<'a>, line: &'a [u8], server: &'a [u8], rest: &'a [u8]) {
    header.layout = Layout::Mail;
    header.mail_server = Some(server);
    let (thread, after) = split_thread(rest);
    header.thread = Some(thread);
    header.message_at = offset_of(line, without_context(header, after));
}

/// Reads the context fields before a message when there is no `[logger]` between them; returns the message.
fn without_context<'a>(header: &mut Header<'a>, rest: &'a [u8]) -> &'a [u8] {
    let tokens: Vec<_> = fields::tokens(rest).take(6).collect();
    let mut taken = 0;
    if let Some(request) = tokens.iter().take(3).position(|token| fields::is_request_id(token.text)) {
        taken = request + 1;
        for token in &tokens[taken..] {
            let session = token.text.len() <= 8
                && token.text.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
                && token.text.iter().any(u8::is_ascii_digit);
            if !(session || fields::is_addresses(token.text) || token.text.starts_with(b"/") || token.text == b"-") {
                break;
            }
            taken += 1;
        }
    } else if let Some(first) = tokens.first() {
        let next = tokens.get(1);
        let empty_field = next.is_some_and(|next| next.at > first.at + first.text.len() + 1);
        let system_user = [&b"ServiceRunner"[..], b"anonymous", b"-"].contains(&first.text);
        if first.at <= 1 && (system_user || empty_field) {
            taken = 1;
        }
        if next.is_some_and(|next| taken == 1 && next.text.starts_with(b"/")) {
            taken = 2;
        }
    }
    let end = match taken {
        0 => 0,
        n => tokens[n - 1].at + tokens[n - 1].text.len(),
    };
    fields::fill(header, &rest[..end]);
    rest[end..].trim_ascii_start()
}

/// `time thread LEVEL …`: atlassian-jira.log, and the security log, which has no level.
fn thread_first<'a>(header: &mut Header<'a>, line: &'a [u8], rest: &'a [u8]) {
    match find_level(rest) {
        Some((start, end)) => {
            header.thread = Some(rest[..start].trim_ascii());
            header.level_word = Some(&rest[start..end]);
            header.level = Level::from_word(&rest[start..end]);
            let after = &rest[end..];
            if let Some((open, close)) = find_logger(after) {
                header.logger = Some(&after[open + 1..close]);
                fields::fill(header, after[..open].trim_ascii_end());
                header.message_at = offset_of(line, after[close + 1..].trim_ascii_start());
            } else {
                header.message_at = offset_of(line, without_context(header, after));
            }
        }
        None => {
            header.layout = Layout::Security;
            let rest = rest.trim_ascii_start();
            let (thread, after) = split_thread(rest);
            let by_request = || fields::tokens(after).take(3).any(|token| fields::is_request_id(token.text));
            if !(starts_with_thread(rest) || by_request()) {
                // The message of a layout without fields.
                header.message_at = offset_of(line, rest);
                return;
            }
            header.thread = Some(thread);
            header.message_at = offset_of(line, without_context(header, after));
        }
    }
}

/// The first word that is a level; none when a request id precedes it, because then the layout has no
/// level and the word belongs to the message.
///
/// The name of a thread that sends a mail contains the mail's subject: there the level is the last such
/// word before the logger.
fn find_level(rest: &[u8]) -> Option<(usize, usize)> {
    let named_by_mail = rest.trim_ascii_start().starts_with(b"Sending mailitem");
    let mut last = None;
    for token in fields::tokens(rest) {
        if Level::from_word(token.text).is_some() {
            last = Some((token.at, token.at + token.text.len()));
            if !named_by_mail {
                return last;
            }
        }
        if fields::is_request_id(token.text) || (token.text.starts_with(b"[") && (!named_by_mail || last.is_some())) {
            return last;
        }
    }
    last
}

/// Bytes in the name of a logger.
const IN_LOGGER: ByteSet = ByteSet::with(b"._$-");

/// The first `[…]` that can be a logger: a dotted name, or empty.
fn find_logger(after: &[u8]) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(i) = memchr(b'[', &after[from..]) {
        let open = from + i;
        from = open + 1;
        if !after[..open].ends_with(b" ") {
            continue;
        }
        let close = open + memchr(b']', &after[open..])?;
        let name = &after[open + 1..close];
        let ends = matches!(after.get(close + 1), None | Some(b' '));
        let dotted = IN_LOGGER.prefix_len(name) == name.len();
        if ends && dotted {
            return Some((open, close));
        }
    }
    None
}

/// A thread name: one word, or `http-nio-8080-exec-23 url: /x; user: bob`.
fn split_thread(rest: &[u8]) -> (&[u8], &[u8]) {
    if let Some(split) = mail_thread::split(rest) {
        return split;
    }
    let Ok((mut after, _)) = word(rest) else { return (b"", rest) };
    if let Some(renamed) = after.strip_prefix(b" url: ")
        && let Some(user) = USER_OF_THREAD.find(renamed)
    {
        let name = &renamed[user + USER_OF_THREAD.len()..];
        after = &name[memchr(b' ', name).unwrap_or(name.len())..];
    }
    (&rest[..rest.len() - after.len()], after)
}

/// The names of pool threads end in a number: `Caesium-1-4`, `QuartzScheduler_Worker-3`, `thread-2`.
fn is_thread(name: &[u8]) -> bool {
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    digits > 0 && name.len() > digits + 1 && b"-:".contains(&name[name.len() - digits - 1]) || name == b"main"
}

fn starts_with_thread(rest: &[u8]) -> bool {
    word(rest).is_ok_and(|(_, first)| is_thread(first)) || rest.starts_with(b"Sending mailitem")
}

fn mail_debug(line: &[u8], close: usize, thread_end: usize) -> Header<'_> {
    let mut header = empty(Layout::MailDebug);
    header.mail_server = Some(&line[1..close]);
    header.thread = Some(&line[close + 2..thread_end]);
    let rest = &line[thread_end..];
    if let Some(user) = fields::tokens(rest).next() {
        header.user = Some(user.text);
        header.message_at = thread_end + user.at + user.text.len();
    } else {
        header.message_at = thread_end;
    }
    header
}

#[cfg(test)]
mod tests;
