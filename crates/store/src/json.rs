//! Documents in text columns.

use serde::{Serialize, de::DeserializeOwned};

use crate::db::{Error, Result};

pub(crate) fn read<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Json { what, error })
}

pub(crate) fn write<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Json { what, error })
}
