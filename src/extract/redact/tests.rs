mod again_and_devices;
mod attacked_forms;
mod dumps_and_rows;
mod foreign_forms;
mod grouped_values;
mod kinds_of_forms;
mod labels_and_values;
mod plain_words;
mod positions;
mod sentences;
mod stated_forms;
mod tables_and_objects;

use super::*;

/// Made-up secrets in the shapes that providers use, which are recognised without a key.
const SHAPES: [&str; 16] = [
    "abc8Q~MADEUPmadeupMADEUPmadeupMADEUP01",
    "eyJmYWtlIjoxfQ.eyJmYWtlIjoyfQ.c2ln",
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..fake.fake.fake",
    "1//0fakefakefakefakefake",
    "ya29.fakefakefakefakefake",
    "0.AXfakefakefake1akefakefake",
    "1.AT0AfakeFAKE123fake_fake-fake.AgABAwEAAAD",
    "M.C507_BL2.0.U.fakefake!fakefake*fakefake$$",
    "GOCSPX-fakefakefakefake",
    "4/0AfakefakefakefakefakefakeFAKE",
    "OAQABAAIAAAfakefakefakefakefakefake",
    "EwBwA8l6BAAUfakefakefakefakefakefakefakefakefakefakefake",
    "dXNlcj1mYWtlQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIGZha2U",
    "AIzaFAKEfakeFAKEfakeFAKEfakeFAKEfakeFAK",
    "https://fake:hunter2hunter2@proxy.example.com/",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIfakehunter2\n-----END RSA PRIVATE KEY-----",
];

/// Texts in which a key reveals the secret `S3cr3tS3cr3tS3cr3tS3`.
const KEYED: [&str; 36] = [
    "client_secret=S3cr3tS3cr3tS3cr3tS3&grant_type=x",
    "client_secret = S3cr3tS3cr3tS3cr3tS3",
    "clientSecret: 'S3cr3tS3cr3tS3cr3tS3'",
    "client secret: S3cr3tS3cr3tS3cr3tS3",
    r#"{"refresh_token":"S3cr3tS3cr3tS3cr3tS3","a":1}"#,
    r#"{"access_token" : "S3cr3tS3cr3tS3cr3tS3"}"#,
    r#"{"token":"S3cr3tS3cr3tS3cr3tS3"}"#,
    "{client_secret=[S3cr3tS3cr3tS3cr3tS3], a=[1]}",
    "client_secret => S3cr3tS3cr3tS3cr3tS3",
    "access_token: Bearer S3cr3tS3cr3tS3cr3tS3",
    "Authorization: Bearer S3cr3tS3cr3tS3cr3tS3",
    "Authorization: Basic S3cr3tS3cr3tS3cr3tS3==",
    "Authorization: S3cr3tS3cr3tS3cr3tS3",
    "Proxy-Authorization: Negotiate S3cr3tS3cr3tS3cr3tS3",
    "A1 AUTHENTICATE XOAUTH2 S3cr3tS3cr3tS3cr3tS3",
    "A1 AUTHENTICATE PLAIN\n+ \nS3cr3tS3cr3tS3cr3tS3",
    "AUTH LOGIN S3cr3tS3cr3tS3cr3tS3",
    "AUTH LOGIN\n334 VXNlcm5hbWU6\nYm9i\n334 UGFzc3dvcmQ6\nS3cr3tS3cr3tS3cr3tS3\n235 ok",
    "A2 LOGIN bob S3cr3tS3cr3tS3cr3tS3",
    r#"A2 LOGIN "bob b" "S3cr3tS3cr3tS3cr3tS3""#,
    "DEBUG POP3: USER bob\nC: PASS S3cr3tS3cr3tS3cr3tS3",
    "Cookie: JSESSIONID=S3cr3tS3cr3tS3cr3tS3; x=y",
    "Set-Cookie: atlassian.xsrf.token=S3cr3tS3cr3tS3cr3tS3",
    "jsessionid=S3cr3tS3cr3tS3cr3tS3",
    "seraph.rememberme.cookie=S3cr3tS3cr3tS3cr3tS3",
    "/secure/Do.jspa?atl_token=S3cr3tS3cr3tS3cr3tS3",
    "password: S3cr3tS3cr3tS3cr3tS3",
    "-Djavax.net.ssl.trustStorePassword=S3cr3tS3cr3tS3cr3tS3",
    "GET /callback?code=S3cr3tS3cr3tS3cr3tS3&state=1",
    "grant_type=authorization_code&code=S3cr3tS3cr3tS3cr3tS3",
    r#"{"code":"S3cr3tS3cr3tS3cr3tS3"}"#,
    "<password>S3cr3tS3cr3tS3cr3tS3</password>",
    r#"<property name="mail.password" value="S3cr3tS3cr3tS3cr3tS3"/>"#,
    "client_assertion=S3cr3tS3cr3tS3cr3tS3",
    "<param name=\"clientSecret\"><value>S3cr3tS3cr3tS3cr3tS3</value></param>\n\na text after it",
    "Content-Disposition: form-data; name=\"password\"; x=y\r\n\r\nS3cr3tS3cr3tS3cr3tS3\r\n--x",
];

