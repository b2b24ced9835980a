//! The daily backup of a desk on one computer.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::PoisonError,
    time::SystemTime,
};

use crate::{app::App, app::HostKind, wire::BackupView};

/// Backups that are kept; older ones of ours go.
const KEPT: usize = 14;
const DAY: i64 = 24 * 3_600_000;
/// A desk this old without a backup folder is reminded.
const REMIND_AFTER: i64 = 3 * DAY;

impl App {
    /// Backs the desk up when the last backup is a day old. A failure is shown, and tried again an hour later.
    pub(crate) async fn back_up_daily(&self) {
        let settings = self.settings();
        let folder = PathBuf::from(&settings.desk.backup_folder);
        if settings.desk.backup_folder.is_empty() || self.connected().is_some() {
            return;
        }
        if last_backup(&folder, &settings.desk.short_id).is_some_and(|at| self.now() - at < DAY) {
            return;
        }
        let day = docket_domain::number::day(self.now(), &settings.desk.time_zone);
        let path = folder.join(format!("docket-{}-{day}.tar.zst", settings.desk.short_id));
        let done = match fs::create_dir_all(&folder) {
            Ok(()) => self.backup(&path, |_, _| ()).await.map_err(|error| error.to_string()),
            Err(error) => Err(format!("{} cannot be made: {error}", folder.display())),
        };
        if let Err(error) = &done {
            tracing::error!(error, "the daily backup failed");
        } else {
            forget_old(&folder, &settings.desk.short_id);
        }
        *self.0.backup_error.lock().unwrap_or_else(PoisonError::into_inner) = done.err();
    }

    pub(crate) fn backup_view(&self) -> BackupView {
        let desk = &self.settings().desk;
        let error = self.0.backup_error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let folder = desk.backup_folder.clone();
        let last_at = if folder.is_empty() { None } else { last_backup(Path::new(&folder), &desk.short_id) };
        let age = fs::metadata(self.0.data.join("key")).or_else(|_| fs::metadata(self.0.data.join("lock"))).and_then(|meta| meta.created());
        let old = age.ok().and_then(millis).is_some_and(|made| self.now() - made > REMIND_AFTER);
        let remind = desk.ready && self.0.host == HostKind::Desktop && (error.is_some() || folder.is_empty() && old);
        BackupView { folder, last_at, error, remind }
    }
}

fn millis(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// Our backups in a folder, by when they were written.
fn ours(folder: &Path, desk: &str) -> Vec<(i64, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            entry.file_name().to_str().is_some_and(|name| name.starts_with(&format!("docket-{desk}-")) && name.ends_with(".tar.zst"))
        })
        .filter_map(|entry| Some((millis(entry.metadata().ok()?.modified().ok()?)?, entry.path())))
        .collect();
    found.sort();
    found
}

fn last_backup(folder: &Path, desk: &str) -> Option<i64> {
    ours(folder, desk).last().map(|(at, _)| *at)
}

fn forget_old(folder: &Path, desk: &str) {
    let found = ours(folder, desk);
    for (_, path) in found.iter().rev().skip(KEPT) {
        drop(fs::remove_file(path));
    }
}
