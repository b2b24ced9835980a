import { m } from '$lib/paraglide/messages';
import { speak } from '$lib/host';
import { locales, overwriteGetLocale, type Locale } from '$lib/paraglide/runtime';

/** The language of the page. Every message reads it, so changing it re-renders the words and nothing else. */
class Language {
  current = $state<Locale>('en');

  set(wanted: string | undefined) {
    let short = (wanted ?? '').slice(0, 2).toLowerCase();
    let known = locales.find((locale) => locale === short);
    if (known) this.current = known;
    document.documentElement.lang = this.current;
    speak(this.current);
  }
}

export const language = new Language();
overwriteGetLocale(() => language.current);

export { m };
export type { Locale };
