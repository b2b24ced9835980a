//! Tables as lines of JSON.
