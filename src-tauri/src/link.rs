//! Addresses like `docket://ticket/2026112110000017`, from a mail, a chat or another program.
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;

use crate::window;

/// The place in the page that `link` means, as `#/ticket/NUMBER`; nothing if it is no link of ours. Anyone can make
/// such a link, so only letters, digits and dashes pass.
pub fn to_hash(link: &str) -> Option<String> {
    let number = link.strip_prefix("docket://ticket/")?.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!number.is_empty() && number.len() <= 64 && number.chars().all(plain)).then(|| format!("#/ticket/{number}"))
}

/// Follows links that the system hands to the running program. Linux and Windows start it again instead.
pub fn follow_system(app: &AppHandle) {
    if cfg!(any(target_os = "linux", windows)) {
        return;
    }
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            window::go(&handle, to_hash(url.as_str()).as_deref());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::to_hash;

    #[test]
    fn a_link_names_a_ticket_and_nothing_else() {
        for (link, hash) in [
            ("docket://ticket/2026112110000017", Some("#/ticket/2026112110000017")),
            ("docket://ticket/2026112110000017/", Some("#/ticket/2026112110000017")),
            ("docket://ticket/0193-ab", Some("#/ticket/0193-ab")),
            ("docket://ticket/", None),
            ("docket://ticket/1/../../settings", None),
            ("docket://ticket/1';alert(1)//", None),
            ("docket://settings/1", None),
            ("https://ticket/1", None),
        ] {
            assert_eq!(to_hash(link).as_deref(), hash, "{link}");
        }
    }
}
