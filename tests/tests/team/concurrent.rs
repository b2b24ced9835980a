//! Two at one ticket: each row of `docs/concurrent.md` is carried out, and its outcome is compared.

use docket_app::wire::{SubmitCommand, connection::EntryView};
use docket_domain::{AgentId, CommandId, ServiceId, ServiceLevelId, TicketId, TicketTypeId, master, settings::Kind};
use docket_tests::{
    dice::Dice,
    simulation::{Template, World},
};
use serde_json::{Value, json};

const TABLE: &str = include_str!("../../../docs/concurrent.md");
/// The desktop that is without network.
const BEN: usize = 1;

/// (mine, meanwhile, outcome)
fn rows() -> Vec<(&'static str, &'static str, &'static str)> {
    let cells = TABLE.lines().skip_while(|line| !line.starts_with("|---")).skip(1).filter(|line| line.starts_with('|'));
    cells
        .map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap())
        })
        .collect()
}

struct Row<'a> {
    world: &'a World,
    dice: Dice,
    ticket: TicketId,
    number: String,
    other: TicketId,
}

impl Row<'_> {
    async fn mail(&mut self, subject: &str) -> TicketId {
        let raw = format!(
            "From: Petra <petra@customer.test>\r\nTo: support@desk.test\r\nSubject: {subject}\r\nMessage-ID: <{}@customer.test>\r\n\r\nHelp.\r\n",
            self.dice.throw()
        );
        let outcome = self.world.server.ingest(raw.into_bytes()).await.unwrap();
        self.world.server.ticket_id(self.world.agents[0], &outcome.ticket.unwrap()).await.unwrap()
    }

    /// The command that a few words stand for.
    fn body(&mut self, words: &str) -> Value {
        let agents = &self.world.agents;
        let agent = |name: &str| if name == "ben" { agents[1] } else { agents[2] };
        let article = self.dice.id();
        let reply =
            |to: &str, kind: &str| json!({ "type": kind, "article_id": article, "to": [to], "text": "Words.", "delay_seconds": 3600 });
        match words.split(' ').collect::<Vec<_>>()[..] {
            ["priority", rank] => json!({ "type": "set_priority", "priority_id": master::priority(rank.parse().unwrap()) }),
            ["title", title] => json!({ "type": "set_title", "title": title }),
            ["customer", name] => json!({ "type": "set_customer", "address": format!("{name}@customer.test"), "name": name }),
            ["type", name] => json!({ "type": "set_type", "type_id": if name == "request" { REQUEST } else { master::TYPE_UNCLASSIFIED } }),
            ["service", "printing"] => json!({ "type": "set_service", "service_id": PRINTING }),
            ["service", "mail"] => json!({ "type": "set_service", "service_id": MAIL }),
            ["level", "gold"] => json!({ "type": "set_service_level", "service_level_id": GOLD }),
            ["level", "silver"] => json!({ "type": "set_service_level", "service_level_id": SILVER }),
            ["acknowledge"] => json!({ "type": "acknowledge" }),
            ["responsible", name] => json!({ "type": "set_responsible", "agent_id": agent(name) }),
            ["owner", name] => json!({ "type": "set_owner", "owner_id": agent(name) }),
            ["close"] => json!({ "type": "set_state", "state_id": master::STATE_CLOSED_SUCCESSFUL }),
            ["open"] => json!({ "type": "set_state", "state_id": master::STATE_OPEN }),
            ["pending"] => json!({
                "type": "set_state", "state_id": master::STATE_PENDING_REMINDER, "pending_until": self.world.server.now() + 86_400_000,
            }),
            ["move", "misc"] => json!({ "type": "move", "queue_id": master::QUEUE_MISC }),
            ["move", "raw"] => json!({ "type": "move", "queue_id": master::QUEUE_RAW }),
            ["lock"] => json!({ "type": "lock" }),
            ["take"] => json!({ "type": "take" }),
            ["take", "over"] => json!({ "type": "take", "over": true }),
            ["take", "along"] => json!({ "type": "take_along" }),
            ["note"] => json!({ "type": "note", "article_id": article, "text": "Words." }),
            ["note", "and", "close"] => {
                json!({ "type": "note", "article_id": article, "text": "Words.", "state_id": master::STATE_CLOSED_SUCCESSFUL })
            }
            ["call"] => json!({ "type": "phone_call", "article_id": article, "direction": "inbound", "text": "Words." }),
            ["reply"] => reply("petra@customer.test", "reply"),
            ["forward"] => reply("expert@maker.test", "forward"),
            ["watch"] => json!({ "type": "watch" }),
            ["link"] => json!({ "type": "link", "ticket_id": self.other }),
            ["merge"] => json!({ "type": "merge", "into": self.other }),
            ["junk"] => json!({ "type": "junk" }),
            _ => panic!("what is {words}?"),
        }
    }

    async fn meanwhile(&mut self, words: &str) {
        let ana = self.world.agents[0];
        match words {
            "nothing" => {}
            "customer mail" => drop(self.mail(&format!("Re: [Ticket#{}] Printer", self.number.clone())).await),
            "lost right" => self.grant(self.world.agents[BEN], json!([])).await,
            "opposite merge" => {
                let body = serde_json::from_value(json!({ "type": "merge", "into": self.ticket })).unwrap();
                self.world.server.command(ana, self.other, SubmitCommand { id: CommandId(self.dice.id()), body }).await.unwrap();
            }
            words => {
                let body = self.body(words);
                let body = serde_json::from_value(body).unwrap();
                let command = SubmitCommand { id: CommandId(self.dice.id()), body };
                self.world.server.command(ana, self.ticket, command).await.unwrap();
            }
        }
    }

    async fn grant(&self, agent: AgentId, rights: Value) {
        let settings = self.world.server.settings();
        let record = settings.records[&(Kind::Agent, agent.0)].clone();
        let mut document = record.document.clone();
        document["grants"] = json!({ master::GROUP_USERS.to_string(): rights });
        let save = docket_app::wire::SaveRecord { version: record.version, document };
        self.world.server.save_record(self.world.agents[0], Kind::Agent, agent.0, save).await.unwrap();
    }
}

