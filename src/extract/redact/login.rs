//! Names of people by their look: logins, and capitalised words.

use std::sync::LazyLock;

use super::{
    given_names::is_given_name,
    values::skip,
    word_set::WordSet,
    wordlike::{is_term, is_word},
};

/// Capitalised words of which names of things are made, not of people.
static THINGS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "microsoft google atlassian azure jira confluence bitbucket exchange outlook office entra oracle java linux windows \
        apache tomcat amazon yahoo okta github gitlab slack mail email mailbox message messages messaging queue service \
        services support server servers system systems admin administrator administrators team group groups manager \
        management directory active cloud portal desk customer project projects software application applications app \
        client user users account accounts issue issues request requests connector integration plugin plugins scheduler \
        job task worker handler listener processor factory provider security access token tokens oauth authentication \
        authorization consent permission permissions policy policies conditional error exception failed failure invalid \
        internal external global default public private test production staging contact department office365 company \
        corporation inc ltd gmbh bank university web site data base database center centre online api gateway proxy \
        identity platform enterprise premium standard basic advanced new old read write send receive delegated \
        items inbox sent drafts archive calendar contacts shared resource room notification notifications report \
        january february march april may june july august september october november december monday tuesday \
        wednesday thursday friday saturday sunday the this that these those your our all any no not for from with and or \
        root ca authority trust signing rsa tls ssl certificate world everyone page settings configuration version release build update time date unknown anonymous none null \
        session sessions pool thread threads cache index node cluster event events bus filter store table folder screen \
        workflow scheme board sprint component status priority type category rule automation webhook space macro \
        dashboard gadget backup restore snapshot upgrade import export migration object objects class context listener \
        builder writer parser stream channel socket connection daemon process container volume disk memory heap garbage \
        collector keystore truststore realm role roles scope claim cookie header response endpoint controller model \
        template entity transaction queue topic consumer boot spring framework library module bundle package \
        firewall router interface engine console script command terminal dynamic static remote local primary secondary \
        pipeline branch repository commit review content transfer transport layer control open high low full data domain \
        network address unit language protocol license instance subscription vault key keys secret secrets password"
            .split_whitespace(),
    )
});

/// A login by its look: `hvoss77`, `hannah.voss`, `h_voss`; not a word, a class or a version.
pub(super) fn is_login(name: &str) -> bool {
    let bytes = name.as_bytes();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let tail = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let small = !bytes.iter().any(u8::is_ascii_uppercase);
    let parts: Vec<&str> = name.split(['.', '_']).collect();
    // The digits of a login are at its end; `oauth2` and `utf8` have one.
    let numbered = digits >= 2 && tail == digits && letters >= 2 && bytes.iter().all(u8::is_ascii_alphanumeric);
    let dotted =
        small && parts.len() == 2 && letters + digits + 1 == bytes.len() && parts.iter().all(|part| !part.is_empty());
    let capitals = letters + digits == bytes.len() && bytes.iter().all(|byte| !byte.is_ascii_lowercase());
    (3..=40).contains(&name.len())
        && bytes[0].is_ascii_alphabetic()
        && (numbered && !(capitals && letters > 5) || dotted && letters >= 5)
}

/// Whether a name may be one of a person if it has parts joined by a full stop or an underscore: one of them is an initial or
/// a given name, as in `h.voss`, `hannah_voss`; in `client_secret` and `server.xml` none is.
pub(super) fn joins_names(name: &str) -> bool {
    let is_part = |part: &str| part.len() == 1 || is_given_name(part.as_bytes());
    !name.contains(['.', '_']) || name.split(['.', '_']).any(is_part)
}

/// A capital and then small letters.
pub(super) fn is_capitalised(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase)
        && word.chars().count() > 1
        && chars.all(|c| c.is_lowercase() || "'-".contains(c))
}

/// One to four words of letters of a script without capitals, as Arabic and Chinese names have: a word of a language
/// with capitals is none.
pub(super) fn is_uncased(name: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() && !c.is_ascii() && !c.is_lowercase() && !c.is_uppercase();
    (2..=40).contains(&name.chars().count())
        && name.split(' ').count() <= 4
        && name
            .split(' ')
            .all(|word| !word.is_empty() && word.chars().all(|c| letter(c) || "\u{30fb}\u{b7}".contains(c)))
}

