//! Kinds of secrets and people, each in several syntaxes, and ordinary texts that look like them.

use super::{hides, keeps, shown};

/// Reads like a word with digits: nothing but what is beside it tells that it is a password.
const PASSWORD: &str = "Harbour9817";

fn hides_password(texts: &[&str]) {
    let texts: Vec<String> = texts.iter().map(|text| text.replace('§', PASSWORD)).collect();
    hides(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &["Harbour", "9817"]);
}

#[test]
fn a_password_beside_its_key_in_a_tuple_or_a_call_is_removed() {
    hides_password(&[
        "('password', '§')",
        "[('username', 'ann'), ('password', '§')]",
        "[\"password\", \"§\"]",
        "(:password, \"§\")",
        "(password, §)",
        "Pair(password, §)",
        "props.put(\"mail.password\", \"§\");",
        "setHeader('X-Api-Key', '§')",
        "smtp.login(\"svc@contoso.example\", \"§\")",
        "new NetworkCredential(\"ann\", \"§\")",
        "SET PASSWORD FOR 'jira'@'%' = PASSWORD('§')",
        "{\\\"m\\\":\\\"('password', '§')\\\"}",
    ]);
    hides(&["('password', 'hunter')", "setProperty(\"password\", \"hunter\")"], &["hunter"]);
}

#[test]
fn a_password_that_reads_like_words_is_removed_after_words_that_speak_of_it() {
    hides_password(&[
        "Password for 'https://ann@git.contoso.example': §",
        "[sudo] password for ann: §",
        "Password for ann@CONTOSO.EXAMPLE: §",
        "Passwort für ann: §",
        "Enter PEM pass phrase:§",
        "Enter passphrase for key '/opt/id_rsa': §",
        "tried password § for ann",
        "user ann, password § rejected",
        "Password changed from Garten4711 to §",
        "password was reset to §",
        "wrong passphrase (§)",
        "<dt>Password</dt><dd>§</dd>",
        "<label>Password</label> <b>§</b>",
        "||Password|§|",
        "| password | § |",
        "user | password\nann | §",
        "db.password §",
        "password: &pw §",
        "password: !!str §",
        "passwords:\n  - §\nnext: x",
        "machine x login ann password §",
        "webhook secret: §",
        "X-Shared-Secret: §",
    ]);
    hides(&["app password: abcd efgh ijkl mnop", "App-Passwort abcd efgh ijkl mnop"], &["efgh", "mnop"]);
}

#[test]
fn a_user_and_a_password_in_one_are_removed() {
    hides_password(&[
        "login jira:§",
        "login svc-mail/§",
        "credentials ann:§",
        "creds=ann:§",
        "auth=ann:§",
        "bad credentials: ann/§",
        "Zugangsdaten: ann / §",
        "identifiants : ann / §",
        "user/pw ann/§",
        "failed for ann:§",
        "db.contoso.example:5432:jira:ann:§",
        "*:*:*:jira:§",
    ]);
}

#[test]
fn passwords_of_command_lines_are_removed() {
    hides_password(&[
        "sshpass -p§ ssh ann@x",
        "sshpass -p '§' ssh x",
        "mysql -u jira -p§ jiradb",
        "ldapsearch -x -D cn=admin,dc=x -w § -b dc=x",
        "ldapmodify -D \"cn=admin\" -w\"§\"",
        "openssl enc -aes-256-cbc -k § -in a",
        "openssl rsa -in a.key -passin pass:§ -out b",
        "redis-cli -a § ping",
        "AUTH §",
        "zip -P § a.zip b",
        "7z x -p§ a.7z",
        "ssh-keygen -t rsa -N \"§\" -f id",
        "smbclient //srv/share -U ann%§",
        "http -a ann:§ GET https://x.example",
        "lftp -u ann,§ ftp.example",
        "curl -uann:§ https://x.example",
        "swaks -au ann -ap §",
        "sqlcmd -S db -U sa -P §",
        "docker login -u ann -p § registry.example",
        "az login -u ann@contoso.example -p §",
        "net use z: \\\\srv\\share § /user:CONTOSO\\ann",
        "net user svcjira § /add",
        "schtasks /create /ru svc /rp § /tn x",
        "sqlplus jira/§@ora1",
        "sqlplus -s jira/§@//ora1:1521/XE",
        "sqlplus \"jira/§ as sysdba\"",
        "sqlldr userid=jira/§@ora1",
        "vault login §",
        "body=mysql%20-p§%20jiradb",
        "htpasswd -b file ann §",
        "echo \"ann:§\" | chpasswd",
        "echo § | passwd --stdin ann",
    ]);
}

