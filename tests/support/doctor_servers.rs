//! Servers on loopback for the doctor: chains made on the spot, TLS, fixed answers. Each ends with the test.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// The host that all tests of sign-in use; it resolves to loopback by `--resolve`.
pub(crate) const LOGIN: &str = "login.microsoftonline.com";
/// A server waits so long for a client.
const PATIENCE: Duration = Duration::from_secs(20);

/// A CA of a company, as a TLS inspection has one.
pub(crate) struct Ca {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A chain, the server's certificate first, with its key.
pub(crate) struct Chain {
    pub(crate) certificates: Vec<Vec<u8>>,
    key: Vec<u8>,
}

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        let params = ca_params(name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a CA");
        Self { issuer }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for a host, `days` from now until it ends; the chain has the CA at its end if `with_root`.
    pub(crate) fn chain(&self, host: &str, days: i64, with_root: bool) -> Chain {
        let mut chain = leaf(&self.issuer, host, days);
        if with_root {
            chain.certificates.push(self.der());
        }
        chain
    }

    /// A chain with a CA between; it is sent along if `with_intermediate`.
    pub(crate) fn long_chain(&self, host: &str, with_intermediate: bool) -> Chain {
        let key = KeyPair::generate().expect("a key");
        let between = CertifiedIssuer::signed_by(ca_params("Example Issuing CA"), key, &self.issuer).expect("a CA");
        let mut chain = leaf(&between, host, 90);
        if with_intermediate {
            chain.certificates.push(between.der().to_vec());
        }
        chain
    }
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, "Example Ltd");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn leaf(issuer: &Issuer<'_, KeyPair>, host: &str, days: i64) -> Chain {
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, host);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let end = i64::try_from(now).expect("a time") + days * 86_400;
    params.not_after = time::OffsetDateTime::from_unix_timestamp(end).expect("a time");
    params.not_before = time::OffsetDateTime::from_unix_timestamp(end - 400 * 86_400).expect("a time");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    Chain { certificates: vec![certificate.der().to_vec()], key: key.serialize_der() }
}

impl Chain {
    pub(crate) fn certificates_pem(&self) -> String {
        self.certificates.iter().map(|der| pem("CERTIFICATE", der)).collect()
    }

    pub(crate) fn key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.key)
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// What a server does with a connection, over TLS if there is a chain.
pub(crate) type Answer = fn(&mut dyn ReadWrite);

pub(crate) trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

/// Starts a server with TLS.
pub(crate) fn tls_server(chain: &Chain, answer: Answer) -> SocketAddr {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(chain.key.clone()));
    let certificates = chain.certificates.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .expect("a chain");
    let config = Arc::new(config);
    plain_server(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        answer(&mut StreamOwned::new(connection, stream));
    })
}

/// Starts a server without TLS.
pub(crate) fn plain_server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            let _ = stream.set_read_timeout(Some(PATIENCE));
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Reads a request up to its empty line, and its body.
pub(crate) fn request(stream: &mut dyn ReadWrite) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend(&buffer[..read]),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn respond(stream: &mut dyn ReadWrite, status: &str, date: &str, kind: &str, body: &str) {
    let head =
        format!("HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()))
        .and_then(|()| stream.flush());
}

fn date(minutes: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::minutes(minutes)).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

const JSON: &str = "application/json; charset=utf-8";
const TENANT: &str = "72f988bf-1111-41af-91ab-2d7cd011db47";

fn provider(stream: &mut dyn ReadWrite, minutes: i64) {
    let Some(request) = request(stream) else { return };
    let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap_or(LOGIN).to_owned();
    assert!(!request.contains("client_secret") && !request.contains("client_id"), "{request}");
    let date = date(minutes);
    if request.starts_with("POST ") {
        let body = r#"{"error":"invalid_request","error_description":"AADSTS900144: A parameter is missing: 'client_id'. Trace ID: x"}"#;
        return respond(stream, "400 Bad Request", &date, JSON, body);
    }
    if !request.contains(TENANT) {
        let body =
            r#"{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant not found here. Trace ID: x"}"#;
        return respond(stream, "400 Bad Request", &date, JSON, body);
    }
    let body = format!(
        r#"{{"token_endpoint":"https://{host}/{TENANT}/oauth2/v2.0/token","authorization_endpoint":"https://{host}/{TENANT}/oauth2/v2.0/authorize"}}"#
    );
    respond(stream, "200 OK", &date, JSON, &body);
}

/// Answers as Entra ID does.
pub(crate) fn entra(stream: &mut dyn ReadWrite) {
    provider(stream, 0);
}

/// The same, with a clock that is ten minutes ahead.
pub(crate) fn entra_ahead(stream: &mut dyn ReadWrite) {
    provider(stream, 10);
}

/// A firewall's page in place of the provider.
pub(crate) fn block_page(stream: &mut dyn ReadWrite) {
    if request(stream).is_some() {
        respond(
            stream,
            "200 OK",
            &date(0),
            "text/html",
            "<html><head><title>Access blocked by policy</title></head></html>",
        );
    }
}

/// Settings of one integration at a port of the sign-in host.
pub(crate) fn settings(folder: &Path, port: u16, tenant: &str) -> PathBuf {
    let path = folder.join(format!("settings-{port}.toml"));
    let endpoint = |end: &str| format!("https://{LOGIN}:{port}/{tenant}/oauth2/v2.0/{end}");
    let text = format!(
        "[[integration]]\nclient_id = \"0f8fad5b-d9cb-469f-a165-70867728950e\"\nauthorization_endpoint = \"{}\"\ntoken_endpoint = \"{}\"\n\
         scopes = [\"https://outlook.office.com/IMAP.AccessAsUser.All\", \"offline_access\"]\n",
        endpoint("authorize"),
        endpoint("token")
    );
    fs::write(&path, text).expect("written");
    path
}

/// The settings of the tenant that [`entra`] knows.
pub(crate) fn known_settings(folder: &Path, port: u16) -> PathBuf {
    settings(folder, port, TENANT)
}

/// Runs the doctor online. The result is its JSON report.
pub(crate) fn doctor(arguments: &[&str]) -> (serde_json::Value, Output) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oauthsift"));
    command.args(["doctor", "--online", "--format", "json", "--timeout", "2"]).args(arguments);
    for name in ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "SOURCE_DATE_EPOCH", "JAVA_HOME"] {
        command.env_remove(name);
    }
    let output = command.env("OAUTHSIFT_CONFIG", "").output().expect("runs");
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output)
}

/// Verdict and fact of a check.
pub(crate) fn check<'r>(report: &'r serde_json::Value, id: &str) -> (&'r str, &'r str) {
    let checks = report["checks"].as_array().expect("checks");
    let found = checks.iter().filter(|check| check["id"] == id && check["milliseconds"] != serde_json::json!(-1));
    // The worst, if there are several.
    let rank = |check: &&serde_json::Value| {
        ["ok", "unknown", "warning", "problem"].iter().position(|verdict| check["verdict"] == **verdict)
    };
    let found = found.max_by_key(rank).unwrap_or_else(|| panic!("no {id} in {report:#}"));
    (found["verdict"].as_str().expect("a verdict"), found["fact"].as_str().expect("a fact"))
}

/// True when a check was made.
pub(crate) fn has(report: &serde_json::Value, id: &str) -> bool {
    report["checks"].as_array().expect("checks").iter().any(|check| check["id"] == id)
}

/// `--resolve` for a server on loopback.
pub(crate) fn resolve(host: &str, port: u16, address: &str) -> String {
    format!("{host}:{port}:{address}")
}
