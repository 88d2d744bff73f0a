//! The words that say what a value is: passwords, tokens, people.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::secrets::SecretKind;

/// What a word says of the value after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Any value but a word of prose.
    Password,
    /// A value in quotation marks or after a sign of equality; in prose (`token: expired`) only a random one.
    Secret(SecretKind),
    /// Only a value that looks random.
    Weak(SecretKind),
    /// A one-time code: digits too, and without any sign between.
    Otp,
    /// `Cookie:`: the rest of the line.
    Cookie,
    /// `Authorization:`: a scheme and its credentials.
    Authorization,
    /// The scheme alone: `Bearer`, `Basic`.
    Scheme,
    /// A person's login, id or mail address.
    Person,
    /// A person's name, with spaces.
    FullName,
    /// Words before a person in a sentence: `created by`.
    Actor,
    /// A part of a person's name: one capitalised word is enough.
    NamePart,
    /// `name`: a person's only beside other keys of people.
    Name,
    Phone,
    /// `-u user:password`.
    UserOption,
    /// A command of a mail dialogue.
    Command(Command),
    /// Nothing by itself: says which readers have something to look for.
    Marker,
}

/// Which readers a text needs, a bit each: most texts need none of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Needs(u16);

impl Needs {
    pub(super) const URL: Self = Self(1);
    pub(super) const BLOCK: Self = Self(1 << 1);
    pub(super) const HOME: Self = Self(1 << 2);
    pub(super) const MENTION: Self = Self(1 << 3);
    pub(super) const NOTE: Self = Self(1 << 4);
    pub(super) const LOGIN: Self = Self(1 << 5);
    pub(super) const PASS: Self = Self(1 << 6);
    pub(super) const USER: Self = Self(1 << 7);
    pub(super) const DIRECTORY: Self = Self(1 << 8);
    pub(super) const SHAPE: Self = Self(1 << 9);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Words that call for a reader.
const MARKERS: &[(Needs, &[&str])] = &[
    (Needs::URL, &["://", ":thin:", ":oci:"]),
    (Needs::BLOCK, &["-----begin"]),
    (Needs::HOME, &["/home/", "/users/", "\\users\\", "settings\\", "\\home\\", "\\profiles\\", "/people/", "/u/"]),
    (Needs::MENTION, &["~", "jirauser", "viewprofile.jspa", "user?key="]),
    (Needs::NOTE, &["[removed"]),
    (Needs::LOGIN, &["login"]),
    (Needs::PASS, &["pass"]),
    (Needs::USER, &["user"]),
    // Leads of tokens that may have no digit.
    (
        Needs::SHAPE,
        &[
            "eyj",
            "gocspx-",
            "ghp_",
            "gho_",
            "ghr_",
            "ghs_",
            "ghu_",
            "github_pat_",
            "glpat-",
            "gldt-",
            "glrt-",
            "glcbt-",
            "glptt-",
            "glsoat-",
            "npm_",
            "_live_",
            "_test_",
            "whsec_",
            "xox",
            "xapp-",
            "atatt3",
            "atctt3",
            "dxnlcj",
            "dckr_pat_",
            "shpat_",
            "dapi",
        ],
    ),
    (Needs::DIRECTORY, &["cn=", "uid=", "samaccountname=", "userprincipalname="]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Authenticate,
    Apop,
    /// The server asks: `334 …`.
    Prompt,
    /// `C: ` at the start of what a client has sent.
    Client,
}

struct Group {
    class: Class,
    /// A word starts here: `pass` is not in `bypass`.
    whole: bool,
    /// `_` is any of nothing, `_`, `-`, a space or a dot.
    words: &'static str,
}

const GROUPS: &[Group] = &[
    Group {
        class: Class::Password,
        whole: false,
        // English, German, French, Spanish, Portuguese, Dutch, Polish, Czech and Slovak, Swedish, Finnish, Danish and
        // Norwegian, Italian and Romanian, Hungarian, Turkish, Croatian, Estonian, Vietnamese, Russian and Ukrainian,
        // Greek, Hebrew, Arabic, Hindi, Chinese, Japanese, Korean.
        words: "password passwd passphrase passwort kennwort losungswort zugangscode zugangsschlüssel motdepasse \
            mot_de_passe contraseña contrasena senha wachtwoord hasło hasłem heslo lösenord salasana adgangskode passord \
            jelszó jelszo şifre parolası lozinka zaporka salasõna parool mật_khẩu пароль Пароль κωδικός Κωδικός סיסמה \
            כלמת_מעבר كلمة_المرور كلمة_السر पासवर्ड 密码 密碼 口令 パスワード 비밀번호 암호 storepass keypass bindpw",
    },
    Group {
        class: Class::Password,
        whole: true,
        words: "parola clave segredo geheimnis geheim sleutel clé_secrète psk",
    },
    Group { class: Class::Password, whole: true, words: "pass pw pwd passcode" },
    Group { class: Class::Secret(SecretKind::Secret), whole: false, words: "client_secret consumer_secret" },
    Group { class: Class::Secret(SecretKind::Secret), whole: false, words: "secret" },
    Group {
        class: Class::Secret(SecretKind::Secret),
        whole: false,
        words: "refresh_token access_token id_token session_token security_token auth_token api_token bearer_token \
            oauth_token csrf_token xsrf_token crowd.token_key seraph.rememberme.cookie x-auth-token personal_access_token \
            token_secret",
    },
    Group {
        class: Class::Secret(SecretKind::Secret),
        whole: false,
        words: "device_code user_code code_verifier client_assertion assertion saml_response saml_request saml_art \
            private_key api_key account_key shared_access_key access_key storage_key master_key signing_key \
            encryption_key license_key licence_key signature_value oauth_signature oauth_verifier credential \
            private-mac cipher_value x-amz-signature x-amz-security-token subscription_key functions-key wresult \
            software_statement gateway-sso id_token_hint logout_token login_ticket identified_by",
    },
    Group { class: Class::Secret(SecretKind::Code), whole: false, words: "authorization_code auth_code" },
    Group {
        class: Class::Secret(SecretKind::Session),
        whole: false,
        words: "jsessionid estsauth estsauthpersistent estsauthlight buid atlassian.xsrf.token atl_token awsalb awsalbcors phpsessid asp.net_sessionid",
    },
    Group { class: Class::Weak(SecretKind::Token), whole: true, words: "token jwt pat ticket saml" },
    Group { class: Class::Weak(SecretKind::Token), whole: false, words: "token" },
    Group { class: Class::Weak(SecretKind::Code), whole: true, words: "code" },
    Group {
        class: Class::Weak(SecretKind::Secret),
        whole: true,
        words: "key sig signature state nonce sid session_id session session_state xsrf csrf nextnonce cnonce hmac dpop \
            canary sft flowtoken jti at_hash c_hash code_challenge",
    },
    Group {
        class: Class::Otp,
        whole: true,
        words: "otp totp mfa mfa_code 2fa 2fa_code verification_code one_time_password one-time_code security_code \
            passcode_otp pin einmalcode einmalkennwort bestätigungscode sicherheitscode tan backup_code backup_codes \
            recovery_code recovery_codes login_code sign-in_code access_code your_code",
    },
    Group { class: Class::Cookie, whole: false, words: "cookie" },
    Group { class: Class::Authorization, whole: true, words: "authorization" },
    Group {
        class: Class::Scheme,
        whole: true,
        words: "bearer basic negotiate ntlm xoauth2 oauthbearer cram-md5 digest-md5 scram-sha-1 scram-sha-256",
    },
    Group {
        class: Class::Person,
        whole: true,
        words: "user user_name username login account principal actor author owner assignee reporter creator \
            preferred_username unique_name upn user_principal_name login_hint sub account_id user_key user_id os_username \
            j_username remote_user samaccountname uid mailnickname x-ausername x-forwarded-user email e-mail mail \
            mailbox recipient sender impersonate run_as logged_in_as userid benutzer benutzername utilisateur usuario \
            gebruiker usuário usr logname login_name user.name nameid name_id employee_number employee_id utente utilizador \
            bruger uživatel użytkownik användare käyttäjä felhasználó kullanıcı пользователь Пользователь користувач \
            χρήστης 用户 用户名 使用者 ユーザー ユーザ 사용자 lead watcher voter participant member approver",
    },
    Group {
        class: Class::FullName,
        whole: true,
        words: "display_name full_name nickname name_identifier person_name real_name contact_name",
    },
    Group {
        class: Class::NamePart,
        whole: true,
        words: "given_name family_name first_name last_name surname sn vorname nachname middle_name prénom nombre \
            apellido apellidos cognome voornaam achternaam",
    },
    Group {
        class: Class::Actor,
        whole: true,
        words: "signed_in_as authenticated authenticated_as impersonating on_behalf_of created_by owned_by updated_by \
            changed_by modified_by reported_by commented_by deleted_by requested_by assigned_to assignee_was mailbox_of \
            avatar_of mr mrs ms dr herr frau dear hello hi hallo signora señor señora monsieur madame su_- sudo_-u",
    },
    Group { class: Class::Name, whole: true, words: "name" },
    Group {
        class: Class::Phone,
        whole: true,
        words: "tel telephone telephone_number phone phone_number mobile mobile_phone mobile_number fax cell msisdn \
            business_phones rufnummer telefonnummer mobil mobilnummer durchwahl whatsapp sms telefon téléphone teléfono telefone handy",
    },
    Group { class: Class::UserOption, whole: true, words: "-u --user --proxy-user" },
    Group { class: Class::Command(Command::Authenticate), whole: true, words: "authenticate auth" },
    Group { class: Class::Command(Command::Apop), whole: true, words: "apop" },
    Group { class: Class::Command(Command::Prompt), whole: true, words: "334" },
    Group { class: Class::Command(Command::Client), whole: true, words: "c:" },
];

/// What may follow such a word within the same key: `clientSecretValue`, `password2`, `secret_access_key`.
const TAILS: &[&str] = &[
    "value",
    "val",
    "values",
    "plain",
    "text",
    "raw",
    "string",
    "str",
    "hash",
    "data",
    "old",
    "new",
    "current",
    "encoded",
    "base64",
    "b64",
    "confirm",
    "confirmation",
    "repeat",
    "again",
    "key",
    "access",
    "name",
    "id",
    "s",
    "login",
    "email",
    "mail",
    "principal",
    "display",
    "number",
    "no",
    "nr",
    "address",
    "hint",
    "secret",
    "token",
    "clear",
    "default",
    "prod",
    "test",
    "dev",
    "live",
    "cookie",
    "jira",
    "smtp",
    "imap",
    "pop",
    "ldap",
    "db",
    "jdbc",
    "full",
    "first",
    "last",
    "impl",
];
/// Of these, what a secret must not end in: an id, a name and an address of one are shown.
const NOT_OF_SECRETS: &[&str] =
    &["id", "name", "login", "email", "mail", "principal", "display", "address", "hint", "hash"];
/// What makes `code` a number or a name of something: `error_code`, `sub-code`.
const OTHER_CODES: &[&str] = &[
    "error", "sub", "suberror", "status", "exit", "return", "response", "result", "reason", "country", "language",
    "lang", "currency", "postal", "zip", "hash", "source", "byte", "op", "http", "fault", "err", "errors", "project",
    "event",
];
/// What makes `key`, `session` and `state` something to show.
const OTHER_KEYS: &[&str] = &[
    "project",
    "issue",
    "plugin",
    "module",
    "primary",
    "foreign",
    "cache",
    "i18n",
    "property",
    "space",
    "public",
    "filter",
    "component",
    "pk",
    "sort",
    "service",
    "job",
    "trigger",
    "lock",
    "map",
    "row",
    "complete",
    "entity",
    "app",
];

/// A word and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) class: Class,
    /// The identifier around the word: `mail.smtp.password`.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The word itself starts here.
    pub(super) word: usize,
}

struct Words {
    finder: AhoCorasick,
    classes: Vec<(Class, bool, Needs)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let (mut texts, mut classes): (Vec<String>, Vec<(Class, bool, Needs)>) = (Vec::new(), Vec::new());
    for group in GROUPS {
        for word in group.words.split_whitespace() {
            let parts: Vec<&str> = word.split('_').collect();
            let seps: &[&str] = if parts.len() > 1 { &["", "_", "-", " ", "."] } else { &[""] };
            for sep in seps {
                let text = parts.join(sep);
                if !texts.contains(&text) {
                    texts.push(text);
                    classes.push((group.class, group.whole, Needs::default()));
                }
            }
        }
    }
    for (needs, words) in MARKERS {
        for word in *words {
            match texts.iter().position(|text| text == word) {
                Some(at) => classes[at].2 = *needs,
                None => {
                    texts.push((*word).to_owned());
                    classes.push((Class::Marker, false, *needs));
                }
            }
        }
    }
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(&texts)
        .expect("the built-in words compile");
    Words { finder, classes }
});

