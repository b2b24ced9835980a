//! Passwords of mailboxes, sealed (XChaCha20-Poly1305) with a key that lies in the system's keyring or an owner-only file.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use docket_mail::Secret;
use docket_store::{Db, secret};
use uuid::Uuid;

use crate::{
    app::{App, HostKind, Options},
    clock::random,
    error::{Error, Result},
};

/// The kind of the token that a connected desktop has from its server.
pub(crate) const DEVICE: &str = "device";

/// How long a keyring may take: one that is locked waits for a person.
const PATIENCE: Duration = Duration::from_secs(4);

/// Where the sealing key lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Keyring,
    File,
    /// The keyring stayed locked: nothing sealed can be read before it is opened.
    Locked,
}

pub(crate) struct Secrets {
    key: Mutex<Option<[u8; 32]>>,
    pub place: Place,
    pub note: Option<&'static str>,
}

enum Keyring {
    Key([u8; 32]),
    NoEntry,
    None,
    Locked,
}

impl Secrets {
    /// Finds the key, or makes one: in the keyring on a desktop, in a file on a server and where there is no keyring.
    pub async fn open(options: &Options, db: &Db) -> Result<Self> {
        let file = options.key_file.clone().unwrap_or_else(|| options.data.join("key"));
        if options.host == HostKind::Server || file.exists() {
            return Ok(Self { key: Mutex::new(Some(key_from_file(&file)?)), place: Place::File, note: None });
        }
        let account = options.data.display().to_string();
        let (key, place, note) = match from_keyring(account.clone()).await {
            Keyring::Key(key) => (Some(key), Place::Keyring, None),
            Keyring::NoEntry => match keep_in_keyring(account).await {
                Some(key) => (Some(key), Place::Keyring, None),
                None => (Some(key_from_file(&file)?), Place::File, Some("keyring_locked")),
            },
            Keyring::None => (Some(key_from_file(&file)?), Place::File, Some("no_keyring")),
            Keyring::Locked if any_sealed(db).await => (None, Place::Locked, Some("keyring_locked")),
            Keyring::Locked => (Some(key_from_file(&file)?), Place::File, Some("keyring_locked")),
        };
        Ok(Self { key: Mutex::new(key), place, note })
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305> {
        let key = *self.key.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = key.ok_or_else(|| Error::Unavailable {
            code: "keyring_locked",
            message: "the system's keyring is locked; unlock it and start Docket again".into(),
        })?;
        Ok(XChaCha20Poly1305::new(&key.into()))
    }

    fn seal(&self, text: &str) -> Result<Vec<u8>> {
        let nonce = random::<24>();
        let sealed = self.cipher()?.encrypt(XNonce::from_slice(&nonce), text.as_bytes());
        let sealed = sealed.map_err(|_| anyhow::anyhow!("sealing a secret failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Is this what was sealed with the same key?
    pub fn opens(&self, sealed: &[u8]) -> bool {
        self.unseal(sealed).is_ok()
    }

    fn unseal(&self, sealed: &[u8]) -> Result<Secret> {
        let wrong = || Error::Unavailable {
            code: "sealed_elsewhere",
            message: "the stored password was sealed with another key; please type it again".into(),
        };
        let (nonce, text) = sealed.split_at_checked(24).ok_or_else(wrong)?;
        let text = self.cipher()?.decrypt(XNonce::from_slice(nonce), text).map_err(|_| wrong())?;
        Ok(Secret::new(String::from_utf8(text).map_err(|_| wrong())?))
    }
}

async fn any_sealed(db: &Db) -> bool {
    match db.read().await {
        Ok(mut tx) => secret::any(&mut tx).await.unwrap_or(true),
        Err(_) => false,
    }
}

fn key_from_file(path: &Path) -> Result<[u8; 32]> {
    let broken = || Error::Unavailable {
        code: "key_file",
        message: format!("{} holds no sealing key; restore it, or remove it and type the mailbox passwords again", path.display()),
    };
    if !path.exists() || std::fs::metadata(path).is_ok_and(|meta| meta.len() == 0) {
        crate::folder::private_file(path)?;
        let text: String = random::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(path, text).map_err(|error| Error::Disk(format!("{} cannot be written: {error}", path.display())))?;
    }
    let text = std::fs::read_to_string(path).map_err(|_| broken())?;
    hex_key(text.trim()).ok_or_else(broken)
}

fn hex_key(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect();
    bytes?.try_into().ok()
}

fn entry(account: &str) -> keyring::v1::Result<keyring::v1::Entry> {
    keyring::v1::Entry::new("Docket", account)
}

async fn from_keyring(account: String) -> Keyring {
    let asked = tokio::task::spawn_blocking(move || match entry(&account).and_then(|entry| entry.get_password()) {
        Ok(text) => hex_key(&text).map_or(Keyring::NoEntry, Keyring::Key),
        Err(keyring::v1::Error::NoEntry) => Keyring::NoEntry,
        Err(keyring::v1::Error::NoStorageAccess(_)) => Keyring::Locked,
        Err(_) => Keyring::None,
    });
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Keyring::None,
        Err(_) => Keyring::Locked,
    }
}

async fn keep_in_keyring(account: String) -> Option<[u8; 32]> {
    let key = random::<32>();
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = tokio::task::spawn_blocking(move || entry(&account).and_then(|entry| entry.set_password(&text)).is_ok());
    matches!(tokio::time::timeout(PATIENCE, kept).await, Ok(Ok(true))).then_some(key)
}

impl App {
    /// Seals a secret and keeps it.
    pub(crate) async fn keep_secret(&self, tx: &mut docket_store::Tx, kind: &str, id: Uuid, text: &str) -> Result<()> {
        let sealed = self.0.secrets.seal(text)?;
        Ok(secret::save(tx, kind, id, &sealed).await?)
    }

    /// A secret that was kept; none when there never was one.
    pub(crate) async fn secret(&self, kind: &str, id: Uuid) -> Result<Option<Secret>> {
        let mut tx = self.0.db.read().await?;
        let sealed = secret::find(&mut tx, kind, id).await?;
        sealed.map(|sealed| self.0.secrets.unseal(&sealed)).transpose()
    }

    /// Where the data folder is.
    pub fn data_folder(&self) -> &PathBuf {
        &self.0.data
    }
}
