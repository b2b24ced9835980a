//! One mail address with the name shown for it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A mail address. The domain is kept in lower case, the local part as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The display name, decoded, if there was one.
    pub name: Option<String>,
    /// `local@domain`; may lack the `@` when a mail carries a broken address.
    pub address: String,
}

impl Address {
    /// Makes an address without a name.
    pub fn new(address: impl AsRef<str>) -> Self {
        Self { name: None, address: tidy(address.as_ref()) }
    }

    /// Makes an address with a display name; an empty name counts as none.
    pub fn named(name: impl Into<String>, address: impl AsRef<str>) -> Self {
        let name: String = name.into();
        let name = name.trim();
        Self { name: (!name.is_empty()).then(|| name.to_owned()), ..Self::new(address) }
    }

    /// The address in lower case: what two addresses are compared by.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// The part after the last `@`, or nothing.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the last `@`, or the whole text.
    pub fn local(&self) -> &str {
        self.address.rsplit_once('@').map_or(&self.address, |(local, _)| local)
    }
}

fn tidy(address: &str) -> String {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>').trim();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => address.to_owned(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_lower_case_and_the_key_all_of_it() {
        let address = Address::named(" Ana ", " <Ana.B@Example.ORG> ");
        assert_eq!(address.address, "Ana.B@example.org");
        assert_eq!(address.key(), "ana.b@example.org");
        assert_eq!(address.name.as_deref(), Some("Ana"));
        assert_eq!(address.to_string(), "Ana <Ana.B@example.org>");
    }
}
