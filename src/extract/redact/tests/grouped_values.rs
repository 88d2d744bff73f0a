//! Values in several parts: codes in groups, lists of bytes, words with blanks; and what programs, mailboxes and
//! directories have beside them.

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN, RedactionLevel, hides, keeps, redact};

/// Hidden by strict redaction, too.
fn hides_in_any_report(texts: &[&str], hidden: &[&str]) {
    hides(texts, hidden);
    for text in texts {
        let found = redact(text, None, RedactionLevel::Strict);
        assert!(!hidden.iter().any(|one| found.contains(one)), "{text}\n{found}");
    }
}

#[test]
fn a_one_time_code_in_groups_is_removed_whole_after_and_before_its_label() {
    hides_in_any_report(
        &[
            "one-time passcode 539 276",
            "Your one-time passcode is 539 276.",
            "passcode 539276",
            "Ihr Einmalpasswort lautet 539 276",
            "SMS code 539 276 was sent",
            "MFA code sent: 539 276",
            "authenticator code was 539 276",
            "otp=539+276&user=x",
            "token code 539276",
            "539 276 is your verification code",
            "Enter 539 276 to sign in",
            "G-539 276 is your Google verification code",
        ],
        &["539", "276"],
    );
    keeps(&[
        "one-time passcode 500 rows were read",
        "verification code 400 returned by server",
        "passcode was 3 characters short",
        "The code 535 5.7.3 is returned to sign in attempts",
    ]);
}

#[test]
fn codes_of_a_list_are_removed_whatever_is_between_them() {
    hides_in_any_report(
        &[
            "Backup codes: 6610 3382 7719 3382 4410 3382",
            "Scratch codes: 66103382 33827719 44103382",
            "Your emergency scratch codes are:\n  66103382\n  33827719\n  44103382",
            "2FA backup codes\n66103382\n33827719",
            "Backup codes\n1. 6610 3382\n2. 7719 3382",
            "Recovery codes:\n- pbx3-3382\n- 3382-m4pq",
            "\"recovery_codes\":[\"pbx3k3382\", \"qhk23382q\"]",
            "Wiederherstellungscodes: 66103382 33827719",
            "Ersatzcodes: 66103382, 33827719",
        ],
        &["3382"],
    );
    keeps(&["Recovery codes are stored in the table", "Backup codes: 2026-01-05 20:34:30", "backup codes 10 of 10"]);
}

#[test]
fn passwords_of_clients_of_the_web_and_of_files_of_accounts_are_removed() {
    hides_in_any_report(
        &[
            "curl --cert client.pem:sorrel https://x",
            "curl -E /opt/client.p12:sorrel https://x",
            "curl --cert-type PEM --cert \"C:\\keys\\client.pem:sorrel\" https://x",
            "curl --proxy-cert=client.pem:sorrel https://x",
            "curl --key-passwd sorrel --key k.pem https://x",
            "curl --tlspassword sorrel https://x",
            "curl --proxy-user svc:sorrel https://x",
            "htpasswd -b -B -C 10 /etc/httpd/users ann sorrel",
            "htpasswd -n -b ann sorrel",
        ],
        &["sorrel"],
    );
    keeps(&["curl --cert client.pem https://x", "curl -E C:\\keys\\client.pem https://x"]);
}

#[test]
fn what_a_command_prints_as_a_password_is_removed() {
    hides_in_any_report(
        &[
            "passwordeval \"echo sorrel\"",
            "passwordeval = echo -n sorrel",
            "passwordeval \"printf 'sorrel'\"",
            "PassCmd \"echo 'sorrel'\"",
            "PasswordCommand \"echo sorrel\"",
            "password_command = [\"echo\", \"sorrel\"]",
            "remotepasseval = echo sorrel",
            "set imap_pass=\"`echo sorrel`\"",
        ],
        &["sorrel"],
    );
    keeps(&[
        "passwordeval \"gpg --quiet --no-tty --decrypt mail.gpg\"",
        "PassCmd \"pass show mail/work\"",
        "passwordeval \"echo $MAIL\"",
    ]);
}

#[test]
fn the_bytes_of_a_secret_are_removed_in_every_notation() {
    hides_in_any_report(
        &[
            "password=[71, 101, 114, 100, 97, 55]",
            "char[] password = {71, 101, 114, 100, 97}",
            "byte[] secret = new byte[]{0x47, 0x65, 0x72, 0x64, 0x61}",
            "byte[] secret = new byte[] {71, 101, 114, 100, 97}",
            "password bytes: [71 101 114 100 97 55]",
            "password bytes 47:65:72:64:61:37",
            "password (hex): 47 65 72 64 61 37",
            "clientSecret.getBytes() = [71, 101, 114, 100, 97]",
            "Arrays.toString(password) -> [71, 101, 114, 100, 97]",
            "secretKey=[B(6)[71, 101, 114, 100, 97, 55]",
            "{password,<<71,101,114,100,97,55>>}",
            "password=b'71 101'",
        ],
        &["101", "0x65", "65:72", "65 72"],
    );
    keeps(&[
        "password attempts: 3, 4, 5, 6, 7",
        "password policy 8 12 30 90 365",
        "Password changed at 10:12:33:44:55:61",
        "secret rotation took 120 ms, 98 ms, 101 ms, 99 ms, 97 ms",
    ]);
}

