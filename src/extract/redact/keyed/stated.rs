//! Passwords in sentences that do not call them so, or call them so afterwards.

use super::{
    super::{
        keys::Key,
        login::is_thing,
        pii::{PiiKind, is_person},
        secrets::SecretKind,
        stated_words::{is_chosen, is_plain_secret, is_stated},
        values::{is_blank, skip},
    },
    KeyedReader,
    given::is_given,
};

/// Words between a password and its key, of which one must be there: `Harbour98 as the password`.
const LINKS: [&[u8]; 7] = [b"as", b"is", b"als", b"ist", b"comme", b"como", b"for"];
/// Words between a user and a password, in sentences about somebody who logs in.
const BESIDE: [&[u8]; 15] = [
    b"with", b"using", b"mit", b"avec", b"con", b"com", b"met", b"and", b"und", b"et", b"y", b"e", b"/", b"&", b"pass",
];
/// Ways to log in, which stand in quotation marks where a password could.
const WAYS: [&[u8]; 16] = [
    b"basic",
    b"digest",
    b"plain",
    b"login",
    b"kerberos",
    b"gssapi",
    b"ntlm",
    b"negotiate",
    b"xoauth2",
    b"oauthbearer",
    b"starttls",
    b"imaps",
    b"pop3s",
    b"smtps",
    b"ldaps",
    b"simple",
];
/// What may stand between these.
const ARTICLES: [&[u8]; 21] = [
    b"set",
    b"been",
    b"has",
    b"was",
    b"used",
    b"the",
    b"a",
    b"my",
    b"his",
    b"her",
    b"our",
    b"your",
    b"new",
    b"old",
    b"admin",
    b"das",
    b"mein",
    b"sein",
    b"unser",
    b"neues",
    b"temporary",
];

impl KeyedReader<'_, '_> {
    /// `encrypted with Harbour98`, `decrypt with key silver42x`.
    pub(super) fn stated(&mut self, key: &Key) {
        let (text, end) = (self.text, key.end);
        let start = skip(text, end, 4, |byte| b" :'\"`".contains(&byte));
        if start == end {
            return;
        }
        let end = word_end(text, start);
        // `tried ann/x -> 535 …`
        let slash = memchr::memchr(b'/', &text[start..end]).map(|slash| start + slash);
        if let Some(slash) = slash.filter(|_| text[end..].starts_with(b" -> ") || text[end..].starts_with(b": 5"))
            && is_given(&text[slash + 1..end])
            && std::str::from_utf8(&text[start..slash])
                .is_ok_and(|user| user.len() > 2 && is_person(user) && !is_thing(user))
        {
            self.person(PiiKind::User, start, slash);
            return self.secret(SecretKind::Password, slash + 1, end);
        }
        let word = &text[start..end];
        // `tried Harbour-Lights7 for ann`
        let tried = text[key.word..key.end]
            .get(..3)
            .is_some_and(|lead| lead.eq_ignore_ascii_case(b"try") || lead.eq_ignore_ascii_case(b"tri"));
        let chosen = || {
            let sign = |byte: &u8| byte.is_ascii_uppercase() || b"!#$%&*?^~+".contains(byte);
            text[end..].starts_with(b" for ") && word.iter().any(sign) && is_chosen(word)
        };
        if if tried { chosen() } else { is_stated(word) } {
            self.secret(SecretKind::Password, start, end);
        }
    }

    /// `Harbour98 is the password`, `used Harbour98 as password`.
    pub(super) fn password_before(&mut self, key: &Key) {
        let text = self.text;
        let from = key.start.saturating_sub(96);
        let (mut end, mut linked) = (key.start, false);
        for _ in 0..6 {
            end -= text[from..end].iter().rev().take_while(|byte| **byte == b' ').count();
            let start = end - text[from..end].iter().rev().take_while(|byte| !is_blank(**byte)).count();
            let word = &text[start..end];
            let one_of = |words: &[&[u8]]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
            if word.is_empty() || text.get(end) != Some(&b' ') {
                return;
            }
            if one_of(&LINKS) {
                linked = true;
            } else if !one_of(&ARTICLES) {
                let lead = word.iter().take_while(|byte| b"\"'`(".contains(byte)).count();
                let stop = word_end(text, start + lead).min(end);
                // `log in with marigold as password`
                let with = [&b" with "[..], b" using ", b" mit ", b" avec ", b" con ", b" use ", b" used ", b" enter "];
                let plain = linked
                    && with.iter().any(|one| text[..start].ends_with(one))
                    && is_plain_secret(&text[start + lead..stop]);
                if plain || linked && is_chosen(&text[start + lead..stop]) {
                    self.secret(SecretKind::Password, start + lead, stop);
                }
                return;
            }
            end = start;
        }
    }

