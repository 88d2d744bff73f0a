//! Values in tables, under the name of their column.

use super::{
    super::{
        joints::Joint,
        keys::{Class, Key},
        login::{is_login, starts_like_login},
        secrets::SecretKind,
        stated_words::{is_chosen, is_plain_secret},
        values::{Value, is_blank, skip, value},
        wordlike::looks_random,
    },
    KeyedReader,
    given::is_given,
    heads::is_user,
    table::{spaced_table, table},
};

impl KeyedReader<'_, '_> {
    /// `client_id,client_secret` over `abc,xyz`; `(login, password) VALUES ('a', 'b')`.
    pub(super) fn column(&mut self, key: &Key) -> bool {
        let text = self.text;
        if !matches!(
            key.class,
            Class::Password
                | Class::Secret(_)
                | Class::Weak(SecretKind::Token)
                | Class::Person
                | Class::FullName
                | Class::NamePart
                | Class::Phone
                | Class::Number
        ) {
            return false;
        }
        let Some(table) = table(text, key) else { return self.spaced_column(key) };
        for (start, end) in table {
            // `insert into t (user_name, token) values ('ann', 'x')`
            let between = text[key.end..start.min(key.end + 1024)].to_ascii_lowercase();
            if text[start..end].trim_ascii().starts_with(b"'") && memchr::memmem::find(&between, b"values").is_some() {
                self.take_cell(key, &text[key.start..key.end], false, start, end);
                continue;
            }
            let value = value(text, start, true);
            let value = Value { end: value.end.min(end).max(value.start), enclosed: true, ..value };
            self.judge(key.class, Joint::Firm, value);
        }
        true
    }

    /// `user  password` over `ann  Harbour98`; only what looks like a password or a login.
    fn spaced_column(&mut self, key: &Key) -> bool {
        let text = self.text;
        if !matches!(key.class, Class::Password | Class::Secret(_) | Class::Person) {
            return false;
        }
        let mut any = false;
        for (start, end) in spaced_table(text, key).unwrap_or_default() {
            let value = value(text, start, false);
            let value = Value { end: value.end.min(end).max(value.start), enclosed: true, ..value };
            let shown = &text[value.start..value.end];
            let person = key.class == Class::Person;
            let named = person && (starts_like_login(shown) || std::str::from_utf8(shown).is_ok_and(is_login));
            let pair = !person && is_given(shown) && users_column(text, key);
            if named
                || pair
                || !person && (is_chosen(shown) || looks_random(shown, 8) && shown.iter().any(u8::is_ascii_digit))
            {
                self.judge(key.class, Joint::Firm, value);
                any = true;
            } else if !person && is_plain_secret(shown) {
                self.doubt(key.class, true, value.start, value.end);
            }
        }
        any
    }
}

/// Whether a column of users is beside that of a key: `USER      PASSWORD`.
fn users_column(text: &[u8], key: &Key) -> bool {
    let from = key.start.saturating_sub(200);
    let start = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
    let end = skip(text, key.end, 200, |byte| byte != b'\n');
    let mut words = text[start..end].split(|byte| is_blank(*byte));
    words.any(|word| is_user(word) || word.eq_ignore_ascii_case(b"name"))
}
