//! Mail in and out of a desk, against Dovecot, a real SMTP server and PostgreSQL.

mod mail {
    mod accounts;
    mod alarms;
    mod arrives;
    mod belongs;
    mod bounces;
    mod broken_line;
    mod databases;
    mod guard;
    mod junk;
    mod leaves;
    mod left_as_found;
    mod loops;
    mod once;
    mod poison;
    mod silence;
    mod trouble;
    mod two_desks;
}
