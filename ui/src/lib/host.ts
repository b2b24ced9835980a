import { Problem } from '$lib/api/refused';

/** The one module that knows whether the page runs in the desktop window or in a browser. */
type Invoke = (command: string, args?: Record<string, unknown>) => Promise<unknown>;

function invoker(): Invoke | undefined {
  return window.__TAURI__?.core?.invoke ?? window.__TAURI_INTERNALS__?.invoke;
}

export const isDesktop = () => invoker() !== undefined;

/** What this computer is called, where the window knows it. */
export const computerName = () => window.__DOCKET__?.computer ?? '';

/** Tells the window which language its tray and questions speak. */
export function speak(language: string) {
  void invoker()?.('set_language', { language })?.catch(() => undefined);
}

/** Does the program start when the person signs in to this computer? */
export const startsAtLogin = async () => (await invoker()?.('starts_at_login')) === true;

/** Starts the program when the person signs in to this computer, or does no longer. */
export async function setStartsAtLogin(on: boolean) {
  await invoker()?.('start_at_login', { on })?.catch((error: { code?: string; message?: string }) => {
    throw new Problem(error?.code ?? 'internal', error?.message ?? '');
  });
}

/** Opens a web or mail address with the system's own program. */
export async function openOutside(url: string) {
  let invoke = invoker();
  if (!invoke) {
    window.open(url, '_blank', 'noopener,noreferrer');
    return;
  }
  try {
    await invoke('open_outside', { url });
  } catch {
    window.open(url, '_blank', 'noopener,noreferrer');
  }
}

/** Saves what lies at `url` under a place the agent chooses; a plain download in a browser. */
export async function saveFile(url: string, name: string) {
  let invoke = invoker();
  if (invoke) {
    await invoke('save_file', { url, name }).catch((error: { code?: string; message?: string }) => {
      throw new Problem(error?.code ?? 'internal', error?.message ?? '');
    });
    return;
  }
  let link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.rel = 'noopener';
  document.body.append(link);
  link.click();
  link.remove();
}

/** True on Apple machines, where Cmd stands for Ctrl. */
export const isApple = /mac|iphone|ipad/i.test(navigator.platform);
