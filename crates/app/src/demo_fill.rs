//! Fills a desk with a believable past, quickly and reproducibly.
//!
//! The rows and events are the same that commands would have left, so `fold(events) == row` holds for them too; only the
//! jobs are left out, since nothing of it may ever be sent.

use std::collections::HashMap;

use docket_domain::{
    Actor, Address, AddressId, AgentId, Article, ArticleId, Channel, Customer, Delivery, Direction, Event, EventBody, QueueId, Sender,
    StateId, Ticket, TicketId, apply, article::Attachment, master, number, settings::Kind,
};
use docket_store::{article, customer, event, ticket};
use serde_json::json;

use crate::{
    app::App,
    auto_reply::message_id,
    clock::new_id,
    demo::{self, DemoArticle, DemoSender, DemoState, DemoTicket, Generator},
    error::{Error, Result},
    submit::{Work, index, preview},
    wire::{Progress, Setup},
};

/// Tickets in one transaction.
const GROUP: usize = 250;
const HOUR: i64 = 3_600_000;

/// What the generator's names mean on this desk.
struct Cast {
    agents: Vec<AgentId>,
    queues: HashMap<&'static str, QueueId>,
    sender: (AddressId, Address),
}

impl App {
    /// Fills the desk with `tickets` tickets that are the same for the same seed; `told` hears how far it is.
    pub async fn fill(&self, tickets: u64, seed: u64, language: &str, told: impl Fn(u64, u64)) -> Result<()> {
        let now = self.now();
        let zone = self.settings().desk.time_zone.clone();
        let all = Generator::new(seed, now, &zone).desk_language(language).in_order(tickets);
        self.play(all, tickets, language, told).await
    }

    /// Makes this the small desk to look around in; goes on in the background.
    pub async fn setup_demo(&self, language: Option<String>) -> Result<()> {
        if self.settings().desk.ready {
            return Err(Error::Stale);
        }
        if self.setup_progress().running {
            return Ok(());
        }
        let language = language.unwrap_or_else(|| self.settings().desk.language.clone());
        let zone = self.settings().desk.time_zone.clone();
        let tickets = Generator::look_around(&language, self.now(), &zone);
        let total = tickets.len() as u64;
        self.0.progress.send_replace(Progress { running: true, done: 0, total });
        let app = self.clone();
        tokio::spawn(async move {
            let tell = app.clone();
            let played = app
                .play(tickets.into_iter(), total, &language, move |done, total| {
                    tell.0.progress.send_replace(Progress { running: true, done, total });
                })
                .await;
            if let Err(error) = played {
                tracing::error!(?error, "filling the demo desk failed");
            }
            app.0.progress.send_replace(Progress { running: false, done: total, total });
        });
        Ok(())
    }

    async fn play(&self, tickets: impl Iterator<Item = DemoTicket>, total: u64, language: &str, told: impl Fn(u64, u64)) -> Result<()> {
        let mut work = self.work().await?;
        let cast = work.cast(language).await?;
        self.finish(work).await?;
        self.reload().await?;
        let mut done = 0;
        let mut tickets = tickets.peekable();
        while tickets.peek().is_some() {
            let group: Vec<DemoTicket> = tickets.by_ref().take(GROUP).collect();
            let files = self.keep_demo_files(&group).await?;
            let mut work = self.work().await?;
            for demo in &group {
                work.stage(demo, &cast, &files).await?;
            }
            self.finish(work).await?;
            done += group.len() as u64;
            told(done, total);
        }
        let mut work = self.work().await?;
        work.open_doors(&cast, language).await?;
        self.finish(work).await?;
        self.reload().await?;
        if total > 1_000 {
            self.0.db.settle().await?;
        }
        Ok(())
    }

    async fn keep_demo_files(&self, group: &[DemoTicket]) -> Result<HashMap<String, String>> {
        let mut keys = HashMap::new();
        for (_, _, bytes) in group.iter().flat_map(|demo| &demo.articles).filter_map(|article| article.attachment.as_ref()) {
            let known = docket_store::blob::key(bytes);
            if let std::collections::hash_map::Entry::Vacant(place) = keys.entry(known) {
                place.insert(self.0.blobs.put(bytes.clone(), self.now()).await?);
            }
        }
        Ok(keys)
    }
}

