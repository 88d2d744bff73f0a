//! What clients send to mail servers to log in: IMAP, POP3 and SMTP, as JavaMail's debug output shows it.

use super::{
    answers::{answer, each_answer, is_base64, is_reply, prompt},
    keys::{Command, Needs},
    login::is_login,
    pii::{PiiKind, is_person, is_pseudonym},
    place::Place,
    prose::is_prose_word,
    secrets::SecretKind,
    stated_words::{is_plain_secret, is_stated},
    values::{is_blank, skip},
    wordlike::{is_password_like, looks_random},
};
use crate::search::Literal;

static USER: Literal = Literal::new("USER ");

/// What is said of a command in a sentence.
const ABOUT_COMMANDS: [&str; 12] = [
    "command",
    "commands",
    "request",
    "requests",
    "support",
    "supported",
    "response",
    "returned",
    "queries",
    "attempt",
    "disallowed",
    "allowed",
];

/// Commands that hold no secret.
const HARMLESS_COMMANDS: &[&str] = &[
    "noop",
    "quit",
    "capa",
    "capability",
    "stls",
    "starttls",
    "list",
    "stat",
    "uidl",
    "rset",
    "ehlo",
    "helo",
    "data",
    "*",
    "idle",
    "done",
    "logout",
    "close",
    "select",
    "fetch",
    "search",
    "namespace",
];

pub(super) fn command(text: &[u8], command: Command, start: usize, end: usize, found: &mut Vec<Place>) {
    match command {
        Command::Apop => apop(text, end, found),
        Command::Envelope => envelope(text, start, end, found),
        Command::Authenticate => authenticate(text, end, found),
        Command::Prompt => prompt(text, end, found),
        Command::Client => client(text, start, end, found),
    }
}

/// `LOGIN`, `PASS` and `USER` are words of ordinary keys too, so their lines are looked for by themselves.
pub(super) fn lines(text: &[u8], needs: Needs, found: &mut Vec<Place>) {
    if needs.has(Needs::LOGIN) {
        for at in memchr::memchr2_iter(b'L', b'l', text) {
            if text.len() >= at + 6 && text[at..at + 5].eq_ignore_ascii_case(b"login") && is_blank(text[at + 5]) {
                login(text, at, found);
            }
        }
    }
    if needs.has(Needs::PASS) {
        for at in memchr::memchr2_iter(b'P', b'p', text) {
            if text.len() > at + 5 && text[at..at + 4].eq_ignore_ascii_case(b"pass") {
                match text[at + 4] {
                    b' ' | b'\t' => pass(text, at, found),
                    b'\r' | b'\n' => pass_of_packet(text, at, found),
                    _ => {}
                }
            }
        }
    }
    if needs.has(Needs::USER) {
        for at in USER.find_iter(text) {
            if starts_command(text, at) {
                let end = skip(text, at + 5, 128, |byte| !is_blank(byte));
                // `USER       PID COMMAND`: a heading
                let capital = |from: usize| text.get(from).is_some_and(u8::is_ascii_uppercase);
                if capital(at + 5) && text.get(end) == Some(&b' ') && capital(end + 1) {
                    continue;
                }
                found.push(Place::person(at + 5, end, PiiKind::User));
            }
        }
    }
}

/// `A1 LOGIN user password`, in quotation marks, as words or as literals (`{6}`).
fn login(text: &[u8], at: usize, found: &mut Vec<Place>) {
    let before = &text[..at];
    // Without a tag only in capitals, at the start of a line or after a number, and with a password that is no word.
    let capitals = text[at..].starts_with(b"LOGIN");
    let number = before.strip_suffix(b" ").is_some_and(|before| before.last().is_some_and(u8::is_ascii_digit));
    if capitals
        && (before.last().is_none_or(|byte| *byte == b'\n')
            || before.ends_with(b"> ")
            || number
            || before.ends_with(b": ")
            || before.ends_with(b". ")
            || before.last() == Some(&b'"'))
    {
        let password = argument(text, at + 5).and_then(|(_, user_end)| argument(text, user_end));
        if let Some((start, end)) = password
            && text[start..end].iter().any(u8::is_ascii_digit)
            && looks_random(&text[start..end], 6)
        {
            found.push(Place::secret(start, end, SecretKind::Password));
        }
    }
    let Some(before) = before.strip_suffix(b" ") else { return };
    let len = before.iter().rev().take(12).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'.').count();
    let tag = &before[before.len() - len..];
    // The bytes of a packet before it are dots.
    let tag = memchr::memmem::rfind(tag, b"..").map_or(tag, |dots| &tag[dots + 2..]);
    let tagged = tag.iter().any(u8::is_ascii_digit) && tag.len() <= 10 && !tag.iter().all(u8::is_ascii_digit)
        || ends_in_client(&text[..at]);
    if !tagged {
        return;
    }
    let Some((user, user_end)) = argument(text, at + 5) else { return };
    if text[user..user_end].starts_with(b"{") {
        return literals(text, user, found);
    }
    let Some((password, end)) = argument(text, user_end) else { return };
    let words = [
        &b"failed"[..],
        b"failed.",
        b"successful",
        b"completed",
        b"command",
        b"ok",
        b"attempt",
        b"error",
        b"for",
        b"is",
        b"as",
        b"with",
    ];
    let said = text[user..user_end].strip_suffix(b";").unwrap_or(&text[user..user_end]);
    if words.iter().any(|word| said.eq_ignore_ascii_case(word)) {
        return;
    }
    if text[password..end].starts_with(b"{") {
        return literals(text, password, found);
    }
    let name = text[user..user_end].trim_ascii();
    let trim = usize::from(name.starts_with(b"\""));
    found.push(Place::person(user + trim, user_end - trim, PiiKind::User));
    let quoted = usize::from(end - password > 2 && text[password] == b'"');
    found.push(Place::secret(password + quoted, end - quoted, SecretKind::Password));
}

