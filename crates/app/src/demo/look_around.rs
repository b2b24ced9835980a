//! The small desk to look around in: told by hand, plus a past that the generator tells.

use docket_domain::Channel;

use super::{
    DemoArticle, DemoFile, DemoPerson, DemoSender, DemoState, DemoTicket, Generator, files, look_it, look_trade,
    markup::{capital, html},
    people::{AGENTS, DESK},
    texts_de::GERMAN,
    texts_en::ENGLISH,
    topics::{Phrases, Place},
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const OPEN: usize = 40;
const CLOSED: usize = 20;

/// English and German.
pub(super) type Words = [&'static str; 2];

/// A ticket told by hand; moments are minutes before now.
pub(super) struct Story {
    pub place: Place,
    /// An index into [`PEOPLE`].
    pub who: usize,
    pub title: Words,
    pub state: State,
    pub priority: u16,
    pub owner: Option<usize>,
    pub lines: &'static [Line],
}

/// Where such a ticket stands.
#[derive(Clone, Copy)]
pub(super) enum State {
    New,
    Open,
    /// Open and locked.
    Locked,
    /// Rests for so many hours; less than none: its time has come.
    Reminder(i64),
    /// Closes by itself in so many hours.
    AutoClose(i64),
}

/// One article: who, how many minutes ago, what.
pub(super) enum Line {
    /// The customer, by mail.
    Mail(i64, Words),
    /// The same with a screenshot.
    Picture(i64, Words),
    /// The same with a document of that name.
    Letter(i64, &'static str, Words),
    /// An agent, by mail.
    Answer(usize, i64, Words),
    /// An agent, for colleagues.
    Note(usize, i64, Words),
    /// An agent about a call that came in.
    Call(usize, i64, Words),
}

/// Who they are: name and company in each language, address up to the dot before `example`.
type Someone = (Words, Words, Words, bool);

const PEOPLE: [Someone; 14] = [
    (
        ["Verity Cranmere", "Wiebke Rosenhauer"],
        ["Fairthwaite Instruments Ltd", "Rosenhauer Messtechnik GmbH"],
        ["fairthwaite-instruments", "rosenhauer-messtechnik"],
        true,
    ),
    (
        ["Barnaby Underhurst", "Hauke Lohweiler"],
        ["Underhurst Dairy", "Lohweiler Gartenbedarf"],
        ["underhurst-dairy", "lohweiler-garten"],
        false,
    ),
    (
        ["Priya Wetherstead", "Merle Fährkamp"],
        ["Wetherstead Marine Supplies", "Fährkamp Logistik GmbH"],
        ["wetherstead-marine", "faehrkamp-logistik"],
        true,
    ),
    (
        ["Hamish Pelgrave", "Rüdiger Grauwieser"],
        ["Pelgrave Joinery", "Grauwieser Möbel OHG"],
        ["pelgrave-joinery", "grauwieser-moebel"],
        false,
    ),
    (["Saoirse Dunmere", "Gesa Mühlbrecht"], ["Dunmere Press", "Mühlbrecht Verlag"], ["dunmere-press", "muehlbrecht-verlag"], true),
    (["Idris Caldshaw", "Malte Dornried"], ["Halmen", "Halmen"], ["halmen", "halmen"], false),
    (["Tabitha Elmcroft", "Corinna Thalstetter"], ["Halmen", "Halmen"], ["halmen", "halmen"], true),
    (["Kieran Whitlow", "Sönke Petzlinger"], ["Halmen", "Halmen"], ["halmen", "halmen"], false),
    (
        ["Lorna Norrbridge", "Annegret Küsterloher"],
        ["Norrbridge Optics Ltd", "Küsterloher Apparatebau AG"],
        ["norrbridge-optics", "kuesterloher-apparate"],
        true,
    ),
    (
        ["Samir Thorncombe", "Goran Zellinger"],
        ["Thorncombe Foods Ltd", "Zellinger Elektro eG"],
        ["thorncombe-foods", "zellinger-elektro"],
        false,
    ),
    (["Imogen Ashenfield", "Leonie Sandbrink"], ["Halmen", "Halmen"], ["halmen", "halmen"], true),
    (
        ["Magnus Birkwell", "Detlef Voskamp"],
        ["Birkwell Surveyors LLP", "Voskamp Steuerberatung"],
        ["birkwell-survey", "voskamp-steuer"],
        false,
    ),
    (
        ["Dervla Hatherside", "Swantje Neuenfeld"],
        ["Hatherside Textiles", "Neuenfeld Werkzeuge GmbH"],
        ["hatherside-textiles", "neuenfeld-werkzeuge"],
        true,
    ),
    (["Oswald Granwick", "Egon Kranmayr"], ["Granwick Freight", "Kranmayr & Söhne KG"], ["granwick-freight", "kranmayr-soehne"], false),
];

fn someone(who: usize, german: bool) -> DemoPerson {
    let (names, companies, domains, woman) = PEOPLE[who];
    let language = usize::from(german);
    let name = names[language];
    let local: Vec<String> = name.split(' ').map(super::people::ascii).collect();
    let phone = if german { format!("+49 30 23125 {:03}", 100 + who * 7) } else { format!("+44 20 7946 0{:03}", 100 + who * 7) };
    DemoPerson {
        name: name.to_owned(),
        address: format!("{}@{}.example", local.join("."), domains[language]),
        company: Some(companies[language].to_owned()),
        phone,
        german,
        woman,
    }
}

/// All tickets of the small desk, oldest first.
pub(super) fn tickets(german: bool, now: i64, time_zone: &str) -> Vec<DemoTicket> {
    let told = look_it::STORIES.iter().chain(look_trade::STORIES).map(|story| tell(story, german, now));
    let mut tickets: Vec<DemoTicket> = told.collect();
    let mut generator = Generator::new(20, now, time_zone).desk_language(if german { "de" } else { "en" });
    generator.only = Some(german);
    let (mut open, mut closed) = (OPEN.saturating_sub(tickets.len()), CLOSED);
    for ticket in generator.take(50_000) {
        let age = now - ticket.created_at;
        let room = match ticket.state {
            state if state.is_closed() && age < 60 * DAY => &mut closed,
            state if !state.is_closed() && age < 7 * DAY => &mut open,
            _ => continue,
        };
        if *room > 0 {
            *room -= 1;
            tickets.push(ticket);
        }
        if open + closed == 0 {
            break;
        }
    }
    tickets.sort_by_key(|ticket| ticket.created_at);
    tickets
}

fn tell(story: &Story, german: bool, now: i64) -> DemoTicket {
    let customer = someone(story.who, german);
    let title = story.title[usize::from(german)].to_owned();
    let hours = |hours: i64| now + hours * 60 * MINUTE;
    let (state, locked) = match story.state {
        State::New => (DemoState::New, false),
        State::Open => (DemoState::Open, false),
        State::Locked => (DemoState::Open, true),
        State::Reminder(rest) => (DemoState::PendingReminder { until: hours(rest) }, true),
        State::AutoClose(rest) => (DemoState::PendingAutoClose { until: hours(rest) }, false),
    };
    let mut teller = Teller { german, now, customer: &customer, title: &title, articles: Vec::new(), quote: None };
    story.lines.iter().for_each(|line| teller.line(line));
    let articles = teller.articles;
    let created_at = articles.first().map_or(now, |article| article.at);
    let queue = story.place.queue(german);
    DemoTicket { queue, title, created_at, state, priority: story.priority, owner: story.owner, locked, articles, customer }
}

struct Teller<'a> {
    german: bool,
    now: i64,
    customer: &'a DemoPerson,
    title: &'a str,
    articles: Vec<DemoArticle>,
    /// What the next mail quotes: who wrote it, and what.
    quote: Option<(String, String)>,
}

impl Teller<'_> {
    fn line(&mut self, line: &Line) {
        match line {
            Line::Mail(ago, words) => self.mail(*ago, words, None),
            Line::Picture(ago, words) => {
                let name = if self.german { "Bildschirmfoto.png" } else { "screenshot.png" };
                self.mail(*ago, words, Some((name.to_owned(), "image/png", files::screenshot(*ago as u64))));
            }
            Line::Letter(ago, name, words) => {
                let lines = [self.customer.company.clone().unwrap_or_default(), String::new(), self.title.to_owned(), (*name).to_owned()];
                self.mail(*ago, words, Some(((*name).to_owned(), "application/pdf", files::letter(&lines))));
            }
            Line::Answer(agent, ago, words) => self.answer(*agent, *ago, words),
            Line::Note(agent, ago, words) => self.inside(*agent, *ago, words, Channel::Internal),
            Line::Call(agent, ago, words) => self.inside(*agent, *ago, words, Channel::Phone),
        }
    }

    fn say(&self, words: &Words) -> &'static str {
        words[usize::from(self.german)]
    }

    fn phrases(&self) -> &'static Phrases {
        if self.german { &GERMAN } else { &ENGLISH }
    }

    fn mail(&mut self, ago: i64, words: &Words, attachment: Option<DemoFile>) {
        let p = self.phrases();
        let turn = (ago as usize) + self.articles.len();
        let hello = p.hello[turn % 4];
        let body = self.sentence(self.say(words));
        let (bye, name) = (p.bye[turn % p.bye.len()], &self.customer.name);
        let company = self.customer.company.as_deref().unwrap_or_default();
        let own = format!("{hello}\n\n{body}\n\n{bye}\n{name}\n\n-- \n{company} | {}", self.customer.phone);
        self.letter(DemoSender::Customer, ago, own, attachment);
    }

    fn answer(&mut self, agent: usize, ago: i64, words: &Words) {
        let name = match (self.german, self.customer.woman) {
            (true, true) => format!("Guten Tag Frau {}", self.customer.family()),
            (true, false) => format!("Guten Tag Herr {}", self.customer.family()),
            (false, _) => format!("Hello {}", self.customer.given()),
        };
        let body = self.sentence(self.say(words));
        let bye = self.phrases().agent_bye[0];
        let own = format!("{name},\n\n{body}\n\n{bye}\n{}\n\n-- \n{DESK}", AGENTS[agent].name);
        self.letter(DemoSender::Agent(agent), ago, own, None);
    }

    fn letter(&mut self, sender: DemoSender, ago: i64, own: String, attachment: Option<DemoFile>) {
        let mut text = own.clone();
        if let Some((who, earlier)) = &self.quote {
            let (_, _, wrote) = self.phrases().quote;
            let kept: Vec<String> =
                earlier.lines().take_while(|line| *line != "-- ").map(|line| format!("> {line}").trim_end().to_owned()).collect();
            let kept = kept.join("\n");
            text.push_str(&format!("\n\n{who}{wrote}\n{}", kept.trim_end_matches([' ', '>', '\n'])));
        }
        let who = match sender {
            DemoSender::Agent(agent) => AGENTS[agent].name,
            DemoSender::Customer | DemoSender::System => &self.customer.name,
        };
        self.quote = Some((who.to_owned(), own));
        let inbound = sender == DemoSender::Customer;
        let subject = if self.articles.is_empty() { self.title.to_owned() } else { format!("Re: {}", self.title) };
        let html = (inbound && ago % 2 == 0).then(|| html(&text));
        self.push(DemoArticle {
            sender,
            channel: Channel::Email,
            visible: true,
            inbound,
            at: self.at(ago),
            subject,
            text,
            html,
            attachment,
        });
    }

    fn inside(&mut self, agent: usize, ago: i64, words: &Words, channel: Channel) {
        let call = channel == Channel::Phone;
        let subject = if call { self.title.to_owned() } else { String::new() };
        self.push(DemoArticle {
            sender: DemoSender::Agent(agent),
            channel,
            visible: call,
            inbound: call,
            at: self.at(ago),
            subject,
            text: self.say(words).to_owned(),
            html: None,
            attachment: None,
        });
    }

    fn push(&mut self, article: DemoArticle) {
        self.articles.push(article);
    }

    fn at(&self, ago: i64) -> i64 {
        self.now - ago * MINUTE
    }

    fn sentence(&self, text: &str) -> String {
        if self.german { text.to_owned() } else { capital(text) }
    }
}
