//! Backup and restore: one portable archive (tar, zstd) with a table as lines of JSON each, and the blobs; without keys.
//!
//! It can be read into an empty SQLite or PostgreSQL, so it is also the way from one to the other. Mailbox passwords are
//! sealed with a key that is not in it: they are typed once more after a restore.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use docket_domain::{Ticket, TicketId, apply, number, settings::Kind};
use docket_store::{Tx, blob, dump, event, ticket};
use serde::{Deserialize, Serialize};

use crate::{
    app::{App, Options},
    clock::{Clock, new_id},
    error::{Error, Result},
};

const FORMAT: u32 = 1;
const ROWS: usize = 500;

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    version: String,
    created_at: i64,
    head: i64,
}

fn disk(error: &std::io::Error, path: &Path) -> Error {
    Error::Disk(format!("{} cannot be written: {error}", path.display()))
}

fn broken(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::Unavailable { code: "bad_backup", message: format!("{} is not a backup of Docket, or it is damaged: {error}", path.display()) }
}

impl App {
    /// Writes a backup to `path`, complete or not at all; `told` hears how many blobs of how many are in it.
    pub async fn backup(&self, path: &Path, told: impl Fn(u64, u64)) -> Result<()> {
        let part = path.with_extension(format!("part-{}", std::process::id()));
        let written = self.write_backup(&part, told).await;
        if written.is_err() {
            drop(std::fs::remove_file(&part));
        }
        written?;
        std::fs::rename(&part, path).map_err(|error| disk(&error, path))
    }

    async fn write_backup(&self, path: &Path, told: impl Fn(u64, u64)) -> Result<()> {
        crate::folder::private_file(path)?;
        let file = File::options().write(true).truncate(true).open(path).map_err(|error| disk(&error, path))?;
        let zstd = zstd::Encoder::new(BufWriter::new(file), 3).map_err(|error| disk(&error, path))?;
        let mut archive = tar::Builder::new(zstd);
        let mut tx = self.0.db.read().await?;
        let manifest = Manifest { format: FORMAT, version: env!("CARGO_PKG_VERSION").into(), created_at: self.now(), head: tx.head };
        let manifest = serde_json::to_vec_pretty(&manifest).map_err(anyhow::Error::from)?;
        append(&mut archive, "docket.json", &manifest).map_err(|error| disk(&error, path))?;
        for table in dump::TABLES {
            let lines = table_lines(&mut tx, table, path).await?;
            let mut lines = File::open(&lines.0).map_err(|error| disk(&error, path))?;
            archive.append_file(format!("tables/{}.ndjson", table.name), &mut lines).map_err(|error| disk(&error, path))?;
        }
        let keys = blob::all_referenced(&mut tx).await?;
        drop(tx);
        let total = keys.len() as u64;
        for (done, key) in (1..).zip(keys) {
            if let Some(bytes) = self.0.blobs.get(&key).await? {
                append(&mut archive, &format!("blobs/{key}"), &bytes).map_err(|error| disk(&error, path))?;
            }
            told(done, total);
        }
        let ended = archive.into_inner().and_then(zstd::Encoder::finish).and_then(|mut file| file.flush().map(|()| file));
        let file = ended.and_then(|file| file.into_inner().map_err(std::io::IntoInnerError::into_error));
        file.and_then(|file| file.sync_all()).map_err(|error| disk(&error, path))
    }

