import LogOut from '@lucide/svelte/icons/log-out';
import Moon from '@lucide/svelte/icons/moon';
import Settings from '@lucide/svelte/icons/settings';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Sun from '@lucide/svelte/icons/sun';
import { m } from '$lib/i18n/messages.svelte';
import type { Desk } from '$lib/state/desk.svelte';
import type { MenuItem } from '$lib/ui/Menu.svelte';

/** What stands behind the agent's name. */
export function choices(desk: Desk): MenuItem[] {
  let dark = desk.prefs.isDark;
  let items: MenuItem[] = [
    {
      label: m.settings_appearance(),
      icon: Settings,
      run: () => desk.router.go({ page: 'settings', section: 'appearance' }),
    },
    {
      label: dark ? m.theme_to_light() : m.theme_to_dark(),
      icon: dark ? Sun : Moon,
      run: () => desk.prefs.set({ theme: dark ? 'light' : 'dark' }),
    },
    {
      label: m.keys_title(),
      icon: Keyboard,
      hint: '?',
      run: () => desk.keys.actions.find((a) => a.id === 'help')?.run(),
    },
  ];
  if (desk.session.current?.host === 'server') {
    items.push({ label: m.sign_out(), icon: LogOut, apart: true, run: () => void desk.session.signOut() });
  }
  return items;
}