impl Work {
    /// Agents, queues and the sender address of the demo desk; those that exist by name are taken.
    async fn cast(&mut self, language: &str) -> Result<Cast> {
        if !self.settings.desk.ready {
            let first = &demo::agents()[0];
            let setup = Setup {
                desk_name: demo::DESK.into(),
                your_name: first.name.into(),
                your_email: first.email.into(),
                queue_name: String::new(),
                language: language.into(),
                time_zone: String::new(),
                mailbox: None,
            };
            self.begin_desk(&setup).await?;
            // Ready only once it is filled, so that nobody looks at half of it.
            self.set_ready(false).await?;
        }
        let mut agents = Vec::new();
        for agent in demo::agents() {
            let known = self.settings.agents.iter().find(|(_, a)| a.email == agent.email || a.login == agent.login).map(|(id, _)| *id);
            agents.push(match known {
                Some(id) => id,
                None => {
                    let document = json!({ "login": agent.login, "name": agent.name, "email": agent.email, "admin": agent.admin, "valid": true, "read_before": self.now });
                    let id = new_id();
                    self.save_record(Kind::Agent, id, 0, &document, "Docket").await?;
                    AgentId(id)
                }
            });
        }
        let mut queues = HashMap::from([("Junk", master::QUEUE_JUNK)]);
        for name in demo::queues(language) {
            let known = self.settings.queues.iter().find(|(_, queue)| queue.name == *name).map(|(id, _)| *id);
            let id = match known {
                Some(id) => id,
                None => self.demo_queue(name).await?,
            };
            queues.insert(*name, id);
        }
        let sender = self.demo_sender(queues.values().next().copied()).await?;
        Ok(Cast { agents, queues, sender })
    }

    async fn demo_queue(&mut self, name: &str) -> Result<QueueId> {
        let mut document = serde_json::to_value(&self.settings.queues[&master::QUEUE_FIRST]).map_err(anyhow::Error::from)?;
        document["name"] = json!(name);
        let id = new_id();
        self.save_record(Kind::Queue, id, 0, &document, "Docket").await?;
        Ok(QueueId(id))
    }

    async fn demo_sender(&mut self, queue: Option<QueueId>) -> Result<(AddressId, Address)> {
        if let Some((id, address)) = self.settings.addresses.iter().find(|(_, address)| address.valid) {
            return Ok((*id, Address { name: Some(address.name.clone()), address: address.email.clone() }));
        }
        let domain = demo::agents()[0].email.rsplit_once('@').map_or("desk.example", |(_, domain)| domain);
        let email = format!("support@{domain}");
        let queue = queue.unwrap_or(master::QUEUE_FIRST);
        let id = new_id();
        let document = json!({ "name": demo::DESK, "email": email, "queue_id": queue, "valid": true });
        self.save_record(Kind::Address, id, 0, &document, "Docket").await?;
        Ok((AddressId(id), Address { name: Some(demo::DESK.into()), address: email }))
    }

    async fn set_ready(&mut self, ready: bool) -> Result<()> {
        let mut desk = serde_json::to_value(&self.settings.desk).map_err(anyhow::Error::from)?;
        desk["ready"] = json!(ready);
        let version = self.version(Kind::Desk, master::DESK);
        self.save_record(Kind::Desk, master::DESK, version, &desk, "Docket").await?;
        Ok(())
    }

    /// What is older than a day counts as read, and the desk opens.
    async fn open_doors(&mut self, cast: &Cast, _language: &str) -> Result<()> {
        for id in &cast.agents {
            let Some(record) = self.settings.records.get(&(Kind::Agent, id.0)).cloned() else { continue };
            let mut document = record.document.clone();
            document["read_before"] = json!(self.now - 20 * HOUR);
            self.save_record(Kind::Agent, id.0, record.version, &document, "Docket").await?;
        }
        if !self.settings.desk.ready {
            self.set_ready(true).await?;
        }
        Ok(())
    }

