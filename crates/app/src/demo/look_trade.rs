//! The small desk: what billing, logistics and customer service have to do today.

use super::{
    look_around::{
        Line::{Answer, Call, Letter, Mail, Note, Picture},
        State::{AutoClose, Locked, New, Open, Reminder},
        Story,
    },
    topics::Place,
};

pub(super) const STORIES: &[Story] = &[
    Story {
        place: Place::Billing,
        who: 0,
        title: ["Wrong amount on invoice INV-0048213", "Falscher Betrag auf Rechnung RE-0048213"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Letter(
            7,
            "0048213.pdf",
            [
                "your invoice 0048213 charges 24 seal kits at £18.40 each. The offer of Mr Rotherwick said £16.90 from twenty pieces on. Both are attached in one file.\n\nPlease correct it soon, our payment run is tomorrow.",
                "in Ihrer Rechnung 0048213 stehen 24 Dichtungssätze zu je 18,40 €. Im Angebot von Herrn Rotherwick waren es ab zwanzig Stück 16,90 €. Beides hängt in einer Datei an.\n\nBitte berichtigen Sie das bald, unser Zahllauf ist morgen.",
            ],
        )],
    },
    Story {
        place: Place::Logistics,
        who: 2,
        title: ["Where is order SO-7719024?", "Wo bleibt die Bestellung SO-7719024?"],
        state: Locked,
        priority: 4,
        owner: Some(3),
        lines: &[
            Mail(
                331,
                [
                    "order SO-7719024 was promised for yesterday. The boat leaves on Thursday night, with or without the hydraulic hoses. Please tell me where they are.",
                    "die Bestellung SO-7719024 war für gestern zugesagt. Der Kahn legt Donnerstagnacht ab, mit den Hydraulikschläuchen oder ohne. Bitte sagen Sie mir, wo sie sind.",
                ],
            ),
            Answer(
                3,
                298,
                [
                    "the pallet was unloaded in Hull by mistake; parcel TW00048817203. I have the carrier on the line and will write again within two hours.",
                    "die Palette wurde versehentlich in Emden abgeladen; Sendung TW00048817203. Ich habe den Spediteur am Apparat und melde mich innerhalb von zwei Stunden wieder.",
                ],
            ),
            Note(
                3,
                240,
                [
                    "Carrier case 90b1f3. Driver can take a detour tomorrow at 6:30, gate 4.",
                    "Vorgang beim Spediteur: 90b1f3. Der Fahrer kann morgen um 6:30 Uhr einen Umweg machen, Tor 4.",
                ],
            ),
            Mail(13, ["the two hours are long over. Any news?", "die zwei Stunden sind längst vorbei. Gibt es etwas Neues?"]),
        ],
    },
    Story {
        place: Place::Returns,
        who: 3,
        title: ["Floor lamp arrived in pieces", "Stehleuchte kam in Einzelteilen an"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Picture(
            39,
            [
                "of the four floor lamps of order B0613377 one came in considerably more parts than the manual shows. The box has a hole the size of a fist; the driver noted it on the delivery note. See the picture.",
                "von den vier Stehleuchten der Bestellung B0613377 kam eine in deutlich mehr Teilen an, als die Anleitung vorsieht. Der Karton hat ein faustgroßes Loch; der Fahrer hat es auf dem Lieferschein vermerkt. Siehe Bild.",
            ],
        )],
    },
    Story {
        place: Place::Reminders,
        who: 4,
        title: ["Reminder although we have paid", "Mahnung trotz Zahlung"],
        state: Locked,
        priority: 3,
        owner: Some(2),
        lines: &[
            Mail(
                1465,
                [
                    "we received a reminder for 0046990, but £1,284.50 left our account on the third. The bank's reference is 4c0d77ab1e09.",
                    "wir haben eine Mahnung zu 0046990 bekommen, aber am Dritten sind 1.284,50 € von unserem Konto abgegangen. Die Referenz der Bank ist 4c0d77ab1e09.",
                ],
            ),
            Answer(
                2,
                1390,
                [
                    "I cannot see it yet, but I have stopped any further letters. Could you send me the statement of that day? Perhaps it named the order instead of the invoice.",
                    "ich sehe den Eingang noch nicht, habe aber alle weiteren Schreiben angehalten. Könnten Sie mir den Auszug dieses Tages schicken? Vielleicht stand die Bestellung statt der Rechnung darauf.",
                ],
            ),
            Letter(
                41,
                "statement.pdf",
                [
                    "here it is. You are right, we wrote the order number. Sorry!",
                    "hier ist er. Sie haben recht, wir haben die Bestellnummer angegeben. Entschuldigung!",
                ],
            ),
        ],
    },
    Story {
        place: Place::Customers,
        who: 8,
        title: ["Does the Taralon S40 fit our old frame?", "Passt der Taralon S40 in unseren alten Rahmen?"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Mail(
            63,
            [
                "we would like to replace two of our Taralon C20 with the new S40. Does it fit the old mounting frame (31177-MR12), or do we need the adapter? The data sheet is silent about it.",
                "wir möchten zwei unserer Taralon C20 durch den neuen S40 ersetzen. Passt er in den alten Montagerahmen (31177-MR12), oder brauchen wir den Adapter? Das Datenblatt schweigt dazu.",
            ],
        )],
    },
    Story {
        place: Place::Customers,
        who: 9,
        title: ["I have told it four times", "Ich habe es jetzt viermal erzählt"],
        state: Locked,
        priority: 5,
        owner: Some(3),
        lines: &[
            Mail(
                193,
                [
                    "I have called four times about the cold room sensors, and each time I had to tell everything from the start. Last week your colleague promised a call \"tomorrow\". I'm not angry with anybody in particular, but this is not how it should be.",
                    "viermal habe ich jetzt wegen der Kühlraumfühler angerufen, und jedes Mal musste ich alles von vorn erzählen. Letzte Woche hieß es, man rufe mich \"morgen\" zurück. Ich bin auf niemanden persönlich böse, aber so sollte es nicht sein.",
                ],
            ),
            Note(
                2,
                170,
                [
                    "All four calls are here: two under Hardware, one here, one never written down. Sensor F0C21 was sent to the wrong site. Callum, can you take this one and keep it?",
                    "Alle vier Anrufe gefunden: zwei unter Hardware, einer hier, einer nie notiert. Fühler F0C21 ging an den falschen Standort. Callum, kannst du das übernehmen und behalten?",
                ],
            ),
            Answer(
                3,
                121,
                [
                    "you are right, and I'm sorry. I have read everything from the first call on, so you need not tell it again. The sensors leave today with a driver of our own and are with you before four. From now on you deal only with me, on +44 20 7946 0155.",
                    "Sie haben recht, und es tut mir leid. Ich habe alles seit dem ersten Anruf gelesen, Sie müssen nichts noch einmal erzählen. Die Fühler gehen heute mit unserem eigenen Fahrer ab und sind vor 16 Uhr bei Ihnen. Ab jetzt haben Sie nur noch mit mir zu tun, unter +49 30 23125 155.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Billing,
        who: 11,
        title: ["Invoices by mail from now on", "Rechnungen künftig per Mail"],
        state: AutoClose(21),
        priority: 2,
        owner: Some(2),
        lines: &[
            Mail(
                3020,
                [
                    "please send our invoices by mail from now on, to accounts@birkwell-survey.example. Paper gets lost here between two floors.",
                    "bitte schicken Sie unsere Rechnungen künftig per Mail an rechnung@voskamp-steuer.example. Papier geht hier zwischen zwei Stockwerken verloren.",
                ],
            ),
            Answer(
                2,
                2900,
                [
                    "with pleasure: it is set for customer C-204418, beginning with the next invoice.",
                    "sehr gern: Das ist für Kunde K204418 eingestellt und gilt ab der nächsten Rechnung.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Logistics,
        who: 13,
        title: ["Please deliver to gate 4", "Bitte an Tor 4 anliefern"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Mail(
            102,
            [
                "from next week on our yard is being paved. Please deliver order PO5500871 to gate 4 on the canal side, between seven and two. Lorries over twelve tonnes do not get through.",
                "ab nächster Woche wird unser Hof gepflastert. Bitte liefern Sie die Bestellung PO5500871 an Tor 4 auf der Kanalseite, zwischen sieben und vierzehn Uhr. Lastwagen über zwölf Tonnen kommen nicht durch.",
            ],
        )],
    },
    Story {
        place: Place::Logistics,
        who: 1,
        title: ["Only 16 of 24 label rolls", "Nur 16 von 24 Etikettenrollen"],
        state: Open,
        priority: 3,
        owner: Some(3),
        lines: &[
            Mail(
                1555,
                [
                    "of the 24 label rolls (70911-ER38) of SO-7718660 only 16 were in the box, the delivery note says 24.",
                    "von den 24 Etikettenrollen (70911-ER38) aus SO-7718660 lagen nur 16 im Karton, auf dem Lieferschein stehen 24.",
                ],
            ),
            Answer(
                3,
                1480,
                [
                    "how many boxes came, and is one of them labelled NR00048812210?",
                    "wie viele Kartons sind gekommen, und trägt einer davon NR00048812210?",
                ],
            ),
            Mail(1440, ["two boxes, none with that label.", "zwei Kartons, keiner mit dieser Nummer."]),
            Note(
                3,
                57,
                [
                    "Third box found in bay 12, photo on the share. Goes out with the afternoon van.",
                    "Dritter Karton stand in Feld 12, Foto auf dem Laufwerk. Geht mit dem Nachmittagswagen mit.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Returns,
        who: 12,
        title: ["Paper shredder stopped after six weeks", "Aktenvernichter nach sechs Wochen defekt"],
        state: Reminder(46),
        priority: 3,
        owner: Some(3),
        lines: &[
            Mail(
                7100,
                [
                    "the shredder with the serial number AQ5518204KE hums, but does not draw paper any more. It is six weeks old. Invoice 0047102.",
                    "der Aktenvernichter mit der Seriennummer AQ5518204KE brummt, zieht aber kein Papier mehr ein. Er ist sechs Wochen alt. Rechnung 0047102.",
                ],
            ),
            Answer(
                3,
                7015,
                [
                    "that is a matter of warranty. The carrier fetches it on Thursday; a label is not needed, he brings one. The repair takes about eight days.",
                    "das ist ein Fall für die Gewährleistung. Am Donnerstag holt ihn der Spediteur ab; eine Marke bringt er mit. Die Reparatur dauert etwa acht Tage.",
                ],
            ),
            Mail(
                5630,
                [
                    "it has been fetched. Please hurry, the cellar is full of paper.",
                    "er ist abgeholt. Bitte beeilen Sie sich, der Keller liegt voller Papier.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Customers,
        who: 12,
        title: ["Offer for twelve work benches", "Angebot über zwölf Werkbänke"],
        state: Open,
        priority: 3,
        owner: Some(2),
        lines: &[
            Call(
                2,
                140,
                [
                    "Dervla Hatherside asks for an offer: twelve work benches (55120-WB90), delivered to their new hall in Derby, second half of next month, with assembly. Budget about £9,000. She prefers mail.",
                    "Swantje Neuenfeld bittet um ein Angebot: zwölf Werkbänke (55120-WB90), geliefert in die neue Halle in Gera, zweite Hälfte des nächsten Monats, mit Aufbau. Budget etwa 9.000 €. Antwort am liebsten per Mail.",
                ],
            ),
            Note(
                2,
                118,
                ["Assembly is only possible in calendar week 24, asked Tobias.", "Aufbau geht nur in Kalenderwoche 24, Tobias gefragt."],
            ),
        ],
    },
    Story {
        place: Place::Billing,
        who: 8,
        title: ["Copy of invoice 0045518", "Kopie der Rechnung 0045518"],
        state: New,
        priority: 2,
        owner: None,
        lines: &[Mail(
            216,
            [
                "our auditor would like to see invoice 0045518 of last year, and it is nowhere to be found. Could you send me a copy?",
                "unser Prüfer möchte die Rechnung 0045518 vom vergangenen Jahr sehen, und sie ist nirgends zu finden. Könnten Sie mir eine Kopie schicken?",
            ],
        )],
    },
    Story {
        place: Place::Reminders,
        who: 9,
        title: ["May we pay in three parts?", "Dürfen wir in drei Raten zahlen?"],
        state: Reminder(-1),
        priority: 3,
        owner: Some(2),
        lines: &[
            Mail(
                8700,
                [
                    "our largest customer is late, and so are we. Could we pay 0047733 (£6,412.00) in three parts, beginning this month?",
                    "unser größter Kunde zahlt spät, und damit wir auch. Könnten wir 0047733 (6.412,00 €) in drei Raten zahlen, beginnend mit diesem Monat?",
                ],
            ),
            Answer(
                2,
                8610,
                [
                    "that is fine with us, and thank you for asking early. The first part is due today in a week; I'll have a look then.",
                    "das ist für uns in Ordnung, und danke, dass Sie früh fragen. Die erste Rate ist heute in einer Woche fällig; dann sehe ich nach.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Logistics,
        who: 3,
        title: ["Two pallets too many", "Zwei Paletten zu viel"],
        state: Open,
        priority: 2,
        owner: None,
        lines: &[Mail(
            1610,
            [
                "this morning we got four pallets of oak boards instead of two. They are in the dry, but in the way. Whose are they?",
                "heute Morgen kamen vier Paletten Eichenbretter statt zwei. Sie stehen im Trockenen, aber im Weg. Wem gehören sie?",
            ],
        )],
    },
    Story {
        place: Place::Customers,
        who: 4,
        title: ["Manual for the Kestrix Office L420", "Anleitung für den Kestrix Office L420"],
        state: AutoClose(3),
        priority: 2,
        owner: Some(1),
        lines: &[
            Mail(
                4490,
                [
                    "where can I find the manual for the Kestrix Office L420? The link on your page ends in KX-004F1.",
                    "wo finde ich die Anleitung zum Kestrix Office L420? Der Link auf Ihrer Seite endet mit KX-004F1.",
                ],
            ),
            Answer(
                1,
                4330,
                [
                    "the page had moved, the link works again. You will find the chapter about binding on page 31, since you are a publisher.",
                    "die Seite war umgezogen, der Link geht wieder. Das Kapitel über das Binden steht auf Seite 31, für einen Verlag vielleicht das wichtigste.",
                ],
            ),
            Mail(4270, ["how kind, thank you!", "wie aufmerksam, vielen Dank!"]),
        ],
    },
    Story {
        place: Place::Customers,
        who: 0,
        title: ["Visit of our engineers next week", "Besuch unserer Ingenieure nächste Woche"],
        state: Open,
        priority: 3,
        owner: Some(0),
        lines: &[
            Mail(
                455,
                [
                    "three of our engineers would like to see the S40 running, Wednesday or Thursday next week. One of them uses a wheelchair; is the test hall level?",
                    "drei unserer Ingenieure würden den S40 gern laufen sehen, Mittwoch oder Donnerstag nächster Woche. Einer sitzt im Rollstuhl; ist die Versuchshalle ebenerdig?",
                ],
            ),
            Answer(
                0,
                402,
                [
                    "Wednesday at ten suits us well. The hall is level, and the lift to the meeting room is wide enough. Shall I book a table for lunch?",
                    "Mittwoch um zehn passt uns gut. Die Halle ist ebenerdig, und der Aufzug zum Besprechungsraum ist breit genug. Soll ich mittags einen Tisch bestellen?",
                ],
            ),
            Mail(19, ["yes please, for five. One vegetarian.", "ja bitte, für fünf. Einmal vegetarisch."]),
        ],
    },
    Story {
        place: Place::Billing,
        who: 2,
        title: ["We have moved", "Wir sind umgezogen"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Mail(
            2,
            [
                "since the first of the month we are at 4 Ropewalk Quay, Hull. Please change the address for customer C-118730 and write 0048190 once more.",
                "seit dem Ersten sind wir im Seilergang 4 in Emden. Bitte ändern Sie die Anschrift zu Kunde K118730 und stellen Sie 0048190 noch einmal aus.",
            ],
        )],
    },
];
