//! `doctor --online` against servers on loopback: names, TCP, TLS, answers, clocks. Bounded in time.

#[path = "support/doctor_servers.rs"]
#[expect(dead_code, reason = "shared with doctor_services.rs")]
mod servers;

use std::{
    fs,
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use servers::{
    Ca, LOGIN, block_page, check, doctor, entra, entra_ahead, has, known_settings, plain_server, resolve, settings,
    tls_server,
};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Runs the doctor on the settings of a sign-in host at a port of loopback.
fn sign_in(port: u16, more: &[&str]) -> serde_json::Value {
    let folder = folder();
    let path = known_settings(folder.path(), port);
    let resolve = resolve(LOGIN, port, "127.0.0.1");
    let mut arguments = vec![path.to_str().expect("UTF-8"), "--resolve", &resolve];
    arguments.extend(more);
    doctor(&arguments).0
}

#[test]
fn each_hop_to_a_provider_is_reported_with_its_time() {
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), entra);
    let report = sign_in(server.port(), &[]);
    for id in
        ["dns.resolve", "tcp.connect", "tls.handshake", "tls.certificate", "http.openid", "http.token", "clock.skew"]
    {
        assert_eq!(check(&report, id).0, "ok", "{id}: {}", check(&report, id).1);
    }
    assert!(check(&report, "http.token").1.contains("AADSTS900144"), "{report:#}");
    let timed = report["checks"].as_array().unwrap().iter().filter(|check| check["milliseconds"].is_u64()).count();
    assert_eq!(timed, 5, "{report:#}");
    // The CA of the test is none of Mozilla's.
    let (verdict, fact) = check(&report, "tls.public-roots");
    assert!(verdict == "warning" && fact.contains("CN=Example Root"), "{fact}");
}

#[test]
fn a_chain_that_ended_and_one_of_another_host_are_problems() {
    let ca = Ca::new("Example Root");
    let expired = tls_server(&ca.chain(LOGIN, -2, true), entra);
    let (verdict, fact) = {
        let report = sign_in(expired.port(), &[]);
        let (v, f) = check(&report, "tls.certificate");
        (v.to_owned(), f.to_owned())
    };
    assert!(verdict == "problem" && fact.contains("has expired"), "{fact}");
    let early = tls_server(&ca.chain(LOGIN, 402, true), entra);
    assert!(check(&sign_in(early.port(), &[]), "tls.certificate").1.contains("not valid yet"));
    let other = tls_server(&ca.chain("portal.example.com", 90, true), entra);
    let report = sign_in(other.port(), &[]);
    let (verdict, fact) = check(&report, "tls.certificate");
    assert!(verdict == "problem" && fact.contains("portal.example.com"), "{fact}");
    // What comes after is checked all the same.
    assert_eq!(check(&report, "http.openid").0, "ok");
}

#[test]
fn a_clock_that_differs_by_ten_minutes_is_a_problem() {
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), entra_ahead);
    let report = sign_in(server.port(), &[]);
    let (verdict, fact) = check(&report, "clock.skew");
    assert!(verdict == "problem" && fact.contains("behind"), "{fact}");
}

#[test]
fn a_tenant_that_does_not_exist_is_reported() {
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), entra);
    let folder = folder();
    let path = settings(folder.path(), server.port(), "9f0e1d2c-0000-4000-8000-000000000001");
    let (report, output) = doctor(&[path.to_str().unwrap(), "--resolve", &resolve(LOGIN, server.port(), "127.0.0.1")]);
    let (verdict, fact) = check(&report, "http.openid");
    assert!(verdict == "problem" && fact.contains("AADSTS90002"), "{fact}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_page_in_place_of_the_provider_is_recognised() {
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), block_page);
    let report = sign_in(server.port(), &[]);
    for id in ["http.openid", "http.token"] {
        let (verdict, fact) = check(&report, id);
        assert!(verdict == "problem" && fact.contains("Access blocked by policy"), "{fact}");
    }
}

#[test]
fn a_closed_port_and_a_name_that_does_not_resolve_are_distinguished() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let report = sign_in(port, &[]);
    let (verdict, fact) = check(&report, "tcp.connect");
    assert!(verdict == "problem" && fact.contains("refused"), "{fact}");
    assert!(!has(&report, "tls.handshake"));
    let folder = folder();
    let path = folder.path().join("settings.toml");
    fs::write(&path, "[[mail_server]]\nprotocol = \"imaps\"\nhost = \"mail.invalid\"\nport = 993\n").unwrap();
    let (report, _) = doctor(&[path.to_str().unwrap()]);
    let (verdict, fact) = check(&report, "dns.resolve");
    assert!(verdict == "problem" && fact.contains("mail.invalid cannot be resolved"), "{fact}");
}

