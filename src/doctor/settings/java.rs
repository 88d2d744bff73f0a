//! What JVM arguments say about the network: proxies, truststore, TLS.

use super::{known_secrets::Secrets, url::host_name};

/// The arguments that matter here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JavaArguments {
    /// `https.proxyHost`, `https.proxyPort`.
    pub https_proxy: Option<ProxySettings>,
    /// `http.proxyHost`, `http.proxyPort`.
    pub http_proxy: Option<ProxySettings>,
    /// `socksProxyHost`, `socksProxyPort`.
    pub socks_proxy: Option<ProxySettings>,
    /// `http.nonProxyHosts`, which holds for https too.
    pub non_proxy_hosts: Vec<String>,
    /// A user or password of a proxy is given.
    pub proxy_has_user: bool,
    /// `java.net.useSystemProxies`.
    pub system_proxies: bool,
    /// `javax.net.ssl.trustStore`.
    pub truststore: Option<String>,
    /// `javax.net.ssl.trustStoreType`, lower case.
    pub truststore_type: Option<String>,
    /// `javax.net.ssl.trustStorePassword` is given, and is not the default.
    pub truststore_has_password: bool,
    /// `https.protocols` or `jdk.tls.client.protocols`.
    pub tls_protocols: Vec<String>,
    /// `java.net.preferIPv4Stack`.
    pub prefer_ipv4: bool,
    /// `java.net.preferIPv6Addresses`.
    pub prefer_ipv6: bool,
    /// `atlassian.mail.fetchdisabled` or `atlassian.mail.popdisabled`.
    pub mail_fetch_disabled: bool,
    /// `atlassian.mail.senddisabled`.
    pub mail_send_disabled: bool,
    /// `atlassian.oauth2.client.default.refresh.token.duration.days`.
    pub refresh_token_days: Option<u32>,
}

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProxySettings {
    /// Host; empty when what was given is none.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl ProxySettings {
    /// A proxy.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port }
    }
}

/// Longer texts are no path.
const MAX_PATH_BYTES: usize = 300;

impl JavaArguments {
    /// Reads the arguments in a text: a command line, a `setenv` file, a line of a log. Passwords go into `secrets`.
    pub(crate) fn read(&mut self, text: &str, secrets: &mut Secrets) {
        let mut ports: [Option<u16>; 3] = [None; 3];
        let mut hosts: [Option<String>; 3] = [None, None, None];
        for (name, value) in arguments(text) {
            let is_true = value.eq_ignore_ascii_case("true");
            let host = || Some(host_name(&value).unwrap_or_default());
            match name.as_str() {
                "https.proxyHost" => hosts[0] = host(),
                "http.proxyHost" => hosts[1] = host(),
                "socksProxyHost" => hosts[2] = host(),
                "https.proxyPort" => ports[0] = value.parse().ok(),
                "http.proxyPort" => ports[1] = value.parse().ok(),
                "socksProxyPort" => ports[2] = value.parse().ok(),
                "http.nonProxyHosts" => {
                    let is_pattern = |host: &&str| host_name(&host.replace('*', "a")).is_some();
                    self.non_proxy_hosts = value
                        .split(['|', ','])
                        .map(str::trim)
                        .filter(is_pattern)
                        .map(str::to_ascii_lowercase)
                        .collect();
                }
                "http.proxyUser" | "https.proxyUser" | "java.net.socks.username" => self.proxy_has_user = true,
                "javax.net.ssl.trustStore" if value.len() <= MAX_PATH_BYTES => self.truststore = Some(value),
                "javax.net.ssl.trustStoreType" if value.len() <= 16 => {
                    self.truststore_type = Some(value.to_ascii_lowercase());
                }
                "javax.net.ssl.trustStorePassword" => {
                    self.truststore_has_password = value != "changeit";
                    secrets.add(&value);
                }
                "https.protocols" | "jdk.tls.client.protocols" => {
                    let is_protocol = |name: &&str| name.starts_with("TLS") || name.starts_with("SSL");
                    self.tls_protocols =
                        value.split(',').map(str::trim).filter(is_protocol).map(str::to_owned).collect();
                }
                "java.net.useSystemProxies" => self.system_proxies = is_true,
                "java.net.preferIPv4Stack" => self.prefer_ipv4 = is_true,
                "java.net.preferIPv6Addresses" => self.prefer_ipv6 = is_true,
                "atlassian.mail.fetchdisabled" | "atlassian.mail.popdisabled" => self.mail_fetch_disabled |= is_true,
                "atlassian.mail.senddisabled" => self.mail_send_disabled = is_true,
                "atlassian.oauth2.client.default.refresh.token.duration.days" => {
                    self.refresh_token_days = value.parse().ok();
                }
                _ if is_secret_name(&name) => {
                    self.proxy_has_user |= name.contains("proxy") || name.contains("socks");
                    secrets.add(&value);
                }
                _ => {}
            }
        }
        let defaults = [443, 80, 1080];
        let [https, http, socks] = [0, 1, 2]
            .map(|i| hosts[i].take().map(|host| ProxySettings { host, port: ports[i].unwrap_or(defaults[i]) }));
        self.https_proxy = https.or(self.https_proxy.take());
        self.http_proxy = http.or(self.http_proxy.take());
        self.socks_proxy = socks.or(self.socks_proxy.take());
    }

