//! The few words outside the page: tray, questions and notifications, in English and German.
use std::sync::atomic::{AtomicBool, Ordering};

use docket_app::wire::AlarmView;

/// The words in the language now spoken; the page says which once the agent's choice is known.
pub struct Words {
    german: AtomicBool,
}

impl Words {
    /// The words of the system's language, English where it is neither.
    pub fn of_system() -> Self {
        let language =
            ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        Self { german: AtomicBool::new(language.is_some_and(|language| language.starts_with("de"))) }
    }

    /// Speaks the language with this tag from now on, e.g. `de` or `en-GB`.
    pub fn speak(&self, tag: &str) {
        self.german.store(tag.starts_with("de"), Ordering::Relaxed);
    }

    fn pick(&self, english: &'static str, german: &'static str) -> &'static str {
        if self.german.load(Ordering::Relaxed) { german } else { english }
    }

    /// The tray's and the notification's way back to the window.
    pub fn open(&self) -> &'static str {
        self.pick("Open Docket", "Docket öffnen")
    }

    /// The tray's way to a new ticket.
    pub fn new_ticket(&self) -> &'static str {
        self.pick("New ticket", "Neues Ticket")
    }

    /// Ends the program.
    pub fn quit(&self) -> &'static str {
        self.pick("Quit", "Beenden")
    }

    /// Keeps the program running.
    pub fn stay(&self) -> &'static str {
        self.pick("Keep running", "Weiterlaufen lassen")
    }

    /// The headline of a notice that is no new mail; none for new mail, which goes by its sender's name.
    pub fn trouble(&self, code: &str) -> Option<&'static str> {
        Some(match code {
            "mail_failed" => self.pick("A mail could not be delivered", "Eine Mail konnte nicht zugestellt werden"),
            "perhaps_sent" => self.pick("A mail was perhaps sent: please decide", "Eine Mail wurde vielleicht gesendet: bitte entscheiden"),
            "held" => self.pick("A mail was held back: please look again", "Eine Mail wurde zurückgehalten: bitte noch einmal ansehen"),
            "mailbox_stopped" => self.pick("Another desk serves this mailbox", "Dieses Postfach wird von einem anderen Desk bedient"),
            "lock_timeout" => self.pick("Your lock has ended", "Ihre Sperre ist abgelaufen"),
            "owner_absent" => self.pick("A ticket of an absent colleague", "Ein Ticket von jemandem, der abwesend ist"),
            "reminder" => self.pick("Reminder", "Erinnerung"),
            "silence" => self.pick("The customer has not answered", "Der Kunde hat nicht geantwortet"),
            "snooze_over" => self.pick("A snoozed ticket is back", "Ein zurückgestelltes Ticket ist wieder da"),
            "quarantined" => self.pick("A mail could not be taken in", "Eine Mail konnte nicht übernommen werden"),
            _ => return None,
        })
    }

    /// The headline of a notice about a colleague's change; none: it goes by who did it.
    pub fn change(&self, code: &str) -> Option<&'static str> {
        Some(match code {
            "owner_update" => self.pick("You own this ticket now", "Sie sind jetzt Besitzer dieses Tickets"),
            "responsible_update" => self.pick("You are responsible now", "Sie sind jetzt verantwortlich"),
            "queue_move" => self.pick("Moved into your queue", "In Ihre Queue verschoben"),
            "lock_timeout" => self.pick("Unlocked because time ran out", "Entsperrt, weil die Zeit abgelaufen ist"),
            "service_update" => self.pick("The service was changed", "Der Service wurde geändert"),
            _ => return None,
        })
    }

    /// What an alarm is about.
    pub fn headline(&self, event: &str) -> &'static str {
        match event {
            "escalation" => self.pick("A promise is broken", "Ein Versprechen ist gebrochen"),
            "escalation_warning" => self.pick("A promise is about to be broken", "Ein Versprechen läuft bald ab"),
            "test" => self.pick("This is a test", "Dies ist ein Test"),
            _ => self.pick("Reminder", "Erinnerung"),
        }
    }

    /// The rest of an alarm: its ticket, when it was due where that is past, and since when this computer is without contact.
    pub fn alarm(&self, alarm: &AlarmView, face: impl Fn(i64) -> String) -> String {
        let mut lines = vec![[alarm.number.as_str(), alarm.title.as_str()].join(" ").trim().to_owned()];
        if alarm.late {
            lines.push(format!("{} {}", self.pick("Late: was due", "Verspätet: war fällig"), face(alarm.due_at)));
        }
        if let Some(at) = alarm.as_of {
            lines.push(format!("{} {}", self.pick("Offline, as of", "Offline, Stand"), face(at)));
        }
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// Many alarms at once.
    pub fn passed(&self, count: usize) -> String {
        format!("{count} {}", self.pick("deadlines have passed", "Fristen sind abgelaufen"))
    }

    /// A notification's way to its ticket.
    pub fn open_ticket(&self) -> &'static str {
        self.pick("Open", "Öffnen")
    }

    /// Makes the ticket mine.
    pub fn take(&self) -> &'static str {
        self.pick("Take", "Übernehmen")
    }

    /// Puts an alarm off.
    pub fn snooze(&self) -> &'static str {
        self.pick("Snooze 15 min", "In 15 Min. erinnern")
    }

    /// Shows no notifications for a while.
    pub fn pause(&self) -> &'static str {
        self.pick("Pause notifications for an hour", "Benachrichtigungen eine Stunde aussetzen")
    }

    /// Shows notifications again.
    pub fn resume(&self) -> &'static str {
        self.pick("Show notifications again", "Benachrichtigungen wieder zeigen")
    }

    /// What the icon beside the clock says of my tickets.
    pub fn burden(&self, mine: i64, late: i64) -> String {
        match (mine, late) {
            (0, _) => String::new(),
            (mine, 0) => mine.to_string(),
            (mine, late) => format!("{mine} ({late} {})", self.pick("late", "überfällig")),
        }
    }

    /// Asked before the program ends while mail waits.
    pub fn unsent(&self, mails: usize) -> String {
        match (self.german.load(Ordering::Relaxed), mails) {
            (false, 1) => "One mail has not left yet. It is kept and leaves at the next start. Quit now?".into(),
            (false, n) => format!("{n} mails have not left yet. They are kept and leave at the next start. Quit now?"),
            (true, 1) => "Eine Mail ist noch nicht verschickt. Sie bleibt erhalten und geht beim nächsten Start \
                hinaus. Jetzt beenden?"
                .into(),
            (true, n) => format!(
                "{n} Mails sind noch nicht verschickt. Sie bleiben erhalten und gehen beim nächsten Start hinaus. \
                Jetzt beenden?"
            ),
        }
    }

    /// Title of what is said once, when the window is closed for the first time.
    pub fn still_here(&self) -> &'static str {
        self.pick("Docket is still running", "Docket läuft weiter")
    }

    /// Why it is, and how to end it.
    pub fn still_here_why(&self) -> &'static str {
        self.pick(
            "It keeps fetching and sending mail. Open or quit it with the icon in the panel.",
            "Es holt und verschickt weiter Mails. Öffnen oder beenden lässt es sich über das Symbol in der Leiste.",
        )
    }

    /// Title of a refusal to start.
    pub fn did_not_start(&self) -> &'static str {
        self.pick("Docket did not start", "Docket konnte nicht starten")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mail_is_not_several() {
        let words = Words { german: AtomicBool::new(false) };
        assert!(words.unsent(1).starts_with("One mail has"));
        assert!(words.unsent(2).starts_with("2 mails have"));
        words.speak("de-AT");
        assert!(words.unsent(1).starts_with("Eine Mail ist"));
        assert!(words.unsent(2).starts_with("2 Mails sind"));
    }
}
