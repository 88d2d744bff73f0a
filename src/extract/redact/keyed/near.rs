//! What is just before a value: whether its key is a variable, a parameter, an option, or alone in a cell.

use super::{super::values::is_blank, credentials::is_scheme, given::is_given};

/// Whether a word is the value of a secret in a list of settings: of a token only a word with a capital or a digit.
pub(super) fn is_own_value(named: &impl Fn(&[&[u8]]) -> bool, word: &[u8]) -> bool {
    let telling = word.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    is_given(word) && !is_scheme(word) && (telling || named(&[b"secret"]))
}

/// Whether a name in capitals and a sign of equality are before a value.
pub(super) fn is_variable(text: &[u8], start: usize) -> bool {
    let before = text[..start].strip_suffix(b"\"").or_else(|| text[..start].strip_suffix(b"'"));
    let name = before.unwrap_or(&text[..start]).strip_suffix(b"=");
    name.is_some_and(|name| name.last().is_some_and(u8::is_ascii_uppercase))
}

/// Whether the key before a sign of equality is one of an address: `?sso_token=`.
pub(super) fn is_parameter(text: &[u8], start: usize) -> bool {
    let Some(name) = text[..start].strip_suffix(b"=") else { return false };
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-".contains(*byte);
    let len = name.iter().rev().take(48).take_while(part).count();
    name[..name.len() - len].last().is_some_and(|byte| b"?&".contains(byte))
}

/// Whether a value is the code of an address to which a provider sends users back: `…/callback?code=x&state=y`. Numbers and
/// words in capitals are codes of errors.
pub(super) fn is_callback_code(text: &[u8], start: usize, value: &[u8]) -> bool {
    const PATHS: [&[u8]; 4] = [b"callback", b"redirect", b"oauth", b"authorize"];
    let Some(name) = text[..start].strip_suffix(b"code=") else { return false };
    let other = value.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || *byte == b'_');
    if other || value.len() < 6 || !name.last().is_some_and(|byte| b"?&".contains(byte)) {
        return false;
    }
    let part = |byte: &&u8| !is_blank(**byte) && !b"\"'<>".contains(byte);
    let address = &name[name.len() - name.iter().rev().take(1024).take_while(part).count()..];
    PATHS.iter().any(|path| memchr::memmem::find(address, path).is_some())
        || memchr::memmem::find(address, b"session_state=").is_some()
}

/// Whether the key before a sign of equality is an option: `--token=`.
pub(super) fn is_option(text: &[u8], start: usize) -> bool {
    let Some(name) = text[..start].strip_suffix(b"=") else { return false };
    let part = |byte: &&u8| byte.is_ascii_lowercase() || **byte == b'-';
    let name = &name[name.len() - name.iter().rev().take(48).take_while(part).count()..];
    name.starts_with(b"--")
}

/// Whether the key is all there is in the cell before a value: `| password | marigold |`, not `| no password | JavaMail |`.
pub(super) fn is_cell_after_key(text: &[u8], start: usize) -> bool {
    let back =
        |end: usize, what: fn(&u8) -> bool| end - text[..end].iter().rev().take(64).take_while(|b| what(b)).count();
    let sign = back(start, |byte| b" \t|`*".contains(byte));
    let key = back(sign, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte) || *byte >= 0x80);
    let lead = back(key, |byte| b" \t`*".contains(byte));
    text[..lead].last().is_none_or(|byte| b"|\n".contains(byte))
}

/// Whether the key before a colon is `passwords`.
pub(super) fn is_plural(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    before.strip_suffix(b":").is_some_and(|key| key.ends_with(b"words") || key.ends_with(b"phrases"))
}
