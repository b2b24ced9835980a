//! How a ticket goes: who writes when, what they say, and how it ends.

use std::sync::LazyLock;

use chrono::Timelike;
use docket_domain::Channel;

use super::{
    DemoArticle, DemoFile, DemoPerson, DemoSender, DemoState, DemoTicket, Generator,
    facts::Facts,
    files,
    markup::{capital, html},
    people::{self, AGENTS, DESK},
    rng::Rng,
    texts_de::GERMAN,
    texts_en::ENGLISH,
    topics::{Phrases, Place, Topic},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A ticket has at most this many articles.
const MOST: usize = 8;
/// Customers beyond those of the small desk's reach write rarely; this many exist.
const CUSTOMERS: u64 = 20_000;

static SCREENSHOTS: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| [0, 1, 2, 3].map(files::screenshot));

/// Tells the ticket that was opened at `created_at`.
pub(super) fn tell(world: &Generator, created_at: i64, mut dice: Rng) -> DemoTicket {
    let person = customer(world, &mut dice);
    let phrases = if person.german { &GERMAN } else { &ENGLISH };
    let topic = topic(phrases, &mut dice);
    let agent = agent_for(topic.place, &mut dice);
    let facts = Facts { seed: dice.next(), german: person.german, person: &person, agent, created_at, zone: world.zone };
    let matter = dice.below(topic.problem.len() as u64) as usize;
    let title = facts.text(topic.subjects[matter % topic.subjects.len()]);
    let scene =
        Scene { world, phrases, topic, matter, facts, agent, title, at: created_at, articles: Vec::with_capacity(4), own: String::new() };
    let fate = fate(world.now - created_at, &mut dice);
    let (state, owner, articles, title) = scene.play(fate, &mut dice);
    let locked = owner.is_some() && !state.is_closed() && dice.chance(70);
    let queue = topic.place.queue(world.german_desk);
    let priority = priority(topic.place, &mut dice);
    DemoTicket { queue, title, created_at, state, priority, owner, locked, articles, customer: person }
}

/// Few customers write often, many seldom.
fn customer(world: &Generator, dice: &mut Rng) -> DemoPerson {
    loop {
        let most = dice.below(CUSTOMERS) + 1;
        let id = dice.below(most);
        let person = people::customer(world.seed, id);
        if world.only.is_none_or(|german| person.german == german) {
            return person;
        }
    }
}

