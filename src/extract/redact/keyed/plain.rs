//! Passwords of letters alone, where a sentence or a line of settings leaves no room for anything else.

use super::{
    super::{
        header_names::is_header,
        keys::{Class, Key},
        masks::is_harmless,
        secrets::SecretKind,
        stated_words::{is_plain_secret, is_said_of_passwords},
        values::{is_blank, skip},
    },
    KeyedReader,
    given::is_given,
    headers::is_setter,
};

/// Verbs between a password's key and what it is.
const SAYS: [&[u8]; 16] = [
    b"is",
    b"was",
    b"ist",
    b"war",
    b"lautet",
    b"est",
    b"es",
    b"era",
    b"\xc3\xa8",
    b"\xc3\xa9",
    b"as",
    b"to",
    b"als",
    b"on",
    b"now",
    b"sera",
];
/// Verbs before `to`.
const SET: [&[u8]; 8] =
    [b"set", b"changed", b"reset", b"updated", b"configured", b"defaults", b"initialised", b"initialized"];
/// The same of other languages, and what is between them and the new password.
const CHANGED: [&str; 27] = [
    "remplacé",
    "changé",
    "modifié",
    "cambiata",
    "cambiado",
    "cambiada",
    "modificata",
    "gewijzigd",
    "veranderd",
    "alterada",
    "alterado",
    "trocada",
    "zmieniono",
    "zmienione",
    "změněno",
    "změněna",
    "ändrats",
    "ändrat",
    "bytts",
    "изменён",
    "изменен",
    "змінено",
    "ændret",
    "endret",
    "vaihdettu",
    "geändert",
    "umgestellt",
];
const INTO: [&str; 12] = ["par", "en", "in", "a", "por", "naar", "para", "na", "till", "til", "на", "auf"];
/// The same before a key: `reset password to marigold`.
const RESET: [&[u8]; 6] = [b"reset", b"set", b"changed", b"change", b"updated", b"setting"];
/// Words before a key that its value follows at once: `with password marigold`.
const LEADS: [&[u8]; 23] = [
    b"with",
    b"using",
    b"for",
    b"mit",
    b"avec",
    b"con",
    b"com",
    b"met",
    b"shared",
    b"new",
    b"old",
    b"temporary",
    b"initial",
    b"default",
    b"and",
    b"wrong",
    b"bad",
    b"given",
    b"tried",
    b"entered",
    b"attempted",
    b"und",
    b"et",
];
/// Verbs before the key that say the same: `cambió la clave a Marigold7`.
const CHANGING: [&str; 8] = ["cambió", "cambiado", "changé", "modifié", "cambiato", "modificato", "mudou", "alterou"];
/// What may be between such a word and the key.
const ARTICLES: [&[u8]; 10] = [b"the", b"my", b"your", b"our", b"le", b"la", b"el", b"das", b"dem", b"het"];
/// What was done with a password that follows a colon.
const GIVEN: [&[u8]; 16] = [
    b"given",
    b"used",
    b"entered",
    b"supplied",
    b"tried",
    b"provided",
    b"attempted",
    b"sent",
    b"received",
    b"typed",
    b"is",
    b"was",
    b"ist",
    b"lautet",
    b"est",
    b"es",
];
/// Words before a user, whose password may follow a short label.
const USERS: [&[u8]; 8] = [b"user", b"username", b"login", b"account", b"as", b"benutzer", b"konto", b"for"];
/// Words between a key and such a verb.
const MAX_WORDS: usize = 6;

