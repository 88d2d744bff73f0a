//! `doctor --online` against programs that others wrote: dovecot, squid, openssl, keytool, Java. In CI none may be missing.

#[path = "support/doctor_servers.rs"]
#[expect(dead_code, reason = "shared with doctor_network.rs")]
mod servers;

use std::{
    env, fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use servers::{Ca, Chain, LOGIN, check, doctor, entra, known_settings, resolve, tls_server};

/// Set where every program must be there.
const NEEDED: &str = "NEEDS_DOCTOR_SERVICES";

/// The paths of programs; `None`, with a message, when one is missing.
fn programs(names: &[&str]) -> Option<Vec<PathBuf>> {
    let path = format!("{}:/usr/sbin:/sbin", env::var("PATH").unwrap_or_default());
    let find = |name: &&str| env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    let found: Option<Vec<PathBuf>> = names.iter().map(find).collect();
    if found.is_none() {
        let missing = names.iter().filter(|name| find(name).is_none()).copied().collect::<Vec<_>>().join(", ");
        assert!(env::var_os(NEEDED).is_none(), "{NEEDED} is set, and there is no {missing}");
        println!("skipped: needs {missing}");
    }
    found
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // dovecot and squid end their children when they are asked to.
        let id = self.0.id().to_string();
        let _ = Command::new("kill").arg(&id).status();
        let end = Instant::now() + Duration::from_secs(4);
        while Instant::now() < end && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command, port: u16, log: &Path) -> Server {
    let file = fs::File::create(log).expect("a log");
    let command = command.stdin(Stdio::null()).stdout(file.try_clone().expect("a log")).stderr(file);
    let mut server = Server(command.spawn().expect("starts"));
    let end = Instant::now() + Duration::from_secs(15);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = server.0.try_wait().expect("a state");
        assert!(ended.is_none() && Instant::now() < end, "{ended:?}: {}", fs::read_to_string(log).unwrap_or_default());
        thread::sleep(Duration::from_millis(50));
    }
    server
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// A folder that the users of the servers may enter.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    #[cfg(unix)]
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    folder
}

