//! The words that say what a value is: passwords, tokens, people.

mod class;
mod markers;
mod tails;
mod words;

use std::{collections::HashMap, sync::LazyLock};

pub(super) use class::{Class, Command, Needs};
use foldhash::fast::FixedState;
use markers::MARKERS;
use tails::{OTHER_CODES, OTHER_KEYS, last_part, names_no_setting, spaced, tail_fits};
use words::GROUPS;

use super::{commands, header_names::is_header, secrets::SecretKind};
use crate::search::WordSearcher;

/// A word and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) class: Class,
    /// The identifier around the word: `mail.smtp.password`.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The word itself starts here.
    pub(super) word: usize,
}

/// All words, and what each means.
struct Words {
    searcher: WordSearcher,
    meanings: Vec<(Class, bool, Needs)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut known: HashMap<String, usize, FixedState> = HashMap::default();
    let (mut texts, mut meanings): (Vec<String>, Vec<(Class, bool, Needs)>) = (Vec::new(), Vec::new());
    let mut add = |text: String, meaning: (Class, bool, Needs)| {
        let at = *known.entry(text.clone()).or_insert(texts.len());
        if at == texts.len() {
            texts.push(text);
            meanings.push(meaning);
        } else {
            // What is both a key and a marker.
            meanings[at].2 = meanings[at].2.both(meaning.2);
        }
    };
    for group in GROUPS {
        for word in group.words.split_whitespace() {
            let parts: Vec<&str> = word.split('_').collect();
            let seps: &[&str] = if parts.len() > 1 { &["", "_", "-", " ", "."] } else { &[""] };
            for sep in seps {
                add(parts.join(sep), (group.class, group.whole, Needs::default()));
            }
        }
    }
    for (needs, words) in MARKERS {
        for word in *words {
            add((*word).to_owned(), (Class::Marker, false, *needs));
        }
    }
    for name in commands::names() {
        add(name.to_ascii_lowercase(), (Class::Marker, false, Needs::COMMAND));
    }
    Words { searcher: WordSearcher::new(&texts), meanings }
});

/// The longest identifier that is looked at, to either side of the word.
const MAX_KEY_BYTES: usize = 64;

/// Hands over every word that may say what a value is, also within or across others: no word hides the next. Returns
/// which other readers have something to look for.
pub(super) fn each_key(text: &[u8], mut each: impl FnMut(Key)) -> Needs {
    let words = &*WORDS;
    let mut needs = Needs::default();
    for found in words.searcher.find(text) {
        let (class, whole, need) = words.meanings[found.word];
        needs = needs.both(need);
        if class != Class::Marker
            && let Some(key) = key(text, found.start, found.end, class, whole)
        {
            each(key);
        }
    }
    needs
}

fn key(text: &[u8], word: usize, end: usize, class: Class, whole: bool) -> Option<Key> {
    if whole && !starts_word(text, word) {
        return None;
    }
    let bare = matches!(
        class,
        Class::Command(_)
            | Class::UserOption
            | Class::PasswordOption
            | Class::Bracket
            | Class::CodeBefore
            | Class::Stated
            | Class::LoggedIn
            | Class::GivenName
            | Class::Did
            | Class::Street
            | Class::WebKey
            | Class::Characters
            | Class::Syntax
    );
    if bare
        || matches!(class, Class::UserAndPassword | Class::Location | Class::Phone) && b"=:\"/".contains(&text[end - 1])
    {
        return Some(Key { class, start: word, end, word });
    }
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-$".contains(byte);
    let before = text[..word].iter().rev().take(MAX_KEY_BYTES).take_while(|byte| part(byte)).count();
    let after = text[end..].iter().take(MAX_KEY_BYTES).take_while(|byte| part(byte)).count();
    let mut stop = end + after;
    while stop > end && b".-".contains(&text[stop - 1]) {
        stop -= 1;
    }
    // `password........x`
    if text[end..].starts_with(b"....") {
        stop = end;
    }
    let start = word - before;
    let (lead, tail) = (&text[start..word], &text[end..stop]);
    // `app.secret.mail=x`
    let property = class == Class::Secret(SecretKind::Secret)
        && lead.ends_with(b".")
        && tail.first() == Some(&b'.')
        && text.get(stop) == Some(&b'=')
        && names_no_setting(tail);
    if !tail.is_empty() && !property && !tail_fits(tail, class, text[end - 1]) {
        return None;
    }
    let last = |names: &[&str]| {
        last_part(lead).is_some_and(|part| names.iter().any(|name| part.eq_ignore_ascii_case(name.as_bytes())))
    };
    let alone = start == word && stop == end;
    // `psk.txt: x`: what follows may be said of the file.
    let class =
        if class == Class::Password && tail.ends_with(b".txt") { Class::Secret(SecretKind::Password) } else { class };
    match class {
        Class::Weak(SecretKind::Code) if last(OTHER_CODES) || spaced(text, start, OTHER_CODES) => return None,
        Class::Weak(SecretKind::Secret) if is_header(&text[start..stop]) => {}
        Class::Weak(SecretKind::Secret) if last(OTHER_KEYS) || spaced(text, start, OTHER_KEYS) => return None,
        // `Thumbprint of key used by client: '…'` of AADSTS700027: of a certificate, which is public.
        Class::Weak(SecretKind::Secret) if text[..start].ends_with(b"humbprint of ") => return None,
        // `sub`, `mail`, `name` only by themselves.
        Class::Name | Class::FullName | Class::NamePart
            if !lead.is_empty() && !lead.ends_with(b".") && !lead.ends_with(b"-") =>
        {
            return None;
        }
        Class::Person if text[word..end].eq_ignore_ascii_case(b"sub") && !alone => return None,
        _ => {}
    }
    Some(Key { class, start, end: stop, word })
}

/// A word starts here: after a sign, a digit or a small letter before a capital.
fn starts_word(text: &[u8], at: usize) -> bool {
    match at.checked_sub(1).map(|before| text[before]) {
        None => true,
        // `-Duser.name=…`
        Some(b'D') if text[..at].ends_with(b"-D") => true,
        Some(before) if before.is_ascii_alphabetic() => before.is_ascii_lowercase() && text[at].is_ascii_uppercase(),
        Some(before) => before < 0x80,
    }
}