/// The longest identifier that is looked at, to either side of the word.
const MAX_KEY_BYTES: usize = 64;

/// Hands over every word that may say what a value is, also within or across others: no word hides the next. Returns
/// which other readers have something to look for.
pub(super) fn each_key(text: &[u8], mut each: impl FnMut(Key)) -> Needs {
    let words = &*WORDS;
    let mut needs = Needs::default();
    for found in words.finder.find_overlapping_iter(text) {
        let (class, whole, need) = words.classes[found.pattern().as_usize()];
        needs.0 |= need.0;
        if class != Class::Marker
            && let Some(key) = key(text, found.start(), found.end(), class, whole)
        {
            each(key);
        }
    }
    needs
}

fn key(text: &[u8], word: usize, end: usize, class: Class, whole: bool) -> Option<Key> {
    if whole && !starts_word(text, word) {
        return None;
    }
    if matches!(class, Class::Command(_) | Class::UserOption) {
        return Some(Key { class, start: word, end, word });
    }
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-$".contains(byte);
    let before = text[..word].iter().rev().take(MAX_KEY_BYTES).take_while(|byte| part(byte)).count();
    let after = text[end..].iter().take(MAX_KEY_BYTES).take_while(|byte| part(byte)).count();
    let mut stop = end + after;
    while stop > end && b".-".contains(&text[stop - 1]) {
        stop -= 1;
    }
    let start = word - before;
    let (lead, tail) = (&text[start..word], &text[end..stop]);
    if !tail.is_empty() && !tail_fits(tail, class, text[end - 1]) {
        return None;
    }
    let last = |names: &[&str]| {
        last_part(lead).is_some_and(|part| names.iter().any(|name| part.eq_ignore_ascii_case(name.as_bytes())))
    };
    let alone = start == word && stop == end;
    match class {
        Class::Weak(SecretKind::Code) if last(OTHER_CODES) || spaced(text, start, OTHER_CODES) => return None,
        Class::Weak(SecretKind::Secret) if last(OTHER_KEYS) || spaced(text, start, OTHER_KEYS) => return None,
        // `sub`, `mail`, `name` only by themselves.
        Class::Name | Class::FullName | Class::NamePart
            if !lead.is_empty() && !lead.ends_with(b".") && !lead.ends_with(b"-") =>
        {
            return None;
        }
        Class::Person if text[word..end].eq_ignore_ascii_case(b"sub") && !alone => return None,
        _ => {}
    }
    Some(Key { class, start, end: stop, word })
}

