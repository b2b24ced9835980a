import { m } from '$lib/i18n/messages.svelte';
import { Problem } from './refused';
import type { Code } from './types';

export { Problem };

/** A code without words does not compile. Where the server knows the particulars, its own sentence stands. */
const WORDS: Record<Code, (said: string) => string> = {
  bad_request: () => m.problem_internal(),
  invalid: own,
  link_over: () => m.problem_link_over(),
  keyring_locked: () => m.problem_keyring_locked(),
  no_sender_address: () => m.problem_no_sender_address(),
  sealed_elsewhere: () => m.problem_sealed_elsewhere(),
  password_missing: () => m.problem_password_missing(),
  // These are met where a desk is opened or restored, long before there is a page.
  bad_backup: own,
  data_folder: own,
  database_unreachable: own,
  key_file: own,
  network_folder: own,
  newer_backup: own,
  not_empty: own,
  method_not_allowed: () => m.problem_internal(),
  offline: () => m.problem_offline(),
  disk_full: () => m.problem_disk_full(),
  newer_database: () => m.problem_newer_database(),
  last_administrator: () => m.problem_last_administrator(),
  held_by_other_process: () => m.problem_held_by_other_process(),
  slow_down: (said) => said || m.problem_slow_down(),
  sign_in_required: () => m.problem_sign_in_required(),
  wrong_password: () => m.problem_wrong_password(),
  forbidden: () => m.problem_forbidden(),
  not_found: () => m.problem_not_found(),
  stale: () => m.problem_stale(),
  too_large: () => m.problem_too_large(),
  internal: () => m.problem_internal(),
  locked_by_other: () => m.problem_locked_by_other(),
  no_such_queue: () => m.problem_no_such_queue(),
  no_such_state: () => m.problem_no_such_state(),
  no_such_priority: () => m.problem_no_such_priority(),
  no_such_agent: () => m.problem_no_such_agent(),
  no_such_service: () => m.problem_no_such_service(),
  no_such_sender: () => m.problem_no_such_sender(),
  no_recipient: () => m.problem_no_recipient(),
  bad_recipient: () => m.problem_bad_recipient(),
  empty_text: () => m.problem_empty_text(),
  empty_title: () => m.problem_empty_title(),
  pending_needs_time: () => m.problem_pending_needs_time(),
  merged: () => m.problem_merged(),
  not_waiting: () => m.problem_not_waiting(),
  not_sendable: () => m.problem_not_sendable(),
  link_to_itself: () => m.problem_link_to_itself(),
  article_exists: () => m.problem_exists_already(),
  ticket_exists: () => m.problem_exists_already(),
  client_too_old: () => m.problem_client_too_old(),
  connected_elsewhere: () => m.problem_connected_elsewhere(),
  device_locked: () => m.problem_device_locked(),
  untrusted_server: () => m.problem_untrusted_server(),
  no_desk_there: () => m.problem_no_desk_there(),
  not_connected: () => m.problem_not_connected(),
  on_its_way: () => m.problem_on_its_way(),
  calendar_never_open: () => m.problem_calendar_never_open(),
  no_right: () => m.problem_no_right(),
  merge_into_itself: () => m.problem_merge_into_itself(),
  merge_cycle: () => m.problem_merge_cycle(),
  changed_meanwhile: () => m.problem_changed_meanwhile(),
  customer_wrote: () => m.problem_customer_wrote(),
  agent_absent: () => m.problem_agent_absent(),
  unknown_command: () => m.problem_unknown_command(),
  agent_disabled: () => m.problem_agent_disabled(),
  device_lost: () => m.problem_device_lost(),
  device_revoked: () => m.problem_device_revoked(),
  new_epoch: () => m.problem_new_epoch(),
  server_disk_full: () => m.problem_server_disk_full(),
  server_refused: (said) => said || m.problem_server_refused(),
};

function own(said: string): string {
  return said || m.problem_internal();
}

/** A sentence for a stable code; none for one that this program does not know. */
export const codeText = (code: string, said = ''): string | undefined =>
  (WORDS as Record<string, (said: string) => string>)[code]?.(said);

/** A sentence for whatever was thrown. */
export function problemText(error: unknown): string {
  if (!(error instanceof Problem)) return m.problem_internal();
  if (error.code === 'not_saved') return m.problem_not_saved();
  // The desk answers, but the team's server does not: the sentence is that of the desk, a proxy would have none.
  if (error.code === 'offline' && error.status === 503 && error.message) return m.problem_needs_server();
  return codeText(error.code, error.message) ?? own(error.message);
}
