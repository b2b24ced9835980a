//! A line to a server that is pulled out and plugged in again: every connection over it breaks at once.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A line with a port of its own, plugged in or not.
#[derive(Debug)]
pub struct Cable {
    port: u16,
    server: u16,
    task: Option<JoinHandle<()>>,
}

impl Cable {
    /// Leads to the server on `port`.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn to(server: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        Ok(Self { port, server, task: Some(tokio::spawn(carry(listener, server))) })
    }

    /// Where to connect to.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Pulls it out: what is on its way is lost, and nobody answers any more.
    pub async fn pull_out(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            drop(task.await);
        }
    }

    /// Plugs it in again.
    ///
    /// # Errors
    /// Somebody else has taken the port meanwhile.
    pub async fn plug_in(&mut self) -> std::io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        self.task = Some(tokio::spawn(carry(listener, self.server)));
        Ok(())
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// The connections end with the set that holds them.
async fn carry(listener: TcpListener, server: u16) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        connections.spawn(async move {
            if let Ok(mut there) = TcpStream::connect(("127.0.0.1", server)).await {
                drop(copy_bidirectional(&mut client, &mut there).await);
            }
        });
    }
}
