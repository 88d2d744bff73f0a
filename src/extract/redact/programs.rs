//! Programs and directives whose arguments are secrets, or name people.

/// What the arguments of a program are.
pub(super) struct Program {
    /// As it is called, with what must follow.
    pub(super) name: &'static str,
    /// Options before a secret, as the next argument or joined by `=` or `:`.
    pub(super) secrets: &'static [&'static str],
    /// Options to which a secret is joined without a sign.
    pub(super) joined: &'static [&'static str],
    /// Options before a user and a password.
    pub(super) pairs: &'static [&'static str],
    /// What is between these.
    pub(super) sign: u8,
    /// Options before a file and its password, with a colon between.
    pub(super) files: &'static [&'static str],
    /// The argument that is a secret by its place, after those that are no options.
    pub(super) at: Option<usize>,
    /// The argument that is a person by its place.
    pub(super) person: Option<usize>,
}

impl Program {
    /// A password comes from its standard input.
    pub(super) fn reads_input(&self) -> bool {
        self.secrets.is_empty()
            && self.joined.is_empty()
            && self.pairs.is_empty()
            && self.at.is_none()
            && self.person.is_none()
    }
}

const fn program(name: &'static str, secrets: &'static [&'static str]) -> Program {
    Program { name, secrets, joined: &[], pairs: &[], sign: b':', files: &[], at: None, person: None }
}

const fn joined(name: &'static str, options: &'static [&'static str]) -> Program {
    Program { joined: options, ..program(name, &[]) }
}

const fn either(name: &'static str, options: &'static [&'static str]) -> Program {
    Program { joined: options, ..program(name, options) }
}

const fn pairs(name: &'static str, options: &'static [&'static str], sign: u8) -> Program {
    Program { pairs: options, sign, ..program(name, &[]) }
}

const fn placed(name: &'static str, at: usize) -> Program {
    Program { at: Some(at), ..program(name, &[]) }
}

/// What opens an address, with the options that its kinds have in common.
const fn client(name: &'static str) -> Program {
    Program {
        secrets: &["--pass", "--key-passwd", "--proxy-pass", "--tlspassword", "--proxy-tlspassword", "--oauth2-bearer"],
        files: &["--cert", "-E", "--proxy-cert"],
        ..pairs(
            name,
            &["-u", "-U", "-su", "-ku", "-sku", "-sSu", "-iu", "-vu", "-Lu", "-fsSu", "--user", "--proxy-user"],
            b':',
        )
    }
}

/// A program or a directive whose only argument is a secret.
const fn directive(name: &'static str) -> Program {
    placed(name, 0)
}

const fn person(name: &'static str) -> Program {
    Program { person: Some(0), ..program(name, &[]) }
}

/// Where `user/password@database` is any argument.
pub(super) const ANYWHERE: &[&str] = &[""];

/// Programs, from their manuals.
pub(super) static PROGRAMS: &[Program] = &[
    either("sshpass ", &["-p", "-P"]),
    program("ktpass ", &["/pass", "-pass", "+pass"]),
    joined("mysql ", &["-p"]),
    joined("mysqldump ", &["-p"]),
    joined("mysqladmin ", &["-p"]),
    joined("mariadb ", &["-p"]),
    either("ldapsearch ", &["-w"]),
    either("ldapmodify ", &["-w"]),
    either("ldapadd ", &["-w"]),
    either("ldapdelete ", &["-w"]),
    either("ldapwhoami ", &["-w"]),
    either("ldappasswd ", &["-w", "-s", "-a"]),
    program("openssl ", &["-k", "-K", "-pass", "-passin", "-passout", "-password"]),
    either("redis-cli ", &["-a", "--pass"]),
    either("zip ", &["-P"]),
    either("unzip ", &["-P"]),
    joined("7z x ", &["-p"]),
    joined("7z a ", &["-p"]),
    joined("7z e ", &["-p"]),
    joined("7z t ", &["-p"]),
    joined("7za ", &["-p"]),
    either("rar ", &["-p", "-hp"]),
    either("unrar ", &["-p"]),
    program("ssh-keygen ", &["-N", "-P"]),
    pairs("smbclient ", &["-U", "--user"], b'%'),
    pairs("rpcclient ", &["-U", "--user"], b'%'),
    pairs("net ads ", &["-U", "--user"], b'%'),
    pairs("http ", &["-a", "--auth"], b':'),
    pairs("https ", &["-a", "--auth"], b':'),
    pairs("lftp ", &["-u", "--user"], b','),
    client("curl "),
    client("curl.exe "),
    // In lists of arguments.
    joined("mysql\",", &["-p"]),
    joined("mysqldump\",", &["-p"]),
    either("sshpass\",", &["-p"]),
    either("ldapsearch\",", &["-w"]),
    client("curl\","),
    pairs("kubectl create secret ", &["--from-literal"], b'='),
    pairs("siege ", &["-a"], b':'),
    program("sendEmail ", &["-xp"]),
    program("swaks ", &["-ap", "-au-pass", "--auth-password"]),
    either("bcp ", &["-P"]),
    either("sqlcmd ", &["-P"]),
    either("osql ", &["-P"]),
    either("db2 ", &["using"]),
    program("az login ", &["-p", "--password"]),
    program("az acr login ", &["-p"]),
    either("docker login ", &["-p"]),
    either("podman login ", &["-p"]),
    either("helm registry login ", &["-p"]),
    either("oc login ", &["-p", "--token"]),
    either("cf login ", &["-p"]),
    either("mongo ", &["-p"]),
    either("mongosh ", &["-p"]),
    either("mongodump ", &["-p"]),
    either("cqlsh ", &["-p"]),
    either("influx ", &["-password"]),
    either("ipmitool ", &["-P"]),
    either("mosquitto_pub ", &["-P"]),
    either("mosquitto_sub ", &["-P"]),
    either("snmpwalk ", &["-A", "-X", "-c"]),
    either("snmpget ", &["-A", "-X", "-c"]),
    either("snmpset ", &["-A", "-X", "-c"]),
    either("snmpbulkwalk ", &["-A", "-X", "-c"]),
    either("snmptrap ", &["-A", "-X", "-c"]),
    pairs("winexe ", &["-U", "--user"], b'%'),
    program("xfreerdp ", &["/p"]),
    either("rdesktop ", &["-p"]),
    program("schtasks ", &["/rp", "/p"]),
    program("psexec ", &["-p"]),
    program("wmic ", &["/password"]),
    program("cmdkey ", &["/pass"]),
    program("svn ", &["--password"]),
    program("gpg ", &["--passphrase"]),
    program("rclone ", &["--password"]),
    program("keytool ", &["-storepass", "-keypass", "-new"]),
    program("certutil ", &["-p"]),
    program("signtool ", &["/p"]),
    program("sonar-scanner ", &["-Dsonar.login", "-Dsonar.token"]),
    placed("vault login ", 0),
    placed("ftp> user ", 1),
    placed("net user ", 1),
    placed("net use ", 2),
    placed("isql ", 2),
    placed("htpasswd ", 2),
    placed("mosquitto_passwd ", 2),
    placed("smbpasswd -a ", 1),
    placed("smbpasswd -U ", 1),
    placed("rabbitmqctl add_user ", 1),
    placed("rabbitmqctl change_password ", 1),
    placed("rabbitmqctl authenticate_user ", 1),
    placed("doveadm auth test ", 1),
    either("doveadm pw ", &["-p"]),
    either("slappasswd ", &["-s"]),
    either("cypher-shell ", &["-p"]),
    either("twine upload ", &["-p"]),
    placed("radtest ", 1),
    placed("add_user ", 1),
    program("az devops login", &[]),
    program("nmcli ", &["password"]),
    placed("change_password ", 1),
    placed("authenticate_user ", 1),
    placed("samba-tool user create ", 1),
    placed("mc admin user add ", 2),
    placed("wpa_passphrase ", 1),
    placed("neo4j-admin set-initial-password ", 0),
    placed("neo4j-admin dbms set-initial-password ", 0),
    placed("aws configure set aws_secret_access_key ", 0),
    placed("mysqladmin password ", 0),
    placed("/setcredentials ", 4),
    placed("bosh log-in ", 1),
    program("secret set ", &["--body", "-b", "--value", "--data"]),
    program("secret add ", &["--body", "--value", "--data"]),
    placed("zmprov sp ", 1),
    placed("zmprov modifyPassword ", 1),
    placed("zmprov setPassword ", 1),
    person("-Identity "),
    program("kadmin", &["-pw", "-w"]),
    program("kadmin.local: addprinc ", &["-pw"]),
    program("addprinc ", &["-pw"]),
    program("plink ", &["-pw"]),
    program("pscp ", &["-pw"]),
    program("psftp ", &["-pw"]),
    program("dsadd ", &["-pwd"]),
    program("dsmod ", &["-pwd"]),
    program("netdom ", &["/pd", "/passwordd", "/passwordo", "/po"]),
    program("wevtutil ", &["/p"]),
    program("winrs ", &["-p", "-password"]),
    program("nuget sources ", &["-Password"]),
    program("security add-generic-password ", &["-w"]),
    program("security unlock-keychain ", &["-p"]),
    program("wget ", &["--http-password", "--ftp-password"]),
    program("ansible ", &["--vault-password"]),
    program("add-user.sh ", &["-p"]),
    either("ncftp ", &["-p"]),
    either("tsql ", &["-P"]),
    either("beeline ", &["-p"]),
    either("couchbase-cli ", &["-p"]),
    either("ldapcompare ", &["-w"]),
    either("ldapmodrdn ", &["-w"]),
    either("x11vnc ", &["-passwd"]),
    either("smbmap ", &["-p"]),
    either("crackmapexec ", &["-p"]),
    either("evil-winrm ", &["-p"]),
    either("mosquitto_rr ", &["-P"]),
    either("mongoexport ", &["-p"]),
    either("mongorestore ", &["-p"]),
    either("mongoimport ", &["-p"]),
    either("isql-fb ", &["-p", "-password"]),
    either("gsec ", &["-password", "-pw"]),
    either("ftp -u ", &["-p"]),
    pairs("etcdctl ", &["--user"], b':'),
    pairs("smbget ", &["-U", "--user"], b'%'),
    pairs("wbinfo ", &["-a", "--authenticate"], b'%'),
    pairs("ntlm_auth ", &["-U"], b'%'),
    placed("ejabberdctl register ", 2),
    placed("mc alias set ", 3),
    program("##vso[task.setvariable ", &[]),
    program("passwd --stdin", &[]),
    program("chpasswd", &[]),
    program("--password-stdin", &[]),
    program("--passwd-on-stdin", &[]),
    program("sudo -S", &[]),
    program("kinit ", &[]),
    program("cryptsetup ", &[]),
    program("smbpasswd ", &[]),
    program("vncpasswd", &[]),
    program("--passphrase-fd 0", &[]),
    // Lines of configurations.
    directive("::add-mask::"),
    directive("##vso[task.setsecret]"),
    directive("{PLAIN}"),
    directive("{plain}"),
    directive("{CLEARTEXT}"),
    directive("{xor}"),
    directive("IDENTIFIED BY VALUES "),
    directive("isakmp key "),
    directive("tacacs-server key "),
    placed("radius-server host ", 2),
    directive("requirepass "),
    directive("masterauth "),
    directive("auth_pass "),
    directive("bindpw "),
    directive("rootpw "),
    directive("olcRootPW: "),
    directive("rocommunity "),
    directive("rwcommunity "),
    directive("snmp-server community "),
    directive("enable password "),
    placed("enable secret ", 1),
    directive("AuthLDAPBindPassword "),
    placed("auth-pass ", 1),
    directive("insecure-password "),
    directive("community string "),
    directive("IDENTIFY "),
    directive(":IDENTIFY "),
    directive("ACCT "),
    directive("rclone obscure "),
    placed("auth-user-pass ", 1),
    placed("HELLO 3 AUTH ", 1),
    placed("HELLO 2 AUTH ", 1),
    directive("ConvertTo-SecureString -String "),
    directive("ConvertTo-SecureString "),
    directive("send \""),
    directive("send -- \""),
    person("chown "),
    person("useradd "),
    person("crontab -u "),
    person("sudo -u "),
    person("runuser -u "),
    person("usermod "),
    person("userdel "),
    person("finger "),
    person("chage "),
    person("su - "),
    pairs("SQL> connect ", ANYWHERE, b'/'),
    pairs("SQL> CONNECT ", ANYWHERE, b'/'),
    pairs("SQL> conn ", ANYWHERE, b'/'),
    pairs("SQL> CONN ", ANYWHERE, b'/'),
    pairs("sqlplus ", ANYWHERE, b'/'),
    pairs("sqlcl ", ANYWHERE, b'/'),
    pairs("rman ", ANYWHERE, b'/'),
    pairs("expdp ", ANYWHERE, b'/'),
    pairs("impdp ", ANYWHERE, b'/'),
    pairs("exp ", ANYWHERE, b'/'),
    pairs("imp ", ANYWHERE, b'/'),
    pairs("sqlldr ", ANYWHERE, b'/'),
];
