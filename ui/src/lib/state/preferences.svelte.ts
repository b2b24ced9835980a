import { api } from '$lib/api/client';
import { language } from '$lib/i18n/messages.svelte';
import type { SortKey } from '$lib/api/types';
import { storeLanguage } from './session.svelte';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'roomy' | 'compact';
interface Document {
  theme: Theme;
  density: Density;
  keys: boolean;
  listWidth: number;
  sorts: Record<string, { sort: SortKey; order: 'asc' | 'desc'; group?: boolean }>;
  sideOpen: boolean;
  /** Empty: the desk's. */
  language: string;
}

const DEFAULTS: Document = {
  theme: 'system',
  density: 'roomy',
  keys: true,
  listWidth: 372,
  sorts: {},
  sideOpen: true,
  language: '',
};
let dark = matchMedia('(prefers-color-scheme: dark)');

/** How this agent likes the desk: kept on the server, last write wins. */
export class Preferences {
  theme = $state<Theme>((localStorage.getItem('docket.theme') as Theme | null) ?? 'system');
  density = $state<Density>(DEFAULTS.density);
  keys = $state(DEFAULTS.keys);
  listWidth = $state(DEFAULTS.listWidth);
  sorts = $state<Document['sorts']>({});
  sideOpen = $state(DEFAULTS.sideOpen);
  language = $state(DEFAULTS.language);
  #systemDark = $state(dark.matches);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    dark.addEventListener('change', () => {
      this.#systemDark = dark.matches;
      this.applyTheme();
    });
  }

  get isDark(): boolean {
    return this.theme === 'dark' || (this.theme === 'system' && this.#systemDark);
  }

  async load() {
    try {
      let { document } = await api.personal('appearance');
      if (document && typeof document === 'object') Object.assign(this, { ...DEFAULTS, ...document });
    } catch {
      // Nothing was chosen yet, or the server is away: the defaults do.
    }
    this.applyTheme();
    this.applyLanguage();
  }

  applyLanguage() {
    if (!this.language) return;
    storeLanguage(this.language);
    language.set(this.language);
  }

  applyTheme() {
    document.documentElement.dataset.theme = this.isDark ? 'dark' : 'light';
    localStorage.setItem('docket.theme', this.theme);
  }

  set(change: Partial<Document>) {
    Object.assign(this, change);
    this.applyTheme();
    this.applyLanguage();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), 400);
  }

  async #save() {
    let { theme, density, keys, listWidth, sorts, sideOpen, language } = this;
    try {
      await api.savePersonal(
        'appearance',
        $state.snapshot({ theme, density, keys, listWidth, sorts, sideOpen, language }),
      );
    } catch {
      // It holds on this screen; the next change tries again.
    }
  }
}
