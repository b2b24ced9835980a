//! Starts processes that cannot outlive the test.

use std::{
    io::{self, Read},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Ends the group gently, then surely, and clears the folder; `$1` signal, `$2` group, `$3` folder.
const END: &str = r#"
kill -s "$1" -- "$2" 2>/dev/null
i=0
while kill -0 -- "-$2" 2>/dev/null && [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done
kill -s KILL -- "-$2" 2>/dev/null
rm -rf -- "$3"
"#;

/// A running server process with its folder.
#[derive(Debug)]
pub(crate) struct Guarded {
    child: Child,
    guard: Child,
    folder: PathBuf,
}

impl Guarded {
    /// Starts `command` in a process group of its own. `signal` is what makes it end properly.
    pub fn start(mut command: Command, folder: &Path, signal: &str) -> io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let guard = Command::new("/bin/sh")
            .args(["-c", &format!("read _\n{END}"), "guard", signal, &child.id().to_string()])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { child, guard, folder: folder.to_owned() })
    }

    /// The server's process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The server's process, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Whether the process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().ok().flatten().is_some()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Closing the pipe lets the guard do its work; the child must be reaped for its group to vanish.
        drop(self.guard.stdin.take());
        let _ = self.child.wait();
        let _ = self.guard.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port on which nothing listens right now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
    listener.local_addr().expect("a bound listener has an address").port()
}

/// Waits until something listens on `port`; false when the server ended or took too long.
pub(crate) fn listens(server: &mut Guarded, port: u16, greeting: bool) -> bool {
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end && !server.has_ended() {
        if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            if !greeting || stream.read(&mut [0; 1]).is_ok_and(|read| read == 1) {
                return true;
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// A new folder that others may enter.
pub(crate) fn folder(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::Builder::new().prefix(&format!("docket-{name}-")).tempdir().expect("a temporary folder");
    let path = folder.keep();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own folder");
    path
}

/// Whether this process is root, judged by who owns a file it makes.
pub(crate) fn is_root(folder: &Path) -> bool {
    owner(folder) == 0
}

/// The numeric owner of a path.
pub(crate) fn owner(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map_or(0, |metadata| metadata.uid())
}

/// The numeric group of a path.
pub(crate) fn group(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map_or(0, |metadata| metadata.gid())
}
