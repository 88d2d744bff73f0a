//! Time grows with the size of the input, not with its square: each shape of input that an attacker, or an unlucky day,
//! may give is doubled, and the time may grow 2.7 times at most. Time is what this thread has used of a processor, the
//! least of several runs.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Cursor},
    ops::ControlFlow,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use oauthsift::{
    Catalogue, Engine, Follow, Input, Report, Scan, leaks,
    render::{self, ticket::Ticket},
    report::{Snapshot, compare},
};

#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

const MAX_GROWTH: f64 = 2.7;
/// Runs of each size before a shape fails.
const MAX_RUNS: usize = 12;
/// Less than this is lost in what every run costs.
const MIN_TIME: Duration = Duration::from_millis(3);

fn record(i: usize, message: &str) -> String {
    let (hour, minute, second) = (i / 3600 % 24, i / 60 % 60, i % 60);
    format!(
        "2026-01-05 {hour:02}:{minute:02}:{second:02},014+0000 http-nio-8080-exec-3 ERROR ann 1x1x1 1i8mi5a \
         /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] {message}\n"
    )
}

const SECRET: &str = "AADSTS7000215: Invalid client secret provided.";

/// Records, each with a message of its own.
fn records(n: usize, message: impl Fn(usize) -> String) -> Vec<u8> {
    (0..n).map(|i| record(i, &message(i))).collect::<String>().into_bytes()
}

/// One failure with a text after it that repeats.
fn one_record(n: usize, unit: impl Fn(usize) -> String) -> Vec<u8> {
    let text: String = (0..n).map(unit).collect();
    record(0, &format!("{SECRET} {text}")).into_bytes()
}

/// Failures whose header differs.
fn headers(n: usize, header: impl Fn(usize) -> String) -> Vec<u8> {
    (0..n).map(|i| format!("2026-01-05 20:34:03,014+0000 {} {SECRET}\n", header(i))).collect::<String>().into_bytes()
}

fn guid(i: usize) -> String {
    format!("{i:08x}-2222-4333-8444-555555555555")
}

