import { m } from '$lib/i18n/messages.svelte';
import type { FieldSpec, FormSpec } from './forms';
import { checkCalendar } from './calendar/check';
import { checkPromises } from './promises/check';

const NAME: FieldSpec = { path: 'name', kind: 'text', label: m.name, required: true };
const COMMENT: FieldSpec = { path: 'comment', kind: 'text', label: m.comment };
const VALID: FieldSpec = { path: 'valid', kind: 'switch', label: m.in_use, hint: m.in_use_hint };
const comment = (document: Record<string, unknown>) => String(document.comment ?? '');
const CALENDAR: FieldSpec = {
  path: 'calendar_id',
  kind: 'record',
  of: 'calendar',
  label: m.calendar,
  hint: m.calendar_hint,
  none: m.calendar_of_desk,
};
const OFFICE = [['09:00', '17:00']];

/** What the desk promises and by which calendar, as fields of other records. */
export const QUEUE_PROMISES: FieldSpec[] = [
  {
    path: 'promises',
    kind: 'own',
    component: 'promises',
    label: m.queue_promises,
    hint: m.queue_promises_hint,
    more: true,
  },
  { ...CALENDAR, more: true },
];
export { checkPromises };
export const DESK_CLOCKS: FieldSpec[] = [
  { ...CALENDAR, hint: m.desk_calendar_hint, none: undefined },
  { path: 'clocks', kind: 'own', component: 'clocks', label: m.clocks, more: true },
];

/** Calendars, and what is promised to whom. */
export const TIME_FORMS: FormSpec[] = [
  {
    kind: 'calendar',
    title: m.calendars,
    words: m.settings_calendars_words,
    add: m.add_calendar,
    fresh: () => ({
      name: '',
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      week: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: OFFICE },
      holidays: [],
      public_holidays: [],
      valid: true,
    }),
    line: (document) => String(document.time_zone ?? ''),
    check: checkCalendar,
    aside: 'what_if',
    fields: [
      NAME,
      {
        path: 'time_zone',
        kind: 'own',
        component: 'zone',
        label: m.time_zone,
        hint: m.calendar_zone_hint,
        required: true,
      },
      { path: 'week', kind: 'own', component: 'week', label: m.week },
      {
        path: 'public_holidays',
        kind: 'own',
        component: 'public_days',
        label: m.public_holidays,
        hint: m.public_holidays_hint,
      },
      { path: 'holidays', kind: 'own', component: 'own_days', label: m.own_days, hint: m.own_days_hint },
      VALID,
    ],
  },
  {
    kind: 'service_level',
    title: m.service_levels,
    words: m.settings_levels_words,
    add: m.add_service_level,
    fresh: () => ({
      name: '',
      comment: '',
      calendar_id: null,
      promises: [],
      applies: { service_ids: [], company_ids: [], priority_ids: [], type_ids: [] },
      valid: true,
    }),
    line: comment,
    check: checkPromises,
    aside: 'example_ticket',
    fields: [
      NAME,
      { path: 'promises', kind: 'own', component: 'promises', label: m.promises, hint: m.promises_hint },
      CALENDAR,
      { path: 'applies', kind: 'own', component: 'applies', label: m.applies, hint: m.applies_hint },
      COMMENT,
      VALID,
    ],
  },
  {
    kind: 'service',
    title: m.services,
    words: m.settings_services_words,
    add: m.add_service,
    fresh: () => ({ name: '', comment: '', valid: true }),
    line: comment,
    tree: true,
    fields: [{ ...NAME, hint: m.service_name_hint }, COMMENT, VALID],
  },
  {
    kind: 'company',
    title: m.companies,
    words: m.settings_companies_words,
    add: m.add_company,
    fresh: () => ({ name: '', domains: [], addresses: [], comment: '', valid: true }),
    line: (document) => ((document.domains as string[] | undefined) ?? []).join(', ') || comment(document),
    fields: [
      NAME,
      {
        path: 'domains',
        kind: 'tokens',
        label: m.company_domains,
        hint: m.company_domains_hint,
        fits: (value) => /^[^\s@]+\.[^\s@]+$/.test(value),
      },
      {
        path: 'addresses',
        kind: 'tokens',
        label: m.company_addresses,
        hint: m.company_addresses_hint,
        fits: (value) => /^\S+@\S+$/.test(value),
      },
      COMMENT,
      VALID,
    ],
  },
  {
    kind: 'ticket_type',
    title: m.ticket_types,
    words: m.settings_types_words,
    add: m.add_type,
    fresh: () => ({ name: '', comment: '', valid: true }),
    line: comment,
    fields: [NAME, COMMENT, VALID],
  },
];
