/** The next Friday at half past four: the moment at which calendars are proved. */
export function friday(today: string): string {
  let at = new Date(`${today}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + ((5 - at.getUTCDay() + 7) % 7));
  return `${at.toISOString().slice(0, 10)}T16:30`;
}