const REQUEST: TicketTypeId = TicketTypeId::fixed(80, 1);
const PRINTING: ServiceId = ServiceId::fixed(81, 1);
const MAIL: ServiceId = ServiceId::fixed(81, 2);
const GOLD: ServiceLevelId = ServiceLevelId::fixed(82, 1);
const SILVER: ServiceLevelId = ServiceLevelId::fixed(82, 2);

/// What there is to choose, and a promise on every ticket of the first queue.
async fn promises(world: &World) {
    let named = |name: &str| json!({ "name": name });
    let promise = json!([{ "measure": "solution", "minutes": 600_000 }]);
    let level = |name: &str| json!({ "name": name, "promises": promise.clone() });
    for (kind, id, document) in [
        (Kind::TicketType, REQUEST.0, named("Request")),
        (Kind::Service, PRINTING.0, named("Printing")),
        (Kind::Service, MAIL.0, named("Mail")),
        (Kind::ServiceLevel, GOLD.0, level("Gold")),
        (Kind::ServiceLevel, SILVER.0, level("Silver")),
    ] {
        let save = docket_app::wire::SaveRecord { version: 0, document };
        world.server.save_record(world.agents[0], kind, id, save).await.unwrap();
    }
}

/// What the outbox says of a command once it was pushed.
async fn outcome(world: &World, id: CommandId) -> String {
    let bundles = world.desktops[BEN].app.outbox_entries().await.unwrap();
    let entries: Vec<EntryView> = bundles.into_iter().flat_map(|bundle| bundle.entries).collect();
    let answer = entries.into_iter().find(|entry| entry.id == id).and_then(|entry| entry.answer).expect("it was answered");
    [Some(answer.outcome), answer.code].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn each_pair_of_commands_ends_as_the_table_says() {
    let template = Template::make().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::begin(&template, folder.path(), 7).await.unwrap();
    promises(&world).await;
    let ben = &world.desktops[BEN];
    let mut faults = Vec::new();
    let mut dice = Dice::new(11);
    assert!(rows().len() >= 50, "{} rows", rows().len());
    for (mine, theirs, expected) in rows() {
        let mut row =
            Row { world: &world, dice: dice.part(), ticket: TicketId(dice.id()), number: String::new(), other: TicketId(dice.id()) };
        row.other = row.mail("Another printer").await;
        row.ticket = row.mail("Printer").await;
        row.number = world.server.ticket(world.agents[0], row.ticket).await.unwrap().row.number;
        settle(&world).await;
        let (id, body) = (CommandId(row.dice.id()), row.body(mine));
        let body = serde_json::from_value(body).unwrap();
        ben.app.command(ben.agent, row.ticket, SubmitCommand { id, body }).await.unwrap_or_else(|error| panic!("{mine}: {error}"));
        row.meanwhile(theirs).await;
        ben.app.push_outbox(&ben.line).await.unwrap();
        let came = outcome(&world, id).await;
        if came != expected {
            faults.push(format!("{mine} | {theirs}: {came}, not {expected}"));
        }
        row.grant(ben.agent, json!(["rw"])).await;
        for bundle in ben.app.outbox_entries().await.unwrap() {
            for entry in bundle.entries.iter().filter(|entry| ["refused", "proposed"].contains(&entry.state.as_str())) {
                ben.app.decide_entry(entry.id, "discard").await.unwrap();
            }
        }
    }
    world.close().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Ben's laptop has all that the server has.
async fn settle(world: &World) {
    let ben = &world.desktops[BEN];
    loop {
        let pulled = ben.app.pull(&ben.line).await.unwrap();
        let filled = ben.app.first_step(&ben.line).await.unwrap();
        let pushed = ben.app.push_outbox(&ben.line).await.unwrap();
        if !pulled.more && !filled && pulled.tickets == 0 && pushed.answered == 0 {
            return;
        }
    }
}
