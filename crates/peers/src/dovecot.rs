//! A Dovecot of our own, with mail folders that a test can fill and look into.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    Certificate,
    guard::{self, Guarded},
};

/// Who owns the mail when the tests run as root, which Dovecot does not let own any.
const NOBODY: u32 = 65_534;

/// How the server should differ from an ordinary one.
#[derive(Clone, Copy, Debug, Default)]
pub struct DovecotOptions {
    /// Does not offer IDLE.
    pub no_idle: bool,
    /// Does not offer MOVE.
    pub no_move: bool,
    /// Lets nobody add keywords or flags other than seen and deleted.
    pub no_keywords: bool,
    /// Takes passwords only after TLS, but from its own address: connect to 127.0.0.2 to be a stranger.
    pub require_tls: bool,
}

/// A running Dovecot. Every user name exists, with the password `secret`.
#[derive(Debug)]
pub struct Dovecot {
    server: Guarded,
    folder: PathBuf,
    port: u16,
    tls_port: u16,
    certificate: Certificate,
}

impl Dovecot {
    /// Starts an ordinary server.
    pub fn start() -> Self {
        Self::start_with(DovecotOptions::default())
    }

    /// Starts a server.
    pub fn start_with(options: DovecotOptions) -> Self {
        for _ in 0..5 {
            if let Some(started) = Self::try_start(options) {
                return started;
            }
        }
        panic!("Dovecot does not start: is dovecot-imapd installed?");
    }

    fn try_start(options: DovecotOptions) -> Option<Self> {
        let folder = guard::folder("dovecot");
        let certificate = Certificate::make(&folder);
        let (port, tls_port) = (guard::free_port(), guard::free_port());
        let mail = folder.join("mail");
        fs::create_dir(&mail).expect("our own folder");
        give(&mail);
        fs::write(folder.join("acl"), "* owner lrstipekxa\n").expect("our own folder");
        let file = folder.join("dovecot.conf");
        fs::write(&file, config(&folder, &certificate, port, tls_port, options)).expect("our own folder");
        let log = fs::File::create(folder.join("stderr")).expect("our own folder");
        let mut command = Command::new(binary());
        command.arg("-F").arg("-c").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut server = Guarded::start(command, &folder, "TERM").expect("dovecot can be run");
        if guard::listens(&mut server, port, true) {
            return Some(Self { server, folder, port, tls_port, certificate });
        }
        eprintln!("dovecot: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
        eprintln!("dovecot: {}", fs::read_to_string(folder.join("stderr")).unwrap_or_default());
        None
    }

    /// The port for plain connections and STARTTLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port where TLS begins with the first byte.
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// The master's process id.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// The certificate and the authority to trust.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The owner that files in a mail folder need.
    pub fn owner(&self) -> (u32, u32) {
        (guard::owner(&self.folder.join("mail")), guard::group(&self.folder.join("mail")))
    }

    /// The INBOX of a user as Maildir, made when it does not exist.
    pub fn maildir(&self, user: &str) -> PathBuf {
        let maildir = self.folder.join("mail").join(user).join("Maildir");
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(maildir.join(part)).expect("our own folder");
            give(&maildir.join(part));
        }
        give(&maildir);
        give(&self.folder.join("mail").join(user));
        maildir
    }

