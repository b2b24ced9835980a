//! Mails as mail programs write them: about 10 KB, text and HTML, now and then with a file, one in four an answer.

use docket_tests::dice::Dice;

const WORDS: [&str; 32] = [
    "Drucker", "brennt", "seit", "gestern", "wieder", "the", "printer", "on", "second", "floor", "does", "not", "answer", "any", "more",
    "please", "look", "at", "attached", "log", "Rechnung", "fehlt", "Zugang", "gesperrt", "VPN", "drops", "every", "ten", "minutes",
    "größer", "für", "Kollegen",
];

/// So many mails, the same for the same seed.
pub fn mails(count: usize, seed: u64) -> Vec<Vec<u8>> {
    let mut dice = Dice::new(seed);
    (0..count).map(|number| mail(number, &mut dice).into_bytes()).collect()
}

fn mail(number: usize, dice: &mut Dice) -> String {
    let answered = (number > 10 && dice.chance(25)).then(|| dice.below(number));
    let customer = answered.unwrap_or(number);
    let thread =
        answered.map_or(String::new(), |n| format!("In-Reply-To: <bench-{n}@customer.test>\r\nReferences: <bench-{n}@customer.test>\r\n"));
    let received: String = (0..5)
        .map(|hop| {
            format!(
                "Received: from mx{hop}.customer.test (mx{hop}.customer.test [192.0.2.{hop}])\r\n\tby mx{}.desk.test (Postfix) with ESMTPS \
                 id {:016X}\r\n\tfor <support@desk.test>; Mon, 5 Jan 2026 10:0{hop}:00 +0100 (CET)\r\n",
                hop + 1,
                dice.throw()
            )
        })
        .collect();
    let text = paragraphs(dice);
    let html: String = text.split("\r\n\r\n").map(|paragraph| format!("<p style=\"margin:0 0 1em\">{paragraph}</p>\r\n")).collect();
    let body = format!(
        "Content-Type: multipart/alternative; boundary=\"alt\"\r\n\r\n--alt\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: \
         8bit\r\n\r\n<html><head><style>p {{ color: #222 }}</style></head><body>{html}</body></html>\r\n--alt--\r\n"
    );
    let body = if dice.chance(25) { with_file(&body, number, dice) } else { body };
    format!(
        "{received}From: \"Kunde {customer}\" <customer-{customer}@customer.test>\r\nTo: Support <support@desk.test>\r\nSubject: Drucker \
         {customer} brennt\r\nMessage-ID: <bench-{number}@customer.test>\r\n{thread}Date: Mon, 5 Jan 2026 10:00:00 +0100\r\n\
         MIME-Version: 1.0\r\nX-Mailer: Mailer 1.0\r\n{body}"
    )
}

fn paragraphs(dice: &mut Dice) -> String {
    let paragraph = |dice: &mut Dice| {
        let mut text = String::new();
        for word in 0..70 {
            text.push_str(WORDS[dice.below(WORDS.len())]);
            text.push_str(if word % 12 == 11 { "\r\n" } else { " " });
        }
        text
    };
    let count = 3 + dice.below(5);
    (0..count).map(|_| paragraph(dice)).collect::<Vec<_>>().join("\r\n\r\n")
}

fn with_file(body: &str, number: usize, dice: &mut Dice) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let lines = 30 + dice.below(300);
    let file: String = (0..lines).map(|_| (0..76).map(|_| char::from(*dice.one_of(LETTERS))).collect::<String>() + "\r\n").collect();
    format!(
        "Content-Type: multipart/mixed; boundary=\"mix\"\r\n\r\n--mix\r\n{body}\r\n--mix\r\nContent-Type: application/pdf; \
         name=\"log-{number}.pdf\"\r\nContent-Disposition: attachment; filename=\"log-{number}.pdf\"\r\nContent-Transfer-Encoding: \
         base64\r\n\r\n{file}--mix--\r\n"
    )
}
