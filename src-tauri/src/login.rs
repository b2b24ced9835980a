//! Starting when the person signs in to this computer: off until they want it.
use std::path::{Path, PathBuf};

/// Whether the program starts by itself.
pub fn is_on() -> bool {
    system::is_on()
}

/// Starts the program at each sign-in from now on, or does no longer. `data`: the folder of a desk that is not the usual one.
///
/// # Errors
/// What the system says.
pub fn set(on: bool, data: Option<&Path>) -> anyhow::Result<()> {
    if on { system::switch_on(&program()?, data) } else { system::switch_off() }
}

/// Where the program lies; an AppImage names the file that it was started from.
fn program() -> anyhow::Result<PathBuf> {
    match std::env::var_os("APPIMAGE") {
        Some(image) => Ok(image.into()),
        None => Ok(std::env::current_exe()?),
    }
}

/// An entry that the desktops of Linux read (<https://specifications.freedesktop.org/autostart/latest/>).
#[cfg(any(target_os = "linux", test))]
fn entry(program: &str, data: Option<&str>) -> String {
    // The specification's quoting, and `%` is written twice.
    let quoted = |word: &str| {
        let escaped: String = word.chars().flat_map(|c| if "\"`$\\".contains(c) { vec!['\\', '\\', c] } else { vec![c] }).collect();
        format!("\"{}\"", escaped.replace('%', "%%"))
    };
    let data = data.map(|data| format!(" --data {}", quoted(data))).unwrap_or_default();
    format!("[Desktop Entry]\nType=Application\nName=Docket\nExec={} --background{data}\nX-GNOME-Autostart-enabled=true\n", quoted(program))
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::path::{Path, PathBuf};

    use anyhow::Context;

    fn file() -> Option<PathBuf> {
        Some(dirs::config_dir()?.join("autostart").join("org.docket.Docket.desktop"))
    }

    pub fn is_on() -> bool {
        file().is_some_and(|file| file.exists())
    }

    pub fn switch_on(program: &Path, data: Option<&Path>) -> anyhow::Result<()> {
        let file = file().context("there is no folder for what starts by itself")?;
        let folder = file.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)?;
        let data = data.map(|data| data.to_string_lossy());
        fs::write(&file, super::entry(&program.to_string_lossy(), data.as_deref())).context("write what starts by itself")
    }

    pub fn switch_off() -> anyhow::Result<()> {
        match file().map(fs::remove_file) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::fs;
    use std::path::{Path, PathBuf};

    use anyhow::Context;

    fn file() -> Option<PathBuf> {
        Some(dirs::home_dir()?.join("Library/LaunchAgents/org.docket.Docket.plist"))
    }

    pub fn is_on() -> bool {
        file().is_some_and(|file| file.exists())
    }

    pub fn switch_on(program: &Path, data: Option<&Path>) -> anyhow::Result<()> {
        let file = file().context("there is no home folder")?;
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        let mut words = vec![program.to_string_lossy().into_owned(), "--background".to_owned()];
        words.extend(data.into_iter().flat_map(|data| ["--data".to_owned(), data.to_string_lossy().into_owned()]));
        let escaped = |word: &str| word.replace('&', "&amp;").replace('<', "&lt;");
        let words: String = words.iter().map(|word| format!("<string>{}</string>", escaped(word))).collect();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>Label</key><string>org.docket.Docket</string>\
             <key>ProgramArguments</key><array>{words}</array><key>RunAtLoad</key><true/></dict></plist>\n"
        );
        fs::write(&file, text).context("write what starts by itself")
    }

    pub fn switch_off() -> anyhow::Result<()> {
        match file().map(fs::remove_file) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(windows)]
mod system {
    use std::path::Path;
    use std::process::Command;

    const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";

    fn reg(words: &[&str]) -> std::io::Result<bool> {
        Ok(Command::new("reg").args(words).output()?.status.success())
    }

    pub fn is_on() -> bool {
        reg(&["query", KEY, "/v", "Docket"]).unwrap_or(false)
    }

    pub fn switch_on(program: &Path, data: Option<&Path>) -> anyhow::Result<()> {
        let data = data.map(|data| format!(" --data \"{}\"", data.display())).unwrap_or_default();
        let line = format!("\"{}\" --background{data}", program.display());
        anyhow::ensure!(reg(&["add", KEY, "/v", "Docket", "/t", "REG_SZ", "/d", &line, "/f"])?, "Windows did not take the entry");
        Ok(())
    }

    pub fn switch_off() -> anyhow::Result<()> {
        anyhow::ensure!(!is_on() || reg(&["delete", KEY, "/v", "Docket", "/f"])?, "Windows did not remove the entry");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_entry_names_the_program_whatever_it_is_called() {
        let text = super::entry("/opt/my $docs/docket", Some("/data/100%"));
        assert!(text.contains("Exec=\"/opt/my \\\\$docs/docket\" --background --data \"/data/100%%\"\n"), "{text}");
        assert!(super::entry("/usr/bin/docket-desktop", None).contains("Exec=\"/usr/bin/docket-desktop\" --background\n"));
    }
}