/// A word of which names of things are made: `Microsoft`, `Support`.
pub(super) fn is_thing(word: &str) -> bool {
    THINGS.contains(word.as_bytes())
}

/// Capitalised words, two to four, none of them of a thing.
pub(super) fn is_persons_name(name: &str) -> bool {
    is_full_name(name) && !name.split([' ', ',']).any(is_thing)
}

/// Capitalised words, two to four.
pub(super) fn is_full_name(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let capital = |word: &&str| {
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().skip(1).all(|c| c.is_alphabetic() || ".'-".contains(c))
    };
    (2..=4).contains(&words.len()) && words.iter().all(capital)
}

/// `Hannah Voss` of which the first word has been found: up to three more capitalised words on the line.
pub(super) fn with_next_names(text: &[u8], start: usize, end: usize) -> usize {
    let mut stop = end;
    if !std::str::from_utf8(&text[start..end]).is_ok_and(is_capitalised) {
        return end;
    }
    for _ in 0..3 {
        if text.get(stop) != Some(&b' ') {
            break;
        }
        let next = skip(text, stop + 1, 40, |byte| byte.is_ascii_alphabetic() || b"'-".contains(&byte) || byte >= 0x80);
        let more = text.get(next).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"_:=(".contains(byte));
        if !more || !std::str::from_utf8(&text[stop + 1..next]).is_ok_and(is_capitalised) {
            break;
        }
        stop = next;
    }
    stop
}

/// Pairs of consonants with which words start.
const STARTS: [&[u8]; 49] = [
    b"bl", b"br", b"bh", b"ch", b"cl", b"cr", b"cz", b"dr", b"dw", b"dj", b"fl", b"fr", b"gh", b"gl", b"gn", b"gr",
    b"kh", b"kl", b"kn", b"kr", b"kw", b"ll", b"mn", b"pf", b"ph", b"pl", b"pn", b"pr", b"ps", b"pt", b"rh", b"sc",
    b"sh", b"sk", b"sl", b"sm", b"sn", b"sp", b"sq", b"st", b"sw", b"th", b"tr", b"ts", b"tw", b"wh", b"wr", b"zn",
    b"zw",
];
/// Names of programs and formats that start as no word does.
const PROGRAMS: &str = "bcc bgp bpf bsd btmp bz cdrom cgi cgroup cmake cmd cmp cpu cscope csharp csv ctime ctl \
    dbeaver dbname dbus dcterms dkms dlopen dmesg dns dpkg dsadd dsmod dtls dtrace fbclid fcgi fchmod fchown \
    fdatasync ffmpeg fprintf fseek fstab fstat fsync ftrace gclid gcloud gdb gmail gmake gpg gsettings gssapi \
    gstreamer gsutil gvfs gz hdfs hdparm hmac hsts htdigest html htpasswd http hwclock hwmon jbake jboss jcifs \
    jconsole jdbc jdeps jdk jhipster jlink jmap jmeter jmx jndi jpackage jpeg jquery jruby jsessionid jshell json \
    jsoup jstack jstat jsvc jvm kdump kms ksoftirqd kthr kvm ldap ldconfig lsass lsblk lscpu lstat ltrim lvm lxc \
    mbean mcafee mdadm mdns mkdir mkfifo mkfs mklink mknod mktemp mktime mlock mmap mqtt msgfmt msgid mtime mtls \
    nbsp ncurses nfs nginx ngram ngrok npm nscd ntlm ntp nvidia pdf pgbouncer pgdump pgpool pgrep pkcs pkill pwd \
    qcow rbash rclone rdbms rdesktop rgb rmdir rmi rndc rpc rpm rsa rsync rtkit rtrim rvalue sbin sdk sftp sshd \
    sshpass ssl svn tbody tcp tfoot tls tmpdir tmpfile tmpfs tns ttyname txn tzdata vfork vhost vlan vmlinuz vmstat \
    vmware vnc vpn vscode wcf wget wmi wpa wsdl wsus wtmp xfreerdp xfs xhtml xlarge xml xpath xsl xsmall xterm zcat \
    zgrep zkcli zlib zmprov zstd";

fn is_program(name: &[u8]) -> bool {
    PROGRAMS.split_ascii_whitespace().any(|program| name.starts_with(program.as_bytes()))
}

