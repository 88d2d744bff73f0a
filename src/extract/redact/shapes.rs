//! Secrets that are known by their own shape: tokens of vendors, keys, user info of URLs.

use std::sync::LazyLock;

use memchr::memmem;

use super::{
    base64,
    reader::Place,
    secrets::SecretKind,
    values::{is_blank, skip, wrapped_end},
    wordlike::looks_random,
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
        }
    }
}

/// A lead, how many bytes follow it at least, of which letters, and what it is.
struct Shape(&'static str, usize, Alphabet, SecretKind);

/// By first letter and then as listed. Sources: the vendors' pages on token formats and secret scanning.
const SHAPES: &[Shape] = &[
    Shape("0.A", 16, Alphabet::Dotted, SecretKind::Token),
    Shape("1.A", 16, Alphabet::Dotted, SecretKind::Token),
    Shape("1//0", 8, Alphabet::Word, SecretKind::Token),
    Shape("4/0A", 8, Alphabet::Word, SecretKind::Code),
    Shape("4/1A", 8, Alphabet::Word, SecretKind::Code),
    Shape("AAAA", 60, Alphabet::Base64, SecretKind::Secret),
    Shape("AAAB", 40, Alphabet::Base64, SecretKind::Secret),
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
    Shape("GOCSPX-", 6, Alphabet::Word, SecretKind::ClientSecret),
    Shape("M.C", 12, Alphabet::Wide, SecretKind::Code),
    Shape("M.R", 12, Alphabet::Wide, SecretKind::Code),
    Shape("OAQAB", 24, Alphabet::Word, SecretKind::Code),
    Shape("SEN-", 4, Alphabet::Word, SecretKind::Secret),
    Shape("SG.", 20, Alphabet::Dotted, SecretKind::Secret),
    Shape("SK", 32, Alphabet::Hex, SecretKind::Secret),
    Shape("dXNlcj", 8, Alphabet::Base64, SecretKind::Credentials),
    Shape("dapi", 32, Alphabet::Hex, SecretKind::Token),
    Shape("dckr_pat_", 10, Alphabet::Word, SecretKind::Token),
    Shape("dop_v1_", 32, Alphabet::Hex, SecretKind::Token),
    Shape("ghp_", 16, Alphabet::Word, SecretKind::Token),
    Shape("gho_", 16, Alphabet::Word, SecretKind::Token),
    Shape("ghr_", 16, Alphabet::Word, SecretKind::Token),
    Shape("ghs_", 16, Alphabet::Word, SecretKind::Token),
    Shape("ghu_", 16, Alphabet::Word, SecretKind::Token),
    Shape("github_pat_", 16, Alphabet::Word, SecretKind::Token),
    Shape("glcbt-", 8, Alphabet::Dotted, SecretKind::Token),
    Shape("gldt-", 8, Alphabet::Dotted, SecretKind::Token),
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
    Shape("pypi-", 16, Alphabet::Word, SecretKind::Token),
    Shape("rk_live_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("rk_test_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("shpat_", 16, Alphabet::Hex, SecretKind::Token),
    Shape("sk-", 20, Alphabet::Word, SecretKind::Secret),
    Shape("sk_live_", 8, Alphabet::Word, SecretKind::Secret),
    Shape("sk_test_", 8, Alphabet::Word, SecretKind::Secret),
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

/// Paths after which a URL is a secret by itself, to its end.
const SECRET_PATHS: [&[u8]; 6] = [
    b"webhook.office.com/",
    b"/webhookb2/",
    b"hooks.slack.com/",
    b"/api/webhooks/",
    b"hooks.zapier.com/",
    b"/webhook/",
];

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    tokens(text, found);
    url_secrets(text, found);
    blocks(text, found);
    hex_dump(text, found);
}

fn tokens(text: &[u8], found: &mut Vec<Place>) {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+/=.~!*$".contains(&byte);
    let mut at = 0;
    while at < text.len() {
        if !token(text[at]) {
            at += 1;
            continue;
        }
        let end = skip(text, at, usize::MAX, token);
        if end - at >= 8 {
            one_token(text, at, end, found);
        }
        at = end;
    }
}

fn one_token(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
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
    let bare = &text[start..end];
    if end - start >= 16 && base64::holds_secret(bare) {
        found.push(Place::secret(start, end, SecretKind::Credentials));
    }
    // Keys of Azure storage: 64 bytes.
    if end - start >= 86 && bare.ends_with(b"==") && !bare.contains(&b'.') {
        let from = bare
            .iter()
            .rposition(|byte| !byte.is_ascii_alphanumeric() && !b"+/=".contains(byte))
            .map_or(0, |at| at + 1);
        found.push(Place::secret(start + from, end, SecretKind::Secret));
    }
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

/// `://user:password@host`, also with `@` and `/` in the password; `thin:user/password@`; webhooks.
fn url_secrets(text: &[u8], found: &mut Vec<Place>) {
    for at in memmem::find_iter(text, b"://") {
        let start = at + 3;
        let end = skip(text, start, 1024, |byte| !is_blank(byte) && !b"\"'<>".contains(&byte));
        let url = &text[start..end];
        let slash = memchr::memchr3(b'/', b'?', b'#', url).unwrap_or(url.len());
        let authority = &url[..slash];
        let colon = memchr::memchr(b':', authority);
        let port = colon
            .is_none_or(|colon| authority[colon + 1..].iter().all(u8::is_ascii_digit) && authority.len() > colon + 1);
        let stop = match memchr::memrchr(b'@', authority) {
            Some(stop) => Some(stop),
            // A slash in the password.
            None if !port => memchr::memrchr(b'@', url),
            None => None,
        };
        if let Some(stop) = stop {
            match colon.filter(|colon| *colon < stop) {
                Some(colon) if !super::keyed::is_harmless(&url[colon + 1..stop]) => {
                    found.push(Place::secret(start + colon + 1, start + stop, SecretKind::Password));
                }
                None if looks_random(&url[..stop], 12) => {
                    found.push(Place::secret(start, start + stop, SecretKind::Credentials));
                }
                _ => {}
            }
        }
        for path in SECRET_PATHS {
            if let Some(i) = memmem::find(url, path) {
                let from = start + i + path.len();
                if looks_random(&text[from..end], 12) {
                    found.push(Place::secret(from, end, SecretKind::Secret));
                    break;
                }
            }
        }
    }
    for at in memmem::find_iter(text, b":thin:").chain(memmem::find_iter(text, b":oci:")) {
        let start = skip(text, at + 1, 8, |byte| byte != b':') + 1;
        let end = skip(text, start.min(text.len()), 256, |byte| !is_blank(byte) && !b"\"'<>".contains(&byte));
        let user = skip(text, start.min(end), 64, |byte| byte != b'/' && byte != b'@').min(end);
        if text.get(user) == Some(&b'/')
            && let Some(stop) = memchr::memrchr(b'@', &text[user..end])
            && stop > 1
        {
            found.push(Place::secret(user + 1, user + stop, SecretKind::Password));
        }
    }
}

/// Private keys: from their first line to their last, or bare lines of base64.
fn blocks(text: &[u8], found: &mut Vec<Place>) {
    let mut from = 0;
    while let Some(at) = memmem::find(&text[from..], b"-----BEGIN ") {
        let at = from + at;
        let line = skip(text, at, 80, |byte| byte != b'\n');
        if memmem::find(&text[at..line], b"PRIVATE KEY").is_none() {
            from = at + 11;
            continue;
        }
        let end = memmem::find(&text[at..], b"-----END ").map_or(text.len(), |end| {
            let end = at + end + 9;
            memmem::find(&text[end..text.len().min(end + 64)], b"-----").map_or(end, |dashes| end + dashes + 5)
        });
        found.push(Place::secret(at, end, SecretKind::PrivateKey));
        from = end;
    }
    if memchr::memchr(b'\n', text).is_none() {
        return;
    }
    // A key whose first line is elsewhere: two lines or more of base64 as long as each other.
    let (mut block, mut last, mut at) = (None, 0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let body = line.trim_ascii();
        let is_body = (40..=76).contains(&body.len())
            && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
            && looks_random(body, 40);
        match block {
            Some((_, lines)) if is_body && body.len() <= last => block = block.map(|(start, _)| (start, lines + 1)),
            _ => {
                if let Some((start, lines)) = block.take()
                    && lines >= 2
                {
                    // The last line of a key is shorter.
                    let tail = body.len() < last
                        && body.len() >= 4
                        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
                    found.push(Place::secret(
                        start,
                        if tail { at + body.len() } else { at - 1 },
                        SecretKind::PrivateKey,
                    ));
                }
                block = is_body.then_some((at, 1));
            }
        }
        last = body.len();
        at += line.len();
    }
    if let Some((start, lines)) = block
        && lines >= 2
    {
        found.push(Place::secret(start, text.len(), SecretKind::PrivateKey));
    }
}

/// `63 6c 69 65 6e 74 …`: text as pairs of hexadecimal digits, with the text beside it.
fn hex_dump(text: &[u8], found: &mut Vec<Place>) {
    let pair = |at: usize| {
        text.get(at..at + 3).is_some_and(|three| {
            three[0].is_ascii_hexdigit() && three[1].is_ascii_hexdigit() && (three[2] == b' ' || three[2] == b'\n')
        })
    };
    let mut at = 0;
    while let Some(blank) = memchr::memchr(b' ', &text[at..]) {
        let mut from = at + blank;
        at = from + 1;
        if !pair(at) {
            continue;
        }
        from += 1;
        let mut bytes = Vec::new();
        while pair(at) || text.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)) {
            let digits = std::str::from_utf8(&text[at..at + 2]).unwrap_or_default();
            bytes.push(u8::from_str_radix(digits, 16).unwrap_or_default());
            at += 2;
            at = skip(text, at, 2, |byte| byte == b' ');
            if text.get(at).is_none_or(|byte| *byte == b'\n') {
                break;
            }
        }
        let printable =
            bytes.iter().filter(|byte| (0x20..0x7f).contains(*byte) || b"\r\n\t\0\x01".contains(byte)).count();
        if bytes.len() >= 6 && printable * 5 >= bytes.len() * 4 {
            let line = skip(text, at, 80, |byte| byte != b'\n');
            found.push(Place::secret(from, line, SecretKind::Secret));
            at = line;
        }
        at = at.min(text.len());
    }
}
