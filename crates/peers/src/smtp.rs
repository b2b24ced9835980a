//! An SMTP server that records what it takes and misbehaves when told to.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    Certificate,
    guard::{self, Guarded},
};

/// How the server encrypts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all.
    #[default]
    None,
    /// Offers STARTTLS.
    StartTls,
    /// Takes nothing before STARTTLS.
    RequireStartTls,
    /// From the first byte.
    Tls,
}

/// How the server should be.
#[derive(Clone, Debug, Default)]
pub struct SmtpOptions {
    /// User and password that it knows.
    pub login: Option<(String, String)>,
    /// Takes mail only after signing in.
    pub require_login: bool,
    /// How it encrypts.
    pub tls: SmtpTls,
    /// Takes addresses beyond ASCII.
    pub smtputf8: bool,
    /// Lower-case recipients whose mail goes into a Maildir.
    pub deliver: HashMap<String, PathBuf>,
    /// The owner that delivered files need; see `Dovecot::owner`.
    pub owner: Option<(u32, u32)>,
}

/// A mail that the server has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The envelope's sender; empty for automatic mail.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The mail, byte for byte.
    pub raw: Vec<u8>,
}

/// Goes along in the program: a folder that was built elsewhere may be gone.
const SCRIPT: &str = include_str!("../../../tests/peers/smtpd.py");

/// A running SMTP server.
#[derive(Debug)]
pub struct Smtp {
    server: Guarded,
    folder: PathBuf,
    port: u16,
    certificate: Option<Certificate>,
}

impl Smtp {
    /// Starts a server on a free port.
    pub fn start(options: SmtpOptions) -> Self {
        Self::start_on(options, 0)
    }

    /// Starts a server on a given port; 0 takes a free one.
    pub fn start_on(options: SmtpOptions, port: u16) -> Self {
        let folder = guard::folder("smtp");
        let certificate = (options.tls != SmtpTls::None).then(|| Certificate::make(&folder));
        let script = folder.join("smtpd.py");
        fs::write(&script, SCRIPT).expect("our own folder");
        let file = folder.join("options.json");
        fs::write(&file, settings(&folder, &options, certificate.as_ref(), port).to_string()).expect("our own folder");
        let log = fs::File::create(folder.join("log")).expect("our own folder");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(&script).arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut server = Guarded::start(command, &folder, "KILL").expect("python3 is installed");
        let out = server.child().stdout.take().expect("a pipe was asked for");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("the server says where it listens");
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("the SMTP server does not start; is python3-aiosmtpd installed?\n{log}")
        });
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        Self { server, folder, port, certificate }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's process id.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// The certificate and the authority to trust, when it encrypts.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Changes how the server behaves from now on; the keys stand at the top of `tests/peers/smtpd.py`.
    pub fn control(&self, settings: &Value) {
        let next = self.folder.join("control.next");
        fs::write(&next, settings.to_string()).expect("our own folder");
        fs::rename(next, self.folder.join("control.json")).expect("our own folder");
    }

    /// The file with one JSON line a mail, for readers in other processes.
    pub fn record(&self) -> PathBuf {
        self.folder.join("taken.jsonl")
    }

    /// Every mail taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        let text = fs::read_to_string(self.record()).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).map(|line: Value| read(&line)).collect()
    }

    /// How many texts have arrived, recorded or not: more than `taken` while the server stalls.
    pub fn texts(&self) -> usize {
        fs::read_to_string(self.folder.join("taken.jsonl.text")).unwrap_or_default().lines().count()
    }
}

fn read(line: &Value) -> Taken {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let latin = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
    Taken {
        from: text(&line["from"]),
        to: line["to"].as_array().map(|to| to.iter().map(text).collect()).unwrap_or_default(),
        raw: text(&line["raw"]).chars().map(latin).collect(),
    }
}

fn settings(folder: &Path, options: &SmtpOptions, certificate: Option<&Certificate>, port: u16) -> Value {
    let tls = match options.tls {
        SmtpTls::None => "none",
        SmtpTls::StartTls => "starttls",
        SmtpTls::RequireStartTls => "require_starttls",
        SmtpTls::Tls => "tls",
    };
    json!({
        "port": port,
        "record": folder.join("taken.jsonl"),
        "control": folder.join("control.json"),
        "auth": options.login.as_ref().map(|(user, password)| json!({"user": user, "password": password})),
        "require_auth": options.require_login,
        "tls": tls,
        "smtputf8": options.smtputf8,
        "certificate": certificate.map(|c| &c.certificate),
        "key": certificate.map(|c| &c.key),
        "deliver": options.deliver,
        "owner": options.owner,
    })
}
