//! Words that are a password where a sentence or a program speaks of one.

use super::{masks::is_harmless, values::is_blank, wordlike::is_password_like};

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
