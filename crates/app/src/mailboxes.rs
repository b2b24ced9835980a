//! Mailboxes: tried, saved, watched; and the quarantine.

use docket_domain::{
    AgentId, MailboxId, QueueId, Settings,
    access::{self, Right},
    master,
    settings::{Kind, MailboxSettings, Security},
};
use docket_mail::{
    Secret,
    imap::ImapAccount,
    probe::{ProbeFailure, probe_imap, probe_smtp},
    smtp::{SmtpAccount, Timeouts},
};
use docket_store::mailbox;
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    clock::new_id,
    error::{Error, Result},
    intake::Source,
    wire::{MailOutcome, MailboxInput, MailboxOverview, MailboxTest, MailboxTried, MailboxView, QuarantineView, RecordView, Tried},
};

const IMAP: &str = "imap";
const SMTP: &str = "smtp";

fn security(security: Security) -> docket_mail::Security {
    match security {
        Security::Tls => docket_mail::Security::Tls,
        Security::Starttls => docket_mail::Security::StartTls,
        Security::Plain => docket_mail::Security::Plain,
    }
}

fn imap_account(settings: &docket_domain::settings::ImapSettings, ca_file: Option<&String>, password: Secret) -> ImapAccount {
    ImapAccount {
        host: settings.host.clone(),
        port: settings.port,
        security: security(settings.security),
        user: settings.user.clone(),
        password,
        folder: settings.folder.clone(),
        ca_file: ca_file.map(Into::into),
    }
}

fn smtp_account(settings: &docket_domain::settings::SmtpSettings, ca_file: Option<&String>, password: Option<Secret>) -> SmtpAccount {
    let login = (!settings.user.is_empty()).then(|| password.map(|password| (settings.user.clone(), password))).flatten();
    SmtpAccount {
        host: settings.host.clone(),
        port: settings.port,
        security: security(settings.security),
        login,
        ca_file: ca_file.map(Into::into),
        timeouts: Timeouts::default(),
    }
}

