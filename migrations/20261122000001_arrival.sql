-- Where a mail was met first, to tell two alike without Message-ID from one met twice.
alter table mail_fingerprint add column mailbox_id uuid;
alter table mail_fingerprint add column uid_validity bigint;
-- When a mail in quarantine reached its mailbox.
alter table quarantine add column internal_date bigint;
