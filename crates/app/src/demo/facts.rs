//! The facts of one story: names of things, numbers and places that fill the slots of its texts.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{
    DemoPerson,
    people::{self, AGENTS},
    rng::{Rng, hash},
};

/// What the slots of one story say. A slot means the same wherever it stands in the story: `{host}` in the mail and in
/// the answer are one machine, `{host2}` is another.
pub(super) struct Facts<'a> {
    pub seed: u64,
    pub german: bool,
    pub person: &'a DemoPerson,
    pub agent: usize,
    pub created_at: i64,
    pub zone: Tz,
}

const BRANDS: &[&str] =
    &["Taralon", "Velmoor", "Kestrix", "Brontal", "Zeldor", "Ulmara", "Quillo", "Fenwerk", "Osterin", "Habrix", "Luxara", "Drevik"];
const LINES: &[&str] = &["Pro", "Air", "Max", "Office", "Flex", "Station", "Core", "Edge", "Classic", "Nova"];
const PROGRAMS: &[&str] =
    &["Kontor", "Fakturo", "Planwerk", "Ledgerly", "Stockpile", "Rostera", "Paperstack", "Zeitnah", "Quoteline", "Mapwright"];
const SITES: &[&str] = &["ber", "hh", "muc", "lei", "kas", "bre", "lds", "mcr", "edi", "brs", "nwc", "ply"];
const ROLES: &[&str] = &["nb", "ws", "srv", "prn", "db", "app", "fs", "ap", "sw", "fw", "vm", "tc"];
const TOWNS_DE: &[&str] = &[
    "Bremen", "Kassel", "Erfurt", "Leipzig", "Lübeck", "Ulm", "Passau", "Görlitz", "Emden", "Trier", "Rostock", "Hameln", "Celle", "Gera",
];
const TOWNS_EN: &[&str] = &[
    "Leeds",
    "Truro",
    "Carlisle",
    "Norwich",
    "Dundee",
    "Swansea",
    "Hull",
    "Derby",
    "Exeter",
    "Inverness",
    "Lincoln",
    "Perth",
    "Durham",
    "Bath",
];
const FILES: &[&str] = &[
    "Angebot",
    "Inventory",
    "Budget",
    "Lieferliste",
    "Report",
    "Protokoll",
    "Stammdaten",
    "Forecast",
    "Reisekosten",
    "Payroll",
    "Contract",
    "Planung",
];
const ENDINGS: &[&str] = &["xlsx", "pdf", "docx", "csv", "pptx", "zip", "dwg", "ods"];
const ERRORS: &[&str] = &["E", "ERR-", "0x", "SYS", "KX-", "AUTH", "NET", "F"];
const ITEMS_DE: &[&str] = &[
    "Kugellager",
    "Aktenvernichter",
    "Stehleuchte",
    "Hydraulikschlauch",
    "Monitorarm",
    "Bürostuhl",
    "Etikettenrolle",
    "Dichtungssatz",
    "Handscanner",
    "Netzteil",
    "Tonerkassette",
    "Werkbank",
];
const ITEMS_EN: &[&str] = &[
    "ball bearing",
    "paper shredder",
    "floor lamp",
    "hydraulic hose",
    "monitor arm",
    "office chair",
    "label roll",
    "seal kit",
    "hand scanner",
    "power supply",
    "toner cartridge",
    "workbench",
];
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DAY: i64 = 86_400_000;

