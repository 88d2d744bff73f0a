//! Words that are a password where a sentence or a program speaks of one.

use std::sync::LazyLock;

use super::{
    login::is_thing, masks::is_harmless, prose::is_prose_word, values::is_blank, word_set::WordSet,
    wordlike::is_password_like,
};

/// What algorithms, formats and names of versions start with.
const TERMS: [&[u8]; 24] = [
    b"aes",
    b"sha",
    b"rsa",
    b"dsa",
    b"ecdsa",
    b"ed25519",
    b"md5",
    b"des",
    b"3des",
    b"blowfish",
    b"chacha",
    b"camellia",
    b"rc4",
    b"hmac",
    b"pbkdf",
    b"bcrypt",
    b"scrypt",
    b"argon",
    b"tls",
    b"ssl",
    b"oauth",
    b"base64",
    b"utf",
    b"pkcs",
];

/// What codes of errors, ids of users and names of threads and fields start with.
const CODES: [&[u8]; 16] = [
    b"aadsts",
    b"aadb2c",
    b"msis",
    b"http",
    b"jirauser",
    b"customfield",
    b"mysql",
    b"postgres",
    b"imap4",
    b"pop3",
    b"jdk",
    b"tomcat",
    b"exchange20",
    b"office365",
    b"ipv4",
    b"ipv6",
];

/// Whether a word starts as the names of algorithms, protocols and errors do.
pub(super) fn is_term(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    TERMS.iter().chain(&CODES).any(|term| lower.starts_with(term))
}

/// The same where nothing but a password can follow: it may have the signs that names of files and versions have, too.
pub(super) fn is_chosen(word: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| word.iter().filter(|byte| is(byte)).count();
    let (small, capitals, digits) =
        (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase), count(u8::is_ascii_digit));
    let signs = count(|byte| b"!#$%&*?^~+@".contains(byte));
    // `42.7.4`
    let version =
        word.windows(3).any(|three| three[0].is_ascii_digit() && three[1] == b'.' && three[2].is_ascii_digit());
    !is_term(word) && is_stated(word)
        || (6..=64).contains(&word.len())
            && small >= 2
            && digits > 0
            && (signs > 0 || capitals > 0 || digits > 1)
            && !is_term(word)
            && !version
            && !word.iter().any(|byte| is_blank(*byte) || b"/\\:=()[]{}<>|,;\"'`".contains(byte))
            && !is_harmless(word)
}

/// `Harbour98lights`: a word with a number, where a sign of equality joins it to a key that has other values, too.
pub(super) fn is_numbered_word(word: &[u8]) -> bool {
    word.len() >= 8
        && word.iter().filter(|byte| byte.is_ascii_digit()).count() > 1
        && is_stated(word)
        && !is_term(word)
        && !word.iter().any(|byte| is_blank(*byte))
}

/// `FJC392JAE`: capitals and digits, as people read them from a screen.
pub(super) fn is_capital_code(word: &[u8]) -> bool {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    (8..=12).contains(&word.len()) && digits > 1 && capitals > 1 && digits + capitals == word.len() && !is_term(word)
}

/// A word with letters and digits that is no name of an algorithm, a file or a version.
pub(super) fn is_stated(word: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| word.iter().filter(|byte| is(byte)).count();
    let (small, capitals, digits) =
        (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase), count(u8::is_ascii_digit));
    let lower = word.to_ascii_lowercase();
    let mixed = word.len() >= 6 && small >= 2 && (capitals > 0 && digits >= 1 || digits >= 2);
    let term = TERMS.iter().any(|term| lower.starts_with(term));
    (is_password_like(word) || mixed)
        && !term
        && !word.iter().any(|byte| b"./\\:=@-_".contains(byte))
        && !is_harmless(word)
}

/// What is said of passwords, and what follows the word `password` in names of things.
static SAID: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "correct right weak strong short long valid okay good same different mandatory optional case-sensitive \
        case-insensitive necessary unset absent present configured stale ready obsolete equal identical available \
        unavailable unusable legacy insecure secure safe unsafe visible accessible readable unreadable malformed \
        incomplete complete compromised policy policies grant hash hashes hashing file files field fields prompt \
        manager rotation sync synchronization expiry expiration complexity length history store stores storage vault \
        encoder encoding encryption rules rule requirements requirement recovery callback flow mode database reset \
        resets validation verification verifier validator length plaintext plain text string strings parameter \
        parameters param argument arguments header headers cookie input output json bytes variable environment follows \
        below above usual username value values attribute attributes property properties based less only dialog form \
        page link links change changes changed quality strength check checks cracking guessing spraying attempt \
        attempts combination pair pairs info information format type types lookup used again later first last before \
        after more less than into over under within without against during since until while because like such \
        stdin stdout optional special sensitive confidential correctly successfully manually automatically twice once \
        agent provider providers source sources filter filters settings setting update updates screen hint hints \
        management self-service expression template placeholder entry entries generator generation item name names \
        falsch richtig ungültig korrekt leer erforderlich gesperrt nötig notwendig bekannt unbekannt gültig sicher \
        incorrecte incorrect invalide expiré erroné vide requis obligatoire incorrecta inválida incorrecto vacía \
        requerida caducada errata scaduta corretta vuota obbligatoria onjuist verlopen zero maybe kept stored sent \
        written times days characters shown lost gone done known given taken made left broken wrongly mandated rotated"
            .split_ascii_whitespace(),
    )
});

/// Whether a word is said of passwords, or goes on after the word `password` in the name of something.
pub(super) fn is_said_of_passwords(word: &[u8]) -> bool {
    SAID.contains(word)
}

/// Whether a word of letters can be a password: nothing that is said of one.
pub(super) fn is_plain_secret(word: &[u8]) -> bool {
    // A number of so many digits is no port and no code.
    if (6..=16).contains(&word.len()) && word.iter().all(u8::is_ascii_digit) {
        return true;
    }
    let ends = |tails: &[&[u8]]| tails.iter().any(|tail| word.ends_with(tail));
    (5..=64).contains(&word.len())
        && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&*?^~+_-".contains(byte) || *byte >= 0x80)
        && word.iter().any(u8::is_ascii_lowercase)
        && !ends(&[b"ed", b"ing", b"able", b"ible", b"ation"])
        && !is_prose_word(word)
        && !SAID.contains(word)
        && !std::str::from_utf8(word).is_ok_and(is_thing)
        && !is_harmless(word)
}
