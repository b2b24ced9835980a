use docket_store::customer::{self, Customer};

use crate::desk::Desk;

fn contact(address: &str, name: &str, company: &str, seen_at: i64) -> Customer {
    Customer {
        key: address.to_lowercase(),
        address: address.into(),
        name: name.into(),
        company: company.into(),
        seen_at,
        ..Customer::default()
    }
}

both! {
    async fn a_contact_is_completed_and_never_emptied(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let first = Customer { phone: "1".into(), note: "n".into(), ..contact("Ann@Example.org", "Ann", "", 5) };
        customer::note(&mut tx, &first).await.unwrap();
        customer::note(&mut tx, &contact("ANN@example.org", "", "Firma", 3)).await.unwrap();
        let wanted = Customer { company: "Firma".into(), ..first };
        assert_eq!(customer::find(&mut tx, "ann@example.org").await.unwrap(), Some(wanted.clone()));
        customer::note(&mut tx, &contact("ann@example.org", "Änne", "", 9)).await.unwrap();
        assert_eq!(customer::find(&mut tx, "ann@example.org").await.unwrap(), Some(Customer { name: "Änne".into(), seen_at: 9, ..wanted }));
        assert_eq!(customer::suggest(&mut tx, "änne", 5, None).await.unwrap().len(), 1, "what is searched follows");
        assert_eq!(customer::suggest(&mut tx, "firma", 5, None).await.unwrap().len(), 1);
        assert_eq!(customer::find(&mut tx, "nobody").await.unwrap(), None);
    }

    async fn typing_suggests_by_the_beginning_of_words(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        for (n, (address, name, company)) in (1..).zip([
            ("ute.mueller@example.org", "Ute Müller", "Übermut GmbH"),
            ("info@50percent.example", "50% Off_Shop", ""),
            ("z@example.net", "Zoë", "Café Müller & Söhne"),
        ]) {
            customer::note(&mut tx, &contact(address, name, company, n)).await.unwrap();
        }
        for (text, found) in [
            ("ute", vec![1]),
            ("MÜL", vec![3, 1]),
            ("mull", vec![3, 1]),
            ("mueller", vec![1]),
            ("üb", vec![1]),
            ("zoe", vec![3]),
            ("ute m", vec![1]),
            ("gmbh", vec![1]),
            ("example.n", vec![3]),
            ("50%", vec![2]),
            ("%", vec![]),
            ("off_", vec![2]),
            ("off-", vec![]),
            ("ller", vec![]),
            ("", vec![3, 2, 1]),
        ] {
            let seen: Vec<i64> = customer::suggest(&mut tx, text, 10, None).await.unwrap().into_iter().map(|customer| customer.seen_at).collect();
            assert_eq!(seen, found, "{text}");
        }
        assert_eq!(customer::suggest(&mut tx, "", 2, None).await.unwrap().len(), 2);
    }
}
