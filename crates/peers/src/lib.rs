//! Real servers for tests: Dovecot, an SMTP server, PostgreSQL, nginx and Apache, each on free loopback ports.
//!
//! A server ends with the value that stands for it, and also when the test process dies in any way: a guard
//! process waits for the end of a pipe that only the test holds, then kills the server and clears its folder.

mod certificate;
mod dovecot;
mod guard;
mod postgres;
mod proxy;
mod smtp;

pub use certificate::Certificate;
pub use dovecot::{Dovecot, DovecotOptions};
pub use guard::free_port;
pub use postgres::Postgres;
pub use proxy::Proxy;
pub use smtp::{Smtp, SmtpOptions, SmtpTls, Taken};
