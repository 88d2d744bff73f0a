//! TLS: the handshake, and the chain that the server sends. No chain is refused here: it is judged afterwards.

use std::{
    fmt,
    io::{self, Read, Write},
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, PeerIncompatible,
    SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Why there is no TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TlsFailure {
    /// The server speaks no version from 1.2 on.
    OldVersion,
    /// No common cipher or group.
    NoCommonCipher,
    /// What came is not TLS.
    PlainText,
    /// The server asks for a certificate of the client.
    ClientCertificate,
    /// The connection ended in the middle.
    Closed,
    /// No answer in time.
    Timeout,
    /// Anything else, in the words of the library.
    Other(String),
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldVersion => f.write_str("the server speaks no version of TLS from 1.2 on"),
            Self::NoCommonCipher => f.write_str("there is no cipher that both sides know"),
            Self::PlainText => {
                f.write_str("the answer is not TLS: the port speaks plain text, or another system answers in its place")
            }
            Self::ClientCertificate => f.write_str("the server asks for a client certificate"),
            Self::Closed => f.write_str("the connection was closed during the handshake"),
            Self::Timeout => f.write_str("there was no answer in time"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// An encrypted connection, with the chain of the server.
pub(super) struct Tls<S: Read + Write> {
    pub(super) stream: StreamOwned<ClientConnection, S>,
    /// In DER, the server's certificate first.
    pub(super) chain: Vec<Vec<u8>>,
    /// `TLS 1.3`.
    pub(super) version: &'static str,
}

/// Does the handshake on a connection.
pub(super) fn handshake<S: Read + Write>(mut stream: S, host: &str) -> Result<Tls<S>, TlsFailure> {
    let provider = Arc::new(ring::default_provider());
    let recorder = Arc::new(Recorder { chain: Mutex::new(Vec::new()), provider: Arc::clone(&provider) });
    let other = |error: &dyn fmt::Display| TlsFailure::Other(error.to_string());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| other(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&recorder) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|error| other(&error))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(|error| other(&error))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|error| failure(&error))?;
    }
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS 1.2",
    };
    let chain = std::mem::take(&mut *recorder.chain.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Tls { stream: StreamOwned::new(connection, stream), chain, version })
}

fn failure(error: &io::Error) -> TlsFailure {
    if super::net::is_timeout(error) {
        return TlsFailure::Timeout;
    }
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::AlertReceived(AlertDescription::ProtocolVersion)) => TlsFailure::OldVersion,
        Some(Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )) => TlsFailure::OldVersion,
        Some(
            Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
            | Error::PeerIncompatible(_),
        ) => TlsFailure::NoCommonCipher,
        Some(Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::BadCertificate)) => {
            TlsFailure::ClientCertificate
        }
        Some(Error::InvalidMessage(_)) => TlsFailure::PlainText,
        Some(error) => TlsFailure::Other(error.to_string()),
        None if matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        ) =>
        {
            TlsFailure::Closed
        }
        None => TlsFailure::Other(error.to_string()),
    }
}

/// Accepts every chain, and keeps it. Signatures of the handshake are verified: the server has the key.
#[derive(Debug)]
struct Recorder {
    chain: Mutex<Vec<Vec<u8>>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = [end_entity].into_iter().chain(intermediates).map(|one| one.as_ref().to_vec()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tolerant(verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        tolerant(verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        ))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A certificate that the library cannot read (version 1, unknown extensions) is no reason to end the handshake: nothing
/// secret is sent over it, and Java may read it.
fn tolerant(result: Result<HandshakeSignatureValid, Error>) -> Result<HandshakeSignatureValid, Error> {
    match result {
        Err(Error::InvalidCertificate(error)) if error != CertificateError::BadSignature => {
            Ok(HandshakeSignatureValid::assertion())
        }
        other => other,
    }
}
