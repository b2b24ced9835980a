import { Problem, problemText } from '$lib/api/problem';
import { computerName } from '$lib/host';
import { m } from '$lib/i18n/messages.svelte';
import type { Desk } from '$lib/state/desk.svelte';
import { addressFault } from './address';

type Field = 'server' | 'login' | 'password';
const ASK_MS = 250;

/** Connecting to a team's server, or signing in again to the one this desk is connected to. */
export class ConnectForm {
  server = $state('');
  login = $state('');
  password = $state('');
  name = $state(computerName());
  problems = $state<Partial<Record<Field, string>>>({});
  problem = $state('');
  busy = $state(false);
  /** The server has let us in; queues and settings are on their way. */
  getting = $state(false);

  constructor(private readonly desk: Desk) {
    this.server = desk.connection.current?.server ?? '';
  }

  get again(): boolean {
    return this.desk.connection.current !== undefined;
  }

  check(): boolean {
    let problems: typeof this.problems = {};
    let fault = addressFault(this.server);
    if (!this.server.trim()) problems.server = m.team_address_needed();
    else if (fault) problems.server = fault === 'plain_http' ? m.team_plain_http() : m.team_address_wrong();
    if (!this.login.trim()) problems.login = m.team_login_needed();
    if (!this.password) problems.password = m.team_password_needed();
    this.problems = problems;
    return Object.keys(problems).length === 0;
  }

  /** True when this desk is connected and there is something to show. */
  async connect(): Promise<boolean> {
    this.problem = '';
    if (this.busy || !this.check()) return false;
    this.busy = true;
    let { server, login, password, name } = this;
    try {
      await this.desk.connection.connect({
        server: server.trim(),
        login: login.trim(),
        password,
        name: name.trim(),
      });
      this.password = '';
      await this.#firstSettings();
      return true;
    } catch (error) {
      this.#place(error);
      return false;
    } finally {
      this.busy = false;
      this.getting = false;
    }
  }

  /** A new desk is ready once it knows its queues. */
  async #firstSettings() {
    this.getting = true;
    for (;;) {
      await this.desk.session.load();
      if (this.desk.session.current?.stage !== 'first_start') return;
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }

  #place(error: unknown) {
    let code = error instanceof Problem ? error.code : '';
    if (error instanceof Problem && error.field === 'server')
      this.problems = {
        server: addressFault(this.server) === 'plain_http' ? m.team_plain_http() : m.team_address_wrong(),
      };
    else if (code === 'wrong_password') this.problems = { password: problemText(error) };
    else this.problem = code === 'offline' ? m.team_not_reached() : problemText(error);
  }
}
