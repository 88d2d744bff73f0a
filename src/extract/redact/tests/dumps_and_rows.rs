//! Secrets in sentences, dumps and files of accounts; people in cards, directories and rows of listings.

use super::{hides, keeps};

#[test]
fn a_password_after_whom_it_is_for_is_removed() {
    hides(
        &[
            "log in as svc-jira with Tiger-Lake82 to test",
            "sign in as admin / Tiger-Lake82 on the test system",
            "connected as jira using Tiger-Lake82, then dropped",
            "please sign on as ops using Tiger-Lake82.",
            "authenticate as svc-mail with Tiger-Lake82",
            "we logged in as svc-mail and Tiger-Lake82",
            "bind as cn=svc,dc=x with Tiger-Lake82 failed",
            "Bitte als svc-jira mit Tiger-Lake82 anmelden",
            "inloggen als svc met Tiger-Lake82 lukt niet",
            "accedi come svc con Tiger-Lake82",
            "login details: svc-jira, Tiger-Lake82",
            "use account svc-mail with Tiger-Lake82 for IMAP",
            "I typed Tiger-Lake82 as the password",
        ],
        &["Tiger", "82"],
    );
    keeps(&[
        "log in with OAuth2 and Exchange2019",
        "logged in as system with version 42.7.4",
        "connected as reader using TLSv1.2",
        "Bitte mit Kerberos anmelden",
        "log in as another account with IMAP4rev1",
    ]);
}

#[test]
fn a_password_in_a_dump_is_removed() {
    hides(
        &[
            "00000000: 5041 5353 2054 6967 6572 2d4c 616b 6538  PASS Tiger-Lake8\n00000010: 320d 0a                                  2..",
            "\t0x0020:  5018 01f6 0a2c 0000 5041 5353 2054 6967  P....,..PASS.Tig",
            "0000000   P   A   S   S       T   i   g   e   r   -   L   a   k   e   8",
            "E..U..@.@.......P....PASS Tiger-Lake82",
            "|- password java.lang.String @ 0x76ab31f08  Tiger-Lake82",
            "password = java.lang.String#4711 - \"Tiger-Lake82\"",
            "(gdb) print password\n$1 = 0x602010 \"Tiger-Lake82\"",
            "Request command: PASS\n    Request parameter: Tiger-Lake82",
            "[\"password\"]=>\n  string(12) \"Tiger-Lake82\"",
            "val password: String = \"Tiger-Lake82\"",
        ],
        &["Tig", "Lake", "5041 5353", "T   i   g"],
    );
    keeps(&[
        "ports 5050 6060 7070 8080 and 9090 are open",
        "mail(java.lang.String) was called",
        "0000000   see   the   list",
    ]);
}

#[test]
fn a_password_in_a_file_of_accounts_or_a_table_is_removed() {
    hides(
        &[
            "svc-vpn * Tiger-Lake82 *",
            "\"svc-vpn\"\tpptpd\t\"Tiger-Lake82\"\t10.0.0.5",
            "# client server secret IP addresses\nsvc-vpn srv Tiger-Lake82 10.0.0.5",
            "svc-road : EAP \"Tiger-Lake82\"",
            "K 8\npassword\nV 12\nTiger-Lake82\nEND",
            "username svc privilege 15 secret 0 Tiger-Lake82",
            "snmpget -v2c -c Tiger-Lake82 192.0.2.4",
            "CREATE USER jira IDENTIFIED BY Tiger_Lake82;",
            "update acct set password=? where id=?\n==> Parameters: Tiger-Lake82(String), 12(Integer)",
            "set name=?, password=? - binding parameter [1] as [VARCHAR] - [a] binding parameter [2] as [VARCHAR] - \
             [Tiger-Lake82]",
            "||user||password||\n|svc|Tiger-Lake82|",
            "user      password        host\nsvc       Tiger-Lake82    mx1",
        ],
        &["Tiger", "Lake82"],
    );
    let hash = "5f4dcc3b5aa765d61d8327deb882cf99";
    hides(
        &[
            &format!("svcweb:Private Area:{hash}"),
            &format!("svc:1104:aad3b435b51404eeaad3b435b51404ee:{hash}:::"),
            "username svc password 7 0822455D0A16",
        ],
        &[hash, "0822455D0A16"],
    );
    keeps(&[
        "50085\t\tinvalid_grant\tunlikely\tlogin needed\n50089\t\tinvalid_grant\tpossible\tFlow token2Expired",
        "select * from session2",
        "password expired\n2 retries left",
        "md5 of the file: 5f4dcc3b5aa765d61d8327deb882cf99",
    ]);
}

#[test]
fn people_of_cards_and_directories_are_hidden_line_by_line() {
    hides(
        &[
            "FN:Hannah Voss",
            "N:Voss;Hannah;;;",
            "N;CHARSET=UTF-8:Voss;Hannah",
            "item1.FN;CHARSET=UTF-8:Hannah Voss",
            "NICKNAME:hvoss",
            "ATTENDEE;CN=\"Hannah Voss\";PARTSTAT=ACCEPTED:invalid:nomail",
            "cn: Hannah Voss",
            "cn:: SGFubmFoIFZvc3M=",
            "sn:: Vm9zcw==",
            "displayName;lang-de: Hannah Voss",
            "gecos: Hannah Voss,,,",
            "memberUid: hvoss",
            "Full Name                    Hannah Voss",
            "Account Name:\t\thvoss",
        ],
        &["Voss", "voss", "Vm9z", "SGFu"],
    );
    keeps(&["cn: jira-users", "CN: Microsoft Azure TLS Issuing", "state machine FN: next", "std::string x"]);
}

#[test]
fn people_in_rows_are_hidden_within_a_text() {
    hides(
        &[
            "9f8e7d6c src/A.java (Hannah Voss 2025-11-05 10:00:00 +0000  7) return;",
            "a1b2c3d4e (  hvoss 2026-01-05 112) return y;",
            ">hvoss               console             1  Active      none   1/5/2026 8:00 AM",
            " hvoss                                   4  Disc         1:12  1/5/2026 8:01 AM",
            "{\"m\": \">rdp-tcp#4        hvoss               2  Active\"}",
            "the busiest was 4711 hvoss 20 0 9.1g 2.0g 19m R 101.3 12.4 88:12.01 java",
            "hvoss    pts/1    -                09:12    1:00   0.05s  0.01s bash",
            "hvoss    pts/0        -    Mon Jan  5 09:12   still logged in",
            "hvoss   tty7   Jan  5 09:12 (:0)",
            "Login: hvoss           \t  Name: Hannah Voss",
            "Benutzer hvoss wurde gesperrt",
            "created by managerhv",
            "assigned to mailer7",
        ],
        &["hvoss", "Voss", "managerhv", "mailer7"],
    );
    keeps(&[
        "created by scheduler",
        "started by postgresql",
        "assigned to node7",
        "triggered by cron-job",
        "2  Active sessions on console  3",
    ]);
}
