/** Wall clock readings in a time zone that need not be this computer's. */

interface Reading {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

function reading(at: number, zone: string): Reading {
  let format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value])) as never;
}

export function isZone(zone: string): boolean {
  if (!zone) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show, in the form of `<input type="datetime-local">`. */
export function localIn(zone: string, at: number): string {
  let { year, month, day, hour, minute } = reading(at, zone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** How far the clocks of a zone are ahead of UTC (ms). */
function offset(zone: string, at: number): number {
  let { year, month, day, hour, minute, second } = reading(at, zone);
  return Date.UTC(+year, +month - 1, +day, +hour, +minute, +second) - Math.floor(at / 1000) * 1000;
}

/**
 * The moment at which the clocks of a zone show this; of two the first, and in the gap of spring the one after it.
 * Nothing for a text that is no reading.
 */
export function instantIn(zone: string, local: string): number | undefined {
  let wall = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(local) ? Date.parse(`${local.slice(0, 16)}:00Z`) : NaN;
  if (Number.isNaN(wall)) return undefined;
  let day = 86_400_000;
  let [before, after] = [offset(zone, wall - day), offset(zone, wall + day)];
  let fits = [wall - before, wall - after].filter((at) => localIn(zone, at) === local.slice(0, 16));
  return fits.length ? Math.min(...fits) : wall - before;
}
