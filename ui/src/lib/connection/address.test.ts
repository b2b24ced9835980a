import { expect, it } from 'vitest';
import { addressFault } from './address';

it.each([
  ['desk.example.org', undefined],
  ['https://desk.example.org:8443', undefined],
  ['http://localhost:8377', undefined],
  ['http://127.0.0.1:8377', undefined],
  ['http://[::1]:8377', undefined],
  ['http://desk.example.org', 'plain_http'],
  ['http://127.0.0.1.example.org', 'plain_http'],
  ['ftp://desk.example.org', 'wrong'],
  ['https://ana@desk.example.org', 'wrong'],
  ['my desk', 'wrong'],
  ['', 'wrong'],
])('%s: %s', (typed, fault) => expect(addressFault(typed)).toBe(fault));
