use super::{
    super::{frames, place::What},
    *,
};

fn removed(text: &str) -> Vec<String> {
    let found = find(text.as_bytes(), &frames::blocks(text.as_bytes()), &Known::default());
    let secrets = found.iter().filter(|place| matches!(place.what, What::Secret(_)));
    secrets.map(|place| text[place.start..place.end].to_owned()).collect()
}

#[test]
fn what_reads_like_a_log_is_shown() {
    for text in [
        "Token expired: com.atlassian.oauth2.client.lib.token.DefaultTokenHandler$$Lambda$123/0x0000000800c8a840",
        "MailItem@5c2e3f1a at 2026-01-05T19:34:03Z took 250ms, 1736105643014, 10.3.2.1 build 912004",
        "\tat jdk.internal.reflect.GeneratedMethodAccessor1234.invoke(Unknown Source)",
        "Trace ID: 8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101 app '5d1c0a52-3f44-4a0e-9f5e-27c6a3b1c001'",
        "client_id=123456789012-abcdefghijklmnopqrstuv0123456789.apps.googleusercontent.com",
        "sha256 5e884898da28047151d0e56f8dc6292773603d0d6aabbd",
        "kid=9GmnyFPkhc3hOuR22mvSvgnLo7Y, \"x5t\": \"hJ7TLM1XxO7mYZsHHZ8Dd5b4Vf0\", SHA256: uNiVztksCsDhcc0u9e8BrqwXVGDl4pTkBv",
        "Die Anmeldung für das Postfach ist fehlgeschlagen; réessayez après l'authentification",
        "project = ABC AND status in (Open, \"In Progress\") ORDER BY created DESC",
        "GET /s/d41d8cd98f00b204e9800998ecf8427e-CDN/1x2y3z/912004/_/download/batch/x.js HTTP/1.1",
        "BN9PR03CA0123.NAMPRD03.PROD.OUTLOOK.COM and q18-20020a056a00a1b200 - gsmtp",
    ] {
        assert_eq!(removed(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_could_be_a_key_is_removed() {
    for (text, secret) in [
        ("again qnruII4SXthFsAqy269hKEdRzC6yAUEcSm0afHV7 here", "qnruII4SXthFsAqy269hKEdRzC6yAUEcSm0afHV7"),
        ("C: aHVudGVyMg==", "aHVudGVyMg=="),
        ("a/Zx9+qR7t/Kp2mWv8=", "a/Zx9+qR7t/Kp2mWv8="),
        ("see 8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101 there", "8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101"),
        ("value xkqzvbnwpt", "xkqzvbnwpt"),
        ("sha Aa0a0Aa0A0aaaaAA0aaAAaaaaA0 was sent", "Aa0a0Aa0A0aaaaAA0aaAAaaaaA0"),
        ("kid Qb7x2Lm9Zk4wRt8vYn3sHc6pJd1 was sent", "Qb7x2Lm9Zk4wRt8vYn3sHc6pJd1"),
    ] {
        assert_eq!(removed(text), [secret], "{text}");
    }
}

#[test]
fn hosts_of_the_customer_get_pseudonyms() {
    let hosts = |text: &str| -> Vec<String> {
        let found = find(text.as_bytes(), &frames::blocks(text.as_bytes()), &Known::default());
        let hosts = found.iter().filter(|place| matches!(place.what, What::Person(_)));
        hosts.map(|place| text[place.start..place.end].to_owned()).collect()
    };
    assert_eq!(hosts("https://jira.contoso.example/x and login.microsoftonline.com"), ["jira.contoso.example"]);
    assert_eq!(hosts("5.7.3 refused [VI1PR08CA0132.contoso.example]"), ["VI1PR08CA0132.contoso.example"]);
    assert_eq!(hosts("tenant 'Contoso Holding GmbH' at http://db01:5432/"), ["db01", "Contoso Holding GmbH"]);
    assert!(hosts("\"https://idp-7.example.com/oauth2/v1/token\": idp-7.example.com; java.lang.String").is_empty());
}

#[test]
fn a_password_that_people_choose_is_removed_from_a_line_that_names_one() {
    let strict =
        |text: &str| crate::extract::redact::redact(text, None, crate::extract::redact::RedactionLevel::Strict);
    for (text, secret) in [
        ("password check: the bound value was [Winter2031!] there", "Winter2031!"),
        ("login of the service with tiger4 was refused", "tiger4"),
        ("bad credentials, got Pa55wort then zQ4#m", "Pa55wort"),
        ("bad credentials, got Pa55wort then zQ4#m", "zQ4#m"),
        ("Kennwort falsch: erhalten TSV-Erlbach09", "TSV-Erlbach09"),
    ] {
        assert!(!strict(text).contains(secret), "{text}\n{}", strict(text));
    }
    for text in [
        "the bound value was Winter2031 there",
        "AADSTS7000222: The provided client secret keys for app have expired. Visit the portal, see http-nio-8080-exec-3",
        "Caesium-1-4 ServiceRunner password authentication is disabled for IMAP4rev1, use OAuth2 or XOAUTH2 (RFC6749)",
        "Saml2Login failed: login with PBKDF2WithHmacSHA256 and Exchange2019, attempt3",
        "A1 NO LOGIN failed. 535 5.7.139 Authentication unsuccessful, basic authentication is disabled",
    ] {
        assert_eq!(strict(text), text);
    }
}
