//! Blobs: files beside SQLite, chunks of 256 KiB on PostgreSQL, by the SHA-256 of their bytes.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    db::{Db, Error, Result, Tx},
    key::storable,
};

const CHUNK: usize = 256 << 10;

/// Where the bytes are.
#[derive(Clone, Debug)]
pub enum Blobs {
    /// In this folder.
    Folder(PathBuf),
    /// In the database.
    Database(Db),
}

/// The hex SHA-256 of `bytes`: the key of their blob.
pub fn key(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Blobs {
    /// Keeps `bytes` for good, before the transaction that names them, and gives their key.
    pub async fn put(&self, bytes: Vec<u8>, now: i64) -> Result<String> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                tokio::task::spawn_blocking(move || put_file(&folder, &bytes, now)).await.map_err(|error| Error::Disk(error.to_string()))?
            }
            Self::Database(db) => put_rows(db, &bytes, now).await,
        }
    }

    /// The bytes behind a key; none when they are gone.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Folder(folder) => match tokio::fs::read(path(folder, key)).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error.into()),
            },
            Self::Database(db) => get_rows(db, key).await,
        }
    }

    /// Which of these keys have their bytes here.
    pub async fn here(&self, keys: HashSet<String>) -> Result<HashSet<String>> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                let found = tokio::task::spawn_blocking(move || keys.into_iter().filter(|key| path(&folder, key).is_file()).collect());
                found.await.map_err(|error| Error::Disk(error.to_string()))
            }
            Self::Database(db) => {
                const SQL: &str = "select sha256 from blob where sha256 = $1";
                let mut tx = db.aside().await?;
                let mut found = HashSet::new();
                for key in keys {
                    found.extend(on!(tx, conn => sqlx::query_scalar::<_, String>(SQL).bind(&key).fetch_optional(conn).await)?);
                }
                Ok(found)
            }
        }
    }

    /// Takes away what was last put before `before` (ms UTC) and is not among `used`; gives how many it was.
    pub async fn sweep(&self, before: i64, used: HashSet<String>) -> Result<usize> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                let swept = tokio::task::spawn_blocking(move || {
                    let unused = unused_files(&folder, before, &used);
                    unused.iter().filter(|path| std::fs::remove_file(path).is_ok()).count()
                });
                swept.await.map_err(|error| Error::Disk(error.to_string()))
            }
            Self::Database(db) => {
                const OLD: &str = "select sha256 from blob where created_at < $1";
                let mut tx = db.aside().await?;
                let old: Vec<String> = on!(tx, conn => sqlx::query_scalar(OLD).bind(before).fetch_all(conn).await)?;
                drop(tx);
                let unused: Vec<_> = old.into_iter().filter(|key| !used.contains(key)).collect();
                for key in &unused {
                    self.remove(key).await?;
                }
                Ok(unused.len())
            }
        }
    }

    /// Takes the bytes away.
    pub async fn remove(&self, key: &str) -> Result<()> {
        match self {
            Self::Folder(folder) => match tokio::fs::remove_file(path(folder, key)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            },
            Self::Database(db) => {
                let mut tx = db.aside().await?;
                for sql in ["delete from blob_chunk where sha256 = $1", "delete from blob where sha256 = $1"] {
                    on!(tx, conn => sqlx::query(sql).bind(key).execute(conn).await.map(drop))?;
                }
                tx.commit().await
            }
        }
    }
}

fn moment(at: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0))
}

/// The files of a folder that were last written before `before` and are not among `used`, with their keys.
fn unused_files(folder: &Path, before: i64, used: &HashSet<String>) -> Vec<PathBuf> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok());
    let old = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|at| at < moment(before));
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    entries(folder)
        .flat_map(|part| entries(&part.path()))
        .map(|entry| entry.path())
        .filter(|path| !used.contains(&name(path)) && old(path))
        .collect()
}

fn path(folder: &Path, key: &str) -> PathBuf {
    folder.join(key.get(..2).unwrap_or("xx")).join(key)
}

/// Temporary file, fsync, rename: a crash leaves either all of it or nothing under its name.
fn put_file(folder: &Path, bytes: &[u8], now: i64) -> Result<String> {
    use std::io::Write;
    let key = key(bytes);
    let path = path(folder, &key);
    if std::fs::metadata(&path).is_ok_and(|meta| meta.len() == bytes.len() as u64) {
        // As if new, so that no sweep takes it away before the transaction that names it.
        std::fs::File::options().write(true).open(&path)?.set_modified(moment(now))?;
        return Ok(key);
    }
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent)?;
    let temporary = parent.join(format!(".{key}.{}.{:?}", std::process::id(), std::thread::current().id()));
    let written = (|| {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(bytes)?;
        // By the desk's clock, which is the one that a sweep goes by.
        file.set_modified(moment(now))?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)?;
        #[cfg(unix)]
        std::fs::File::open(parent)?.sync_all()?;
        Ok(())
    })();
    written.map_err(|error: std::io::Error| {
        drop(std::fs::remove_file(&temporary));
        Error::Disk(error.to_string())
    })?;
    Ok(key)
}

