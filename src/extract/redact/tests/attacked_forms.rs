//! Forms of secrets and people that earlier readers let pass, and ordinary texts that look like them.

use super::shown;

const SECRET: &str = "S3cr3tS3cr3tS3cr3tS3";

#[test]
fn secrets_in_commands_and_connection_strings_are_removed() {
    for text in [
        "ConvertTo-SecureString \"§\" -AsPlainText -Force",
        "ConvertTo-SecureString -String '§' -AsPlainText",
        "az login --service-principal -u 0a1b2c3d-1111-4222-8333-444455556666 -p § --tenant contoso.example",
        "sshpass -p § scp a b",
        "mysql -u jira -p§ jiradb",
        "jdbc:oracle:thin:jira/\"§\"@(DESCRIPTION=(ADDRESS=(HOST=ora1)))",
        "InstrumentationKey=§;IngestionEndpoint=https://x.example",
        "Authorization: GenieKey §",
        "security answer: §",
        "new UsernamePasswordCredentials(\"svcx77\", \"§\")",
        "PasswordAuthentication[svcx77, §]",
    ] {
        let text = text.replace('§', SECRET);
        let found = shown(&text, None);
        assert!(!found.contains("S3cr3t"), "{text}\n{found}");
    }
    assert!(!shown("open the page and enter the code CQ7XJ4WPB to authenticate.", None).contains("CQ7X"));
    assert!(!shown("Google verification code: G-482915", None).contains("4829"));
    assert!(!shown("private exponent: 83920174839201748392", None).contains("8392"));
    for text in ["PUK: 83920174", "unlock code 839201", "Entsperrcode: 839201"] {
        assert!(!shown(text, None).contains("8392"), "{text}");
    }
}

#[test]
fn tokens_of_more_vendors_are_removed_by_their_shape() {
    for text in [
        "gloas-0f3ac1d27b9e4c55a8e1f2637d90bb410f3ac1d27b9e4c55a8e1f2637d90bb41",
        "GOOG1EMADEUPMADEUPMADEUPMADEUPMADEUPMADEUPMADEUP2345",
        "NRAK-MADEUPMADEUPMADEUPMADEUP123",
        "$krb5tgs$23$*svc$CONTOSO.EXAMPLE$HTTP/x*$0f3ac1d27b9e4c55a8e1f2637d90bb41$a8e1f2637d90bb41",
        "zk4q7xvb2mwp6tjd5hgs3rnf2kqz7xwv4bmt6pjd5hgs3rnf2kqz",
    ] {
        let found = shown(&format!("called with {text} and failed"), None);
        assert!(found.starts_with("called with [removed") && found.ends_with("] and failed"), "{found}");
    }
}

#[test]
fn a_secret_over_two_lines_of_quoted_printable_text_is_removed() {
    let found = shown("password=3DS3cr3tS3=\ncr3tS3cr3t and on", None);
    assert!(!found.contains("cr3t") && found.ends_with(" and on"), "{found}");
}

#[test]
fn people_in_mail_headers_and_on_cards_are_hidden() {
    for text in [
        "From: =?UTF-8?Q?Hannah_V=C3=B6ss?= <hannah.voss@contoso.example>",
        "From: =?utf-8?B?SGFubmFoIFZvc3M=?=\r\n =?utf-8?B?SGFubmFoIFZvc3M=?= <hannah.voss@contoso.example>",
        "From: hannah.voss@contoso.example (Hannah Voss)",
        "<a href=\"mailto:hannah.voss@contoso.example?subject=x\">Hannah Voss</a>",
        "BEGIN:VCARD\nFN:Hannah Voss\nN:Voss;Hannah;;;\nEND:VCARD",
        "mailto: x\nORGANIZER;CN=\"Hannah Voss\":MAILTO:hannah.voss@contoso.example",
        "Mit freundlichen Grüßen\n\nHannah Voss\n",
        "Kind regards,\nHannah Voss",
        "Sehr geehrte Frau Voss,",
        "<saml:AttributeValue xsi:type=\"xs:string\">Hannah Voss</saml:AttributeValue>",
        "cn=Hannah Voss+uid=hvoss77,ou=x",
    ] {
        let found = shown(text, None);
        for name in ["Hannah", "Voss", "V=C3", "hvoss77", "SGFubmFo"] {
            assert!(!found.contains(name), "{text}\n{found}");
        }
    }
}