impl Facts<'_> {
    /// Fills the slots of `template` and appends it to `out`. A slot that nobody knows stays, and a test finds it.
    pub fn fill(&self, template: &str, out: &mut String) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((slot, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            self.slot(slot, out);
            rest = after;
        }
        out.push_str(rest);
    }

    /// The filled template.
    pub fn text(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len() + 64);
        self.fill(template, &mut out);
        out
    }

    fn slot(&self, slot: &str, out: &mut String) {
        let dice = &mut Rng::of(self.seed, hash(slot));
        let kind = slot.trim_end_matches(|c: char| c.is_ascii_digit());
        // Writing into a String cannot fail.
        let _ = match kind {
            "name" => out.write_str(&self.person.name),
            "given" => out.write_str(self.person.given()),
            "family" => out.write_str(self.person.family()),
            "company" => out.write_str(self.person.company.as_deref().unwrap_or(&self.person.name)),
            "address" => out.write_str(&self.person.address),
            "myphone" => out.write_str(&self.person.phone),
            "agent" => out.write_str(AGENTS[self.agent].name),
            "desk" => out.write_str(people::DESK),
            "dear" => self.dear(out),
            "date" => self.date(self.created_at - dice.between(1, 24) as i64 * DAY, out),
            "soon" => self.date(self.created_at + dice.between(1, 8) as i64 * DAY, out),
            "today" => self.date(self.created_at, out),
            "time" => write!(out, "{}:{:02}", dice.between(7, 17), dice.below(12) * 5),
            "n" => write!(out, "{}", dice.between(2, 24)),
            _ => self.thing(kind, dice, out),
        };
    }

    /// Things, most of which occur in one story only.
    fn thing(&self, kind: &str, dice: &mut Rng, out: &mut String) -> std::fmt::Result {
        let town = if self.german { TOWNS_DE } else { TOWNS_EN };
        match kind {
            "host" => write!(out, "{}-{}-{}{:04}", dice.pick(SITES), dice.pick(ROLES), letters(dice, 2).to_lowercase(), dice.below(10_000)),
            "printer" => write!(out, "PRN-{}-{}{:03}", dice.pick(SITES).to_uppercase(), letters(dice, 1), dice.below(1000)),
            "ip" => write!(out, "10.{}.{}.{}", dice.below(256), dice.below(256), dice.between(2, 254)),
            "mac" => write!(
                out,
                "02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}",
                dice.below(256),
                dice.below(256),
                dice.below(256),
                dice.below(256),
                dice.below(256)
            ),
            "serial" => write!(out, "{}{:07}{}", letters(dice, 2), dice.below(10_000_000), letters(dice, 2)),
            "asset" => write!(out, "INV{:06}", dice.below(1_000_000)),
            "order" => write!(out, "{}{:07}", dice.pick(&["SO-", "B", "PO", "A-"]), dice.below(10_000_000)),
            "invoice" => write!(out, "{}{:07}", dice.pick(&["RE-", "INV-", "R", "2x"]), dice.below(10_000_000)),
            "parcel" => write!(out, "{}{:011}", letters(dice, 2), dice.below(100_000_000_000)),
            "customerno" => write!(out, "{}{:06}", dice.pick(&["K", "C-", "D"]), dice.below(1_000_000)),
            "licence" => {
                write!(out, "{}-{:04X}-{:04X}-{:04X}", letters(dice, 4), dice.below(65_536), dice.below(65_536), dice.below(65_536))
            }
            "error" => write!(out, "{}{:05X}", dice.pick(ERRORS), dice.below(0xf_ffff)),
            "hex" => write!(out, "{:012x}", dice.below(1 << 48)),
            "version" => write!(out, "{}.{}.{}", dice.between(1, 14), dice.below(30), dice.below(900)),
            "product" => write!(out, "{} {} {}{}", dice.pick(BRANDS), dice.pick(LINES), letters(dice, 1), dice.between(10, 99) * 10),
            "program" => out.write_str(dice.pick(PROGRAMS)),
            "item" => out.write_str(dice.pick(if self.german { ITEMS_DE } else { ITEMS_EN })),
            "sku" => write!(out, "{:05}-{}{}", dice.below(100_000), letters(dice, 2), dice.between(10, 99)),
            "file" => write!(out, "{}_{}{:04}.{}", dice.pick(FILES), letters(dice, 2), dice.below(10_000), dice.pick(ENDINGS)),
            "share" => write!(
                out,
                "\\\\{}-fs{:02}\\{}{}",
                dice.pick(SITES),
                dice.between(1, 40),
                dice.pick(FILES).to_lowercase(),
                dice.below(1000)
            ),
            "path" => write!(
                out,
                "/srv/{}/{}{:05}",
                dice.pick(&["data", "export", "spool", "backup"]),
                dice.pick(FILES).to_lowercase(),
                dice.below(100_000)
            ),
            "room" => write!(out, "{}.{}{:02}", dice.between(1, 9), dice.below(5), dice.between(1, 60)),
            "town" => out.write_str(dice.pick(town)),
            "amount" => self.amount(dice, out),
            "phone" => out.write_str(&people::phone(dice, self.german)),
            "colleague" => {
                let (given, family, _) = people::name(dice, self.german);
                write!(out, "{given} {family}")
            }
            "user" => {
                let (given, family, _) = people::name(dice, self.german);
                write!(out, "{}{}{:02}", &people::ascii(given)[..1], people::ascii(&family), dice.below(100))
            }
            "site" => write!(
                out,
                "{}{:04}.example",
                dice.pick(&["konto-pruefung", "secure-login", "paket-info", "invoice-portal", "mailbox-quota"]),
                dice.below(10_000)
            ),
            unknown => write!(out, "{{{unknown}}}"),
        }
    }

    fn amount(&self, dice: &mut Rng, out: &mut String) -> std::fmt::Result {
        let (whole, cents) = (dice.between(18, 9800), dice.below(100));
        match (self.german, whole >= 1000) {
            (true, true) => write!(out, "{}.{:03},{cents:02} €", whole / 1000, whole % 1000),
            (true, false) => write!(out, "{whole},{cents:02} €"),
            (false, true) => write!(out, "£{},{:03}.{cents:02}", whole / 1000, whole % 1000),
            (false, false) => write!(out, "£{whole}.{cents:02}"),
        }
    }

    /// The customer as an answer addresses them.
    fn dear(&self, out: &mut String) -> std::fmt::Result {
        match (self.german, self.person.woman) {
            (true, true) => write!(out, "Frau {}", self.person.family()),
            (true, false) => write!(out, "Herr {}", self.person.family()),
            (false, _) => out.write_str(self.person.given()),
        }
    }

    fn date(&self, at: i64, out: &mut String) -> std::fmt::Result {
        write!(out, "{}", self.local(at).format(if self.german { "%d.%m.%Y" } else { "%-d %B %Y" }))
    }

    /// That moment on the wall.
    pub fn local(&self, at: i64) -> DateTime<Tz> {
        DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&self.zone)
    }
}

fn letters(dice: &mut Rng, n: usize) -> String {
    (0..n).map(|_| char::from(dice.pick(LETTERS))).collect()
}
