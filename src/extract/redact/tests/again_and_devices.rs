//! Secrets and people that come again in another spelling, computers of people, and settings that two lines make.

use super::{Pseudonyms, RedactionLevel, Redactor, hides, keeps, redact};

/// What a report shows of texts, one after the other.
fn shown(texts: &[&str]) -> Vec<String> {
    let mut names = Pseudonyms::default();
    let mut show = |text: &&str| {
        let mut text = super::super::redact_record(text, None, &[], RedactionLevel::Standard);
        names.apply(&mut text);
        text
    };
    texts.iter().map(&mut show).collect()
}

#[test]
fn a_secret_that_is_known_goes_in_capitals_and_as_an_address_writes_it() {
    for again in ["QUITTENBLATT77", "quittenblatt77"] {
        let shown = shown(&["password=Quittenblatt77", &format!("tried '{again}' too")]);
        assert_eq!(shown[1], "tried '[removed secret]' too", "{again}");
    }
    let shown = shown(&["password=Quitte&Blatt+77", "sent pw Quitte%26Blatt%2B77 ok"]);
    assert!(!shown[1].contains("Quitte"), "{}", shown[1]);
}

#[test]
fn a_word_that_is_known_as_a_secret_goes_without_quotation_marks_in_the_same_record() {
    let text = b"smtp.password=Quittenblatt\ncannot parse Quittenblatt at line 4";
    for level in [RedactionLevel::Standard, RedactionLevel::Strict] {
        let mut found = Redactor::new(text, None, level, &[]).redact_text(text);
        Pseudonyms::default().apply(&mut found);
        assert_eq!(found, "smtp.password=[removed secret]\ncannot parse [removed secret] at line 4");
    }
    keeps(&["password: required, so the password is Required"]);
}

#[test]
fn a_full_name_that_is_known_goes_in_its_other_spellings_and_has_one_pseudonym() {
    let shown = shown(&[
        "displayName=\"Wenona Lindgarth\"",
        "mailbox of Lindgarth, Wenona is full; wenona.lindgarth",
        "opened /mail/lindgarth_wenona.msg and W.Lindgarth",
        "com.wenona.lindgarth.X wenona.lindgarth2 wenona",
    ]);
    assert_eq!(shown[1], "mailbox of user-1 is full; user-1");
    assert_eq!(shown[2], "opened /mail/user-1.msg and user-1");
    assert_eq!(shown[3], "com.wenona.lindgarth.X wenona.lindgarth2 wenona");
}

#[test]
fn a_computer_of_somebody_gets_the_pseudonym_of_a_host() {
    hides(
        &[
            "workstation=LAPTOP-JREUTER",
            "Workstation Name:\tNB-REUTER-07",
            "Client machine: LAP-JREUTER",
            "Received: from DESKTOP-JREUTER.contoso.example (203.0.113.5)",
            "EHLO jreuter-laptop",
            "helo=<Hannahs-MacBook-Pro.local>",
            "connect from laptop-jreuter",
            "PC-JREUTER",
            "NB-REUTER",
            "Workstation: WS-REUTER01",
        ],
        &["REUTER", "reuter", "Hannah"],
    );
    keeps(&[
        "PC-123 and NB-77 are issues, NB-IOT is a radio",
        "WS-FEDERATION and WS-SECURITY, PC-SPECIFIC, DESKTOP-APP-3, LAPTOP-12",
        "x86_64-pc-linux-gnu",
        "a PC-based client",
        "on my desktop-app",
        "LAPTOP-APP",
        "the new-laptop rule",
        "docker-desktop-proxy",
    ]);
    let text = "workstation=null, workstation: unknown";
    assert_eq!(redact(text, None, RedactionLevel::Strict), text);
}

#[test]
fn addresses_of_network_cards_and_fingerprints_stay() {
    keeps(&[
        "DHCPACK to a4:83:e7:12:34:56 via eth0",
        "mac=A4-83-E7-12-34-56.",
        "SHA-1 A4:83:E7:12:34:56:78:90:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01",
        "serial 0a:1b:2c:3d:4e:5f:60:71",
        "file-26-01-05-20-34-03",
        "at 20:34:03 on 26-01-05",
    ]);
}

