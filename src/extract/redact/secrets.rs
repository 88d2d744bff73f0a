//! Finds secrets, by their own shape or by the key before them.
//!
//! Shapes are those that the providers use (client secrets of Entra ID, Google's prefixes, JSON Web Tokens,
//! refresh tokens, SASL strings in JavaMail's debug output); keys are those of forms, JSON, XML and
//! configuration. Whatever is not known to be harmless is removed.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::prefilter::{ends_value, may_hold_secret};

/// Secrets by shape or by the key before them. The group that matched gives the kind.
static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        // Bytes, not Unicode: every end of a match is an ASCII byte or its neighbour, so no character
        // is ever cut, and the expression compiles twenty times faster.
        r"(?x-u)",
        // By shape. A token that was cut off within its header is recognised by the usual first keys of the
        // header; other JSON in base64, such as a claims challenge, is not a secret.
        r"(?P<jwt> \beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)* | \beyJ(?:hbGci|0eXAi|raWQi|4NXQi|ub25j|lbmMi|jdHki|6aXAi)[A-Za-z0-9_-]*)",
        r"|(?P<client_secret> [A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{4,} | \bGOCSPX-[A-Za-z0-9_-]{6,})",
        r"|(?P<dotted> \b[01]\.A[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)*)",
        r"|(?P<token> \bM\.[CR][0-9]+_[A-Za-z0-9_.!*$-]{8,} | \b1//0[A-Za-z0-9_-]{8,} | \bya29\.[A-Za-z0-9_.-]{8,} | \bdXNlcj[A-Za-z0-9+/=_-]{8,} | \bO?AQAB[A-Za-z0-9_-]{24,} | \bEw[A-Z][A-Za-z0-9][A-Za-z0-9+/=]{40,} | \bAIza[A-Za-z0-9_-]{30,})",
        r"|(?P<code> \b4/[0-9]A[A-Za-z0-9_-]{8,})",
        r"|(?P<pem> -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----(?s:.*?)(?:-----END\ [A-Z\ ]*PRIVATE\ KEY-----|\z))",
        r"|(?: ://[^\s/:@]+:(?P<userinfo> [^\s/@]+)@)",
        // By the key before it.
        r#"|(?i:\b(?:bearer|basic|negotiate|ntlm|xoauth2|oauthbearer|cram-md5|(?:auth|authenticate)\s+(?:plain|login))(?P<sasl> [\s:+]+["']?[A-Za-z0-9+/_.~=-]{6,}))"#,
        r#"|(?i:\bauthorization\\*["']?\s*[:=]\s*\\*["']?(?:[a-z]+\s+)?(?P<authorization> [^\s"',;]{8,}))"#,
        // The prompts of SMTP's AUTH LOGIN, `Username:` and `Password:` in base64; the answer is on the next line.
        r#"|(?: 334\ (?:VXNlcm5hbWU6|UGFzc3dvcmQ6)[^\n]*\n(?:[^\n]*\ )?(?P<prompted> [A-Za-z0-9+/=]{2,}))"#,
        r#"|(?:\b[A-Za-z]{1,4}[0-9]{1,6}\s+LOGIN\s+(?:"(?:[^"\\\n]|\\.)*"|\S+)(?P<login> \s+(?:"(?:[^"\\\n]|\\.)*"|\S+)))"#,
        r#"|(?:\bPASS(?P<pass> [\x20\t]+\S+)[\x20\t]*(?:[\r\n]|\z))"#,
        r#"|(?:\bAPOP\s+\S+(?P<apop> \s+\S+))"#,
        r#"|(?i:\b(?:set-)?cookie["']?\s*[:=](?P<cookie> [^\r\n"]+))"#,
        r#"|(?i:\b(?:jsessionid|atlassian\.xsrf\.token|atl_token|seraph\.rememberme\.cookie|crowd\.token_key|awsalb(?:cors)?)\\*["']?\s*[:=]\s*(?P<session> \\*["']?[^\s;,&"'\\<>]+))"#,
        r#"|(?i:<(?:[a-z_:.-]*(?:password|secret|passphrase|access[_-]?token|refresh[_-]?token))>(?P<xml> [^<]+))"#,
        r#"|(?i:(?:name|key|id)=["'][^"']*(?:password|secret|passphrase)["']\s+value=(?P<attribute> ["'][^"']+))"#,
        r#"|(?i:(?:client[_-]?secret(?:_value)?|refresh[_-]?token|access[_-]?token|id[_-]?token|device[_-]?code|client[_-]?assertion|\bassertion|code[_-]?verifier|password|passwd|passphrase|pwd|private[_-]?key|api[_-]?key|session[_-]?token)\\*["']?\s*(?:=>|->|[:=])\s*(?P<value> \\+"[^"\\\r\n]+ | "(?:[^"\\\r\n]|\\.)+ | '[^'\r\n]+ | \[[^\]\r\n]+ | [^\s"'&,;}\]\)<]+))"#,
        r#"|(?i:\b(?:client\ secret|secret|token|pass)\\*["']?\s*[:=]\s*(?P<random> \\*["']?[^\s"'&,;}\]\)<\\]{12}))"#,
        r#"|(?i:(?:[?&;\s{\[("']|^|_)code\\*["']?\s*[:=]\s*(?P<query> \\*["']?[^\s"'&,;}\]\)<\\]{16}))"#,
    ))
    .expect("the expression compiles")
});

