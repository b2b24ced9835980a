//! Delivery reports.

/// What a delivery report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// Message-IDs of the mail it speaks of, without angle brackets.
    pub original_ids: Vec<String>,
    /// The address that was not reached.
    pub recipient: Option<String>,
    /// The status of RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    /// What happened to the mail.
    pub action: BounceAction,
    /// The server's own words, shortened.
    pub diagnostic: Option<String>,
}

/// What happened to a mail, by RFC 3464.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BounceAction {
    /// Not delivered and given up.
    #[default]
    Failed,
    /// Still being tried.
    Delayed,
    /// Delivered, relayed or expanded: no failure.
    Delivered,
}
