// What was typed is there after the program was killed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, phoneTicket, startDesk } from './api.mjs';
import { withDesk } from './desk.mjs';
import { until } from './webdriver.mjs';

const BOX = "//textarea[contains(@aria-label, 'Note for colleagues')]";

test('a draft outlives kill -9', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    await startDesk(window);
    let { number } = await phoneTicket(window, 'Her second screen is dark');
    let link = ['--data', desk.data, `docket://ticket/${number}`];
    await desk.kill(window);
    window = await desk.window(...link);
    await window.click("//button[normalize-space(.)='Note']");
    await window.type(BOX, 'Asked stores for a cable – ünïcödé.');
    await until('the draft to be kept', async () => JSON.stringify(await ask(window, 'GET', '/drafts')).includes('ünïcödé.'));
    await desk.kill(window);

    window = await desk.window(...link);
    await window.see(BOX);
    let kept = () => window.run(`return document.querySelector('textarea').value`);
    await until('the text', async () => (await kept()).includes('Asked stores'));
    assert.equal(await kept(), 'Asked stores for a cable – ünïcödé.');
  }));