    /// Verifies the desk: the database file, every ticket against its history, every blob. Gives the faults in words.
    pub async fn check(&self) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        let integrity = self.0.db.integrity().await?;
        if integrity != "ok" {
            faults.push(format!("the database file is damaged: {integrity}"));
        }
        let mut tx = self.0.db.read().await?;
        let mut after = -1;
        loop {
            let page = ticket::changed_after(&mut tx, after, 500, None).await?;
            let Some((_, last)) = page.last().copied() else { break };
            for (id, _) in page {
                faults.extend(check_ticket(&mut tx, TicketId(id)).await?);
            }
            after = last;
        }
        for key in blob::all_referenced(&mut tx).await? {
            match self.0.blobs.get(&key).await? {
                Some(bytes) if blob::key(&bytes) == key => {}
                Some(_) => faults.push(format!("the file {key} is damaged")),
                None => faults.push(format!("the file {key} is missing")),
            }
        }
        Ok(faults)
    }

    /// Numbers for the metrics page: name with labels, value.
    pub async fn metrics(&self) -> Result<Vec<(String, i64)>> {
        let servers = if self.has_team() { Some(self.living().await?.len()) } else { None };
        let mut tx = self.0.db.read().await?;
        let mut metrics = vec![("docket_feed_head".to_owned(), tx.head)];
        let open: i64 = ticket::queue_counts(&mut tx, None).await?.iter().map(|queue| queue.tickets).sum();
        metrics.push(("docket_tickets{class=\"viewable\"}".into(), open));
        for (state, count) in docket_store::job::counts(&mut tx).await? {
            metrics.push((format!("docket_jobs{{state=\"{state}\"}}"), count));
        }
        let aside = docket_store::mailbox::quarantined(&mut tx).await?.len();
        let left = self.0.mails_left.load(std::sync::atomic::Ordering::Relaxed);
        metrics.push(("docket_mails_sent_total".into(), i64::try_from(left).unwrap_or(i64::MAX)));
        let waiting = self.0.long_polls.load(std::sync::atomic::Ordering::Relaxed);
        metrics.push(("docket_long_polls".into(), i64::try_from(waiting).unwrap_or(i64::MAX)));
        metrics.push(("docket_mailboxes_fetched".into(), self.mailboxes_fetched()));
        if let Some(servers) = servers {
            metrics.push(("docket_servers".into(), i64::try_from(servers).unwrap_or(0)));
        }
        metrics.push(("docket_quarantine".into(), i64::try_from(aside).unwrap_or(0)));
        Ok(metrics)
    }
}

/// `fold(events) == row`, and the articles are as many as the row says.
async fn check_ticket(tx: &mut Tx, id: TicketId) -> Result<Option<String>> {
    let Some(row) = ticket::find(tx, id).await? else { return Ok(None) };
    let mut folded = Ticket::blank(id);
    for event in event::of_ticket(tx, id).await? {
        apply(&mut folded, &event);
    }
    Ok((folded != row).then(|| format!("ticket {} is not what its history says", row.number)))
}

/// A file that goes with its value.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

async fn table_lines(tx: &mut Tx, table: &dump::Table, beside: &Path) -> Result<Temporary> {
    let path = Temporary(beside.with_extension(format!("{}-{}", table.name, new_id().simple())));
    crate::folder::private_file(&path.0)?;
    let file = File::options().write(true).truncate(true).open(&path.0).map_err(|error| disk(&error, beside))?;
    let mut file = BufWriter::new(file);
    dump::export(tx, table, |line| Ok(writeln!(file, "{line}")?)).await?;
    file.flush().map_err(|error| disk(&error, beside))?;
    Ok(path)
}

fn append<W: Write>(archive: &mut tar::Builder<W>, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, bytes)
}