/// Words with which names of programs, formats and fields end: `svchost`, `pgdata`, `btree`, `msgpack`.
const ROOTS: &str = "acct agent align all attr audit base bean bench bit block board boot bot box build bus byte \
    cache cat center check client clip cloud code conf config connect control cookie copy core cpu create crypt \
    data delete dev device diff dir disk dom drive driver dump edge editor egrep encode engine enter event exe exec \
    face fetch file filter find flow font forge fork format frame free freeze gate gen get global graph grep grid \
    group guard handle hat heap helper hole host image index info init install iscsi item job kit lab last lease \
    less lib library line link list load local locate lock log logger login logs machine magic mail make manager \
    map mark mask mem memory merge meter mgr mod mode model module mon monitor more motion mount move msg name \
    names net node notify oper option owner pack page param part pass patch path pci pipe pkg play plug point poll \
    pool port print process prof profile profiler proto proxy query queue quota range rank rate read reader rebel \
    record region relay release remove report request reset rest root route router rule run runner save scan \
    schedule schema scope scribe script search sector secure select send sensor sequence server service session set \
    shadow share shell shot size slots smart snap socket sort source space spec sphere split stack start stat state \
    states stats step stop storage store stream string strip style sub suite sum support swap switch sync sys \
    system tab table tag tags tail task term test text thread tile time timer tool tools top trace track traffic \
    tree type unit update upload usb user util utility utils value vector version video view viewer volume wait \
    wall wand watch web wiki window wipe work worker write writer zero zip";

/// Whether a word of small letters ends in such a word, of several or of a daemon too, after a few letters.
fn ends_in_root(letters: &[u8]) -> bool {
    let end = letters.len() - usize::from(letters.ends_with(b"s") || letters.ends_with(b"d"));
    let ends_in = |letters: &[u8], root: &str| {
        let before = letters.len().saturating_sub(root.len());
        (1..=5).contains(&before) && letters.ends_with(root.as_bytes())
    };
    ROOTS.split_ascii_whitespace().any(|root| ends_in(letters, root) || ends_in(&letters[..end], root))
}

/// Whether small letters start as no word does: an initial before a surname, as in `hvoss`, `jlorenz`.
pub(super) fn starts_like_login(letters: &[u8]) -> bool {
    (5..=20).contains(&letters.len())
        && letters.iter().all(u8::is_ascii_lowercase)
        && letters[..2].iter().all(|byte| !b"aeiouy".contains(byte))
        && !STARTS.contains(&&letters[..2])
        && letters[2..].iter().any(|byte| b"aeiou".contains(byte))
        && is_word(&letters[1..])
        && !is_term(letters)
        && !is_program(letters)
        && !ends_in_root(letters)
}

/// Pairs of consonants with which words and names of programs end.
const ENDS: &str = "bs ch ck cs ct ds ff fs ft gh gs hs ht hm hn ks ld lf lk ll lm lp ls lt lz mb mn mp ms nd ng nk ns nt \
    nz ph ps pt rb rc rd rf rg rh rk rl rm rn rp rs rt rz sh sk sm sp ss st th ts tt tz ws wl wn zz gg dd rr nn mm pp \
    bb bt dt lb lc lg lv mt mf ql md hd pd td ml bc pc fs pm tp dp cp nc sv sd xy cd mq db";

/// Whether a word has the initials of somebody at its end, as no word has: `managerhv`, `info-hv`; or one digit after
/// a word that names no thing: `mailer7`.
pub(super) fn ends_like_login(name: &[u8]) -> bool {
    let consonant = |byte: &u8| byte.is_ascii_lowercase() && !b"aeiouy".contains(byte);
    let [rest @ .., first, last] = name else { return false };
    if !rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-') || !(5..=24).contains(&name.len()) {
        return false;
    }
    let letters = rest.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    if last.is_ascii_digit() {
        let word = std::str::from_utf8(&name[..name.len() - 1]).unwrap_or_default();
        const COUNTED: [&str; 12] = [
            "node", "thread", "host", "pool", "shard", "exec", "instance", "oauth", "step", "level", "phase", "ehcache",
        ];
        return first.is_ascii_lowercase()
            && letters >= 3
            && !is_thing(word)
            && !COUNTED.contains(&word)
            && !word.contains('-');
    }
    letters >= 3
        && consonant(first)
        && consonant(last)
        && is_word(&name[..name.len() - 2])
        && !ENDS.split_ascii_whitespace().any(|end| end.as_bytes() == [*first, *last])
        && !is_term(name)
        && !is_program(name)
}
