//! Labels after which an id may be shown.

use std::sync::LazyLock;

use super::super::word_set::WordSet;
pub(in super::super) use crate::extract::guid::is_guid;

/// Words before a GUID that support asks for; also every word that ends in `id`.
static ID_LABELS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "access id ids identifier guid uuid app application client tenant directory trace correlation request \
        key principal resource named object policy appid audience aud tid oid flow integration configuration \
        config node cluster activity issuer scope group"
            .split_whitespace(),
    )
});
/// Words before a checksum.
static HASH_LABELS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "serialnumber serial_number sha sha1 sha256 sha384 sha512 md5 fingerprint thumbprint serial number commit build revision \
        checksum etag x5t kid segment dsid"
            .split_whitespace(),
    )
});
/// Keys before a client id of any form.
static CLIENT_LABELS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new("client_id clientid client-id appid app_id consumer_key oauth_consumer_key azp".split_whitespace())
});
/// Path segments before an id.
const PATH_LABELS: [&[u8]; 12] = [
    b"flow",
    b"callback",
    b"config",
    b"configuration",
    b"client",
    b"applications",
    b"microsoftonline.com",
    b"microsoftonline.us",
    b"microsoftonline.cn",
    b"windows.net",
    b"partner.microsoftonline.cn",
    b"login.windows.net",
];

/// Whether an id of this text starts at `start` and is one that is shown.
pub(in super::super) fn is_shown(text: &[u8], start: usize, end: usize) -> bool {
    let value = &text[start..end];
    let before = &text[..start];
    let digits = text[end..].iter().take(8).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    if text[end + digits..].starts_with(b" - gsmtp")
        || is_exchange_server(value)
        || is_algorithm(value)
        || is_error_of_database(value)
    {
        return true;
    }
    // So few digits are no key: hash codes, segments, reference numbers. `MailItem@5c2e3f1a`, `$$EnhancerBySpringCGLIB$$5e8d3f0a`, `Lambda/0x…`
    if value.len() <= 8 && value.iter().all(u8::is_ascii_hexdigit) {
        return true;
    }
    // Tables and indexes of Active Objects: `AO_54307E_SLAAUDITLOG`.
    let name = if value.len() > 3 && value[..3].eq_ignore_ascii_case(b"ao_") { &value[3..] } else { value };
    let table =
        name.len() < value.len() || before.len() >= 3 && before[before.len() - 3..].eq_ignore_ascii_case(b"ao_");
    if table && name.len() <= 48 && name.len() >= 6 && name[..6].iter().all(u8::is_ascii_hexdigit) {
        return true;
    }
    // `16.55847:9A0E0000` of Exchange.
    if value.len() == 8
        && value.iter().all(u8::is_ascii_hexdigit)
        && before.strip_suffix(b":").is_some_and(|number| number.last().is_some_and(u8::is_ascii_digit))
    {
        return true;
    }
    // `2025-11-28T16:00:00.000Z 08DE2A00D4E0F3F7]`: the number of a connection of Exchange.
    let upper = value.len() == 16 && value.iter().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte));
    if upper && before.ends_with(b"Z ") && text.get(end) == Some(&b']') {
        return true;
    }
    let words = words_before(before);
    let last = words[0];
    let is = |word: &[u8], name: &[u8]| word.eq_ignore_ascii_case(name);
    let key = CLIENT_LABELS.contains(last)
        || is(last, b"id") && [&b"client"[..], b"consumer"].iter().any(|name| is(words[1], name));
    if key && value.len() <= 100 {
        return true;
    }
    let segment = || {
        before.strip_suffix(b"/").is_some_and(|path| {
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-_".contains(*byte);
            let len = path.iter().rev().take(40).take_while(part).count();
            PATH_LABELS.iter().any(|label| path[path.len() - len..].ends_with(label))
        })
    };
    if is_guid_or_mask(value) {
        // Microsoft's own resources.
        let fixed = value.ends_with(b"-0000-c000-000000000000")
            || value.ends_with(b"-ce00-000000000000")
            || value.starts_with(b"00000000-");
        let ends = |tail: &[u8]| last.len() >= tail.len() && is(&last[last.len() - tail.len()..], tail);
        let named = ends(b"_id") || ends(b"guid") || last.ends_with(b"Id") || last.ends_with(b"ID");
        return fixed || named || ID_LABELS.contains(last) || segment();
    }
    // `/plugins/servlet/oauth2/client/callback/7c1e9a04`
    if value.len() <= 16 && value.iter().all(u8::is_ascii_alphanumeric) && segment() {
        return true;
    }
    // Programs write all letters of one in the same case.
    let hash = value.iter().all(|byte| byte.is_ascii_hexdigit() || b"-:".contains(byte))
        && !(value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase));
    let labelled = |word: &[u8]| HASH_LABELS.contains(word);
    // AADSTS700027 names the certificate by it.
    let of_certificate = || before.ends_with(b"humbprint of key used by client: '");
    hash && value.len() >= 8 && (labelled(last) || labelled(words[1]) && last.len() <= 12 || of_certificate())
        || (27..=44).contains(&value.len())
            && labelled(last)
            && !is(last, b"number")
            && !is(last, b"build")
            && is_assigned(before)
}