/// The next argument: `"a \"b\""` or a word.
fn argument(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let at_word = skip(text, at, 8, |byte| byte == b' ' || byte == b'\t');
    if at_word == at {
        return None;
    }
    if text.get(at_word) == Some(&b'"') {
        let mut end = at_word + 1;
        while end < text.len() && text[end] != b'"' && text[end] != b'\n' {
            end += 1 + usize::from(text[end] == b'\\');
        }
        return Some((at_word, (end + 1).min(text.len())));
    }
    let end = skip(text, at_word, usize::MAX, |byte| !is_blank(byte) && byte != b'"');
    (end > at_word).then_some((at_word, end))
}

/// Everything that the client sends in the next lines.
fn literals(text: &[u8], from: usize, found: &mut Vec<Place>) {
    each_answer(text, from, |line, start, end| {
        let server = [&b"+"[..], b"*", b"S:"].iter().any(|lead| line.starts_with(lead)) || is_reply(line);
        if !server {
            found.push(Place::secret(start, end, SecretKind::Password));
        }
        !is_reply(line)
    });
}

/// `PASS` and all that follows on the line: a password may have spaces.
fn pass(text: &[u8], at: usize, found: &mut Vec<Place>) {
    let line_end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
    let start = skip(text, at + 5, 8, |byte| byte == b' ' || byte == b'\t');
    let end = line_end - text[start.min(line_end)..line_end].iter().rev().take_while(|byte| is_blank(**byte)).count();
    let capitals = text[at..].starts_with(b"PASS");
    let one_word = !text[start.min(end)..end].contains(&b' ');
    let alone = at.checked_sub(1).is_none_or(|i| !text[i].is_ascii_alphanumeric() && !b"_-.".contains(&text[i]))
        || text[..at].ends_with(b"..");
    if start < end
        && (starts_command(text, at) && (capitals || ends_in_client(&text[..at])) || capitals && alone && one_word)
    {
        found.push(Place::secret(start, end, SecretKind::Password));
    }
}

/// `Request command: PASS` over `Request parameter: x`, as programs that read packets show it.
fn pass_of_packet(text: &[u8], at: usize, found: &mut Vec<Place>) {
    let line = skip(text, at + 4, 24, is_blank);
    let lead = [&b"Request parameter: "[..], b"Request arg: "].into_iter().find(|lead| text[line..].starts_with(lead));
    if let Some(lead) = lead.filter(|_| text[..at].ends_with(b": ")) {
        let start = line + lead.len();
        found.push(Place::secret(start, skip(text, start, 128, |byte| !b"\r\n".contains(&byte)), SecretKind::Password));
    }
}

/// `MAIL FROM:<ann>`, `VRFY ann`: the address of a command, which need not have a host.
fn envelope(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let angled = text[..end].ends_with(b"<");
    let capitals = text[start..end].iter().all(u8::is_ascii_uppercase);
    let blank = text[..start].last().is_none_or(|byte| is_blank(*byte) || b"\"'`>:".contains(byte));
    if !angled && (!capitals || !blank) {
        return;
    }
    let at = if angled { end } else { skip(text, end, 2, |byte| byte == b' ' || byte == b'<') };
    let stop = skip(text, at, 128, |byte| !is_blank(byte) && !b"<>\"'`".contains(&byte));
    let stop = stop - text[at..stop].iter().rev().take_while(|byte| b".,;:".contains(byte)).count();
    // In the middle of a line the command may be a word of a sentence.
    if !angled && !starts_command(text, start) && text.get(at.wrapping_sub(1)) != Some(&b'<') {
        let name = std::str::from_utf8(&text[at..stop]).unwrap_or_default();
        let name = name.split('@').next().unwrap_or(name);
        let small = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_lowercase());
        let word = is_prose_word(name.as_bytes()) || ABOUT_COMMANDS.contains(&name);
        if !is_login(name) && (!small || word) {
            return;
        }
    }
    if at > end - usize::from(angled) && std::str::from_utf8(&text[at..stop]).is_ok_and(is_person) {
        found.push(Place::person(at, stop, PiiKind::User));
    }
}

