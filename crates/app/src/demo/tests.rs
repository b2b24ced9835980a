use std::collections::{BTreeSet, HashSet};

use super::*;

const NOW: i64 = 1_795_251_600_000; // 2026-11-21T09:00:00Z
const ZONE: &str = "Europe/Berlin";

fn some(seed: u64, count: usize) -> Vec<DemoTicket> {
    Generator::new(seed, NOW, ZONE).take(count).collect()
}

fn all() -> impl Iterator<Item = DemoTicket> {
    let small = ["de", "en"].into_iter().flat_map(|language| Generator::look_around(language, NOW, ZONE));
    some(1, 3_000).into_iter().chain(Generator::new(2, NOW, ZONE).desk_language("de").in_order(2_000)).chain(small)
}

fn words(ticket: &DemoTicket) -> impl Iterator<Item = &str> {
    let texts = ticket.articles.iter().map(|article| article.text.as_str()).chain([ticket.title.as_str(), &ticket.customer.address]);
    texts.flat_map(|text| text.split(|c: char| c.is_whitespace() || ",;:()\"?!>".contains(c)))
}

#[test]
fn the_same_seed_tells_the_same() {
    assert_eq!(some(7, 300), some(7, 300));
    assert_ne!(some(7, 20), some(8, 20));
    assert_eq!(Generator::look_around("de", NOW, ZONE), Generator::look_around("de", NOW, ZONE));
}

#[test]
fn in_order_is_in_order() {
    let tickets: Vec<DemoTicket> = Generator::new(1, NOW, ZONE).in_order(5_000).collect();
    assert_eq!(tickets.len(), 5_000);
    assert!(tickets.is_sorted_by_key(|ticket| ticket.created_at));
    assert!(NOW - tickets[0].created_at > 1_000 * 86_400_000);
    assert!(Generator::new(1, NOW, ZONE).in_order(0).next().is_none());
}

/// A search over a desk is as hard as its vocabulary is wide: names, numbers and machines keep coming.
#[test]
fn the_vocabulary_grows_with_the_tickets() {
    let mut seen = HashSet::new();
    let mut sizes = Vec::new();
    for (n, ticket) in some(1, 8_000).iter().enumerate() {
        seen.extend(words(ticket).map(str::to_lowercase));
        if (n + 1) % 2_000 == 0 {
            sizes.push(seen.len());
        }
    }
    let grown: Vec<usize> = sizes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(grown.iter().all(|grown| *grown >= 2_000 * 3), "at least three new words a ticket: {sizes:?}");
}

#[test]
fn tickets_are_not_alike() {
    let tickets = some(1, 5_000);
    let texts: HashSet<&str> = tickets.iter().map(|ticket| ticket.articles[0].text.as_str()).collect();
    assert!(texts.len() > 4_990, "{}", texts.len());
}

#[test]
fn nobody_is_somebody_else() {
    let distinct = |field: fn(&DemoAgent) -> &'static str| agents().iter().map(field).collect::<HashSet<_>>().len();
    assert_eq!((distinct(|a| a.name), distinct(|a| a.login), distinct(|a| a.email)), (4, 4, 4));
    assert_eq!(agents().iter().filter(|agent| agent.admin).count(), 1);
}

/// RFC 2606: these domains are nobody's. Every address in any text must lie there.
#[test]
fn addresses_reach_nobody() {
    let reserved = |address: &str| {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap();
        domain.ends_with(".example") || ["example.org", "example.com", "example.net"].contains(&domain)
    };
    assert!(agents().iter().all(|agent| reserved(agent.email)));
    for ticket in all() {
        assert!(reserved(&ticket.customer.address), "{}", ticket.customer.address);
        assert!(docket_domain::Address::parse(&ticket.customer.address).is_some_and(|address| address.is_mailable()));
        for word in words(&ticket).filter(|word| word.contains('@')) {
            assert!(reserved(word.trim_end_matches('.')), "{word}");
        }
    }
}

#[test]
fn every_slot_is_filled() {
    for ticket in all() {
        let texts = ticket.articles.iter().flat_map(|article| [&article.text, &article.subject]).chain([&ticket.title]);
        for text in texts {
            assert!(!text.contains(['{', '}']), "{text}");
            assert!(!text.contains("\n\n\n") && text.trim() == text, "{text:?}");
        }
    }
    let everything = [&texts_en::ENGLISH, &texts_de::GERMAN];
    let templates = everything
        .iter()
        .flat_map(|phrases| phrases.topics)
        .flat_map(|t| [t.subjects, t.problem, t.detail, t.ask, t.more, t.answer, t.note].concat());
    let person = people::customer(1, 1);
    for template in templates {
        for german in [false, true] {
            let facts = facts::Facts { seed: 1, german, person: &person, agent: 0, created_at: NOW, zone: chrono_tz::UTC };
            assert!(!facts.text(template).contains(['{', '}']), "{template}");
        }
    }
}

