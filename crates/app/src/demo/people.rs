//! Invented people and companies. Their addresses lie in the domains that RFC 2606 keeps for examples.

use super::{DemoAgent, DemoPerson, rng::Rng};

/// What the demo desk is called.
pub const DESK: &str = "Halmen";

/// The four who work at the demo desk, the same in both languages.
pub(super) const AGENTS: [DemoAgent; 4] = [
    DemoAgent { name: "Mara Lindtner", login: "mara", email: "mara.lindtner@halmen.example", admin: true },
    DemoAgent { name: "Tobias Krahwinkel", login: "tobias", email: "tobias.krahwinkel@halmen.example", admin: false },
    DemoAgent { name: "Aylin Sezgör", login: "aylin", email: "aylin.sezgoer@halmen.example", admin: false },
    DemoAgent { name: "Callum Rotherwick", login: "callum", email: "callum.rotherwick@halmen.example", admin: false },
];

const WOMEN_DE: &[&str] = &[
    "Petra",
    "Sabine",
    "Anke",
    "Ute",
    "Heike",
    "Birgit",
    "Katrin",
    "Silke",
    "Nadine",
    "Jana",
    "Lena",
    "Merle",
    "Frieda",
    "Gesa",
    "Wiebke",
    "Elif",
    "Svetlana",
    "Agnieszka",
    "Corinna",
    "Friederike",
    "Annegret",
    "Dörte",
    "Ilse",
    "Johanna",
    "Käthe",
    "Leonie",
    "Mareike",
    "Swantje",
];
const MEN_DE: &[&str] = &[
    "Jörg", "Uwe", "Holger", "Thorsten", "Rüdiger", "Stefan", "Matthias", "Henning", "Kai", "Lars", "Malte", "Niklas", "Ole", "Sönke",
    "Detlef", "Murat", "Piotr", "Goran", "Albrecht", "Bernd", "Carsten", "Egon", "Falk", "Gerrit", "Hauke", "Ingo", "Joachim", "Volker",
];
const WOMEN_EN: &[&str] = &[
    "Alice", "Bridget", "Carys", "Daphne", "Eleanor", "Fiona", "Gemma", "Harriet", "Imogen", "Josie", "Keira", "Lorna", "Maeve", "Nicola",
    "Olivia", "Priya", "Ruth", "Saoirse", "Tabitha", "Una", "Verity", "Winifred", "Yasmin", "Zoe", "Anjali", "Beatrix", "Chloe", "Dervla",
];
const MEN_EN: &[&str] = &[
    "Alistair", "Barnaby", "Cormac", "Declan", "Edmund", "Fergus", "Gareth", "Hamish", "Idris", "Jasper", "Kieran", "Lachlan", "Magnus",
    "Nigel", "Oswald", "Percy", "Quentin", "Rohan", "Samir", "Trevor", "Ulric", "Vikram", "Wesley", "Xander", "Yusuf", "Zachary", "Angus",
    "Bram",
];
const START_DE: &[&str] = &[
    "Al", "Bren", "Brand", "Dorn", "Eber", "Feld", "Grau", "Hagen", "Hart", "Holl", "Kalt", "Kran", "Lind", "Loh", "Mühl", "Neu", "Ober",
    "Petz", "Rauch", "Reh", "Rosen", "Sand", "Schön", "Thal", "Uhl", "Voss", "Wald", "Wies", "Zell", "Ziegel", "Küster", "Fähr",
];
const END_DE: &[&str] = &[
    "acker",
    "bach",
    "berg",
    "brink",
    "burger",
    "eck",
    "enfeld",
    "garten",
    "hauer",
    "heim",
    "horst",
    "huber",
    "kamp",
    "mann",
    "meier",
    "mayr",
    "müller",
    "rath",
    "ried",
    "rup",
    "städter",
    "stetter",
    "taler",
    "weiler",
    "wieser",
    "zinger",
    "loher",
    "brecht",
    "linger",
    "schläger",
];
const START_EN: &[&str] = &[
    "Ashen", "Barn", "Brad", "Cald", "Cran", "Dun", "Elm", "Fair", "Hather", "Kings", "Lang", "Mar", "Norr", "Oaken", "Pem", "Rad",
    "Rother", "Sel", "Thorn", "Under", "Wal", "Wether", "Whit", "Win", "Wood", "Yar", "Birk", "Cope", "Drax", "Gran", "Holm", "Pel",
];
const END_EN: &[&str] = &[
    "bourne", "bridge", "by", "combe", "cote", "dale", "den", "field", "ford", "gate", "grave", "ham", "hurst", "leigh", "low", "mere",
    "more", "ridge", "shaw", "side", "stead", "stone", "thwaite", "ward", "well", "wick", "wood", "worth", "croft", "bury",
];
const TRADE_DE: &[(&str, &str)] = &[
    ("Technik GmbH", "technik"),
    ("Anlagenbau GmbH", "anlagenbau"),
    ("& Söhne KG", "soehne"),
    ("Logistik GmbH", "logistik"),
    ("Gartenbedarf", "garten"),
    ("Werkzeuge GmbH", "werkzeuge"),
    ("Verlag", "verlag"),
    ("Apparatebau AG", "apparate"),
    ("Möbel OHG", "moebel"),
    ("Messtechnik GmbH", "messtechnik"),
    ("Steuerberatung", "steuer"),
    ("Elektro eG", "elektro"),
    ("Medizintechnik GmbH", "medizin"),
    ("Bau", "bau"),
];
const TRADE_EN: &[(&str, &str)] = &[
    ("Engineering Ltd", "engineering"),
    ("Freight", "freight"),
    ("& Daughters", "daughters"),
    ("Dairy", "dairy"),
    ("Instruments Ltd", "instruments"),
    ("Furniture", "furniture"),
    ("Press", "press"),
    ("Marine Supplies", "marine"),
    ("Foods Ltd", "foods"),
    ("Surveyors LLP", "survey"),
    ("Textiles", "textiles"),
    ("Optics Ltd", "optics"),
    ("Joinery", "joinery"),
    ("Holdings", "holdings"),
];

