//! What can be typed behind `docket-desktop`.
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Parser;

/// Docket: the desk of this computer, in a window.
#[derive(Parser, Debug)]
#[command(name = "docket-desktop", version)]
pub struct Arguments {
    /// The data folder of the desk [default: docket/desk in the user's own data folder]
    #[arg(long, value_name = "DIR", env = "DOCKET_DATA")]
    pub data: Option<PathBuf>,
    /// Start without showing the window, as at the computer's own start; the icon beside the clock brings it back
    #[arg(long)]
    pub background: bool,
    /// A ticket to show: docket://ticket/NUMBER
    #[arg(value_name = "LINK")]
    pub link: Option<String>,
}

impl Arguments {
    /// The data folder, made if it is missing, without symbolic links: one folder has one name.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        let folder = match &self.data {
            Some(folder) => folder.clone(),
            None => default_folder()?,
        };
        make(&folder).with_context(|| format!("The data folder {} cannot be made", folder.display()))?;
        fs::canonicalize(&folder).with_context(|| format!("The data folder {} cannot be read", folder.display()))
    }

    /// What a second start on the same folder recognises the first one by. On Linux every folder has its own;
    /// elsewhere the plugin has one name for all, so it serves the usual folder and the lock guards the others.
    pub fn instance_key(&self, folder: &Path) -> Option<String> {
        if cfg!(not(target_os = "linux")) && self.data.is_some() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        folder.hash(&mut hasher);
        Some(format!("org.docket.Docket.desk{:016x}", hasher.finish()))
    }
}

fn default_folder() -> anyhow::Result<PathBuf> {
    dirs::data_local_dir()
        .map(|data| data.join("docket").join("desk"))
        .ok_or_else(|| anyhow!("There is no home folder to keep the desk in. Name one with --data DIR."))
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_has_one_key_whatever_it_is_called() {
        let place = tempfile::tempdir().unwrap();
        let plain = Arguments { data: Some(place.path().join("desk")), background: false, link: None };
        let crooked = Arguments { data: Some(place.path().join("desk/../desk")), background: false, link: None };
        let other = Arguments { data: Some(place.path().join("other")), background: false, link: None };
        let key = |arguments: &Arguments| arguments.instance_key(&arguments.folder().unwrap());
        assert_eq!(key(&plain), key(&crooked));
        if cfg!(target_os = "linux") {
            assert_ne!(key(&plain), key(&other));
        }
    }
}
