import { clockIn, momentIn } from './format';
import { localIn } from './zone';
import type { Segment } from '$lib/api/types';

export interface WorkDay {
  /** The first moment that counts on that day. */
  at: number;
  parts: Segment[];
  length: number;
}

/** Stretches of working time by day, as the calendar's zone has days; those over midnight are told with the day they begin. */
export function byDay(worked: Segment[], zone: string): WorkDay[] {
  let days = new Map<string, WorkDay>();
  for (let part of worked) {
    let day = localIn(zone, part.from).slice(0, 10);
    let known = days.get(day);
    if (!known) days.set(day, (known = { at: part.from, parts: [], length: 0 }));
    known.parts.push(part);
    known.length += part.to - part.from;
  }
  return [...days.values()];
}

/** A stretch as one says it; one that ends on another day names that. */
export function fromTo({ from, to }: Segment, zone: string): string {
  let day = (at: number) => localIn(zone, at).slice(0, 10);
  let end =
    day(from) === day(to) ? clockIn(zone, to) : day(from) === day(to - 1) ? '24:00' : momentIn(zone, to);
  return `${clockIn(zone, from)}–${end}`;
}