/// A word starts here: after a sign, a digit or a small letter before a capital.
fn starts_word(text: &[u8], at: usize) -> bool {
    match at.checked_sub(1).map(|before| text[before]) {
        None => true,
        // `-Duser.name=…`
        Some(b'D') if text[..at].ends_with(b"-D") => true,
        Some(before) if before.is_ascii_alphabetic() => before.is_ascii_lowercase() && text[at].is_ascii_uppercase(),
        Some(before) => before < 0x80,
    }
}

/// Whether what follows the word within its key still speaks of the value.
fn tail_fits(tail: &[u8], class: Class, last: u8) -> bool {
    let mut rest = tail;
    let first = tail[0];
    // `tokens`, `userAgent`, `TokenHandler`, `passes`: a small letter goes on with the word.
    if first.is_ascii_lowercase()
        && last.is_ascii_alphabetic()
        && tail != b"s"
        && !TAILS.iter().any(|known| tail.eq_ignore_ascii_case(known.as_bytes()))
    {
        return false;
    }
    let secret =
        !matches!(class, Class::Person | Class::FullName | Class::NamePart | Class::Actor | Class::Name | Class::Phone);
    while !rest.is_empty() {
        rest = &rest[rest.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count()..];
        let mut len = rest.iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
        if len <= 1 || rest.get(len).is_none_or(|byte| !byte.is_ascii_lowercase()) {
            len += rest[len..].iter().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).count();
        } else {
            len -= 1;
        }
        let part = &rest[..len];
        let named = |names: &[&str]| names.iter().any(|name| part.eq_ignore_ascii_case(name.as_bytes()));
        if !part.is_empty()
            && !part.iter().all(u8::is_ascii_digit)
            && (!named(TAILS) || secret && named(NOT_OF_SECRETS))
        {
            return false;
        }
        rest = &rest[len..];
    }
    true
}

/// The last word of what stands before a word in its key.
fn last_part(lead: &[u8]) -> Option<&[u8]> {
    let lead = &lead[..lead.len() - lead.iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).count()];
    let small = lead.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
    let mut len = small;
    if lead.len() > small && lead[lead.len() - small - 1].is_ascii_uppercase() {
        len += 1;
        if small == 0 {
            len = lead.iter().rev().take_while(|byte| byte.is_ascii_uppercase()).count();
        }
    }
    (len > 0).then(|| &lead[lead.len() - len..])
}

/// `error code`: the word before, with a space between.
fn spaced(text: &[u8], start: usize, names: &[&str]) -> bool {
    let before = &text[..start];
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &before[before.len() - len..];
    names.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}