/// Whether a sign assigns what follows to the word before: `kid=`, `"x5t": "`, `SHA256:`, `sha256-`. In base64, a checksum looks like a
/// secret: a word alone does not tell which it is.
fn is_assigned(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).any(|byte| b"=:-".contains(byte))
}

/// `PBKDF2WithHmacSHA256`: an algorithm, as Java names it, of nothing but such names.
fn is_algorithm(value: &[u8]) -> bool {
    const PARTS: [&[u8]; 24] = [
        b"PBKDF2", b"PBEWith", b"PBE", b"With", b"with", b"And", b"and", b"Hmac", b"HMAC", b"SHA3", b"SHA", b"MD5",
        b"ECDSA", b"RSA", b"DSA", b"EC", b"AES", b"DESede", b"DES", b"CBC", b"GCM", b"SSA", b"PSS", b"MGF1",
    ];
    let mut rest = value;
    let mut parts = 0;
    while let Some(part) = PARTS.iter().find_map(|part| rest.strip_prefix(*part)) {
        let digits = part.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        rest =
            part[digits..].strip_prefix(b"-").or_else(|| part[digits..].strip_prefix(b"_")).unwrap_or(&part[digits..]);
        parts += 1;
    }
    rest.is_empty() && parts > 1
}

/// `SQL30082N` of Db2; `X509v3` is a word of certificates.
fn is_error_of_database(value: &[u8]) -> bool {
    let digits = |value: &[u8]| (4..=5).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let number = value.strip_prefix(b"SQL").and_then(<[u8]>::split_last);
    value == b"X509v3" || number.is_some_and(|(kind, number)| b"NWC".contains(kind) && digits(number))
}

/// `AM0PR04CA0012`: a server of Exchange Online, as its headers name it.
fn is_exchange_server(value: &[u8]) -> bool {
    let shape = |pattern: &[u8]| {
        value.len() == pattern.len()
            && value.iter().zip(pattern).all(|(byte, sign)| match sign {
                b'A' => byte.is_ascii_uppercase(),
                b'0' => byte.is_ascii_digit(),
                _ => byte == sign,
            })
    };
    [&b"AA0PR00AA0000"[..], b"AAAPR00AA0000", b"AA0P000AA0000", b"AAAP000AA0000"].iter().any(|pattern| shape(pattern))
}

pub(super) fn is_guid_or_mask(value: &[u8]) -> bool {
    is_guid(value) || is_masked_guid(value)
}

/// `xxxxxxxx-1b2d-…`
fn is_masked_guid(value: &[u8]) -> bool {
    value.iter().filter(|byte| **byte == b'-').count() == 4
        && value.iter().all(|byte| byte.is_ascii_hexdigit() || b"-xX*#".contains(byte))
        && (32..=38).contains(&value.len())
}

/// The last two words before a value, the nearest first; signs between do not count.
fn words_before(before: &[u8]) -> [&[u8]; 2] {
    let mut words: [&[u8]; 2] = [b"", b""];
    let mut end = before.len();
    for word in &mut words {
        let signs =
            before[..end].iter().rev().take(8).take_while(|byte| b" \t\"'`=:([{<>\\-_/#,".contains(byte)).count();
        end -= signs;
        let len = before[..end]
            .iter()
            .rev()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        *word = &before[end - len..end];
        end -= len;
    }
    // `Your tenant ID is: …`
    if [&b"is"[..], b"was", b"ist"].contains(&words[0]) { [words[1], b""] } else { words }
}
