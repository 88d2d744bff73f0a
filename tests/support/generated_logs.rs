//! Generated logs: what the laws of a scan are tried with.

use std::sync::LazyLock;

use oauthsift::catalogue::builtin_samples;
use proptest::prelude::*;

pub(crate) static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    builtin_samples()
        .expect("patterns/ is valid")
        .into_iter()
        .flat_map(|pattern| pattern.samples)
        .map(|sample| sample.log)
        .collect()
});

pub(crate) const NOISE: [&str; 8] = [
    "2026-01-05 08:00:00,000+0000 Caesium-1-1 INFO      [c.a.jira.upgrade.UpgradeScheduler] nothing to do\n",
    "2026-01-05 08:00:00,120+0000 http-nio-8080-exec-9 WARN ann 480x1x1 1abcde 203.0.113.7 /browse/X-1 [c.a.j.web.Slow] a slow page\n\tat com.example.X.y(X.java:1)\n",
    "2026-01-05 08:00:01,000+0000 http-nio-8080-exec-2 INFO bob 480x2x1 1abcdf 203.0.113.8 /issues/ [c.a.j.issue.search] JQL text ~ \"AADSTS50011\"\n",
    "2026-01-05 08:00:02,000+0000 http-nio-8080-exec-2 ERROR bob 480x2x1 1abcdf 203.0.113.8 /x [c.a.webhooks.Sender] javax.net.ssl.SSLHandshakeException: PKIX path building failed\n",
    "2026-01-05 08:00:03.000 main DEBUG [c.a.X] \u{1f600} über\r\n  more\r\n",
    "2022-xx-xx 08:00:03,000+0000 main INFO [c.a.X] masked\n",
    "2026-01-05 08:00:04,000+0000 localhost-startStop-1 ERROR      [c.a.crowd.Ldap] LDAP read timed out\n\n\n",
    "2026-01-05 08:00:05,000+0000 main INFO anonymous 1x1x1 - 0:0:0:0:0:0:0:1 /rest/oauth2-client/latest/config [c.a.o.X] listed\n",
];

/// Prefixes that shippers and tools put in front of every line; `{n}` is a number that counts up.
pub(crate) const WRAPPINGS: [&str; 15] = [
    "> ",
    ">> ",
    "{n}:",
    "{n}-",
    "   {n} ",
    "atlassian-jira.log.2:{n}:",
    "C:\\Jira home\\log\\atlassian-jira.log:",
    "2026-01-05T19:34:03.123456789Z ",
    "2026-01-05T19:34:03.123456789Z stdout F ",
    "2026-01-05T20:34:03+0100 jira01 java[{n}]: ",
    "Jan  5 20:34:03 jira01 jira[{n}]: ",
    "Jan 05 20:34:03.000123 jira01 java[{n}]: ",
    "<11>1 2026-01-05T20:34:03.1Z jira01 jira {n} - - ",
    "jira-1  | ",
    "[pod/jira-0/jira] ",
];

/// A log of samples and noise in any order. Samples without a header are left out, because they would become part of
/// the record before them.
pub(crate) fn log() -> impl Strategy<Value = String> {
    prop::collection::vec((any::<prop::sample::Index>(), prop::bool::weighted(0.4)), 0..30).prop_map(|picks| {
        let mut log = String::new();
        for (index, sample) in picks {
            if sample {
                let text = index.get(&SAMPLES);
                if text.starts_with("20") {
                    log.push_str(text.trim_end_matches('\n'));
                    log.push('\n');
                }
            } else {
                log.push_str(NOISE[index.index(NOISE.len())]);
            }
        }
        log
    })
}

