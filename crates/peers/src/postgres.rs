//! A PostgreSQL cluster of our own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::guard::{self, Guarded};

/// A running cluster; safe to share between tests, since each asks for a database of its own.
#[derive(Debug)]
pub struct Postgres {
    server: Guarded,
    folder: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// Makes and starts a cluster that does not care about the disk.
    pub fn start() -> Self {
        for _ in 0..5 {
            if let Some(started) = Self::try_start() {
                return started;
            }
        }
        panic!("PostgreSQL does not start: is the package postgresql installed?");
    }

    fn try_start() -> Option<Self> {
        let folder = guard::folder("postgres");
        if guard::is_root(&folder) {
            let owned = Command::new("chown").arg("postgres").arg(&folder).status();
            assert!(owned.is_ok_and(|status| status.success()), "the user postgres is missing");
        }
        let data = folder.join("data");
        let made = as_user(&folder, "initdb")
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("initdb can be run");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = guard::free_port();
        let log = fs::File::create(folder.join("log")).expect("our own folder");
        let mut command = as_user(&folder, "postgres");
        command.arg("-D").arg(&data).arg("-k").arg(&folder).arg("-p").arg(port.to_string());
        for setting in [
            "listen_addresses=127.0.0.1",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=200",
            "shared_buffers=64MB",
        ] {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut server = Guarded::start(command, &folder, "INT").expect("postgres can be run");
        let ready = guard::listens(&mut server, port, false);
        let started = Self { server, folder, port, databases: AtomicU32::new(0) };
        (ready && started.accepts()).then_some(started)
    }

    /// Listening is not yet being ready.
    fn accepts(&self) -> bool {
        (0..200).any(|_| {
            let asked = self.client("psql").args(["-c", "select 1", "postgres"]).output();
            let good = asked.is_ok_and(|output| output.status.success());
            if !good {
                std::thread::sleep(std::time::Duration::from_millis(25));
            }
            good
        })
    }

    fn client(&self, name: &str) -> Command {
        let mut command = Command::new(binary(name));
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()]).stdin(Stdio::null());
        command
    }

    /// The address of a new, empty database.
    pub fn url(&self) -> String {
        let name = format!("docket_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let made = self.client("createdb").arg(&name).output().expect("createdb can be run");
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The postmaster's process id.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

/// PostgreSQL refuses to run as root: then it runs as the user that the package made.
fn as_user(folder: &Path, name: &str) -> Command {
    let program = binary(name);
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

/// The newest installed version's program, or whatever the path offers.
fn binary(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name))))
        .filter(|(_, path): &(u32, PathBuf)| path.exists())
        .collect();
    found.sort();
    found.pop().map_or_else(|| PathBuf::from(name), |(_, path)| path)
}