/// The stable code of a failure.
pub(crate) fn code_of(failure: &ProbeFailure) -> String {
    serde_json::to_value(failure.code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_else(|| "other".into())
}

fn tried<T>(result: &Result<T, ProbeFailure>) -> Tried {
    match result {
        Ok(_) => Tried { ok: true, code: None, detail: None },
        Err(failure) => Tried { ok: false, code: Some(code_of(failure)), detail: Some(failure.detail.clone()) },
    }
}

impl App {
    pub(crate) async fn imap_account(&self, id: MailboxId, settings: &MailboxSettings) -> Result<ImapAccount> {
        let password = self.secret(IMAP, id.0).await?.ok_or_else(|| Error::Unavailable {
            code: "password_missing",
            message: "the password of this mailbox is not on this computer; please type it once more".into(),
        })?;
        Ok(imap_account(&settings.imap, settings.ca_file.as_ref(), password))
    }

    pub(crate) async fn smtp_account(&self, id: MailboxId, settings: &MailboxSettings) -> Result<Option<SmtpAccount>> {
        let Some(smtp) = &settings.smtp else { return Ok(None) };
        let password = match self.secret(SMTP, id.0).await? {
            Some(password) => Some(password),
            None => self.secret(IMAP, id.0).await?,
        };
        Ok(Some(smtp_account(smtp, settings.ca_file.as_ref(), password)))
    }

    /// Tries a mailbox without keeping anything, and says in words what failed.
    pub async fn test_mailbox(&self, input: MailboxTest) -> Result<MailboxTried> {
        let password = match (&input.password, input.id) {
            (typed, Some(id)) if typed.is_empty() => self.secret(IMAP, id).await?.unwrap_or_else(|| Secret::new("")),
            (typed, _) => Secret::new(typed.clone()),
        };
        let smtp_password = match (&input.smtp_password, input.id) {
            (typed, Some(id)) if typed.is_empty() => self.secret(SMTP, id).await?.unwrap_or_else(|| password.clone()),
            (typed, _) if typed.is_empty() => password.clone(),
            (typed, _) => Secret::new(typed.clone()),
        };
        let account = imap_account(&input.imap, input.ca_file.as_ref(), password);
        let read = probe_imap(&account);
        let handed = async {
            match &input.smtp {
                Some(smtp) => Some(probe_smtp(&smtp_account(smtp, input.ca_file.as_ref(), Some(smtp_password))).await),
                None => None,
            }
        };
        let (read, handed) = tokio::join!(read, handed);
        let mut answer = MailboxTried { imap: tried(&read), smtp: handed.as_ref().map(tried), ..MailboxTried::default() };
        if let Ok(overview) = read {
            answer.overview = Some(MailboxOverview {
                total: overview.total,
                unread: overview.unread,
                oldest: overview.oldest,
                foreign_desks: Vec::new(),
                keywords_allowed: overview.keywords_allowed,
            });
            if let Ok(mut mailbox) = docket_mail::imap::connect(&account).await {
                answer.folders = mailbox.folders().await.unwrap_or_default();
                if let Some(overview) = &mut answer.overview {
                    overview.foreign_desks = foreign_desks(&mut mailbox, &self.settings().desk.short_id).await;
                }
                mailbox.logout().await;
            }
        }
        Ok(answer)
    }

    /// Saves a mailbox; a new one counts as connected from now on. A sender address is made where there is none for it.
    pub async fn save_mailbox(&self, me: AgentId, id: Option<Uuid>, input: MailboxInput) -> Result<RecordView> {
        self.need_admin(me)?;
        let actor = self.settings().agent_name(me).to_owned();
        let mut work = self.work().await?;
        let record = self.write_mailbox(&mut work, id, input, &actor).await?;
        self.finish(work).await?;
        self.reload().await?;
        // A new password alone is no change of the record; whoever typed it wants to see it work.
        self.fetch_now(record.id);
        Ok(record)
    }

    pub(crate) async fn write_mailbox(
        &self,
        work: &mut crate::submit::Work,
        id: Option<Uuid>,
        input: MailboxInput,
        actor: &str,
    ) -> Result<RecordView> {
        let is_new = id.is_none();
        let id = id.unwrap_or_else(new_id);
        let mut document = input.document;
        if is_new {
            document.connected_at = work.now;
        }
        let address = input.address.clone().filter(|address| !address.is_empty()).unwrap_or_else(|| document.imap.user.clone());
        if is_new && work.settings.own_address(&address).is_none() && docket_domain::Address::parse(&address).is_some() {
            let queue = document.queue_id.unwrap_or(first_queue(&work.settings));
            let name = work.settings.desk.name.clone();
            let record = json!({ "name": name, "email": address, "queue_id": queue, "valid": true });
            work.save_record(Kind::Address, new_id(), 0, &record, actor).await?;
        }
        let document = serde_json::to_value(&document).map_err(anyhow::Error::from)?;
        let record = work.save_record(Kind::Mailbox, id, if is_new { 0 } else { input.version }, &document, actor).await?;
        if !input.password.is_empty() {
            self.keep_secret(&mut work.tx, IMAP, id, &input.password).await?;
        }
        if !input.smtp_password.is_empty() {
            self.keep_secret(&mut work.tx, SMTP, id, &input.smtp_password).await?;
        }
        Ok(record)
    }

    /// How the mailboxes are doing whose mail this agent may read; administrators care for all.
    pub async fn mailboxes(&self, me: AgentId) -> Result<Vec<MailboxView>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let states = mailbox::states(&mut tx).await?;
        let statuses = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let view = |id: MailboxId, mailbox: &MailboxSettings| {
            let status = statuses.get(&id).filter(|_| mailbox.valid);
            let own: Vec<_> = states.iter().filter(|state| state.mailbox_id == id.0).collect();
            MailboxView {
                id: id.0,
                name: mailbox.name.clone(),
                address: mailbox.imap.user.clone(),
                status: status.map_or("off", |status| status.status).to_owned(),
                code: status.and_then(|status| status.code.clone()),
                detail: status.and_then(|status| status.detail.clone()),
                since: status.map_or(0, |status| status.since),
                last_mail_at: own.iter().filter_map(|state| state.last_mail_at).max(),
                taken_in: own.iter().map(|state| state.taken_in).sum(),
                foreign_desk: status.and_then(|status| status.foreign_desk.clone()),
            }
        };
        let seen = settings.mailboxes.iter().filter(|(_, mailbox)| self.concerns_mailbox(&settings, me, mailbox));
        Ok(seen.map(|(id, mailbox)| view(*id, mailbox)).collect())
    }

    /// A mailbox without a queue of its own brings mail for all of them.
    fn concerns_mailbox(&self, settings: &Settings, me: AgentId, mailbox: &MailboxSettings) -> bool {
        let brings = |queue| access::in_queue(settings, me, queue).has(Right::Ro);
        self.is_admin(me) || mailbox.queue_id.map_or_else(|| settings.queues.keys().any(|queue| brings(*queue)), brings)
    }

    /// Looks into a mailbox now, for somebody whom it concerns.
    pub fn look_into(&self, me: AgentId, id: Uuid) -> Result<()> {
        let settings = self.settings();
        let known = settings.mailboxes.get(&MailboxId(id)).filter(|mailbox| self.concerns_mailbox(&settings, me, mailbox));
        known.map(|_| self.fetch_now(id)).ok_or(Error::NotFound("mailbox"))
    }

    /// How many mailboxes this server waits for.
    pub(crate) fn mailboxes_fetched(&self) -> i64 {
        let statuses = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let ours = statuses.values().filter(|status| status.server == self.0.server && ["connected", "polling"].contains(&status.status));
        i64::try_from(ours.count()).unwrap_or(0)
    }

    /// Looks into a mailbox now.
    pub fn fetch_now(&self, id: Uuid) {
        drop(self.0.wake_fetch.send(Some(MailboxId(id))));
        self.ask_others_to_fetch(MailboxId(id));
    }

    /// The mails that could not be taken in.
    pub async fn quarantine(&self, me: AgentId) -> Result<Vec<QuarantineView>> {
        self.need_admin(me)?;
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let mails = mailbox::quarantined(&mut tx).await?;
        let name = |id: Uuid| settings.mailboxes.get(&MailboxId(id)).map(|mailbox| mailbox.name.clone());
        Ok(mails
            .into_iter()
            .map(|mail| QuarantineView {
                id: mail.id,
                at: mail.at,
                mailbox: mail.mailbox_id.and_then(name),
                reason: mail.reason,
                size: mail.size,
                from: mail.mail_from,
                subject: mail.subject,
            })
            .collect())
    }

    async fn aside(&self, me: AgentId, id: Uuid) -> Result<mailbox::Quarantined> {
        self.need_admin(me)?;
        let mut tx = self.0.db.read().await?;
        mailbox::quarantined(&mut tx).await?.into_iter().find(|mail| mail.id == id).ok_or(Error::NotFound("mail"))
    }

    /// The original of a mail in quarantine.
    pub async fn quarantine_raw(&self, me: AgentId, id: Uuid) -> Result<Vec<u8>> {
        let mail = self.aside(me, id).await?;
        self.0.blobs.get(&mail.raw).await?.ok_or(Error::NotFound("mail"))
    }

    /// Tries to take in a mail from quarantine once more.
    pub async fn quarantine_retry(&self, me: AgentId, id: Uuid) -> Result<MailOutcome> {
        let aside = self.aside(me, id).await?;
        let raw = self.0.blobs.get(&aside.raw).await?.ok_or(Error::NotFound("mail"))?;
        // Queue, trust and age are those of its mailbox; one that has waited for long is not answered automatically any more.
        let source =
            Source { mailbox: aside.mailbox_id.map(MailboxId), place: None, internal_date: aside.internal_date.or(Some(aside.at)) };
        let outcome = self.take_in(raw, &source).await?;
        let mut tx = self.0.db.aside().await?;
        mailbox::release(&mut tx, id).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Gives up a mail in quarantine.
    pub async fn quarantine_drop(&self, me: AgentId, id: Uuid) -> Result<()> {
        self.aside(me, id).await?;
        let mut tx = self.0.db.aside().await?;
        mailbox::release(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}

fn first_queue(settings: &Settings) -> QueueId {
    if settings.queues.get(&master::QUEUE_FIRST).is_some_and(|queue| queue.valid) {
        master::QUEUE_FIRST
    } else {
        settings.mail_rules.postmaster_queue_id
    }
}

/// Other desks that marked one of the newest mails.
async fn foreign_desks(mailbox: &mut docket_mail::imap::Mailbox, own: &str) -> Vec<String> {
    let Ok(overview) = mailbox.overview().await else { return Vec::new() };
    let from = overview.uid_next.saturating_sub(500).max(1);
    let Ok(uids) = mailbox.search(docket_mail::imap::Since::Uid(from)).await else { return Vec::new() };
    let meta = mailbox.fetch_meta(&uids).await.unwrap_or_default();
    let mut desks: Vec<String> = meta.iter().flat_map(|meta| docket_mail::imap::foreign_desks(&meta.flags, own)).collect();
    desks.sort();
    desks.dedup();
    desks
}