/// A name of the pool: given name, family name, and whether a German letter says "Frau".
pub(super) fn name(rng: &mut Rng, german: bool) -> (&'static str, String, bool) {
    let woman = rng.chance(50);
    let given = rng.pick(match (german, woman) {
        (true, true) => WOMEN_DE,
        (true, false) => MEN_DE,
        (false, true) => WOMEN_EN,
        (false, false) => MEN_EN,
    });
    let (start, end) = if german { (START_DE, END_DE) } else { (START_EN, END_EN) };
    (given, format!("{}{}", rng.pick(start), rng.pick(end)), woman)
}

/// The `id`-th customer of the demo desk; colleagues share company and language.
pub(super) fn customer(seed: u64, id: u64) -> DemoPerson {
    const COLLEAGUES: u64 = 6;
    let mut company_dice = Rng::of(seed ^ 0xc0, id / COLLEAGUES);
    let german = company_dice.chance(50);
    let at_home = company_dice.chance(18);
    let mut dice = Rng::of(seed ^ 0xbe, id);
    let (given, family, woman) = name(&mut dice, german);
    let local = format!("{}.{}", ascii(given), ascii(&family));
    let (company, address) = if at_home {
        (None, format!("{local}{}@example.{}", dice.between(1, 99), dice.pick(&["org", "com", "net"])))
    } else {
        let (company, domain) = company(&mut company_dice, german);
        (Some(company), format!("{local}@{domain}"))
    };
    DemoPerson { name: format!("{given} {family}"), address, company, phone: phone(&mut dice, german), german, woman }
}

fn company(dice: &mut Rng, german: bool) -> (String, String) {
    let (start, end, trade) = if german { (START_DE, END_DE, TRADE_DE) } else { (START_EN, END_EN, TRADE_EN) };
    let name = format!("{}{}", dice.pick(start), dice.pick(end));
    let (trade, short) = dice.pick(trade);
    (format!("{name} {trade}"), format!("{}-{short}.example", ascii(&name)))
}

/// A number out of the ranges that are kept for films and books.
pub(super) fn phone(dice: &mut Rng, german: bool) -> String {
    let n = dice.below(1000);
    if german {
        format!("+49 {}{n:03}", dice.pick(&["30 23125 ", "69 90009 ", "40 66969 ", "221 4710 ", "89 99998 "]))
    } else {
        format!("+44 {}{n:03}", dice.pick(&["1632 960", "20 7946 0", "113 496 0", "114 496 0", "131 496 0", "161 496 0"]))
    }
}

/// Lower case without accents, as addresses and logins have it.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}
