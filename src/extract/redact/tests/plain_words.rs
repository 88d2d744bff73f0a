//! Secrets that read like words, and people beside signs of one program, with ordinary texts that look like them.

use super::{hides, keeps};
use crate::extract::redact::{Pseudonyms, RedactionLevel, redact, sanitize};

/// Secrets of several looks: a word, two words, digits, and a random one.
const SECRETS: [&str; 4] = ["marigold", "copper-lantern", "48213907", "Rk7mQ2xLp9Vt4Zw"];

fn strict(text: &str) -> String {
    let mut text = redact(&sanitize(text.as_bytes()), None, RedactionLevel::Strict);
    Pseudonyms::default().apply(&mut text);
    text
}

#[track_caller]
fn hides_any_secret(texts: &[&str]) {
    for secret in SECRETS {
        let texts: Vec<String> = texts.iter().map(|text| text.replace('§', secret)).collect();
        hides(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &[secret]);
    }
}

#[test]
fn a_secret_of_any_look_goes_from_headers_that_are_named_after_secrets() {
    hides_any_secret(&[
        "X-Gitlab-Token: §",
        "x-acme-service-key: §",
        "\"X-Acme-Key\":[\"§\"]",
        "headers=[X-Acme-Token:\"§\", Accept:\"*/*\"]",
        "curl -H 'X-Acme-Token: §' https://api.contoso.example/x",
        "curl -H \"PRIVATE-TOKEN: §\" https://api.contoso.example/x",
        "proxy_set_header X-Acme-Token §;",
        "wire >> \"X-Consumer-Secret: §[\\r][\\n]\"",
        "Authorization: Bearer §",
        "https://x.contoso.example/hook?sso_token=§&a=b",
    ]);
    keeps(&[
        "X-Atlassian-Token: no-check",
        "X-Event-Key: pr:opened",
        "X-Cache-Key: dashboard",
        "X-Gitlab-Token: header missing",
        "Authorization: Bearer token missing",
    ]);
}

#[test]
fn a_secret_of_any_look_goes_from_the_syntax_of_single_programs() {
    hides_any_secret(&[
        "AuthInfo:smtp.contoso.example \"U:mailer\" \"P:§\" \"M:PLAIN\"",
        "server_condition = ${if eq{$auth2}{§}{yes}{no}}",
        "server_condition = ${if and {{eq {$auth1}{ann}}{eq {$auth2}{§}}}}",
        "client_send = : mailer : §",
        "client_send = <; ; mailer ; §",
        "client_send = ^mailer^§",
        "ACL SETUSER deploy on >§ ~* +@all",
        "user deploy on >§ ~cached:* +get",
        "1767641643.014 [0 192.0.2.1:51234] \"AUTH\" \"deploy\" \"§\"",
        "    Password    REG_SZ    §",
        "reg add \"HKLM\\SOFTWARE\\Acme\" /v DbPassword /t REG_SZ /d § /f",
        "Set-ItemProperty -Path HKLM:\\x -Name Password -Value §",
        "addauth digest svcx77:§",
        "zk.addAuthInfo(\"digest\", \"svcx77:§\".getBytes());",
        "db.contoso.example:5432:jiradb:jirauser:§",
        "<key>Password</key>\n\t<string>§</string>",
        "<key>AuthToken</key><data>§</data>",
        "<key>Passphrase</key><string><![CDATA[§]]></string>",
        "<param-name>keystorePass</param-name><param-value>§</param-value>",
        "<input type=\"password\" name=\"p\" value=\"§\">",
        "{\"name\":\"DB_PASS\",\"valueFrom\":null,\"value\":\"§\"}",
        "mysqli_connect(\"db1\", \"jira\", \"§\", \"jiradb\")",
        "connect('weblogic','§','t3://host:7001')",
        "OPENROWSET('SQLNCLI', 'srv'; 'sa'; '§', 'x')",
        "+----+----+\n| user | secret |\n+----+----+\n| ann | § |\n+----+----+",
        "ENV['SECRET'] ||= '§'",
        "define('DB_PASSWORD', '§');",
        "Hasło użytkownika: §",
        "Пароль для входа: §",
        "geslo: §",
        "Passwort „§“",
    ]);
    keeps(&[
        "based on >5 items and on >7 others",
        "HELLO 3 times",
        "AUTH command rejected",
        "a || b ||= c",
        "connection pool exhausted after 30 seconds",
        "pool size 20, pool http-nio/8080 busy",
        "database/role mapping loaded",
        "/s=1/g=2",
        "Password reset: failed",
        "| no password | JavaMail |",
        "use a mailbox with a password meanwhile.",
    ]);
}

