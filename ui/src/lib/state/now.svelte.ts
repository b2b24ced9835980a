/** The time of day as state, so that "24 min" and "Today" stay true; ticks each half minute. */
class Now {
  at = $state(Date.now());

  constructor() {
    setInterval(() => (this.at = Date.now()), 30_000);
    document.addEventListener('visibilitychange', () => (this.at = Date.now()));
  }
}

export const now = new Now();
