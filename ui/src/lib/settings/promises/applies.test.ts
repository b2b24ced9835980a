import { expect, it } from 'vitest';
import type { Rec, ServiceLevelDoc } from '$lib/api/types';
import { inForce, kept, type Example } from './applies';

const level = (
  name: string,
  applies: Partial<ServiceLevelDoc['applies']>,
  valid = true,
): Rec<ServiceLevelDoc> => ({
  id: name,
  version: 1,
  document: {
    name,
    valid,
    comment: '',
    calendar_id: null,
    promises: [],
    applies: { service_ids: [], company_ids: [], priority_ids: [], type_ids: [], ...applies },
  },
});
const ticket = (parts: Partial<Example>): Example => ({
  service_id: null,
  company_id: null,
  priority_id: null,
  type_id: null,
  ...parts,
});
const LEVELS = [
  level('Standard', {}),
  level('Silver', { company_ids: ['harbour'] }),
  level('Gold', { company_ids: ['harbour', 'works'], priority_ids: ['p5'] }),
  level('Bronze', { company_ids: ['works'] }),
  level('Old', { company_ids: ['harbour'], priority_ids: ['p5'], type_ids: ['incident'] }, false),
  level('Asphalt', { service_ids: ['wifi'] }),
];
const found = (parts: Partial<Example>) => inForce(LEVELS, ticket(parts))?.id;

it('takes the level that names most of the ticket', () => {
  expect(found({})).toBe('Standard');
  expect(found({ company_id: 'harbour' })).toBe('Silver');
  expect(found({ company_id: 'harbour', priority_id: 'p5' })).toBe('Gold');
  expect(found({ company_id: 'harbour', priority_id: 'p3' })).toBe('Silver');
  expect(found({ priority_id: 'p5' })).toBe('Standard');
});

it('takes the first by name of equals, and none that is out of use', () => {
  expect(found({ company_id: 'works', service_id: 'wifi' })).toBe('Asphalt');
  expect(found({ company_id: 'harbour', priority_id: 'p5', type_id: 'incident' })).toBe('Gold');
  expect(inForce([level('Silver', { company_ids: ['harbour'] })], ticket({}))).toBeUndefined();
});

it('shows promises in their order, and none of nothing', () => {
  let promise = (measure: 'solution' | 'first_response' | 'update', minutes: number) => ({
    measure,
    minutes,
    warn_percent: null,
    levels: [],
  });
  let promises = [promise('solution', 480), promise('update', 0), promise('first_response', 60)];
  expect(kept(promises).map(({ measure }) => measure)).toEqual(['first_response', 'solution']);
  expect(kept(undefined)).toEqual([]);
});
