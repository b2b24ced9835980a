use docket_domain::{AgentId, TicketId};
use docket_store::presence::{self, Present};

use crate::desk::{Desk, id};

both! {
    async fn who_is_there_is_forgotten(desk: Desk) {
        let at = |ticket, agent, writing| Present { ticket: TicketId(id(ticket)), agent: AgentId(id(agent)), writing };
        let mut tx = desk.aside().await.unwrap();
        for (present, now) in [(at(1, 90, false), 10), (at(1, 91, true), 20), (at(2, 90, true), 20), (at(1, 90, true), 30)] {
            presence::note(&mut tx, present, now).await.unwrap();
        }
        assert_eq!(presence::since(&mut tx, 0).await.unwrap(), [at(1, 90, true), at(1, 91, true), at(2, 90, true)]);
        assert_eq!(presence::since(&mut tx, 20).await.unwrap(), [at(1, 90, true)]);
        presence::leave(&mut tx, TicketId(id(1)), AgentId(id(90))).await.unwrap();
        presence::forget(&mut tx, 19).await.unwrap();
        assert_eq!(presence::since(&mut tx, 0).await.unwrap(), [at(1, 91, true), at(2, 90, true)]);
        presence::forget(&mut tx, 20).await.unwrap();
        assert_eq!(presence::since(&mut tx, 0).await.unwrap(), []);
    }
}