type Shape = (&'static str, usize, fn(usize) -> Vec<u8>);

/// Names, sizes and logs. A size takes some tens of milliseconds without optimization, or more where a limit of 1 MiB (a
/// record) has to be exceeded.
const LOGS: [Shape; 45] = [
    ("codes", 60, |n| records(n, |i| format!("AADSTS{}: x", 7_000_000 + i))),
    ("applications", 60, |n| {
        records(n, |i| format!("AADSTS700016: Application with identifier '{}' was not found", guid(i)))
    }),
    ("tenants", 60, |n| records(n, |i| format!("AADSTS90002: Tenant '{}' not found.", guid(i)))),
    ("mailboxes", 60, |n| records(n, |i| format!("AADSTS50034: The user account u{i}@contoso.example does not exist"))),
    ("ids", 60, |n| records(n, |i| format!("{SECRET} Trace ID: {0} Correlation ID: {0}", guid(i)))),
    ("messages", 60, |n| records(n, |i| format!("{SECRET} reason {i} of {}", "x".repeat(i % 7)))),
    ("hosts", 60, |n| {
        records(n, |i| {
            format!("oauth2 token request failed: java.net.UnknownHostException: login{i}.microsoftonline.com")
        })
    }),
    ("error names", 60, |n| records(n, |i| format!("{{\"error\":\"e{i}\",\"error_description\":\"{SECRET}\"}}"))),
    ("exceptions", 40, |n| {
        records(n, |i| format!("{SECRET}\nCaused by: com.example.e{i}.E{i}: x\n\tat com.example.X.y(X.java:{i})"))
    }),
    ("secrets", 40, |n| records(n, |i| format!("{SECRET} client_secret=Abc{i}~{}", "q9Z".repeat(9)))),
    ("users", 100, |n| {
        headers(n, |i| format!("http-1 ERROR user{i} {i}x1x1 s{i} 203.0.113.9 /rest/oauth2-client/x [c.a.X]"))
    }),
    ("threads", 100, |n| {
        headers(n, |i| format!("http-nio-{i}-exec-3 ERROR ann 1x1x1 s - /rest/oauth2-client/x [c.a.X]"))
    }),
    ("loggers", 60, |n| headers(n, |i| format!("http-1 ERROR ann 1x1x1 s - /rest/oauth2-client/x [c.a.L{i}]"))),
    ("urls", 100, |n| headers(n, |i| format!("http-1 ERROR ann 1x1x1 s - /rest/oauth2-client/flow/{i} [c.a.X]"))),
    ("mail servers", 60, |n| {
        (0..n).map(|i| format!("2026-01-05 20:34:03,014+0000 ERROR [Mail {i}] Caesium-1-2 ServiceRunner     Refresh Token Failed. Reported Reason: {SECRET}\n")).collect::<String>().into_bytes()
    }),
    ("periods", 100, |n| {
        (0..n)
            .map(|i| {
                format!(
                    "20{:02}-{:02}-05 20:34:03,014+0000 h ERROR ann 1x1x1 s /rest/oauth2-client/x [c.a.X] {SECRET}\n",
                    20 + i / 12 % 79,
                    1 + i % 12
                )
            })
            .collect::<String>()
            .into_bytes()
    }),
    ("flow starts", 1500, |n| {
        (0..n).map(|i| format!("2026-01-05 20:34:03,014+0000 h INFO ann 1x1x1 s{i} /rest/oauth2-client/latest/config/flow/{i} [c.a.o.X] start\n")).collect::<String>().into_bytes()
    }),
    ("quotations", 100, |n| records(n, |i| format!("JQL text ~ \"AADSTS{}\"", 50_011 + i))),
    ("tiny records", 12000, |n| "2026-01-05 20:34:03,014 x\n".repeat(n).into_bytes()),
    ("codes in a record", 300, |n| one_record(n, |i| format!("AADSTS{} ", 50_000 + i))),
    ("errors in a record", 120, |n| one_record(n, |i| format!("AADSTS{}: x Trace ID: {}\n", 50_000 + i, guid(i)))),
    ("related codes in a record", 120, |n| one_record(n, |i| format!("MSIS{} ", 10_000 + i))),
    ("equal codes in a record", 400, |n| one_record(n, |_| "AADSTS50011 ".to_owned())),
    ("ids in a record", 120, |n| one_record(n, |i| format!("Trace ID: {} ", guid(i)))),
    ("causes in a record", 120, |n| one_record(n, |i| format!("\nCaused by: a.B{i}: AADSTS50011: no"))),
    ("lines in a record", 3000, |n| one_record(n, |_| "\n".to_owned())),
    ("frames in a record", 300, |n| one_record(n, |i| format!("\n\tat com.example.X.y(X.java:{i})"))),
    ("braces", 1500, |n| one_record(n, |_| "{\"a\":".to_owned())),
    ("escapes", 1500, |n| one_record(n, |_| "\\\\".to_owned())),
    ("percent signs", 2000, |n| one_record(n, |_| "%25".to_owned())),
    ("secrets in a record", 80, |n| one_record(n, |i| format!("client_secret=Abc{i}~qq "))),
    ("addresses in a record", 120, |n| one_record(n, |i| format!("u{i}@contoso.example "))),
    ("zeros", 100000, |n| [record(0, SECRET).into_bytes(), vec![0; n], record(1, SECRET).into_bytes()].concat()),
    ("text without records", 25_000, |n| "a line of text without a header\n".repeat(n).into_bytes()),
    ("keys of an event", 1500, |n| {
        let keys = (0..n).fold(String::new(), |mut keys, i| {
            let _ = write!(keys, "\"k{i}\":\"v\",");
            keys
        });
        format!("{{\"timestamp\":\"2026-01-05T20:34:03Z\",\"level\":\"ERROR\",{keys}\"message\":\"{SECRET}\"}}\n")
            .into_bytes()
    }),
    ("a long line", 60000, |n| one_record(n, |_| "x".to_owned())),
    ("replies in a record", 400, |n| one_record(n, |_| "x: Undeliverable: \"Re: [a] \"".to_owned())),
    ("message ids in a record", 400, |n| one_record(n, |i| format!("Message-ID <{i}@contoso.example> "))),
    ("connections in a record", 400, |n| {
        let all: String = (0..n).map(|i| format!("Connect to h{i}.example:8{i} failed; ")).collect();
        record(0, &format!("oauth2 token request failed: java.net.ConnectException: refused {all}")).into_bytes()
    }),
    ("comparisons in a record", 400, |n| one_record(n, |_| "expected:<AADSTS50011 but was:<".to_owned())),
    ("values of bytes in a record", 2000, |n| one_record(n, |i| format!("password=[{}, ", i % 256))),
    ("entries in a record", 400, |n| one_record(n, |_| "Duplicate entry 'ann-1' for key 'user' ".to_owned())),
    ("heads in a record", 1000, |n| one_record(n, |_| "name|password|token|user\n".to_owned())),
    ("members in a record", 1000, |n| one_record(n, |_| "{\"name\":\"password\",\"value\":\"x\"}, ".to_owned())),
    ("calls in a record", 400, |n| one_record(n, |i| format!("authenticate(u{i}, \"x\", "))),
];

/// What this thread has used of a processor. Elsewhere than on Unix the time of day, which is less exact.
fn thread_time(start: Instant) -> Duration {
    #[cfg(unix)]
    {
        let _ = start;
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
    }
    #[cfg(not(unix))]
    start.elapsed()
}

/// Fails when twice the size takes too much longer, and twice that again: what is quadratic grows at both, what another
/// process disturbed does not.
fn check(name: &str, size: usize, run: &mut dyn FnMut(usize)) -> Option<String> {
    check_once(name, size, run).and_then(|_| check_once(name, 2 * size, run))
}

/// Noise only adds time, so the least of each size counts.
fn check_once(name: &str, size: usize, run: &mut dyn FnMut(usize)) -> Option<String> {
    let start = Instant::now();
    let mut measure = |size: usize| {
        let before = thread_time(start);
        run(size);
        thread_time(start).saturating_sub(before)
    };
    let (mut one, mut two) = (Duration::MAX, Duration::MAX);
    let mut growth = f64::INFINITY;
    for _ in 0..MAX_RUNS {
        one = one.min(measure(size));
        two = two.min(measure(2 * size));
        growth = two.as_secs_f64() / one.max(MIN_TIME).as_secs_f64();
        if growth <= MAX_GROWTH {
            return None;
        }
    }
    Some(format!("{name}: {one:?} for {size}, {two:?} for twice as many, {growth:.1} times"))
}

fn expect_none(failures: &[String]) {
    assert!(failures.is_empty(), "{failures:#?}");
}

fn scan(log: Vec<u8>) -> Scan<'static> {
    Scan::new(&ENGINE).input(Input::bytes("atlassian-jira.log", log)).threads(1)
}

