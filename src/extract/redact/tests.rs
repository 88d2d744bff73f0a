use super::*;

fn shown(text: &str, user: Option<&str>) -> String {
    let mut text = scrub(&visible(text.as_bytes()), user, Hide::SecretsAndPeople);
    Pseudonyms::default().settle(&mut text);
    text
}

#[test]
fn secrets_of_every_shape_are_gone() {
    // Made-up values in the shapes that providers use.
    let secrets = [
        "abc8Q~MADEUPmadeupMADEUPmadeupMADEUP01",
        "eyJmYWtlIjoxfQ.eyJmYWtlIjoyfQ.c2ln",
        "1//0fakefakefakefakefake",
        "ya29.fakefakefakefakefake",
        "0.AXfakefakefakefakefakefake",
        "GOCSPX-fakefakefakefake",
    ];
    for secret in secrets {
        let text = format!("the value {secret} was sent");
        let found = shown(&text, None);
        assert!(!found.contains(secret), "{found}");
        assert!(found.contains("[removed") && found.ends_with("was sent"), "{found}");
    }
    for (text, gone) in [
        ("client_secret=hunter2&grant_type=x", "hunter2"),
        (r#"{"refresh_token":"hunter2hunter2","a":1}"#, "hunter2"),
        (r#"{\"access_token\":\"hunter2hunter2\"}"#, "hunter2"),
        ("Authorization: Bearer hunter2hunter2hunter2", "hunter2"),
        ("A1 AUTHENTICATE XOAUTH2 aHVudGVyMmh1bnRlcjI=", "aHVudGVy"),
        ("A2 LOGIN bob hunter2", "hunter2"),
        ("Cookie: JSESSIONID=hunter2; x=y", "hunter2"),
        ("password: hunter2", "hunter2"),
        ("GET /callback?code=0hunter2hunter2hunter2hunter2&state=1", "hunter2"),
    ] {
        assert!(!shown(text, None).contains(gone), "{}", shown(text, None));
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
        "Invalid or null password: password doesn't exist",
        "client_secret=***",
    ] {
        assert_eq!(shown(text, None), text);
    }
}

#[test]
fn people_get_the_same_name_everywhere() {
    assert_eq!(
        shown("ann@contoso.com wrote to bob@contoso.com from 203.0.113.9, ANN@contoso.com again", None),
        "mailbox-1@… wrote to mailbox-2@… from ip-1, mailbox-1@… again"
    );
    assert_eq!(shown("user 'jdoe' and jdoe again", Some("jdoe")), "user 'user-1' and user-1 again");
    assert_eq!(shown("at 20:34:03 in 2001:db8::1", None), "at 20:34:03 in ip-1");
    assert_eq!(shown("user ServiceRunner", Some("ServiceRunner")), "user ServiceRunner");
}

#[test]
fn control_characters_and_direction_marks_are_spelled_out() {
    assert_eq!(visible(b"a\x1b[31mb\r\nc\x00"), "a\\x1b[31mb\nc\\x00");
    assert_eq!(visible("a\u{202e}b\u{e000}".as_bytes()), "a\\u{202e}b\\u{e000}");
    assert_eq!(visible(b"a\xffb"), "a\u{fffd}b");
}
