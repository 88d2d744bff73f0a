//! What a client answers in a mail dialogue when a server asks: lines of base64.

use super::{
    place::Place,
    secrets::SecretKind,
    values::{is_blank, skip},
    wordlike::looks_random,
};
use crate::search::Literal;

/// Lines after a command in which its answers are looked for.
const MAX_ANSWERS: usize = 8;
/// What a log puts before an answer: `jira-1  | `, `DEBUG SMTP: `, `[c.a.X] `, `C: `.
static LEADS: [Literal; 4] = [Literal::new("| "), Literal::new("] "), Literal::new("C: "), Literal::new("> ")];

/// After `334 …`: what the client answers on the next line.
pub(super) fn prompt(text: &[u8], end: usize, found: &mut Vec<Place>) {
    let asked = skip(text, end, 200, |byte| byte != b'\n');
    let prompted = is_base64(text[end..asked].trim_ascii(), 0);
    static PROMPTS: [Literal; 2] = [Literal::new("VXNlcm5hbWU6"), Literal::new("UGFzc3dvcmQ6")];
    let known = PROMPTS.iter().any(|prompt| prompt.is_in(&text[end..asked]));
    if prompted || known {
        let mut first = true;
        each_answer(text, end, |line, _, end| {
            answer(line, end, found);
            std::mem::take(&mut first) && line.is_empty()
        });
    }
}

/// An answer is one word of base64, the last of its line. Gives whether more may come.
pub(super) fn answer(line: &[u8], end: usize, found: &mut Vec<Place>) -> bool {
    if is_reply(line)
        || line.first().is_some_and(u8::is_ascii_digit)
            && !line.starts_with(b"334")
            && line.len() > 3
            && line[3] == b' '
    {
        return false;
    }
    // What a server can do: `250-8BITMIME`.
    let reply = line.len() > 3 && line[..3].iter().all(u8::is_ascii_digit) && line[3] == b'-';
    if reply || line.starts_with(b"334") || line.starts_with(b"+") || line.starts_with(b"S:") {
        return true;
    }
    let mut at = end - line.len();
    for word in line.split(|byte| is_blank(*byte) || b"\"'\\&".contains(byte)) {
        if is_base64(word, 8) && looks_random(word, 8) {
            found.push(Place::secret(at, at + word.len(), SecretKind::Credentials));
        }
        at += word.len() + 1;
    }
    let word = line.rsplit(|byte| is_blank(*byte)).next().unwrap_or(line);
    if is_base64(word, 2)
        && (word.len() == line.len() || line.len() - word.len() < 12 || looks_random(word, 4) || word.ends_with(b"="))
    {
        found.push(Place::secret(end - word.len(), end, SecretKind::Credentials));
    }
    true
}

/// The lines after a command, without what a log puts before them: line, start, end. Ends when the callback says so.
pub(super) fn each_answer(text: &[u8], from: usize, mut each: impl FnMut(&[u8], usize, usize) -> bool) {
    let Some(first) = memchr::memchr(b'\n', &text[from..]) else { return };
    let mut at = from + first + 1;
    for _ in 0..MAX_ANSWERS {
        if at >= text.len() {
            return;
        }
        let line_end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        // In JSON the last line ends in a quotation mark.
        let tail = |byte: &&u8| is_blank(**byte) || b"\"'\\,}".contains(*byte);
        let end = line_end - text[at..line_end].iter().rev().take_while(tail).count();
        let mut start = skip(text, at, end - at.min(end), is_blank).min(end);
        for lead in &LEADS {
            if let Some(i) = lead.find(&text[start..end])
                && i < 200
            {
                start += i + lead.len();
            }
        }
        if !each(&text[start..end], start, end) {
            return;
        }
        at = line_end + 1;
    }
}

/// `A1 OK …`, `A1 NO …`.
pub(super) fn is_reply(line: &[u8]) -> bool {
    if line.starts_with(b"+") {
        return false;
    }
    let mut words = line.split(|byte| *byte == b' ').skip(1);
    words.next().is_some_and(|word| [&b"OK"[..], b"NO", b"BAD"].contains(&word))
}

pub(super) fn is_base64(word: &[u8], min: usize) -> bool {
    if crate::extract::guid::is_guid(word) {
        return false;
    }
    word.len() >= min && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte))
}
