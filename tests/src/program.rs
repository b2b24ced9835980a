//! The `docket` program as a process of its own, which ends with the test.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdout, Command},
};

/// The program on one data folder.
#[derive(Clone, Debug)]
pub struct Program {
    binary: PathBuf,
    data: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    before: Vec<String>,
}

/// A program of the workspace: the one that `DOCKET_BIN` names (for `docket`), else the one built beside this.
pub fn binary(name: &str) -> Result<PathBuf> {
    if name == "docket"
        && let Some(named) = std::env::var_os("DOCKET_BIN")
    {
        return Ok(named.into());
    }
    let own = std::env::current_exe()?;
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built; `cargo build --workspace` does it"))
}

impl Program {
    /// The program on a data folder.
    pub fn new(data: &Path) -> Result<Self> {
        Ok(Self { binary: binary("docket")?, data: data.to_owned(), arguments: Vec::new(), environment: Vec::new(), before: Vec::new() })
    }

    /// With these arguments before each command: a database, a key.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// With this variable in its environment.
    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Run by another program, which is given the command line behind these words of its own.
    pub fn by(mut self, words: &[&str]) -> Self {
        self.before = words.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// A command that the system kills when this process dies.
    fn command(&self) -> Command {
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL", "--"]).args(&self.before).arg(&self.binary);
            command
        } else {
            Command::new(&self.binary)
        };
        command
            .arg("--data")
            .arg(&self.data)
            .args(&self.arguments)
            .env("LANG", "C.UTF-8")
            .envs(self.environment.iter().cloned())
            .kill_on_drop(true);
        command
    }

    /// Runs one command to its end and gives what it printed; it must succeed.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let (status, printed) = self.try_run(arguments, input).await?;
        ensure!(status == Some(0), "docket {arguments:?}: {printed}");
        Ok(printed)
    }

    /// Runs one command to its end; gives its exit code, and what it printed and complained about.
    pub async fn try_run(&self, arguments: &[&str], input: &str) -> Result<(Option<i32>, String)> {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("starting docket")?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        let printed = [output.stdout, output.stderr].concat();
        Ok((output.status.code(), String::from_utf8_lossy(&printed).into_owned()))
    }

    /// Begins one command that says nothing anybody hears.
    pub fn begin(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        command.spawn().context("starting docket")
    }

    /// Runs one command and kills it as a power cut would, when it has not ended by then. Gives its exit code, if it ended by
    /// itself, and what it printed.
    pub async fn run_for(&self, time: Duration, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("starting docket")?;
        let (mut out, mut complaint) = (child.stdout.take().context("a pipe")?, child.stderr.take().context("a pipe")?);
        let reader = tokio::spawn(async move {
            let (mut one, mut two) = (Vec::new(), Vec::new());
            let _ = tokio::join!(out.read_to_end(&mut one), complaint.read_to_end(&mut two));
            [one, two].concat()
        });
        let code = match tokio::time::timeout(time, child.wait()).await {
            Ok(status) => status?.code(),
            Err(_) => {
                child.kill().await?;
                None
            }
        };
        Ok((code, String::from_utf8_lossy(&reader.await?).into_owned()))
    }

    /// Starts `docket serve` on a free port; what it logs is added to `log`.
    pub fn serve(&self, log: &Path) -> Result<Server> {
        self.serve_with(log, &[])
    }

    /// [`Program::serve`] with more arguments.
    pub fn serve_with(&self, log: &Path, arguments: &[&str]) -> Result<Server> {
        let log = std::fs::File::options().create(true).append(true).open(log)?;
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().context("starting docket serve")?;
        let out = BufReader::new(child.stdout.take().context("a pipe was asked for")?);
        Ok(Server { child, out })
    }
}

/// A `docket serve` that runs.
#[derive(Debug)]
pub struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Server {
    /// Waits until it answers; gives its address.
    pub async fn ready(&mut self) -> Result<String> {
        let mut line = String::new();
        self.out.read_line(&mut line).await?;
        match line.trim().strip_prefix("Docket is ready: ") {
            Some(url) => Ok(url.to_owned()),
            None => bail!("docket serve ended early; see its log"),
        }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// Kills it as a power cut would: no signal handler runs.
    pub async fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("docket serve ended by itself with {status}; see its log");
        }
        Ok(self.child.kill().await?)
    }

    /// Sends it a signal: `STOP`, `CONT`, `HUP`.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let sent = Command::new("kill").args(["-s", name]).arg(self.id().to_string()).status().await?;
        ensure!(sent.success(), "docket serve is not there any more");
        Ok(())
    }

    /// Asks it to end and waits for that.
    pub async fn end(mut self) -> Result<()> {
        self.signal("TERM").await?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "docket serve ended with {status}");
        Ok(())
    }
}