impl KeyedReader<'_, '_> {
    /// `the password for ann is marigold.`, `hook secret configured as marigold`, `with password marigold`, and a line
    /// `password marigold`.
    pub(super) fn plain_password(&mut self, key: &Key) {
        let text = self.text;
        let word = &text[key.word..key.end];
        let secret = |word: &[u8]| {
            word.len() >= 6 && word[word.len() - 6..].eq_ignore_ascii_case(b"secret")
                || word.eq_ignore_ascii_case(b"credential")
        };
        let header = || is_header(&text[key.start..key.end]);
        if !(key.class == Class::Password || secret(word) || header()) || text.get(key.end) != Some(&b' ') {
            return;
        }
        let line = &text[key.start.saturating_sub(24)..key.start];
        let line = line.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let lead = line.trim_ascii().rsplit(|byte| is_blank(*byte)).next().unwrap_or_default();
        // A key in small letters, one word, and the end of the line.
        let gap = skip(text, key.end, 40, |byte| byte == b' ' || byte == b'\t');
        // `vpn preshared-key x`, `mail.password      x`
        let setting = word.contains(&b'-') || gap > key.end + 2 && text[key.start..key.end].contains(&b'.');
        let starts = setting || key.start > 0 && (line.trim_ascii().is_empty() || line.trim_ascii() == b"set");
        let (first, end) = self.plain_word(gap);
        let ends = self.ends_sentence(end);
        if gap == key.end + 1 && self.short_label(key, first, end) {
            return self.secret(SecretKind::Password, first, end);
        }
        if is_setter(lead) && gap == key.end + 1 && !text[first..end].is_empty() && !is_harmless(&text[first..end]) {
            let mixed = text[first..end].iter().any(u8::is_ascii_digit);
            if mixed || is_plain_secret(&text[first..end]) {
                return self.secret(SecretKind::Password, first, end);
            }
        }
        // `with the password marigold`
        let lead = if ARTICLES.contains(&lead) {
            line.trim_ascii().rsplit(|byte| is_blank(*byte)).nth(1).unwrap_or_default()
        } else {
            lead
        };
        let led = LEADS.iter().any(|one| lead.eq_ignore_ascii_case(one))
            && word.iter().all(|byte| !byte.is_ascii_uppercase());
        // `Pass marigold` below `User jira`
        let small = word.iter().all(|byte| !byte.is_ascii_uppercase());
        let alone = starts
            && text.get(end).is_none_or(|byte| b"\r\n".contains(byte))
            && (small || self.beside_line_of_user(key.start, end));
        // `yeni parola marigold olarak`
        if text[end..].starts_with(b" olarak") && is_given(&text[first..end]) {
            return self.secret(SecretKind::Password, first, end);
        }
        if (alone || led && ends) && is_plain_secret(&text[first..end]) {
            return self.secret(SecretKind::Password, first, end);
        }
        let mut at = key.end;
        let mut before: &[u8] = b"";
        for _ in 0..MAX_WORDS {
            let start = skip(text, at, 2, |byte| byte == b' ');
            let stop = skip(text, start, 48, |byte| !is_blank(byte) && !b",;:.!?\"()=".contains(&byte));
            // An address or a host has full stops.
            let stop = skip(text, stop, 48, |byte| byte.is_ascii_alphanumeric() || b".@_-".contains(&byte));
            if start == at || stop == start {
                return;
            }
            let one = &text[start..stop];
            // `the password policy is strict`
            if one.ends_with(b".")
                || at == key.end && is_said_of_passwords(one) && !one.ends_with(b"ed") && !GIVEN.contains(&one)
            {
                return;
            }
            // `password given: marigold`
            if text[stop..].starts_with(b": ") {
                let (first, end) = self.plain_word(stop + 2);
                if GIVEN.contains(&one) && self.ends_sentence(end) && is_plain_secret(&text[first..end]) {
                    self.secret(SecretKind::Password, first, end);
                }
                return;
            }
            // `has been changed to Marigold`, in other languages: a word that no sentence has there.
            let is_one = |word: &[u8], all: &[&str]| all.iter().any(|one| word == one.as_bytes());
            let german = one == b"auf" && (before == b"wurde" || at == key.end);
            let told = is_one(before, &CHANGED) || at == key.end && CHANGING.iter().any(|says| lead == says.as_bytes());
            if german || one == b"to" && SET.contains(&before) || told && is_one(one, &INTO) {
                let (first, end) = self.plain_word(skip(text, stop, 3, |byte| b" :".contains(&byte)));
                let shown = &text[first..end];
                let telling = shown.first().is_some_and(u8::is_ascii_uppercase) || shown.iter().any(u8::is_ascii_digit);
                let telling = if german { text[end..].starts_with(b" gesetzt") } else { telling };
                let cyrillic = one == "на".as_bytes() && self.ends_sentence(end);
                if (telling || cyrillic) && is_given(shown) {
                    return self.secret(SecretKind::Password, first, end);
                }
            }
            if SAYS.iter().any(|says| one.eq_ignore_ascii_case(says))
                && (one != b"to" || SET.contains(&before) || at == key.end && RESET.contains(&lead))
                && (one != b"on" || before == b"user")
            {
                let next = skip(text, stop, 3, |byte| b" :".contains(&byte));
                let (first, end) = self.plain_word(next);
                if next > stop && self.ends_sentence(end) && is_plain_secret(&text[first..end]) {
                    return self.secret(SecretKind::Password, first, end);
                }
            }
            (at, before) = (stop, one);
        }
    }

