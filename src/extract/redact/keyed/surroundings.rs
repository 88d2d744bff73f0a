//! What is around a name and says that it is a person's.

use super::super::{
    joints::Joint,
    keys::{Class, Key},
    values::{is_blank, skip},
};
use crate::{extract::guid::is_guid, search::Literal};

/// Other keys of a person are near.
pub(super) fn beside_person(text: &[u8], start: usize, end: usize) -> bool {
    static KEYS: [Literal; 9] = [
        Literal::new("username"),
        Literal::new("unique_name"),
        Literal::new("upn"),
        Literal::new("given_name"),
        Literal::new("email"),
        Literal::new("displayname"),
        Literal::new("accountid"),
        Literal::new("family_name"),
        Literal::new("userprincipalname"),
    ];
    let near = text[start.saturating_sub(300)..text.len().min(end + 300)].to_ascii_lowercase();
    KEYS.iter().any(|key| key.is_in(&near))
}

/// Jira's own keys of a user are near.
pub(super) fn beside_jira_user(text: &[u8], start: usize, end: usize) -> bool {
    static KEYS: [Literal; 3] =
        [Literal::new("JIRAUSER"), Literal::new("emailAddress\""), Literal::new("displayName\"")];
    let near = &text[start.saturating_sub(120)..text.len().min(end + 120)];
    KEYS.iter().any(|key| key.is_in(near))
}

/// `for user x`: the word `user` alone, after one that speaks of a single user.
pub(super) fn speaks_of_one(text: &[u8], key: &Key) -> bool {
    if text[key.start..key.end] != *b"user" && text[key.start..key.end] != *b"principal" {
        return false;
    }
    let before = &text[..key.start];
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let len = before.iter().rev().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &before[before.len() - len..];
    [&b"for"[..], b"as", b"by", b"of", b"from", b"to"].contains(&word)
}

/// `… user x` at the end of a line or a sentence.
fn sentence_ends_after_one(text: &[u8], at: usize) -> bool {
    let end = skip(text, at + 1, 40, |byte| byte.is_ascii_lowercase());
    let rest = &text[end..];
    end > at + 5
        && (rest.is_empty()
            || b"\n,".contains(&rest[0])
            || [&b"."[..], b".\n", b". "].contains(&&rest[..rest.len().min(2)]))
}

/// `Adding user x`, `disabled user x`, `the user x`; `Benutzer x` and its like in other languages.
pub(super) fn speaks_of_user(text: &[u8], key: &Key) -> bool {
    let word = text[key.start..key.end].to_ascii_lowercase();
    if [&b"benutzer"[..], b"utilisateur", b"usuario", b"utente", b"gebruiker", b"usu\xc3\xa1rio"].contains(&&word[..]) {
        return true;
    }
    if ![&b"user"[..], b"watcher", b"assignee", b"reporter", b"username", b"member", b"approver"].contains(&&word[..]) {
        return false;
    }
    let Some(before) = text[..key.start].strip_suffix(b" ") else { return false };
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let lead = before[before.len() - len..].to_ascii_lowercase();
    sentence_ends_after_one(text, key.end)
        || lead.len() >= 5 && (lead.ends_with(b"ing") || lead.ends_with(b"ed"))
        || [
            &b"add"[..],
            b"create",
            b"delete",
            b"remove",
            b"update",
            b"lock",
            b"unlock",
            b"disable",
            b"enable",
            b"find",
            b"authenticate",
        ]
        .contains(&&lead[..])
}

/// `"author":{"key":"…","name":"x"}`: the object that holds the name is a person's.
pub(super) fn in_person_object(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(200);
    // `<developer><id>ann</id><name>x</name>` of Maven
    let element = |tag: &[u8]| memchr::memmem::rfind(&text[from..at], tag);
    if [&b"developer>"[..], b"contributor>"]
        .iter()
        .any(|tag| element(tag).is_some_and(|found| text[..from + found].ends_with(b"<")))
    {
        return true;
    }
    let Some(open) = text[from..at].iter().rposition(|byte| b"{}".contains(byte)).map(|i| from + i) else {
        return false;
    };
    if text[open] == b'}' {
        return false;
    }
    let before = &text[..open];
    let before =
        &before[..before.len() - before.iter().rev().take(6).take_while(|byte| b"\"\\:= ".contains(byte)).count()];
    let word =
        &before[before.len() - before.iter().rev().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count()..];
    // `UserTemplateWithAttributes{name='ann', …}`
    let class = word.first().is_some_and(u8::is_ascii_uppercase) && memchr::memmem::find(word, b"User").is_some();
    // `{"name":"ann","emailAddress":"…"}`
    let rest = &text[at..text.len().min(at + 200)];
    let object = &rest[..rest.iter().position(|byte| b"{}".contains(byte)).unwrap_or(rest.len())];
    let described = [&b"\"emailAddress\":"[..], b"\"displayName\":"]
        .iter()
        .any(|key| memchr::memmem::find(object, key).is_some() && text[..at].ends_with(b"\"name\":\""));
    class
        || described
        || [&b"user"[..], b"author", b"assignee", b"reporter", b"creator", b"actor", b"owner", b"updateAuthor", b"lead"]
            .contains(&word)
}

/// A word for a person alone, in small letters: `owner Hannah Voss`, not `Mail Queue Service`.
pub(super) fn speaks_of_person(text: &[u8], key: &Key) -> bool {
    let word = &text[key.start..key.end];
    [&b"user"[..], b"owner", b"author", b"assignee", b"reporter", b"creator", b"watcher", b"approver", b"display name"]
        .contains(&word)
}

/// `OAuth token: {"error": …}`: the keys within an object say what its values are. Only one that is a secret's own
/// (`"password": {"value": …}`, `secret={…}`) is taken as a whole.
pub(super) fn is_object(text: &[u8], at: usize, class: Class, join: Joint) -> bool {
    let open = skip(text, at, 8, |byte| b"\\[ ".contains(&byte));
    // `{{x}}` is how Jira writes text of a fixed width.
    if text.get(open) != Some(&b'{') || text.get(open + 1) == Some(&b'{') {
        return false;
    }
    let json = matches!(text.get(skip(text, open + 1, 8, |byte| is_blank(byte) || byte == b'\\')), Some(b'"' | b'}'));
    let near = &text[open..text.len().min(open + 120)];
    let own = || {
        [&b"\"value"[..], b"\"plain", b"\"text", b"\"secret", b"\"encrypted", b"\"data"]
            .iter()
            .any(|key| near.windows(key.len()).any(|window| window == *key))
    };
    join != Joint::Firm || !matches!(class, Class::Password | Class::Secret(_)) || json && !own()
}

/// `557058:0a1b2c3d-…`, 24 hexadecimal digits: an account of Atlassian's cloud.
pub(super) fn account_id_end(text: &[u8], at: usize) -> Option<usize> {
    let number = skip(text, at, 24, |byte| byte.is_ascii_hexdigit());
    let end = if text.get(number) == Some(&b':') && number - at == 6 { number + 37 } else { number };
    let guid = end > number && is_guid(text.get(number + 1..end)?);
    (guid || end - at == 24 && !text.get(end).is_some_and(u8::is_ascii_alphanumeric)).then_some(end)
}
