import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

type Messages = Record<string, unknown>;
const read = (locale: string) => JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')) as Messages;
const inputs = (message: unknown) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g))].sort();

it('is complete in German and English, with the same places to fill', () => {
  let [en, de] = [read('en'), read('de')];
  expect(Object.keys(de)).toEqual(Object.keys(en));
  for (let key of Object.keys(en)) {
    expect([key, inputs(de[key])]).toEqual([key, inputs(en[key])]);
    expect(JSON.stringify(de[key]).length).toBeGreaterThan(2);
  }
});
