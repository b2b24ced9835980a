//! A line to a server that turns connections away, delays them, and cuts them in the middle, as a seed has it. It repeats nothing
//! and changes no byte.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use crate::dice::Dice;

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Pass,
    /// Closed before a byte of it is read.
    TurnedAway,
    /// Closed after so many bytes to the server: the question arrives in part, or whole and without an answer.
    CutThere(usize),
    /// Closed after so many bytes of answers.
    CutBack(usize),
    /// Each piece waits.
    Slow(Duration),
}

/// A listening line; it ends when it is dropped.
#[derive(Debug)]
pub struct Breaking {
    port: u16,
    server: Arc<AtomicU16>,
    breaks: Arc<AtomicBool>,
    broken: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Breaking {
    /// Leads to the server on `port`, and carries everything until it is told to break.
    pub async fn to(port: u16, dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("a bound socket").port();
        let (server, breaks, broken) = (Arc::new(AtomicU16::new(port)), Arc::new(AtomicBool::new(false)), Arc::<AtomicUsize>::default());
        let (to, storm, count) = (server.clone(), breaks.clone(), broken.clone());
        let dice = Mutex::new(dice);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fate = match storm.load(Ordering::SeqCst) {
                    true => throw(&mut dice.lock().unwrap_or_else(PoisonError::into_inner)),
                    false => Fate::Pass,
                };
                count.fetch_add(usize::from(!matches!(fate, Fate::Pass)), Ordering::SeqCst);
                let port = to.load(Ordering::SeqCst);
                tokio::spawn(async move { drop(carry(client, port, fate).await) });
            }
        });
        Self { port: own, server, breaks, broken, task }
    }

    /// Where to connect to.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Leads to another port from now on: the server was started again.
    pub fn lead_to(&self, port: u16) {
        self.server.store(port, Ordering::SeqCst);
    }

    /// Breaks from now on, or does no longer.
    pub fn set_breaking(&self, breaks: bool) {
        self.breaks.store(breaks, Ordering::SeqCst);
    }

    /// How many connections were spoilt.
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::SeqCst)
    }
}

impl Drop for Breaking {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn throw(dice: &mut Dice) -> Fate {
    match dice.below(100) {
        0..40 => Fate::Pass,
        40..50 => Fate::TurnedAway,
        50..65 => Fate::CutThere(dice.below(6_000)),
        65..85 => Fate::CutBack(dice.below(6_000)),
        _ => Fate::Slow(dice.pause(10, 300)),
    }
}

async fn carry(client: TcpStream, port: u16, fate: Fate) -> std::io::Result<()> {
    if matches!(fate, Fate::TurnedAway) {
        return Ok(());
    }
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let pause = if let Fate::Slow(pause) = fate { pause } else { Duration::ZERO };
    let there = if let Fate::CutThere(bytes) = fate { bytes } else { usize::MAX };
    let back = if let Fate::CutBack(bytes) = fate { bytes } else { usize::MAX };
    // Whichever direction ends first ends both.
    tokio::select! {
        ended = pump(from_client, to_server, there, pause) => ended,
        ended = pump(from_server, to_client, back, pause) => ended,
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut left: usize, pause: Duration) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        // This is the delay of the line, not a wait for something.
        tokio::time::sleep(pause).await;
        let passes = read.min(left);
        to.write_all(&buffer[..passes]).await?;
        left -= passes;
        if left == 0 {
            return Ok(());
        }
    }
}