    /// The proxy that Java uses for HTTPS to a host, if any.
    #[must_use]
    pub fn proxy_for(&self, host: &str) -> Option<&ProxySettings> {
        if self.is_excepted(host) { None } else { self.https_proxy.as_ref() }
    }

    /// True when `http.nonProxyHosts` excepts a host; without that argument Java excepts this machine.
    #[must_use]
    pub fn is_excepted(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        if self.non_proxy_hosts.is_empty() {
            return host == "localhost" || host.starts_with("127.") || host == "[::1]";
        }
        self.non_proxy_hosts.iter().any(|pattern| match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(end), None) => host.ends_with(end),
            (None, Some(start)) => host.starts_with(start),
            (Some(end), Some(_)) => host.contains(end.trim_end_matches('*')),
            (None, None) => host == *pattern,
        })
    }

    pub(super) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let proxies = [&mut self.https_proxy, &mut self.http_proxy, &mut self.socks_proxy];
        let hosts = proxies.into_iter().flatten().map(|proxy| &mut proxy.host);
        let others = [&mut self.truststore, &mut self.truststore_type].into_iter().flatten();
        hosts.chain(self.non_proxy_hosts.iter_mut()).chain(self.tls_protocols.iter_mut()).chain(others)
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "secret", "token", "passwd", "credential"].iter().any(|word| name.contains(word))
}

/// Each `-Dname=value` in a text. A value ends at a space, unless it is quoted.
fn arguments(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("-D") {
        rest = &rest[at + 2..];
        let Some(equals) = rest.find(['=', ' ', '\n', '"']) else { break };
        let name = &rest[..equals];
        if !rest[equals..].starts_with('=') {
            continue;
        }
        let value = &rest[equals + 1..];
        let (value, quote) = match value.chars().next().filter(|c| "\"'".contains(*c)) {
            Some(quote) => (&value[1..], Some(quote)),
            None => (value, None),
        };
        let end = value.find(|c: char| match quote {
            Some(quote) => c == quote,
            None => c.is_whitespace() || "\"'<".contains(c),
        });
        let end = end.unwrap_or(value.len());
        found.push((name.trim().to_owned(), value[..end].to_owned()));
        rest = &value[end..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> JavaArguments {
        let mut java = JavaArguments::default();
        java.read(text, &mut Secrets::default());
        java
    }

    #[test]
    fn proxies_and_their_exceptions_are_read_as_java_reads_them() {
        let java = read(
            "JVM_SUPPORT_RECOMMENDED_ARGS=\"-Xmx2g -Dhttps.proxyHost=proxy.example.com -Dhttps.proxyPort=3128 \
             -Dhttp.nonProxyHosts='localhost|*.example.com|10.*' -Dhttps.proxyPassword=pa55w0rd\"",
        );
        assert_eq!(java.https_proxy, Some(ProxySettings::new("proxy.example.com", 3128)));
        assert!(java.proxy_has_user);
        assert_eq!(java.proxy_for("login.microsoftonline.com").map(|proxy| proxy.port), Some(3128));
        assert!(java.proxy_for("mail.example.com").is_none() && java.proxy_for("10.1.2.3").is_none());
        assert!(!format!("{java:?}").contains("pa55"));
        assert!(read("-Dhttps.proxyHost=p.example.com").proxy_for("localhost").is_none());
    }

    #[test]
    fn a_truststore_is_read_without_its_password() {
        let java = read("-Djavax.net.ssl.trustStore=\"/opt/my trust.jks\" -Djavax.net.ssl.trustStorePassword=s3cret!");
        assert_eq!(java.truststore.as_deref(), Some("/opt/my trust.jks"));
        assert!(java.truststore_has_password && !format!("{java:?}").contains("s3cret"));
    }
}