async fn put_rows(db: &Db, bytes: &[u8], now: i64) -> Result<String> {
    const BLOB: &str = "insert into blob (sha256, size, created_at) values ($1, $2, $3) on conflict (sha256) do update set created_at = excluded.created_at";
    const PART: &str = "insert into blob_chunk (sha256, ordinal, data) values ($1, $2, $3) on conflict (sha256, ordinal) do nothing";
    let key = key(bytes);
    let mut tx = db.aside().await?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    on!(tx, conn => sqlx::query(BLOB).bind(&key).bind(size).bind(now).execute(conn).await.map(drop))?;
    for (ordinal, part) in (0_i64..).zip(bytes.chunks(CHUNK)) {
        on!(tx, conn => sqlx::query(PART).bind(&key).bind(ordinal).bind(part).execute(conn).await.map(drop))?;
    }
    tx.commit().await?;
    Ok(key)
}

async fn get_rows(db: &Db, key: &str) -> Result<Option<Vec<u8>>> {
    const SIZE: &str = "select size from blob where sha256 = $1";
    const PARTS: &str = "select data from blob_chunk where sha256 = $1 order by ordinal";
    let mut tx = db.aside().await?;
    let size: Option<i64> = on!(tx, conn => sqlx::query_scalar(SIZE).bind(key).fetch_optional(conn).await)?;
    if size.is_none() {
        return Ok(None);
    }
    let parts: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(PARTS).bind(key).fetch_all(conn).await)?;
    Ok(Some(parts.concat()))
}

/// Something an agent uploaded and has not used yet.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Upload {
    pub id: Uuid,
    pub agent_id: Uuid,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    pub created_at: i64,
}

/// Notes an upload.
pub async fn note_upload(tx: &mut Tx, upload: &Upload) -> Result<()> {
    const SQL: &str = "insert into upload (id, agent_id, name, content_type, size, sha256, created_at) values ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL).bind(upload.id).bind(upload.agent_id).bind(storable(&upload.name)).bind(storable(&upload.content_type))
        .bind(upload.size).bind(&upload.sha256).bind(upload.created_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// An upload of this agent; somebody else's is none.
pub async fn upload(tx: &mut Tx, id: Uuid, agent: Uuid) -> Result<Option<Upload>> {
    const SQL: &str = "select id, agent_id, name, content_type, size, sha256, created_at from upload where id = $1 and agent_id = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).bind(agent).fetch_optional(conn).await)?)
}

/// What this agent uploaded under that key; none: they did not.
pub async fn uploaded(tx: &mut Tx, agent: Uuid, key: &str) -> Result<Option<Upload>> {
    const SQL: &str = "
        select id, agent_id, name, content_type, size, sha256, created_at from upload where agent_id = $1 and sha256 = $2 limit 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent).bind(key).fetch_optional(conn).await)?)
}

/// The tickets with an attachment of these bytes, and their size.
pub async fn attached_to(tx: &mut Tx, key: &str) -> Result<Vec<(Uuid, i64)>> {
    const SQL: &str = "
        select distinct a.ticket_id, t.size from attachment t join article a on a.id = t.article_id where t.sha256 = $1 limit 100";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(key).fetch_all(conn).await)?)
}

/// The uploads that were made before that moment (ms UTC).
pub async fn uploads_before(tx: &mut Tx, before: i64) -> Result<Vec<Upload>> {
    const SQL: &str = "select id, agent_id, name, content_type, size, sha256, created_at from upload where created_at < $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(before).fetch_all(conn).await)?)
}

/// Forgets an upload; its bytes stay for a sweep.
pub async fn forget_upload(tx: &mut Tx, id: Uuid) -> Result<()> {
    const SQL: &str = "delete from upload where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await.map(drop))?;
    Ok(())
}

/// Is the blob named by an article, an attachment, a quarantined mail or an upload?
pub async fn is_referenced(tx: &mut Tx, key: &str) -> Result<bool> {
    const SQL: &str = "
        select cast((select count(*) from attachment where sha256 = $1) + (select count(*) from article where raw = $1)
            + (select count(*) from upload where sha256 = $1) + (select count(*) from quarantine where raw = $1) as bigint)";
    let references: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(key).fetch_one(conn).await)?;
    Ok(references > 0)
}

/// Every blob that something names, for checks and backups.
pub async fn all_referenced(tx: &mut Tx) -> Result<Vec<String>> {
    const SQL: &str = "
        select sha256 from attachment union select raw from article where raw is not null
        union select sha256 from upload union select raw from quarantine";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}
