use super::*;

#[test]
fn a_line_that_ends_within_a_prefix_has_none() {
    let kinds = [
        (Prefix::Quote, ""),
        (Prefix::Container, "2026-11-23T10:00:00.123456789Z"),
        (Prefix::Syslog, "<14>1 2026-11-23T10:00:00Z jira01 jira 123 -"),
        (Prefix::Syslog, "Nov 23 10:00:00 jira01 jira[123]:"),
        (Prefix::Journal, "2026-11-23T10:00:00+0100 host java[123]:"),
        (Prefix::Compose, "jira-1  |"),
        (Prefix::Pod, "[pod/jira-0/jira]"),
        (Prefix::Pod, "atlassian/jira-0[jira]:"),
        (Prefix::PodContainer, "jira-0 jira"),
        (Prefix::NamespacePodContainer, "atlassian jira-0 jira"),
        (Prefix::Grep, "atlassian-jira.log"),
        (Prefix::LineNumber, "   120"),
        (Prefix::Mark, ""),
    ];
    for (kind, line) in kinds {
        for end in 0..=line.len() {
            assert_eq!(len_of(kind, &line.as_bytes()[..end]), 0, "{kind:?} {}", &line[..end]);
        }
    }
}

#[test]
fn the_length_of_every_prefix_is_found() {
    let rest = "2026-01-05 20:34:03,014+0000 main ERROR x";
    for (prefix, kind) in [
        ("> ", Prefix::Quote),
        (">> > ", Prefix::Quote),
        ("2026-11-23T10:00:00.123456789Z ", Prefix::Container),
        ("2026-11-23T10:00:00.123456789+01:00 stdout F ", Prefix::Container),
        ("Nov 23 10:00:00 jira01 jira[123]: ", Prefix::Syslog),
        ("Nov  3 10:00:00 jira01 docker/jira: ", Prefix::Syslog),
        ("<14>1 2026-11-23T10:00:00Z jira01 jira 123 - - ", Prefix::Syslog),
        ("jira-1  | ", Prefix::Compose),
        ("[pod/jira-0/jira] ", Prefix::Pod),
        ("[jira-0] ", Prefix::Pod),
        ("[jira-7d9f8b-x2k4z jira] ", Prefix::Pod),
        ("atlassian/jira-0[jira]: ", Prefix::Pod),
        ("jira-0 jira ", Prefix::PodContainer),
        ("atlassian jira-7d9f8b-x2k4z jira ", Prefix::NamespacePodContainer),
        ("jira_jira.1.x2k4z7@node-a    | ", Prefix::Compose),
        ("atlassian-jira.log:", Prefix::Grep),
        ("/var/log/atlassian-jira.log.1:120:", Prefix::Grep),
        ("120:", Prefix::LineNumber),
        ("8812043-", Prefix::LineNumber),
        ("   4211 ", Prefix::LineNumber),
        ("  4211\t", Prefix::LineNumber),
        ("2026-11-23T10:00:00+0100 jira01 java[2211]: ", Prefix::Journal),
        ("Nov 23 10:00:00.123456 jira01 java[2211]: ", Prefix::Syslog),
        ("<134>1 2026-11-23T10:00:00.1Z jira01 jira 7 ID [a@1 b=\"c\"] \u{feff}", Prefix::Syslog),
        ("C:\\Program Files\\Atlassian (x86)\\JIRA\\log\\atlassian-jira.log:12:", Prefix::Grep),
    ] {
        let line = format!("{prefix}{rest}");
        assert_eq!(find(line.as_bytes()), Some((kind, prefix.len())), "{line}");
    }
}

#[test]
fn plain_lines_have_no_prefix() {
    for line in [
        "2026-01-05 20:34:03,014+0000 main ERROR x",
        "    Trace ID: 1",
        "Caused by: java.lang.IllegalStateException",
        "[Contoso Mailbox] Caesium-1-3 anonymous x",
        "[main] no name of a pod",
        "[jira-0] no event",
        "[http-nio-8080-exec-5] 2026-01-05 20:34:03,014+0000 main ERROR x",
        "jira-0 jira was restarted",
        "the user account does not exist",
        "May the force be with you: always",
        "",
    ] {
        assert_eq!(find(line.as_bytes()), None, "{line}");
    }
}
