//! Memory of processes: PSS, which counts what is shared by its share.

use std::{collections::HashMap, fs, time::Duration};

use anyhow::{Context, Result};

use crate::figures::Figures;

/// Lets a process come to rest; what is measured is a state, so there is nothing to wait for.
pub async fn settle() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

/// Notes the memory of one process: all, and what is its own alone and not a file's.
pub fn note(figures: &mut Figures, name: &str, id: u32) -> Result<()> {
    figures.note(&format!("{name}_pss_mib"), mib(id, "Pss:")?);
    figures.note(&format!("{name}_anonymous_mib"), mib(id, "Pss_Anon:")?);
    Ok(())
}

/// A line of `smaps_rollup` in MiB.
pub fn mib(id: u32, line: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).with_context(|| format!("process {id} has ended"))?;
    let value = text.lines().find_map(|text| text.strip_prefix(line)).context("smaps_rollup tells PSS")?;
    let kib: f64 = value.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// A process and all below it, with the names of their programs.
pub fn tree(root: u32) -> Vec<(u32, String)> {
    let mut children: HashMap<u32, Vec<(u32, String)>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((head, tail)) = stat.rsplit_once(')') else { continue };
        let name = head.split_once('(').map_or("", |(_, name)| name).to_owned();
        let parent = tail.split_whitespace().nth(1).and_then(|parent| parent.parse().ok()).unwrap_or(0);
        children.entry(parent).or_default().push((id, name));
    }
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        for child in children.get(&id).into_iter().flatten() {
            found.push(child.clone());
            open.push(child.0);
        }
    }
    found
}