#[test]
fn a_word_in_quotation_marks_after_a_login_is_removed_and_a_way_to_log_in_is_not() {
    hides_in_any_report(
        &[
            "bind as cn=svc,dc=contoso,dc=example with \"sorrel\"",
            "LDAP bind as CONTOSO\\svc with 'sorrel' failed",
            "authenticating as svc with \"sorrel\"",
            "logged in as svc using 'sorrel'",
            "trying to bind as \"cn=svc,dc=x\" with \"sorrel\"",
            "simple_bind_s(\"cn=svc,dc=contoso\", \"sorrel\")",
        ],
        &["sorrel"],
    );
    let found = redact("connected as svc using \"xoauth2\"", None, RedactionLevel::Standard);
    assert!(found.contains("xoauth2"), "{found}");
}

#[test]
fn a_value_of_capitalised_words_is_removed_in_the_middle_of_a_line() {
    hides_in_any_report(
        &[
            "mail config: client_secret: Heide und Moor, scope: imap",
            "loaded client_secret: Heide und Moor tenant: contoso",
            "settings client_secret=Heide und Moor, scope=imap",
            "OAuth config [client_secret: Heide und Moor; scope: imap]",
            "{tenant: contoso, client_secret: Heide und Moor, scope: imap}",
            "Using client secret: Heide und Moor",
            "using mail.password: Heide Moor See",
        ],
        &["Heide", "Moor"],
    );
    keeps(&[
        "client_secret: value was not accepted by the server",
        "The client secret: it must be renewed in the portal",
        "the client secret: Microsoft Azure Portal shows it once",
        "client secret: Please rotate your key",
    ]);
}

#[test]
fn a_word_after_a_short_label_is_a_password_beside_a_user() {
    hides_in_any_report(
        &[
            "login svc pw sorrel failed",
            "imap login user svc@contoso.example pass sorrel rejected",
            "user=svc pwd sorrel",
            "connecting as svc pw Sorrel7",
        ],
        &["sorrel", "Sorrel7"],
    );
    hides(&["Refused. pw sorrel", "pwd sorrel"], &["sorrel"]);
    keeps(&[
        "pwd /opt/atlassian",
        "tests pass locally",
        "pass through filter",
        "3 of 4 checks pass on node1",
        "pwd command failed",
    ]);
}

#[test]
fn names_with_brackets_and_of_scripts_without_capitals_are_hidden() {
    hides(
        &[
            "displayName: Dorn, Ulf (Extern)",
            "\"displayName\":\"Dorn Ulf (Extern)\"",
            "displayName='Dorn, Ulf [EXT]'",
            "User{displayName=Dorn, Ulf (Extern), active=true}",
        ],
        &["Dorn", "Ulf"],
    );
    hides(&["displayName: محمد علي", "\"displayName\":\"محمد علي\""], &["محمد", "علي"]);
    hides(
        &["displayName: 山田 太郎", "displayName=山田太郎, active=true", "user 山田太郎 not found"],
        &["山田", "太郎"],
    );
    hides(&["displayName: 김철수", "full name 김철수"], &["김철수"]);
}

#[test]
fn a_login_after_a_domain_and_a_slash_is_hidden() {
    hides(
        &["Login failed for KUNDE/jreuter", "user=KUNDE/jreuter", "Anmeldung von KUNDE/jreuter fehlgeschlagen"],
        &["jreuter"],
    );
    hides(&["authenticated as KUNDE/gerda", "principal KUNDE/gerda refused"], &["gerda"]);
    keeps(&["GET/index", "JIRA/core", "TCP/ip and SSL/tls", "WEB-INF/lib", "META-INF/services"]);
}

#[test]
fn people_in_paths_of_mailboxes_are_hidden() {
    hides(
        &[
            "A5 SELECT \"Other Users/jreuter\"",
            "SELECT \"Other Users/jreuter/INBOX\"",
            "Folder \"Andere Benutzer/jreuter\" does not exist",
            "* LIST (\\HasNoChildren) \"/\" user/jreuter",
            "A5 GETACL \"user/jreuter\"",
            "SELECT \"#user/jreuter/INBOX\"",
            "A5 STATUS \"Shared/jreuter\" (MESSAGES)",
        ],
        &["jreuter"],
    );
    keeps(&[
        "A5 SELECT \"Shared/support\"",
        "A5 SELECT \"INBOX/Shared\"",
        "GET /rest/api/2/user/properties",
        "user.home",
    ]);
}

#[test]
fn the_name_of_a_host_that_holds_an_address_goes_as_a_whole() {
    let found = redact("from host-203-0-113-9.dsl.contoso.example port 993", None, RedactionLevel::Strict);
    let host = "host-203-0-113-9.dsl.contoso.example";
    assert_eq!(found, format!("from {PLACEHOLDER_OPEN}h{host}{PLACEHOLDER_CLOSE} port 993"));
}
