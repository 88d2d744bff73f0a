//! Settings that a command sets: the key and the value are two arguments of it.

use super::{
    super::{
        keys::{Class, Key},
        secrets::SecretKind,
        stated_words::is_chosen,
        values::{is_blank, skip},
    },
    KeyedReader,
    given::is_given,
};

/// Verbs of such commands.
const VERBS: [&[u8]; 11] =
    [b"set", b"put", b"config", b"add", b"create", b"write", b"update", b"get-or-set", b"setprop", b"hset", b"setx"];
/// How far before the key the verb may be.
const MAX_BEFORE: usize = 96;

impl KeyedReader<'_, '_> {
    /// `config set smtp.password x`, `consul kv put jira/mail/password x`, `set "Mail:Password" "x"`,
    /// `"config","sync.5.password","x"`: whether there was a value.
    pub(super) fn set_value(&mut self, key: &Key) -> bool {
        let named = matches!(key.class, Class::Password | Class::Secret(_));
        let text = self.text;
        let closed = skip(text, key.end, 1, |byte| b"\"'".contains(&byte));
        let listed = closed > key.end && text.get(closed) == Some(&b',');
        let gap = skip(text, closed + usize::from(listed), 2, |byte| byte == b' ');
        if gap == closed {
            return false;
        }
        let lead = &text[key.start..key.word];
        let path = lead.contains(&b'.') || text[..key.start].last().is_some_and(|byte| b"/:".contains(byte));
        let start = skip(text, gap, 1, |byte| b"\"'".contains(&byte));
        let end = skip(text, start, 128, |byte| !is_blank(byte) && !b"\"'`,;|".contains(&byte));
        let shown = &text[start..end];
        let quoted = start > gap && text.get(end) == Some(&text[gap]);
        let ends = quoted || text.get(end).is_none_or(|byte| b"\r\n".contains(byte));
        if !ends || !(is_given(shown) || is_chosen(shown)) {
            return false;
        }
        let near = &text[key.start.saturating_sub(MAX_BEFORE)..key.start];
        let near = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut words = near.split(|byte| is_blank(*byte) || b"\"',".contains(byte));
        let verb = words.any(|word| VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb)));
        // `{"client_secret" "x"}`: the colon is missing.
        let bare = closed > key.end && quoted && !listed && text[..key.start].ends_with(b"{\"");
        // `setx MAIL_PASSWORD "x"`
        let setx = near.trim_ascii_end();
        let setx = setx.len() >= 4 && setx[setx.len() - 4..].eq_ignore_ascii_case(b"setx");
        let taken = (named && path && verb || setx) && (!listed || quoted) || named && bare;
        if taken {
            self.secret(SecretKind::Secret, start, end);
        }
        taken
    }

    /// `(ann:x)` after `username or password invalid`: a user and a password in brackets near the key.
    pub(super) fn bracketed_pair(&mut self, key: &Key) {
        if key.class != Class::Password {
            return;
        }
        let text = self.text;
        let words = |byte: u8| byte.is_ascii_alphabetic() || b" -".contains(&byte) || byte >= 0x80;
        let open = skip(text, key.end, 40, words);
        if open > key.end && text.get(open) == Some(&b'(') {
            self.user_colon_password(open + 1, b')');
        }
    }
}
