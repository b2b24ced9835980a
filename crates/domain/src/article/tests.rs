use proptest::prelude::*;

use super::*;

#[test]
fn addresses_as_people_type_them() {
    for (text, expected) in [
        ("petra@example.org", Some((None, "petra@example.org"))),
        ("  petra@example.org ", Some((None, "petra@example.org"))),
        ("Petra Vogt <petra@example.org>", Some((Some("Petra Vogt"), "petra@example.org"))),
        ("\"Vogt, Petra\" <petra@example.org>", Some((Some("Vogt, Petra"), "petra@example.org"))),
        ("<petra@example.org>", Some((None, "petra@example.org"))),
        ("Jürgen Groß <jg@müller.example>", Some((Some("Jürgen Groß"), "jg@müller.example"))),
        ("petra", None),
        ("@example.org", None),
        ("petra@", None),
        ("petra@.example.org", None),
        ("petra@example..org", None),
        ("petra vogt@example.org", None),
        ("a@example.org, b@example.org", None),
        ("a@example.org\r\nBcc: b@example.org", None),
        ("", None),
    ] {
        let parsed = Address::parse(text);
        assert_eq!(parsed.as_ref().map(|address| (address.name.as_deref(), address.address.as_str())), expected, "{text:?}");
    }
}

#[test]
fn only_plain_addresses_can_be_mailed() {
    for (name, address, mailable) in [
        (None, "petra@example.org", true),
        (Some("Petra"), "petra@example.org", true),
        (None, "Petra <petra@example.org>", false),
        (None, "petra@example.org ", false),
        (None, "petra", false),
        (Some("Petra\r\nBcc: x@example.org"), "petra@example.org", false),
    ] {
        let address = Address { name: name.map(str::to_owned), address: address.to_owned() };
        assert_eq!(address.is_mailable(), mailable, "{address:?}");
    }
}

#[test]
fn delivery_has_one_name() {
    use Delivery::*;
    for delivery in [Waiting, Sending, Retrying, Sent, PerhapsSent, Failed, Held, Cancelled] {
        assert_eq!(serde_json::to_value(delivery).unwrap(), delivery.as_str());
    }
}

proptest! {
    #[test]
    fn any_text_is_an_address_or_not(text in ".*") {
        if let Some(address) = Address::parse(&text) {
            prop_assert!(address.is_mailable());
            prop_assert_eq!(Address::parse(&address.address).map(|again| again.address), Some(address.address));
        }
    }

    #[test]
    fn a_shown_address_can_be_read_again(name in "[\\PC]{0,20}", address in "[a-z.+-]{1,8}@[a-z]{1,8}\\.example") {
        let shown = Address { name: Some(name), address: address.clone() }.to_string();
        prop_assert_eq!(Address::parse(&shown).map(|again| again.address), Some(address));
    }
}
