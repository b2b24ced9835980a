import { m } from './messages.svelte';
import type { Right } from '$lib/api/types';

interface RightWords {
  right: Right;
  /** A word or two, for the head of a column. */
  name: () => string;
  /** What may be done. */
  words: () => string;
}

/** The seven permissions in their order; the last implies all others. */
export const RIGHTS: RightWords[] = [
  { right: 'ro', name: m.right_ro, words: m.right_ro_words },
  { right: 'move_into', name: m.right_move_into, words: m.right_move_into_words },
  { right: 'create', name: m.right_create, words: m.right_create_words },
  { right: 'note', name: m.right_note, words: m.right_note_words },
  { right: 'owner', name: m.right_owner, words: m.right_owner_words },
  { right: 'priority', name: m.right_priority, words: m.right_priority_words },
  { right: 'rw', name: m.right_rw, words: m.right_rw_words },
];

/** The words for a right. */
export const wordsOf = (right: Right) => RIGHTS.find((one) => one.right === right)?.words() ?? right;

/** The name of a right. */
export const nameOf = (right: Right) => RIGHTS.find((one) => one.right === right)?.name() ?? right;