/// Every written form of a report.
fn render_all(report: &Report) {
    let style = render::TextStyle::default();
    let _ = render::table(report, &style);
    let _ = render::markdown(report);
    let _ = render::jira(report);
    render::json(report, io::sink()).expect("written");
    render::jsonl(report, io::sink()).expect("written");
    render::csv(report, io::sink()).expect("written");
    render::html(report, io::sink()).expect("written");
}

/// Checks each log, `times` as long as its size says.
fn each_log(times: usize, run: fn(Vec<u8>)) {
    LazyLock::force(&ENGINE);
    let failures: Vec<String> =
        LOGS.iter().filter_map(|(name, size, log)| check(name, *size * times, &mut |size| run(log(size)))).collect();
    expect_none(&failures);
}

#[test]
fn counting_a_log_takes_linear_time() {
    each_log(4, |log| drop(scan(log).summarize()));
}

#[test]
fn a_report_in_every_format_takes_linear_time() {
    each_log(1, |log| render_all(&scan(log).run()));
}

#[test]
fn a_ticket_takes_linear_time() {
    each_log(1, |log| {
        let ticket = Ticket::scan(scan(log), &[] as &[&str], 3, Cursor::new(Vec::new()));
        assert!(ticket.is_ok());
    });
}

#[test]
fn the_check_of_a_ticket_takes_linear_time_on_a_long_line() {
    let units = [
        "client_secret=",
        "client_secret=\"\\",
        "user=",
        "user \"",
        "password=[",
        "a@b.c",
        "A1 LOGIN \"",
        "cookie: ",
        "bearer ",
        "&amp;",
        "\\\"",
        "<password>",
        "eyJaaaaaa.",
        "authorization: ",
        " Ann Voss (voss77)",
        "=?q?Q?Ann_Voss?= ",
        "watchers=[voss77, ",
        " 1x1 ann [05/Jan/2026:20:34:03 ",
        "BEGIN:VCARD FN:x ",
        "User <x> ",
        "From: <x@y.example> (Ann Voss) ",
        "Key (token)=(",
        "Duplicate entry '",
        "Param 1: a ",
        "parameters: $1 = 'a', ",
        "vault kv put a=b ",
        "{\"name\":\"password\",\"value\":\"",
        "password|token|",
        "callback?code=abcdefgh&",
        "connect(993, a@b.example, ",
        "\x1b[0mpassword\x1b[0m=",
    ];
    expect_none(&units.iter().filter_map(|unit| check_of_repeated(unit, 30_000)).collect::<Vec<_>>());
}