    /// Puts one ticket with its whole past into the desk.
    async fn stage(&mut self, demo: &DemoTicket, cast: &Cast, files: &HashMap<String, String>) -> Result<()> {
        let mut stage = Stage { ticket: Ticket::blank(TicketId(new_id())), events: Vec::new(), articles: Vec::new(), files: Vec::new() };
        let number = self.demo_number(demo.created_at).await?;
        let queue = cast.queues.get(demo.queue).copied().unwrap_or(master::QUEUE_FIRST);
        stage.open(demo, number, queue);
        for (place, told) in demo.articles.iter().enumerate() {
            self.tell(&mut stage, demo, told, place, cast, files);
        }
        stage.close(demo, cast);
        let seq = self.tx.next_seq();
        event::insert(&mut self.tx, stage.ticket.id, &stage.events, seq).await?;
        let text = stage.articles.last().map(|article| preview(&article.text)).unwrap_or_default();
        let index = ticket::Index { article: Some((text, !stage.files.is_empty())), ..index(&self.settings, &stage.ticket) };
        ticket::save(&mut self.tx, &stage.ticket, &index, seq, true).await?;
        for article in &stage.articles {
            article::insert(&mut self.tx, article, seq).await?;
            if let Some(id) = &article.message_id {
                let ours = article.direction == Some(Direction::Outbound);
                article::refer(&mut self.tx, id, stage.ticket.id, Some(article.id), ours).await?;
            }
        }
        for file in &stage.files {
            article::attach(&mut self.tx, file).await?;
        }
        let contact = customer::Customer {
            key: demo.customer.address.to_lowercase(),
            address: demo.customer.address.clone(),
            name: demo.customer.name.clone(),
            company: demo.customer.company.clone().unwrap_or_default(),
            phone: demo.customer.phone.clone(),
            note: String::new(),
            seen_at: demo.changed_at(),
        };
        Ok(customer::note(&mut self.tx, &contact).await?)
    }

    async fn demo_number(&mut self, at: i64) -> Result<String> {
        let desk = self.settings.desk.clone();
        let day = number::day(at, &desk.time_zone);
        let count = self.tx.count(&number::counter(desk.number_generator, &day)).await?;
        Ok(number::format(desk.number_generator, &desk.system_id, &day, count))
    }

    fn tell(&self, stage: &mut Stage, demo: &DemoTicket, told: &DemoArticle, place: usize, cast: &Cast, files: &HashMap<String, String>) {
        let author = match told.sender {
            DemoSender::Agent(n) => cast.agents.get(n).copied(),
            DemoSender::Customer | DemoSender::System => None,
        };
        let actor = match (told.sender, author) {
            (DemoSender::Customer, _) => Actor::Customer { name: demo.customer.name.clone() },
            (_, Some(id)) => Actor::Agent { id },
            _ => Actor::System,
        };
        let direction = match told.channel {
            Channel::Internal => None,
            _ if told.inbound => Some(Direction::Inbound),
            _ => Some(Direction::Outbound),
        };
        let id = ArticleId(new_id());
        let leaves = told.channel == Channel::Email && direction == Some(Direction::Outbound);
        let sender = Sender::from(told.sender);
        stage.happen(
            told.at,
            &actor,
            EventBody::ArticleAdded { article: id, sender, channel: told.channel, direction, visible: told.visible, mail_waits: leaves },
        );
        if leaves {
            stage.happen(told.at, &Actor::System, EventBody::Sent { article: id, answers: author.is_some() });
        } else if sender == Sender::Customer && place > 0 {
            stage.happen(told.at, &actor, EventBody::FollowedUp { article: id });
        }
        let article = self.demo_article(stage, demo, told, id, author, direction, leaves, cast);
        if let Some((name, content_type, bytes)) = &told.attachment {
            let key = docket_store::blob::key(bytes);
            stage.files.push(Attachment {
                id: new_id().into(),
                article: id,
                ordinal: 0,
                name: name.clone(),
                content_type: (*content_type).into(),
                size: i64::try_from(bytes.len()).unwrap_or(0),
                sha256: files.get(&key).cloned().unwrap_or(key),
                inline: false,
                content_id: None,
            });
        }
        stage.articles.push(article);
    }

