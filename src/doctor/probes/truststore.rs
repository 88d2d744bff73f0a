//! Java's truststore: JKS and PKCS12.

use std::fmt;

use p12_keystore::Pkcs12Archive;
use sha1::{Digest, Sha1};

/// The certificates of a truststore.
pub struct Truststore {
    name: String,
    /// Each in DER.
    pub(super) certificates: Vec<Vec<u8>>,
    /// The password is not that of the file: its content may have been changed.
    unverified: bool,
}

/// Why a truststore cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruststoreError(String);

impl fmt::Display for TruststoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TruststoreError {}

impl fmt::Debug for Truststore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Truststore {} with {} certificates", self.name, self.certificates.len())
    }
}

const JKS_MAGIC: u32 = 0xfeed_feed;
const JCEKS_MAGIC: u32 = 0xcece_cece;
/// What Java mixes into the checksum.
const WHITENER: &[u8] = b"Mighty Aphrodite";
const CHECKSUM_BYTES: usize = 20;
const KEY_ENTRY: u32 = 1;
const CERTIFICATE_ENTRY: u32 = 2;

impl Truststore {
    /// Reads a truststore, whose format is recognised by its content.
    ///
    /// # Errors
    /// Another format, a wrong password, or an incomplete file. The password is not quoted.
    pub fn parse(name: &str, bytes: &[u8], password: &str) -> Result<Self, TruststoreError> {
        let magic = bytes.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
        let (certificates, unverified) = match magic {
            Some(JKS_MAGIC | JCEKS_MAGIC) => jks(bytes, password)?,
            _ if bytes.first() == Some(&0x30) => (pkcs12(bytes, password)?, false),
            _ => {
                return Err(TruststoreError(
                    "is neither JKS nor PKCS12: give the file that Java uses (cacerts)".to_owned(),
                ));
            }
        };
        Ok(Self { name: name.to_owned(), certificates, unverified })
    }

    /// Name of the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of certificates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// True without any certificate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// True when the password did not fit: a JKS file can be read without it.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        self.unverified
    }
}

fn pkcs12(bytes: &[u8], password: &str) -> Result<Vec<Vec<u8>>, TruststoreError> {
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|_| {
        TruststoreError("cannot be decrypted: is it PKCS12 with this password? (--truststore-password FILE)".to_owned())
    })?;
    // Java trusts only entries with its own attribute, which keytool sets and openssl does not.
    let trusted: Vec<Vec<u8>> =
        archive.certs.iter().filter(|bag| bag.trusted).map(|bag| bag.cert.as_der().to_vec()).collect();
    if trusted.is_empty() && !archive.certs.is_empty() {
        return Err(TruststoreError(
            "holds certificates, but none that Java trusts: import them with keytool -importcert, not with openssl"
                .to_owned(),
        ));
    }
    Ok(trusted)
}

/// Reads big-endian numbers and lengths, never beyond the end.
struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], TruststoreError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| TruststoreError(format!("is cut off or damaged at byte {}", self.at)))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, TruststoreError> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// A text or a certificate, after its length.
    fn counted(&mut self) -> Result<&'b [u8], TruststoreError> {
        let length = self.number()?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn text(&mut self) -> Result<&'b [u8], TruststoreError> {
        let length = self.take(2)?;
        self.take(usize::from(length[0]) << 8 | usize::from(length[1]))
    }

    fn certificate(&mut self, version: u32) -> Result<&'b [u8], TruststoreError> {
        if version == 2 {
            self.text()?;
        }
        self.counted()
    }
}

/// The trusted certificates of a JKS file, and whether its checksum did not fit the password.
fn jks(bytes: &[u8], password: &str) -> Result<(Vec<Vec<u8>>, bool), TruststoreError> {
    let content = bytes.len().saturating_sub(CHECKSUM_BYTES);
    let mut cursor = Cursor { bytes: &bytes[..content], at: 4 };
    let version = cursor.number()?;
    if !(1..=2).contains(&version) {
        return Err(TruststoreError(format!("is JKS of version {version}, which is not known")));
    }
    let entries = cursor.number()?;
    let mut certificates = Vec::new();
    for _ in 0..entries {
        let kind = cursor.number()?;
        cursor.text()?;
        cursor.take(8)?;
        match kind {
            CERTIFICATE_ENTRY => certificates.push(cursor.certificate(version)?.to_vec()),
            KEY_ENTRY => {
                cursor.counted()?;
                for i in 0..cursor.number()? {
                    let certificate = cursor.certificate(version)?;
                    // Java trusts the owner's own certificate.
                    if i == 0 {
                        certificates.push(certificate.to_vec());
                    }
                }
            }
            other => return Err(TruststoreError(format!("has an entry of the unknown kind {other}"))),
        }
    }
    let mut hash = Sha1::new();
    for unit in password.encode_utf16() {
        hash.update(unit.to_be_bytes());
    }
    hash.update(WHITENER);
    hash.update(&bytes[..content]);
    Ok((certificates, hash.finalize().as_slice() != &bytes[content..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_truststore_is_an_error_and_never_allocates_what_it_claims() {
        let mut jks = JKS_MAGIC.to_be_bytes().to_vec();
        jks.extend(2u32.to_be_bytes());
        jks.extend(1u32.to_be_bytes());
        jks.extend(CERTIFICATE_ENTRY.to_be_bytes());
        jks.extend([0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        jks.extend(u32::MAX.to_be_bytes());
        jks.extend([0; 40]);
        let error = Truststore::parse("t", &jks, "changeit").unwrap_err().to_string();
        assert!(error.contains("cut off or damaged"), "{error}");
        assert!(Truststore::parse("t", b"-----BEGIN", "x").unwrap_err().to_string().contains("neither JKS nor PKCS12"));
        assert!(
            Truststore::parse("t", &[0x30, 0x82, 1, 2], "x").unwrap_err().to_string().contains("cannot be decrypted")
        );
    }
}
