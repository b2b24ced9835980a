//! Placeholders in templates, signatures and automatic answers: OTRS's own spelling and a plain one.

/// What a text may name. Everything is plain text; `customer_body` is the last mail of the customer.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "named like the placeholders")]
pub struct Values<'a> {
    pub ticket_number: &'a str,
    pub ticket_title: &'a str,
    pub ticket_state: &'a str,
    pub ticket_priority: &'a str,
    pub queue_name: &'a str,
    pub owner_name: &'a str,
    pub customer_name: &'a str,
    pub customer_address: &'a str,
    pub customer_subject: &'a str,
    pub customer_body: &'a str,
    pub agent_name: &'a str,
    pub agent_email: &'a str,
    pub desk_name: &'a str,
}

/// The placeholders an editor offers.
pub const TOKENS: [&str; 11] = [
    "{{ticket.number}}",
    "{{ticket.title}}",
    "{{ticket.state}}",
    "{{ticket.priority}}",
    "{{queue.name}}",
    "{{customer.name}}",
    "{{customer.subject}}",
    "{{customer.body}}",
    "{{agent.name}}",
    "{{agent.email}}",
    "{{desk.name}}",
];

/// Fills in placeholders. One that nobody knows stays as it is, so that a mistake is seen before the mail leaves;
/// what was filled in is not looked at again, so a customer's text cannot name placeholders of its own.
pub fn fill(text: &str, values: &Values) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match token(rest).and_then(|(name, length)| Some((lookup(name, values)?, length))) {
            Some((value, length)) => {
                out.push_str(&value);
                rest = &rest[length..];
            }
            None => {
                let first = rest.chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[..first]);
                rest = &rest[first..];
            }
        }
    }
    out + rest
}

/// The name inside `{{…}}` or `<OTRS_…>` at the start of `text`, and how long the whole is.
fn token(text: &str) -> Option<(&str, usize)> {
    if let Some(inner) = text.strip_prefix("{{") {
        let end = inner.find("}}").filter(|end| *end < 60)?;
        return Some((inner[..end].trim(), end + 4));
    }
    let inner = text.strip_prefix('<')?;
    let end = inner.find('>').filter(|end| *end < 60)?;
    ["OTRS_", "OTOBO_", "ZNUNY_", "DOCKET_"].iter().any(|prefix| inner.starts_with(prefix)).then_some((&inner[..end], end + 2))
}

fn lookup(name: &str, values: &Values) -> Option<String> {
    let (name, limit) = match name.split_once('[') {
        Some((name, limit)) => (name, limit.strip_suffix(']')?.parse::<usize>().ok()),
        None => (name, None),
    };
    let bare = ["OTRS_", "OTOBO_", "ZNUNY_", "DOCKET_"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let key = bare.to_ascii_lowercase().replace('.', "_");
    Some(match key.as_str() {
        "ticket_number" | "ticket_ticketnumber" => values.ticket_number.to_owned(),
        "ticket_title" => values.ticket_title.to_owned(),
        "ticket_state" => values.ticket_state.to_owned(),
        "ticket_priority" => values.ticket_priority.to_owned(),
        "ticket_queue" | "queue_name" | "queue" => values.queue_name.to_owned(),
        "ticket_owner" | "owner_name" | "owner_userfullname" => values.owner_name.to_owned(),
        "customer_name" | "customer_realname" | "customer_from" | "customer_data_userfullname" | "customer_userfullname" => {
            let name = if values.customer_name.is_empty() { values.customer_address } else { values.customer_name };
            name.to_owned()
        }
        "customer_address" | "customer_data_useremail" => values.customer_address.to_owned(),
        "customer_subject" | "agent_subject" => cut(values.customer_subject, limit),
        "customer_body" | "customer_note" => cut(values.customer_body, limit),
        "customer_email" | "agent_body" => quoted(values.customer_body, limit),
        "agent_name" | "agent_userfullname" | "current_userfullname" => values.agent_name.to_owned(),
        "agent_email" | "agent_useremail" | "current_useremail" => values.agent_email.to_owned(),
        "agent_userfirstname" | "current_userfirstname" => values.agent_name.split(' ').next().unwrap_or_default().to_owned(),
        "agent_userlastname" | "current_userlastname" => values.agent_name.rsplit(' ').next().unwrap_or_default().to_owned(),
        "desk_name" | "config_organization" => values.desk_name.to_owned(),
        _ => return None,
    })
}

/// The first `limit` characters, as `<OTRS_CUSTOMER_SUBJECT[20]>` asks.
fn cut(text: &str, limit: Option<usize>) -> String {
    match limit {
        Some(limit) if text.chars().count() > limit => text.chars().take(limit).chain(" [...]".chars()).collect(),
        _ => text.to_owned(),
    }
}

/// The first `limit` lines, quoted, as `<OTRS_CUSTOMER_EMAIL[6]>` asks.
fn quoted(text: &str, limit: Option<usize>) -> String {
    let lines: Vec<String> = text.lines().take(limit.unwrap_or(usize::MAX)).map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values = Values {
        ticket_number: "2026112110000015",
        ticket_title: "Printer",
        ticket_state: "open",
        ticket_priority: "3 normal",
        queue_name: "Service desk",
        owner_name: "",
        customer_name: "Petra Vogt",
        customer_address: "petra@example.org",
        customer_subject: "Printer on fire since this morning",
        customer_body: "It burns.\n{{agent.name}} knows.\nPlease help.",
        agent_name: "Mara Lindt",
        agent_email: "mara@example.org",
        desk_name: "Nordlicht IT",
    };

    #[test]
    fn both_spellings() {
        for (text, filled) in [
            ("Dear {{customer.name}},", "Dear Petra Vogt,"),
            ("Dear <OTRS_CUSTOMER_REALNAME>,", "Dear Petra Vogt,"),
            ("<OTRS_CUSTOMER_SUBJECT[7]>", "Printer [...]"),
            ("<OTRS_CUSTOMER_EMAIL[1]>", "> It burns."),
            ("[Ticket#<OTRS_TICKET_TicketNumber>]", "[Ticket#2026112110000015]"),
            ("a < b {{nobody.knows}} <OTRS_Nothing> {", "a < b {{nobody.knows}} <OTRS_Nothing> {"),
            ("<OTRS_Agent_UserFirstname> ü {{desk.name}}", "Mara ü Nordlicht IT"),
        ] {
            assert_eq!(fill(text, &VALUES), filled);
        }
    }

    #[test]
    fn a_customers_text_names_no_placeholders() {
        assert!(fill("{{customer.body}}", &VALUES).contains("{{agent.name}} knows"));
    }
}
