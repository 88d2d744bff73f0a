//! Was a token being refreshed when the record was logged?

use std::sync::LazyLock;

use crate::search::PhraseSet;

/// Phrases with which Jira, its mail handlers and libraries report a token refresh.
const PHRASES: &[&str] = &[
    "Refresh Token Failed",
    "refreshing OAuth token",
    "refreshing the OAuth token",
    "refreshing token",
    "refreshing the token",
    "refreshing access token",
    "refreshing the access token",
    "RecoverableTokenException",
    "to refresh token",
    "to refresh the token",
    "to refresh OAuth token",
    "to refresh the OAuth token",
    "to refresh access token",
    "to refresh the access token",
    "annot refresh the access token",
    "Token refresh failed",
    "token refresh failed",
];

static SEARCH: LazyLock<PhraseSet<()>> = LazyLock::new(|| PhraseSet::new(PHRASES.iter().map(|phrase| (*phrase, ()))));

/// True when the text says that a token was being refreshed, whatever failed during the refresh.
pub(crate) fn is_refreshing(text: &[u8]) -> bool {
    SEARCH.is_match(text)
}
