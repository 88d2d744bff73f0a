//! Settings about passwords that are on or off: `requirePassword=false`.

/// Words for on and off.
const STATES: [&[u8]; 12] = [
    b"true",
    b"false",
    b"yes",
    b"no",
    b"on",
    b"off",
    b"enabled",
    b"disabled",
    b"always",
    b"never",
    b"optional",
    b"required",
];
/// What a key of such a setting starts with, before the word for a password.
const VERBS: [&str; 40] = [
    "require",
    "required",
    "requires",
    "has",
    "have",
    "is",
    "store",
    "stored",
    "save",
    "saved",
    "use",
    "uses",
    "used",
    "using",
    "forgot",
    "forgotten",
    "remember",
    "reset",
    "change",
    "changed",
    "show",
    "hide",
    "allow",
    "allows",
    "need",
    "needs",
    "with",
    "without",
    "no",
    "ask",
    "prompt",
    "send",
    "check",
    "verify",
    "validate",
    "enable",
    "disable",
    "skip",
    "can",
    "must",
];

/// Whether a value is on or off and its key asks for that: `hasPassword=true`, `mail.password.stored=yes`.
pub(super) fn is_switch(text: &[u8], start: usize, value: &[u8]) -> bool {
    // `(using password: YES)` of MySQL
    let said = [&b"YES"[..], b"NO"].contains(&value) && text[..start].ends_with(b"(using password: ");
    if said {
        return true;
    }
    if !STATES.iter().any(|state| value.eq_ignore_ascii_case(state)) {
        return false;
    }
    let before = &text[..start];
    let signs = before.iter().rev().take(8).take_while(|byte| b"\\\"' :=".contains(byte)).count();
    let before = &before[..before.len() - signs];
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-".contains(*byte);
    let key = &before[before.len() - before.iter().rev().take(64).take_while(part).count()..];
    words(key).any(|word| VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb.as_bytes())))
}

/// The words of a key: `require`, `Password`.
fn words(key: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while key.get(at).is_some_and(|byte| !byte.is_ascii_alphanumeric()) {
            at += 1;
        }
        let start = at;
        while key
            .get(at)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() && (at == start || !byte.is_ascii_uppercase()))
        {
            at += 1;
        }
        (at > start).then(|| &key[start..at])
    })
}