#[test]
fn settings_of_two_lines_and_calls_with_more_arguments_hold_a_password() {
    hides(
        &[
            "User svcjira\nPass Quittenblatt\nAuthMechs LOGIN",
            "Name     Value\n----     -----\nPassword Quittenblatt\nUser     svcjira",
            "USER      PASSWORD    HOST\njreuter   Quittenblatt  outlook.office365.com",
            "SMTP->authenticate('jreuter', 'Quittenblatt', 'LOGIN', NULL)",
            "imap_open('{h:993/ssl}INBOX', 'jreuter', 'Quittenblatt')",
            "Setting property 'keystorePass' to 'Quittenblatt' did not find a matching property.",
            "check_imap_login -H outlook.office365.com -U jreuter -P Quittenblatt -s",
            "simple bind cn=jira,dc=contoso,dc=example Quittenblatt",
            "field=mailpassword oldvalue=Quittenblatt newvalue=Quittenblatt2",
            "auth: PLAIN(Quittenblatt) != 'Quittenblatt9'",
            "J2C entry uses {xor}Quittenblatt==",
            "client.Authenticate (\"jreuter\", \"Quittenblatt\");",
            "client.AuthenticateAsync(\"jreuter\", \"Quittenblatt\", token)",
            "<ns1:login><in0 xsi:type=\"xsd:string\">jreuter</in0><in1 xsi:type=\"xsd:string\">Quittenblatt</in1></ns1:login>",
            "<methodName>login</methodName><params><param><value>jreuter</value></param><param><value>Quittenblatt</value></param></params>",
            "{\"value\":\"Quittenblatt\"} sent to /rest/usermanagement/1/authentication?username=jreuter",
            "POST /rest/usermanagement/1/authentication?username=jreuter\n{\"value\":\"Quittenblatt\"}",
            "-----BEGIN OpenVPN Static key V1-----\nQuittenblatt0123\n-----END OpenVPN Static key V1-----",
            "openconnect --user=jreuter --passwd-on-stdin <<< \"Quittenblatt\"",
            "Das Kennwort auf Quittenblatt gesetzt",
            "yeni parola Quittenblatt olarak",
            "se cambió la clave a Quittenblatt7",
            "avec le mot de passe Quittenblatt.",
        ],
        &["Quittenblatt"],
    );
    hides(&["https://automation.atlassian.com/pro/hooks/48fbe03638b8411754591626202f1840d57eaf74"], &["48fbe"]);
    keeps(&[
        "grant_type=password from=web to=mail",
        "Setting property 'password' to 'required'",
        "simple bind failed: dc1:636",
        "where LOWER(name) != 'jira' and assertThat(status) != 'OK'",
        "psql -U jira -P pager",
        "ssh -P 2222 -l jira",
        "Pass rate\nFail rate",
        "<login>true</login><a>one</a>",
        "C: A1 LOGIN failed; see above",
        "USER PID COMMAND\njira 4711 java",
    ]);
}

#[test]
fn people_are_known_by_further_words_beside_them() {
    hides(
        &[
            "SAP user REUTERJ locked (RFC_LOGON)",
            "participants=[jreuter(Jan Reuter)]",
            "/Volumes/jreuter/logs",
            "ftp://jreuter@files/x",
            "Szanowna Pani Reuter, hasło wygasło",
            "Beste mevrouw Reuter, uw postvak is vol",
            "Sayın Reuter,",
            "content=<<<j_username=jreuter&j_password=x>>>",
            "Customer \"Wenona Reuter\" added to organization",
        ],
        &["REUTERJ", "jreuter", "Reuter"],
    );
    hides(
        &[
            "Reisepass Nr. C01X00T47",
            "SMS sent to 4917655501234",
            "wa.me/4917655501234",
            "voice call to 004917655501234",
        ],
        &["C01X00T47", "17655501234"],
    );
    keeps(&[
        "/Volumes/Macintosh HD/x",
        "ssh://git@files/x",
        "get(Foo Bar)",
        "Hej världen",
        "customer \"Premium Support\" added",
        "SMS to 3 people",
    ]);
}

#[test]
fn an_element_after_login_may_be_longer_than_what_is_looked_at() {
    for value in 150..420 {
        let text =
            format!("AADSTS7000222: x <login>{}<{}>{} end", "<a>".repeat(10), "b".repeat(value), "x".repeat(100));
        assert!(redact(&text, None, RedactionLevel::Strict).contains("<login>"));
        let text = format!("<login>{}</a><in0>{}", "x".repeat(value), "y".repeat(value));
        assert!(redact(&text, None, RedactionLevel::Strict).starts_with("<login>"));
    }
}

#[test]
fn words_that_only_look_like_a_secret_or_a_computer_again_are_kept() {
    for text in
        ["see WS-PROJ-1234, NB-ABCD-9, PC-USB30 and WS-SOAP12", "ssh -l root -P Debug", "mounted /Volumes/data01/x"]
    {
        assert_eq!(redact(text, None, RedactionLevel::Standard), text);
    }
}
