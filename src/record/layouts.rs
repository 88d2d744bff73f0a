//! Headers of other products: Confluence and Bitbucket, which contain the same OAuth 2.0 client, and
//! Tomcat's catalina.out.

use memchr::memmem;
use nom::Parser;

use super::{
    fields,
    lex::{blanks, bracketed, offset_of, word},
};
use crate::model::{Header, Layout, Level};

/// `time LEVEL [thread] [logger] method message -- referer: … | url: … | userName: …`
pub(super) fn confluence<'a>(header: &mut Header<'a>, line: &'a [u8], thread: &'a [u8], rest: &'a [u8]) {
    header.layout = Layout::Confluence;
    header.thread = Some(thread);
    header.message_at = offset_of(line, rest);
    if let Ok((after, logger)) = bracketed(rest) {
        header.logger = Some(logger);
        header.message_at = offset_of(line, after.trim_ascii_start());
    }
    if let Some(tail) = memmem::rfind(line, b" -- ") {
        for pair in line[tail + 4..].split(|b| *b == b'|') {
            let pair = pair.trim_ascii();
            if let Some(url) = pair.strip_prefix(b"url: ") {
                header.url = Some(url);
            } else if let Some(user) = pair.strip_prefix(b"userName: ") {
                header.user = Some(user);
            }
        }
    }
}

/// `time LEVEL  [thread] user request @session addresses "POST /x HTTP/1.1" c.a.b.Class message`
pub(super) fn bitbucket<'a>(header: &mut Header<'a>, line: &'a [u8], thread: &'a [u8], rest: &'a [u8]) {
    header.layout = Layout::Bitbucket;
    header.thread = Some(thread);
    header.message_at = offset_of(line, rest);
    let mut before: Vec<fields::Token<'a>> = Vec::new();
    for token in fields::tokens(rest).take(12) {
        if is_class(token.text) {
            header.logger = Some(token.text);
            header.message_at = offset_of(line, rest[token.at + token.text.len()..].trim_ascii_start());
            request_fields(header, rest, &before);
            return;
        }
        before.push(token);
    }
}

/// `Logger - message` or `Logger:88 - message`, as most pattern layouts end.
pub(crate) fn logger_and_dash(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let Ok((after, name)) = word(rest) else { return None };
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let logger = match name.len().checked_sub(digits + 1) {
        Some(colon) if digits > 0 && name[colon] == b':' => &name[..colon],
        _ => name,
    };
    let named = logger.first().is_some_and(u8::is_ascii_alphabetic)
        && logger.iter().all(|b| b.is_ascii_alphanumeric() || b"._$".contains(b));
    // A thread's name may precede a dash as well; it has a number after its own dash.
    let message = after.trim_ascii_start().strip_prefix(b"- ")?;
    named.then_some((logger, message))
}

/// `time LEVEL [thread] logger - message`: a pattern layout of another program, or Jira's own file
/// with a changed configuration. There is no mail server in it.
pub(crate) fn thread_in_brackets<'a>(
    header: &mut Header<'a>,
    line: &'a [u8],
    thread: &'a [u8],
    logger: &'a [u8],
    message: &'a [u8],
) {
    header.layout = Layout::Pattern;
    header.thread = Some(thread);
    header.logger = Some(logger);
    header.message_at = offset_of(line, message);
}

/// What follows `time LEVEL` in layouts of other programs: `[thread] logger - message`, `pid --- [thread] logger :
/// message` (Spring Boot), `[logger] (thread) message` (WildFly), `logger - message`, or a message alone.
pub(super) fn after_level<'a>(header: &mut Header<'a>, line: &'a [u8], rest: &'a [u8]) {
    header.layout = Layout::Pattern;
    let rest = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii_start();
    header.message_at = offset_of(line, rest);
    if let Some((thread, logger, message)) = spring(rest) {
        (header.thread, header.logger) = (Some(thread), Some(logger));
        header.message_at = offset_of(line, message);
        return;
    }
    let mut after = rest;
    if let Ok((next, name)) = bracketed(rest) {
        after = next.trim_ascii_start();
        let name = name.trim_ascii();
        if let Some(threaded) = after.strip_prefix(b"(")
            && let Some(close) = memmem::find(threaded, b") ")
        {
            let field = |text: &'a [u8]| Some(text).filter(|text| !text.is_empty());
            (header.logger, header.thread) = (field(name), field(&threaded[..close]));
            header.message_at = offset_of(line, &threaded[close + 2..]);
            return;
        }
        if is_logger(name) {
            header.logger = Some(name);
        } else if !name.is_empty() && !name.contains(&b' ') {
            header.thread = Some(name);
        }
        header.message_at = offset_of(line, after);
    }
    if let Some((logger, message)) = named(after) {
        header.logger = Some(logger);
        header.message_at = offset_of(line, message);
    }
}

/// `[thread] LEVEL logger - message`, `- logger - LEVEL - message` (Python), `| LEVEL | thread | message`: layouts in
/// which the level comes later. False when the text has none of these forms.
pub(super) fn pattern<'a>(header: &mut Header<'a>, line: &'a [u8], rest: &'a [u8]) -> bool {
    let rest = rest.trim_ascii_start();
    if let Ok((after, thread)) = bracketed(rest) {
        if let Some(level) = Level::from_word(thread) {
            (header.level, header.level_word) = (Some(level), Some(thread));
            after_level(header, line, after);
            return true;
        }
        let Ok((after, (_, level))) = (blanks, word).parse(after) else { return false };
        let plain = level.strip_suffix(b":").unwrap_or(level);
        if Level::from_word(plain).is_none() {
            return false;
        }
        header.level_word = Some(plain);
        header.level = Level::from_word(plain);
        after_level(header, line, after);
        header.thread = Some(thread.trim_ascii());
        return true;
    }
    let separator: &[u8] = match rest {
        [b'-', b' ', ..] => b" - ",
        [b'|', b' ', ..] => b" | ",
        _ => return false,
    };
    separated(header, line, &rest[2..], separator)
}

