/** What the desktop window sets before the page starts; absent in a browser. */
interface Window {
  __DOCKET__?: { token?: string; computer?: string };
  __TAURI__?: { core?: { invoke?: (command: string, args?: Record<string, unknown>) => Promise<unknown> } };
  __TAURI_INTERNALS__?: { invoke?: (command: string, args?: Record<string, unknown>) => Promise<unknown> };
}
