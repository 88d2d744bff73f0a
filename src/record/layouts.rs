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
    header.thread = Some(thread).filter(|thread| !thread.is_empty());
    header.message_at = offset_of(line, rest);
    if let Ok((after, logger)) = bracketed(rest) {
        header.logger = Some(logger).filter(|logger| !logger.is_empty());
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
    header.thread = Some(thread).filter(|thread| !thread.is_empty());
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
    header.thread = Some(thread).filter(|thread| !thread.is_empty());
    header.logger = Some(logger);
    header.message_at = offset_of(line, message);
}

/// Reads what Bitbucket prints between thread and class when the thread serves a request.
fn request_fields<'a>(header: &mut Header<'a>, rest: &'a [u8], tokens: &[fields::Token<'a>]) {
    for (i, token) in tokens.iter().enumerate() {
        if token.text.starts_with(b"@") {
            header.session_id = Some(&token.text[1..]);
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
    header.thread = Some(thread).filter(|thread| !thread.is_empty());
    header.message_at = offset_of(line, after.trim_ascii_start());
    let Ok((after, (_, class))) = (blanks, word).parse(after) else { return };
    if class.contains(&b'.') {
        header.logger = Some(class);
        header.message_at = offset_of(line, after.trim_ascii_start());
    }
}