/// Reads a backup into an empty data folder or database, in one transaction: complete or not at all.
///
/// # Errors
/// `not_empty` where there is a desk already, `bad_backup` for what is none, `newer_backup` for one of a newer Docket.
pub async fn restore(options: Options, from: &Path, told: impl Fn(u64, u64)) -> Result<()> {
    let folder = crate::folder::Folder::take(&options, new_id())?;
    let (db, blobs) = crate::app::open_fresh(&options).await?;
    if !dump::is_empty(&db).await? {
        return Err(Error::Unavailable {
            code: "not_empty",
            message: "there is a desk already; restore into an empty folder or database".into(),
        });
    }
    let file = File::open(from).map_err(|error| broken(from, error))?;
    let size = file.metadata().map_or(0, |meta| meta.len());
    let zstd = zstd::Decoder::new(file).map_err(|error| broken(from, error))?;
    let mut archive = tar::Archive::new(zstd);
    let now = Clock::system().now();
    let mut tx = db.begin().await?;
    let mut manifest: Option<Manifest> = None;
    let mut done = 0;
    for entry in archive.entries().map_err(|error| broken(from, error))? {
        let mut entry = entry.map_err(|error| broken(from, error))?;
        let name = entry.path().map_err(|error| broken(from, error))?.to_string_lossy().into_owned();
        done += entry.size();
        if name == "docket.json" {
            manifest = Some(read_manifest(&mut entry, from)?);
        } else if manifest.is_none() {
            return Err(broken(from, "it does not begin with docket.json"));
        } else if let Some(table) = name.strip_prefix("tables/").and_then(|name| name.strip_suffix(".ndjson")) {
            read_table(&mut tx, table, entry, from).await?;
        } else if let Some(key) = name.strip_prefix("blobs/") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| broken(from, error))?;
            if blob::key(&bytes) != key {
                return Err(broken(from, format!("the file {key} is damaged")));
            }
            blobs.put(bytes, now).await?;
        }
        told(done, size.max(done));
    }
    let manifest = manifest.ok_or_else(|| broken(from, "it is empty"))?;
    let heads = dump::heads(&mut tx).await?;
    if heads.0 != manifest.head {
        return Err(broken(from, "it does not hold the whole desk"));
    }
    (tx.head, tx.settings_head) = heads;
    renumber(&mut tx, now).await?;
    tx.commit().await?;
    db.settle().await?;
    db.close().await;
    drop(folder);
    let app = App::open(options).await?;
    app.begin_after_restore().await?;
    app.close().await;
    Ok(())
}

impl App {
    /// What the lost desk did after the backup is unknown here: a mail that waited then may have left, and the customers
    /// behind mail that came since have their acknowledgement already.
    async fn begin_after_restore(&self) -> Result<()> {
        self.doubt_waiting_mail().await?;
        let mut work = self.work().await?;
        let mailboxes: Vec<_> = work.settings.records.values().filter(|record| record.kind == Kind::Mailbox).cloned().collect();
        for record in mailboxes {
            let mut document = record.document.clone();
            document["connected_at"] = serde_json::json!(work.now);
            work.save_record(Kind::Mailbox, record.id, record.version, &document, "Docket").await?;
        }
        self.finish(work).await
    }
}

/// Begins a new epoch; today's counter too moves on by 10,000, for what the lost desk gave away after the backup.
async fn renumber(tx: &mut Tx, now: i64) -> Result<()> {
    let records = docket_store::setting::all(tx).await?;
    let settings = docket_domain::Settings::build(0, records)?;
    let day = number::day(now, &settings.desk.time_zone);
    tx.count_by(&number::counter(settings.desk.number_generator, &day), 0).await?;
    dump::begin_epoch(tx).await?;
    Ok(())
}

fn read_manifest(entry: &mut impl Read, from: &Path) -> Result<Manifest> {
    let mut text = String::new();
    entry.take(1 << 20).read_to_string(&mut text).map_err(|error| broken(from, error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| broken(from, error))?;
    if manifest.format > FORMAT {
        let message = format!("{} was written by Docket {}; restore it with that version or a newer one", from.display(), manifest.version);
        return Err(Error::Unavailable { code: "newer_backup", message });
    }
    Ok(manifest)
}

async fn read_table(tx: &mut Tx, name: &str, entry: impl Read, from: &Path) -> Result<()> {
    let Some(table) = dump::table(name) else { return Ok(()) };
    let mut rows = Vec::with_capacity(ROWS);
    for line in BufReader::new(entry).lines() {
        let line = line.map_err(|error| broken(from, error))?;
        rows.push(serde_json::from_str(&line).map_err(|error| broken(from, error))?);
        if rows.len() == ROWS {
            dump::import(tx, table, &rows).await?;
            rows.clear();
        }
    }
    if !rows.is_empty() {
        dump::import(tx, table, &rows).await?;
    }
    Ok(())
}
