//! People in the paths of mailboxes: `Other Users/ann`, `user/ann`.

use super::{
    super::{
        keys::Key,
        login::{is_login, is_thing, joins_names, starts_like_login},
        pii::PiiKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    names::names_person,
};

/// Commands of IMAP that name a mailbox, and words before one.
const BEFORE: [&str; 21] = [
    "select",
    "examine",
    "status",
    "list",
    "lsub",
    "getacl",
    "setacl",
    "myrights",
    "getquotaroot",
    "getquota",
    "setquota",
    "create",
    "delete",
    "rename",
    "subscribe",
    "append",
    "copy",
    "move",
    "folder",
    "mailbox",
    "ordner",
];
/// How far before a path such a word may be.
const MAX_BEFORE: usize = 48;

impl KeyedReader<'_, '_> {
    /// The name after the lead of a path.
    pub(super) fn mailbox_path(&mut self, key: &Key) {
        let text = self.text;
        let lead = &text[key.word..key.end];
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
        let end = skip(text, key.end, 64, part);
        let end = end - text[key.end..end].iter().rev().take_while(|byte| **byte == b'.').count();
        let Ok(name) = std::str::from_utf8(&text[key.end..end]) else { return };
        let stops = text.get(end).is_none_or(|byte| is_blank(*byte) || b"\"'/.,;:)>]".contains(byte));
        if !stops || name.len() < 2 || is_thing(name) || !names_person(name) {
            return;
        }
        let login = starts_like_login(name.as_bytes()) || is_login(name) && joins_names(name);
        // A path that holds others' mail, one of shared mail, and one that may be of anything.
        let person = if lead.contains(&b' ') && !lead.to_ascii_lowercase().starts_with(b"shared") {
            true
        } else {
            let opens = text[..key.word].last().is_none_or(|byte| b" \"'#".contains(byte));
            let shared = lead.to_ascii_lowercase().starts_with(b"shared");
            opens && (login || !shared) && self.speaks_of_mailbox(key)
        };
        if person {
            self.person(PiiKind::User, key.end, end);
        }
    }

    fn speaks_of_mailbox(&self, key: &Key) -> bool {
        let near = &self.text[key.word.saturating_sub(MAX_BEFORE)..key.word];
        let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        line.split(|byte| !byte.is_ascii_alphabetic())
            .any(|word| BEFORE.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes())))
    }
}
