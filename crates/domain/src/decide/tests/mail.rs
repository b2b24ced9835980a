//! Contract §3: what a mail does to a ticket. DESIGN §4 and §5: what an answer does, and when.

use super::*;

/// A ticket of Ana's in `queue` that she brought to `state`.
fn in_state(queue: QueueId, state: StateId) -> Ticket {
    let mut commands = vec![(ANA, Body::Move { queue }), (ANA, Body::Take { over: false })];
    if state != master::STATE_NEW {
        commands.push((ANA, Body::SetState { state, pending_until: Some(LATER) }));
    }
    after(new_ticket(), &commands)
}

#[test]
fn a_follow_up_opens_everything_but_what_is_new() {
    for (state, becomes) in [
        (master::STATE_NEW, master::STATE_NEW),
        (master::STATE_OPEN, master::STATE_OPEN),
        (master::STATE_PENDING_REMINDER, master::STATE_OPEN),
        (master::STATE_PENDING_AUTO_CLOSE_PLUS, master::STATE_OPEN),
        (master::STATE_PENDING_AUTO_CLOSE_MINUS, master::STATE_OPEN),
        (master::STATE_CLOSED_SUCCESSFUL, master::STATE_OPEN),
        (master::STATE_CLOSED_UNSUCCESSFUL, master::STATE_OPEN),
        (master::STATE_REMOVED, master::STATE_OPEN),
        (master::STATE_MERGED, master::STATE_MERGED),
    ] {
        let done = run(&in_state(master::QUEUE_FIRST, state), &customer(), &received(7)).unwrap();
        assert_eq!(done.ticket.state, becomes, "{state}");
        assert_eq!(names(&done.events)[..2], ["article_added", "followed_up"]);
        assert_eq!(done.ticket.owner, Some(ANA));
    }
}

#[test]
fn a_reopened_ticket_is_locked_again_where_the_queue_says_so() {
    for (queue, state, locked) in [
        (QUEUE_LOCKING, master::STATE_CLOSED_SUCCESSFUL, true),
        (QUEUE_LOCKING, master::STATE_CLOSED_UNSUCCESSFUL, true),
        (QUEUE_LOCKING, master::STATE_REMOVED, false),
        (master::QUEUE_FIRST, master::STATE_CLOSED_SUCCESSFUL, false),
        (master::QUEUE_FIRST, master::STATE_PENDING_REMINDER, true),
    ] {
        let done = run(&in_state(queue, state), &customer(), &received(7)).unwrap();
        assert_eq!((done.ticket.owner, done.ticket.locked), (Some(ANA), locked), "{queue} {state}");
    }
}

#[test]
fn a_follow_up_unlocks_what_nobody_works_on() {
    let mut left_behind = anas();
    left_behind.owner = Some(GONE);
    assert!(!run(&left_behind, &customer(), &received(7)).unwrap().ticket.locked);

    let mut closed_long_ago = in_state(QUEUE_LOCKING, master::STATE_CLOSED_SUCCESSFUL);
    closed_long_ago.owner = Some(GONE);
    assert!(!run(&closed_long_ago, &customer(), &received(7)).unwrap().ticket.locked);
}

#[test]
fn the_follow_up_option_is_about_tickets_that_are_done() {
    let settings = settings();
    for (queue, state, option) in [
        (QUEUE_REJECTING, master::STATE_OPEN, FollowUp::Possible),
        (QUEUE_REJECTING, master::STATE_CLOSED_SUCCESSFUL, FollowUp::Reject),
        (QUEUE_REJECTING, master::STATE_REMOVED, FollowUp::Reject),
        (QUEUE_RENEWING, master::STATE_PENDING_REMINDER, FollowUp::Possible),
        (QUEUE_RENEWING, master::STATE_CLOSED_UNSUCCESSFUL, FollowUp::NewTicket),
        (master::QUEUE_FIRST, master::STATE_CLOSED_SUCCESSFUL, FollowUp::Possible),
    ] {
        assert_eq!(follow_up(&in_state(queue, state), &settings), option, "{queue} {state}");
    }
}

#[test]
fn a_rejected_follow_up_is_kept_and_changes_nothing_else() {
    let ticket = in_state(QUEUE_REJECTING, master::STATE_CLOSED_SUCCESSFUL);
    let done = run(&ticket, &customer(), &received(7)).unwrap();
    assert_eq!(names(&done.events), ["article_added", "followed_up", "follow_up_rejected"]);
    assert_eq!((done.ticket.state, done.ticket.articles), (master::STATE_CLOSED_SUCCESSFUL, 2));
}

fn bounce(of: Option<u128>, automatic: bool) -> Body {
    let bounced = Bounced { of: of.map(|n| ArticleId(id(n))), automatic, harmless: false };
    Body::Receive(Box::new(Received { article: article(7), bounce: Some(bounced), ..Received::default() }))
}

#[test]
fn a_delivery_failure_is_nobodys_word() {
    for (of, automatic, state) in [
        (Some(2), false, master::STATE_OPEN),
        (Some(2), true, master::STATE_CLOSED_SUCCESSFUL),
        (None, false, master::STATE_CLOSED_SUCCESSFUL),
    ] {
        let before = closed();
        let done = run(&before, &Actor::System, &bounce(of, automatic)).unwrap();
        assert_eq!(names(&done.events)[..2], ["article_added", "bounced"]);
        assert_eq!(done.ticket.state, state, "an agent looks at what did not arrive of their own");
        assert_eq!(done.ticket.last_customer_at, before.last_customer_at);
    }
}

