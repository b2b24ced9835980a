import type { CustomerHit } from '$lib/api/types';

/** A recipient as mail writes it: name and address. */
export function written(hit: CustomerHit): string {
  if (!hit.name) return hit.address;
  let name = /[,;<>"@]/.test(hit.name) ? `"${hit.name.replaceAll('"', '')}"` : hit.name;
  return `${name} <${hit.address}>`;
}

export function wellFormed(value: string): boolean {
  let address = /<([^<>]+)>\s*$/.exec(value)?.[1] ?? value;
  return /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address.trim());
}
