import { m } from './messages.svelte';

/** A ticket that was opened without network and without a number in stock has a stand-in, which nobody can name. */
export const isNumbered = (number: string | undefined) => !!number && !number.startsWith('~');
/** `#2026112110000417`, or that the number follows. */
export const numberWords = (number: string | undefined) =>
  isNumbered(number) ? `#${number}` : m.number_follows();
