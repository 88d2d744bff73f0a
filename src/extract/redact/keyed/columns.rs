//! Values in tables, under the name of their column.

use super::{
    super::{
        joints::Joint,
        keys::{Class, Key},
        login::{is_login, starts_like_login},
        stated_words::{is_chosen, is_plain_secret},
        values::{Value, value},
        wordlike::looks_random,
    },
    KeyedReader,
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
            if named || !person && (is_chosen(shown) || looks_random(shown, 8) && shown.iter().any(u8::is_ascii_digit))
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
