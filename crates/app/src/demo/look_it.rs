//! The small desk: what the service desk has to do today.

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
        place: Place::Hardware,
        who: 5,
        title: ["Printer on the second floor prints stripes", "Drucker im zweiten Stock druckt Streifen"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Mail(
            4,
            [
                "our printer PRN-HAL-K214 prints grey stripes down every page since this morning. I changed the toner and cleaned the glass, no difference.\n\nThere is a customer visit at two, and thirty handouts are still to be printed. Could somebody have a look before that, please?",
                "unser Drucker PRN-HAL-K214 druckt seit heute Morgen graue Streifen auf jede Seite. Den Toner habe ich gewechselt und das Glas geputzt, ohne Unterschied.\n\nUm 14 Uhr kommt ein Kunde, und dreißig Mappen sind noch zu drucken. Könnte vorher jemand danach sehen?",
            ],
        )],
    },
    Story {
        place: Place::Accounts,
        who: 6,
        title: ["Locked out again", "Schon wieder ausgesperrt"],
        state: New,
        priority: 4,
        owner: None,
        lines: &[Mail(
            11,
            [
                "my account telmcroft is locked for the third time this week. I'm quite sure about the password, I only changed it on Monday.\n\nI'm writing from Imogen's machine. You can reach me on extension 4417.",
                "mein Konto cthalstetter ist diese Woche zum dritten Mal gesperrt. Beim Passwort bin ich mir sicher, ich habe es erst am Montag geändert.\n\nIch schreibe vom Rechner von Frau Sandbrink. Erreichbar bin ich unter der Durchwahl 4417.",
            ],
        )],
    },
    Story {
        place: Place::Security,
        who: 10,
        title: ["Is this mail from you?", "Ist diese Mail von Ihnen?"],
        state: New,
        priority: 5,
        owner: None,
        lines: &[Picture(
            17,
            [
                "I just got a mail \"from IT\" that asks me to confirm my mailbox at mailbox-quota8841.example by noon. It has our logo and even my name.\n\nI have not clicked on anything. At least four of us in sales have got it. A picture is attached.",
                "eben kam eine Mail \"von der IT\", in der ich bis mittags mein Postfach unter mailbox-quota8841.example bestätigen soll. Mit unserem Logo und sogar mit meinem Namen.\n\nGeklickt habe ich nichts. Mindestens vier von uns im Vertrieb haben sie bekommen. Ein Bild hängt an.",
            ],
        )],
    },
    Story {
        place: Place::Network,
        who: 7,
        title: ["VPN drops every ten minutes", "VPN bricht alle zehn Minuten ab"],
        state: Locked,
        priority: 3,
        owner: Some(1),
        lines: &[
            Mail(
                205,
                [
                    "working from home today, and the VPN disconnects about every ten minutes. The client says NET-71C03, then connects again by itself. Video calls are no fun like that.\n\nMachine: hal-nb-qx4471, version 5.12.280.",
                    "ich arbeite heute von zu Hause, und etwa alle zehn Minuten trennt sich das VPN. Der Client meldet NET-71C03 und verbindet sich dann von selbst wieder. Videokonferenzen sind so kein Vergnügen.\n\nRechner: hal-nb-qx4471, Version 5.12.280.",
                ],
            ),
            Answer(
                1,
                160,
                [
                    "thanks for the exact code, that helps. Could you try it once over your phone's hotspot and tell me whether it holds longer than ten minutes? I suspect your router of cutting quiet connections.",
                    "danke für den genauen Code, der hilft. Könnten Sie es einmal über den Hotspot Ihres Telefons versuchen und mir sagen, ob es länger als zehn Minuten hält? Ich habe Ihren Router im Verdacht, dass er stille Verbindungen beendet.",
                ],
            ),
            Mail(
                34,
                [
                    "over the hotspot it has been stable for an hour and a half. So it is the router? It is the grey one from the provider, three weeks old.",
                    "über den Hotspot ist es seit anderthalb Stunden stabil. Also der Router? Es ist der graue vom Anbieter, drei Wochen alt.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Hardware,
        who: 10,
        title: ["Laptop battery is bulging", "Akku im Notebook wölbt sich"],
        state: Locked,
        priority: 4,
        owner: Some(1),
        lines: &[
            Call(
                1,
                95,
                [
                    "Imogen Ashenfield called: the case of her notebook hal-nb-rt0382 has lifted at the touchpad, it rocks on the table. Told her to switch it off, unplug it and put it on the stone floor by the door. She borrows a machine from sales until tomorrow.",
                    "Leonie Sandbrink hat angerufen: Bei ihrem Notebook hal-nb-rt0382 hebt sich das Gehäuse am Touchpad, es wackelt auf dem Tisch. Gebeten, es auszuschalten, vom Netz zu nehmen und auf den Steinboden an der Tür zu stellen. Bis morgen leiht sie sich ein Gerät aus dem Vertrieb.",
                ],
            ),
            Note(
                0,
                61,
                [
                    "Same batch as Kieran's in March (serial KV4471902TB). Please ask the supplier for all eight, not only for this one.",
                    "Gleiche Charge wie bei Herrn Petzlinger im März (Seriennummer KV4471902TB). Bitte beim Lieferanten nach allen acht fragen, nicht nur nach diesem.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Accounts,
        who: 7,
        title: ["New colleague on Monday: Una Oakenside", "Neue Kollegin am Montag: Käthe Wiesbrink"],
        state: Reminder(20),
        priority: 3,
        owner: Some(0),
        lines: &[
            Mail(
                2950,
                [
                    "Una Oakenside joins purchasing on Monday and needs account, mailbox, notebook and a door card for the second floor. Her manager is Tabitha Elmcroft. Rights like mine would be about right.",
                    "am Montag fängt Käthe Wiesbrink im Einkauf an. Sie braucht Konto, Postfach, Notebook und eine Türkarte für den zweiten Stock. Vorgesetzte ist Corinna Thalstetter. Rechte wie meine wären etwa richtig.",
                ],
            ),
            Answer(
                0,
                2810,
                [
                    "account and mailbox are ready, the notebook hal-nb-zz1190 is being set up. For the rights in purchasing I need one line from Tabitha.",
                    "Konto und Postfach sind fertig, das Notebook hal-nb-zz1190 wird gerade eingerichtet. Für die Rechte im Einkauf brauche ich eine Zeile von Frau Thalstetter.",
                ],
            ),
            Mail(1400, ["I have asked her, she is back tomorrow.", "ich habe sie gefragt, sie ist morgen wieder da."]),
            Note(0, 1380, ["Door card 00A4-77F1 lies in the drawer.", "Türkarte 00A4-77F1 liegt in der Schublade."]),
        ],
    },
    Story {
        place: Place::Desk,
        who: 5,
        title: ["Backup of hal-srv-db0107 skipped 3 files", "Sicherung von hal-srv-db0107: 3 Dateien ausgelassen"],
        state: Open,
        priority: 4,
        owner: Some(0),
        lines: &[
            Mail(
                412,
                [
                    "the report of last night says that hal-srv-db0107 was backed up \"with warnings\": three files under /srv/export/ledger were locked (ERR-40B12). It is the third night in a row, always the same three.",
                    "laut Bericht von heute Nacht wurde hal-srv-db0107 \"mit Warnungen\" gesichert: Drei Dateien unter /srv/export/hauptbuch waren gesperrt (ERR-40B12). Das ist die dritte Nacht hintereinander, immer dieselben drei.",
                ],
            ),
            Note(
                0,
                380,
                [
                    "Job 7c1e40aa9b02 of Fakturo keeps them open since the update to 8.4.11. A restart at noon would do, after asking billing.",
                    "Lauf 7c1e40aa9b02 von Fakturo hält sie seit dem Update auf 8.4.11 offen. Ein Neustart um zwölf genügt, vorher die Buchhaltung fragen.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Software,
        who: 6,
        title: ["Fakturo closes when I open March", "Fakturo schließt sich beim Öffnen des März"],
        state: Locked,
        priority: 3,
        owner: Some(0),
        lines: &[
            Picture(
                1330,
                [
                    "Fakturo 8.4.11 disappears without a word as soon as I open the March folder. All other months work. Month-end is on Friday.",
                    "Fakturo 8.4.11 verschwindet kommentarlos, sobald ich den Ordner März öffne. Alle anderen Monate gehen. Am Freitag ist Monatsabschluss.",
                ],
            ),
            Answer(
                0,
                1255,
                [
                    "I can see it happen here too, so it is not your machine. The maker has the crash file under case 5f22c9. Meanwhile March can be opened in the old client on hal-ts-qa0012.",
                    "hier passiert es auch, es liegt also nicht an Ihrem Rechner. Der Hersteller hat die Absturzdatei unter Vorgang 5f22c9. Bis dahin lässt sich der März im alten Client auf hal-ts-qa0012 öffnen.",
                ],
            ),
            Mail(
                1190,
                ["the old client works, thank you. Not pretty, but it works.", "der alte Client geht, danke. Nicht schön, aber er geht."],
            ),
            Note(
                0,
                48,
                [
                    "Maker: fixed in 8.4.13, due tomorrow. One posting of 31 March has a line break in its text.",
                    "Hersteller: in 8.4.13 behoben, kommt morgen. Eine Buchung vom 31. März hat einen Zeilenumbruch im Text.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Network,
        who: 5,
        title: ["Wi-Fi in the meeting room 2.17", "WLAN im Besprechungsraum 2.17"],
        state: Open,
        priority: 2,
        owner: None,
        lines: &[Mail(
            1502,
            [
                "as soon as more than five people sit in room 2.17, the Wi-Fi there crawls. It is not urgent, but we have the whole board in there on Thursday.",
                "sobald mehr als fünf Leute in Raum 2.17 sitzen, kriecht das WLAN dort nur noch. Es eilt nicht, aber am Donnerstag tagt da der ganze Vorstand.",
            ],
        )],
    },
    Story {
        place: Place::Accounts,
        who: 10,
        title: ["New phone, codes are gone", "Neues Telefon, Codes sind weg"],
        state: AutoClose(44),
        priority: 3,
        owner: Some(0),
        lines: &[
            Mail(
                1610,
                [
                    "my old phone is wiped and sold, and only now I notice that the codes for signing in were on it. What now?",
                    "mein altes Telefon ist gelöscht und verkauft, und erst jetzt merke ich, dass die Codes für die Anmeldung darauf waren. Was nun?",
                ],
            ),
            Note(
                0,
                1571,
                [
                    "Called back on the number in the staff record, it is really her.",
                    "Unter der Nummer aus dem Personalstamm zurückgerufen, sie ist es wirklich.",
                ],
            ),
            Answer(
                0,
                1566,
                [
                    "no harm done. Your second factor is reset; at the next sign-in you will be asked to register the new phone. This ticket closes by itself in three days if all is well.",
                    "kein Beinbruch. Der zweite Faktor ist zurückgesetzt; bei der nächsten Anmeldung werden Sie nach dem neuen Telefon gefragt. Wenn alles klappt, schließt sich dieses Ticket in drei Tagen von selbst.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Hardware,
        who: 6,
        title: ["Second screen stays dark in the dock", "Zweiter Bildschirm am Dock bleibt dunkel"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[
            Mail(
                173,
                [
                    "since Friday the right-hand screen stays dark whenever the notebook sits in the dock. Pulling the cable and putting it back helps for an hour. The dock is a Brontal Flex D40, serial BF0093311DQ.",
                    "seit Freitag bleibt der rechte Bildschirm dunkel, wenn das Notebook im Dock steckt. Kabel ziehen und wieder stecken hilft für eine Stunde. Das Dock ist ein Brontal Flex D40, Seriennummer BF0093311DQ.",
                ],
            ),
            Mail(
                22,
                [
                    "one more thing: with Kieran's notebook it works, with mine it does not.",
                    "noch etwas: Mit dem Notebook von Herrn Petzlinger geht es, mit meinem nicht.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Security,
        who: 7,
        title: ["Sign-in from Dundee?", "Anmeldung aus Emden?"],
        state: Open,
        priority: 4,
        owner: Some(0),
        lines: &[
            Mail(
                268,
                [
                    "my account page shows a sign-in from Dundee at 6:52 this morning. At 6:52 I was asleep in Leeds. Should I worry?",
                    "meine Kontoseite zeigt eine Anmeldung aus Emden um 6:52 Uhr. Um 6:52 Uhr habe ich in Kassel geschlafen. Muss ich mir Sorgen machen?",
                ],
            ),
            Answer(
                0,
                231,
                [
                    "good that you look there. All sessions are ended and the password is locked to be on the safe side. Does your phone fetch mail over mobile data at night? Providers often show up in the wrong town.",
                    "gut, dass Sie da hinsehen. Sicherheitshalber sind alle Sitzungen beendet und das Passwort ist gesperrt. Holt Ihr Telefon nachts Mails über das Mobilfunknetz? Die Anbieter erscheinen oft in der falschen Stadt.",
                ],
            ),
            Mail(
                29,
                [
                    "it does. And the tablet too, now that you say it. How can we find out which one it was?",
                    "ja, tut es. Und das Tablet auch, jetzt wo Sie es sagen. Wie finden wir heraus, welches es war?",
                ],
            ),
        ],
    },
    Story {
        place: Place::Software,
        who: 5,
        title: ["Licence for Planwerk ends on Friday", "Lizenz für Planwerk endet am Freitag"],
        state: Reminder(-2),
        priority: 4,
        owner: Some(2),
        lines: &[
            Letter(
                4280,
                "Planwerk-offer-30117.pdf",
                [
                    "Planwerk shows a yellow bar: the licence QVKD-51A0-77C2-0B3E ends on Friday. Eleven of us draw with it every day. The maker's offer is attached.",
                    "Planwerk zeigt einen gelben Balken: Die Lizenz QVKD-51A0-77C2-0B3E endet am Freitag. Elf von uns zeichnen täglich damit. Das Angebot des Herstellers hängt an.",
                ],
            ),
            Answer(
                2,
                4115,
                [
                    "the order went out today as PO7730412. I look after it tomorrow and make sure that the key is here before Friday.",
                    "die Bestellung ist heute als PO7730412 hinausgegangen. Ich sehe morgen nach und sorge dafür, dass der Schlüssel vor Freitag da ist.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Network,
        who: 6,
        title: ["Drive P: is gone", "Laufwerk P: ist weg"],
        state: New,
        priority: 3,
        owner: None,
        lines: &[Picture(
            52,
            [
                "after the restart at lunch the drive P: (\\\\hal-fs03\\projects) is gone from my machine hal-nb-mm7720. Imogen still has it. The message is attached.",
                "nach dem Neustart am Mittag ist das Laufwerk P: (\\\\hal-fs03\\projekte) von meinem Rechner hal-nb-mm7720 verschwunden. Frau Sandbrink hat es noch. Die Meldung hängt an.",
            ],
        )],
    },
    Story {
        place: Place::Desk,
        who: 7,
        title: ["Headset for the new office in Truro", "Headsets für das neue Büro in Celle"],
        state: Reminder(68),
        priority: 1,
        owner: Some(1),
        lines: &[
            Mail(
                5760,
                [
                    "could we get six headsets for the new office in Truro? Wired ones are fine. They open in two weeks.",
                    "könnten wir sechs Headsets für das neue Büro in Celle bekommen? Mit Kabel genügt. In zwei Wochen geht es dort los.",
                ],
            ),
            Answer(
                1,
                5640,
                [
                    "ordered, 20481-HS64, delivery next week. I will send them on to Truro together with the phones.",
                    "bestellt, 20481-HS64, Lieferung nächste Woche. Ich schicke sie zusammen mit den Telefonen nach Celle weiter.",
                ],
            ),
        ],
    },
    Story {
        place: Place::Hardware,
        who: 7,
        title: ["Coffee, keyboard, sorry", "Kaffee, Tastatur, Entschuldigung"],
        state: Open,
        priority: 2,
        owner: Some(1),
        lines: &[
            Mail(
                1725,
                [
                    "coffee met keyboard. The letters e, n and the space bar of hal-nb-lk5503 do nothing any more, so this is typed on my phone. I'm sorry.",
                    "Kaffee traf Tastatur. Die Buchstaben e und n und die Leertaste von hal-nb-lk5503 tun nichts mehr, deshalb schreibe ich vom Telefon. Tut mir leid.",
                ],
            ),
            Answer(
                1,
                1660,
                [
                    "it happens to the best. Please leave it switched off and upside down. A spare keyboard is at the front desk for you; I'll bring the new one tomorrow before ten.",
                    "das passiert den Besten. Bitte lassen Sie es ausgeschaltet und kopfüber stehen. Am Empfang liegt eine Ersatztastatur für Sie; die neue bringe ich morgen vor zehn.",
                ],
            ),
            Mail(1575, ["you are a star.", "Sie sind ein Schatz."]),
        ],
    },
    Story {
        place: Place::Accounts,
        who: 5,
        title: ["Shared mailbox for the trade fair", "Gemeinsames Postfach für die Messe"],
        state: New,
        priority: 2,
        owner: None,
        lines: &[Mail(
            88,
            [
                "for the trade fair in June we need a shared mailbox, fair@halmen.example, for Tabitha, Imogen and me. It may vanish again in September.",
                "für die Messe im Juni brauchen wir ein gemeinsames Postfach, messe@halmen.example, für Frau Thalstetter, Frau Sandbrink und mich. Im September kann es wieder weg.",
            ],
        )],
    },
];
