import type { AgentDoc, Id, Rec } from '$lib/api/types';

/** The absence of an agent that lasts at that moment. */
export function absenceOf(agent: Pick<AgentDoc, 'absence'> | undefined, at: number) {
  let absence = agent?.absence;
  return absence && absence.from <= at && at < absence.until ? absence : undefined;
}

/** The first who is there, from deputy to deputy; nobody where none stands in. */
export function standIn(agents: Rec<AgentDoc>[], id: Id | undefined, at: number): Id | undefined {
  let find = (wanted: Id | undefined) => agents.find((agent) => agent.id === wanted)?.document;
  let asked = new Set<Id | undefined>([id]);
  let deputy = absenceOf(find(id), at)?.deputy_id ?? undefined;
  while (deputy && !asked.has(deputy)) {
    let agent = find(deputy);
    if (!agent || agent.valid === false) return undefined;
    let absence = absenceOf(agent, at);
    if (!absence) return deputy;
    asked.add(deputy);
    deputy = absence.deputy_id ?? undefined;
  }
  return undefined;
}

const dayStart = (at: number, days = 0) => {
  let day = new Date(at);
  day.setDate(day.getDate() + days);
  return day.setHours(0, 0, 0, 0);
};
const two = (value: number) => String(value).padStart(2, '0');

/** The day of a moment as `<input type="date">` has it, in the zone of this computer. */
export function toDay(at: number): string {
  let date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** From the beginning of the first day until the end of the last; nothing where that makes no sense. */
export function fromDays(first: string, last: string): { from: number; until: number } | undefined {
  let from = new Date(`${first}T00:00`).getTime();
  let until = new Date(`${last}T00:00`).getTime();
  if (Number.isNaN(from) || Number.isNaN(until) || until < from) return undefined;
  return { from, until: dayStart(until, 1) };
}

/** The last day of an absence: it ends where that day does. */
export const lastDay = (until: number) => toDay(until - 1);
