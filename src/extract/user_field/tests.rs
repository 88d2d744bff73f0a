use super::*;

fn is_enclosed(text: &str) -> bool {
    let at = text.find("AADSTS").expect("a code");
    user_fields(text.as_bytes()).iter().any(|value| value.contains(&at))
}

#[test]
fn values_of_fields_with_a_persons_words_are_known() {
    for text in [
        r#"no issue made from mail with subject "Fw: AADSTS50034: x": sender unknown"#,
        r#"issue created from mail "Fw: AADSTS50034: x""#,
        "Subject: Fw: AADSTS50034: The user account does not exist",
        r#"slow JQL: text ~ "AADSTS50034" ORDER BY created"#,
        "summary='Users' laptops say AADSTS50034' key=HELP-1",
        r#"{"description":"it says AADSTS50034: x","summary":"y"}"#,
        "{\"description\":\"it says\n\"error\" AADSTS50034: x\",\"summary\":\"y\"}",
        "filter named 'AADSTS50034 of today' is invalid",
        "Could not index DESK-47, description was: Fw: AADSTS7000222: x",
        r#"Value is invalid for field "Error message": AADSTS90019: x"#,
        "Custom field 'Fehlertext' was set to AADSTS50034: x",
        r#"field "Log" (customfield_10010) has the value "AADSTS50034: x""#,
        "No reply to comment 'is it AADSTS7000222 again?' was sent",
        r#"Slack alert "AADSTS50034: The user account does not exist" could not be posted"#,
        r#"posted to Slack channel #ops: "Login failed: AADSTS50034: x""#,
        r#"dashboard "AADSTS50034: The user account" has no owner"#,
        "no issue made from a mail with subject AADSTS50034: The user account does not exist",
        "a mail with the subject [EXT] Re: AADSTS50034: x",
        "Cannot handle message 'Undeliverable: AADSTS50034: x': no project",
        "Deleting mail from postmaster@example.com: Undeliverable: AADSTS50034: x",
        "Mail with subject [Re: AADSTS50034: x] could not be processed: project is archived",
        "summary must be at most 255 characters: Fwd: AADSTS50034: x",
        "could not find the reply in: > AADSTS50034: x",
        "Duplicate mail dropped, Message-ID <AADSTS7000222.4711@example.com>",
    ] {
        assert!(is_enclosed(text), "{text}");
    }
}

#[test]
fn what_follows_such_a_value_and_what_a_provider_describes_is_outside() {
    for text in [
        "Subject='Users' laptops' From='null' failed: AADSTS50034: x",
        r#"{"error":"invalid_client","error_description":"AADSTS50034: x"}"#,
        "Error description: AADSTS50034: x",
        "OAuthProblemException{error='invalid_grant', description='AADSTS50034: x'}",
        "rejected; code: unauthorized_client; description: AADSTS700016: x",
        "Response body: {\"error\":\"invalid_client\",\"error_description\":\"AADSTS50034\"}",
        "Query failed\nCaused by: x.TokenException: AADSTS50034: x",
        "mail 'a' with subject 'b' not sent: AADSTS50034: x",
        "field 'client_secret' has the value 'x': AADSTS7000215: x",
        r#"Missing field "scope": AADSTS70011: x"#,
        "The field 'Issuer' is invalid. AADSTS50034: x",
        "could not create comment: Refresh Token Failed. Reported Reason: AADSTS50034: x",
        "token with subject AAAA was refused: AADSTS50034: x",
        "Message for Slack: AADSTS50034: x",
        "Could not send mail Re: Printer: AADSTS50034: x",
        "Message-ID <1@example.com> not sent: AADSTS50034: x",
        "mail 'Re: Printer' not sent: AADSTS50034: x",
    ] {
        assert!(!is_enclosed(text), "{text}");
    }
}

#[test]
fn blanked_values_leave_every_other_byte_in_its_place() {
    let text = b"Subject='AADSTS1' x\nSummary: AADSTS2\ny";
    let bare = without_fields(text, &user_fields(text));
    assert_eq!(&bare[..], b"                ' x\n                \ny".as_slice());
}
