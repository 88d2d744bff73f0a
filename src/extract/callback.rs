//! The redirect URLs of Jira: `/plugins/servlet/oauth2/client/callback/7c1e9a04`.
//!
//! Jira makes their last part from the authorization endpoint, so each integration may have its own.

use std::ops::Range;

use crate::search::Literal;

/// What is before the last part.
pub(crate) const CALLBACK_PATH: &str = "/client/callback/";
/// Length of the last part.
pub(crate) const CALLBACK_ID_BYTES: usize = 8;

/// True when a text starts with a last part of eight small hexadecimal digits, of which some are letters and some are not.
/// Others are not recognised: they could be a code or a word.
pub(crate) fn starts_with_callback_id(text: &[u8]) -> bool {
    let Some((id, rest)) = text.split_first_chunk::<CALLBACK_ID_BYTES>() else { return false };
    let is_hex = id.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte));
    let is_mixed = id.iter().any(u8::is_ascii_digit) && !id.iter().all(u8::is_ascii_digit);
    is_hex && is_mixed && !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(byte))
}

/// The last parts of the redirect URLs in a text.
pub(crate) fn callback_ids(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    static PATH: Literal = Literal::new(CALLBACK_PATH);
    let ids = PATH.find_iter(text).map(|path| path + CALLBACK_PATH.len());
    ids.filter(|id| starts_with_callback_id(&text[*id..])).map(|id| id..id + CALLBACK_ID_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_redirect_url_is_recognised_if_it_is_mixed_and_whole() {
        let found = |id: &str| callback_ids(format!("x/oauth2/client/callback/{id}").as_bytes()).next();
        assert_eq!(found("7c1e9a04"), Some(25..33));
        assert_eq!(found("7c1e9a04?code=1"), Some(25..33));
        for other in ["70819204", "deadbeef", "7c1e9a0", "7c1e9a04b", "7C1E9A04", "7c1e9a04-1111", "7c1e9g04", ""] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
