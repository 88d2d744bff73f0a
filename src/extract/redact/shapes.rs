//! Secrets that are known by their own shape: tokens of vendors and keys.

use std::sync::LazyLock;

use super::{
    keys::Needs,
    place::Place,
    random_keys,
    secrets::SecretKind,
    values::{is_blank, skip, wrapped_end},
};

/// Which bytes go on after the lead of a shape.
#[derive(Clone, Copy)]
enum Alphabet {
    /// Letters, digits, `_`, `-`.
    Word,
    /// The same and `.`.
    Dotted,
    /// The same and `+ / =`.
    Base64,
    /// All that tokens of Microsoft accounts have.
    Wide,
    Upper,
    Hex,
    /// Hashes of passwords.
    Crypt,
    /// Hashes of Kerberos tickets.
    Ticket,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Word => byte.is_ascii_alphanumeric() || b"_-".contains(&byte),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
            Self::Base64 => byte.is_ascii_alphanumeric() || b"_-+/=".contains(&byte),
            Self::Wide => byte.is_ascii_alphanumeric() || b"_.!*$-".contains(&byte),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Ticket => byte.is_ascii_alphanumeric() || b"./$=,+-_*:@".contains(&byte),
            Self::Crypt => byte.is_ascii_alphanumeric() || b"./$=,+-_".contains(&byte),
        }
    }
}

