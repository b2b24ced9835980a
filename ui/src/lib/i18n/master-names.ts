import { m } from './messages.svelte';

/** The names that every new desk begins with; renamed ones are shown as they are. */
const NAMES: Record<string, () => string> = {
  new: m.state_new,
  open: m.state_open,
  'pending reminder': m.state_pending_reminder,
  'pending auto close+': m.state_pending_auto_plus,
  'pending auto close-': m.state_pending_auto_minus,
  'closed successful': m.state_closed_successful,
  'closed unsuccessful': m.state_closed_unsuccessful,
  merged: m.state_merged,
  removed: m.state_removed,
  '1 very low': m.priority_1,
  '2 low': m.priority_2,
  '3 normal': m.priority_3,
  '4 high': m.priority_4,
  '5 very high': m.priority_5,
};

/** The name of a state or priority in the language of the page. */
export const inWords = (name: string | undefined): string => (name ? (NAMES[name]?.() ?? name) : '');
