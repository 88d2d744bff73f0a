//! Passwords that are known by their place: among arguments, after a command that sets them, in tables that are drawn;
//! and checksums that look like addresses.

use super::{RedactionLevel, Redactor, hides, keeps, redact};

#[test]
fn the_password_of_a_call_that_logs_in_is_removed_by_its_place() {
    hides(
        &[
            "new WebCredentials(\"jreuter\", \"Quendel\", \"KUNDE\")",
            "[System.Net.NetworkCredential]::new('jreuter','Quendel')",
            "DriverManager.getConnection(\"jdbc:postgresql://h/jira\", \"jreuter\", \"Quendel\")",
            "credentials('jreuter', 'Quendel')",
            "AuthService.authenticate(jreuter, Quendel)",
            "authenticate() args: jreuter, Quendel",
            "client.authenticate(\"jreuter\", \"Quendel\");",
            "Method login invoked with arguments [jreuter, Quendel]",
            "No signature of method: Script7.login() is applicable for argument types: (String, String) values: [jreuter, Quendel]",
            "Credentials(jreuter,Quendel)",
            "UserPass(jreuter,Quendel)",
            "credentials('jira', 'jreuter', 'Quendel')",
            "ldap_bind(conn, \"cn=jreuter\", \"Quendel\")",
            "LdapConnection->bind('CN=jreuter,OU=x', 'Quendel')",
            "PDO->__construct('mysql:host=h', 'jreuter', 'Quendel', Array)",
            "mysqli->real_connect('h','jreuter','Quendel')",
            "Net::SMTP.start('h', 587, 'd', 'jreuter', 'Quendel', :login)",
            "login(b'svc', b'Quendel')",
            "curl -u 'jreuter':'Quendel' https://x",
            "curl --user \"jreuter\":\"Quendel\" https://x",
            "username or password invalid (jreuter:Quendel)",
            "tried jreuter/Quendel -> 535 5.7.3 Authentication unsuccessful",
            "net use \\fs1\\x Quendel",
            "printf '%s' 'Quendel' | docker login -u jreuter --password-stdin",
        ],
        &["Quendel", "jreuter"],
    );
    keeps(&[
        "login(request, response)",
        "authenticate(HttpServletRequest, HttpServletResponse)",
        "authenticate() called with values: [true, false]",
        "login arguments: missing, invalid",
        "Arguments: [null, null] for authenticate(String,String)",
        "tried imap/smtp -> 2 of 2 hosts",
    ]);
}

#[test]
fn the_value_of_a_setting_that_a_command_sets_is_removed() {
    hides(
        &[
            "$ mailtool config set smtp.password Quendel",
            "\"config\",\"sync.5.password\",\"Quendel\"",
            "git config --global sendemail.smtppass Quendel",
            "npm config set //registry.contoso.example/:_authToken Quendel",
            "dotnet user-secrets set \"Mail:Password\" \"Quendel\"",
            "consul kv put jira/mail/password Quendel",
            "etcdctl put /jira/mail/password Quendel",
        ],
        &["Quendel"],
    );
    keeps(&["config set smtp.password failed", "set mail.password required", "put jira/mail/password missing"]);
}

#[test]
fn a_secret_in_a_table_that_is_drawn_with_lines_is_removed() {
    hides(
        &[
            "│ client_secret │ Quendel │",
            "┌─────────┬──────────┐\n│ user    │ password │\n├─────────┼──────────┤\n│ jreuter │ Quendel  │\n└─────────┴──────────┘",
        ],
        &["Quendel"],
    );
    keeps(&["├── atlassian-jira │ 12 MB"]);
}

#[test]
fn a_word_that_is_known_as_a_secret_is_removed_where_a_parser_quotes_it() {
    let text = br#"Unrecognized token 'Quendel': was expecting JSON at [Source: {"client_secret":Quendel}]"#;
    let found = Redactor::new(text, None, RedactionLevel::Standard, &[]).redact_text(text);
    assert!(!found.contains("Quendel") && found.starts_with("Unrecognized token '"), "{found}");
}

#[test]
fn a_value_that_a_database_or_a_parser_refuses_is_removed() {
    hides(
        &[
            "Data too long for column 'PASSWORD' at row 1: Quendel",
            "Violation of UNIQUE KEY. The duplicate key value is (Quendel). Column: API_TOKEN",
            "{\"client_secret\" \"Quendel\"}",
            "PASSWORD\n--------------------\nQuendel",
            "default password Quendel login jreuter",
        ],
        &["Quendel"],
    );
    keeps(&["Data truncation: Data too long for column 'PASSWORD' at row 1", "PASSWORD\n--------\nexpired"]);
}

#[test]
fn a_user_beside_a_password_that_is_removed_goes_too() {
    hides(
        &[
            "jdbc:oracle:thin:jreuter/\"x7y\"@//h:1521/X",
            "*:*:*:jreuter:Quendel98",
            "participants=[jreuter(jan.reuter@contoso.example)]",
            "scp jreuter@h:/tmp/x .",
            "plink -ssh -pw Quendel98 jreuter@h",
            "/rest/api/1.0/users/picker?fieldName=assignee&query=jan+reut&_=17",
        ],
        &["jreuter", "reut"],
    );
}