fn apop(text: &[u8], end: usize, found: &mut Vec<Place>) {
    let Some((user, user_end)) = argument(text, end) else { return };
    let Some((digest, digest_end)) = argument(text, user_end) else { return };
    found.push(Place::person(user, user_end, PiiKind::User));
    found.push(Place::secret(digest, digest_end, SecretKind::Credentials));
}

/// After `AUTHENTICATE x` or `AUTH x`: the initial response, and answers on lines of their own.
fn authenticate(text: &[u8], end: usize, found: &mut Vec<Place>) {
    let Some((mechanism, mechanism_end)) = argument(text, end) else { return };
    let known = [
        &b"plain"[..],
        b"login",
        b"xoauth2",
        b"oauthbearer",
        b"cram-md5",
        b"digest-md5",
        b"ntlm",
        b"gssapi",
        b"external",
        b"scram-sha-1",
        b"scram-sha-256",
        b"kerberos_v4",
    ];
    let word = &text[mechanism..mechanism_end];
    if !known.iter().any(|name| word.eq_ignore_ascii_case(name)) {
        // `AUTH x`, `AUTH user x` of Redis.
        let random = looks_random(word, 8) && !word.contains(&b'=');
        let prompted = text[..end].ends_with(b"> AUTH");
        if text[..end].ends_with(b"AUTH") && (is_password_like(word) || random || prompted && is_stated(word)) {
            found.push(Place::secret(mechanism, mechanism_end, SecretKind::Password));
        } else if text[..end].ends_with(b"AUTH")
            && is_login_of_redis(text, end)
            && let Some((start, stop)) = argument(text, mechanism_end)
        {
            found.push(Place::person(mechanism, mechanism_end, PiiKind::User));
            found.push(Place::secret(start, stop, SecretKind::Password));
        } else if prompted && let Some((start, stop)) = argument(text, mechanism_end) {
            found.push(Place::secret(start, stop, SecretKind::Password));
        }
        return;
    }
    if let Some((start, stop)) = argument(text, mechanism_end)
        && let stop = stop - text[start..stop].iter().rev().take_while(|byte| b"\"'\\".contains(byte)).count()
        && is_base64(&text[start..stop], 6)
        && looks_random(&text[start..stop], 6)
    {
        found.push(Place::secret(start, stop, SecretKind::Credentials));
    }
    each_answer(text, mechanism_end, |line, _, end| answer(line, end, found));
}

/// `AUTH ann x`: two words, which are the rest of the line, and the second may be a password.
fn is_login_of_redis(text: &[u8], end: usize) -> bool {
    let line = skip(text, end, 160, |byte| !b"\r\n\"".contains(&byte));
    let mut words = text[end..line].split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (user, password, more) = (words.next(), words.next(), words.next());
    let user = user.and_then(|user| std::str::from_utf8(user).ok());
    user.is_some_and(|user| {
        is_person(user) && !is_pseudonym(user) && !is_prose_word(user.as_bytes()) && !ABOUT_COMMANDS.contains(&user)
    }) && password.is_some_and(is_plain_secret)
        && more.is_none()
}

/// `C: x`: one word that is no command is an answer to a prompt.
fn client(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let mark = text[start] == b'>';
    if !mark && text[start] != b'C' || text.get(end) != Some(&b' ') {
        return;
    }
    let line_end = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |at| end + at);
    let line = text[end + 1..line_end].trim_ascii();
    let word = line.split(|byte| b" \"\\".contains(byte)).next().unwrap_or_default();
    let quoted = line.len() > word.len() && !line[word.len()..].starts_with(b" ");
    if (word.len() == line.len() || quoted) && is_base64(word, 4) {
        let known = HARMLESS_COMMANDS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
        // `>>> x` is Python's prompt, too.
        let encoded = !mark || word.ends_with(b"=") || looks_random(word, 8);
        if !known && encoded {
            let start = end + 1 + text[end + 1..line_end].iter().take_while(|byte| is_blank(**byte)).count();
            found.push(Place::secret(start, start + word.len(), SecretKind::Credentials));
        }
    }
}

/// A command starts a line, or follows `C: ` or `> `.
fn starts_command(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    before.is_empty() || before.ends_with(b"\n") || ends_in_client(before) || before.ends_with(b"> ")
}

fn ends_in_client(before: &[u8]) -> bool {
    let before = before.strip_suffix(b" ").unwrap_or(before);
    before.strip_suffix(b"C:").is_some_and(|rest| rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric()))
}