#[test]
fn servers_that_never_answer_or_hang_up_end_in_time() {
    let silent = plain_server(|stream| {
        thread::sleep(Duration::from_secs(15));
        drop(stream);
    });
    let start = Instant::now();
    let report = sign_in(silent.port(), &[]);
    let (verdict, fact) = check(&report, "tls.handshake");
    assert!(verdict == "problem" && fact.contains("no answer in time"), "{fact}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let reset = plain_server(drop);
    assert!(check(&sign_in(reset.port(), &[]), "tls.handshake").1.contains("closed during the handshake"));
    let plain = plain_server(|mut stream| {
        use std::io::Write;
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        thread::sleep(Duration::from_secs(1));
    });
    assert!(check(&sign_in(plain.port(), &[]), "tls.handshake").1.contains("not TLS"));
    // Drips: each byte comes in time, all of them do not.
    let drip = plain_server(|mut stream| {
        use std::io::Write;
        for _ in 0..40 {
            if stream.write_all(b"\x16").is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(300));
        }
    });
    let start = Instant::now();
    assert_eq!(check(&sign_in(drip.port(), &[]), "tls.handshake").0, "problem");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn an_address_that_refuses_beside_one_that_answers_is_a_warning() {
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), entra);
    let folder = folder();
    let path = known_settings(folder.path(), server.port());
    let both = resolve(LOGIN, server.port(), "127.0.0.1,[::1]:9");
    let (report, _) = doctor(&[path.to_str().unwrap(), "--resolve", &both]);
    let (verdict, fact) = check(&report, "tcp.connect");
    // Without IPv6 the machine has no route to the second address.
    assert!(verdict == "warning" || fact.contains("no IPv6 route"), "{verdict} {fact}");
    assert_eq!(check(&report, "http.openid").0, "ok");
}

/// A listener that answers no more connections: its queue is full, so that the kernel drops what else comes. The
/// connections that fill it are kept open with it. `None` if the machine has no IPv6.
#[cfg(target_os = "linux")]
fn hanging_ipv6() -> Option<(TcpListener, Vec<TcpStream>)> {
    let listener = TcpListener::bind("[::1]:0").ok()?;
    rustix::net::listen(&listener, 0).expect("a shorter queue");
    let address = listener.local_addr().expect("an address");
    let mut filling = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        filling.push(stream);
        assert!(filling.len() < 50, "the queue never fills");
    }
    Some((listener, filling))
}

#[cfg(target_os = "linux")]
#[test]
fn ipv6_that_hangs_beside_ipv4_that_answers_is_a_warning_in_bounded_time() {
    let Some((hanging, _filling)) = hanging_ipv6() else {
        println!("skipped: this machine has no IPv6");
        return;
    };
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), entra);
    let folder = folder();
    let path = known_settings(folder.path(), server.port());
    let hanging = hanging.local_addr().unwrap();
    // The one that hangs comes first, as it does where the system prefers IPv6.
    let both = resolve(LOGIN, server.port(), &format!("{hanging},127.0.0.1"));
    let start = Instant::now();
    let (report, _) = doctor(&[path.to_str().unwrap(), "--resolve", &both]);
    let (verdict, fact) = check(&report, "tcp.connect");
    assert!(verdict == "warning" && fact.contains("::1: no answer in"), "{verdict} {fact}");
    assert!(format!("{report}").contains("-Djava.net.preferIPv4Stack=true"), "{report:#}");
    assert_eq!(check(&report, "http.openid").0, "ok");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_graph_that_asks_for_a_token_is_reached() {
    fn graph(stream: &mut dyn servers::ReadWrite) {
        if servers::request(stream).is_some_and(|request| request.starts_with("GET /v1.0/")) {
            let _ = stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        }
    }
    let server = tls_server(&Ca::new("Example Root").chain("graph.microsoft.com", 90, true), graph);
    let address = format!("127.0.0.1:{}", server.port());
    let login = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (report, _) = doctor(&[
        "--provider",
        "microsoft",
        "--protocol",
        "graph",
        "--resolve",
        &resolve("graph.microsoft.com", 443, &address),
        "--resolve",
        &resolve(LOGIN, 443, &format!("127.0.0.1:{login}")),
    ]);
    assert_eq!(check(&report, "graph.answer").0, "ok", "{report:#}");
}

#[test]
fn no_host_is_contacted_without_online() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = folder();
    let path = known_settings(folder.path(), port);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["doctor", path.to_str().unwrap(), "--resolve", &resolve(LOGIN, port, "127.0.0.1")])
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    assert!(listener.accept().is_err(), "a connection was made");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("Name resolution"));
}
