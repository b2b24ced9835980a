import { m } from '$lib/i18n/messages.svelte';
import { formOf, type FormSpec } from './forms';

export interface Section {
  key: string;
  group: () => string;
  title: () => string;
  words: () => string;
  form?: FormSpec;
  /** What a search finds here besides title and words. */
  more?: (() => string)[];
}

function of(kind: string, group: () => string): Section {
  let form = formOf(kind)!;
  return {
    key: kind,
    group,
    title: form.title,
    words: form.words,
    form,
    more: form.fields.map((field) => field.label),
  };
}

export const SECTIONS: Section[] = [
  {
    key: 'appearance',
    group: m.settings_group_you,
    title: m.settings_appearance,
    words: m.settings_appearance_words,
    more: [
      m.theme,
      m.density,
      m.language,
      m.keys_on,
      m.your_name,
      m.your_email,
      m.change_password,
      m.sessions,
      m.devices,
    ],
  },
  {
    key: 'notifications',
    group: m.settings_group_you,
    title: m.settings_notifications,
    words: m.settings_notifications_words,
    more: [m.notify_queues, m.quiet_hours, m.pause_hour, m.notify_test, m.notify_log, m.start_at_login],
  },
  of('desk', m.settings_group_desk),
  of('queue', m.settings_group_desk),
  of('state', m.settings_group_desk),
  of('priority', m.settings_group_desk),
  of('calendar', m.settings_group_time),
  of('service_level', m.settings_group_time),
  of('service', m.settings_group_time),
  of('company', m.settings_group_time),
  of('ticket_type', m.settings_group_time),
  of('agent', m.settings_group_team),
  of('group', m.settings_group_team),
  of('role', m.settings_group_team),
  {
    key: 'access',
    group: m.settings_group_team,
    title: m.access_title,
    words: m.access_words,
    more: [m.grants, m.group, m.roles],
  },
  {
    key: 'left_behind',
    group: m.settings_group_team,
    title: m.left_title,
    words: m.left_words,
    more: [m.devices, m.left_accept],
  },
  {
    key: 'mailbox',
    group: m.settings_group_mail,
    title: m.mailboxes,
    words: m.settings_mailboxes_words,
    more: [m.imap_server, m.smtp_server, m.what_becomes_a_ticket, m.password, m.quarantine],
  },
  of('address', m.settings_group_mail),
  of('mail_rules', m.settings_group_mail),
  of('blocked_sender', m.settings_group_mail),
  of('template', m.settings_group_texts),
  of('signature', m.settings_group_texts),
  of('salutation', m.settings_group_texts),
  of('auto_response', m.settings_group_texts),
];

/** The sections that a search finds, in their groups, with the field that matched. */
export function found(sections: Section[], typed: string) {
  let words = typed.trim().toLowerCase();
  let groups: { name: string; sections: (Section & { matches?: string })[] }[] = [];
  for (let section of sections) {
    let own = `${section.title()} ${section.words()}`.toLowerCase().includes(words);
    let matches = section.more?.map((label) => label()).find((label) => label.toLowerCase().includes(words));
    if (words && !own && !matches) continue;
    let name = section.group();
    let group = groups.find((one) => one.name === name);
    if (!group) groups.push((group = { name, sections: [] }));
    group.sections.push({ ...section, matches: words && !own ? matches : undefined });
  }
  return groups;
}