    /// `user svc pw marigold`, `login svc pass marigold`, and `pw marigold` with nothing else in its part of the line.
    fn short_label(&self, key: &Key, first: usize, end: usize) -> bool {
        let text = self.text;
        let word = &text[key.word..key.end];
        let pw = word == b"pw" || word == b"pwd";
        if key.start < key.word || !(pw || word == b"pass" || word == b"passwd") || !is_given(&text[first..end]) {
            return false;
        }
        let from = key.word.saturating_sub(96);
        let line = text[from..key.word].rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
        let mut words = line.rsplit(|byte| is_blank(*byte));
        let (who, label) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let ends_in = |word: &[u8], one: &[u8]| {
            word.len() >= one.len() && word[word.len() - one.len()..].eq_ignore_ascii_case(one)
        };
        let is_label = |word: &[u8]| USERS.iter().any(|one| ends_in(word, one));
        let assigned = who.iter().rposition(|byte| b"=:".contains(byte)).is_some_and(|sign| is_label(&who[..sign]));
        let beside = assigned || !who.is_empty() && is_label(label.strip_suffix(b":").unwrap_or(label));
        let starts =
            line.last().is_none_or(|byte| b".:,;(/".contains(byte)) && (line.len() < key.word - from || from == 0);
        let stops = text.get(end).is_none_or(|byte| b"\r\n,;)\"".contains(byte));
        beside || pw && starts && stops
    }

    /// Whether the line before or after is one of a user: `User jira`, `Username: jira`.
    fn beside_line_of_user(&self, start: usize, end: usize) -> bool {
        let text = self.text;
        let is_line = |line: &[u8]| {
            let line = line.trim_ascii_start();
            line.get(..4).is_some_and(|lead| lead.eq_ignore_ascii_case(b"user")) || line.starts_with(b"Login")
        };
        let near = text[start.saturating_sub(96)..start].trim_ascii_end();
        let before = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let next = skip(text, end, 3, is_blank);
        is_line(before) || next > end && is_line(&text[next..text.len().min(next + 8)])
    }

    /// A word, perhaps in quotation marks: where it is.
    fn plain_word(&self, at: usize) -> (usize, usize) {
        let text = self.text;
        let start = skip(text, at, 1, |byte| b"\"'`".contains(&byte));
        let end = skip(text, start, 64, |byte| !is_blank(byte) && !b"\"'`,;:.()[]{}<>=/\\|@".contains(&byte));
        (start, end)
    }

    fn ends_sentence(&self, end: usize) -> bool {
        let rest = &self.text[end..];
        rest.is_empty()
            || b"\r\n\"'`,;)".contains(&rest[0])
            || rest[0] == b'.' && rest.get(1).is_none_or(|byte| is_blank(*byte) || *byte == b'"')
            || [
                &b" for "[..],
                b" and ",
                b" on ",
                b" at ",
                b" from ",
                b" was ",
                b" is ",
                b" has ",
                b" will ",
                b" in ",
                b" failed",
                b" rejected",
            ]
            .iter()
            .any(|one| rest.starts_with(one))
    }

    /// Whether a value is one plain word, which ends the line or is joined to its key by a sign of equality.
    pub(super) fn is_plain_value(&self, firm: bool, start: usize, end: usize) -> bool {
        let text = self.text;
        let alone = text.get(end).is_none_or(|byte| b"\r\n\"".contains(byte));
        (firm || alone) && is_plain_secret(&text[start..end])
    }
}