/// Writes a chain and its key as PEM.
fn write_chain(folder: &Path, chain: &Chain) -> (PathBuf, PathBuf) {
    let (certificates, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    fs::write(&certificates, chain.certificates_pem()).expect("written");
    fs::write(&key, chain.key_pem()).expect("written");
    (certificates, key)
}

fn dovecot(program: &Path, folder: &Path, methods: &str, chain: &Chain) -> (Server, [u16; 3]) {
    let (certificates, key) = write_chain(folder, chain);
    let ports = [free_port(), free_port(), free_port()];
    let base = folder.join("run");
    let state = folder.join("state");
    fs::create_dir_all(&base).expect("a folder");
    fs::create_dir_all(&state).expect("a folder");
    let listener = |service: &str, plain: &str, tls: &str, plain_port: u16, tls_port: u16| {
        let tls = if tls.is_empty() {
            String::new()
        } else {
            format!("inet_listener {tls} {{\n address = 127.0.0.1\n port = {tls_port}\n ssl = yes\n}}\n")
        };
        format!(
            "service {service}-login {{\ninet_listener {plain} {{\n address = 127.0.0.1\n port = {plain_port}\n}}\n{tls}}}\n"
        )
    };
    let config = format!(
        "protocols = imap pop3 submission\nbase_dir = {base}\nstate_dir = {state}\nlog_path = /dev/stderr\nssl = required\nssl_cert = <{cert}\nssl_key = <{key}\n\
         auth_mechanisms = {methods}\nmail_location = maildir:{base}/mail\nhostname = mail.example.com\nsubmission_relay_host = 127.0.0.1\n\
         passdb {{\n driver = static\n args = nopassword=y\n}}\nuserdb {{\n driver = static\n args = uid=65534 gid=65534 home={base}\n}}\n{imap}{pop}{smtp}",
        base = base.display(),
        state = state.display(),
        cert = certificates.display(),
        key = key.display(),
        imap = listener("imap", "imap", "imaps", 0, ports[0]),
        pop = listener("pop3", "pop3", "pop3s", 0, ports[1]),
        smtp = listener("submission", "submission", "", ports[2], 0),
    );
    let path = folder.join("dovecot.conf");
    fs::write(&path, config).expect("written");
    let server = start(Command::new(program).arg("-F").arg("-c").arg(&path), ports[0], &folder.join("dovecot.log"));
    (server, ports)
}

fn mail_settings(folder: &Path, ports: [u16; 3]) -> PathBuf {
    let path = folder.join("settings.toml");
    let text: String = [
        ("imaps", "outlook.office365.com", ports[0]),
        ("pop3s", "outlook.office365.com", ports[1]),
        ("smtp", "smtp.office365.com", ports[2]),
    ]
    .iter()
    .map(|(protocol, host, port)| {
        format!("[[mail_server]]\nprotocol = \"{protocol}\"\nhost = \"{host}\"\nport = {port}\n")
    })
    .collect();
    fs::write(&path, text).expect("written");
    path
}

#[test]
fn dovecot_with_and_without_oauth_is_distinguished_over_imap_pop_and_smtp() {
    let Some(found) = programs(&["dovecot"]) else { return };
    if !is_root() {
        return;
    }
    let ca = Ca::new("Example Root");
    for (methods, verdict) in [("plain xoauth2", "ok"), ("plain login", "problem")] {
        let folder = folder();
        let (_server, ports) = dovecot(&found[0], folder.path(), methods, &ca.chain("outlook.office365.com", 90, true));
        let settings = mail_settings(folder.path(), ports);
        let (report, _) = doctor(&[
            settings.to_str().unwrap(),
            "--resolve",
            &resolve("outlook.office365.com", ports[0], "127.0.0.1"),
            "--resolve",
            &resolve("outlook.office365.com", ports[1], "127.0.0.1"),
            "--resolve",
            &resolve("smtp.office365.com", ports[2], "127.0.0.1"),
        ]);
        let checks: Vec<_> =
            report["checks"].as_array().unwrap().iter().filter(|check| check["id"] == "mail.capabilities").collect();
        assert_eq!(
            checks.len(),
            3,
            "{report:#}\n{}",
            fs::read_to_string(folder.path().join("dovecot.log")).unwrap_or_default()
        );
        for check in checks {
            assert_eq!(check["verdict"], verdict, "{methods}: {check}");
        }
    }
}

fn squid(program: &Path, folder: &Path, rules: &str) -> (Server, u16) {
    let port = free_port();
    let hosts = folder.join("hosts");
    fs::write(&hosts, format!("127.0.0.1 {LOGIN}\n")).expect("written");
    let log = folder.join("log");
    fs::create_dir_all(&log).expect("a folder");
    #[cfg(unix)]
    fs::set_permissions(&log, std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("permissions");
    let config = format!(
        "http_port 127.0.0.1:{port}\npid_filename {log}/squid.pid\ncache_log {log}/cache.log\naccess_log none\ncache deny all\ncache_store_log none\n\
         coredump_dir {log}\nhosts_file {hosts}\nshutdown_lifetime 0 seconds\nvisible_hostname proxy.example.com\n{rules}\n",
        log = log.display(),
        hosts = hosts.display()
    );
    let path = folder.join("squid.conf");
    fs::write(&path, config).expect("written");
    let server = start(Command::new(program).args(["-N", "-f"]).arg(&path), port, &folder.join("squid.log"));
    (server, port)
}

#[test]
fn squid_that_tunnels_asks_for_a_password_refuses_or_is_down_is_distinguished() {
    let Some(found) = programs(&["squid"]) else { return };
    if !is_root() {
        return;
    }
    let server = tls_server(&Ca::new("Example Root").chain(LOGIN, 90, true), entra);
    let basic = "auth_param basic program /usr/lib/squid/basic_fake_auth\nauth_param basic realm x\nacl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all";
    for (rules, verdict, words) in [
        ("http_access allow all", "ok", "opens a tunnel"),
        (basic, "problem", "answers 407 (Basic)"),
        ("http_access deny all", "problem", "refuses"),
    ] {
        let folder = folder();
        let (_squid, port) = squid(&found[0], folder.path(), rules);
        let settings = known_settings(folder.path(), server.port());
        let resolve = resolve(LOGIN, server.port(), "127.0.0.1");
        let (report, _) =
            doctor(&[settings.to_str().unwrap(), "--proxy", &format!("127.0.0.1:{port}"), "--resolve", &resolve]);
        let (found, fact) = check(&report, "proxy.connect");
        assert!(found == verdict && fact.contains(words), "{found}: {fact}");
        if verdict == "ok" {
            assert_eq!(check(&report, "http.openid").0, "ok", "{report:#}");
        } else {
            assert!(
                check(&report, "tcp.connect").1.contains("Without the proxy the host can be reached"),
                "{report:#}"
            );
        }
        // What squid cannot resolve it cannot reach.
        if verdict == "ok" {
            let path = folder.path().join("unknown.toml");
            fs::write(
                &path,
                "[[integration]]\ntoken_endpoint = \"https://login.microsoftonline.us/common/oauth2/v2.0/token\"\n",
            )
            .unwrap();
            let (report, _) = doctor(&[path.to_str().unwrap(), "--proxy", &format!("127.0.0.1:{port}")]);
            let (found, fact) = check(&report, "proxy.connect");
            assert!(found == "problem" && fact.contains("cannot reach login.microsoftonline.us:443 itself"), "{fact}");
        }
    }
    let folder = folder();
    let settings = known_settings(folder.path(), server.port());
    let down = format!("127.0.0.1:{}", free_port());
    let (report, _) = doctor(&[
        settings.to_str().unwrap(),
        "--proxy",
        &down,
        "--resolve",
        &resolve(LOGIN, server.port(), "127.0.0.1"),
    ]);
    assert!(check(&report, "proxy.connect").1.contains("cannot be reached"));
}

#[test]
fn a_server_with_tls_1_0_alone_is_reported() {
    let Some(found) = programs(&["openssl"]) else { return };
    let folder = folder();
    let (certificates, key) = write_chain(folder.path(), &Ca::new("Example Root").chain(LOGIN, 90, true));
    let port = free_port();
    let mut command = Command::new(&found[0]);
    command.args([
        "s_server",
        "-tls1",
        "-cipher",
        "ALL:@SECLEVEL=0",
        "-quiet",
        "-accept",
        &format!("127.0.0.1:{port}"),
    ]);
    let _server =
        start(command.arg("-cert").arg(&certificates).arg("-key").arg(&key), port, &folder.path().join("log"));
    let settings = known_settings(folder.path(), port);
    let (report, _) = doctor(&[settings.to_str().unwrap(), "--resolve", &resolve(LOGIN, port, "127.0.0.1")]);
    let (verdict, fact) = check(&report, "tls.handshake");
    assert!(verdict == "problem" && fact.contains("no version of TLS from 1.2 on"), "{fact}");
}

/// Makes a truststore with keytool.
fn truststore(keytool: &Path, folder: &Path, kind: &str, name: &str, certificates: &[(&str, String)]) -> PathBuf {
    let path = folder.join(format!("{name}.{kind}"));
    for (alias, pem) in certificates {
        let file = folder.join(format!("{name}-{alias}.pem"));
        fs::write(&file, pem).expect("written");
        let output = Command::new(keytool)
            .args(["-importcert", "-noprompt", "-storepass", "changeit", "-storetype", kind, "-alias", alias, "-file"])
            .arg(&file)
            .arg("-keystore")
            .arg(&path)
            .output()
            .expect("runs");
        assert!(output.status.success(), "{output:?}");
    }
    path
}

/// What Java says about a server, with the same truststore.
fn java_trusts(java: &Path, classes: &Path, truststore: &Path, server: SocketAddr) -> bool {
    let output = Command::new(java)
        .args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"])
        .arg(classes)
        .arg(format!("-Djavax.net.ssl.trustStore={}", truststore.display()))
        .arg("-Djavax.net.ssl.trustStorePassword=changeit")
        .arg("SslPoke")
        .args(["127.0.0.1", &server.port().to_string(), LOGIN])
        .output()
        .expect("runs");
    match output.status.code() {
        Some(0) => true,
        Some(1) if !output.stdout.is_empty() => false,
        _ => panic!("{output:?}"),
    }
}

#[test]
fn java_agrees_with_each_verdict_and_the_missing_ca_is_named_and_saved() {
    let Some(found) = programs(&["keytool", "java", "javac"]) else { return };
    let (keytool, java) = (&found[0], &found[1]);
    let folder = folder();
    let poke = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/SslPoke.java");
    let classes = folder.path().join("classes");
    assert!(Command::new(&found[2]).arg("-d").arg(&classes).arg(poke).status().expect("runs").success());
    let (ca, other) = (Ca::new("Example Inspection CA"), Ca::new("Other Root"));
    for kind in ["JKS", "PKCS12"] {
        let with = truststore(keytool, folder.path(), kind, "with", &[("other", other.pem()), ("ca", ca.pem())]);
        let without = truststore(keytool, folder.path(), kind, "without", &[("other", other.pem())]);
        for (what, chain, store, trusted) in [
            ("known CA", ca.chain(LOGIN, 90, true), &with, true),
            ("known CA, root not sent", ca.chain(LOGIN, 90, false), &with, true),
            ("CA between", ca.long_chain(LOGIN, true), &with, true),
            ("CA between, not sent", ca.long_chain(LOGIN, false), &with, false),
            ("unknown CA", ca.chain(LOGIN, 90, true), &without, false),
            ("unknown CA, root not sent", ca.long_chain(LOGIN, true), &without, false),
            ("expired", ca.chain(LOGIN, -2, true), &with, false),
            ("wrong name", ca.chain("portal.example.com", 90, true), &with, false),
        ] {
            let server = tls_server(&chain, entra);
            let settings = known_settings(folder.path(), server.port());
            let saved = folder.path().join("ca.pem");
            let _ = fs::remove_file(&saved);
            let (report, output) = doctor(&[
                settings.to_str().unwrap(),
                "--resolve",
                &resolve(LOGIN, server.port(), "127.0.0.1"),
                "--truststore",
                store.to_str().unwrap(),
                "--save-ca",
                saved.to_str().unwrap(),
            ]);
            let (verdict, fact) = check(&report, "tls.truststore");
            let ours = verdict == "ok" && check(&report, "tls.certificate").0 == "ok";
            assert_eq!(ours, trusted, "{kind}, {what}: {fact}");
            assert_eq!(java_trusts(java, &classes, store, server), trusted, "{kind}, {what}: Java");
            if what == "unknown CA" {
                assert!(fact.contains("the missing CA is CN=Example Inspection CA"), "{fact}");
                let value =
                    report["checks"].as_array().unwrap().iter().find(|check| check["id"] == "tls.truststore").unwrap()
                        ["value"]
                        .to_string();
                assert!(value.contains("keytool -importcert"), "{value}");
                assert_eq!(
                    fs::read_to_string(&saved).unwrap().replace('\r', ""),
                    ca.pem().replace('\r', ""),
                    "{output:?}"
                );
                // With the saved CA Java trusts the chain.
                let healed = truststore(
                    keytool,
                    folder.path(),
                    kind,
                    "healed",
                    &[("saved", fs::read_to_string(&saved).unwrap())],
                );
                assert!(java_trusts(java, &classes, &healed, server));
                let _ = fs::remove_file(healed);
            }
        }
        let wrong = folder.path().join("password");
        fs::write(&wrong, "Gr8-wrong-passw0rd\n").unwrap();
        let settings = known_settings(folder.path(), free_port());
        let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["doctor", "--online", "--quiet", settings.to_str().unwrap(), "--truststore", with.to_str().unwrap()])
            .args(["--truststore-password", wrong.to_str().unwrap(), "--timeout", "1"])
            .output()
            .unwrap();
        let output = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        let output = output.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            output.contains("checksum was not verified") || output.contains("cannot be decrypted"),
            "{kind}: {output}"
        );
        assert!(!output.contains("Gr8-wrong"), "{output}");
    }
}

/// dovecot and squid change their user, which root alone can do.
fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    let root = output.is_ok_and(|output| output.stdout == b"0\n");
    if !root {
        assert!(env::var_os(NEEDED).is_none(), "{NEEDED} is set, and this is not root");
        println!("skipped: needs root");
    }
    root
}
