import type { Id, Promised, Rec, ServiceLevelDoc } from '$lib/api/types';

/** What of a ticket decides which service level it has. */
export interface Example {
  service_id: Id | null;
  company_id: Id | null;
  priority_id: Id | null;
  type_id: Id | null;
}
export const CONDITIONS = ['service_ids', 'company_ids', 'priority_ids', 'type_ids'] as const;
export type Condition = (typeof CONDITIONS)[number];
const OF: Record<Condition, keyof Example> = {
  service_ids: 'service_id',
  company_ids: 'company_id',
  priority_ids: 'priority_id',
  type_ids: 'type_id',
};

/** The conditions that a level names. */
export const named = (level: ServiceLevelDoc): Condition[] =>
  CONDITIONS.filter((condition) => level.applies?.[condition]?.length);

/** Every list that names something names what the ticket has. */
export function matches(level: ServiceLevelDoc, ticket: Example): boolean {
  return named(level).every((condition) => {
    let value = ticket[OF[condition]];
    return value !== null && level.applies[condition]!.includes(value);
  });
}

/** The level in force: of the valid ones that match, the one that names most; of equals, the first by name. */
export function inForce(levels: Rec<ServiceLevelDoc>[], ticket: Example): Rec<ServiceLevelDoc> | undefined {
  return levels
    .filter(({ document }) => document.valid !== false && matches(document, ticket))
    .toSorted(
      (a, b) =>
        named(b.document).length - named(a.document).length ||
        (a.document.name < b.document.name ? -1 : a.document.name > b.document.name ? 1 : 0),
    )[0];
}

export const MEASURES = ['first_response', 'update', 'solution'] as const;

/** The promises that promise something, in their order. */
export const kept = (promises: Promised[] | undefined): Promised[] =>
  MEASURES.flatMap((measure) =>
    (promises ?? []).filter((promise) => promise.measure === measure && promise.minutes > 0),
  );
