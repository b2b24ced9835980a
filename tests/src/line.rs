//! A line to an IMAP server that can be cut, and on which answers can be made up.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What becomes of a command on its way.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It reaches the server.
    Pass,
    /// The line breaks, in both directions.
    Cut,
    /// It is answered with NO and these words, and never reaches the server.
    Refuse(&'static str),
}

/// A listening line; it ends when it is dropped.
#[derive(Debug)]
pub struct Line {
    port: u16,
    met: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Line {
    /// Leads to the server on `port`. Commands that hold `what` meet the fate that `fate` gives the first, second, … of them.
    pub async fn to(port: u16, what: &'static str, fate: impl Fn(usize) -> Fate + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("a bound socket").port();
        let met = Arc::new(AtomicUsize::new(0));
        let (fate, count) = (Arc::new(fate), met.clone());
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (fate, count) = (fate.clone(), count.clone());
                tokio::spawn(async move {
                    let next = || fate(count.fetch_add(1, Ordering::SeqCst));
                    drop(carry(client, port, what, next).await);
                });
            }
        });
        Self { port: own, met, task }
    }

    /// Where to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many such commands have come.
    pub fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(client: TcpStream, port: u16, what: &str, next: impl Fn() -> Fate) -> std::io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (answers, mut made_up) = tokio::sync::mpsc::channel::<String>(4);
    let back = tokio::spawn(async move {
        let mut buffer = vec![0; 64 << 10];
        loop {
            use tokio::io::AsyncReadExt;
            tokio::select! {
                read = from_server.read(&mut buffer) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(count) => if to_client.write_all(&buffer[..count]).await.is_err() { return },
                },
                Some(answer) = made_up.recv() => if to_client.write_all(answer.as_bytes()).await.is_err() { return },
            }
        }
    });
    let mut commands = BufReader::new(from_client);
    let mut line = String::new();
    while commands.read_line(&mut line).await? > 0 {
        match if line.contains(what) { next() } else { Fate::Pass } {
            Fate::Pass => to_server.write_all(line.as_bytes()).await?,
            Fate::Cut => {
                back.abort();
                return Ok(());
            }
            Fate::Refuse(words) => {
                let tag = line.split(' ').next().unwrap_or_default();
                drop(answers.send(format!("{tag} NO {words}\r\n")).await);
            }
        }
        line.clear();
    }
    copy(&mut commands, &mut to_server).await?;
    back.abort();
    Ok(())
}
