//! A label and its value, wherever the value is: in the next cell, after several words, before the label, among arguments.

use super::shown;

/// Every text has `Kranich` in the place of a secret, perhaps with more words around it that belong to it.
fn hidden(texts: &[&str]) {
    for text in texts {
        let found = shown(text, None);
        assert!(!found.contains("Kranich") && found.contains("[removed"), "{text}\n{found}");
    }
}

/// Nothing is removed from these.
fn kept(texts: &[&str]) {
    for text in texts {
        assert_eq!(shown(text, None), *text);
    }
}

#[test]
fn a_value_in_the_next_cell_or_element_is_removed() {
    hidden(&[
        "<tr><th>Password</th><td>Kranich</td></tr>",
        "<td>Client secret</td>\n  <td class=\"v\"><b>Kranich</b></td>",
        "<dt>Kennwort</dt><dd>Kranich am See</dd>",
        "<strong>Client secret:</strong> Kranich<br>",
        "<string>client_secret</string><string>Kranich</string>",
        "|Client secret|Kranich|",
        "||Password||Kranich||",
        "*Password:* Kranich",
        "{noformat}password: Kranich{noformat}",
        "password={code:java}Kranich7{code}",
        "- password - Kranich",
        "Client secret \u{2013} Kranich",
        "password\tKranich\tOK",
        "user\nsvc\npassword\nKranich74!",
        "s:8:\"password\";s:7:\"Kranich\";",
        "{client_secret,<<\"Kranich\">>}",
    ]);
    kept(&[
        "<th>Password</th><th>Expires</th>",
        "<td>Password</td><td>expired</td>",
        "<label>Password</label><input type=\"text\">",
        "<b>Password:</b> not set<br>",
        "|Client secret|expired|",
        "Client secret - expired",
        "password\tstatus",
        "user\npassword\nlogin failed",
    ]);
}

#[test]
fn a_value_of_several_words_is_removed_to_its_end() {
    for (text, end) in [
        ("mail.password=Kranich am See 7", ""),
        ("x\nclient.secret = roter Kranich", ""),
        ("client_secret: Kranich und Reiher", ""),
        ("curl -d \"password=Kranich See\" https://x", "\" https://x"),
        ("{a=b, client_secret=Reiher, Kranich & See, scope=openid}", ", scope=openid}"),
        ("{User:svc Password:Kranich See Host:x}", " Host:x}"),
        ("password: |\n  drei rote Kranich", ""),
        ("jdbc:h2:file:/x;USER=sa;PASSWORD=Kranich Reiher", ""),
        ("client.secret = Reiher\\\n    Kranich7", ""),
        ("password: 'it''s: Kranich #3'", "'"),
    ] {
        let found = shown(text, None);
        assert!(!found.contains("Kranich") && found.ends_with(&format!("]{end}")), "{text}\n{found}");
    }
    for (text, rest) in [
        ("password=Kranich7 rejected by the server", " rejected by the server"),
        ("password=Kranich7 timeout=30", " timeout=30"),
        ("client_secret=Kranich7, retry in 30 s", ", retry in 30 s"),
    ] {
        assert!(shown(text, None).ends_with(rest), "{text}\n{}", shown(text, None));
    }
    kept(&["The client secret has expired", "client_secret: must not be empty", "password: no such entry in the file"]);
}

#[test]
fn what_a_secret_was_and_what_it_became_are_removed() {
    for text in [
        "{\"key\":\"Password\",\"from\":\"Kranich\",\"to\":\"Reiher\"}",
        "{\"field\":\"password\",\"oldValue\":\"Kranich\",\"newValue\":\"Reiher\"}",
        "ChangedValue{key=Client secret, from=Kranich, to=Reiher}",
        "field 'Password' changed from 'Kranich' to 'Reiher'",
        "clientSecret changed: Kranich -> Reiher",
        "Password: Kranich => Reiher",
        "expected: \"Kranich\" but was: \"Reiher\" (password)",
        "secret (old): Kranich, secret (new): Reiher",
    ] {
        let found = shown(text, None);
        assert!(!found.contains("Kranich") && !found.contains("Reiher"), "{text}\n{found}");
    }
    kept(&[
        "{\"key\":\"Project\",\"from\":\"Alpha\",\"to\":\"Beta\"}",
        "password policy changed from weak to strong",
        "The password was changed from the profile page to the new form",
    ]);
}

#[test]
fn a_value_before_the_name_of_its_field_is_removed() {
    hidden(&[
        "Field error in object 'cfg' on field 'clientSecret': rejected value [Kranich]; codes [Size]",
        "Failed to convert property value 'Kranich' of property 'clientSecret'",
        "Could not resolve placeholder in value \"Kranich9\" of property mail.password",
        "from String \"Kranich\" (through reference chain: Cfg[\"clientSecret\"])",
        "For input string: \"Kranich\" while parsing password",
        "binding parameter [3] as [VARCHAR] - [Kranich] (column client_secret)",
        "Key (client_secret)=(Kranich) already exists",
        "The value 'Kranich' of client_secret is not valid",
        "${oauth.client.secret:Kranich}",
    ]);
    kept(&[
        "Could not resolve placeholder 'mail.password' in value \"${mail.password}\"",
        "the property \"enabled\" of the password policy",
        "rejected value [null]",
    ]);
}