#[test]
fn people_in_logs_of_directories_and_servers_are_hidden() {
    for text in [
        "UserNotFoundException: User <hvoss77> does not exist",
        "Account with name <hvoss77> failed to authenticate",
        "org.springframework.security.core.userdetails.UsernameNotFoundException: hvoss77",
        "customer hvoss77 on portal 3",
        "Approved by: Hannah Voss",
        "thanks @hvoss77, it works",
        "Cc: hvoss77",
        "imap-login: Login: user=<hvoss77>, method=PLAIN",
        "Accepted publickey for hvoss77 from x",
        "D:\\Profiles\\hvoss77\\x",
        "displayName: Voss, Hannah (IT)",
        "watchers=[hvoss77, jkowalczyk]",
        "Angemeldet als hvoss77",
        "198.51.100.91 1234x567x1 hvoss77 [05/Jan/2026:20:34:03 +0000] \"GET / HTTP/1.1\" 200",
        "author: Hannah Voss (hvoss77) changed",
        "MAIL FROM:<hvoss77> SIZE=100",
        "C: VRFY hvoss77",
        "sudo: hvoss77 : TTY=pts/0",
        "\\\\fs1\\home$\\hvoss77\\mail",
        "{\"key\":\"JIRAUSER10205\",\"name\":\"hvoss77\"}",
    ] {
        let found = shown(text, None);
        for name in ["hvoss77", "jkowalczyk", "Hannah"] {
            assert!(!found.contains(name), "{text}\n{found}");
        }
    }
    assert!(!shown("Nachname: Voss and then it failed", None).contains("Voss"));
    assert!(!shown("Tél : 01 23 45 67 89", None).contains("45 67"));
}

#[test]
fn ordinary_texts_like_these_are_kept() {
    for text in [
        "docker run -p 8443:8443 jira",
        "mkdir -p /var/atlassian/application-data/jira/log",
        "it took 12 ms Total",
        "user <b>is missing</b>",
        "the user <name> does not exist",
        "Java Virtual Machine (jdk17)",
        "Windows Server (win2019)",
        "customer portal Settings",
        "identity provider of contoso",
        "javax.mail.PasswordAuthentication(String, char[])",
        "@Override and @2f3a",
        "enter the code of the project",
        "with regards to the token",
        "accounts=[read, write]",
        "MAIL FROM the server",
        "sudo systemctl restart jira",
        "password policy -p is an option",
        "1.2.840.113549 [main] started",
        "the answer =\nnothing at all",
        "sha1: 0f3ac1d27b9e4c55a8e1f2637d90bb410f3ac1d2",
        "72e9bd0f0870fc6e2199e2f10165d475d75ecbe036717e12a748609587f88cc7  report.html",
        "0f3a-cc7 report.html",
        "commit 0f3ac1d27b9e4c55a8e1f2637d90bb410f3ac1d2",
    ] {
        assert_eq!(shown(text, None), text);
    }
}

#[test]
fn what_only_looks_like_a_note_of_removal_protects_nothing() {
    for text in [
        "\u{fffd}[removed  ATATT3xFfGF0§ t",
        "[removed t ATATT3xFfGF0§",
        "[removed token ATATT3xFfGF0§]",
        "[removed token]ATATT3xFfGF0§",
        "client_secret=[removed token§]",
        "client_secret=[redacted §]",
        "password=\"[removed password]§\"",
        "password=${§}",
        "password=${db.password}§",
        "password=${DB_PASSWORD:-§}",
        "password=$(echo §)",
        "password: <removed §",
        "https://ann:[removed]§@proxy.example.com/",
        "user=\"[removed §\" password=\"%s§\"",
    ] {
        let found = shown(&text.replace('§', SECRET), None);
        assert!(!found.contains("S3cr3t"), "{text}\n{found}");
    }
}

#[test]
fn notes_and_placeholders_of_configuration_stay() {
    for text in [
        "client_secret=[removed client secret], a=[1]",
        "password: [removed: unknown value] and on",
        "https://ann:[removed password]@proxy.example.com/",
        "spring.datasource.password=${DB_USER}:${DB_PASSWORD:}",
        "password: ${{ secrets.MAIL_PASSWORD }}",
        "MAIL_PASSWORD=$(cat /run/secrets/mail) java -jar x.jar",
        "password=%s user=%s",
        "password=[REDACTED] api_key=<masked>",
    ] {
        assert_eq!(shown(text, None), text);
    }
}
