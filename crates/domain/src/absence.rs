//! Agents who are away for a while (OTRS: out of office), and who stands in for them.
//!
//! Not to be mixed up with a ticket that was taken along ([`crate::ticket::Away`]): that one is with an agent who works.

use serde::{Deserialize, Serialize};

use crate::{
    id::AgentId,
    settings::{Invalid, Settings},
    ticket::Ticket,
};

/// From when until when an agent is away, and who stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Absence {
    /// The first moment (ms UTC).
    pub from: i64,
    /// The first moment after it (ms UTC).
    pub until: i64,
    /// Who stands in; none: the queue.
    #[serde(default)]
    pub deputy_id: Option<AgentId>,
}

impl Absence {
    /// Does it last at that moment?
    pub fn lasts(&self, at: i64) -> bool {
        (self.from..self.until).contains(&at)
    }

    /// Says what is wrong with it for this agent, or nothing.
    pub(crate) fn check(&self, settings: &Settings, agent: AgentId) -> Result<(), Invalid> {
        if self.until <= self.from {
            return Err(Invalid::new("absence", "an absence ends after it begins"));
        }
        match self.deputy_id {
            Some(deputy) if deputy == agent => Err(Invalid::new("absence", "nobody stands in for themselves")),
            Some(deputy) if !settings.agents.contains_key(&deputy) => Err(Invalid::new("absence", "that deputy does not exist")),
            Some(_) | None => Ok(()),
        }
    }
}

/// The absence of an agent that lasts at that moment.
pub fn of(settings: &Settings, agent: AgentId, at: i64) -> Option<Absence> {
    settings.agents.get(&agent).and_then(|agent| agent.absence).filter(|absence| absence.lasts(at))
}

/// The first who is there, from deputy to deputy; none: nobody stands in.
pub fn stand_in(settings: &Settings, agent: AgentId, at: i64) -> Option<AgentId> {
    let mut asked = vec![agent];
    let mut deputy = of(settings, agent, at)?.deputy_id?;
    loop {
        if asked.contains(&deputy) || !settings.agents.get(&deputy).is_some_and(|agent| agent.valid) {
            return None;
        }
        match of(settings, deputy, at) {
            None => return Some(deputy),
            Some(absence) => {
                asked.push(deputy);
                deputy = absence.deputy_id?;
            }
        }
    }
}

/// Is whoever has the ticket away at that moment?
pub fn owner_is_away(settings: &Settings, ticket: &Ticket, at: i64) -> bool {
    ticket.owner.is_some_and(|owner| of(settings, owner, at).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::{Kind, Record};

    const ANA: AgentId = AgentId::fixed(90, 1);
    const BEN: AgentId = AgentId::fixed(90, 2);
    const CEM: AgentId = AgentId::fixed(90, 3);

    /// Agents with their absences: from, until, deputy.
    /// An agent, and from when until when they are away and for whom.
    type Person = (AgentId, Option<(i64, i64, Option<AgentId>)>);

    fn settings(people: &[Person]) -> Settings {
        let record = |(id, absence): &Person| {
            let absence = absence.map(|(from, until, deputy)| json!({ "from": from, "until": until, "deputy_id": deputy }));
            let document = json!({ "login": id.to_string(), "name": "x", "absence": absence });
            Record { kind: Kind::Agent, id: id.0, version: 1, document }
        };
        Settings::build(1, people.iter().map(record).collect()).unwrap()
    }

    #[test]
    fn an_absence_ends_with_its_last_moment() {
        let settings = settings(&[(ANA, Some((100, 200, None)))]);
        for (at, away) in [(99, false), (100, true), (199, true), (200, false)] {
            assert_eq!(of(&settings, ANA, at).is_some(), away, "{at}");
        }
    }

    #[test]
    fn deputies_are_asked_in_turn() {
        let away = |deputy| Some((0, 10, deputy));
        for (people, stands_in) in [
            (vec![(ANA, away(Some(BEN))), (BEN, None)], Some(BEN)),
            (vec![(ANA, away(Some(BEN))), (BEN, away(Some(CEM))), (CEM, None)], Some(CEM)),
            (vec![(ANA, away(Some(BEN))), (BEN, away(Some(ANA)))], None),
            (vec![(ANA, away(Some(BEN))), (BEN, away(None))], None),
            (vec![(ANA, away(None)), (BEN, None)], None),
            (vec![(ANA, None), (BEN, None)], None),
        ] {
            assert_eq!(stand_in(&settings(&people), ANA, 5), stands_in, "{people:?}");
        }
    }

    #[test]
    fn an_absence_that_makes_no_sense_is_not_saved() {
        let settings = settings(&[(ANA, None), (BEN, None)]);
        for (from, until, deputy, good) in
            [(1, 2, None, true), (1, 2, Some(BEN), true), (2, 2, None, false), (1, 2, Some(ANA), false), (1, 2, Some(CEM), false)]
        {
            assert_eq!(Absence { from, until, deputy_id: deputy }.check(&settings, ANA).is_ok(), good, "{from} {until} {deputy:?}");
        }
    }
}