/// The kind of each group of [`SECRETS`].
const GROUPS: [(&str, SecretKind); 20] = [
    ("jwt", SecretKind::Token),
    ("client_secret", SecretKind::ClientSecret),
    ("dotted", SecretKind::Token),
    ("token", SecretKind::Token),
    ("code", SecretKind::Code),
    ("pem", SecretKind::PrivateKey),
    ("userinfo", SecretKind::Password),
    ("sasl", SecretKind::Credentials),
    ("authorization", SecretKind::Credentials),
    ("prompted", SecretKind::Credentials),
    ("login", SecretKind::Password),
    ("pass", SecretKind::Password),
    ("apop", SecretKind::Password),
    ("cookie", SecretKind::Cookie),
    ("session", SecretKind::Session),
    ("xml", SecretKind::Secret),
    ("attribute", SecretKind::Secret),
    ("value", SecretKind::Secret),
    ("random", SecretKind::Secret),
    ("query", SecretKind::Code),
];

/// Kind of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SecretKind {
    Token,
    ClientSecret,
    Code,
    PrivateKey,
    Credentials,
    Password,
    Cookie,
    Session,
    Secret,
}

impl SecretKind {
    pub(super) const ALL: [Self; 9] = [
        Self::Token,
        Self::ClientSecret,
        Self::Code,
        Self::PrivateKey,
        Self::Credentials,
        Self::Password,
        Self::Cookie,
        Self::Session,
        Self::Secret,
    ];

    /// The name in its replacement: `[removed token]`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ClientSecret => "client secret",
            Self::Code => "authorization code",
            Self::PrivateKey => "private key",
            Self::Credentials => "credentials",
            Self::Password => "password",
            Self::Cookie => "cookie",
            Self::Session => "session",
            Self::Secret => "secret",
        }
    }
}

/// So many bytes of a value decide whether it is a secret.
const MAX_DECIDING_BYTES: usize = 200;

/// The secrets in a text, as start, end and kind.
pub(super) fn find(text: &[u8]) -> Vec<(usize, usize, SecretKind)> {
    let mut found: Vec<(usize, usize, SecretKind)> = Vec::new();
    if !may_hold_secret(text) {
        return found;
    }
    let (mut from, mut covered) = (0, 0);
    while let Some(captures) = SECRETS.captures_at(text, from) {
        let start = captures.get(0).map_or(from, |whole| whole.start());
        from = start + 1;
        let Some((at, end, kind)) = secret(&captures, text) else { continue };
        if end <= covered {
            // It is within the last one; skipping it keeps a long chain of keys linear.
            from = from.max(covered);
            continue;
        }
        // A secret may be within what looks like the value of another key: `token: Bearer …`.
        from = if at == start { end.max(from) } else { at.max(from) };
        covered = end;
        found.push((at, end, kind));
    }
    found
}

/// Whether the expression matches at all.
#[cfg(test)]
pub(super) fn expression_matches(text: &[u8]) -> bool {
    SECRETS.is_match(text)
}

/// The secret in a match, without the key before it; `None` when it is harmless.
fn secret(captures: &Captures<'_>, text: &[u8]) -> Option<(usize, usize, SecretKind)> {
    let (group, kind, found) =
        GROUPS.iter().find_map(|(group, kind)| captures.name(group).map(|found| (*group, *kind, found)))?;
    // The expression matches only the minimum length of these two. The bytes that decide are read here, and
    // the rest only for a secret, so that a row of keys is not read again and again.
    let (start, matched, partial) = (found.start(), found.end(), matches!(group, "random" | "query"));
    let judged = if partial { end_of_value(text, matched, MAX_DECIDING_BYTES) } else { matched };
    let lead = text[start..judged].iter().take_while(|b| b.is_ascii_whitespace() || b"\"'\\:[+".contains(b)).count();
    let value = &text[start + lead..judged];
    let harmless = match group {
        // "basic authentication is disabled" is a sentence, not a header.
        "sasl" | "authorization" => is_word(value) || is_harmless(value),
        // "token: expired" and "code=InvalidAuthenticationToken" say what happened.
        "random" | "query" => !is_random(value),
        // "1.AuthenticationFailedException" is a list item.
        "dotted" => !value[1..].iter().any(u8::is_ascii_digit),
        "jwt" | "token" | "client_secret" | "code" | "pem" => false,
        _ => is_harmless(value),
    };
    if harmless || value.starts_with(b"removed ") || value.starts_with(b"[removed") {
        return None;
    }
    Some((start + lead, if partial { end_of_value(text, judged, usize::MAX) } else { matched }, kind))
}

/// Where a value that started before `from` ends, at most `max_bytes` bytes after it.
fn end_of_value(text: &[u8], from: usize, max_bytes: usize) -> usize {
    from + text[from..].iter().take(max_bytes).take_while(|byte| !ends_value(**byte)).count()
}

/// True for a word of a sentence: letters, of which only the first may be a capital.
fn is_word(value: &[u8]) -> bool {
    // `Bearer realm="", error="…"` is a challenge, not a token.
    let value = value.strip_suffix(b"=").unwrap_or(value);
    value.iter().skip(1).all(|b| b.is_ascii_lowercase() || b".-_".contains(b))
}

/// True for a mix of letters and digits without a known meaning.
pub(super) fn is_random(value: &[u8]) -> bool {
    let known = [&b"http"[..], b"/", b"AADSTS", b"AADB2C", b"MSIS"].iter().any(|start| value.starts_with(start));
    !known && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

/// True for words that follow a key in a sentence, and for masked values.
fn is_harmless(value: &[u8]) -> bool {
    const WORDS: [&[u8]; 14] = [
        b"password",
        b"null",
        b"none",
        b"true",
        b"false",
        b"expired",
        b"invalid",
        b"missing",
        b"is",
        b"was",
        b"has",
        b"not",
        b"the",
        b"required",
    ];
    value.is_empty() || value.iter().all(|b| b"*xX#.<>".contains(b)) || WORDS.contains(&value)
}