#[test]
fn a_code_before_its_label_is_removed() {
    hides(
        &[
            "482913 is your verification code",
            "Use 482913 as your one-time code",
            "482913 is your Microsoft account security code",
            "G-482913 is your Google verification code.",
            "482913 ist Ihr Bestätigungscode",
            "482913 est votre code de vérification",
            "Enter 482913 to sign in",
            "Your Contoso code is: 482913",
            "body=482913%20is%20your%20login%20code",
            "{\"m\": \"Enter 482913 to sign in\"}",
        ],
        &["482913"],
    );
    let kept = "code 50126 is your problem, and the error code is 50126";
    assert_eq!(shown(kept, None), kept);
}

#[test]
fn numbers_of_people_are_hidden_after_their_label() {
    hides(
        &[
            "employeeNumber=4711021",
            "\"employee_id\": \"4711021\"",
            "Personalnummer: 4711021",
            "badge number 4711021",
            "personnel no. 4711021",
            "<employeeNumber>4711021</employeeNumber>",
            "SSN: 4711021",
            "passport number C4711021",
            "lat=4.4711021&lng=11.57614",
            "\"latitude\":4.4711021",
            "coordinates N4.4711021 E11.57617",
            "geo:4.4711021,11.57616",
        ],
        &["4711021", "11.576"],
    );
    hides(&["date of birth: 1984-03-17", "\"birthDate\":\"17.03.1984\""], &["1984"]);
    hides(&["\"streetAddress\":\"12 Cactus Road\"", "street: Hauptstrasse 17, 80331 Muenchen"], &["Cactus", "Haupt"]);
}

#[test]
fn owners_in_listings_are_hidden() {
    hides(
        &[
            "-rw-r----- 1 hvoss jira 8192 Jan  5 20:34 atlassian-jira.log",
            "drwxr-xr-x. 14 hvoss staff 4096 Jan  5 20:34 home",
            "hvoss   4711  0.0  0.1 123456  7890 pts/0 S+ 20:34 0:00 vi x.log",
            "hvoss  4713     1  0 20:34 ?        00:00:12 /usr/bin/java -server",
            "hvoss pts/0        2026-01-05 20:34 (host)",
            "hvoss pts/1   198.51.100.8     Mon Jan  5 20:34   still logged in",
            "4714 hvoss   20   0 8123456 1.2g  23456 S  12.3 15.6   1:23.45 java",
            "hvoss:x:1001:1001:Hannah Voss:/home/hvoss:/bin/bash",
        ],
        &["hvoss", "Hannah"],
    );
    let kept =
        "-rw-r--r-- 1 root root 8192 Jan  5 20:34 server.xml\ntomcat 4711 0.0 0.1 123456 7890 ?  Sl 20:34 0:00 java";
    assert_eq!(shown(kept, None), kept);
}

#[test]
fn people_beside_their_login_or_what_they_own_are_hidden() {
    hides(
        &[
            "hvoss77 (Hannah Voss) commented",
            "changed by hvoss (Hannah Voss)",
            "Hannah Voss (hvoss) opened it",
            "Hannah Voss <hvoss77> wrote",
            "assigned to Hannah Voss [hvoss77]",
            "hvoss77's mailbox is full",
            "Hannah Voss's mailbox is full",
            "the token of hvoss77’s account",
            "deviceName=\"Hannah's iPhone\"",
            "client sent VRFY hvoss77 and got 252",
            ">>> VRFY <hvoss>",
            "to=<hvoss>, relay=local",
            "Return-Path: <hvoss>",
            "dovecot: imap(hvoss): Disconnected",
            "From: Hannah Voss",
            "From: Hannah Voss via Jira",
            "Cc: Hannah Voss; Otto Hannahsson",
            "Login failed for hvoss",
            "Failed password for hvoss from 198.51.100.9 port 22 ssh2",
            "Authentication failed for 'hvoss'",
            "on behalf of hvoss",
            "User hvoss does not exist",
            "Benutzer hvoss wurde nicht gefunden",
            "sent by Hannah Voss",
            "Mailbox for Hannah Voss not found",
            "Ansprechpartner: Hannah Voss",
            "first name Hannah, last name Voss",
            "Hello Hannah,",
            "CONTOSO\\HVOSS77",
            "CONTOSO\\Hannah.Voss",
            "CN=Hannah Voss,O=Contoso,C=DE",
            "account id 712020:0a1b2c3d-1111-4222-8333-444455556662",
            "/var/spool/mail/hvoss",
        ],
        &["hvoss", "HVOSS", "Hannah", "Voss", "444455556662"],
    );
}

