//! A line that changes words on their way, so that the other end seems to be of another version. A word is replaced by one of the same
//! length, so that whatever counts bytes stays right.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU16, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

/// Words, and what stands in their place.
type Words = Arc<Mutex<Vec<(Vec<u8>, Vec<u8>)>>>;

/// A listening line; it ends when it is dropped.
#[derive(Debug)]
pub struct Altering {
    port: u16,
    server: Arc<AtomicU16>,
    there: Words,
    back: Words,
    task: JoinHandle<()>,
}

impl Altering {
    /// Leads to the server on `port`, and changes nothing yet.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("a bound socket").port();
        let (server, there, back) = (Arc::new(AtomicU16::new(port)), Words::default(), Words::default());
        let (to, asked, told) = (server.clone(), there.clone(), back.clone());
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (port, asked, told) = (to.load(Ordering::SeqCst), asked.clone(), told.clone());
                tokio::spawn(async move { drop(carry(client, port, asked, told).await) });
            }
        });
        Self { port: own, server, there, back, task }
    }

    /// Where to connect to.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Leads to another port from now on: the server was started again.
    pub fn lead_to(&self, port: u16) {
        self.server.store(port, Ordering::SeqCst);
    }

    /// From now on the server reads these words instead of those.
    pub fn asks(&self, words: &[(&str, &str)]) {
        set(&self.there, words);
    }

    /// From now on clients read these words instead of those.
    pub fn tells(&self, words: &[(&str, &str)]) {
        set(&self.back, words);
        // Compressed words cannot be read on the way.
        if !words.is_empty() {
            set(&self.there, &[("accept-encoding: gzip", "accept-encoding: none")]);
        }
    }

    /// Changes nothing any more.
    pub fn pass(&self) {
        set(&self.there, &[]);
        set(&self.back, &[]);
    }
}

impl Drop for Altering {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn set(slot: &Words, words: &[(&str, &str)]) {
    assert!(words.iter().all(|(from, to)| from.len() == to.len()), "bytes are counted: {words:?}");
    let bytes = words.iter().map(|(from, to)| (from.as_bytes().to_vec(), to.as_bytes().to_vec()));
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = bytes.collect();
}

async fn carry(client: TcpStream, port: u16, there: Words, back: Words) -> std::io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        ended = pump(from_client, to_server, there) => ended,
        ended = pump(from_server, to_client, back) => ended,
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, words: Words) -> std::io::Result<()> {
    let (mut buffer, mut held) = (vec![0; 64 << 10], Vec::new());
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.write_all(&held).await;
        }
        held.extend_from_slice(&buffer[..read]);
        let words = words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (word, other) in &words {
            while let Some(at) = held.windows(word.len()).position(|window| window == word) {
                held.splice(at..at + word.len(), other.iter().copied());
            }
        }
        // A word may be cut by the end of a piece: its beginning waits for the rest.
        let begun = |word: &Vec<u8>| (1..word.len()).rev().find(|length| held.ends_with(&word[..*length])).unwrap_or(0);
        let keep = words.iter().map(|(word, _)| begun(word)).max().unwrap_or(0);
        let rest = held.split_off(held.len() - keep);
        to.write_all(&held).await?;
        held = rest;
    }
}