#[test]
fn strict_redaction_takes_a_word_in_the_place_of_a_secret() {
    for secret in SECRETS {
        for text in [
            "password[§]",
            "password(§)",
            "PWD(§)",
            "password <§>",
            "password/§",
            "password -- §",
            "password,§",
            "password\t\t§",
            "[\"password\",\"§\"]",
            "plaintext password §",
            "credentials (ann/§) rejected",
            "encryption_key: §",
            "ldap.bind.credential: §",
            "token=§",
        ] {
            let found = strict(&text.replace('§', secret));
            assert!(!found.contains(secret), "{text}\n{found}");
        }
    }
    for text in [
        "Password reset requested",
        "Password (optional)",
        "an error while refreshing OAuth token\",\"excerpt\"",
        "password/username combination wrong",
        "password policy: minimum length 12",
        "refresh token: expired on 2026-01-05",
        "access_token: missing",
        "client_secret: expired",
        "token=null",
        "token: JWT",
        "secret rotation is due",
        "assertion audience",
        "credential provider",
        "com.atlassian.plugin.token:1.0.0-m12345",
        "X-Atlassian-Token: no-check",
        "username,password,role",
        "error on POST request for \"https://login.microsoftonline.com/common/oauth2/v2.0/token\": PKIX path building failed",
        "https://support.google.com/mail/?p=BadCredentials - gsmtp",
        "see_also = [\"google-app-password\", \"google-web-login\"]",
        "| the token | JavaMail |",
        "| password | required |",
        "credentials read/write failed",
        "Passwort vergessen",
        "Thumbprint of key used by client: '7A1B2C3D4E5F60718293A4B5C6D7E8F901234567', Please visit",
    ] {
        assert_eq!(strict(text), text);
    }
}

#[test]
fn people_beside_signs_of_one_program_are_hidden() {
    for name in ["hvoss", "gardener", "hvoss77"] {
        let texts = [
            "1767641643.014 12 192.0.2.7 TCP_MISS/200 1 GET http://x.example/ § HIER_DIRECT/192.0.2.9 text/html",
            "1767641643.014 12 192.0.2.7 TCP_MISS/200 1 CONNECT x.example:443 § FIRSTUP_PARENT/192.0.2.9 -",
            "[§] FAIL LOGIN: Client \"192.0.2.7\"",
            "(§,192.0.2.7) rejected",
            "§/192.0.2.7 logged in",
            "database/role: jiradb/§",
            "host/user: srv1/§",
            "connection pool jiradb/§ exhausted",
            "NT user CONTOSO/§ locked",
            "contoso.example\\§",
            "~§/public_html",
            "\\\\srv\\homes$\\§\\x",
            "/var/vmail/contoso.example/§/Maildir",
            "EAP identity §",
            "identity=\"§\"",
            "locked by §",
            "DelegatingApplicationUser{key='§'}",
        ];
        let texts = texts.map(|text| text.replace('§', name));
        hides(&texts.each_ref().map(String::as_str), &[name]);
    }
    hides(
        &["Mail to Wenona Lindgarth bounced", "pending Wenona Lindgarth", "approval from Wenona Lindgarth"],
        &["Lindgarth"],
    );
    hides(&["ip 3325256781", "client_ip=0xC633644D", "[IPv6:2001:db8:aa::7b]"], &["3325256781", "C633644D", "2001"]);
    hides(&["accountId=557058:8f1e7a1c-1111-4222-8333-0123456789ab"], &["8f1e7a1c"]);
    hides(&["/G=Hannah/S=Voss/O=corp/PRMD=x/ADMD= /C=de/"], &["Hannah", "Voss"]);
    keeps(&[
        "assigned to node7",
        "locked by transaction",
        "quota exceeded for project",
        "pending Change Requests",
        "sent to Microsoft Graph",
        "identity provider unreachable",
        "operator precedence",
        "rhel8 jdk17 gcc12 vlan20 tls12 pgdata14 nginx18 mkdir64",
        "ip 10 of 20",
    ]);
}
