/** Monday 00:00 of the week of a moment, and of the next one, where the agent sits. */
export function weekOf(at: number, back = 0): { from: number; to: number } {
  let day = new Date(at);
  let monday = day.getDate() - ((day.getDay() + 6) % 7) - back * 7;
  let start = (days: number) => new Date(day.getFullYear(), day.getMonth(), monday + days).getTime();
  return { from: start(0), to: start(7) };
}