/// A lead, how many bytes follow it at least, of which letters, and what it is.
struct Shape(&'static str, usize, Alphabet, SecretKind);

/// By first letter and then as listed. Sources: the vendors' pages on token formats and secret scanning.
const SHAPES: &[Shape] = &[
    Shape("$1$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$2a$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$2b$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$2y$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$5$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$krb5", 40, Alphabet::Ticket, SecretKind::Credentials),
    Shape("$6$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$apr1$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$argon2", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("$y$", 20, Alphabet::Crypt, SecretKind::Password),
    Shape("0.A", 16, Alphabet::Dotted, SecretKind::Token),
    Shape("1.A", 16, Alphabet::Dotted, SecretKind::Token),
    Shape("1//0", 8, Alphabet::Word, SecretKind::Token),
    Shape("4/0A", 8, Alphabet::Word, SecretKind::Code),
    Shape("4/1A", 8, Alphabet::Word, SecretKind::Code),
    Shape("AAAA", 60, Alphabet::Base64, SecretKind::Secret),
    Shape("AAAB", 40, Alphabet::Base64, SecretKind::Secret),
    Shape("AGE-SECRET-KEY-1", 30, Alphabet::Upper, SecretKind::Secret),
    Shape("AIza", 30, Alphabet::Word, SecretKind::Secret),
    Shape("AKIA", 16, Alphabet::Upper, SecretKind::Secret),
    Shape("AQAB", 24, Alphabet::Word, SecretKind::Code),
    Shape("ASIA", 16, Alphabet::Upper, SecretKind::Secret),
    Shape("ATATT3", 8, Alphabet::Base64, SecretKind::Token),
    Shape("ATBB", 20, Alphabet::Word, SecretKind::Token),
    Shape("ATCTT3", 8, Alphabet::Base64, SecretKind::Token),
    Shape("ATOA", 20, Alphabet::Base64, SecretKind::Token),
    Shape("ATSTT", 20, Alphabet::Base64, SecretKind::Token),
    Shape("BBDC-", 16, Alphabet::Base64, SecretKind::Token),
    Shape("CCIPAT_", 16, Alphabet::Word, SecretKind::Token),
    Shape("GOCSPX-", 6, Alphabet::Word, SecretKind::ClientSecret),
    Shape("GOOG1E", 40, Alphabet::Upper, SecretKind::Secret),
    Shape("M.C", 12, Alphabet::Wide, SecretKind::Code),
    Shape("M.R", 12, Alphabet::Wide, SecretKind::Code),
    Shape("NRAK-", 20, Alphabet::Upper, SecretKind::Secret),
    Shape("OAQAB", 24, Alphabet::Word, SecretKind::Code),
    Shape("PMAK-", 20, Alphabet::Word, SecretKind::Secret),
    Shape("SEN-", 4, Alphabet::Word, SecretKind::Secret),
    Shape("SG.", 20, Alphabet::Dotted, SecretKind::Secret),
    Shape("SK", 32, Alphabet::Hex, SecretKind::Secret),
    Shape("dXNlcj", 8, Alphabet::Base64, SecretKind::Credentials),
    Shape("dapi", 32, Alphabet::Hex, SecretKind::Token),
    Shape("dckr_pat_", 10, Alphabet::Word, SecretKind::Token),
    Shape("dop_v1_", 32, Alphabet::Hex, SecretKind::Token),
    Shape("dt0c01.", 20, Alphabet::Dotted, SecretKind::Token),
    Shape("dt0s0", 20, Alphabet::Dotted, SecretKind::Token),
    Shape("ghp_", 16, Alphabet::Word, SecretKind::Token),
    Shape("gho_", 16, Alphabet::Word, SecretKind::Token),
    Shape("ghr_", 16, Alphabet::Word, SecretKind::Token),
    Shape("ghs_", 16, Alphabet::Word, SecretKind::Token),
    Shape("ghu_", 16, Alphabet::Word, SecretKind::Token),
    Shape("github_pat_", 16, Alphabet::Word, SecretKind::Token),
    Shape("glcbt-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("gldt-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("gloas-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("glpat-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("glptt-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("glrt-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("glsoat-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("hf_", 30, Alphabet::Word, SecretKind::Token),
    Shape("hvb.", 20, Alphabet::Dotted, SecretKind::Token),
    Shape("hvs.", 20, Alphabet::Dotted, SecretKind::Token),
    Shape("key-", 32, Alphabet::Hex, SecretKind::Secret),
    Shape("npm_", 20, Alphabet::Word, SecretKind::Token),
    Shape("pk_live_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("pul-", 32, Alphabet::Hex, SecretKind::Token),
    Shape("pypi-", 16, Alphabet::Word, SecretKind::Token),
    Shape("rk_live_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("rk_test_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("rubygems_", 32, Alphabet::Hex, SecretKind::Token),
    Shape("shpat_", 16, Alphabet::Hex, SecretKind::Token),
    Shape("sk-", 20, Alphabet::Word, SecretKind::Secret),
    Shape("sk_live_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("sk_test_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("sqa_", 32, Alphabet::Hex, SecretKind::Token),
    Shape("sqp_", 32, Alphabet::Hex, SecretKind::Token),
    Shape("squ_", 32, Alphabet::Hex, SecretKind::Token),
    Shape("sq0atp-", 16, Alphabet::Word, SecretKind::Token),
    Shape("sq0csp-", 16, Alphabet::Word, SecretKind::Secret),
    Shape("whsec_", 8, Alphabet::Base64, SecretKind::Secret),
    Shape("xapp-", 8, Alphabet::Word, SecretKind::Token),
    Shape("xoxa-", 8, Alphabet::Word, SecretKind::Token),
    Shape("xoxb-", 8, Alphabet::Word, SecretKind::Token),
    Shape("xoxe.", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("xoxe-", 8, Alphabet::Word, SecretKind::Token),
    Shape("xoxp-", 8, Alphabet::Word, SecretKind::Token),
    Shape("xoxr-", 8, Alphabet::Word, SecretKind::Token),
    Shape("xoxs-", 8, Alphabet::Word, SecretKind::Token),
    Shape("ya29.", 8, Alphabet::Dotted, SecretKind::Token),
];

/// Leads that are also starts of words: a digit must follow somewhere.
const NEED_DIGIT: [&str; 15] = [
    "0.A", "1.A", "sk-", "AAAA", "AAAB", "ATBB", "ATOA", "ATSTT", "SG.", "hvs.", "hvb.", "hf_", "pypi-", "BBDC-",
    "AQAB",
];

/// Where the shapes of each first byte are.
static BY_FIRST: LazyLock<[Vec<&'static Shape>; 128]> = LazyLock::new(|| {
    let mut table = [const { Vec::new() }; 128];
    for shape in SHAPES {
        table[usize::from(shape.0.as_bytes()[0])].push(shape);
    }
    table
});

/// Shorter tokens are not looked at by their shape.
const MIN_TOKEN_BYTES: usize = 8;
/// The start of a number in groups.
const MIN_NUMBER_BYTES: usize = 4;
/// Shorter tokens without a digit, `~` or a lead of a shape are words.
const MIN_PLAIN_TOKEN_BYTES: usize = 16;

/// Bytes of a token (1), which of them tell that it may be a secret: digits and the `~` of Entra ID (2), and dots (4).
const TOKEN_BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        if c.is_ascii_digit() || c == b'~' {
            table[byte] = 3;
        } else if c == b'.' {
            table[byte] = 5;
        } else if c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b'!' | b'*' | b'$')
        {
            table[byte] = 1;
        }
        byte += 1;
    }
    table
};

/// Each token that may be a secret by its shape.
pub(super) fn each_token(text: &[u8], needs: Needs, mut each: impl FnMut(usize, usize)) {
    each_token_and_number(text, needs, |start, end, long| {
        if long {
            each(start, end);
        }
    });
}

/// The same, and each that has a digit: the flag says that it may be a secret.
pub(super) fn each_token_and_number(text: &[u8], needs: Needs, mut each: impl FnMut(usize, usize, bool)) {
    let mut at = 0;
    while at < text.len() {
        let (start, mut seen) = (at, 0);
        let mut part = |byte: &u8| {
            let kind = TOKEN_BYTES[usize::from(*byte)];
            seen |= kind;
            kind != 0
        };
        let len = text[start..].iter().position(|byte| !part(byte)).unwrap_or(text.len() - start);
        at += len;
        let plain = len >= MIN_PLAIN_TOKEN_BYTES && seen & 4 == 0;
        let long = len >= MIN_TOKEN_BYTES && (seen & 2 != 0 || needs.has(Needs::SHAPE) || plain);
        if long || seen & 2 != 0 && len >= MIN_NUMBER_BYTES {
            each(start, at, long);
        }
        at += 1;
    }
}

/// Finds the shapes in one token.
pub(super) fn token(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let table = &*BY_FIRST;
    let (mut at, mut digit) = (start, false);
    while at < end {
        let byte = text[at];
        digit |= byte.is_ascii_digit();
        let begins = at == start || !text[at - 1].is_ascii_alphanumeric() || at == start + 1;
        if begins && byte < 128 {
            if text[at..end].starts_with(b"eyJ") {
                if let Some(stop) = web_token(text, at) {
                    found.push(Place::secret(at, stop, SecretKind::Token));
                    at = stop.max(at + 1);
                    continue;
                }
            } else if text[at..end].starts_with(b"Ew") && end - at > 40 && text[at + 2].is_ascii_uppercase() {
                let stop = skip(text, at, usize::MAX, |byte| Alphabet::Base64.has(byte));
                if stop - at > 44 && text[at..stop].iter().any(u8::is_ascii_digit) {
                    found.push(Place::secret(at, wrapped_end(text, at, stop), SecretKind::Token));
                    at = stop;
                    continue;
                }
            }
            let matching = table[usize::from(byte)].iter().find_map(|shape| {
                let lead = shape.0.as_bytes();
                if !text[at..end].starts_with(lead)
                    || digit && lead[0].is_ascii_digit() && at > start && text[at - 1].is_ascii_digit()
                {
                    return None;
                }
                let stop = skip(text, at + lead.len(), usize::MAX, |byte| shape.2.has(byte));
                let value = &text[at + lead.len()..stop];
                // `1.AuthenticationFailedException` is a line of a list, `sk-` starts words too.
                let random = !NEED_DIGIT.contains(&shape.0) || value.iter().any(u8::is_ascii_digit);
                let account = lead[0] != b'M' || value.first().is_some_and(u8::is_ascii_digit);
                let license = lead != b"SEN-" || value.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4;
                (value.len() >= shape.1 && random && account && license).then_some((stop, shape.3))
            });
            if let Some((stop, kind)) = matching {
                found.push(Place::secret(at, wrapped_end(text, at, stop), kind));
                at = stop;
                continue;
            }
        }
        // Client secrets of Entra ID: three characters, a digit, `Q~`.
        if byte == b'~' && at >= start + 4 && text[at - 1] == b'Q' && text[at - 2].is_ascii_digit() && end - at > 4 {
            let value = |byte: u8| byte.is_ascii_alphanumeric() || b"_.~-".contains(&byte);
            let lead = text[start..at].iter().rev().take_while(|byte| value(**byte)).count();
            let stop = skip(text, at, usize::MAX, value);
            // A key before it, `secret=`, does not belong to it: five characters do.
            found.push(Place::secret(at - lead.min(5), stop, SecretKind::ClientSecret));
            at = stop;
            continue;
        }
        at += 1;
    }
    random_keys::random_keys(text, start, end, found);
    if end - start == 32 && is_hash_of_account(text, start, end) {
        found.push(Place::secret(start, end, SecretKind::Password));
    }
    let bare = &text[start..end];
    // Keys of Azure storage: 64 bytes.
    if end - start >= 86 && bare.ends_with(b"==") && !bare.contains(&b'.') {
        let from = bare
            .iter()
            .rposition(|byte| !byte.is_ascii_alphanumeric() && !b"+/=".contains(byte))
            .map_or(0, |at| at + 1);
        found.push(Place::secret(start + from, end, SecretKind::Secret));
    }
}

/// `ann:Private Area:5e88…` of `htdigest`, `ann:1001:aad3…:31d6…:::` of Windows and Samba.
fn is_hash_of_account(text: &[u8], start: usize, end: usize) -> bool {
    let is_hash = |field: &[u8]| field.len() == 32 && field.iter().all(u8::is_ascii_hexdigit);
    let Some(before) = text[..start].strip_suffix(b":") else { return false };
    if !is_hash(&text[start..end]) {
        return false;
    }
    let field = |text: &[u8], more: &[u8]| {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._@-".contains(byte) || more.contains(byte);
        text.len() - text.iter().rev().take(64).take_while(part).count()
    };
    let realm = field(before, b" ");
    let beside = text.get(end) == Some(&b':') && text.get(end + 1..end + 33).is_some_and(is_hash);
    if beside || is_hash(&before[realm..]) {
        return true;
    }
    let Some(user) = before[..realm].strip_suffix(b":") else { return false };
    let from = field(user, b"");
    let edge = from.checked_sub(1).is_none_or(|at| is_blank(user[at]) || b"\"'=(".contains(&user[at]));
    edge && user.len() - from >= 2
        && before.len() > realm
        && user[from..]
            .iter()
            .chain(&before[realm..])
            .any(|byte| byte.is_ascii_lowercase() && !byte.is_ascii_hexdigit())
        && text.get(end).is_none_or(|byte| is_blank(*byte) || b"\"'\\<&".contains(byte))
}

/// A JSON web token, perhaps cut, perhaps broken into lines.
fn web_token(text: &[u8], at: usize) -> Option<usize> {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let head = skip(text, at, usize::MAX, part);
    if head - at < 9 {
        return None;
    }
    // A token that was cut within its head is known by the head's usual first keys; other base64 of JSON, such as a
    // claims challenge, is no secret.
    let usual = [&b"hbGci"[..], b"0eXAi", b"raWQi", b"4NXQi", b"ub25j", b"lbmMi", b"jdHki", b"6aXAi"];
    if text.get(head) != Some(&b'.') && !usual.iter().any(|key| text[at + 3..].starts_with(key)) {
        return None;
    }
    let mut end = head;
    loop {
        let stop = skip(text, end, usize::MAX, |byte| part(byte) || byte == b'.');
        let wrapped = wrapped_end(text, at, stop);
        if wrapped == end {
            break;
        }
        end = wrapped;
    }
    // The full stop of a sentence.
    if end > head && text[end - 1] == b'.' && text[at..end].iter().filter(|byte| **byte == b'.').count() == 1 {
        return Some(end);
    }
    Some(end)
}