    /// Puts a mail into a user's INBOX, whole or not at all.
    pub fn deliver(&self, user: &str, raw: &[u8]) {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let maildir = self.maildir(user);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:010}.{}_{number}.test", 1_700_000_000 + number, std::process::id());
        let before = maildir.join("tmp").join(&name);
        fs::write(&before, raw).expect("our own folder");
        give(&before);
        fs::rename(&before, maildir.join("new").join(&name)).expect("our own folder");
    }

    /// How many mails lie in a user's INBOX.
    pub fn count(&self, user: &str) -> usize {
        self.files(user).len()
    }

    /// The flags of every mail in a user's INBOX, in the order of delivery: Maildir letters (`S` seen, `T`
    /// deleted) and keywords.
    pub fn flags(&self, user: &str) -> Vec<Vec<String>> {
        let keywords = fs::read_to_string(self.maildir(user).join("dovecot-keywords")).unwrap_or_default();
        let named = |letter: char| {
            let index = (letter as u32).checked_sub('a' as u32)?;
            let line = keywords.lines().find_map(|line| line.strip_prefix(&format!("{index} ")))?;
            Some(line.to_owned())
        };
        let flags = |name: &String| {
            let letters = name.rsplit_once(":2,").map(|(_, letters)| letters).unwrap_or_default();
            letters.chars().map(|c| named(c).unwrap_or_else(|| c.to_string())).collect()
        };
        self.files(user).iter().map(flags).collect()
    }

    fn files(&self, user: &str) -> Vec<String> {
        let maildir = self.maildir(user);
        let mut names: Vec<String> = ["new", "cur"]
            .iter()
            .flat_map(|part| fs::read_dir(maildir.join(part)).into_iter().flatten().flatten())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn binary() -> &'static str {
    ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"].into_iter().find(|path| Path::new(path).exists()).unwrap_or("dovecot")
}

/// What the `id` command says of this process.
fn id(question: &str) -> String {
    let asked = Command::new("id").arg(question).output().expect("the id command exists");
    String::from_utf8_lossy(&asked.stdout).trim().to_owned()
}

/// Gives a path to the user that owns the mail.
fn give(path: &Path) {
    if guard::owner(path) == 0 {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
    }
}

fn config(folder: &Path, certificate: &Certificate, port: u16, tls_port: u16, options: DovecotOptions) -> String {
    let dir = folder.display();
    let root = guard::is_root(folder);
    let (uid, gid) = if root { (NOBODY, NOBODY) } else { (guard::owner(folder), guard::group(folder)) };
    let users = if root {
        String::new()
    } else {
        let (user, group) = (id("-un"), id("-gn"));
        format!("default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n")
    };
    let chroot = if root { "" } else { "chroot =" };
    let mut capability = "IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE".to_owned();
    for (left_out, word) in [(options.no_idle, "IDLE"), (options.no_move, "MOVE")] {
        if !left_out {
            capability = format!("{capability} {word}");
        }
    }
    let changed = options.no_idle || options.no_move;
    let capability = if changed { format!("protocol imap {{\n imap_capability = {capability}\n}}\n") } else { String::new() };
    let acl = if options.no_keywords { format!("mail_plugins = acl\nplugin {{\n acl = vfile:{dir}/acl\n}}\n") } else { String::new() };
    let (ssl, plaintext) = if options.require_tls { ("required", "yes") } else { ("yes", "no") };
    format!(
        "protocols = imap\nlisten = 127.0.0.1, 127.0.0.2\nbase_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/log\n\
         {users}ssl = {ssl}\nssl_cert = <{cert}\nssl_key = <{key}\ndisable_plaintext_auth = {plaintext}\n\
         auth_mechanisms = plain login\nmail_fsync = never\nmail_max_userip_connections = 200\nfirst_valid_uid = 1\n\
         first_valid_gid = 1\nmail_location = maildir:~/Maildir\nimap_id_log =\nauth_failure_delay = 0\n\
         maildir_very_dirty_syncs = no\nmailbox_list_index = no\n\
         passdb {{\n driver = static\n args = password=secret\n}}\n\
         userdb {{\n driver = static\n args = uid={uid} gid={gid} home={dir}/mail/%u allow_all_users=yes\n}}\n\
         namespace inbox {{\n inbox = yes\n separator = /\n}}\n\
         service imap-login {{\n {chroot}\n process_min_avail = 1\n inet_listener imap {{\n  port = {port}\n }}\n inet_listener imaps {{\n  \
         port = {tls_port}\n  ssl = yes\n }}\n}}\n\
         service anvil {{\n {chroot}\n unix_listener anvil-auth-penalty {{\n  mode = 0\n }}\n}}\n{capability}{acl}",
        cert = certificate.certificate.display(),
        key = certificate.key.display(),
    )
}
