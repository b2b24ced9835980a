//! nginx and Apache with one site, from a file that an administrator would use.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::guard::{self, Guarded};

/// A running reverse proxy.
#[derive(Debug)]
pub struct Proxy {
    server: Guarded,
    folder: PathBuf,
}

impl Proxy {
    /// Starts nginx with this site; it listens on `port`, among others.
    pub fn nginx(site: &str, port: u16) -> Self {
        let folder = guard::folder("nginx");
        let dir = folder.display();
        let user = if guard::is_root(&folder) { "user root;\n" } else { "" };
        let temporary: String =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("    {kind}_temp_path {dir}/{kind};\n")).concat();
        let main = format!(
            "{user}daemon off;\nworker_processes 1;\npid {dir}/pid;\nerror_log {dir}/log;\nevents {{}}\n\
             http {{\n{temporary}    access_log off;\n    include {dir}/site.conf;\n}}\n"
        );
        let file = write(&folder, site, &main);
        let mut command = Command::new(binary("nginx"));
        command.arg("-p").arg(&folder).arg("-e").arg(folder.join("log")).arg("-c").arg(file);
        Self::start(command, folder, port)
    }

    /// Starts Apache with this site; it listens on `ports`.
    pub fn apache(site: &str, ports: &[u16]) -> Self {
        let folder = guard::folder("apache");
        let dir = folder.display();
        let modules = ["mpm_event", "authz_core", "alias", "headers", "http2", "proxy", "proxy_http", "socache_shmcb", "ssl"];
        let modules = modules.map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")).concat();
        let listen: String = ports.iter().map(|port| format!("Listen {port}\n")).collect();
        let user = if guard::is_root(&folder) { "User www-data\nGroup www-data\n" } else { "" };
        let main = format!(
            "ServerRoot {dir}\nServerName localhost\nPidFile {dir}/pid\nDefaultRuntimeDir {dir}\nErrorLog {dir}/log\n{modules}{user}{listen}\
             Include {dir}/site.conf\n"
        );
        let file = write(&folder, site, &main);
        let mut command = Command::new(binary("apache2"));
        command.args(["-D", "FOREGROUND", "-f"]).arg(file);
        Self::start(command, folder, ports.first().copied().unwrap_or_default())
    }

    fn start(mut command: Command, folder: PathBuf, port: u16) -> Self {
        let log = fs::File::create(folder.join("stderr")).expect("our own folder");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut server = Guarded::start(command, &folder, "TERM").expect("the proxy is installed");
        let listens = guard::listens(&mut server, port, false);
        let started = Self { server, folder };
        assert!(listens, "the proxy does not start: {}", started.log());
        started
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// What it has complained about.
    pub fn log(&self) -> String {
        ["stderr", "log"].map(|name| fs::read_to_string(self.folder.join(name)).unwrap_or_default()).concat()
    }
}

fn write(folder: &Path, site: &str, main: &str) -> PathBuf {
    fs::write(folder.join("site.conf"), site).expect("our own folder");
    let file = folder.join("main.conf");
    fs::write(&file, main).expect("our own folder");
    file
}

/// Servers lie where an ordinary user's path does not lead.
fn binary(name: &str) -> PathBuf {
    let places = ["/usr/sbin", "/usr/local/sbin"];
    places.into_iter().map(|place| Path::new(place).join(name)).find(|path| path.exists()).unwrap_or_else(|| name.into())
}
