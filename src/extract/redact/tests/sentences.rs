//! People and passwords of letters alone, known by the sentence or the line that holds them.

use super::{hides, keeps};

#[test]
fn a_full_name_with_a_common_given_name_is_a_person_wherever_it_is() {
    hides(
        &[
            "the printer of Hannah Voss is broken",
            "Hannah M. Voss has no licence",
            "moved to Voss, Hannah (IT)",
            "Voss, Hannah <x@contoso.example> bounced",
            "session of hannah-voss ended",
        ],
        &["Voss", "Hannah", "hannah-voss"],
    );
    keeps(&["Andrea Server", "Roman Numerals2", "Charles-Proxy", "Martin_Version", "Petra", "Apache Tomcat Connector"]);
}

#[test]
fn a_full_name_is_a_person_beside_what_only_people_do() {
    hides(
        &[
            "On 5 Jan, Wenona Lindgarth wrote:",
            "schrieb Wenona Lindgarth:",
            "Out of office: Wenona Lindgarth is away",
            "mentioned Wenona Lindgarth in a comment",
            "please ask Wenona Lindgarth",
            "Mail from Wenona Lindgarth: no toner",
            "Comment added to HELP-12 by Wenona Lindgarth",
            "Transition by Wenona Lindgarth failed",
            "Thanks,\nWenona Lindgarth",
            "customer Wenona Lindgarth was not found",
        ],
        &["Wenona", "Lindgarth"],
    );
    keeps(&[
        "blocked by Content Security Policy",
        "Session Pool closed",
        "Mail Queue updated",
        "sent by Mail Handler",
        "deleted Backup Folder",
        "issue not found",
        "of type [com.sun.proxy.$Proxy1234] is not eligible",
    ]);
}

#[test]
fn a_login_that_starts_as_no_word_does_is_hidden_by_itself() {
    hides(
        &[
            "preauth failure for hvoss",
            "claim = hvoss",
            "vsftpd: [hvoss] FAIL",
            "<hvoss> it is broken",
            "'hvoss' not found in the database",
            "contoso\\hvoss",
            "A=login:hvoss P=x",
            "Pipeline #4021 triggered by hvoss",
        ],
        &["hvoss"],
    );
    keeps(&[
        "format=jsonl",
        "a tcpdump of it",
        "hvoss.example.com",
        "com/hvoss/x",
        "\"hvoss\": 1",
        "sub-hvoss",
        "a jdbc url",
        "the pgbouncer pool",
        "xml tmpdir dns",
    ]);
}

#[test]
fn a_login_beside_the_address_from_which_it_came_is_hidden() {
    hides(
        &[
            "pam(baker,203.0.113.9)",
            "auth: passwd-file(baker,203.0.113.9): unknown user",
            "baker/203.0.113.9:1194 MULTI: Learn",
            "'baker'@'203.0.113.9'",
            "refused for baker from 203.0.113.9",
            "203.0.113.9[baker] established",
        ],
        &["baker"],
    );
    keeps(&["connect(mail.contoso.test,", "request from 203"]);
    let java = super::redact("refused: jira01/198.51.100.7:8080", None, super::RedactionLevel::Standard);
    assert!(java.contains("jira01/"), "{java}");
}

#[test]
fn a_login_of_a_word_is_hidden_after_nouns_and_verbs_of_people() {
    hides(
        &[
            "FATAL: role \"baker\" does not exist",
            "received EAP identity 'baker'",
            "XAuth authentication of 'baker' successful",
            "USER:[5] \"baker\"",
            "[CONTOSO]\\[baker]",
            "login denied for baker",
            "ApplicationUser(baker)",
            "<developer><id>baker</id></developer>",
            "Adding user baker to jira-users",
            "User not found: baker",
            "session opened for user root by baker(uid=0)",
            "\nowner:\n  login: baker\n  id: 1",
            "L'utilisateur baker a été bloqué, utilisateur baker.",
            "lda(baker): Info: saved",
        ],
        &["baker"],
    );
    keeps(&[
        "ApplicationUser(String)",
        "getUser(name)",
        "Processing user request from",
        "the scope 'IMAP.AccessAsUser.Al offline_access' is not valid",
        "server.xml not found",
        "property 'mail.smtp' does not exist",
        "parameter redirect_uri is not allowed",
        "access denied for client_secret",
        "service svchost failed, pgdata and vcenter too",
        "denied for security reasons",
        "role 'Administrators'",
        "stopped by signal",
        "User: arn:aws:iam",
        "missing user interface.",
    ]);
}

