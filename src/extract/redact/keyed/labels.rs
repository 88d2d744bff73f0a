//! Logins after a word for a person, and names under a letter.

use super::{
    super::{
        keys::Key,
        login::{is_persons_name, with_next_names},
        pii::PiiKind,
        values::{is_blank, skip, value},
    },
    KeyedReader,
};

/// Words for people after which a word of small letters is a login where a sentence can end.
const PLAIN: [&[u8]; 6] = [b"identity", b"submitter", b"committer", b"invoker", b"requester", b"requestor"];

impl KeyedReader<'_, '_> {
    /// `customer hvoss77`, `sudo: hvoss77 : TTY=…`.
    pub(super) fn login(&mut self, key: &Key) {
        let text = self.text;
        // Such a short word is in a hash, too: `…88cc7  report.json`.
        let alone = !text[..key.start].last().is_some_and(u8::is_ascii_alphanumeric)
            && !text[key.start..key.end].iter().any(u8::is_ascii_digit);
        let named = PLAIN.iter().any(|one| text[key.word..key.end].eq_ignore_ascii_case(one));
        let at = skip(text, key.end, 3, |byte| b" :".contains(&byte) || named && byte == b'=');
        // `Customer "Wenona Lindgarth" added`
        if alone && matches!(text.get(at), Some(b'"' | b'\'')) {
            let name = value(text, at, true);
            if std::str::from_utf8(&text[name.start..name.end]).is_ok_and(is_persons_name) {
                return self.person(PiiKind::User, name.start, name.end);
            }
        }
        // `Requested for: Wenona Lindgarth`
        if alone && text.get(key.end) == Some(&b':') && at == key.end + 2 {
            let first = skip(text, at, 40, |byte| byte.is_ascii_alphabetic() || b"'-".contains(&byte) || byte >= 0x80);
            let end = with_next_names(text, at, first);
            if std::str::from_utf8(&text[at..end]).is_ok_and(is_persons_name) {
                return self.person(PiiKind::User, at, end);
            }
        }
        let role = text[key.word..key.end].eq_ignore_ascii_case(b"role");
        if alone && at > key.end && self.quoted_login(at, role) {
            return;
        }
        if role {
            self.missing(key, at);
            return;
        }
        // `received EAP identity hvoss`
        if alone && at > key.end && self.initialled(at) {
            return;
        }
        let eap = [&b"EAP "[..], b"EAP-", b"eap ", b"eap-"].iter().any(|lead| text[..key.word].ends_with(lead));
        let plain = named && (eap || !text[key.word..key.end].eq_ignore_ascii_case(b"identity"));
        if (alone || eap) && at > key.end && plain && (self.missing(key, at) || self.plain_user(at)) {
            return;
        }
        let small = text[key.word].is_ascii_lowercase();
        if alone && at > key.end && !self.named_by_look(at, small) && text[key.end..].starts_with(b" @") {
            self.named_by_look(at + 1, false);
        }
    }

    /// `Kind regards,` and a full name on the next line.
    pub(super) fn signature(&mut self, end: usize) {
        let text = self.text;
        let at = skip(text, end, 8, |byte| is_blank(byte) || b",.!".contains(&byte));
        if text[end..at].contains(&b'\n') {
            let first = skip(text, at, 40, |byte| byte.is_ascii_alphabetic() || b"-'".contains(&byte) || byte >= 0x80);
            let stop = with_next_names(text, at, first);
            let alone = text.get(stop).is_none_or(|byte| b"\r\n\\\"".contains(byte));
            if alone && stop > first {
                self.person(PiiKind::User, at, stop);
            }
        }
    }
}
