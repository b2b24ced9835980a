//! `X-OTRS-…` headers, obeyed from trusted mailboxes only (contract §3).

use docket_domain::{PriorityId, QueueId, Settings, StateId};
use docket_mail::parse::Incoming;

use super::Source;

/// What the headers of a trusted mail ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trusted {
    pub ignore: bool,
    pub queue: Option<QueueId>,
    pub state: Option<StateId>,
    pub priority: Option<PriorityId>,
}

pub(super) fn trusted(settings: &Settings, source: &Source, mail: &Incoming) -> Trusted {
    let is_trusted = source.mailbox.and_then(|id| settings.mailboxes.get(&id)).is_some_and(|mailbox| mailbox.trusted);
    if !is_trusted {
        return Trusted::default();
    }
    let header = |name: &str| {
        let full = format!("x-otrs-{name}");
        mail.header(&full).map(str::trim).filter(|value| !value.is_empty())
    };
    let named = |value: &str, name: &str| value.eq_ignore_ascii_case(name);
    Trusted {
        ignore: header("ignore").is_some_and(|value| named(value, "yes") || named(value, "true")),
        queue: header("queue")
            .and_then(|value| settings.queues.iter().find(|(_, queue)| queue.valid && named(value, &queue.name)).map(|(id, _)| *id)),
        state: header("state").and_then(|value| {
            let found = settings.states.iter().find(|(_, state)| state.valid && !state.kind.is_pending() && named(value, &state.name));
            found.map(|(id, _)| *id)
        }),
        priority: header("priority").and_then(|value| {
            settings.priorities.iter().find(|(_, priority)| priority.valid && named(value, &priority.name)).map(|(id, _)| *id)
        }),
    }
}
