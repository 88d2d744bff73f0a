//! Words of prose, which distinguish a sentence from a value.

use std::sync::LazyLock;

use super::{values::is_blank, word_set::WordSet, wordlike::looks_random};

/// Words that follow a key in prose, in English and German.
const PROSE: &str = "\
    password null none true false expired expires expire invalid missing is was has had have not no the a an \
    required are were must cannot can could should will may does do did doesn't don't this that it its incorrect \
    wrong mismatch too failed failure authentication for from of in to never already issued revoked unknown empty \
    blank changed reset needs please contains still hidden masked redacted protected encrypted ist war nicht \
    abgelaufen falsch wurde fehlt at and or with by on if when as be been your you we user users locked disabled \
    enabled deleted inactive active denied rejected refused blocked suspended error caused unable provided \
    accepted account accounts authenticated unauthenticated currentuser membersof unassigned see only there then \
    set using login logged name email mail check try via connection arn line lines konnte kann darf muss wird hat est fue non";

/// Nouns that follow `for user` without being one.
const AFTER_USER: &str = "\
    interface directory directories mailbox id ids profile session sessions management mapping data group groups \
    input agent details details. credentials permissions property properties access consent preferences activity \
    cache count picker search info information key keys assertion flow token tokens action actions attributes \
    lookup synchronisation synchronization sync principal principals settings objects object or and that who whose \
    which has have could was attribute record role entry type name license licence avatar field claim domain realm context \
    manager service store base device another each every someone users resource anyone people nobody mode account basis registration rights experience load traffic limit limits quota input license creation deletion import export error errors exists found";

static PROSE_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::new(PROSE.split_whitespace()));
static AFTER_USER_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::new(AFTER_USER.split_whitespace()));

/// Whether a word follows keys in prose.
pub(super) fn is_prose_word(word: &[u8]) -> bool {
    PROSE_SET.contains(word)
}

/// Whether a word goes on after `for user` without being a user.
pub(super) fn follows_user(word: &[u8]) -> bool {
    AFTER_USER_SET.contains(word)
}

/// The first word is one of prose.
pub(super) fn is_prose(value: &[u8]) -> bool {
    let word = first_word(value);
    is_prose_word(&word[..word.len() - word.iter().rev().take_while(|byte| b".,:;!?)".contains(byte)).count()])
}

pub(super) fn first_word(value: &[u8]) -> &[u8] {
    &value[..value.iter().position(|byte| is_blank(*byte)).unwrap_or(value.len())]
}

pub(super) fn is_sentence(value: &[u8]) -> bool {
    value.iter().filter(|byte| **byte == b' ').count() > 2
}

/// Whether the line holds nothing before the key of a value but blanks, dots and signs.
pub(super) fn starts_line(text: &[u8], start: usize) -> bool {
    let near = &text[start.saturating_sub(200)..start];
    let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.iter().filter(|byte| **byte == b' ').count() - line.iter().take_while(|byte| **byte == b' ').count() <= 1
}

/// A plain word, and three more after it.
pub(super) fn is_prose_after(text: &[u8], start: usize, end: usize) -> bool {
    let rest = &text[start..text.len().min(end + 120)];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let words = line.split(|byte| *byte == b' ').take(4);
    let plain = |word: &[u8]| {
        let bare = word.strip_suffix(b",").or_else(|| word.strip_suffix(b".")).unwrap_or(word);
        bare == b">"
            || !bare.is_empty()
                && bare.iter().all(|byte| byte.is_ascii_alphabetic() || b"-'".contains(byte))
                && !looks_random(bare, 5)
    };
    words.clone().count() == 4 && words.into_iter().all(plain)
}
