use proptest::prelude::*;

use super::{
    super::{pii, secrets},
    *,
};

/// Parts of what the expression of secrets matches, combined in any order.
fn parts() -> impl Strategy<Value = String> {
    const WORDS: &str = "password passwd pwd pass passphrase client_secret secret token access-token refresh_token \
        client_secret_value code device_code code_verifier assertion private-key apikey authorization set-cookie \
        jsessionid atl_token awsalbcors crowd.token_key bearer basic negotiate NTLM oauthbearer cram-md5 auth plain \
        authenticate login LOGIN PASS APOP VXNlcm5hbWU6 UGFzc3dvcmQ6 eyJhbGci eyJ 8Q~ GOCSPX- 0.A 1.A M.C5_ M.R2_ \
        1//0 ya29. dXNlcj OAQAB EwBwA8 AIza 4/0A value";
    const PHRASES: [&str; 8] = [
        "id token",
        "334 VXNlcm5hbWU6\n",
        "334 UGFzc3dvcmQ6\n",
        "-----BEGIN RSA PRIVATE KEY-----",
        "A1 LOGIN bob ",
        "A1 AUTHENTICATE PLAIN ",
        "://bob:x@",
        "name='my-password' value='x",
    ];
    const SIGNS: [&str; 24] = [
        "=", ":", " = ", ": ", "=>", "->", ">", "<", "\"", "'", "\\\"", "\\", " ", "\t", "\n", "\r\n", "\u{b}", "+",
        "://", "@", "/", "&", "_", "A1 ",
    ];
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    prop_oneof![
        6 => prop::sample::select(words.clone()).prop_map(str::to_owned),
        1 => prop::sample::select(PHRASES.to_vec()).prop_map(str::to_owned),
        1 => prop::sample::select(words).prop_map(str::to_uppercase),
        8 => prop::sample::select(SIGNS.to_vec()).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["a1", "S3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t", "x"])
            .prop_map(str::to_owned),
        1 => "[ -~]{0,3}",
    ]
}

fn named() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["user", "User Name", "username", "ACCOUNT", "login", "principal", "actor", "author"])
            .prop_map(str::to_owned),
        4 => prop::sample::select(vec!["=", ":", " ", "'", "\"", "bob", "."]).prop_map(str::to_owned),
        1 => "[ -~]{0,3}",
    ]
}

fn addressed() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[0-9]{1,3}",
        2 => "[0-9a-f]{1,5}",
        5 => prop::sample::select(vec![":", "::", ".", " ", "2001:db8:0:0:0:0:0", "10.0.0"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_expression_of_secrets_does_not_match_rejected_text(parts in prop::collection::vec(parts(), 0..9)) {
        let text = parts.concat();
        prop_assert!(may_hold_secret(text.as_bytes()) || !secrets::expression_matches(text.as_bytes()), "{text:?}");
    }

    #[test]
    fn the_expressions_of_people_do_not_match_rejected_text(
        parts in prop::collection::vec(prop_oneof![named(), addressed()], 0..12),
    ) {
        let text = parts.concat();
        prop_assert!(may_name_user(text.as_bytes()) || !pii::expression_names_user(text.as_bytes()), "{text:?}");
        prop_assert!(may_hold_address(text.as_bytes()) || pii::addresses(text.as_bytes()).next().is_none(), "{text:?}");
    }
}

#[test]
fn typical_messages_of_providers_and_jira_are_rejected() {
    for text in [
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value, not its ID.",
        "com.atlassian.oauth2.client.api.lib.token.TokenServiceException: invalid_client",
        "\tat com.atlassian.oauth2.client.lib.token.DefaultTokenService.getToken(DefaultTokenService.java:92)",
        "https://login.microsoftonline.com:443/common/oauth2/v2.0/token answered 401",
        r#"{"error":"invalid_client","error_codes":[7000215],"timestamp":"2026-01-05 20:33:57Z"}"#,
    ] {
        assert!(!may_hold_secret(text.as_bytes()), "{text}");
        assert!(!may_name_user(text.as_bytes()), "{text}");
        assert!(!may_hold_address(text.as_bytes()), "{text}");
    }
}