#[test]
fn what_redaction_has_put_into_a_text_names_nothing() {
    for text in [
        "smtp.PlainAuth(\"\", \"user-1\", \"[removed password]\", \"smtp.office365.com\")",
        "/var/spool/mail/user-1: Permission denied",
        "slack user <user-1> asked",
        "Illegal character in authority at index 7: smtp://user-2:[removed password]@smtp.office365.com",
        "the excerpt ends Password: \u{2026}",
    ] {
        for level in [RedactionLevel::Standard, RedactionLevel::Strict] {
            let mut found = redact(text, None, level);
            super::Pseudonyms::default().apply(&mut found);
            assert_eq!(found, text.replace("user-2", "user-1"));
        }
    }
}

#[test]
fn strict_redaction_shows_serial_numbers_and_codes_of_databases() {
    for text in [
        "serialNumber=0a1b2c3d4e5f60718293a4b5c6d7e8f9, notAfter=2026-02-01",
        "SQL30082N  Security processing failed",
        "X509v3 Subject Alternative Name",
        "aud=api://2b4d6f80-aaaa-4bbb-8ccc-0123456789ab",
    ] {
        assert_eq!(redact(text, None, RedactionLevel::Strict), text);
    }
}

#[test]
fn a_fingerprint_of_pairs_is_no_address() {
    keeps(&[
        "SHA-1 fingerprint 5E:3F:1C:9A:0B:2D:4F:6A:8C:1E:3F:5A:7B:9D:0F:11:22:33:44:55",
        "Serial Number: 0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9",
        "Subject Key Identifier: 5e:3f:1c:9a:0b:2d:4f:6a:8c:1e:3f:5a:7b:9d:0f:11:22:33:44:55",
        "kex: hmac-sha2-256-etm@openssh.com",
    ]);
    hides(&["from 2001:db8:0:1:2:3:4:5 port 22", "[2001:db8::1]:993", "2001:db8::12:34:56:78"], &["2001", "db8"]);
}

#[test]
fn keys_of_further_vendors_are_removed_by_their_shape() {
    let digits = "0123456789abcdef0123456789abcdef01234567";
    for lead in
        ["sqp_", "rubygems_", "pul-", "CCIPAT_AbCd_", "PMAK-", "dt0c01.ST2EY72KQINMH574WMNVI7YN.", "AGE-SECRET-KEY-1"]
    {
        let key = if lead.starts_with("AGE") { digits.to_uppercase() } else { digits.to_owned() };
        let found = redact(&format!("value {lead}{key} was"), None, RedactionLevel::Standard);
        assert!(!found.contains(&key), "{found}");
    }
}

#[test]
fn the_token_of_an_authorization_header_goes_whatever_it_looks_like() {
    hides(
        &[
            "Authorization: Bearer mF_9.B5f-4.1JqM",
            "\"authorization\" : \"Bearer my.token.value\"",
            "Proxy-Authorization: Basic YTpi",
        ],
        &["mF_9", "my.token", "YTpi"],
    );
    keeps(&[
        "Authorization: Bearer token is missing",
        "Authorization: Bearer token",
        "Authorization: Bearer null",
        "WWW-Authenticate: Bearer realm=\"\", error=\"invalid_token\"",
    ]);
}

#[test]
fn the_code_of_a_callback_goes_whatever_it_looks_like() {
    hides(
        &["/rest/oauth2-client/latest/callback?code=0.AVwA-altmark9&state=x", "/x?session_state=a1&code=garden-green"],
        &["altmark", "garden"],
    );
    keeps(&["/rest/api?code=garden-green", "/callback?code=500&state=open", "/callback?code=ACCESS_DENIED&state=x"]);
}

#[test]
fn the_old_and_the_new_secret_of_a_change_are_removed() {
    hides(
        &[
            "Secret rotated: old=Garten36 new=Garten37",
            "client secret: old=Garten36, new=Garten37",
            "We changed the secret from Garten36 to Garten37",
        ],
        &["Garten36", "Garten37"],
    );
    keeps(&["The secret from the vault to be used", "Secret rotated: old and new keys differ"]);
}

#[test]
fn people_are_hidden_in_further_paths_labels_and_calls() {
    hides(
        &[
            "/rest/api/2/user/hbrandl/properties",
            "/display/~hbrandl/Home",
            r"\\filer02\profiles$\hbrandl\Desktop",
            "Requested for: Hbrandl Zurbriggen",
            "[principal: hbrandl]",
            "machine imap.gmail.com login hbrandl password Garten49b",
            "{\"name\":\"hbrandl\",\"emailAddress\":\"x@contoso.example\"}",
            "Gebruiker hbrandl bestaat niet",
        ],
        &["hbrandl", "Hbrandl", "Zurbriggen"],
    );
    hides(&["new Client(username(\"marin\"))", "O usuário marin não existe"], &["marin"]);
    keeps(&[
        "/rest/api/2/user/properties/x",
        "getUser(name)",
        "Customer: Acme Corporation",
        "Manager: Connection Pool",
        "{\"name\":\"oauth2-client\",\"version\":\"3.1\"}",
        "[mailbox: closed]",
    ]);
}

#[test]
fn the_id_of_a_session_and_the_use_of_a_password_are_shown() {
    keeps(&[
        "https://support.google.com/mail/?p=BadCredentials ffacd0b85a97d-3a36f45768fsm43210987f8f.67 - gsmtp",
        "(using password: YES)",
        "(using password: NO)",
    ]);
}

#[test]
fn lists_of_values_that_are_cut_off_are_read_to_their_ends() {
    for text in [
        "Param 1: ann Param 2",
        "parameters: $1 = 'ann', $",
        "Failing row contains (",
        "Key (token)=(",
        "kind: Secret\ndata:",
    ] {
        let _ = redact(text, None, RedactionLevel::Strict);
    }
}