#[test]
fn arguments_of_calls_and_items_of_commands_are_removed() {
    hidden(&[
        "connect(\"imap.contoso.example\", 993, \"svc\", \"Kranich\") failed",
        "login(svc, Kranich) refused",
        "Arguments: [svc, Kranich] for login(String,String)",
        "setPassword(\"Kranich See\")",
        "calling setClientSecret(Kranich)",
        "BasicAuth(svc7:Kranich)",
        "\"auth\":\"svc7:Kranich\"",
        "Executing [curl, -u, svc7:Kranich7, https://contoso.example]",
        "command=[mysql, -u, svc7, -pKranich7!]",
        "a0=\"mysql\" a1=\"-u\" a2=\"svc7\" a3=\"-pKranich7!\"",
        "{AccessToken:Kranich Type:Bearer}",
        "{client: {id: jira, secret: Kranich}}",
        "[[\"client_id\",\"jira\"],[\"client_secret\",\"Kranich\"]]",
        "tool --token=Kranich get",
    ]);
    kept(&[
        "setPassword(String)",
        "setClientSecret(clientSecret)",
        "login(String, String)",
        "{TokenType:Bearer Expiry:3599}",
        "{accessToken: expired, retries: 3}",
        "setPassword(password)",
    ]);
}

#[test]
fn fields_of_entities_and_lists_of_headers_are_read() {
    for text in [
        "[GenericEntity:MailServer][id,10000][mailusername,gerdal][mailpassword,Kranich][type,smtp]",
        "[GenericEntity:User][userName,gerdal][credential,Kranich][displayName,Gerda Kranich]",
        "[GenericEntity:Issue][id,10000][assignee,gerdal][reporter,gerdal][summary,x]",
        "jdk.httpclient.HttpClient DEBUG: headers: { authorization: [Bearer Kranich] }",
        "sending: POST /token headers: {Authorization=[Basic Kranich]}",
    ] {
        let found = shown(text, None);
        assert!(!found.contains("Kranich") && !found.contains("gerdal"), "{text}\n{found}");
    }
    kept(&[
        "[GenericEntity:Issue][id,10000][key,ABC-12][summary,password reset fails][created,2026-01-05 20:34:30.03]",
        "[GenericEntity:MailServer][password,null][port,587]",
    ]);
}

#[test]
fn users_and_passwords_of_addresses_are_removed() {
    for text in [
        "smtp://gerdal:Kranich@mail.contoso.example:587",
        "jdbc:oracle:thin:gerdal/Kranich@db:1521:X",
        "refused imaps://gerdal:Kranich74x",
        "at index 8: imaps://gerdal:Kranich see1@imap.contoso.example",
    ] {
        let found = shown(text, None);
        assert!(!found.contains("Kranich") && !found.contains("gerdal") && !found.contains("see1"), "{text}\n{found}");
    }
    kept(&["https://login.contoso.example:8443/x", "ldap://${host}:${port}", "imaps://outlook.office365.com:993"]);
}

#[test]
fn a_secret_is_removed_again_where_an_address_encodes_it() {
    let text = b"client_secret=Wd4+kL7/mN2=pR8 was sent as Wd4%2BkL7%2FmN2%3DpR8";
    let redactor = crate::extract::redact::Redactor::new(text, None, Default::default(), &[]);
    let found = redactor.redact_text(text);
    assert!(!found.contains("kL7") && !found.contains("mN2"), "{found}");
    let text = b"password=\"Korn&Blume+7\" was sent as Korn%26Blume%2B7";
    let redactor = crate::extract::redact::Redactor::new(text, None, Default::default(), &[]);
    let found = redactor.redact_text(text);
    assert!(!found.contains("Blume"), "{found}");
}

#[test]
fn settings_about_passwords_and_names_of_keys_are_shown() {
    kept(&[
        "requirePassword=false, hasPassword=true, usePassword=no, forgotPassword=disabled",
        "mail.password.stored=true",
        "uid=1001 gid=1001 pid=4471 exe=/usr/bin/java",
        "Signing key kid=8HlmxEOjgb2gNtQ11lvRufmKn6X not found in JWKS",
        "secretKeyFactory=PBKDF2WithHmacSHA256",
    ]);
    assert!(!shown("password=true7x", None).contains("true7x"));
    assert!(!shown("uid=gerdal,ou=people,dc=contoso", None).contains("gerdal"));
}