/// Each matter has its own subject and its own answer, each question its answer.
#[test]
fn topics_are_complete() {
    for phrases in [&texts_en::ENGLISH, &texts_de::GERMAN] {
        assert_eq!(phrases.topics.len(), texts_en::ENGLISH.topics.len());
        for topic in phrases.topics {
            assert_eq!(topic.subjects.len(), topic.problem.len(), "{:?}", topic.subjects);
            assert_eq!(topic.ask.len(), topic.more.len(), "{:?}", topic.subjects);
            let answers = if topic.place == topics::Place::Junk { 0 } else { topic.problem.len() };
            assert_eq!(topic.answer.len(), answers, "{:?}", topic.subjects);
        }
    }
}

#[test]
fn what_holds_for_every_ticket() {
    let queues: BTreeSet<&str> = queues("de").iter().chain(super::queues("en")).copied().chain(["Junk"]).collect();
    for ticket in all() {
        let DemoTicket { articles, state, owner, locked, created_at, .. } = &ticket;
        assert!(queues.contains(ticket.queue), "{}", ticket.queue);
        assert!((1..=8).contains(&articles.len()) && articles[0].at == *created_at);
        assert!(articles.is_sorted_by_key(|article| article.at) && ticket.changed_at() < NOW);
        assert!((1..=5).contains(&ticket.priority) && owner.is_none_or(|owner| owner < agents().len()));
        assert!(!locked || owner.is_some() && !state.is_closed(), "locked means that somebody works on it");
        let answered = articles.iter().any(|article| article.visible && matches!(article.sender, DemoSender::Agent(_)) && !article.inbound);
        assert!(*state != DemoState::New || !answered, "new means that nobody has answered");
        for article in articles {
            assert!(!article.text.is_empty() && (article.visible || article.channel == Channel::Internal));
            assert!(!(article.inbound && article.channel == Channel::Internal));
        }
    }
}

#[test]
fn a_desk_with_a_past() {
    let tickets: Vec<DemoTicket> = Generator::new(3, NOW, ZONE).in_order(20_000).collect();
    let share = |wanted: &dyn Fn(&DemoTicket) -> bool| tickets.iter().filter(|ticket| wanted(ticket)).count() as f64 / tickets.len() as f64;
    let open = share(&|ticket| !ticket.state.is_closed());
    assert!((0.045..0.08).contains(&open), "{open}");
    let german = share(&|ticket| ticket.customer.german);
    assert!((0.4..0.6).contains(&german), "{german}");
    let articles = tickets.iter().map(|ticket| ticket.articles.len()).sum::<usize>() as f64 / tickets.len() as f64;
    assert!((2.5..3.5).contains(&articles), "{articles}");
    let zone: Tz = ZONE.parse().unwrap();
    let in_the_week = share(&|ticket| {
        let local = chrono::DateTime::from_timestamp_millis(ticket.created_at).unwrap().with_timezone(&zone);
        !matches!(chrono::Datelike::weekday(&local), chrono::Weekday::Sat | chrono::Weekday::Sun)
    });
    assert!(in_the_week > 0.93, "{in_the_week}");
}

#[test]
fn the_small_desk() {
    for language in ["de", "en"] {
        let tickets = Generator::look_around(language, NOW, ZONE);
        assert_eq!(tickets.len(), 60, "{language}");
        let open: Vec<_> = tickets.iter().filter(|ticket| !ticket.state.is_closed()).collect();
        assert_eq!(open.len(), 40);
        assert!(tickets.iter().all(|ticket| ticket.customer.german == (language == "de")));
        assert!(open.iter().filter(|ticket| NOW - ticket.changed_at() < 12 * 3_600_000).count() >= 15, "fresh today");
        let states: HashSet<_> = open.iter().map(|ticket| std::mem::discriminant(&ticket.state)).collect();
        assert_eq!(states.len(), 4);
        assert!(tickets.iter().all(|ticket| ticket.queue == "Junk" || queues(language).contains(&ticket.queue)));
        assert!(queues(language)[..].iter().filter(|queue| open.iter().any(|ticket| ticket.queue == **queue)).count() >= 10);
    }
}

/// Parents come before children, as a desk makes them.
#[test]
fn queues_nest() {
    for language in ["de", "en"] {
        for (n, queue) in queues(language).iter().enumerate() {
            if let Some((parent, _)) = queue.rsplit_once("::") {
                assert!(queues(language)[..n].contains(&parent), "{queue}");
            }
        }
    }
}

#[test]
fn html_says_what_the_text_says() {
    let html = markup::html("Hello,\n\na < b & c\nsecond line\n\nMara wrote:\n> first\n>\n> last");
    let expected = "<p>Hello,</p><p>a &lt; b &amp; c<br>second line</p><p>Mara wrote:</p><blockquote><p>first</p><p>last</p></blockquote>";
    assert_eq!(html, expected);
}

/// The signature and the length of a PNG, and that a PDF's table of objects points at them.
#[test]
fn attachments_are_what_they_say() {
    let png = files::screenshot(1);
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xae\x42\x60\x82"));
    let pdf = String::from_utf8(files::letter(&["one".into(), "two (2)".into()])).unwrap();
    for n in 1..=5 {
        let entry = pdf.split("xref\n0 6\n").nth(1).unwrap().lines().nth(n).unwrap();
        let offset: usize = entry[..10].parse().unwrap();
        assert!(pdf[offset..].starts_with(&format!("{n} 0 obj")), "{n}");
    }
}
