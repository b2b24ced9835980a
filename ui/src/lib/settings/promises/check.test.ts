import { expect, it } from 'vitest';
import type { Escalation } from '$lib/api/types';
import { checkPromises } from './check';

const tell: Escalation = { at: { percent: 80 }, to: [{ kind: 'owner' }], actions: [{ kind: 'notify' }] };
const check = (...levels: Escalation[]) =>
  checkPromises({ promises: [{ measure: 'solution', minutes: 60, warn_percent: null, levels }] }).promises;

it('says what a level lacks before the desk does', () => {
  expect(check(tell, { ...tell, at: { after_minutes: 80 } })).toBeUndefined();
  expect(check(tell, { ...tell })).toMatch(/^Solution: .*80 %/);
  expect(check({ ...tell, actions: [] })).toMatch(/nothing/);
  expect(check({ ...tell, to: [] })).toMatch(/nobody/);
  expect(check({ ...tell, to: [], actions: [{ kind: 'raise_priority' }] })).toBeUndefined();
  expect(checkPromises({})).toEqual({});
});
