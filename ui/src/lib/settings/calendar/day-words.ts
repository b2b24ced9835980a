import { dateWords, yearlyWords } from '$lib/i18n/format';
import { m } from '$lib/i18n/messages.svelte';
import { isYearly } from './days';

/** "every 24 December", "Mon, 30 Nov 2026". */
export function dayWords(date: string): string {
  if (!isYearly(date)) return dateWords(date);
  let [month, day] = date.split('-');
  return m.every_year({ day: yearlyWords(Number(month), Number(day)) });
}