    /// `log in as ann with Harbour98`, `connected as ann / Harbour98`: what follows whom it is for.
    pub(super) fn password_beside_user(&mut self, end: usize) {
        let text = self.text;
        if self.user_and_password(end) {
            return;
        }
        let (mut at, mut linked) = (end, false);
        for _ in 0..6 {
            let start = skip(text, at, 3, |byte| b" \"'`".contains(&byte));
            let stop = word_end(text, start);
            let word = &text[start..stop];
            if start == at || word.is_empty() {
                return;
            }
            // `bind as cn=svc,dc=example with "marigold"`
            let quoted = start > 0 && b"\"'`".contains(&text[start - 1]) && text.get(stop) == Some(&text[start - 1]);
            let way = || WAYS.iter().any(|way| word.eq_ignore_ascii_case(way));
            if linked && (is_chosen(word) || quoted && is_given(word) && !way()) {
                return self.secret(SecretKind::Password, start, stop);
            }
            linked = BESIDE.iter().any(|one| word.eq_ignore_ascii_case(one));
            // `cn=svc,dc=example`
            at = skip(text, stop, 96, |byte| !is_blank(byte));
        }
    }

    /// `mit Harbour98 anmelden`, `logged in with Harbour98`: in the sentence before or after.
    pub(super) fn password_near_login(&mut self, key: &Key) {
        let text = self.text;
        self.password_beside_user(key.end);
        let from = key.start.saturating_sub(80);
        let from = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at);
        let mut words = text[from..key.start].trim_ascii_end().rsplitn(3, |byte| *byte == b' ');
        let (Some(word), Some(link)) = (words.next(), words.next()) else { return };
        let end = text[..key.start].trim_ascii_end().len();
        let start = end - word.len();
        let quotes = word.iter().take_while(|byte| b"\"'`".contains(byte)).count();
        let stop = word_end(text, start + quotes).min(end);
        if BESIDE.iter().any(|one| link.eq_ignore_ascii_case(one)) && is_chosen(&text[start + quotes..stop]) {
            self.secret(SecretKind::Password, start + quotes, stop);
        }
    }

    /// `Password changed from Harbour98x to Harbour99x`: after `from` and `to`.
    pub(super) fn changed(&mut self, start: usize) -> bool {
        let text = self.text;
        let mut at = start;
        let mut any = false;
        for lead in [&b"from "[..], b"von ", b"de "] {
            if text[at..].starts_with(lead) {
                at += lead.len();
                any = true;
            }
        }
        if !any {
            return false;
        }
        for link in [&b" to "[..], b" auf ", b" zu ", b" en ", b" a "] {
            let quote = skip(text, at, 1, |byte| b"'\"".contains(&byte));
            let end = word_end(text, quote);
            let after = skip(text, end, 1, |byte| b"'\"".contains(&byte));
            if !text[after..].starts_with(link) {
                continue;
            }
            let next = skip(text, after + link.len(), 1, |byte| b"'\"".contains(&byte));
            let next_end = word_end(text, next);
            for (start, end) in [(quote, end), (next, next_end)] {
                if is_stated(&text[start..end]) || is_plain_secret(&text[start..end]) {
                    self.secret(SecretKind::Password, start, end);
                }
            }
            return true;
        }
        false
    }
}

fn word_end(text: &[u8], start: usize) -> usize {
    let end = skip(text, start, 64, |byte| !is_blank(byte) && !b"\"'`<>(){}[]|,;".contains(&byte));
    end - text[start..end].iter().rev().take_while(|byte| b".:".contains(byte)).count()
}
