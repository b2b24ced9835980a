//! Sync: a server hands out what changed and carries out what its desktops were told; a desktop keeps a replica, guesses at what
//! its commands will do, and sends them when it can (DESIGN §5).

pub(crate) mod cursor;
pub(crate) mod device;
pub(crate) mod feed;
pub(crate) mod lease;
pub(crate) mod left;
pub mod mutant;
pub(crate) mod push;
pub(crate) mod vet;

pub use device::{Asking, Standing};
