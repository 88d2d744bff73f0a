//! Labels after which an id may be shown.

pub(in super::super) use crate::extract::guid::is_guid;

/// Words before a GUID that support asks for; also every word that ends in `id`.
const ID_LABELS: [&[u8]; 35] = [
    b"access",
    b"id",
    b"ids",
    b"identifier",
    b"guid",
    b"uuid",
    b"app",
    b"application",
    b"client",
    b"tenant",
    b"directory",
    b"trace",
    b"correlation",
    b"request",
    b"key",
    b"principal",
    b"resource",
    b"named",
    b"object",
    b"policy",
    b"appid",
    b"audience",
    b"aud",
    b"tid",
    b"oid",
    b"flow",
    b"integration",
    b"configuration",
    b"config",
    b"node",
    b"cluster",
    b"activity",
    b"issuer",
    b"scope",
    b"group",
];
/// Words before a checksum.
const HASH_LABELS: [&[u8]; 18] = [
    b"sha",
    b"sha1",
    b"sha256",
    b"sha384",
    b"sha512",
    b"md5",
    b"fingerprint",
    b"thumbprint",
    b"serial",
    b"number",
    b"commit",
    b"build",
    b"revision",
    b"checksum",
    b"etag",
    b"x5t",
    b"segment",
    b"dsid",
];
/// Keys before a client id of any form.
const CLIENT_LABELS: [&[u8]; 8] =
    [b"client_id", b"clientid", b"client-id", b"appid", b"app_id", b"consumer_key", b"oauth_consumer_key", b"azp"];
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
    if text[end..].starts_with(b" - gsmtp") {
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
    let last = words[0].to_ascii_lowercase();
    let key = [
        CLIENT_LABELS.contains(&&last[..]),
        last == b"id" && [&b"client"[..], b"consumer"].contains(&&words[1].to_ascii_lowercase()[..]),
    ];
    if key.contains(&true) && value.len() <= 100 {
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
        let named =
            last.ends_with(b"_id") || last.ends_with(b"guid") || words[0].ends_with(b"Id") || words[0].ends_with(b"ID");
        return fixed || named || ID_LABELS.contains(&&last[..]) || segment();
    }
    // `/plugins/servlet/oauth2/client/callback/7c1e9a04`
    if value.len() <= 16 && value.iter().all(u8::is_ascii_alphanumeric) && segment() {
        return true;
    }
    let hash = value.iter().all(|byte| byte.is_ascii_hexdigit() || b"-:".contains(byte));
    let labelled = |word: &[u8]| HASH_LABELS.iter().any(|label| word.eq_ignore_ascii_case(label));
    hash && value.len() >= 8 && (labelled(words[0]) || labelled(words[1]) && words[0].len() <= 12)
        || value.len() <= 44 && value.len() >= 27 && labelled(words[0]) && last != b"number" && last != b"build"
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
