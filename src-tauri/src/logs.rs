//! What the program says about itself: on stderr, and in a few files of the data folder once that is ours.
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// Bytes after which a new file begins.
const FULL: u64 = 1024 * 1024;
/// Files kept beside the one that is written.
const KEPT: u32 = 4;

/// Starts telling. The file is missing until [`LogFile::open`]. DOCKET_LOG chooses what is told, `info` by default.
pub fn start() -> LogFile {
    let file = LogFile::default();
    let filter = EnvFilter::try_from_env("DOCKET_LOG").unwrap_or_else(|_| EnvFilter::new("info,tauri_plugin_single_instance=error"));
    let told = tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(io::stderr).with_target(false))
        .with(fmt::layer().with_writer(file.clone()).with_ansi(false))
        .try_init();
    if let Err(error) = told {
        eprintln!("no logs: {error}");
    }
    file
}

/// The file that is written now; clones write to the same one.
#[derive(Clone, Default)]
pub struct LogFile(Arc<Mutex<Option<Rotating>>>);

struct Rotating {
    folder: PathBuf,
    file: File,
    written: u64,
}

impl LogFile {
    /// Writes to `docket.log` in `folder` from now on.
    pub fn open(&self, folder: &Path) {
        match Rotating::open(folder) {
            Ok(rotating) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rotating),
            Err(error) => tracing::warn!("no log file: {error}"),
        }
    }
}

impl Rotating {
    fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut options = File::options();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join("docket.log"))?;
        let written = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), file, written })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.written > FULL {
            let name = |n: u32| self.folder.join(format!("docket.{n}.log"));
            for n in (1..KEPT).rev().filter(|&n| name(n).exists()) {
                fs::rename(name(n), name(n + 1))?;
            }
            fs::rename(self.folder.join("docket.log"), name(1))?;
            *self = Self::open(&self.folder)?;
        }
        self.written += bytes.len() as u64;
        self.file.write_all(bytes)
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(rotating) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            rotating.write(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_files_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::default();
        log.open(folder.path());
        let half = vec![b'x'; FULL as usize / 2 + 1];
        for _ in 0..2 * 10 {
            log.write_all(&half).unwrap();
        }
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["docket.1.log", "docket.2.log", "docket.3.log", "docket.4.log", "docket.log"]);
    }
}