#[test]
fn ordinary_texts_that_look_like_these_are_kept() {
    for text in [
        "[\"password\", \"refresh_token\", \"client_credentials\"]",
        "getParameter(\"password\", \"username\")",
        "grant types: \"password\",\"authorization_code\"",
        "the password for mailbox: has expired",
        "password must have been sent",
        "password policy OAuth2Provider2 was loaded",
        "login failed for the mailbox",
        "Login failed for user account",
        "User account not found",
        "on behalf of the user",
        "sent by Microsoft Exchange",
        "please contact Atlassian Support",
        "contact Jira Administrators",
        "From: Inbox To: Sent Items",
        "Microsoft's mailbox service",
        "the server's account",
        "zip -r a.zip b",
        "mysql -h db -P 3306",
        "openssl s_client -connect outlook.office365.com:993 -showcerts",
        "curl -u $USER https://login.microsoftonline.com",
        "http connection -a to the server",
        "CN=DigiCert Global Root CA,O=DigiCert Inc,C=US",
        "Hello World!",
        "user id 12345",
        "lat=12ms",
        "login /rest/auth/1/session",
        "credentials in /etc/jira/x1y2z3a4",
        "thread pool 10.0.0.1:5432:closed",
        "POP3(SSL) and IMAP(993)",
        "mailbox of type shared",
        "the token is 48.5, 11.2 percent",
    ] {
        assert_eq!(shown(text, None).replace("ip-1", "10.0.0.1"), text);
    }
}

#[test]
fn a_word_with_a_number_is_removed_after_short_keys_and_clear_text() {
    let texts = [
        "PAT=§",
        "AZURE_PAT=§",
        "\"pat\": \"§\"",
        "GITEA_TOKEN=§",
        "KEY=§",
        "CRED=§",
        "SAS=§",
        "pswd: §",
        "<entry plainText=\"§\"/>",
        "clear_text = §",
        "<clearText>§</clearText>",
        "Secret.fromString(\"§\")",
        "X-Gitlab-Token: §",
        "variable \"smtp_pass\" { default = \"§\" }",
        "db.auth(\"jira\", \"§\")",
        "[smtp.contoso.example]:587 svc:§",
        "SET PASSWORD FOR 'jira'@'%' = '§'",
        "password \"Auth\" \"§\"",
    ];
    let texts: Vec<String> = texts.iter().map(|text| text.replace('§', "Harbour98lights")).collect();
    hides(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &["Harbour", "lights"]);
    keeps(&[
        "PLAINTEXT://broker:9092",
        "\"type\":\"plain_text\",\"text\":\"Approve 25 requests\"",
        "token=END_OF_INPUT",
    ]);
}

#[test]
fn passwords_by_their_place_and_masked_words_of_builds_are_removed() {
    hides_password(&[
        "htpasswd -b /etc/nginx/users ann §",
        "htpasswd -nb svc-jira §",
        "smbpasswd -a svc §",
        "rabbitmqctl add_user jira §",
        "radtest ann § localhost 0",
        "chpasswd <<EOF\nsvc-jira:§\nEOF",
        "::add-mask::§",
        "##vso[task.setsecret]§",
        "##vso[task.setvariable variable=x;issecret=true;isOutput=true]§",
        "echo \"::set-output name=token::§x1\"",
        "svc-jira:{PLAIN}§:1000",
    ]);
}

#[test]
fn people_of_builds_radius_and_clouds_are_hidden() {
    hides(
        &[
            "arn:aws:sts::123456789012:assumed-role/Jira-Admin/hannah.voss",
            "arn:aws:iam::123456789012:user/team/hvoss",
            "<developer><name>Hannah Voss</name></developer>",
            "Login OK: [hvoss] (from client wlan port 0)",
            "[hvoss] Peer Connection Initiated with [AF_INET]203.0.113.9:1194",
            "# hvoss, People, contoso.example",
            "Message from Hannah Voss: mailbox is full",
        ],
        &["Hannah", "voss"],
    );
    keeps(&["assumed-role/Jira-Admin/i-0123456789abcdef0", "# jira-users, Groups, contoso.example"]);
}