fn topic(phrases: &'static Phrases, dice: &mut Rng) -> &'static Topic {
    let mut left = dice.below(phrases.topics.iter().map(|topic| topic.weight).sum());
    for topic in phrases.topics {
        match left.checked_sub(topic.weight) {
            Some(rest) => left = rest,
            None => return topic,
        }
    }
    &phrases.topics[0]
}

/// Everyone does a bit of everything, and more of what they know.
fn agent_for(place: Place, dice: &mut Rng) -> usize {
    let expert = match place {
        Place::Hardware | Place::Network => 1,
        Place::Accounts | Place::Security | Place::Software | Place::Desk => 0,
        Place::Billing | Place::Reminders => 2,
        Place::Logistics | Place::Returns | Place::Customers | Place::Junk => 3,
    };
    if dice.chance(65) { expert } else { dice.below(AGENTS.len() as u64) as usize }
}

fn priority(place: Place, dice: &mut Rng) -> u16 {
    let urgent = matches!(place, Place::Security | Place::Desk);
    match dice.below(100) {
        0..=1 => 1,
        2..=8 => 2,
        9..=79 if !urgent => 3,
        9..=54 => 3,
        55..=95 => 4,
        _ => 5,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Closed,
    Open,
    New,
    Pending,
}

/// Whether a ticket of that age is still open: together about six of a hundred.
fn fate(age: i64, dice: &mut Rng) -> Fate {
    let open_permille = match age / DAY {
        ..2 => 900,
        2..7 => 750,
        7..21 => 600,
        21..60 => 450,
        60..180 => 100,
        180..365 => 20,
        _ => 3,
    };
    if dice.below(1000) >= open_permille {
        return Fate::Closed;
    }
    match dice.below(100) {
        0..=24 => Fate::New,
        25..=69 => Fate::Open,
        _ => Fate::Pending,
    }
}

/// One ticket while it is told.
struct Scene<'a> {
    world: &'a Generator,
    phrases: &'static Phrases,
    topic: &'static Topic,
    matter: usize,
    facts: Facts<'a>,
    agent: usize,
    title: String,
    at: i64,
    articles: Vec<DemoArticle>,
    /// The last mail without what it quoted, for the next to quote.
    own: String,
}

impl Scene<'_> {
    fn play(mut self, fate: Fate, dice: &mut Rng) -> (DemoState, Option<usize>, Vec<DemoArticle>, String) {
        self.first(dice);
        if self.topic.place == Place::Junk {
            return (DemoState::ClosedUnsuccessful, None, self.articles, self.title);
        }
        let (state, owner) = match fate {
            Fate::New => {
                if dice.chance(15) {
                    self.customer(self.phrases.nudge, 20 * HOUR, dice);
                }
                (DemoState::New, None)
            }
            Fate::Closed => self.closed(dice),
            Fate::Open => {
                self.half_way(dice);
                (DemoState::Open, dice.chance(75).then_some(self.agent))
            }
            Fate::Pending => {
                let asked = self.ask(dice) || self.answer(dice);
                let until = self.world.now + dice.between(1, 9) as i64 * DAY - dice.below(30) as i64 * HOUR;
                let state = if dice.chance(70) { DemoState::PendingReminder { until } } else { DemoState::PendingAutoClose { until } };
                if asked { (state, Some(self.agent)) } else { (DemoState::New, None) }
            }
        };
        (state, owner, self.articles, self.title)
    }

    /// The story to its end, or as far as there was time for.
    fn closed(&mut self, dice: &mut Rng) -> (DemoState, Option<usize>) {
        let mut answered = false;
        if dice.chance(7) {
            if self.note(self.phrases.closing_note, dice) {
                return (DemoState::ClosedUnsuccessful, Some(self.agent));
            }
        } else {
            if dice.chance(20) {
                self.note(self.notes(), dice);
            }
            if dice.chance(30) && self.ask(dice) {
                self.more(dice);
            }
            answered = self.answer(dice);
            if answered && dice.chance(14) && self.still(dice) {
                answered = self.answer_again(dice);
            }
        }
        if !answered {
            return if self.articles.len() == 1 { (DemoState::New, None) } else { (DemoState::Open, Some(self.agent)) };
        }
        if dice.chance(28) {
            self.customer(self.phrases.thanks, 20 * HOUR, dice);
        }
        let state = if dice.chance(93) { DemoState::ClosedSuccessful } else { DemoState::ClosedUnsuccessful };
        (state, Some(self.agent))
    }

    fn half_way(&mut self, dice: &mut Rng) {
        if dice.chance(45) {
            self.note(self.notes(), dice);
        }
        if dice.chance(60) && self.ask(dice) {
            self.more(dice);
        } else if dice.chance(40) && self.answer(dice) {
            self.still(dice);
        }
    }

    /// The mail or call that opens the ticket, and perhaps the acknowledgement.
    fn first(&mut self, dice: &mut Rng) {
        let p = self.phrases;
        let mut body = String::with_capacity(900);
        let call = self.topic.place != Place::Junk && dice.chance(14);
        if call {
            self.facts.fill(dice.pick(p.called), &mut body);
            body.push_str("\n\n");
        } else if dice.chance(30) {
            self.facts.fill(dice.pick(p.opening), &mut body);
            body.push('\n');
        }
        let problem = self.facts.text(self.topic.problem[self.matter]);
        body.push_str(&self.sentence(problem, call || !body.is_empty() && !self.facts.german));
        for (percent, lines, gap) in [(70, self.topic.detail, " "), (35, p.pressure, "\n\n"), (55, p.please, "\n"), (12, p.log, "\n\n    ")]
        {
            if dice.chance(percent) {
                body.push_str(gap);
                self.facts.fill(dice.pick(lines), &mut body);
            }
        }
        if call {
            let agent = DemoSender::Agent(self.agent);
            let subject = self.title.clone();
            self.push(DemoArticle { channel: Channel::Phone, inbound: true, ..self.article(agent, subject, capital(&body)) });
            return;
        }
        let text = self.letter(&body, dice);
        let html = dice.chance(30).then(|| html(&text));
        let attachment = self.promised(&text).or_else(|| self.attachment(dice));
        let article = self.article(DemoSender::Customer, self.title.clone(), text);
        self.push(DemoArticle { inbound: true, html, attachment, ..article });
        if self.topic.place != Place::Junk && dice.chance(15) {
            self.acknowledge();
        }
    }

    fn acknowledge(&mut self) {
        let (subject, text) = self.phrases.acknowledged;
        let subject = format!("{subject}: {}", self.title);
        let own = std::mem::take(&mut self.own);
        let article = self.article(DemoSender::System, subject, self.facts.text(text));
        self.push(article);
        self.own = own;
    }

    /// What only the desk sees.
    fn note(&mut self, lines: &[&str], dice: &mut Rng) -> bool {
        if lines.is_empty() || !self.later(dice.between(10, 300) as i64 * MINUTE, dice, true) {
            return false;
        }
        let author = if dice.chance(75) { self.agent } else { dice.below(AGENTS.len() as u64) as usize };
        let own = std::mem::take(&mut self.own);
        let article = self.article(DemoSender::Agent(author), String::new(), self.facts.text(dice.pick(lines)));
        self.push(DemoArticle { channel: Channel::Internal, visible: false, ..article });
        self.own = own;
        true
    }

    fn notes(&self) -> &'static [&'static str] {
        self.topic.note
    }

    /// The question that belongs to the matter.
    fn ask(&mut self, dice: &mut Rng) -> bool {
        let line = self.fitting(self.topic.ask);
        line.is_some_and(|line| self.agent_mail(line, &[], dice))
    }

    fn more(&mut self, dice: &mut Rng) -> bool {
        let line = self.fitting(self.topic.more);
        line.is_some_and(|line| self.customer(&[line], 30 * HOUR, dice))
    }

    fn answer(&mut self, dice: &mut Rng) -> bool {
        let line = self.topic.answer.get(self.matter).copied();
        line.is_some_and(|line| self.agent_mail(line, self.phrases.agent_ending, dice))
    }

    /// Machines fail twice.
    fn still(&mut self, dice: &mut Rng) -> bool {
        self.topic.place.is_about_machines() && self.customer(self.phrases.still, 26 * HOUR, dice)
    }

    fn answer_again(&mut self, dice: &mut Rng) -> bool {
        let line = dice.pick(self.phrases.again);
        self.agent_mail(line, self.phrases.agent_ending, dice)
    }

    /// Questions are fewer than matters: the first half of the matters has the first question.
    fn fitting(&self, lines: &'static [&'static str]) -> Option<&'static str> {
        lines.get(self.matter * lines.len() / self.topic.problem.len()).copied()
    }

    fn agent_mail(&mut self, line: &str, endings: &[&str], dice: &mut Rng) -> bool {
        let wait = dice.between(6, 90) as i64 * dice.between(1, 12) as i64 * MINUTE;
        if !self.later(wait, dice, true) {
            return false;
        }
        let p = self.phrases;
        let mut text = String::with_capacity(1600);
        self.facts.fill(dice.pick(p.dear), &mut text);
        text.push_str("\n\n");
        let opened = dice.chance(45);
        if opened {
            let opening = self.facts.text(dice.pick(p.agent_opening));
            text.push_str(&self.sentence(opening, false));
            text.push(' ');
        }
        let line = self.facts.text(line);
        text.push_str(&self.sentence(line, opened));
        if !endings.is_empty() && dice.chance(60) {
            text.push_str("\n\n");
            self.facts.fill(dice.pick(endings), &mut text);
        }
        text.push_str("\n\n");
        text.push_str(dice.pick(p.agent_bye));
        text.push('\n');
        text.push_str(AGENTS[self.agent].name);
        text.push_str("\n\n-- \n");
        text.push_str(DESK);
        self.reply(DemoSender::Agent(self.agent), text, None);
        true
    }

    fn customer(&mut self, lines: &[&str], within: i64, dice: &mut Rng) -> bool {
        if !self.later(dice.between(15, (within / MINUTE) as u64) as i64 * MINUTE, dice, false) {
            return false;
        }
        let body = self.facts.text(dice.pick(lines));
        let text = self.letter(&body, dice);
        let html = dice.chance(25).then_some(());
        self.reply(DemoSender::Customer, text, html);
        true
    }

    /// A customer's letter around `body`.
    fn letter(&self, body: &str, dice: &mut Rng) -> String {
        let p = self.phrases;
        let mut text = String::with_capacity(body.len() + 300);
        self.facts.fill(dice.pick(p.hello), &mut text);
        text.push_str("\n\n");
        text.push_str(&self.sentence(body.to_owned(), false));
        text.push_str("\n\n");
        text.push_str(dice.pick(p.bye));
        text.push('\n');
        self.facts.fill("{name}", &mut text);
        if let Some(company) = self.facts.person.company.as_deref().filter(|_| dice.chance(70)) {
            text.push_str("\n\n-- \n");
            text.push_str(company);
            self.facts.fill(" | {town4} | {myphone}", &mut text);
        }
        text
    }

    /// A sentence after a greeting, or `fresh` after a full stop: after the comma of a greeting German goes on in lower case.
    fn sentence(&self, text: String, fresh: bool) -> String {
        if fresh || !self.facts.german { capital(&text) } else { text }
    }

    /// A mail that answers the last one and quotes it.
    fn reply(&mut self, sender: DemoSender, text: String, html_too: Option<()>) {
        let own = text.clone();
        let mut whole = text;
        self.quote(&mut whole);
        let inbound = sender == DemoSender::Customer;
        let re = if self.facts.german { "AW" } else { "Re" };
        let subject = format!("{}: {}", if inbound { re } else { "Re" }, self.title);
        let html = html_too.map(|()| html(&whole));
        let attachment = self.promised(&own);
        let article = self.article(sender, subject, whole);
        self.push(DemoArticle { inbound, html, attachment, ..article });
        self.own = own;
    }

    fn quote(&self, out: &mut String) {
        let last = self.articles.iter().rev().find(|article| article.channel == Channel::Email && article.sender != DemoSender::System);
        let Some(last) = last else { return };
        let who = match last.sender {
            DemoSender::Agent(agent) => AGENTS[agent].name,
            DemoSender::Customer | DemoSender::System => &self.facts.person.name,
        };
        let (on, at, wrote) = self.phrases.quote;
        let form = if self.facts.german { "%d.%m.%Y" } else { "%-d %b %Y" };
        let when = self.facts.local(last.at);
        out.push_str(&format!("\n\n{on}{}{at}{} {who}{wrote}\n", when.format(form), when.format("%H:%M")));
        for line in self.own.lines().take_while(|line| *line != "-- ") {
            out.push_str(if line.is_empty() { ">\n" } else { "> " });
            if !line.is_empty() {
                out.push_str(line);
                out.push('\n');
            }
        }
        out.truncate(out.trim_end_matches(['\n', '>', ' ']).len());
    }

    /// Time passes; false where it would reach beyond now, or enough has been said.
    fn later(&mut self, wait: i64, dice: &mut Rng, in_the_office: bool) -> bool {
        let at = self.at + wait;
        let at = if in_the_office { self.world.calendar.office(at, dice) } else { self.awake(at) };
        if at >= self.world.now || self.articles.len() >= MOST {
            return false;
        }
        self.at = at;
        true
    }

    /// Customers sleep at night.
    fn awake(&self, at: i64) -> i64 {
        if (6..22).contains(&self.facts.local(at).hour()) { at } else { at + 9 * HOUR }
    }

    /// The file that a text speaks of.
    fn promised(&self, text: &str) -> Option<DemoFile> {
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if says(&["Photos are attached", "Fotos hängen an"]) {
            Some(("photo.png".to_owned(), "image/png", SCREENSHOTS[1].clone()))
        } else if says(&["attached", "hängt an", "here is your copy", "Here is your copy", "anbei", "Anbei"]) {
            Some(self.letterhead())
        } else {
            None
        }
    }

    fn letterhead(&self) -> DemoFile {
        let text = |text: &str| self.facts.text(text);
        let lines = ["{company}", "", "{invoice}   {date}", "{order}   {customerno}", "", "{n} x {sku}", "{hex}"];
        (text("{invoice}.pdf"), "application/pdf", files::letter(&lines.map(text)))
    }

    fn attachment(&self, dice: &mut Rng) -> Option<DemoFile> {
        let text = |text: &str| self.facts.text(text);
        match self.topic.place {
            Place::Billing | Place::Reminders | Place::Logistics if dice.chance(12) => Some(self.letterhead()),
            Place::Hardware | Place::Software | Place::Security | Place::Returns if dice.chance(7) => {
                let n = dice.below(4);
                Some((format!("screenshot-{}.png", n + 1), "image/png", SCREENSHOTS[n as usize].clone()))
            }
            Place::Network | Place::Desk | Place::Software if dice.chance(12) => {
                let log: Vec<String> = (0..dice.between(3, 9)).map(|_| text(dice.pick(self.phrases.log))).collect();
                Some((text("{host}.log"), "text/plain", log.join("\n").into_bytes()))
            }
            _ => None,
        }
    }

    fn article(&self, sender: DemoSender, subject: String, text: String) -> DemoArticle {
        let (channel, at) = (Channel::Email, self.at);
        DemoArticle { sender, channel, visible: true, inbound: false, at, subject, text, html: None, attachment: None }
    }

    fn push(&mut self, article: DemoArticle) {
        self.own.clone_from(&article.text);
        self.articles.push(article);
    }
}
