import { m, language } from './messages.svelte';
import { minutesWords } from './duration';
import type { Escalation, LevelAction, LevelAt, Measure, Recipient } from '$lib/api/types';

/** What records are called; an empty text where one is gone. */
export interface Names {
  group: (id: string) => string;
  agent: (id: string) => string;
  queue: (id: string) => string;
  priority: (id: string) => string;
}

const MEASURES: Record<Measure, () => string> = {
  first_response: m.measure_first_response,
  update: m.measure_update,
  solution: m.measure_solution,
};
export const measureWords = (measure: Measure): string => MEASURES[measure]();

const list = (parts: string[]) =>
  new Intl.ListFormat(language.current === 'de' ? 'de-DE' : 'en-GB', { type: 'conjunction' }).format(parts);

export function atWords(at: LevelAt): string {
  if ('after_minutes' in at) return m.level_after({ time: minutesWords(at.after_minutes) });
  return at.percent === 100 ? m.level_at_breach() : m.level_at({ percent: at.percent });
}

export function recipientWords(recipient: Recipient, names: Names): string {
  switch (recipient.kind) {
    case 'owner':
      return m.to_owner();
    case 'responsible':
      return m.to_responsible();
    case 'queue':
      return m.to_queue();
    case 'watchers':
      return m.to_watchers();
    case 'group':
      return m.to_group({ name: names.group(recipient.group_id) || m.gone() });
    case 'agent':
      return names.agent(recipient.agent_id) || m.gone();
    case 'address':
      return recipient.address;
  }
}

/** What an action does besides telling somebody; nothing for those that tell. */
export function actionWords(action: LevelAction, names: Names): string | undefined {
  switch (action.kind) {
    case 'notify':
    case 'mail':
      return undefined;
    case 'webhook':
      return m.level_webhook({ url: hostOf(action.url) });
    case 'raise_priority':
      return m.level_raise();
    case 'set_priority':
      return m.level_priority({ name: names.priority(action.priority_id) || m.gone() });
    case 'move':
      return m.level_move({ name: names.queue(action.queue_id) || m.gone() });
    case 'assign':
      return m.level_assign({ name: names.agent(action.agent_id) || m.gone() });
  }
}

const hostOf = (url: string) => URL.parse(url)?.host || url;

/** "tell owner and queue", "raise the priority": what happens, without when. */
export function doesWords({ to, actions }: Pick<Escalation, 'to' | 'actions'>, names: Names): string {
  let how = (kind: 'notify' | 'mail') => actions.some((action) => action.kind === kind);
  let whom = list(to.map((recipient) => recipientWords(recipient, names)));
  let tells = !to.length
    ? []
    : how('notify') && how('mail')
      ? [m.level_tell_and_mail({ whom })]
      : how('mail')
        ? [m.level_mail({ whom })]
        : how('notify')
          ? [m.level_tell({ whom })]
          : [];
  let does = actions.map((action) => actionWords(action, names)).filter((words) => words !== undefined);
  return list([...tells, ...does]);
}

/** A level as one sentence: "At 80 % tell owner and queue". */
export function levelWords(level: Escalation, names: Names): string {
  let does = doesWords(level, names);
  return does ? `${atWords(level.at)} ${does}` : m.level_nothing({ when: atWords(level.at) });
}
