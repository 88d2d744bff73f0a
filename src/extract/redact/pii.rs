//! The kinds of people's data, and which names are a person's.

/// Names that are Jira's own, not a person's.
const SYSTEM_USERS: [&str; 16] = [
    "anonymous",
    "ServiceRunner",
    "-",
    "null",
    "none",
    "unknown",
    "admin",
    "administrator",
    "system",
    "sysadmin",
    "root",
    "jira",
    "confluence",
    "bitbucket",
    "atlassian",
    "username",
];

/// What kind of name it is: the letter of its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum PiiKind {
    Mailbox,
    Address,
    User,
    Phone,
    /// The number of an account, a card, an insurance, a member of staff.
    Number,
    /// Where somebody is, or lives.
    Location,
    /// A host of the customer, in strict redaction.
    Host,
    /// A tenant's name, in strict redaction.
    Tenant,
}

impl PiiKind {
    /// How many kinds there are.
    pub(super) const COUNT: usize = LEADS.len();

    pub(super) fn letter(self) -> char {
        match self {
            Self::Mailbox => 'm',
            Self::Address => 'i',
            Self::User => 'u',
            Self::Phone => 'p',
            Self::Number => 'n',
            Self::Location => 'l',
            Self::Host => 'h',
            Self::Tenant => 't',
        }
    }

    pub(super) fn of(letter: char) -> Self {
        match letter {
            'm' => Self::Mailbox,
            'i' => Self::Address,
            'p' => Self::Phone,
            'n' => Self::Number,
            'l' => Self::Location,
            'h' => Self::Host,
            't' => Self::Tenant,
            _ => Self::User,
        }
    }

    /// What it is called where replacements are listed.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Mailbox => "mail address",
            Self::Address => "network address",
            Self::User => "user name",
            Self::Phone => "phone number",
            Self::Number => "number of a person",
            Self::Location => "place of a person",
            Self::Host => "host name",
            Self::Tenant => "tenant name",
        }
    }
}

/// What pseudonyms start with.
const LEADS: [(&str, PiiKind); 8] = [
    ("user-", PiiKind::User),
    ("mailbox-", PiiKind::Mailbox),
    ("ip-", PiiKind::Address),
    ("phone-", PiiKind::Phone),
    ("number-", PiiKind::Number),
    ("place-", PiiKind::Location),
    ("host-", PiiKind::Host),
    ("tenant-", PiiKind::Tenant),
];

/// Hexadecimal digits of a label that a key makes.
pub(super) const KEYED_DIGITS: usize = 16;

/// The pseudonym for a label.
pub(super) fn pseudonym(who: PiiKind, label: &str) -> String {
    let lead = LEADS.iter().find(|(_, kind)| *kind == who).map_or("user-", |(lead, _)| lead);
    format!("{lead}{label}{}", if who == PiiKind::Mailbox { "@…" } else { "" })
}

/// The kind of pseudonym that a name reads like.
fn pseudonym_kind(name: &str) -> Option<PiiKind> {
    LEADS.into_iter().find_map(|(lead, kind)| {
        let label = name.strip_prefix(lead)?;
        let label = label.strip_suffix("@…").unwrap_or(label);
        let keyed = label.len() == KEYED_DIGITS && label.bytes().all(|b| b.is_ascii_hexdigit());
        (keyed || !label.is_empty() && label.len() < 10 && label.bytes().all(|b| b.is_ascii_digit())).then_some(kind)
    })
}

/// True for a name that redaction has given: `user-1`, `mailbox-2@…`, `ip-3`, or with a label of a key.
#[must_use]
pub(crate) fn is_pseudonym(name: &str) -> bool {
    pseudonym_kind(name).is_some()
}

/// Words of a log that read like a pseudonym: they get one, so that they are not merged with somebody else's.
pub(super) fn literals(text: &[u8]) -> Vec<(usize, usize, PiiKind)> {
    let mut found = Vec::new();
    for dash in memchr::memchr_iter(b'-', text) {
        // Their last letters; a digit follows.
        let lead =
            dash > 1 && b"rxpet".contains(&text[dash - 1]) && text.get(dash + 1).is_some_and(u8::is_ascii_hexdigit);
        for (lead, _) in LEADS.into_iter().filter(|_| lead) {
            if !text[..=dash].ends_with(lead.as_bytes()) {
                continue;
            }
            let start = dash + 1 - lead.len();
            let mut end = dash + 1 + text[dash + 1..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            if text[end..].starts_with("@…".as_bytes()) {
                end += "@…".len();
            }
            let joined =
                |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-.@".contains(byte));
            let before = start.checked_sub(1).and_then(|i| text.get(i));
            let after =
                text.get(end).filter(|byte| **byte != b'.' || text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric));
            if joined(before) || joined(after) {
                continue;
            }
            if let Some(kind) = std::str::from_utf8(&text[start..end]).ok().and_then(pseudonym_kind) {
                found.push((start, end, kind));
            }
        }
    }
    found
}

/// True for a name that may be a person's: not one of Jira's own, not a word of the sentence, not a
/// row of random letters.
#[must_use]
pub(crate) fn is_person(name: &str) -> bool {
    const WORDS: [&str; 19] = [
        "is", "was", "has", "not", "does", "from", "with", "and", "the", "id", "name", "or", "must", "to", "for", "of",
        "in", "on", "by",
    ];
    name.len() <= 64
        && name.chars().any(char::is_alphabetic)
        && !SYSTEM_USERS.iter().any(|pseudo| pseudo.eq_ignore_ascii_case(name))
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
        && !is_random(name)
}

/// Long, and of capitals, small letters and digits at once: a token that slid into a name's place.
fn is_random(name: &str) -> bool {
    let has = |what: fn(&char) -> bool| name.chars().any(|c| what(&c));
    name.len() >= 20
        && !name.contains(['@', '.'])
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
}
