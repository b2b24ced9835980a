//! The data folder and who holds it.

use std::{
    fs::{self, File},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::{Database, Hold, Options},
    error::{Error, Result},
};

/// The lock on a data folder; it ends with the process.
pub(crate) struct Folder {
    file: Mutex<File>,
    program: String,
    server: Uuid,
    /// Who held it before.
    pub former: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
struct HeldBy {
    pid: u32,
    program: String,
    #[serde(default)]
    address: String,
    /// The id of the process, as other servers of the desk know it.
    #[serde(default)]
    server: Option<Uuid>,
}

impl Folder {
    /// Takes the folder, or says who has it. Beside a holder there is none to take.
    pub fn take(options: &Options, server: Uuid) -> Result<Option<Self>> {
        make_private(&options.data)?;
        let database = options.database.as_ref();
        if !matches!(database, Some(Database::Postgres(_))) {
            refuse_network(&options.data)?;
        }
        let path = options.data.join("lock");
        private_file(&path)?;
        let file = File::options().read(true).write(true).open(&path).map_err(|error| unusable(&path, &error))?;
        let program = match &options.hold {
            Hold::Holder(program) => program.clone(),
            Hold::Beside => "docket".to_owned(),
        };
        match (file.try_lock(), &options.hold) {
            (Ok(()), _) => {
                let former = former(&path);
                let folder = Self { file: Mutex::new(file), program, server, former };
                folder.announce("");
                Ok(Some(folder))
            }
            (Err(fs::TryLockError::WouldBlock), Hold::Beside) => Ok(None),
            (Err(fs::TryLockError::WouldBlock), Hold::Holder(_)) => Err(Error::Held(held(&options.data, &path))),
            (Err(fs::TryLockError::Error(error)), _) => Err(unusable(&path, &error)),
        }
    }

    /// Lets go of the folder: nothing runs any more.
    pub fn release(&self) {
        let file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Err(error) = file.unlock() {
            tracing::warn!(%error, "the lock on the data folder ends with this process");
        }
    }

    /// Writes who holds it and where it answers.
    pub fn announce(&self, address: &str) {
        let held =
            HeldBy { pid: std::process::id(), program: self.program.clone(), address: address.to_owned(), server: Some(self.server) };
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let written =
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(serde_json::json!(held).to_string().as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "the lock file could not be written");
        }
    }
}

/// Who held the folder last; dead, since the lock is free.
fn former(lock: &Path) -> Option<Uuid> {
    serde_json::from_str::<HeldBy>(&fs::read_to_string(lock).ok()?).ok()?.server
}

fn held(folder: &Path, lock: &Path) -> String {
    let mut text = String::new();
    drop(File::open(lock).and_then(|mut file| file.read_to_string(&mut text)));
    let folder = folder.display();
    match serde_json::from_str::<HeldBy>(&text) {
        Ok(HeldBy { pid, program, address, .. }) if address.is_empty() => format!("{folder} is in use by {program} (process {pid})"),
        Ok(HeldBy { pid, program, address, .. }) => format!("{folder} is in use by {program} (process {pid}), which answers at {address}"),
        Err(_) => format!("{folder} is in use by another Docket"),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unavailable { code: "data_folder", message: format!("{} cannot be used: {error}", path.display()) }
}

/// Makes a folder that only its owner can enter.
fn make_private(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| unusable(folder, &error))
}

/// Makes sure that a file exists and that only its owner can read it.
pub(crate) fn private_file(path: &Path) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| unusable(path, &error))
}

/// SQLite's locks cannot be trusted on a network file system, so such a folder is refused.
fn refuse_network(folder: &Path) -> Result<()> {
    const NETWORK: [&str; 9] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs", "fuse.rclone", "ncpfs"];
    let Ok(mounts) = fs::read_to_string("/proc/mounts") else { return Ok(()) };
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| PathBuf::from(folder));
    let mount = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((PathBuf::from(words.next()?), words.next()?))
        })
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.components().count());
    match mount {
        Some((_, kind)) if NETWORK.contains(&kind) => Err(Error::Unavailable {
            code: "network_folder",
            message: format!(
                "{} lies on a network file system ({kind}); choose a folder on this computer, or PostgreSQL",
                folder.display()
            ),
        }),
        _ => Ok(()),
    }
}