#[test]
fn the_check_of_a_ticket_takes_linear_time_on_many_lines() {
    let units = [
        "     \n",
        " \t\r\n",
        "00000010: \n",
        "user:\n",
        "kind: Secret\ndata:\n",
        "password|token\n",
        "PASSWORD USER\n-------- ----\n",
        "password:\n",
        " client_secret =\n",
        "<password>\n",
        "From:\n",
        "Dear\n",
        "AUTH LOGIN\n",
        " - \n",
        "|x|\n",
    ];
    expect_none(&units.iter().filter_map(|unit| check_of_repeated(unit, 100_000)).collect::<Vec<_>>());
}

fn check_of_repeated(unit: &str, size: usize) -> Option<String> {
    check(unit, size, &mut |size| {
        let text = unit.repeat(size / unit.len());
        leaks(Input::bytes("notes.txt", text.into_bytes()), &mut |_| ());
    })
}

#[test]
fn a_comparison_takes_linear_time() {
    each_log(2, |log| {
        let report = scan(log).summarize();
        let mut json = Vec::new();
        render::json(&report, &mut json).expect("written");
        let snapshot = || Snapshot::read(&json).expect("a report");
        let _ = render::diff::markdown(&compare(&snapshot(), &snapshot()));
    });
}

#[test]
fn following_a_log_takes_linear_time() {
    each_log(2, |log| {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), log).expect("written");
        let follow = Follow::new(&ENGINE).paths([file.path()]).from(oauthsift::StartPosition::Start);
        let mut session = follow.begin().expect("no state");
        let mut now = Duration::ZERO;
        while let ControlFlow::Continue(true) = session.poll(now, &mut |_| ControlFlow::Continue(())) {
            now += Duration::from_millis(1);
        }
    });
}

#[test]
fn many_inputs_take_linear_time() {
    LazyLock::force(&ENGINE);
    let one = |i: usize| record(i, SECRET).into_bytes();
    let alike = |i: usize| [vec![b'x'; 70_000], format!("\n{i:08}\n").into_bytes()].concat();
    let run = |inputs: Vec<Input>| {
        render_all(&Scan::new(&ENGINE).inputs(inputs).threads(1).run());
    };
    let zip = |n: usize, name: fn(usize) -> String| {
        let entries: Vec<(String, Vec<u8>)> = (0..n).map(|i| (name(i), one(i))).collect();
        let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (&name[..], &bytes[..])).collect();
        Input::bytes("support.zip", archive::zip(&entries))
    };
    let failures: Vec<String> = [
        check("nodes", 40, &mut |n| {
            run((0..n).map(|i| Input::bytes(format!("n{i}/atlassian-jira.log"), one(i))).collect());
        }),
        check("rotated files", 60, &mut |n| {
            run((0..n).map(|i| Input::bytes(format!("atlassian-jira.log.{i}"), one(i))).collect());
        }),
        check("logs", 60, &mut |n| {
            run((0..n).map(|i| Input::bytes(format!("atlassian-jira-a{i}.log"), one(i))).collect());
        }),
        check("equal logs", 60, &mut |n| {
            run((0..n).map(|i| Input::bytes(format!("n{i}/atlassian-jira.log"), one(0))).collect());
        }),
        check("logs that end differently", 12, &mut |n| {
            run((0..n).map(|i| Input::bytes(format!("atlassian-jira-a{i}.log"), alike(i))).collect());
        }),
        check("entries of a zip", 60, &mut |n| run(vec![zip(n, |i| format!("n{i}/atlassian-jira.log"))])),
        check("other entries of a zip", 600, &mut |n| run(vec![zip(n, |i| format!("a{i}.txt"))])),
        check("zips in a zip", 40, &mut |n| {
            let inner = zip_of_one();
            let entries: Vec<(String, &[u8])> = (0..n).map(|i| (format!("support-{i}.zip"), &inner[..])).collect();
            let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (&name[..], *bytes)).collect();
            run(vec![Input::bytes("support.zip", archive::zip(&entries))]);
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    expect_none(&failures);
}

fn zip_of_one() -> Vec<u8> {
    archive::zip(&[("atlassian-jira.log", record(0, SECRET).as_bytes())])
}