const SECRET: &str = "S3cr3tS3cr3tS3cr3tS3";

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

fn url(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Every encoding in which a text may be logged.
fn encodings(text: &str) -> Vec<String> {
    let text = text.to_owned();
    vec![
        text.clone(),
        json(&text),
        json(&json(&text)),
        json(&json(&json(&text))),
        url(&text),
        url(&url(&text)),
        html(&text),
        html(&json(&text)),
        json(&url(&text)),
    ]
}

#[test]
fn secrets_of_every_shape_are_removed_in_every_encoding() {
    for shape in SHAPES {
        for encoded in encodings(&format!("the value {shape} was sent")) {
            let found = shown(&encoded, None);
            for part in ["fakefake", "MADEUP", "FAKE", "hunter2", "mYWtl"] {
                assert!(!found.contains(part), "{encoded}\n{found}");
            }
            assert!(
                found.contains("[removed") && found.contains("was") && found.contains("sent"),
                "{encoded}\n{found}"
            );
        }
    }
    for text in KEYED {
        for encoded in encodings(text) {
            let found = shown(&encoded, None);
            assert!(!found.contains("S3cr3t"), "{encoded}\n{found}");
        }
    }
}

#[test]
fn the_text_after_a_secret_is_kept() {
    for (text, kept) in [
        (r#"{\"refresh_token\":\"S3cr3tS3cr3tS3cr3tS3\",\"trace_id\":\"1-2\"}"#, r#"\"trace_id\":\"1-2\"}"#),
        ("client_secret%3DS3cr3tS3cr3tS3cr3tS3%26grant_type%3Dx", "%26grant_type%3Dx"),
        ("&quot;client_secret&quot;:&quot;S3cr3tS3cr3tS3cr3tS3&quot;,&quot;a&quot;", "&quot;a&quot;"),
        ("A2 LOGIN bob S3cr3tS3cr3tS3cr3tS3\nA2 NO LOGIN failed", "A2 NO LOGIN failed"),
    ] {
        let found = shown(text, None);
        assert!(found.contains("[removed") && found.ends_with(kept), "{found}");
    }
}

#[test]
fn a_secret_that_is_recognised_once_is_removed_everywhere() {
    let record = format!("2026-01-05 ERROR [Contoso] password: {SECRET} Caesium-1-4 x failed");
    let redactor = Redactor::new(record.as_bytes(), None, RedactionLevel::Secrets, &[]);
    assert_eq!(redactor.redact_user(SECRET.as_bytes()), "[removed secret]");
    let mut field = redactor.redact_field(format!("/x/{SECRET}/y").as_bytes());
    Pseudonyms::default().apply(&mut field);
    assert_eq!(field, "/x/[removed secret]/y");
}

#[test]
fn what_is_hidden_in_a_record_is_hidden_in_its_text_without_escapes() {
    let record = br"refresh failed: net use \\fs1\x Espenlicht /user:jira gave error 86 (Espenlichtung)";
    let redactor = Redactor::new(record, None, RedactionLevel::Standard, &[]);
    assert!(!redactor.redact_text(record).contains("Espenlicht "), "{}", redactor.redact_text(record));
    let unescaped = br"net use \fs1\x Espenlicht /user:jira gave error 86 (Espenlichtung)";
    let shown = redactor.redact_text(unescaped);
    assert!(!shown.contains("Espenlicht ") && shown.contains("Espenlichtung"), "{shown}");
}

#[test]
fn a_secret_across_the_end_of_an_excerpt_is_removed_completely() {
    let token = format!("eyJhbGciOiJub25lIn0.{}.{}", "a1".repeat(300), "b2".repeat(300));
    let text = format!("the token {token} was sent, trace 1");
    let redactor = Redactor::new(text.as_bytes(), None, RedactionLevel::Standard, &[]);
    for max_bytes in 8..text.len() {
        let shown = redactor.redact_prefix(text.as_bytes(), max_bytes);
        assert!(!shown.contains("eyJ") && !shown.contains("a1a1") && !shown.contains("b2b2"), "{max_bytes}: {shown}");
    }
    let marked = format!("{}ann@contoso.com wrote", " ".repeat(20));
    let text = redact(&marked, None, RedactionLevel::Standard);
    for max_bytes in 0..text.len() {
        let mut shown = truncate(&text, max_bytes).0.to_owned();
        Pseudonyms::default().apply(&mut shown);
        assert!(!shown.contains("ann"), "{max_bytes}: {shown}");
    }
}

#[test]
fn people_have_one_pseudonym_in_every_encoding() {
    for encoded in encodings("from Ann Example <ann@contoso.com>; user: \"jdoe\" at 203.0.113.9") {
        let found = shown(&encoded, Some("jdoe"));
        for gone in ["contoso", "jdoe", "203.0.113.9", "Ann Example", "203%2E"] {
            assert!(!found.contains(gone), "{encoded}\n{found}");
        }
        assert!(found.contains("mailbox-1@…") && found.contains("ip-1"), "{encoded}\n{found}");
    }
    assert_eq!(shown("ann%40contoso.com is ann@contoso.com", None), "mailbox-1@… is mailbox-1@…");
}

#[test]
fn the_user_in_the_header_is_replaced_with_everybody() {
    let of = |level| Redactor::new(b"x", Some("jdoe"), level, &[]);
    assert_eq!(of(RedactionLevel::Secrets).redact_user(b"jdoe"), "jdoe");
    for (name, shown) in [("jdoe", "user-1"), ("ServiceRunner", "ServiceRunner"), ("admin", "admin")] {
        let mut user = of(RedactionLevel::Strict).redact_user(name.as_bytes());
        Pseudonyms::default().apply(&mut user);
        assert_eq!(user, shown);
    }
    let mut thread = of(RedactionLevel::Strict).redact_field(b"exec-2 url: /x; user: jdoe");
    Pseudonyms::default().apply(&mut thread);
    assert_eq!(thread, "exec-2 url: /x; user: user-1");
}

#[test]
fn replacements_are_counted_by_kind() {
    let mut text = redact("password=hunter2x ann@contoso.com bob@contoso.com", None, RedactionLevel::Standard);
    let mut names = Pseudonyms::default();
    names.apply(&mut text);
    let counts: Vec<_> = names.replacements().counts().iter().map(|(kind, count)| (*kind, *count)).collect();
    assert_eq!(counts, [("mail address", 2), ("secret", 1)]);
}

fn shown(text: &str, user: Option<&str>) -> String {
    let mut text = redact(&sanitize(text.as_bytes()), user, RedactionLevel::Standard);
    Pseudonyms::default().apply(&mut text);
    text
}

#[track_caller]
fn hides(texts: &[&str], hidden: &[&str]) {
    for text in texts {
        let found = shown(text, None);
        for one in hidden {
            assert!(!found.contains(one), "{text}\n{found}");
        }
    }
}

#[track_caller]
fn keeps(texts: &[&str]) {
    for text in texts {
        assert_eq!(shown(text, None), *text);
    }
}

#[test]
fn what_support_needs_is_kept() {
    for text in [
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value",
        "Trace ID: 11111111-aaaa-4bbb-8ccc-000000000001 Timestamp: 2022-01-05 20:33:57Z",
        "https://login.microsoftonline.com/error?code=7000215",
        "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}",
        "the password: expired",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "OAuth login failed: error=invalid_client",
        "li::before a::b java.util.Map::Entry std::ffi::CStr",
        "Invalid or null password: password doesn't exist",
        "client_secret=***",
        "Basic Authentication is disabled for this tenant",
        "{\"error\":{\"code\":\"ErrorItemNotFound\",\"message\":\"no\"}}",
        "com.atlassian.oauth2.client.unrecoverable.token.failing.period.days=7",
        "1.AuthenticationFailedException happened",
        "scope: https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        "redirect_uri=https://jira.example.com/plugins/servlet/oauth2/client/callback/7c1e9a04",
        "Thumbprint of key used by client: '7A1B2C3D4E5F60718293A4B5C6D7E8F901234567', Please visit",
        "Token already marked as invalid",
        "a refresh token: the grant was issued on 2026-01-05",
        "Unable to refresh token from provider ID: 12 - token ID: 3f2e1d0c-9b8a-4796-a5b4-c3d2e1f0a9b8",
    ] {
        assert_eq!(shown(text, None), text);
    }
}

#[test]
fn people_have_the_same_pseudonym_everywhere() {
    assert_eq!(
        shown("ann@contoso.com wrote to bob@contoso.com from 203.0.113.9, ANN@contoso.com again", None),
        "mailbox-1@… wrote to mailbox-2@… from ip-1, mailbox-1@… again"
    );
    assert_eq!(shown("user 'jdoe' and jdoe again", Some("jdoe")), "user 'user-1' and user-1 again");
    assert_eq!(shown("at 20:34:03 in 2001:db8::1", None), "at 20:34:03 in ip-1");
    assert_eq!(shown("user ServiceRunner", Some("ServiceRunner")), "user ServiceRunner");
}

#[test]
fn response_codes_of_mail_servers_are_no_users() {
    for text in
        ["when getting mail: [ALERT] Account exceeded limits", "login: [UNAVAILABLE] try later", "mail: [IN-USE] x"]
    {
        assert_eq!(shown(text, None), text);
    }
    assert_eq!(shown("login: [BOBEXAMPLE] failed", None), "login: [user-1] failed");
}

#[test]
fn control_characters_and_direction_marks_are_escaped() {
    assert_eq!(sanitize(b"a\x1b[31mb\r\nc\x00"), "a\\x1b[31mb\nc\\x00");
    assert_eq!(sanitize("a\u{202e}b\u{e000}".as_bytes()), "a\\u{202e}b\\u{e000}");
    assert_eq!(sanitize(b"a\xffb"), "a\u{fffd}b");
}

#[test]
fn long_secrets_are_removed_completely() {
    let long = "S3cr3t".repeat(60);
    for text in [
        format!("code={long}&state=1"),
        format!("secret: {long}, and so on"),
        format!("https://{long}:{long}@proxy.example.com/"),
    ] {
        let shown = redact(&text, None, RedactionLevel::Secrets);
        assert!(!shown.contains(&format!(":{}", &long[..6])) && !shown.contains("3tS3cr3t, "), "{shown}");
        assert!(shown.contains("[removed "), "{shown}");
        assert_eq!(shown.matches("S3cr3t").count(), 0, "{shown}");
    }
}