#[test]
fn a_password_of_letters_is_removed_where_a_sentence_leaves_no_room_for_anything_else() {
    hides(
        &[
            "hook secret configured as marigold",
            "user created with password marigold.",
            "registered with shared secret marigold",
            "le mot de passe du compte est marigold",
            "la contraseña para ann es marigold",
            "Das neue Kennwort lautet marigold",
            "password given: marigold",
            "account default\npassword marigold\nuser ann",
            "Temporary password marigold was mailed",
            "pat: marigold",
            "OTP=marigold",
            "secret: marigold",
            "credentials ann:marigold",
            "Your new password is: marigold",
            "log in with marigold as password",
            "vpn preshared-key marigold",
            "remotepass = marigold",
        ],
        &["marigold"],
    );
    keeps(&[
        "the password is case-sensitive",
        "the password is too short",
        "password for ann is expired",
        "with password authentication.",
        "using password hashing",
        "client secret is malformed",
        "the new password policy is strict",
        "client secret provided. user is literal",
        "OTP: required",
        "chpasswd: line 1: missing",
        "secret: present",
        "otp: enabled",
    ]);
}

#[test]
fn a_password_of_letters_is_removed_from_calls_and_command_lines() {
    hides(
        &[
            "rabbitmqctl -n rabbit@mq01 add_user ann marigold",
            "rabbitmqctl -n rabbit@mq01 change_password ann marigold",
            "bitsadmin /setcredentials job1 server basic ann marigold",
            "gh secret set KEY --body \"marigold\"",
            "simple_bind_s('cn=svc', 'marigold')",
            "db.auth(\"jira\", \"marigold\")",
            "EXEC sp_addlogin 'jira', 'marigold', 'jiradb'",
            "sieve-connect -u ann -p marigold",
            "az keyvault secret set --name smtp --value marigold",
            "java -jar jenkins-cli.jar -auth ann:marigold",
            "SONAR_TOKEN=marigold",
            "auth=('ann', 'marigold')",
            "smtp.PlainAuth(\"\", \"ann\", \"marigold\", \"smtp.contoso.example\")",
            "store.connect(\"imap.contoso.example\", \"ann\", \"marigold\")",
            "requirepass marigold",
            "username ann password 0 marigold",
            "runner register --registration-token marigold",
            "https://x.example/b?X-Goog-Signature=marigold1",
            "ldap_default_authtok = marigold",
        ],
        &["marigold"],
    );
    hides(&[">>> bWFyaWdvbGQ="], &["bWFyaWdvbGQ"]);
    keeps(&["getPassword(\"mail\")", ">>> import", "requirepass failed"]);
}

#[test]
fn a_login_that_reads_like_a_word_is_hidden_in_what_jira_writes_of_users() {
    hides(
        &[
            "UserTemplateWithAttributes{name='gerber', directoryId=10000}",
            "Mail handler: reporter gerber does not have permission to create",
            "[c.a.j.s.s.m.MailFetcherService] Default Reporter Name: gerber",
            "handler.params = project=ABC,reporterusername=gerber,catchemail=x",
            "RememberMe: set user to gerber",
            "Principal: gerber, authorities: [ROLE_USER]",
            "impersonating user gerber via ews",
        ],
        &["gerber"],
    );
    keeps(&["principal: the account that signs in, as a rule", "set user to null", "for principal names see below"]);
}