/// Headers, messages and following lines; many of them are prefixes of others.
pub(crate) const HEADERS: [&str; 5] = [
    "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] ",
    "2026-01-05 20:35:03,014+0000 Caesium-1-4 ERROR ServiceRunner     [c.a.j.p.m.MailPuller] ",
    "2026-01-05 20:36:03,014+0000 Caesium-1-4 INFO ServiceRunner     [c.a.j.Search] ",
    "2026-01-05 20:37:03,014+0000 Caesium-1-4 ERROR      [] ",
    "05-Jan-2026 20:38:03.014 SEVERE [main] org.apache.catalina.x ",
];
pub(crate) const MESSAGES: [&str; 5] = [
    "The error message is: AADSTS7000215: Invalid client secret provided.",
    "The error message is: AADSTS7000222: The provided client secret keys are expired.",
    "Connect timed out",
    "jql: text ~ \"AADSTS7000215\"",
    "Refresh Token Failed. Reported Reason: AADSTS50173: The provided grant has expired.",
];
pub(crate) const FOLLOWING_LINES: [&str; 9] = [
    "    Trace ID: #g\n",
    "    Correlation ID: #g\n",
    "    Timestamp: 2026-01-05 20:33:5#nZ\n",
    "\tat com.example.A.run(A.java:#n)\n",
    "    at com.example.A.run(A.java:#n)\n",
    "Caused by: java.net.SocketTimeoutException: Connect timed out (A.java:#n) after #n ms\n",
    "Caused by: x.Y: AADSTS50011: The redirect URI does not match.\n",
    "05-Jan-2026 20:34:03 (A.java:#n) #p ERROR AADSTS50011: The redirect URI does not match.\n",
    "  #n 2026-01-05 20:34:03 x\n",
];
pub(crate) const GUIDS: [&str; 2] = ["11111111-2222-4333-8444-555555555555", "aaaaaaaa-2222-4333-8444-555555555555"];

/// Failures with more codes, subjects and incidents than are kept apart: numbers of codes and of applications that the
/// catalogue does not know, and how the records are mixed.
pub(crate) fn failures_beyond_all_limits() -> impl Strategy<Value = String> {
    (1u32..300, 1u32..1200, 0usize..4, 300usize..600).prop_map(|(codes, apps, shape, records)| {
        let print = |i: usize| {
            let n = u32::try_from(i).expect("a small number").wrapping_mul(2_654_435_761) >> 8;
            let app = format!("{:08}-2222-4333-8444-555555555555", n % apps);
            let failure = match (shape, i % 2) {
                (0, _) | (2, 0) => format!("AADSTS{}: x", 7_000_000 + n % codes),
                (1, _) | (2, _) => format!("AADSTS700016: Application with identifier '{app}' was not found"),
                _ => format!("AADSTS{}: Application with identifier '{app}'", 7_000_000 + n % codes),
            };
            let (minute, second) = (i / 60, i % 60);
            format!("2026-01-05 20:{minute:02}:{second:02},014+0000 h ERROR ann 1x1x1 s /rest/oauth2-client/x [c.a.X] {failure}\n")
        };
        (0..records).map(print).collect()
    })
}

/// Failures of one cause with more subjects than are kept apart, logged for different users.
pub(crate) fn failures_with_many_subjects() -> impl Strategy<Value = String> {
    let failure = (0u32..26, 0u32..40, 0u32..14, 0u32..9);
    prop::collection::vec(failure, 30..110).prop_map(|failures| {
        let print = |(i, (app, id, user, flow)): (usize, (u32, u32, u32, u32))| {
            let (minute, second) = (i / 60, i % 60);
            format!(
                "2026-01-05 20:{minute:02}:{second:02},014+0000 http-nio-8080-exec-3 ERROR user{user} 1x1x1 1i8m{user:02} \
                 /rest/oauth2-client/latest/config/flow/{flow}f9 [c.a.o.c.X] AADSTS700016: Application with identifier \
                 '{app:08}-2222-4333-8444-555555555555' was not found in the directory 'contoso.example.com'. \
                 Trace ID: {id:08}-2222-4333-8444-555555555555 Correlation ID: {id:08}-3333-4333-8444-555555555555 \
                 Timestamp: 2026-01-05 20:{minute:02}:{second:02}Z\n"
            )
        };
        failures.into_iter().enumerate().map(print).collect()
    })
}