    #[expect(clippy::too_many_arguments, reason = "what an article is made of")]
    fn demo_article(
        &self,
        stage: &Stage,
        demo: &DemoTicket,
        told: &DemoArticle,
        id: ArticleId,
        author: Option<AgentId>,
        direction: Option<Direction>,
        leaves: bool,
        cast: &Cast,
    ) -> Article {
        let customer = Address { name: Some(demo.customer.name.clone()), address: demo.customer.address.clone() };
        let desk = cast.sender.1.clone();
        let mail = told.channel == Channel::Email;
        let (from, to) = match (mail, direction) {
            (true, Some(Direction::Inbound)) => (Some(customer), vec![desk]),
            (true, _) => (Some(desk), vec![customer]),
            (false, _) => {
                (author.map(|id| Address { name: Some(self.settings.agent_name(id).to_owned()), address: String::new() }), Vec::new())
            }
        };
        Article {
            id,
            ticket: stage.ticket.id,
            ordinal: stage.ticket.articles,
            sender: Sender::from(told.sender),
            channel: told.channel,
            direction,
            visible_to_customer: told.visible,
            author,
            from,
            to,
            cc: Vec::new(),
            bcc: Vec::new(),
            reply_to: Vec::new(),
            subject: told.subject.clone(),
            text: told.text.clone(),
            html: told.html.clone(),
            message_id: mail.then(|| message_id(&self.settings, &demo.customer.address)),
            references: Vec::new(),
            created_at: told.at,
            raw: None,
            delivery: leaves.then_some(Delivery::Sent),
            warnings: Vec::new(),
        }
    }
}

/// A ticket while its past is told.
struct Stage {
    ticket: Ticket,
    events: Vec<Event>,
    articles: Vec<Article>,
    files: Vec<Attachment>,
}

impl Stage {
    fn happen(&mut self, at: i64, actor: &Actor, body: EventBody) {
        let event = Event { ordinal: self.ticket.events + 1, at, device_at: None, actor: actor.clone(), device: None, body };
        apply(&mut self.ticket, &event);
        self.events.push(event);
    }

    fn open(&mut self, demo: &DemoTicket, number: String, queue: QueueId) {
        let customer = Customer { address: demo.customer.address.clone(), name: demo.customer.name.clone() };
        let actor = Actor::Customer { name: customer.name.clone() };
        let body = EventBody::Created {
            number,
            title: demo.title.clone(),
            queue,
            state: master::STATE_NEW,
            priority: master::priority(demo.priority),
            owner: None,
            locked: false,
            customer,
            pending_until: None,
        };
        self.happen(demo.created_at, &actor, body);
    }

    /// Owner, lock and state as they are today.
    fn close(&mut self, demo: &DemoTicket, cast: &Cast) {
        let at = demo.changed_at();
        let owner = demo.owner.and_then(|n| cast.agents.get(n).copied());
        let actor = owner.map_or(Actor::System, |id| Actor::Agent { id });
        if owner.is_some() {
            self.happen(at, &actor, EventBody::OwnerSet { from: None, to: owner });
        }
        if demo.locked {
            self.happen(at, &actor, EventBody::Locked);
        }
        let (to, pending_until): (StateId, Option<i64>) = match demo.state {
            DemoState::New => return,
            DemoState::Open => (master::STATE_OPEN, None),
            DemoState::PendingReminder { until } => (master::STATE_PENDING_REMINDER, Some(until)),
            DemoState::PendingAutoClose { until } => (master::STATE_PENDING_AUTO_CLOSE_PLUS, Some(until)),
            DemoState::ClosedSuccessful => (master::STATE_CLOSED_SUCCESSFUL, None),
            DemoState::ClosedUnsuccessful => (master::STATE_CLOSED_UNSUCCESSFUL, None),
        };
        self.happen(at, &actor, EventBody::StateChanged { from: master::STATE_NEW, to, pending_until, closes: demo.state.is_closed() });
    }
}
