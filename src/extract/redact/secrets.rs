//! The kinds of secrets, and the notes that replace them.

use super::error_words::starts_like_code;

/// What is removed because nothing says that it may be shown: `[removed: unknown value]`.
const UNKNOWN: &str = "unknown value";

/// What was removed.
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
    /// Nothing says what it is, and nothing that it may be shown.
    Unknown,
}

impl SecretKind {
    pub(super) const ALL: [Self; 10] = [
        Self::Token,
        Self::ClientSecret,
        Self::Code,
        Self::PrivateKey,
        Self::Credentials,
        Self::Password,
        Self::Cookie,
        Self::Session,
        Self::Secret,
        Self::Unknown,
    ];

    /// The word in the note that replaces it: `[removed token]`.
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
            Self::Unknown => UNKNOWN,
        }
    }

    /// What is shown in its place.
    pub(super) fn note(self) -> &'static str {
        match self {
            Self::Token => "[removed token]",
            Self::ClientSecret => "[removed client secret]",
            Self::Code => "[removed authorization code]",
            Self::PrivateKey => "[removed private key]",
            Self::Credentials => "[removed credentials]",
            Self::Password => "[removed password]",
            Self::Cookie => "[removed cookie]",
            Self::Session => "[removed session]",
            Self::Secret => "[removed secret]",
            Self::Unknown => "[removed: unknown value]",
        }
    }

    /// The longest note.
    pub(super) const MAX_NOTE_BYTES: usize = 32;

    /// The length of a note of removal that a text starts with, also one without a kind.
    pub(super) fn note_len(text: &[u8]) -> Option<usize> {
        let notes = Self::ALL.into_iter().map(Self::note).chain(["[removed]"]);
        notes.map(str::as_bytes).find(|note| text.starts_with(note)).map(<[u8]>::len)
    }

    /// The kind of a note of removal that a text starts with, and the length of the note.
    pub(super) fn of_note(text: &str) -> Option<(Self, usize)> {
        Self::ALL.into_iter().find_map(|kind| {
            let note = kind.note();
            text.starts_with(note).then_some((kind, note.len()))
        })
    }
}

/// Letters and digits without a meaning.
pub(super) fn is_random(value: &[u8]) -> bool {
    let known = value.starts_with(b"http") || value.starts_with(b"/") || starts_like_code(value);
    !known && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_its_kind() {
        for kind in SecretKind::ALL {
            let sign = if kind == SecretKind::Unknown { ":" } else { "" };
            assert_eq!(kind.note(), format!("[removed{sign} {}]", kind.as_str()));
            assert!(kind.note().len() <= SecretKind::MAX_NOTE_BYTES);
            assert_eq!(SecretKind::of_note(kind.note()), Some((kind, kind.note().len())));
        }
    }
}
