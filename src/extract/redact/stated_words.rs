//! Words that are a password where a sentence or a program speaks of one.

use super::{values::is_harmless, wordlike::is_password_like};

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
