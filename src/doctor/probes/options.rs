//! How hosts are reached: timeouts, names, proxies, truststore.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use super::truststore::Truststore;
use crate::doctor::settings::{JavaArguments, ProxySettings, host_name};

/// All steps of all hosts end within this time.
const TOTAL: Duration = Duration::from_secs(55);

/// How hosts are reached.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProbeOptions {
    /// The time for one step.
    pub timeout: Duration,
    /// Addresses to use instead of those that a name resolves to.
    pub resolve: Vec<Resolve>,
    /// What the JVM arguments say.
    pub java: JavaArguments,
    /// A proxy in place of that of the JVM arguments.
    pub proxy: ProxyChoice,
    /// Java's truststore.
    pub truststore: Option<Arc<Truststore>>,
    /// When everything must have ended.
    deadline: Instant,
}

/// Which proxy is used for HTTPS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// That of the JVM arguments, if any.
    #[default]
    Java,
    /// None.
    None,
    /// This one.
    Given(ProxySettings),
    /// The proxy of the environment, which Java ignores by default, and hosts that it is not for.
    Environment(ProxySettings, Vec<String>),
}

/// `HOST:PORT:ADDR`, as curl has it; `ADDR` may end in its own port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    host: String,
    port: u16,
    addresses: Vec<SocketAddr>,
}

impl Resolve {
    /// Reads `HOST:PORT:ADDR[:PORT][,ADDR…]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, rest) = text.split_once(':')?;
        let (port, addresses) = rest.split_once(':')?;
        let port: u16 = port.parse().ok()?;
        let address = |text: &str| {
            let text = text.trim();
            let bare = text.trim_start_matches('[').trim_end_matches(']');
            let own = text.parse::<SocketAddr>().ok();
            own.or_else(|| bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port)))
        };
        let addresses: Option<Vec<SocketAddr>> = addresses.split(',').map(address).collect();
        Some(Self { host: host_name(host)?, port, addresses: addresses? })
    }
}

impl ProbeOptions {
    /// Options with this time for one step.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            resolve: Vec::new(),
            java: JavaArguments::default(),
            proxy: ProxyChoice::default(),
            truststore: None,
            deadline: Instant::now() + TOTAL,
        }
    }

    /// When a step that begins now must have ended.
    pub(super) fn step(&self) -> Instant {
        (Instant::now() + self.timeout).min(self.deadline)
    }

    /// The addresses that were given for a host.
    pub(super) fn given_addresses(&self, host: &str, port: u16) -> Option<&[SocketAddr]> {
        let given = self.resolve.iter().find(|one| one.host == host && one.port == port)?;
        Some(&given.addresses)
    }

    /// The proxy for HTTPS to a host, and where it was named.
    pub(super) fn proxy_for(&self, host: &str) -> Option<(ProxySettings, &'static str)> {
        match &self.proxy {
            ProxyChoice::None => None,
            ProxyChoice::Given(proxy) => Some((proxy.clone(), "--proxy")),
            ProxyChoice::Java => self.java.proxy_for(host).map(|proxy| (proxy.clone(), "the JVM arguments")),
            ProxyChoice::Environment(proxy, except) => {
                let is_excepted = except.iter().any(|end| {
                    let end = end.trim_start_matches(['*', '.']);
                    end.is_empty() || host == end || host.ends_with(&format!(".{end}"))
                });
                (!is_excepted).then(|| (proxy.clone(), "the environment"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolve_is_read_as_curl_reads_it() {
        let one = Resolve::parse("login.example.com:443:127.0.0.1").unwrap();
        assert_eq!(one.addresses, vec!["127.0.0.1:443".parse().unwrap()]);
        let two = Resolve::parse("login.example.com:443:127.0.0.1:8443,[::1]:9443").unwrap();
        assert_eq!(two.addresses, vec!["127.0.0.1:8443".parse().unwrap(), "[::1]:9443".parse().unwrap()]);
        assert_eq!(Resolve::parse("a.example.com:443:[::1]").unwrap().addresses, vec!["[::1]:443".parse().unwrap()]);
        assert!(Resolve::parse("a.example.com:443").is_none() && Resolve::parse("a.example.com:443:b").is_none());
    }
}
