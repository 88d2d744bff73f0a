//! People whose names are folders: homes, and the ends of paths of accounts.

use super::{
    login::{is_login, starts_like_login},
    pii::{PiiKind, is_person},
    place::Place,
    values::skip,
};
use crate::search::Literal;

/// Folders that hold a home for each user.
static HOMES: [Literal; 34] = [
    Literal::new("\\homes$\\"),
    Literal::new("\\homes\\"),
    Literal::new("/vmail/"),
    Literal::new("/home/"),
    Literal::new("/Users/"),
    Literal::new("\\Users\\"),
    Literal::new("/export/home/"),
    Literal::new("Documents and Settings\\"),
    Literal::new("\\users\\"),
    Literal::new("\\home\\"),
    Literal::new("\\home$\\"),
    Literal::new("\\users$\\"),
    Literal::new("\\profiles\\"),
    Literal::new("\\profiles$\\"),
    Literal::new("/display/~"),
    Literal::new("/spaces/~"),
    Literal::new("/api/2/user/"),
    Literal::new("/api/3/user/"),
    Literal::new("\\Profiles\\"),
    Literal::new("/people/"),
    Literal::new("/users/"),
    Literal::new("/u/"),
    Literal::new("/var/mail/"),
    Literal::new("/spool/mail/"),
    Literal::new("/run/user/"),
    Literal::new("hsperfdata_"),
    Literal::new("krb5cc_"),
    Literal::new("/var/home/"),
    Literal::new("/jira/people/"),
    Literal::new("/personal/"),
    Literal::new(":user/"),
    Literal::new("assumed-role/"),
    Literal::new("federated-user/"),
    Literal::new("/Volumes/"),
];
/// Homes that are nobody's.
const SHARED_HOMES: [&[u8]; 8] =
    [b"public", b"default", b"shared", b"jira", b"atlassian", b"all", b"tomcat", b"administrator"];

/// `/home/ann`, `C:\Users\ann`.
pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    for home in &HOMES {
        for at in home.find_iter(text) {
            // `:user/division/ann`, `assumed-role/Role/ann` of AWS: the last part of a path
            let vmail = home.text() == "/vmail/";
            let arn = matches!(home.text(), ":user/" | "assumed-role/" | "federated-user/");
            let path = skip(text, at + home.len(), 128, |byte| {
                (arn || vmail) && (byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte))
            });
            // `/vmail/contoso.example/ann/Maildir`
            let part = if vmail {
                memchr::memchr(b'/', &text[at + home.len()..path])
            } else {
                memchr::memrchr(b'/', &text[at + home.len()..path])
            };
            if home.text() == "assumed-role/" && part.is_none() {
                continue;
            }
            let start = at + home.len() + part.map_or(0, |part| part + 1);
            let end =
                skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte) || byte >= 0x80);
            let name = &text[start..end];
            // Segments of many paths: only a login is one.
            let login =
                !matches!(home.text(), "/api/2/user/" | "/api/3/user/" | "/users/" | "/u/" | "/people/" | "/Volumes/")
                    || std::str::from_utf8(name).is_ok_and(|name| is_login(name) || name.len() >= 20)
                    || starts_like_login(name);
            // Volumes have names such as `data01`.
            let login = login && (home.text() != "/Volumes/" || !name.iter().any(u8::is_ascii_digit));
            // `/personal/hannah_voss_contoso_example/` of SharePoint.
            let login = login && (home.text() != "/personal/" || name.len() >= 8 && name.contains(&b'_'));
            // The session of a program or a machine is shown.
            let login = login
                && (home.text() != "assumed-role/"
                    || std::str::from_utf8(name).is_ok_and(is_login)
                    || name.iter().all(u8::is_ascii_lowercase));
            let shared = SHARED_HOMES.iter().any(|shared| name.eq_ignore_ascii_case(shared));
            if name.len() >= 2 && !shared && login && std::str::from_utf8(name).is_ok_and(is_person) {
                found.push(Place::person(start, end, PiiKind::User));
            }
        }
    }
}