fn separated<'a>(header: &mut Header<'a>, line: &'a [u8], mut rest: &'a [u8], separator: &[u8]) -> bool {
    const MAX_FIELDS: usize = 6;
    for _ in 0..MAX_FIELDS {
        let Some(at) = memmem::find(rest, separator) else { break };
        let (field, after) = (rest[..at].trim_ascii(), &rest[at + separator.len()..]);
        match Level::from_word(field) {
            Some(level) if header.level.is_none() => {
                (header.level, header.level_word) = (Some(level), Some(field));
            }
            _ if field.contains(&b' ') || field.is_empty() => break,
            _ if header.logger.is_none() && is_logger(field) => header.logger = Some(field),
            _ if header.thread.is_none() => header.thread = Some(field),
            _ => break,
        }
        rest = after;
    }
    if header.level.is_none() {
        (header.logger, header.thread) = (None, None);
        return false;
    }
    header.layout = Layout::Pattern;
    header.message_at = offset_of(line, rest.trim_ascii_start());
    true
}

/// `12345 --- [thread] logger : message`, as Spring Boot prints; newer versions have the application's name as well.
fn spring(rest: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (after, process) = word(rest).ok()?;
    let mut after =
        after.trim_ascii_start().strip_prefix(b"--- ").filter(|_| process.iter().all(u8::is_ascii_digit))?;
    let mut thread = &b""[..];
    while let Ok((next, name)) = bracketed(after) {
        (thread, after) = (name.trim_ascii(), next.trim_ascii_start());
    }
    let (after, logger) = word(after).ok()?;
    let message = after.trim_ascii_start().strip_prefix(b":")?;
    (!thread.is_empty()).then(|| (thread, logger, message.trim_ascii_start()))
}

/// `logger - message` or `logger: message`, if the logger is a qualified name or a dash follows.
fn named(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(found) = logger_and_dash(rest) {
        return Some(found);
    }
    let (after, name) = word(rest).ok()?;
    let logger = name.strip_suffix(b":")?;
    (is_logger(logger) && logger.contains(&b'.') && !after.is_empty()).then(|| (logger, after.trim_ascii_start()))
}

/// A dotted name without spaces, or a class.
fn is_logger(name: &[u8]) -> bool {
    let letters = name.first().is_some_and(u8::is_ascii_alphabetic);
    letters && name.iter().all(|b| b.is_ascii_alphanumeric() || b"._$".contains(b)) && name.contains(&b'.')
}

/// Reads what Bitbucket prints between thread and class when the thread serves a request.
fn request_fields<'a>(header: &mut Header<'a>, rest: &'a [u8], tokens: &[fields::Token<'a>]) {
    for (i, token) in tokens.iter().enumerate() {
        if let Some(session) = token.text.strip_prefix(b"@") {
            header.session_id = Some(session);
        } else if fields::is_addresses(token.text) {
            header.client_ip = Some(token.text);
        } else if token.text.starts_with(b"\"") {
            let (last, start) = (tokens[tokens.len() - 1], token.at + 1);
            let quoted = &rest[start..last.at + last.text.len()];
            let quoted = quoted.strip_suffix(b"\"").unwrap_or(quoted);
            header.url = quoted.split(|b| *b == b' ').find(|part| part.starts_with(b"/"));
            return;
        } else if i == 0 {
            header.user = Some(token.text).filter(|user| *user != b"-");
        } else if i == 1 {
            header.request_id = Some(token.text);
        }
    }
}

/// A qualified class name: at least two dots, the last part starting with a capital letter.
fn is_class(token: &[u8]) -> bool {
    let parts: Vec<&[u8]> = token.split(|b| *b == b'.').collect();
    parts.len() >= 3
        && parts.iter().all(|part| {
            part.first().is_some_and(u8::is_ascii_alphabetic)
                && part.iter().all(|b| b.is_ascii_alphanumeric() || b"_$".contains(b))
        })
        && parts.last().is_some_and(|last| last[0].is_ascii_uppercase())
}

/// `day-month-year time LEVEL [thread] class.method message`
pub(super) fn catalina<'a>(header: &mut Header<'a>, line: &'a [u8], rest: &'a [u8]) {
    header.layout = Layout::Catalina;
    header.message_at = offset_of(line, rest.trim_ascii_start());
    let Ok((after, (_, level))) = (blanks, word).parse(rest) else { return };
    if Level::from_word(level).is_none() {
        return;
    }
    header.level_word = Some(level);
    header.level = Level::from_word(level);
    header.message_at = offset_of(line, after.trim_ascii_start());
    let Ok((after, (_, thread))) = (blanks, bracketed).parse(after) else { return };
    header.thread = Some(thread);
    header.message_at = offset_of(line, after.trim_ascii_start());
    let Ok((after, (_, class))) = (blanks, word).parse(after) else { return };
    if class.contains(&b'.') {
        header.logger = Some(class);
        header.message_at = offset_of(line, after.trim_ascii_start());
    }
}
