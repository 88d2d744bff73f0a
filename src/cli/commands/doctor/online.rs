//! `--online`: which hosts, through which proxy, with which truststore.

use std::{
    env, fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use oauthsift::{
    doctor::{
        Host,
        checks::Check,
        guide::{Choice, Guide},
        hosts_of_choice,
        probes::{
            MissingCa, ProbeOptions, Probed, ProxyChoice, Resolve, Truststore, no_truststore_check, pem, probe, sends,
            truststore_check,
        },
        required_hosts,
        settings::{ProxySettings, Settings},
    },
    sanitize,
};

use crate::cli::{args::DoctorArgs, output::AtomicFile, terminal};

/// The password of Java's own truststore.
const DEFAULT_PASSWORD: &str = "changeit";
/// A truststore is smaller.
const MAX_TRUSTSTORE_BYTES: u64 = 64 << 20;
/// Where a truststore is below Java's folder.
const IN_JAVA_HOME: [&str; 4] =
    ["lib/security/jssecacerts", "lib/security/cacerts", "jre/lib/security/jssecacerts", "jre/lib/security/cacerts"];
/// Where Jira is installed on Linux, and where Java is.
const USUAL_JAVA_HOMES: [&str; 2] = ["/opt/atlassian/jira/jre", "/opt/atlassian/jira/jdk"];

/// Contacts the hosts.
pub(super) fn run(args: &DoctorArgs, settings: &Settings) -> anyhow::Result<Vec<Check>> {
    let hosts = hosts(args, settings)?;
    if hosts.is_empty() {
        bail!(
            "--online: there is no host to contact: give settings with endpoints or mail servers, or --provider microsoft"
        );
    }
    let mut options = ProbeOptions::new(Duration::from_secs(args.timeout));
    options.java = settings.jira.java.clone();
    options.proxy = proxy(args, settings)?;
    for text in &args.resolve {
        let one = Resolve::parse(text).with_context(|| {
            format!("--resolve {text}: use HOST:PORT:ADDR, such as login.example.com:443:127.0.0.1")
        })?;
        options.resolve.push(one);
    }
    let mut checks = Vec::new();
    match truststore(args, settings) {
        Ok(Some(truststore)) => {
            checks.push(truststore_check(&truststore));
            options.truststore = Some(Arc::new(truststore));
        }
        Ok(None) => checks.push(no_truststore_check(
            "No truststore of Java was found on this machine: neither JAVA_HOME, nor Jira's JRE, nor java in PATH.",
        )),
        // A file that was named must be readable.
        Err(error) if args.truststore.is_some() => return Err(error),
        Err(error) => checks.push(no_truststore_check(&format!("{error:#}."))),
    }
    if !args.quiet {
        for host in &hosts {
            terminal::message(format_args!(
                "contacting {}:{} ({}): sends {}",
                host.name,
                host.port,
                host.purpose.as_str(),
                sends(host)
            ));
        }
    }
    let Probed { checks: found, missing_cas, .. } = probe(&hosts, &options);
    checks.extend(found);
    if let Some(path) = &args.save_ca {
        save(path, &missing_cas)?;
    }
    Ok(checks)
}

fn hosts(args: &DoctorArgs, settings: &Settings) -> anyhow::Result<Vec<Host>> {
    let Some(provider) = &args.provider else { return Ok(required_hosts(settings)) };
    let choice = Choice {
        provider: provider.clone(),
        protocol: args.protocol.clone(),
        cloud: args.cloud.clone(),
        tenant_id: args.tenant_id.clone(),
        ..Choice::default()
    };
    Guide::builtin().recommend(&choice)?;
    Ok(hosts_of_choice(&choice))
}

/// Reads `HOST:PORT`, or a URL as the environment has it. A user in it is left out.
fn proxy_settings(text: &str) -> Option<ProxySettings> {
    let text = text.trim().trim_end_matches('/');
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let is_host =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte));
    is_host.then(|| ProxySettings::new(host.to_ascii_lowercase(), port))
}

fn proxy(args: &DoctorArgs, settings: &Settings) -> anyhow::Result<ProxyChoice> {
    match args.proxy.as_deref() {
        Some("none") => return Ok(ProxyChoice::None),
        Some(text) => {
            let proxy =
                proxy_settings(text).context("--proxy: use HOST:PORT, without a user and a password, or none")?;
            return Ok(ProxyChoice::Given(proxy));
        }
        None => {}
    }
    let java = &settings.jira.java;
    if java.https_proxy.is_some() || java.socks_proxy.is_some() {
        return Ok(ProxyChoice::Java);
    }
    let variable =
        |names: [&str; 2]| names.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    let except = variable(["no_proxy", "NO_PROXY"]).unwrap_or_default();
    let except: Vec<String> =
        except.split(',').map(|end| end.trim().to_ascii_lowercase()).filter(|end| !end.is_empty()).collect();
    let proxy = variable(["https_proxy", "HTTPS_PROXY"]).and_then(|text| proxy_settings(&text));
    Ok(proxy.map_or(ProxyChoice::Java, |proxy| ProxyChoice::Environment(proxy, except)))
}

/// Java's truststore: the one that was named, else that of the JVM arguments, of the settings' Java, of JAVA_HOME, of
/// Jira's JRE, of the java in PATH.
fn truststore(args: &DoctorArgs, settings: &Settings) -> anyhow::Result<Option<Truststore>> {
    let jira = &settings.jira;
    let named = args.truststore.clone().or_else(|| jira.java.truststore.as_ref().map(PathBuf::from));
    let path = match named {
        Some(path) => path,
        None => {
            let homes = jira.java_home.iter().map(PathBuf::from).chain(env::var_os("JAVA_HOME").map(PathBuf::from));
            let homes = homes.chain(USUAL_JAVA_HOMES.iter().map(PathBuf::from)).chain(java_in_path());
            let found = homes.flat_map(|home| IN_JAVA_HOME.map(|end| home.join(end))).find(|path| path.is_file());
            let Some(path) = found else { return Ok(None) };
            path
        }
    };
    let password = match &args.truststore_password {
        None => DEFAULT_PASSWORD.to_owned(),
        Some(path) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("cannot read the password file {}", path.display()))?;
            text.trim_end_matches(['\n', '\r']).to_owned()
        }
    };
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    let file = fs::File::open(&path).with_context(|| format!("cannot read the truststore {name}"))?;
    file.take(MAX_TRUSTSTORE_BYTES)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read the truststore {name}"))?;
    let name = sanitize(name.as_bytes());
    let truststore = Truststore::parse(&name, &bytes, &password);
    Ok(Some(truststore.with_context(|| format!("the truststore {name}"))?))
}

/// The folder of the java in PATH.
fn java_in_path() -> Option<PathBuf> {
    let java = env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join("java")).find(|java| java.is_file())?;
    Some(fs::canonicalize(java).ok()?.parent()?.parent()?.to_path_buf())
}

/// Writes the missing CAs as PEM.
fn save(path: &Path, missing: &[MissingCa]) -> anyhow::Result<()> {
    if missing.is_empty() {
        terminal::message(format_args!("no CA is missing: {} was not written", path.display()));
        return Ok(());
    }
    let mut file = AtomicFile::create(path)?;
    for ca in missing {
        file.write_all(pem(&ca.certificate).as_bytes())?;
    }
    file.persist()?;
    let names: Vec<&str> = missing.iter().map(|ca| ca.name.as_str()).collect();
    terminal::message(format_args!(
        "wrote {}: {}; verify its fingerprint before you import it",
        path.display(),
        names.join("; ")
    ));
    Ok(())
}