#[test]
fn a_reply_waits_and_changes_nothing_before_it_leaves() {
    let ticket = new_ticket();
    let body = Body::Reply { article: article(7), mail: outgoing(), next: next(master::STATE_CLOSED_SUCCESSFUL, None) };
    let waiting = run(&ticket, &agent(ANA), &body).unwrap();
    assert_eq!(names(&waiting.events), ["article_added"]);
    let Ticket { state, owner, locked, first_response_at, .. } = waiting.ticket;
    assert_eq!((state, owner, locked, first_response_at), (master::STATE_NEW, None, false, None));
}

#[test]
fn a_reply_that_left_brings_owner_lock_and_state() {
    for (what, state, locked) in [
        (Next::default(), master::STATE_OPEN, true),
        (next(master::STATE_PENDING_REMINDER, Some(LATER)), master::STATE_PENDING_REMINDER, true),
        (next(master::STATE_CLOSED_SUCCESSFUL, None), master::STATE_CLOSED_SUCCESSFUL, false),
    ] {
        let waiting = run(&new_ticket(), &agent(ANA), &reply(7)).unwrap().ticket;
        let gone = run(&waiting, &Actor::System, &left(7, ANA, what)).unwrap().ticket;
        assert_eq!((gone.state, gone.owner, gone.locked), (state, Some(ANA), locked));
        assert_eq!(gone.first_response_at, Some(NOW));
    }
}

#[test]
fn a_reply_that_left_takes_nothing_from_a_colleague() {
    let gone = run(&anas(), &Actor::System, &left(7, BEN, Next::default())).unwrap().ticket;
    assert_eq!((gone.owner, gone.locked), (Some(ANA), true));
}

#[test]
fn an_automatic_mail_that_left_is_no_answer() {
    let auto = Body::AutoReply { kind: AutoKind::AutoReply, article: article(7), mail: outgoing() };
    let waiting = run(&new_ticket(), &Actor::System, &auto).unwrap();
    assert_eq!(names(&waiting.events), ["article_added", "auto_replied"]);
    let gone = Body::MailLeft { article: ArticleId(id(7)), author: None, next: Next::default(), forward: false };
    let gone = run(&waiting.ticket, &Actor::System, &gone).unwrap().ticket;
    assert_eq!((gone.first_response_at, gone.last_agent_at), (None, None));
    assert_eq!((gone.state, gone.owner, gone.locked), (master::STATE_NEW, None, false));
}

#[test]
fn a_confirmed_arrival_counts_like_a_mail_that_left() {
    let body = Body::ConfirmArrival { article: ArticleId(id(7)), author: Some(ANA), next: next(master::STATE_CLOSED_SUCCESSFUL, None) };
    let done = run(&new_ticket(), &agent(ANA), &body).unwrap();
    assert_eq!(done.ticket.first_response_at, Some(NOW));
    assert_eq!(done.ticket.state, master::STATE_CLOSED_SUCCESSFUL);
}

#[test]
fn what_a_mail_needs() {
    let without = |change: fn(&mut NewArticle, &mut Outgoing, &mut Next)| {
        let (mut article, mut mail, mut next) = (article(7), outgoing(), Next::default());
        change(&mut article, &mut mail, &mut next);
        run(&new_ticket(), &agent(ANA), &Body::Reply { article, mail, next }).map(drop)
    };
    assert_eq!(without(|_, _, _| {}), Ok(()));
    assert_eq!(without(|article, _, _| article.text = " \n".into()), Err(Refusal::EmptyText));
    assert_eq!(without(|_, mail, _| mail.to.clear()), Err(Refusal::NoRecipient));
    assert_eq!(without(|_, mail, _| mail.bcc = std::mem::take(&mut mail.to)), Ok(()), "a blind copy is a recipient");
    assert_eq!(without(|_, mail, _| mail.from = SENDER_INVALID), Err(Refusal::NoSuchSender));
    assert_eq!(without(|_, mail, _| mail.from = AddressId::fixed(94, 9)), Err(Refusal::NoSuchSender));
    assert_eq!(without(|_, mail, _| mail.to.push(Address::bare("petra"))), Err(Refusal::BadRecipient));
    assert_eq!(without(|_, mail, _| mail.cc.push(Address::bare("a@example.com\r\nBcc: b@example.com"))), Err(Refusal::BadRecipient));
    assert_eq!(without(|_, _, next| next.state_id = Some(STATE_INVALID)), Err(Refusal::NoSuchState));
    assert_eq!(without(|_, _, next| next.state_id = Some(master::STATE_PENDING_REMINDER)), Err(Refusal::PendingNeedsTime));
}

#[test]
fn an_attachment_is_text_enough() {
    let attachment = NewAttachment {
        id: AttachmentId(id(8)),
        name: "photo.png".into(),
        content_type: "image/png".into(),
        size: 3,
        sha256: "00".repeat(32),
        inline: false,
        content_id: None,
    };
    let article = NewArticle { text: String::new(), attachments: vec![attachment], ..article(7) };
    run(&new_ticket(), &agent(ANA), &Body::Note { article, visible: false, next: Next::default() }).unwrap();
}
