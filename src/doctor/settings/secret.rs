//! The form of a client secret.

use super::url::is_guid;

/// The form of a client secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretForm {
    /// The field is empty.
    Empty,
    /// A GUID: the Secret ID of Microsoft.
    SecretId,
    /// The form of a Value of Microsoft.
    MicrosoftValue,
    /// The form of a secret of Google.
    GoogleValue,
    /// A space before or after it.
    Padded,
    /// Replaced by stars or a word.
    Masked,
    /// Encrypted by Jira.
    Encrypted,
    /// The form of neither.
    Other,
}

/// Lengths of a Value of Microsoft.
const MICROSOFT_VALUE_CHARS: std::ops::RangeInclusive<usize> = 30..=48;

/// The form of a secret.
pub(crate) fn form_of(secret: &str) -> SecretForm {
    let text = secret.trim();
    let lower = text.to_ascii_lowercase();
    let masks = [
        "<hidden>",
        "hidden",
        "masked",
        "redacted",
        "[removed]",
        "sanitized",
        "<removed>",
        "sanitised by support utility",
    ];
    if text.is_empty() {
        SecretForm::Empty
    } else if text.chars().all(|c| "*xX•.".contains(c)) || masks.iter().any(|mask| lower.contains(mask)) {
        SecretForm::Masked
    } else if is_guid(text) {
        SecretForm::SecretId
    } else if text.starts_with('{') || text.starts_with("ENC(") {
        SecretForm::Encrypted
    } else if text.len() != secret.len() {
        SecretForm::Padded
    } else if text.starts_with("GOCSPX-") {
        SecretForm::GoogleValue
    } else if MICROSOFT_VALUE_CHARS.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"~._-".contains(&byte))
    {
        SecretForm::MicrosoftValue
    } else {
        SecretForm::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_tells_a_secret_id_from_a_value() {
        for (secret, form) in [
            ("3f1c9a52-7d4e-4b8a-9c06-5e2f8a1b7c3d", SecretForm::SecretId),
            ("Xk28Q~aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY.z", SecretForm::MicrosoftValue),
            (" Xk28Q~aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY.z", SecretForm::Padded),
            ("GOCSPX-abcdefghijklmnopqrstuvwx", SecretForm::GoogleValue),
            ("********", SecretForm::Masked),
            ("<hidden>", SecretForm::Masked),
            ("{ATL_SECURED}", SecretForm::Encrypted),
            ("", SecretForm::Empty),
            ("short", SecretForm::Other),
        ] {
            assert_eq!(form_of(secret), form, "{secret}");
        }
    }
}
